"""The sheet that a diagram is painted on: pan, zoom, hover and selection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from engine.views.diagram import Diagram
from gui import theme
from gui.views.diagram_changes import changed
from gui.views.diagram_lines import Live
from gui.views.diagram_names import Names
from gui.views.diagram_overview import Overview
from gui.views.diagram_painting import paint, paint_rings, prepare, scale_of_words
from gui.views.diagram_pictures import Pictures
from gui.views.diagram_places import Places, missing, neuron_at, stretched

if TYPE_CHECKING:
    from PySide6.QtGui import (
        QContextMenuEvent,
        QImage,
        QKeyEvent,
        QMouseEvent,
        QPaintEvent,
        QResizeEvent,
        QWheelEvent,
    )

CLOSEST, FARTHEST = 4.0, 0.02
TOP = 14
"""Pixels kept free above the names."""
MOST_AHEAD = 64
"""Bundles that are painted beforehand in a row."""
REST_MS = 25
"""After painting, until lines are painted beforehand: what a person does next comes first."""
AIR = 130.0
"""Units that a long name or caption takes to each side of its column, where it is not enlarged."""
RIM = 60.0
"""Units around what can be pointed at, within which it shows that it is selected."""
AHEAD = 0.3
"""Of the sheet's width, how far beyond its sides lines are painted beforehand."""
READABLE, SMALLEST = 0.8, 0.45
"""A large diagram that does not fit so small that its words still have room is shown at a size that is easy to read."""
COMFORTABLE = 1.25
"""A small diagram is not blown up beyond this."""


