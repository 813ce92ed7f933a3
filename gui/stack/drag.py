"""A drag of cards: a line shows where they would land, the list scrolls at its edges, Escape ends it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QLabel

from engine.design.address import Place
from engine.design.edit import Move, apply
from engine.design.error import DesignError
from engine.design.tree import Stack, find, walk
from gui.stack.gestures import Gestures
from gui.stack.hits import gap_at
from gui.stack.painting import paint_number
from gui.stack.scene import NOWHERE, Drop

EDGE = 36
"""Pixels from the upper and lower end of the list in which it scrolls."""
FRAME_MS = 16


class Drag(QObject):
    """One drag, from the first move of the mouse to the release of its button."""

    finished = Signal()

    def __init__(self, gestures: Gestures, node_id: int, start: QPoint) -> None:
        super().__init__(gestures)
        self._gestures = gestures
        self._view = gestures.view
        selection = gestures.state.selection if gestures.state else ()
        self.ids = selection if node_id in selection else (node_id,)
        self._point = start
        self._inside = self._all_inside()
        self._view.show_hit(NOWHERE)
        self._ghost = self._make_ghost(node_id, start)
        self._view.scene.dragged_ids = self._inside
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._scroll)
        self._timer.start()
        QApplication.instance().installEventFilter(self)  # pyright: ignore[reportOptionalMemberAccess]

    def move_to(self, point: QPoint) -> None:
        """Follow the mouse."""
        self._point = point
        self._ghost.move(point.x() - self._grip.x(), point.y() - self._grip.y())
        self._aim()

    def drop(self) -> None:
        """Move the cards to where the line is, if they are not there."""
        drop = self._view.scene.drop
        self._end()
        if drop is not None:
            self._gestures.move_to(self.ids, drop.gap.place)

    def cancel(self) -> None:
        """Leave everything as it was."""
        self._end()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.KeyPress:
                self.cancel()
            return True
        return False

    def _all_inside(self) -> frozenset[int]:
        """What is dragged, with all that lies in it."""
        body = self._view.scene.network.body
        nodes = [node for node_id in self.ids if (node := find(body, node_id)) is not None]
        return frozenset(inner.id for node in nodes for inner in walk(Stack((node,))))

    def _make_ghost(self, node_id: int, start: QPoint) -> QLabel:
        """A faint picture of the card under the mouse."""
        rect = self._view.scene.card_rect(self._view.scene.model.place_of_node(node_id))
        self._grip = start - rect.topLeft()
        picture: QPixmap = self._view.viewport().grab(rect)
        ghost = QLabel(self._view.viewport())
        ghost.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        ghost.setPixmap(_faint(picture, len(self.ids)))
        ghost.setGeometry(rect)
        ghost.show()
        return ghost

    def _aim(self) -> None:
        """Find the gap that is nearest to the mouse."""
        view = self._view
        y = self._point.y() + view.scene.offset
        index = view.scene.shelf.index_at(y)
        below = index if y < view.scene.shelf.rect(index).center().y() else index + 1
        gap = gap_at(
            view.scene, below, self._point.x() - self._grip.x() + view.scene.shelf.step // 2
        )
        drop = Drop(below, gap) if gap is not None and self._changes(gap.place) else None
        if drop != view.scene.drop:
            view.scene.drop = drop
            view.viewport().update()

    def _changes(self, place: Place) -> bool:
        """Whether a move there does anything; into itself a block cannot go."""
        try:
            moved = apply(self._view.scene.network, Move(self.ids, place))
        except DesignError:
            return False
        return moved is not self._view.scene.network

    def _scroll(self) -> None:
        """Scroll while the mouse is near an end, the faster the nearer."""
        high, y = self._view.viewport().height(), self._point.y()
        over = max(EDGE - y, 0) - max(y - (high - EDGE), 0)
        bar = self._view.verticalScrollBar()
        before = bar.value()
        bar.setValue(before - over // 3)
        if bar.value() != before:
            self.move_to(self._point)

    def _end(self) -> None:
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        self._timer.stop()
        self._ghost.deleteLater()
        self._ghost.hide()
        self._view.scene.dragged_ids = frozenset()
        self._view.scene.drop = None
        self._view.viewport().update()
        self.finished.emit()
        self.deleteLater()


def _faint(picture: QPixmap, count: int) -> QPixmap:
    """The picture, half transparent; with the number of cards where there are several."""
    faint = QPixmap(picture.size())
    faint.setDevicePixelRatio(picture.devicePixelRatio())
    faint.fill(Qt.GlobalColor.transparent)
    painter = QPainter(faint)
    painter.setOpacity(0.75)
    painter.drawPixmap(0, 0, picture)
    painter.setOpacity(1)
    if count > 1:
        size = picture.deviceIndependentSize()
        paint_number(painter, QRectF(size.width() / 2 - 14, size.height() / 2 - 11, 28, 22), count)
    painter.end()
    return faint
