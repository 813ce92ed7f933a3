"""The diagram under a person's hands: pan, zoom, hover, selection, folding and the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtWidgets import QWidget

from gui.views.diagram_painted import PaintedDiagram
from gui.views.diagram_places import neuron_at

if TYPE_CHECKING:
    from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QWheelEvent


class DiagramCanvas(PaintedDiagram):
    """Drag moves, the wheel zooms, a click selects (with Ctrl adds), F or a double click beside all shows all.

    A double click on a block, or Space where it is selected, folds or unfolds it.
    """

    picked = Signal(object)
    """Node ids, in the order of selection."""
    fold_wished = Signal(int)
    """The id of a block to fold, or to unfold."""
    save_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._on_map = False
        self._dragged_from: QPointF | None = None
        self._has_dragged = False
        self.setMouseTracking(True)

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
                self._has_dragged = True
                self._view.move(moved)
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

    # --- what is meant -------------------------------------------------------------------------------------------

    def _is_block(self, node_id: int) -> bool:
        """Whether something is drawn of this id that folds or unfolds."""
        drawn = self._diagram
        return drawn is not None and (
            any(each.node_id == node_id for each in (*drawn.frames, *drawn.joints))
            or any(box.folded and box.node_id == node_id for box in drawn.boxes)
        )

    def _go_on_map(self, at: QPointF) -> None:
        """Show in the middle what the map shows at a point."""
        area, sheet = self.map_area(), self._view.sheet
        if sheet is None or area.isEmpty():
            return
        wanted = self._overview.point(sheet, area, at)
        middle = QPointF(self.width() / 2, self.height() / 2)
        self._view.move(middle - self._view.offset - wanted * self._view.zoom)
        self.update()

    def _node_at(self, point: QPointF) -> int:
        inside = self._view.place(point)
        return self._places.node_at(inside) if inside is not None else 0

    def _told(self, point: QPointF) -> str:
        """What stands at a point, a neuron's value included."""
        inside = self._view.place(point)
        if inside is None:
            return ""
        told = neuron_at(self._view.diagram, self._live.values, inside)
        return told or self._places.words_at(inside)

    def _pick(self, node_id: int, add: bool) -> None:
        """Select what is pointed at."""
        if not node_id:
            self._pointed = ()
        elif add and node_id in self._selected:
            self._pointed = tuple(each for each in self._selected if each != node_id)
        else:
            self._pointed = (*self._selected, node_id) if add else (node_id,)
        self.picked.emit(self._pointed)

    def _step(self, by: int) -> None:
        """Select the next node to the right or left."""
        if node_id := self._places.beside(self._selected[-1] if self._selected else 0, by):
            self._pointed = ()
            self.picked.emit((node_id,))
