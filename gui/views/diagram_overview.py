"""The map in a corner of the diagram: all of a drawing that does not fit, and which part of it is seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap

from engine.views.diagram import Diagram
from gui import theme
from gui.views.diagram_sheet import Sheet

WIDTH, LOWEST, HIGHEST = 260.0, 26.0, 90.0
NARROWEST, TALLEST = 70.0, 0.4
"""Of the map of many rows: its width, and which part of the sheet's height it may take."""
INSET = 10.0
DOT = 6.0
"""Height of what a search has found."""


class Overview:
    """Where the map stands and what it shows; its picture is kept as long as the drawing stays the same.

    After an edit it shows the drawing as it was before, until somebody has time to `renew` it.
    """

    def __init__(self) -> None:
        self._key: object = None
        self._sheet: Sheet | None = None
        self._picture = QPixmap()

    def area(self, sheet: Sheet, seen: QRectF, room: QSizeF) -> QRectF:
        """The map's place on the sheet, lower right; empty where all is seen or there is no room.

        Nor does it cover a drawing of which most is seen anyway.
        """
        everything = QRectF(0, 0, sheet.width, sheet.height)
        if seen.contains(everything) or room.width() < 2 * WIDTH or room.height() < 3 * HIGHEST:
            return QRectF()
        ratio = sheet.height / max(sheet.width, 1.0)
        width, height = WIDTH, max(WIDTH * ratio, LOWEST)
        if height > HIGHEST:
            height = min(height, room.height() * TALLEST if sheet.is_wrapped else HIGHEST)
            width = min(max(height / ratio, NARROWEST), WIDTH) if sheet.is_wrapped else WIDTH
        left, top = room.width() - width - INSET, room.height() - height - INSET
        bottom = (sheet.height - seen.top()) * room.height() / seen.height()
        part = seen.intersected(everything)
        if bottom > top and part.width() * part.height() > sheet.width * sheet.height / 2:
            return QRectF()
        return QRectF(left, top, width, height)

    def point(self, sheet: Sheet, area: QRectF, at: QPointF) -> QPointF:
        """The point of the drawing that stands at a point of the map."""
        inside = at - area.topLeft()
        return QPointF(
            inside.x() / area.width() * sheet.width, inside.y() / area.height() * sheet.height
        )

    def renew(self, sheet: Sheet) -> bool:
        """Take another drawing into account; whether that changes the map."""
        if self._sheet is sheet or self._sheet is None:
            return False
        self._sheet = None
        return True

    def paint(self, painter: QPainter, sheet: Sheet, area: QRectF, seen: QRectF) -> None:
        """Paint the map of a drawing with a frame around what is seen of it."""
        ratio = painter.device().devicePixelRatio()
        key = (area.size().toTuple(), ratio, theme.current().name)
        if self._sheet is None or key != self._key:
            self._sheet, self._key = sheet, key
            self._picture = _picture(sheet, area, ratio)
        painter.drawPixmap(area.topLeft(), self._picture)
        across, down = area.width() / sheet.width, area.height() / sheet.height
        part = QRectF(
            area.left() + seen.left() * across, area.top() + seen.top() * down,
            seen.width() * across, seen.height() * down,
        ).intersected(area)  # fmt: skip
        painter.setPen(QPen(theme.current().colour("accent"), 1.5))
        painter.setBrush(theme.current().colour("accent", 0.12))
        painter.drawRect(part)

    def mark(self, painter: QPainter, sheet: Sheet, area: QRectF, found: Sequence[QRectF]) -> None:
        """Show on the map where something was found, large enough to be seen."""
        across, down = area.width() / sheet.width, area.height() / sheet.height
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.current().colour("accent"))
        for place in found:
            dot = QRectF(0, 0, max(place.width() * across, DOT), DOT)
            middle = place.center()
            dot.moveCenter(area.topLeft() + QPointF(middle.x() * across, middle.y() * down))
            painter.drawRect(dot)


def _picture(sheet: Sheet, area: QRectF, ratio: float) -> QPixmap:
    colours = theme.current()
    picture = QPixmap((area.size() * ratio).toSize())
    picture.setDevicePixelRatio(ratio)
    picture.fill(colours.colour("panel"))
    painter = QPainter(picture)
    across, down = area.width() / sheet.width, area.height() / sheet.height
    frames, boxes = ([*_shrunk(sheet, parts, across, down)] for parts in _parts(sheet.diagram))
    painter.setPen(colours.colour("border_strong"))
    painter.drawRects(frames)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.colour("text_muted"))
    painter.drawRects(boxes)
    painter.setPen(colours.colour("border_strong"))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(0, 0, area.width() - 1, area.height() - 1))
    painter.end()
    return picture


def _parts(diagram: Diagram) -> tuple[list[QRectF], list[QRectF]]:
    """Where frames are, and where boxes and columns are."""
    frames = [QRectF(each.x, each.y, each.width, each.height) for each in diagram.frames]
    boxes = [
        QRectF(each.x, each.y - each.height / 2, each.width, each.height) for each in diagram.boxes
    ]
    boxes += [QRectF(each.x, each.y - each.height / 2, 1, each.height) for each in diagram.columns]
    return frames, boxes


def _shrunk(sheet: Sheet, parts: Sequence[QRectF], across: float, down: float) -> Iterator[QRectF]:
    """Parts of a diagram as small as the map is, but no smaller than can be seen."""
    for part in parts:
        for area in sheet.areas(part):
            wide, high = max(area.width() * across, 2.0), max(area.height() * down, 2.0)
            yield QRectF(area.x() * across, area.y() * down, wide, high)
