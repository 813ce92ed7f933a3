"""Where two drawings differ, so that an edit paints a strip of the sheet and not all of it."""

from __future__ import annotations

from math import inf

from engine.design.spans import changed_span
from engine.views.diagram import Box, Bundle, Column, Diagram, Frame, Joint, Plate, Skip, Wire

Part = Column | Plate | Box | Frame | Joint | Wire | Skip | Bundle
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
        (before.joints, after.joints), (before.wires, after.wires),
        (before.skips, after.skips), (before.bundles, after.bundles),
    )  # fmt: skip
    if any(len(old) != len(new) for old, new in rows):
        return EVERYWHERE
    places = [_different(old, new) for old, new in rows]
    if not any(places):
        return None
    # The lines from or to another column may be the same lines to other neurons.
    columns = set(places[0])
    places[-1] = [
        place for place, (old, new) in enumerate(zip(before.bundles, after.bundles, strict=True))
        if old.source in columns or old.target in columns or new.source in columns or new.target in columns
        or (old is not new and old != new)
    ]  # fmt: skip
    reaches = [
        _reach(part, air)
        for (old, new), those in zip(rows, places, strict=True)
        for place in those
        for part in (old[place], new[place])
    ]
    return min(left for left, _ in reaches), max(right for _, right in reaches)


def _different(old: tuple[Part, ...], new: tuple[Part, ...]) -> list[int]:
    """Where two rows of one length differ."""
    start, stop, _ = changed_span(new, old)
    return [place for place in range(start, stop) if old[place] != new[place]]


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
        case Skip():
            return part.x0 - EDGE, max(part.end, part.x0 + LABEL) + EDGE
        case Bundle():
            return part.x0 - EDGE, part.x1 + EDGE
