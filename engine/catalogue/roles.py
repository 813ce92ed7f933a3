"""What the dimensions of a value are for, as far as their number says it."""

from __future__ import annotations

from engine.design.kind import Shape

ROLES = {
    1: ("features",),
    3: ("channels", "height", "width"),
    4: ("channels", "depth", "height", "width"),
}
"""Two dimensions are channels and a length, or time and features: that shapes alone do not say."""


def role(count: int, place: int) -> str:
    """What the dimension at a place in a shape of so many sizes is for: `height`, or `dim 1` where that is open."""
    known = ROLES.get(count)
    return known[place] if known else f"dim {place + 1}"


def place_of(count: int, place: int) -> str:
    """Number and role of a dimension: `dim 2 (height)`."""
    return f"dim {place + 1} ({role(count, place)})" if count in ROLES else f"dim {place + 1}"


def roles(count: int, places: list[int]) -> str:
    """The same for several: `channels and height`."""
    *first, last = [role(count, place) for place in places]
    return f"{', '.join(first)} and {last}" if first else last


def differing(shapes: list[Shape]) -> list[int]:
    """Places at which shapes of one length differ."""
    return [place for place, sizes in enumerate(zip(*shapes, strict=True)) if len(set(sizes)) > 1]
