"""What changed between two versions of a stack, and sums over its nodes, both at the speed of C.

A loop in Python over a thousand nodes costs more than the edit that it looks for.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any, TypeVar

from engine.views.facts import NodeFacts, StackFacts
from engine.views.rules import Totals

T = TypeVar("T")
NOTHING = Totals()
Span = tuple[int, int, int]
"""Where a change starts, and where it stops in the new and in the old version."""

_totals = attrgetter("totals")


def total(parts: Sequence[NodeFacts] | Sequence[StackFacts]) -> Totals:
    """The sum over nodes or stacks, column by column."""
    if not parts:
        return NOTHING
    if len(parts) == 1:
        return parts[0].totals
    return Totals(*map(sum, zip(*map(_totals, parts), strict=True)))


def with_faults(totals: Totals, more: int) -> Totals:
    """The totals with some faults more, or fewer."""
    return totals._replace(faults=totals.faults + more)


def changed_span(new: tuple[T, ...], old: tuple[T, ...]) -> Span:
    """The part outside the common beginning and the common end."""
    if new is old:
        return len(new), len(new), len(old)
    shorter = min(len(new), len(old))
    start = _common_front(new, old, shorter)
    # Most edits exchange, insert or remove one node, so that all behind it is common.
    end = shorter - start - (len(new) == len(old))
    if end < 0 or new[len(new) - end :] != old[len(old) - end :]:
        end = _common_back(new, old, shorter - start)
    return start, len(new) - end, len(old) - end


def _common_front(a: tuple[Any, ...], b: tuple[Any, ...], most: int) -> int:
    """How many of the first `most` are equal, by halving: comparing slices is much faster than items."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_back(a: tuple[Any, ...], b: tuple[Any, ...], most: int) -> int:
    low, high, longer, shorter = 0, most, len(a), len(b)
    while low < high:
        middle = (low + high + 1) // 2
        if a[longer - middle : longer - low] == b[shorter - middle : shorter - low]:
            low = middle
        else:
            high = middle - 1
    return low