class DiagramCanvas(QWidget):
    """Drag moves, the wheel zooms, a click selects (with Ctrl adds), F or a double click beside all shows all.

    A double click on a block, or Space where it is selected, folds or unfolds it.
    """

    picked = Signal(object)
    """Node ids, in the order of selection."""
    fold_wished = Signal(int)
    """The id of a block to fold, or to unfold."""
    zoomed = Signal(float)
    save_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._diagram: Diagram | None = None
        self._shown: Diagram | None = None
        """The diagram as it is painted: with columns further apart where there is room for it."""
        self._known_places = Places(None)
        self._live = Live()
        self._coming: Live | None = None
        """What is shown as soon as its lines have been painted, a bundle at a time: nothing waits for all of them."""
        self._idle = QTimer(self, singleShot=True)
        self._idle.timeout.connect(self._prepare)
        self._prepared = 0
        self._pictures = Pictures()
        self._names = Names()
        self._overview = Overview()
        self._on_map = False
        self._selected: tuple[int, ...] = ()
        self._found: frozenset[int] | None = None
        self._zoom = 1.0
        self._offset = QPointF(0, 0)
        self._fits = True
        self._whole = False
        """Whether all is shown, however small."""
        self._dragged_from: QPointF | None = None
        self._has_dragged = False
        # It fills all of itself: else everything behind it would be painted first, each time.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Diagram of the network"))
        theme.changed.connect(self.update)

    def show_diagram(self, diagram: Diagram) -> None:
        """Show a diagram; the view stays where a person moved it, else it shows all."""
        if diagram is self._diagram or diagram == self._diagram:
            return
        fresh = self._diagram is None
        before, where = self._shown, (self._zoom, QPointF(self._offset))
        self._diagram = self._shown = diagram
        if self._fits:
            self._fit()
            if not fresh:
                self._stay(*where)
            self._bring_into_sight()
        if (
            fresh
            or before is None
            or where != (self._zoom, self._offset)
            or self._other_names(before)
        ):
            self.update()
        elif strip := changed(before, self._shown, self._air):
            self._update_strip(*strip)
            self._idle.start(REST_MS)

    def _other_names(self, before: Diagram) -> bool:
        selected = frozenset(self._selected)
        return self._shown is not None and self._names.change(
            before, self._shown, scale_of_words(self._zoom), selected
        )

    def show_live(self, live: Live) -> None:
        self._coming, self._prepared = live, 0
        self._idle.start(0)

    def _prepare(self) -> None:
        """Paint the lines of one bundle that is or will soon be seen; once there is no more, show what has come."""
        if self._shown is not None and self._overview.renew(self._shown):
            self.update(self.map_area().toAlignedRect())
            return
        live, seen = self._coming or self._live, self._seen()
        wide = seen.adjusted(-seen.width() * AHEAD, 0, seen.width() * AHEAD, 0)
        pixels = self._zoom * self.devicePixelRatioF()
        self._prepared += 1
        if (
            self._shown is not None
            and self.isVisible()
            and self._prepared <= MOST_AHEAD
            and prepare(self._shown, live, wide, pixels, self._pictures)
        ):
            self._idle.start(0)
        elif self._coming is not None:
            self._live, self._coming = self._coming, None
            self.update()

    def _seen(self, part: QRect | None = None) -> QRectF:
        """The part of the sheet that is in view, or in some part of the widget, in the diagram's units."""
        area = QRectF(part or self.rect())
        return QRectF((area.topLeft() - self._offset) / self._zoom, area.size() / self._zoom)

    @property
    def _places(self) -> Places:
        """What can be pointed at in the diagram as it is painted."""
        if self._known_places.diagram is not self._shown:
            self._known_places = Places(self._shown)
        return self._known_places

    @property
    def _air(self) -> float:
        """How far words may stand out to each side, in the diagram's units."""
        return AIR * scale_of_words(self._zoom)

    def show_selection(self, ids: tuple[int, ...]) -> None:
        if ids == self._selected:
            return
        before, where = self._selected, QPointF(self._offset)
        self._selected = ids
        self._bring_into_sight()
        if where != self._offset or self._named(before) != self._named(ids):
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
        scale = scale_of_words(self._zoom)
        return self._names.of(self._shown, scale, frozenset(selected)) if self._shown else None

    def _update_strip(self, left: float, right: float) -> None:
        """Paint again from here to there along x, in the diagram's units."""
        left, right = (x * self._zoom + self._offset.x() for x in (left, right))
        if left < self.width() and right > 0:
            whole = QRectF(self.rect())
            strip = whole.adjusted(max(left, 0), 0, min(right - whole.width(), 0), 0)
            self.update(strip.toAlignedRect())

    def _bring_into_sight(self, node_id: int = 0) -> None:
        """Move the sheet, without zooming, so that a node can be seen, by default the one selected last."""
        area = self.where(node_id or (self._selected[-1] if self._selected else 0))
        if area is None or not self.width():
            return
        across = missing(area.left(), area.width(), self.width())
        down = missing(area.top(), area.height(), self.height())
        self._offset += QPointF(across, down)

    def start_over(self) -> None:
        """The next diagram is another network's: wherever the sheet was moved, that is shown from its beginning on."""
        self._fits, self._whole, self._diagram, self._selected = True, False, None, ()

    def fit(self) -> None:
        """Show all, however small."""
        self._fits = self._whole = True
        self._fit()
        self.update()

    def zoom_by(self, factor: float, around: QPointF | None = None) -> None:
        """Zoom around a point of the widget, its middle by default."""
        point = around or QPointF(self.width() / 2, self.height() / 2)
        zoom = min(max(self._zoom * factor, FARTHEST), CLOSEST)
        inside = (point - self._offset) / self._zoom
        self._offset = point - inside * zoom
        self._zoom = zoom
        self._fits = self._whole = False
        self.zoomed.emit(zoom)
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

    def _fit(self) -> None:
        diagram = self._diagram
        if diagram is None or not diagram.width or not diagram.height:
            return
        by_height = (self.height() - TOP) / diagram.height
        everything = min(self.width() / diagram.width, by_height, COMFORTABLE)
        zoom = everything
        if everything < SMALLEST and not self._whole:
            # What is long is shown at a size that can be read, from its beginning on.
            zoom = max(min(READABLE, by_height), SMALLEST)
        zoom = max(zoom, FARTHEST)
        self._shown = stretched(diagram, self.width() / (diagram.width * zoom))
        diagram, self._zoom = self._shown, zoom
        x = (self.width() - diagram.width * self._zoom) / 2
        y = (self.height() + TOP - diagram.height * self._zoom) / 2
        self._offset = QPointF(max(x, 0.0), max(y, TOP) if self._whole else y)
        self.zoomed.emit(self._zoom)

    def _stay(self, zoom: float, offset: QPointF) -> None:
        """Show that part of a long drawing which was shown before an edit of it."""
        beyond = self.width() - (self._shown.width * self._zoom if self._shown is not None else 0)
        if beyond < 0 and self._zoom == zoom:
            self._offset.setX(max(offset.x(), beyond))

    # --- events --------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme.fill(painter, self.rect(), theme.current().colour("canvas"))
        if self._diagram is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(self._offset)
            painter.scale(self._zoom, self._zoom)
            paint(
                painter,
                self._shown or self._diagram,
                self._live,
                frozenset(self._selected),
                self._seen(event.rect()).adjusted(-self._air, 0, self._air, 0),
                self._zoom,
                self._pictures,
                self._names,
                self._found,
            )
            found = self._found_areas()
            paint_rings(painter, found)
            painter.resetTransform()
            if (area := self.map_area()).intersects(QRectF(event.rect())):
                self._overview.paint(painter, self._shown or self._diagram, area, self._seen())
                self._overview.mark(painter, self._shown or self._diagram, area, found)
            self._prepared = 0
            self._idle.start(REST_MS)
        if self.hasFocus():
            painter.setPen(theme.current().colour("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._fits:
            self._fit()
            self._bring_into_sight()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom_by(1.0015 ** event.angleDelta().y(), event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()
        if self.map_area().contains(event.position()):
            self._on_map = True
            self._go_on_map(event.position())
            return
        self._dragged_from = event.position()
        self._has_dragged = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._on_map:
            self._go_on_map(event.position())
            return
        if self._dragged_from is not None and event.buttons() & Qt.MouseButton.LeftButton:
            moved = event.position() - self._dragged_from
            if self._has_dragged or moved.manhattanLength() > 4:
                self._has_dragged, self._fits, self._whole = True, False, False
                self._offset += moved
                self._dragged_from = event.position()
                self.update()
            return
        self.setCursor(
            Qt.CursorShape.PointingHandCursor
            if self._node_at(event.position())
            else Qt.CursorShape.ArrowCursor
        )
        self.setToolTip(self._told(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._on_map:
            self._on_map = False
            return
        if event.button() == Qt.MouseButton.LeftButton and not self._has_dragged:
            self._pick(
                self._node_at(event.position()),
                bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier),
            )
        self._dragged_from = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.map_area().contains(event.position()):
            return
        if not (node_id := self._node_at(event.position())):
            self.fit()
        elif self._is_block(node_id):
            self.fold_wished.emit(node_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom_by(1.25)
            case Qt.Key.Key_Minus:
                self.zoom_by(0.8)
            case Qt.Key.Key_0 | Qt.Key.Key_F:
                self.fit()
            case Qt.Key.Key_Right | Qt.Key.Key_Down:
                self._step(1)
            case Qt.Key.Key_Left | Qt.Key.Key_Up:
                self._step(-1)
            case Qt.Key.Key_Space if self._selected and self._is_block(self._selected[-1]):
                self.fold_wished.emit(self._selected[-1])
            case Qt.Key.Key_Escape:
                self.picked.emit(())
            case _:
                super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        from PySide6.QtWidgets import QMenu

        from gui.widgets.export import add_export_actions

        menu = QMenu(self)
        menu.addAction(self.tr("Show all"), self.fit)
        menu.addSeparator()
        add_export_actions(menu, self.image, None, self.save_requested.emit)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    # --- what is where -------------------------------------------------------------------------------------------

    def _inside(self, point: QPointF) -> QPointF:
        """A point of the widget in the diagram's units."""
        return (point - self._offset) / self._zoom

    def where(self, node_id: int) -> QRectF | None:
        """Where a node is in the widget, None where it is not drawn; it may be out of sight."""
        area = self._places.area(node_id)
        if area is None:
            return None
        return QRectF(area.topLeft() * self._zoom + self._offset, area.size() * self._zoom)

    @property
    def found(self) -> frozenset[int] | None:
        """What a search has found, None while nobody searches."""
        return self._found

    def _is_block(self, node_id: int) -> bool:
        """Whether something is drawn of this id that folds or unfolds."""
        drawn = self._diagram
        return drawn is not None and (
            any(each.node_id == node_id for each in (*drawn.frames, *drawn.joints))
            or any(box.folded and box.node_id == node_id for box in drawn.boxes)
        )

    def map_area(self) -> QRectF:
        """Where the map stands, empty where there is none."""
        if self._shown is None:
            return QRectF()
        return self._overview.area(self._shown, self._seen(), QRectF(self.rect()).size())

    def _found_areas(self) -> list[QRectF]:
        """Where what a search has found is, in the diagram's units."""
        found = self._found or frozenset()
        return [area for node_id, area, _ in self._places.all if node_id in found] if found else []

    def _go_on_map(self, at: QPointF) -> None:
        """Show in the middle what the map shows at a point."""
        area = self.map_area()
        if self._shown is None or area.isEmpty():
            return
        self._fits = self._whole = False
        middle = QPointF(self.width() / 2, self.height() / 2)
        self._offset = middle - self._overview.point(self._shown, area, at) * self._zoom
        self.update()

    def _node_at(self, point: QPointF) -> int:
        return self._places.node_at(self._inside(point))

    def _told(self, point: QPointF) -> str:
        """What stands at a point, a neuron's value included."""
        inside = self._inside(point)
        return neuron_at(self._shown, self._live.values, inside) or self._places.words_at(inside)

    def _pick(self, node_id: int, add: bool) -> None:
        if not node_id:
            self.picked.emit(())
        elif add and node_id in self._selected:
            self.picked.emit(tuple(each for each in self._selected if each != node_id))
        else:
            self.picked.emit((*self._selected, node_id) if add else (node_id,))

    def _step(self, by: int) -> None:
        """Select the next node to the right or left."""
        if node_id := self._places.beside(self._selected[-1] if self._selected else 0, by):
            self.picked.emit((node_id,))
