"""Parts of a document read with their place in it, so that what is wrong is said with where it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from engine.design.error import DesignError
from engine.design.knob import shown

V = TypeVar("V")
Read = Callable[[Any], V]
"""Turns a part of a document into a value, or raises DesignError."""


def mapping(value: object, keys: frozenset[str] | None = None) -> Mapping[str, Any]:
    """An object in braces, with no other keys than these. Raises DesignError."""
    if not isinstance(value, dict):
        raise DesignError(f"{shown(value)} is not an object in braces")
    part = cast("dict[str, Any]", value)
    if keys is not None and not part.keys() <= keys:
        unknown = next(key for key in part if key not in keys)
        known = ", ".join(sorted(keys))
        raise DesignError(f"this key is not known here; there are {known}", key_place(unknown))
    return part


def at(place: str, value: object, read: Read[V]) -> V:
    """What `read` makes of a part; its error says `place`."""
    try:
        return read(value)
    except DesignError as error:
        raise error.within(place) from None


def each(value: object, read: Read[V], most: int | None = None) -> tuple[V, ...]:
    """What `read` makes of every entry of a list. Raises DesignError."""
    if not isinstance(value, list):
        raise DesignError(f"{shown(value)} is not a list")
    items = cast("list[object]", value)
    if most is not None and len(items) > most:
        raise DesignError(f"{len(items):,} entries are more than {most:,}")
    return tuple([at(f"[{position}]", item, read) for position, item in enumerate(items)])


def key_place(key: str) -> str:
    """A key as an error's place shows it: quoted where it is not a plain word."""
    return key if key.isidentifier() and key.isascii() and len(key) <= 40 else shown(key)
