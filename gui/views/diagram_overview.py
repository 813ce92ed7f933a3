"""The map in a corner of the diagram: all of a drawing that does not fit, and which part of it is seen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap

from engine.views.diagram import Diagram
from gui import theme

WIDTH, LOWEST, HIGHEST = 260.0, 26.0, 90.0
INSET = 10.0
DOT = 6.0
"""Height of what a search has found."""


class Overview:
    """Where the map stands and what it shows; its picture is kept as long as the drawing stays the same.

    After an edit it shows the drawing as it was before, until somebody has time to `renew` it.
    """

    def __init__(self) -> None:
        self._key: object = None
        self._diagram: Diagram | None = None
        self._picture = QPixmap()

    def area(self, diagram: Diagram, seen: QRectF, sheet: QSizeF) -> QRectF:
        """The map's place on the sheet, lower right; empty where all is seen or there is no room.

        Nor does it cover a drawing of which most is seen anyway.
        """
        everything = QRectF(0, 0, diagram.width, diagram.height)
        if seen.contains(everything) or sheet.width() < 2 * WIDTH or sheet.height() < 3 * HIGHEST:
            return QRectF()
        height = min(max(WIDTH * diagram.height / max(diagram.width, 1.0), LOWEST), HIGHEST)
        left, top = sheet.width() - WIDTH - INSET, sheet.height() - height - INSET
        bottom = (diagram.height - seen.top()) * sheet.height() / seen.height()
        if bottom > top and seen.width() > diagram.width / 2:
            return QRectF()
        return QRectF(left, top, WIDTH, height)

    def point(self, diagram: Diagram, area: QRectF, at: QPointF) -> QPointF:
        """The point of the drawing that stands at a point of the map."""
        inside = at - area.topLeft()
        return QPointF(
            inside.x() / area.width() * diagram.width, inside.y() / area.height() * diagram.height
        )

    def renew(self, diagram: Diagram) -> bool:
        """Take another drawing into account; whether that changes the map."""
        if self._diagram is diagram or self._diagram is None:
            return False
        self._diagram = None
        return True

    def paint(self, painter: QPainter, diagram: Diagram, area: QRectF, seen: QRectF) -> None:
        """Paint the map of a drawing with a frame around what is seen of it."""
        ratio = painter.device().devicePixelRatio()
        key = (area.size().toTuple(), ratio, theme.current().name)
        if self._diagram is None or key != self._key:
            self._diagram, self._key = diagram, key
            self._picture = _picture(diagram, area, ratio)
        painter.drawPixmap(area.topLeft(), self._picture)
        across, down = area.width() / diagram.width, area.height() / diagram.height
        part = QRectF(
            area.left() + seen.left() * across, area.top() + seen.top() * down,
            seen.width() * across, seen.height() * down,
        ).intersected(area)  # fmt: skip
        painter.setPen(QPen(theme.current().colour("accent"), 1.5))
        painter.setBrush(theme.current().colour("accent", 0.12))
        painter.drawRect(part)

    def mark(
        self, painter: QPainter, diagram: Diagram, area: QRectF, found: Sequence[QRectF]
    ) -> None:
        """Show on the map where something was found, large enough to be seen."""
        across, down = area.width() / diagram.width, area.height() / diagram.height
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.current().colour("accent"))
        for place in found:
            dot = QRectF(0, 0, max(place.width() * across, DOT), DOT)
            middle = place.center()
            dot.moveCenter(area.topLeft() + QPointF(middle.x() * across, middle.y() * down))
            painter.drawRect(dot)


def _picture(diagram: Diagram, area: QRectF, ratio: float) -> QPixmap:
    colours = theme.current()
    picture = QPixmap((area.size() * ratio).toSize())
    picture.setDevicePixelRatio(ratio)
    picture.fill(colours.colour("panel"))
    painter = QPainter(picture)
    across, down = area.width() / diagram.width, area.height() / diagram.height
    frames = [
        QRectF(frame.x * across, frame.y * down, frame.width * across, frame.height * down)
        for frame in diagram.frames
    ]
    columns = [
        QRectF(column.x * across - 1, (column.y - column.height / 2) * down,
               2, max(column.height * down, 2))
        for column in diagram.columns
    ]  # fmt: skip
    boxes = [
        QRectF(box.x * across, (box.y - box.height / 2) * down,
               box.width * across, max(box.height * down, 2))
        for box in diagram.boxes
    ]  # fmt: skip
    painter.setPen(colours.colour("border_strong"))
    painter.drawRects(frames)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.colour("text_muted"))
    painter.drawRects(boxes + columns)
    painter.setPen(colours.colour("border_strong"))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(0, 0, area.width() - 1, area.height() - 1))
    painter.end()
    return picture
