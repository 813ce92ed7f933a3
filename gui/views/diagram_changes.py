"""Where two drawings differ, so that an edit paints a strip of the sheet and not all of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf
from operator import attrgetter

from engine.design.spans import changed_span
from engine.views.diagram import (
    Box,
    Bundle,
    Column,
    Diagram,
    Frame,
    Joint,
    Lanes,
    Plate,
    Skip,
    Wire,
)

Part = Column | Plate | Box | Frame | Joint | Wire | Lanes | Skip | Bundle
Strip = tuple[float, float]
"""From where to where along x, in the diagram's units."""

EDGE = 6.0
"""Room for the width of a line."""
LABEL = 200.0
"""Of the shape over a wire, which is written from its beginning on."""
EVERYWHERE: Strip = (-inf, inf)


def changed(before: Diagram, after: Diagram, air: float) -> Strip | None:
    """What has to be painted again, None where that is nothing; words stand out by up to `air` to each side."""
    rows: tuple[tuple[tuple[Part, ...], tuple[Part, ...]], ...] = (
        (before.columns, after.columns), (before.plates, after.plates),
        (before.boxes, after.boxes), (before.frames, after.frames),
        (before.joints, after.joints), (before.wires, after.wires), (before.lanes, after.lanes),
        (before.skips, after.skips), (before.bundles, after.bundles),
    )  # fmt: skip
    if any(len(old) != len(new) for old, new in rows):
        return EVERYWHERE
    reaches: list[Strip] = []
    for old, new in rows:
        start, stop, _ = changed_span(new, old)
        if start < stop:
            reaches += _reach(old[start:stop], air), _reach(new[start:stop], air)
    if not reaches:
        return None
    reaches += _lines_to_others(before, after)
    return min(left for left, _ in reaches), max(right for _, right in reaches)


def _lines_to_others(before: Diagram, after: Diagram) -> Iterator[Strip]:
    """Lines from or to columns that differ: they may be the same lines to other neurons."""
    start, stop, _ = changed_span(after.columns, before.columns)
    columns = range(start, stop)
    for drawing in (before, after) if columns else ():
        touching = [
            each for each in drawing.bundles if each.source in columns or each.target in columns
        ]
        if touching:
            yield _reach(touching, 0.0)


def _reach(parts: Sequence[Part], air: float) -> Strip:
    """From the leftmost to the rightmost of some parts of one kind; thousands differ where one of them grows."""
    match parts[0]:
        case Column():
            return _least(parts, "x") - air, _most(parts, "x") + air
        case Plate() | Box() | Frame() | Joint():
            width = _most(parts, "width")
            return _least(parts, "x") - width - air, _most(parts, "x") + width + air
        case Wire() | Lanes() | Bundle():
            far = max(_most(parts, "x1"), _most(parts, "x0") + LABEL)
            return _least(parts, "x0") - EDGE, far + EDGE
        case Skip():
            return _least(parts, "x0") - EDGE, _most(parts, "end") + EDGE


def _least(parts: Sequence[Part], name: str) -> float:
    return min(map(attrgetter(name), parts))


def _most(parts: Sequence[Part], name: str) -> float:
    return max(map(attrgetter(name), parts))
