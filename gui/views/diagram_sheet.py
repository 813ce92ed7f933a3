"""The sheet that a diagram stands on: a long one in rows, one below the other, as a text has lines."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from math import inf

from PySide6.QtCore import QPointF, QRectF

from engine.design.tuples import NamedTuple
from engine.design.value import replace
from engine.views.diagram import Diagram, Wire
from engine.views.diagram_rows import Row, wrapped

BETWEEN = 34.0
"""Room between two rows."""
INDENT = 34.0
"""Before all rows but the first, whose diagram has a margin of its own."""
ABOVE = 16.0


class Piece(NamedTuple):
    """A part of the diagram, and how far to the right and downward of its place there it is on the sheet."""

    part: QRectF
    x: float
    y: float


class Sheet:
    """Where each part of a diagram is on a sheet, in the diagram's own units; without rows, just where it is."""

    def __init__(self, diagram: Diagram, longest: float = inf) -> None:
        self.diagram = diagram
        rows = wrapped(diagram, longest) if longest < diagram.width else ()
        self.is_wrapped = len(rows) > 1
        if not self.is_wrapped:
            self._rows: tuple[Row, ...] = (Row(0.0, diagram.width, 0.0, diagram.height),)
            self._tops = [0.0]
            self.width, self.height = diagram.width, diagram.height
            return
        self._rows = rows
        heights = (row.bottom - row.top + BETWEEN for row in rows)
        *self._tops, end = accumulate(heights, initial=ABOVE)
        self.width = max(row.right - row.left for row in rows) + 2 * INDENT
        self.height = end - BETWEEN + ABOVE

    def visible(self, seen: QRectF) -> Diagram:
        """The diagram without most of what is beside a part of the sheet; columns keep their numbers."""
        if not self.is_wrapped:
            return self.diagram
        rows = [self._rows[place] for place in self._places(seen)]
        if not rows:
            return replace(self.diagram, boxes=(), frames=(), joints=(), wires=(), skips=())
        left, right, diagram = rows[0].left, rows[-1].right, self.diagram
        return replace(
            diagram,
            boxes=tuple([b for b in diagram.boxes if b.x < right and b.x + b.width > left]),
            frames=tuple([f for f in diagram.frames if f.x < right and f.x + f.width > left]),
            joints=tuple([j for j in diagram.joints if left < j.x < right]),
            wires=tuple([w for w in diagram.wires if w.x0 < right and w.x1 > left]),
            skips=tuple([s for s in diagram.skips if s.x0 < right and s.end > left]),
        )

    def pieces(self, seen: QRectF) -> Iterator[Piece]:
        """What of the diagram is in a part of the sheet, a piece for each row."""
        if not self.is_wrapped:
            yield Piece(seen, 0.0, 0.0)
            return
        for place in self._places(seen):
            row = self._rows[place]
            x, y = self._move(place)
            left, right = max(row.left, seen.left() - x), min(row.right, seen.right() - x)
            if left < right:
                yield Piece(QRectF(left, row.top, right - left, row.bottom - row.top), x, y)

    def _places(self, seen: QRectF) -> range:
        """The numbers of the rows that are in a part of the sheet."""
        first = max(bisect_right(self._tops, seen.top()) - 1, 0)
        return range(first, bisect_right(self._tops, seen.bottom()))

    def areas(self, area: QRectF) -> list[QRectF]:
        """Where on the sheet a part of the diagram is; a long one is in several rows."""
        if not self.is_wrapped:
            return [area]
        found: list[QRectF] = []
        first = max(bisect_right(self._rows, area.left(), key=lambda row: row.left) - 1, 0)
        for place in range(first, len(self._rows)):
            row = self._rows[place]
            if row.left >= area.right() and found:
                break
            left, right = max(row.left, area.left()), min(row.right, area.right())
            if left < right:
                x, y = self._move(place)
                found.append(QRectF(left + x, area.top() + y, right - left, area.height()))
        return found

    def strips(self, left: float, right: float) -> list[QRectF]:
        """Where on the sheet all is that lies between two x of the diagram."""
        strips: list[QRectF] = []
        for place, row in enumerate(self._rows):
            start, stop = max(left, row.left), min(right, row.right)
            if start < stop:
                x, y = self._move(place) if self.is_wrapped else (0.0, 0.0)
                high = row.bottom - row.top
                strips.append(QRectF(start + x, row.top + y, stop - start, high))
        return strips

    def place(self, point: QPointF) -> QPointF | None:
        """The place in the diagram of a point of the sheet; None between two rows."""
        if not self.is_wrapped:
            return point
        place = bisect_right(self._tops, point.y()) - 1
        if place < 0:
            return None
        x, y = self._move(place)
        row, inside = self._rows[place], QPointF(point.x() - x, point.y() - y)
        inner = row.left <= inside.x() <= row.right and inside.y() <= row.bottom
        return inside if inner else None

    def ends(self, seen: QRectF, wires: Sequence[Wire]) -> Iterator[tuple[QPointF, bool]]:
        """Where in a part of the sheet some wires leave a row, and where, True, they go on in the next."""
        level = [wire for wire in wires if wire.y0 == wire.y1]
        for place in self._places(seen) if self.is_wrapped else ():
            row, (x, y) = self._rows[place], self._move(place)
            for wire in level:
                if wire.x0 < row.right < wire.x1:
                    yield QPointF(row.right + x, wire.y0 + y), False
                if wire.x0 < row.left < wire.x1:
                    yield QPointF(row.left + x, wire.y0 + y), True

    def has_rows_of(self, other: Sheet | None) -> bool:
        """Whether this is one row as the other is, or all rows are as long and as high."""
        if other is None or not (self.is_wrapped or other.is_wrapped):
            return other is not None
        return self._rows == other._rows

    def _move(self, place: int) -> tuple[float, float]:
        """How far a row is moved to the right and downward."""
        row = self._rows[place]
        return (INDENT if place else 0.0) - row.left, self._tops[place] - row.top
