"""The widget that paints a diagram: as much as needed after an edit, all else when nobody waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from engine.views.diagram import Diagram
from gui import theme
from gui.views.diagram_changes import changed
from gui.views.diagram_lines import Live
from gui.views.diagram_names import Names
from gui.views.diagram_overview import Overview
from gui.views.diagram_painting import paint, paint_ends, paint_rings, prepare, scale_of_words
from gui.views.diagram_pictures import Pictures
from gui.views.diagram_places import Places
from gui.views.diagram_sheet import Sheet
from gui.views.diagram_viewport import Viewport

if TYPE_CHECKING:
    from PySide6.QtGui import (
        QImage,
        QPaintEvent,
        QResizeEvent,
    )

MOST_AHEAD = 64
"""Bundles that are painted beforehand in a row."""
REST_MS = 25
"""After painting, until lines are painted beforehand: what a person does next comes first."""
MAP_REST_MS = 250
"""After an edit, until the map shows it: between two keys there is no time for thousands of boxes."""
AIR = 130.0
"""Units that a long name or caption takes to each side of its column, where it is not enlarged."""
RIM = 60.0
"""Units around what can be pointed at, within which it shows that it is selected."""
SPILL = 24.0
"""Pixels above and below a row that names and badges may reach."""
AHEAD = 0.3
"""Of the sheet's width, how far beyond its sides lines are painted beforehand."""


