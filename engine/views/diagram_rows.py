"""A long diagram as several rows, one below the other, as a text has lines: for pictures of a given form."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import NamedTuple

from engine.views.diagram_parts import Diagram

MOST_ROWS = 16
AIR = 6.0
"""Room left before what begins a row, and above and below what is in it."""
EDGE = 24.0
"""Of a frame, which is not cut from what is in it."""
HEADER = 60.0
"""Half of the room that a column's name takes."""
GAP = 10.0
"""Room between two rows."""


class Row(NamedTuple):
    """A part of a diagram: all that lies between two x and two y."""

    left: float
    right: float
    top: float
    bottom: float


class Rows(NamedTuple):
    """The parts from top to bottom, drawn `zoom` times as large."""

    parts: tuple[Row, ...]
    zoom: float

    @property
    def width(self) -> float:
        """Of the longest row, as it is drawn."""
        return self.zoom * max(part.right - part.left for part in self.parts)

    @property
    def height(self) -> float:
        """Of all rows and the gaps between them, as they are drawn."""
        return self.zoom * (sum(part.bottom - part.top + GAP for part in self.parts) - GAP)


def rows(diagram: Diagram, width: float, height: float, largest: float = 1.0) -> Rows:
    """The rows in which a diagram becomes largest in a room of that size, at most `largest` times its own size."""
    spans = sorted(_spans(diagram))
    tried: list[Rows] = []
    for count in range(1, MOST_ROWS + 1):
        parts = tuple(_row(spans, *part) for part in pairwise(_cuts(diagram, count)))
        whole = Rows(parts, 1.0)
        tried.append(Rows(parts, min(width / whole.width, height / whole.height, largest)))
    return max(tried, key=lambda each: each.zoom)


def wrapped(diagram: Diagram, width: float) -> tuple[Row, ...]:
    """The rows of a diagram that are at most so long, as far as a row can be cut where nothing stands.

    Lines between neurons are never cut: what they lead to would not be seen beside where they come from.
    """
    solid = _solid(diagram)
    stops = [stop for _, stop in solid]
    last = max([diagram.width, *stops])
    # Where something begins behind all that stands before it.
    gaps = [
        start
        for (start, _), end in zip(solid[1:], accumulate(stops, max), strict=False)
        if start > end
    ]
    cuts = [0.0]
    while last - cuts[-1] > width:
        place = bisect_right(gaps, cuts[-1] + width) - 1
        if place < 0 or gaps[place] <= cuts[-1]:
            place += 1
        if place == len(gaps):
            break
        cuts.append(gaps[place])
    cuts.append(last)
    tops, bottoms = _extents(diagram, cuts)
    return tuple(
        Row(left, right, top - AIR, bottom + AIR)
        for (left, right), top, bottom in zip(pairwise(cuts), tops, bottoms, strict=True)
    )


def _solid(diagram: Diagram) -> list[tuple[float, float]]:
    """From where to where something stands that cannot be cut, from left to right."""
    solid = [(box.x - AIR, box.x + box.width + AIR) for box in diagram.boxes]
    for joint in diagram.joints:
        half = joint.width / 2 + AIR
        solid.append((joint.x - half, joint.x + half))
    solid += [(lines.x0, lines.x1) for lines in (*diagram.bundles, *diagram.lanes)]
    solid += [(column.x - HEADER, column.x + HEADER) for column in diagram.columns]
    solid += [(wire.x0, wire.x1) for wire in diagram.wires if wire.y0 != wire.y1]
    solid += [(skip.x1, skip.end) for skip in diagram.skips]
    # Where one leaves the flow stays beside what comes next.
    solid += [(skip.x0 - AIR, skip.x0 + 2 * AIR) for skip in diagram.skips]
    for frame in diagram.frames:
        right = frame.x + frame.width
        solid += (frame.x - AIR, frame.x + EDGE), (right - EDGE, right + AIR)
    solid.sort()
    return solid


def _extents(diagram: Diagram, cuts: list[float]) -> tuple[list[float], list[float]]:
    """The highest and the lowest place of each row."""
    count = len(cuts) - 1
    heights = {(box.y, box.height) for box in diagram.boxes}
    if len(heights) == 1 and not (
        diagram.frames or diagram.joints or diagram.skips or diagram.columns
    ):
        ((middle, height),) = heights
        return [middle - height / 2] * count, [middle + height / 2] * count
    tops, bottoms = [diagram.height] * count, [0.0] * count
    for span in _spans(diagram):
        for row in range(bisect_right(cuts, span.left) - 1, count):
            if cuts[row] >= span.right:
                break
            tops[row], bottoms[row] = min(tops[row], span.top), max(bottoms[row], span.bottom)
    return tops, bottoms


def _cuts(diagram: Diagram, count: int) -> list[float]:
    """Where rows begin, and where the last one ends: about equally far apart, never through a box or a joint."""
    solid = [(box.x - AIR, box.x + box.width + AIR) for box in diagram.boxes]
    for joint in diagram.joints:
        half = joint.width / 2 + AIR
        solid.append((joint.x - half, joint.x + half))
    solid.sort(reverse=True)
    width = max(diagram.width, 1.0)
    found = {0.0, width}
    for row in range(1, count):
        place = width * row / count
        # From right to left, so that a place moved out of one box is moved out of those before it, too.
        for start, end in solid:
            if start < place < end:
                place = start
        found.add(max(place, 0.0))
    return sorted(found)


def _spans(diagram: Diagram) -> Iterator[Row]:
    """The room that each thing takes."""
    for box in diagram.boxes:
        half = box.height / 2
        yield Row(box.x, box.x + box.width, box.y - half, box.y + half)
    for frame in diagram.frames:
        yield Row(frame.x, frame.x + frame.width, frame.y, frame.y + frame.height)
    for joint in diagram.joints:
        half = joint.width / 2
        yield Row(joint.x - half, joint.x + half, joint.y - joint.radius, joint.y + joint.radius)
    for column in diagram.columns:
        low = column.y + column.height / 2 + column.radius
        yield Row(column.x, column.x + 1, column.header_y - 7 * AIR, low)
    for wire in diagram.wires:
        yield Row(wire.x0, wire.x1, min(wire.y0, wire.y1), max(wire.y0, wire.y1))
    for skip in diagram.skips:
        yield Row(skip.x0, skip.end, skip.over, max(skip.y0, skip.y1))


def _row(spans: list[Row], left: float, right: float) -> Row:
    """The part between two cuts, no higher than what is in it."""
    within = [each for each in spans if each.left < right and each.right > left]
    top = min((each.top for each in within), default=0.0)
    bottom = max((each.bottom for each in within), default=1.0)
    return Row(left, right, top - AIR, bottom + AIR)
