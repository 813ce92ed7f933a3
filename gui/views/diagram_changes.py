"""Where two drawings differ, so that an edit paints a strip of the sheet and not all of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from math import inf

from engine.views.diagram import Box, Bundle, Column, Diagram, Frame, Joint, Plate, Wire

Part = Column | Plate | Box | Frame | Joint | Wire | Bundle
Strip = tuple[float, float]
"""From where to where along x, in the diagram's units."""

EDGE = 6.0
"""Room for the width of a line."""
LABEL = 200.0
"""Of the shape over a wire, which is written from its beginning on."""
EVERYWHERE: Strip = (-inf, inf)


def changed(before: Diagram, after: Diagram, air: float) -> Strip | None:
    """What has to be painted again, None where that is nothing; words stand out by up to `air` to each side."""
    rows: tuple[tuple[Sequence[Part], Sequence[Part]], ...] = (
        (before.columns, after.columns), (before.plates, after.plates),
        (before.boxes, after.boxes), (before.frames, after.frames),
        (before.joints, after.joints), (before.wires, after.wires),
        (before.bundles, after.bundles),
    )  # fmt: skip
    if any(len(old) != len(new) for old, new in rows):
        return EVERYWHERE
    other = set(chain.from_iterable(_different(old, new) for old, new in rows))
    if not other:
        return None
    other |= set(_leading_to(before, other)) | set(_leading_to(after, other))
    reaches = [_reach(part, air) for part in other]
    return min(left for left, _ in reaches), max(right for _, right in reaches)


def _different(old: Sequence[Part], new: Sequence[Part]) -> Iterator[Part]:
    for one, other in zip(old, new, strict=True):
        if one is not other and one != other:
            yield one
            yield other


def _leading_to(diagram: Diagram, parts: set[Part]) -> Iterator[Bundle]:
    """The lines from or to one of these columns, which may be the same lines to other neurons."""
    columns = diagram.columns
    for bundle in diagram.bundles:
        ends = (columns[end] for end in (bundle.source, bundle.target) if end >= 0)
        if any(end in parts for end in ends):
            yield bundle


def _reach(part: Part, air: float) -> Strip:
    match part:
        case Column():
            return part.x - air, max(part.x, part.lane_end) + air
        case Plate() | Box() | Frame():
            return part.x - air, part.x + part.width + air
        case Joint():
            return part.x - part.width - air, part.x + part.width + air
        case Wire():
            return part.x0 - EDGE, max(part.x1, part.x0 + LABEL) + EDGE
        case Bundle():
            return part.x0 - EDGE, part.x1 + EDGE
