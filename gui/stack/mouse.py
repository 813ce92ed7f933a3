"""What the mouse does on the stack: press, drag to reorder, hover."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from engine.design.value import value
from gui.stack.drag import Drag
from gui.stack.gestures import Gestures
from gui.stack.hits import hit_at
from gui.stack.rows import NodeRow, is_block
from gui.stack.scene import NOWHERE, Hit

Control, Shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
USABLE = ("fold", "activation", "initializer", "mend", "brief")


@value
class Press:
    """Where the button went down."""

    point: QPoint
    hit: Hit
    was_selected: bool


class Mouse(QObject):
    """Watches the viewport's mouse."""

    def __init__(self, gestures: Gestures) -> None:
        super().__init__(gestures)
        self._gestures = gestures
        self._view = gestures.view
        self._press: Press | None = None
        self._drag: Drag | None = None
        self._view.viewport().installEventFilter(self)

    @property
    def drag(self) -> Drag | None:
        """The drag that is going on."""
        return self._drag

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.MouseButtonPress if isinstance(event, QMouseEvent):
                self._pressed(event)
            case QEvent.Type.MouseMove if isinstance(event, QMouseEvent):
                self._moved(event.position().toPoint())
            case QEvent.Type.MouseButtonRelease if isinstance(event, QMouseEvent):
                self._released(event)
            case QEvent.Type.MouseButtonDblClick if isinstance(event, QMouseEvent):
                self._double_clicked(event)
            case QEvent.Type.ContextMenu if isinstance(event, QContextMenuEvent):
                self._menu(event)
            case QEvent.Type.Leave:
                self._view.show_hit(NOWHERE)
                return False
            case QEvent.Type.KeyPress if isinstance(event, QKeyEvent):
                return False
            case _:
                return False
        return True

    def _pressed(self, event: QMouseEvent) -> None:
        self._view.scene.by_keyboard = False
        self._view.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() != Qt.MouseButton.LeftButton:
            return
        point = event.position().toPoint()
        hit = hit_at(self._view.scene, point)
        row = self._view.scene.row(hit.index)
        selected = isinstance(row, NodeRow) and row.node.id in self._view.scene.selected_ids
        self._press = Press(point, hit, selected)
        held = event.modifiers()
        if hit.on_plus or hit.spot is None:
            return
        if held & (Control | Shift) or not selected:
            self._gestures.pick(hit.index, extend=bool(held & Shift), toggle=bool(held & Control))
        else:
            self._view.set_current(hit.index)

    def _moved(self, point: QPoint) -> None:
        if self._drag is not None:
            self._drag.move_to(point)
            return
        press = self._press
        if press is None:
            self._hovered(point)
            return
        far = (point - press.point).manhattanLength() >= QApplication.startDragDistance()
        row = self._view.scene.row(press.hit.index)
        if far and press.hit.spot is not None and isinstance(row, NodeRow):
            self._drag = Drag(self._gestures, row.node.id, press.point)
            self._drag.finished.connect(self._drag_over)
            self._drag.move_to(point)

    def _hovered(self, point: QPoint) -> None:
        hit = hit_at(self._view.scene, point)
        self._view.show_hit(hit)
        usable = hit.on_plus or (hit.spot is not None and hit.spot.part in USABLE)
        shape = Qt.CursorShape.PointingHandCursor if usable else Qt.CursorShape.ArrowCursor
        self._view.viewport().setCursor(shape)

    def _released(self, event: QMouseEvent) -> None:
        press, self._press = self._press, None
        if self._drag is not None:
            self._drag.drop()
            return
        if press is None or event.button() != Qt.MouseButton.LeftButton:
            return
        hit = hit_at(self._view.scene, event.position().toPoint())
        held = event.modifiers() & (Control | Shift)
        if press.hit.on_plus and hit.on_plus and hit.gap is not None:
            centre = self._view.scene.plus_centre(hit.below, hit.gap)
            beside = self._view.scene.card_rect(hit.below)
            beside.setTop(centre.y() - 6)
            beside.setBottom(centre.y() + 6)
            self._gestures.add_at(hit.gap.place, beside)
        elif hit.spot is None and press.hit.spot is None:
            self._gestures.pick_nothing()
        elif hit.spot is not None and (hit.index, hit.spot) == (press.hit.index, press.hit.spot):
            if press.was_selected and not held and hit.spot.part not in USABLE:
                self._gestures.pick(hit.index)
            if not held:
                self._gestures.use(hit.index, hit.spot)

    def _double_clicked(self, event: QMouseEvent) -> None:
        hit = hit_at(self._view.scene, event.position().toPoint())
        row = self._view.scene.row(hit.index)
        if hit.spot is None or not isinstance(row, NodeRow):
            return
        if hit.spot.part == "name":
            self._gestures.rename_wished.emit(row.node.id)
        elif is_block(row.node) and hit.spot.part == "card":
            self._gestures.fold(row)

    def _menu(self, event: QContextMenuEvent) -> None:
        hit = hit_at(self._view.scene, event.pos())
        self._gestures.menu(hit.index if hit.spot else -1, event.globalPos())

    def _drag_over(self) -> None:
        self._drag = None
        self._press = None
