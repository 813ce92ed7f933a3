"""A long diagram as several rows, one below the other, as a text has lines: for pictures of a given form."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from engine.views.diagram_parts import Diagram

MOST_ROWS = 16
AIR = 6.0
"""Room left before what begins a row, and above and below what is in it."""
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


def _row(spans: list[Row], left: float, right: float) -> Row:
    """The part between two cuts, no higher than what is in it."""
    within = [each for each in spans if each.left < right and each.right > left]
    top = min((each.top for each in within), default=0.0)
    bottom = max((each.bottom for each in within), default=1.0)
    return Row(left, right, top - AIR, bottom + AIR)
