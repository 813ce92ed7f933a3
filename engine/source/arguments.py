"""The arguments of a class: which numbers differ between its uses, and what they are called."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine.design.call import REQUIRED, Call
from engine.design.kind import Activation, Initializer, Kind, TensorSpec
from engine.source import layout
from engine.source.layout import Chain, Keyword, Listed, Piece

SIZE_ENDINGS = ("features", "channels", "_dim", "_shape", "embeddings", "input_size", "hidden_size")
"""How arguments end that are widths: equal ones share an argument, and multiples print as `4 * in_features`."""
LATE_NAMES = ("normalized_shape", "num_features")
"""Names for a width that give way to a better one, such as `in_features` of the next layer."""
LONGEST_NAME = 40

Later = Callable[[], Piece]
"""Gives a text once the arguments of the class have their names."""


@dataclass(slots=True)
class Column:
    """One argument at one place of a class, with its value in every use; `piece` is how it prints there."""

    name: str
    place: str
    values: tuple[Any, ...]
    size: bool = False
    piece: Piece = ""

    def later(self) -> Piece:
        """How it prints, once that is known."""
        return self.piece

    @property
    def differs(self) -> bool:
        first = self.values[0]
        return any(not same(value, first) for value in self.values[1:])


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument of a class, with its value in every use."""

    name: str
    values: tuple[Any, ...]
    size: bool

    @property
    def positional(self) -> bool:
        """Whether a call gives it by position: sizes and other numbers that are counted."""
        return all(type(value) in (int, tuple) for value in self.values)

    @property
    def annotation(self) -> str:
        """Its type hint: `int`, `int | tuple[int, int]`."""
        return " | ".join(dict.fromkeys(map(hint, self.values)))


class Columns:
    """The arguments of all constructor calls in one class."""

    def __init__(self) -> None:
        self.columns: list[Column] = []

    def add(self, name: str, place: str, values: tuple[Any, ...], size: bool = False) -> Column:
        """Remember one argument; what it prints as is known when `named` has been called."""
        whole = all(type(value) is int for value in values)
        column = Column(name, place, values, whole and (size or name.endswith(SIZE_ENDINGS)))
        self.columns.append(column)
        return column

    def of_call(self, place: str, calls: tuple[Call, ...]) -> list[tuple[str, Later]]:
        """The arguments of one call in all uses, with the keyword or "": a default that every use has is left out."""
        found: list[tuple[str, Later]] = []
        for name, default in calls[0].signature.defaults.items():
            values = tuple(call.arguments[name] for call in calls)
            inner = tuple(value for value in values if isinstance(value, Call))
            if len(inner) == len(values):
                found.append(("" if default is REQUIRED else name, self._inner(place, inner)))
            elif default is REQUIRED:
                found.append(("", self.add(name, place, values).later))
            elif not all(same(value, default) for value in values):
                found.append((name, self.add(name, place, values).later))
        return found

    def _inner(self, place: str, calls: tuple[Call, ...]) -> Later:
        """A module that is the argument of another one's call, its own arguments being what may differ."""
        own = self.of_call(place, calls)
        head = calls[0].function
        return lambda: layout.Call(head, tuple(argument(name, later()) for name, later in own))

    def named(self, taken: set[str]) -> tuple[Parameter, ...]:
        """Give every column its text, and the parameters that they need: counted ones first, each in order."""
        shared: dict[tuple[Any, ...], list[Column]] = {}
        for column in self.columns:
            if not column.differs:
                column.piece = literal(column.values[0])
            else:
                shared.setdefault(_sharing(column), []).append(column)
        found: list[Parameter] = []
        for columns in shared.values():
            if (multiple := _multiple(columns[0], found)) is not None:
                piece: Piece = multiple
            else:
                name = _name(columns, taken | {parameter.name for parameter in found})
                found.append(Parameter(name, columns[0].values, columns[0].size))
                piece = name
            for column in columns:
                column.piece = piece
        return tuple(sorted(found, key=lambda parameter: not parameter.positional))


def argument(keyword: str, piece: Piece) -> Piece:
    """One argument of a call."""
    return Keyword(keyword, piece) if keyword else piece


def items_of(call: Call, skip: int = 0) -> tuple[Piece, ...]:
    """The arguments of a call as the writer prints them, without the first `skip`."""
    items: list[Piece] = []
    for name, default in list(call.signature.defaults.items())[skip:]:
        value = call.arguments[name]
        if default is REQUIRED:
            items.append(literal(value))
        elif not same(value, default):
            items.append(Keyword(name, literal(value)))
    return tuple(items)


@lru_cache(maxsize=4096)
def constructed(kind: Kind, x: TensorSpec) -> layout.Call:
    """The constructor of a layer that gets `x`."""
    call = kind.call(x)
    return layout.Call(call.function, items_of(call))


@lru_cache(maxsize=4096)
def behind_first(entry: Activation | Initializer) -> tuple[Piece, ...]:
    """The arguments of an activation's or initializer's function behind the value or tensor."""
    if isinstance(entry, Initializer):
        return items_of(entry.call(), skip=1)
    tail = (entry.function_tail,) if entry.function_tail else ()
    return (*items_of(entry.function_call(), skip=1), *tail)


def literal(value: Any) -> Piece:
    """A number, word or tuple of them as code; a module that another one takes as the call that makes it."""
    match value:
        case Call():
            return layout.Call(value.function, items_of(value))
        case tuple():
            return Listed(tuple(literal(each) for each in value), "()")  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        case str():
            return json.dumps(value)
        case None | bool() | int() | float():
            return repr(value).replace("e+", "e")
        case _:
            raise AssertionError(f"{value!r} is no constant of code")


def hint(value: Any) -> str:
    """The type of a constant as a type hint."""
    match value:
        case None:
            return "None"
        case tuple():
            inner: list[str] = [hint(each) for each in value]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            if len(inner) > 3 and len(set(inner)) == 1:
                return f"tuple[{inner[0]}, ...]"
            return f"tuple[{', '.join(inner)}]"
        case _:
            return type(value).__name__


def same(a: Any, b: Any) -> bool:
    """Whether two constants are the same in code: 1 and 1.0 are, 1 and True are not."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    return a == b


def _sharing(column: Column) -> tuple[Any, ...]:
    """Columns with the same key share one argument: widths with equal values, others of the same name besides."""
    kinds = tuple(map(type, column.values))
    return ("", column.values, kinds) if column.size else (column.name, column.values, kinds)


def _multiple(column: Column, parameters: list[Parameter]) -> Chain | None:
    """`4 * in_features` where a width is that in every use."""
    if not column.size:
        return None
    for parameter in parameters:
        if parameter.size and parameter.values[0] > 0:
            times = column.values[0] // parameter.values[0]
            pairs = zip(column.values, parameter.values, strict=True)
            if times > 1 and all(value == times * other for value, other in pairs):
                return Chain((str(times), parameter.name), "*")
    return None


def _name(columns: list[Column], taken: set[str]) -> str:
    """torch's own name, told from another by that of the layer, or by a number."""
    best = next((column for column in columns if column.name not in LATE_NAMES), columns[0])
    for name in (best.name, f"{best.place}_{best.name}"):
        if name not in taken and len(name) <= LONGEST_NAME and name.isidentifier():
            return name
    number = 2
    while (name := f"{best.name[:LONGEST_NAME]}{number}") in taken:
        number += 1
    return name
