"""Two texts line by line: what came, what went, and some lines around it that stayed."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal

from engine.design.spans import changed_span
from engine.design.tuples import NamedTuple

CONTEXT = 3
"""Lines that are shown around what differs."""


class DiffLine(NamedTuple):
    """One line with its numbers in the two texts, from 1 on and 0 where it is not there.

    A line of the sign "@" stands for lines of both that are left out; its text says how many.
    """

    sign: Literal["+", "-", " ", "@"]
    before: int
    after: int
    text: str


def line_diff(before: str, after: str, context: int = CONTEXT) -> tuple[DiffLine, ...]:
    """The lines that tell one text from the other; none for the same text."""
    old, new = tuple(before.splitlines()), tuple(after.splitlines())
    start, stop, old_stop = changed_span(new, old)
    if start == stop and start == old_stop:
        return ()
    lines: list[DiffLine] = []
    lines += (DiffLine(" ", at + 1, at + 1, old[at]) for at in range(start))
    lines += _between(old[:old_stop], new[:stop], start)
    behind = zip(range(old_stop, len(old)), range(stop, len(new)), strict=True)
    lines += (DiffLine(" ", one + 1, other + 1, old[one]) for one, other in behind)
    return tuple(_near(lines, context))


def _between(old: tuple[str, ...], new: tuple[str, ...], start: int) -> Iterator[DiffLine]:
    matcher = SequenceMatcher(None, old[start:], new[start:])
    for what, low, high, other_low, other_high in matcher.get_opcodes():
        at, to = low + start, other_low + start
        if what == "equal":
            for index in range(high - low):
                yield DiffLine(" ", at + index + 1, to + index + 1, old[at + index])
            continue
        for index in range(at, high + start):
            yield DiffLine("-", index + 1, 0, old[index])
        for index in range(to, other_high + start):
            yield DiffLine("+", 0, index + 1, new[index])


def _near(lines: list[DiffLine], context: int) -> Iterator[DiffLine]:
    """The lines near one that differs, and one for each run of those that are not."""
    near = [False] * len(lines)
    for index, line in enumerate(lines):
        if line.sign != " ":
            low, high = max(0, index - context), min(len(lines), index + context + 1)
            near[low:high] = [True] * (high - low)
    hidden = 0
    for line, shown in zip(lines, near, strict=True):
        if not shown:
            hidden += 1
            continue
        if hidden:
            yield DiffLine("@", 0, 0, str(hidden))
            hidden = 0
        yield line
    if hidden:
        yield DiffLine("@", 0, 0, str(hidden))
