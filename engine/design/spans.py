"""What changed between two versions of a tuple, at the speed of C: a loop in Python would cost more than the edit."""

from __future__ import annotations

from typing import Any, TypeVar

T = TypeVar("T")
Span = tuple[int, int, int]
"""Where a change starts, and where it stops in the new and in the old version."""


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
