"""How large a diagram is shown, which part of it, and whether in one row or in several."""

from __future__ import annotations

from math import inf, sqrt

from PySide6.QtCore import QPointF, QRectF, QSizeF

from engine.views.diagram import Diagram
from gui.views.diagram_places import missing, stretched
from gui.views.diagram_sheet import BETWEEN, INDENT, Sheet

CLOSEST, FARTHEST = 4.0, 0.02
TOP = 14
"""Pixels kept free above the names."""
READABLE, SMALLEST = 0.8, 0.45
"""A large diagram that does not fit so small that its words still have room is shown at a size that is easy to read."""
COMFORTABLE = 1.25
"""A small diagram is not blown up beyond this."""
IN_ROWS = (1.0, 0.9, 0.8, 0.7, 0.62)
WORTH = 1.2
"""How much larger a diagram must become for rows to be worth it, where it would fit without them, too."""
SMALLER = 0.93


class Viewport:
    """A window on the sheet: until somebody moves or zooms it, it fits itself to what there is to see."""

    def __init__(self) -> None:
        self.zoom = 1.0
        self.offset = QPointF(0, 0)
        """Where the sheet's upper left corner is in the widget."""
        self.size = QSizeF(0, 0)
        self.sheet: Sheet | None = None
        self._diagram: Diagram | None = None
        self._longest = inf
        self._fits, self._whole = True, False
        """Whether it fits itself, and whether so that all is seen, however small."""

    @property
    def diagram(self) -> Diagram | None:
        """What is shown: with columns further apart where there is room for it."""
        return self.sheet.diagram if self.sheet is not None else None

    def start_over(self) -> None:
        """The next diagram is another network's, to be shown from its beginning on."""
        self._fits, self._whole, self._diagram = True, False, None

    def show(self, diagram: Diagram) -> bool:
        """Show another diagram; whether more than what differs in it is somewhere else now."""
        fresh, sheet = self._diagram is None, self.sheet
        zoom, offset = self.zoom, QPointF(self.offset)
        self._diagram = diagram
        if self._fits:
            self._fit()
            if not fresh and zoom == self.zoom:
                self._stay(offset)
        else:
            self.sheet = Sheet(diagram, self._longest)
        stays = zoom == self.zoom and offset == self.offset
        return fresh or not stays or sheet is None or not sheet.has_rows_of(self.sheet)

    def resize(self, size: QSizeF) -> None:
        """The widget has another size."""
        self.size = size
        if self._fits:
            self._fit()

    def fit(self) -> None:
        """Show all, however small."""
        self._fits = self._whole = True
        self._fit()

    def zoom_by(self, factor: float, around: QPointF) -> None:
        """Zoom around a point of the widget."""
        zoom = min(max(self.zoom * factor, FARTHEST), CLOSEST)
        inside = (around - self.offset) / self.zoom
        self.offset = around - inside * zoom
        self.zoom = zoom
        self._fits = self._whole = False

    def move(self, by: QPointF) -> None:
        """Move the sheet; from now on it stays where it is."""
        self.offset += by
        self._fits = self._whole = False

    def reveal(self, area: QRectF) -> None:
        """Move the sheet, without zooming, so that a part of the widget, or beside it, is seen."""
        if self.size.width():
            across = missing(area.left(), area.width(), self.size.width())
            down = missing(area.top(), area.height(), self.size.height())
            self.offset += QPointF(across, down)

    # --- widget and sheet ----------------------------------------------------------------------------------------

    def seen(self, part: QRectF | None = None) -> QRectF:
        """What is seen of the sheet in the widget, or in some part of it, in the diagram's units."""
        area = part if part is not None else QRectF(QPointF(0, 0), self.size)
        return QRectF((area.topLeft() - self.offset) / self.zoom, area.size() / self.zoom)

    def shown_at(self, area: QRectF) -> QRectF:
        """Where a part of the sheet is in the widget."""
        return QRectF(area.topLeft() * self.zoom + self.offset, area.size() * self.zoom)

    def areas(self, area: QRectF) -> list[QRectF]:
        """Where a part of the diagram is in the widget, one for each row that it is in."""
        return [self.shown_at(each) for each in self.sheet.areas(area)] if self.sheet else []

    def place(self, point: QPointF) -> QPointF | None:
        """The place in the diagram of a point of the widget."""
        return self.sheet.place((point - self.offset) / self.zoom) if self.sheet else None

    # --- fitting -------------------------------------------------------------------------------------------------

    def _fit(self) -> None:
        diagram, width, height = self._diagram, self.size.width(), self.size.height() - TOP
        if diagram is None or not diagram.width or not diagram.height or not width:
            if diagram is not None:
                self.sheet = Sheet(diagram)
            return
        flat = min(width / diagram.width, height / diagram.height, COMFORTABLE)
        rows = self._rows(diagram, flat) if flat < READABLE and diagram.boxes else None
        if rows is not None:
            self.zoom, self.sheet = rows
        else:
            if flat < SMALLEST and not self._whole:
                # What is long is shown at a size that can be read, from its beginning on.
                flat = max(min(READABLE, height / diagram.height), SMALLEST)
            self.zoom, self._longest = max(flat, FARTHEST), inf
            self.sheet = Sheet(stretched(diagram, width / (diagram.width * self.zoom)))
        x = max((width - self.sheet.width * self.zoom) / 2, 0.0)
        y = (height - self.sheet.height * self.zoom) / 2
        top = y if y > 0 or not (self._whole or self.sheet.is_wrapped) else 0.0
        self.offset = QPointF(x, top + TOP)

    def _rows(self, diagram: Diagram, flat: float) -> tuple[float, Sheet] | None:
        """The largest size at which all is seen in rows, else one that can be read; None where one row is better."""
        width, height = self.size.width(), self.size.height() - TOP
        # About the size at which as many rows as are needed fill the height.
        guess = sqrt(width * height / (diagram.width * (diagram.height + BETWEEN)))
        zooms = [zoom for zoom in IN_ROWS if zoom <= 1.6 * guess]
        if self._whole and not zooms:
            zooms = [1.6 * guess]
        for zoom in zooms:
            if (sheet := self._in_rows(diagram, zoom)) is not None:
                return (zoom, sheet) if flat < SMALLEST or zoom > WORTH * flat else None
        if flat >= SMALLEST:
            return None
        zoom = min([SMALLEST, *zooms])
        while self._whole and zoom > max(flat, FARTHEST):
            zoom *= SMALLER
            if (sheet := self._in_rows(diagram, zoom)) is not None:
                return zoom, sheet
        if self._whole:
            return None
        self._longest = width / READABLE - 2 * INDENT
        sheet = Sheet(diagram, self._longest)
        return (READABLE, sheet) if sheet.is_wrapped else None

    def _in_rows(self, diagram: Diagram, zoom: float) -> Sheet | None:
        """The diagram in rows, if all of it is seen at that size."""
        width, height = self.size.width(), self.size.height() - TOP
        self._longest = width / zoom - 2 * INDENT
        sheet = Sheet(diagram, self._longest)
        fits = sheet.width * zoom <= width and sheet.height * zoom <= height
        return sheet if sheet.is_wrapped and fits else None

    def _stay(self, offset: QPointF) -> None:
        """Show that part of a large sheet which was shown before an edit of it."""
        assert self.sheet is not None
        beyond = self.size.width() - self.sheet.width * self.zoom
        below = self.size.height() - self.sheet.height * self.zoom
        if beyond < 0:
            self.offset.setX(max(offset.x(), beyond))
        if below < 0 and self.sheet.is_wrapped:
            self.offset.setY(max(offset.y(), below))