class PaintedDiagram(QWidget):
    """Shows a diagram, a selection, and what a search has found; it fits itself to what there is to see."""

    zoomed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._diagram: Diagram | None = None
        self._view = Viewport()
        self._known_places = Places(None)
        self._live = Live()
        self._coming: Live | None = None
        """What is shown as soon as its lines have been painted, a bundle at a time: nothing waits for all of them."""
        self._idle = QTimer(self, singleShot=True)
        self._idle.timeout.connect(self._prepare)
        self._map_soon = QTimer(self, singleShot=True, interval=MAP_REST_MS)
        self._map_soon.timeout.connect(self._renew_map)
        self._prepared = 0
        self._pictures = Pictures()
        self._names = Names()
        self._overview = Overview()
        self._selected: tuple[int, ...] = ()
        self._pointed: tuple[int, ...] = ()
        """What was selected by pointing at it: it is seen already, and a double click finds it where it was."""
        self._found: frozenset[int] | None = None
        # It fills all of itself: else everything behind it would be painted first, each time.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Diagram of the network"))
        theme.changed.connect(self.update)

    def show_diagram(self, diagram: Diagram) -> None:
        """Show a diagram; the view stays where a person moved it, else it shows all."""
        if diagram is self._diagram or diagram == self._diagram:
            return
        before, self._diagram = self._view.diagram, diagram
        self._map_soon.start()
        moved = self._view.show(diagram)
        where = QPointF(self._view.offset)
        self._bring_into_sight()
        after = self._view.diagram
        if (
            moved
            or before is None
            or after is None
            or where != self._view.offset
            or self._other_names(before, after)
        ):
            self.update()
        elif strip := changed(before, after, self._air):
            self._update_strip(*strip)

    def _other_names(self, before: Diagram, after: Diagram) -> bool:
        selected = frozenset(self._selected)
        return self._names.change(before, after, scale_of_words(self._view.zoom), selected)

    def show_live(self, live: Live) -> None:
        self._coming, self._prepared = live, 0
        self._idle.start(0)

    def _renew_map(self) -> None:
        if self._view.sheet is not None and self._overview.renew(self._view.sheet):
            self.update(self.map_area().toAlignedRect())

    def _prepare(self) -> None:
        """Paint the lines of one bundle that is or will soon be seen; once there is no more, show what has come."""
        view, sheet = self._view, self._view.sheet
        live, seen = self._coming or self._live, view.seen()
        wide = seen.adjusted(-seen.width() * AHEAD, 0, seen.width() * AHEAD, 0)
        pixels = view.zoom * self.devicePixelRatioF()
        self._prepared += 1
        if (
            sheet is not None
            and self.isVisible()
            and self._prepared <= MOST_AHEAD
            and any(
                prepare(sheet.diagram, live, piece.part, pixels, self._pictures)
                for piece in sheet.pieces(wide)
            )
        ):
            self._idle.start(0)
        elif self._coming is not None:
            self._live, self._coming = self._coming, None
            self.update()

    @property
    def _places(self) -> Places:
        """What can be pointed at in the diagram as it is painted."""
        if self._known_places.diagram is not self._view.diagram:
            self._known_places = Places(self._view.diagram)
        return self._known_places

    @property
    def _air(self) -> float:
        """How far words may stand out to each side, in the diagram's units."""
        return AIR * scale_of_words(self._view.zoom)

    def show_selection(self, ids: tuple[int, ...]) -> None:
        if ids == self._selected:
            return
        before, where = self._selected, QPointF(self._view.offset)
        self._selected = ids
        if ids != self._pointed:
            self._bring_into_sight()
        if where != self._view.offset or self._named(before) != self._named(ids):
            self.update()
            return
        for node_id in set(before) ^ set(ids):
            if (area := self._places.area(node_id)) is not None:
                self._update_strip(area.left() - RIM, area.right() + RIM)

    def show_found(self, ids: frozenset[int] | None, at: int) -> None:
        """Mark what a search has found, all else being faded, and bring one of them into sight; None ends that."""
        if (ids, at) != (self._found, 0):
            self._found = ids
            self._bring_into_sight(at)
            self.update()

    def _named(self, selected: tuple[int, ...]) -> object:
        """The columns and plates whose name has room; those that are selected come first."""
        scale = scale_of_words(self._view.zoom)
        diagram = self._view.diagram
        return self._names.of(diagram, scale, frozenset(selected)) if diagram else None

    def _update_strip(self, left: float, right: float) -> None:
        """Paint again from here to there along x, in the diagram's units."""
        sheet, whole = self._view.sheet, QRectF(self.rect())
        for strip in sheet.strips(left, right) if sheet is not None else ():
            area = self._view.shown_at(strip)
            high = area.top() - SPILL, area.height() + 2 * SPILL
            top, height = high if sheet is not None and sheet.is_wrapped else (0, whole.height())
            part = QRectF(area.left(), top, area.width(), height).intersected(whole)
            if not part.isEmpty():
                self.update(part.toAlignedRect())

    def _bring_into_sight(self, node_id: int = 0) -> None:
        """Move the sheet, without zooming, so that a node can be seen, by default the one selected last."""
        area = self.where(node_id or (self._selected[-1] if self._selected else 0))
        if area is not None:
            self._view.reveal(area)

    def start_over(self) -> None:
        """The next diagram is another network's: wherever the sheet was moved, that is shown from its beginning on."""
        self._view.start_over()
        self._diagram, self._selected = None, ()

    def fit(self) -> None:
        """Show all, however small."""
        self._view.fit()
        self.zoomed.emit(self._view.zoom)
        self.update()

    def zoom_by(self, factor: float, around: QPointF | None = None) -> None:
        """Zoom around a point of the widget, its middle by default."""
        self._view.zoom_by(factor, around or QPointF(self.width() / 2, self.height() / 2))
        self.zoomed.emit(self._view.zoom)
        self.update()

    def image(self, scale: float = 2.0) -> QImage:
        """The whole diagram as a picture."""
        from PySide6.QtCore import QSize
        from PySide6.QtGui import QImage

        from gui.widgets.export import picture

        diagram = self._diagram
        if diagram is None:
            return QImage()
        size = QSize(max(int(diagram.width), 1), max(int(diagram.height), 1))
        everything = QRectF(0, 0, diagram.width, diagram.height)
        scale = min(scale, 16_000 / max(size.width(), size.height()))

        def draw(painter: QPainter, rect: QRectF) -> None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            theme.fill(painter, rect, theme.current().colour("canvas"))
            paint(painter, diagram, self._live, frozenset(), everything, 1.0)

        return picture(size, draw, scale)

    # --- painting ------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme.fill(painter, self.rect(), theme.current().colour("canvas"))
        if self._view.sheet is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_sheet(painter, self._view.sheet, QRectF(event.rect()))
            self._prepared = 0
            self._idle.start(REST_MS)
        if self.hasFocus():
            painter.setPen(theme.current().colour("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _paint_sheet(self, painter: QPainter, sheet: Sheet, part: QRectF) -> None:
        """All that is seen in a part of the widget, row by row, and the map."""
        view = self._view
        painter.translate(view.offset)
        painter.scale(view.zoom, view.zoom)
        seen = view.seen(part)
        near = sheet.visible(seen)
        for piece in sheet.pieces(seen):
            painter.save()
            painter.translate(piece.x, piece.y)
            if sheet.is_wrapped:
                painter.setClipRect(piece.part.adjusted(0, -RIM / 4, 0, RIM / 4))
            paint(
                painter,
                near,
                self._live,
                frozenset(self._selected),
                piece.part.adjusted(-self._air, 0, self._air, 0),
                view.zoom,
                self._pictures,
                self._names,
                self._found,
                sheet.diagram,
            )
            painter.restore()
        paint_ends(painter, sheet.ends(seen, near.wires))
        found = self._found_areas()
        paint_rings(painter, found)
        painter.resetTransform()
        if (area := self.map_area()).intersects(part):
            self._overview.paint(painter, sheet, area, view.seen())
            self._overview.mark(painter, sheet, area, found)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._view.resize(QSizeF(event.size()))
        self._bring_into_sight()

    # --- what is where -------------------------------------------------------------------------------------------

    def where(self, node_id: int) -> QRectF | None:
        """Where a node is in the widget, None where it is not drawn; it may be out of sight."""
        area = self._places.area(node_id)
        return next(iter(self._view.areas(area)), None) if area is not None else None

    @property
    def found(self) -> frozenset[int] | None:
        """What a search has found, None while nobody searches."""
        return self._found

    def map_area(self) -> QRectF:
        """Where the map stands, empty where there is none."""
        sheet = self._view.sheet
        if sheet is None:
            return QRectF()
        return self._overview.area(sheet, self._view.seen(), QRectF(self.rect()).size())

    def _found_areas(self) -> list[QRectF]:
        """Where on the sheet is what a search has found."""
        found, sheet = self._found, self._view.sheet
        if not found or sheet is None:
            return []
        areas = (area for node_id, area, _ in self._places.all if node_id in found)
        return [each for area in areas for each in sheet.areas(area)]
