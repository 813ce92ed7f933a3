"""JSON from anywhere, made safe: bounded, without NaN, doubled keys or endless digits, and one error for all of it."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Any

from engine.design.error import DesignError
from engine.design.knob import shown

LARGEST_FILE = 64 * 2**20
"""Bytes of a project file. Ten thousand layers take about 2 MB."""
LONGEST_NUMBER = 40


def parsed(content: bytes) -> Any:
    """The JSON value in `content`. Raises DesignError, with the line where that is known."""
    if len(content) > LARGEST_FILE:
        raise DesignError(
            f"the file has {len(content):,} bytes; a project has at most {LARGEST_FILE:,}"
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DesignError(
            f"the file is not text: byte {error.start} is no UTF-8; is it a .loom file?"
        ) from None
    try:
        return json.loads(
            text,
            parse_constant=_constant,
            parse_float=_float,
            parse_int=_int,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        raise DesignError(f"the file is not valid JSON: {error.msg.lower()} at line {error.lineno}, "
                          f"column {error.colno}; it may be cut off") from None  # fmt: skip
    except RecursionError:
        raise DesignError("the file nests brackets too deeply to be a project") from None


def _constant(word: str) -> float:
    raise DesignError(f"{word} is not a number that a project can hold; write a finite one")


def _float(digits: str) -> float:
    number = float(digits) if len(digits) <= 400 else math.inf
    if not math.isfinite(number):
        raise DesignError(f"{digits[:LONGEST_NUMBER]} is too large; write a finite number")
    return number


def _int(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise DesignError(f"a number of {len(digits)} digits is too long")
    return int(digits)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        counts = Counter(key for key, _ in pairs)
        twice = next(key for key, count in counts.items() if count > 1)
        raise DesignError(f"the key {shown(twice)} stands twice in one object; which one is meant?")
    return made
