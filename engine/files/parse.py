"""JSON from anywhere, made safe: bounded, without NaN, doubled keys or endless digits, and one error for all of it."""

from __future__ import annotations

import codecs
import json
import math
from collections import Counter
from typing import Any, TypeAlias, cast

from engine.design.error import DesignError
from engine.files.checks import key_place

LARGEST_FILE = 64 * 2**20
"""Bytes of a project file. Ten thousand layers take about 2 MB."""
LONGEST_NUMBER = 40
LONGEST_PLACE = 400
_BLANK = " \t\r\n"

_Way: TypeAlias = "tuple[str, _Way] | None"
"""The steps to a part of a document, the last one first."""


def parsed(content: bytes) -> Any:
    """The JSON value in `content`. Raises DesignError, with the line or the place where that is known."""
    if len(content) > LARGEST_FILE:
        raise DesignError(
            f"the file has {len(content):,} bytes; a project has at most {LARGEST_FILE:,}"
        )
    text = _decoded(content)
    if not text.strip(_BLANK):
        raise DesignError("the file is empty; was it cut off while it was copied?")
    wrong = _Wrong()
    try:
        read = json.loads(
            text,
            parse_constant=wrong.constant,
            parse_float=wrong.real,
            parse_int=wrong.whole,
            object_pairs_hook=wrong.members,
        )
    except json.JSONDecodeError as error:
        raise DesignError(f"the file is not valid JSON: {error.msg.lower()} at line {error.lineno}, "
                          f"column {error.colno}; it may be cut off") from None  # fmt: skip
    except RecursionError:
        raise DesignError("the file nests brackets too deeply to be a project") from None
    if wrong.sentence:
        place = _place(read, wrong.part)
        error = DesignError(wrong.sentence, wrong.inside)
        raise error.within(place) if place else error
    return read


def _decoded(content: bytes) -> str:
    for mark in (codecs.BOM_UTF32_LE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        if content.startswith(mark):
            raise DesignError("the file is text in UTF-16 or UTF-32; save it as UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DesignError(
            f"the file is not text: byte {error.start} is no UTF-8; is it a .loom file?"
        ) from None


class _Wrong:
    """Takes note of the first thing that JSON allows or Python would and no project may hold; reading goes on.

    Where it stands is known only when all around it is read: `part` is then looked for.
    """

    def __init__(self) -> None:
        self.sentence = ""
        self.part: object = self
        self.inside = ""

    def _note(self, sentence: str, part: object, inside: str = "") -> object:
        if not self.sentence:
            self.sentence, self.part, self.inside = sentence, part, inside
        return part

    def constant(self, word: str) -> object:
        return self._note(
            f"{word} is not a number that a project can hold; write a finite one", object()
        )

    def real(self, digits: str) -> object:
        number = float(digits) if len(digits) <= 400 else math.inf
        if math.isfinite(number):
            return number
        return self._note(
            f"{digits[:LONGEST_NUMBER]} is too large; write a finite number", object()
        )

    def whole(self, digits: str) -> object:
        if len(digits) <= LONGEST_NUMBER:
            return int(digits)
        return self._note(f"a number of {len(digits)} digits is too long", object())

    def members(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            counts = Counter(key for key, _ in pairs)
            twice = next(key for key, count in counts.items() if count > 1)
            self._note(
                "this key stands twice in one object; which one is meant?", made, key_place(twice)
            )
        return made


def _place(value: object, part: object) -> str:
    """The way from a document to a part of it as errors show it; "" where a doubled key hides it."""
    waiting: list[tuple[object, _Way]] = [(value, None)]
    while waiting:
        here, way = waiting.pop()
        if here is part:
            return _shown(way)
        if isinstance(here, dict):
            members = cast("dict[str, object]", here)
            waiting += [(each, (key_place(key), way)) for key, each in members.items()]
        elif isinstance(here, list):
            items = cast("list[object]", here)
            waiting += [(each, (f"[{index}]", way)) for index, each in enumerate(items)]
    return ""


def _shown(way: _Way) -> str:
    error = DesignError("")
    while way is not None:
        step, way = way
        error = error.within(step)
    return error.place if len(error.place) <= LONGEST_PLACE else f"{error.place[:LONGEST_PLACE]}..."
