"""The scrolling list of cards: lays rows out, paints those in sight, and says what lies under a point.

A QListView for the sake of screen readers, who know its rows; layout and painting are our own, so that a thousand
cards of different heights scroll like ten.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QHelpEvent, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QSizePolicy, QToolTip, QWidget

from engine.design.tree import Network
from gui import theme
from gui.stack.card import Spot
from gui.stack.hits import hit_at
from gui.stack.model import Change, Index
from gui.stack.rows import BranchRow, Row
from gui.stack.scene import NOWHERE, Hit, Scene
from gui.stack.scene_painting import paint_scene
from gui.stack.tooltips import tooltip

Hint = QAbstractItemView.ScrollHint

LEAVING = (
    Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.MouseFocusReason,
)  # fmt: skip
"""Why the keyboard goes for good; from a list that a chip has opened it comes back to the chip."""


class StackView(QListView):
    """Shows rows; knows nothing of edits."""

    grew = Signal()
    """The height of all cards together has changed."""
    laid = Signal()
    """Cards have moved: what floats above them has to follow."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene = Scene()
        self.scene.model.setParent(self)
        self._set_up()

    def _set_up(self) -> None:
        theme.set_role(self, "panel")
        # Our own: to wrap Qt's, PySide would first look up every class of widgets there is (10 ms).
        self.setViewport(QWidget(self))
        self.setModel(self.scene.model)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAutoScroll(False)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        # So that Qt moves what is painted already and asks only for what scrolls into sight.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumHeight(60)
        self.setAccessibleName(self.tr("Layers"))

    # --- what it shows ---

    def show_rows(self, rows: list[Row], network: Network) -> None:
        """Show other rows; the first card in sight stays where it is."""
        self.scene.network = network
        current = self.scene.current_key()
        before, old_height = self._anchor(), self.scene.shelf.height
        change = self.scene.model.show_rows(rows)
        if not change.gone and not change.come:
            return
        self._fill()
        self._restore(before, change)
        place = self.scene.model.place_of(current) if current else -1
        self._place_current(place if place >= 0 else min(self.scene.current, len(rows) - 1))
        if self.scene.shelf.height != old_height:
            self.updateGeometry()
            self.grew.emit()
        stayed = change.gone == change.come and self.scene.shelf.height == old_height
        self._repaint(change, stayed)
        self.laid.emit()

    def show_selection(self, ids: tuple[int, ...]) -> None:
        """Show which nodes are selected."""
        touched = self.scene.selected_ids ^ frozenset(ids)
        before, self.scene.selected_ids = self.scene.selected_ids, frozenset(ids)
        for node_id in touched:
            self._touch(self.scene.model.place_of_node(node_id))
        if not ids or not before:
            self._touch(self.scene.current)  # input or output, which stand for the network itself
        picked = QItemSelection()
        for node_id in ids:
            place = self.scene.model.place_of_node(node_id)
            if place >= 0:
                index = self.scene.model.index(place)
                picked.select(index, index)
        self.selectionModel().select(picked, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _anchor(self) -> tuple[int, int]:
        """The first row in sight, and how far its top lies above the view's."""
        if not self.scene.shelf.bottoms:
            return 0, 0
        offset = self.scene.offset
        index = self.scene.shelf.index_at(offset)
        return index, self.scene.shelf.top(index) - offset

    def _restore(self, anchor: tuple[int, int], change: Change) -> None:
        index, above = anchor
        if index >= change.start + change.gone:
            index += change.come - change.gone
        index = min(max(index, 0), len(self.scene.model.slots) - 1)
        bar = self.verticalScrollBar()
        if bar.value():
            bar.setValue(self.scene.shelf.top(index) - above)

    def _fill(self) -> None:
        self.scene.shelf.fill(self.scene.model.slots, self.width())
        self.updateGeometries()

    def _repaint(self, change: Change, same_places: bool) -> None:
        if not same_places:
            self.viewport().update()
            return
        width, area = self.viewport().width(), QRegion()
        for index in change.touched:
            card = self.scene.card_rect(index)
            area += QRect(0, card.top() - 2, width, card.height() + 4)
        self.viewport().update(area)

    def _touch(self, index: int) -> None:
        """Paint a card anew, and the gaps around it."""
        if 0 <= index < len(self.scene.shelf.bottoms):
            self.viewport().update(self.scene.card_rect(index).adjusted(-4, -20, 4, 20))

    # --- what the person does to it ---

    def set_current(self, index: int) -> None:
        """Let the keyboard act on a row."""
        if index != self.scene.current:
            self.scene.sub_focus = None
            self._place_current(index)

    def _place_current(self, index: int) -> None:
        """The current row, also as screen readers know it."""
        if index != self.scene.current:
            self._touch(self.scene.current)
            self.scene.current = index
            self._touch(index)
        flag = QItemSelectionModel.SelectionFlag.NoUpdate
        self.selectionModel().setCurrentIndex(self.scene.model.index(index), flag)

    def focus_spot(self, spot: Spot | None) -> None:
        """Let the keyboard act on a part of the current card; None is the whole."""
        self.scene.sub_focus = spot
        self._touch(self.scene.current)

    def reveal(self, index: int) -> None:
        """Scroll as little as brings a card into sight."""
        if not 0 <= index < len(self.scene.model.slots):
            return
        rect, bar = self.scene.shelf.rect(index), self.verticalScrollBar()
        high = self.viewport().height()
        if rect.bottom() + 12 > bar.value() + high:
            bar.setValue(rect.bottom() + 12 - high)
        if rect.top() - 12 < bar.value():
            bar.setValue(rect.top() - 12)

    def show_hit(self, hit: Hit) -> None:
        """Show what the mouse is over."""
        before, self.scene.hit = self.scene.hit, hit
        if hit != before:
            for index in {before.index, before.below, hit.index, hit.below}:
                self._touch(index)

    # --- painting ---

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        for area in cast(Iterable[QRect], event.region()):
            painter.setClipRect(area)
            paint_scene(self.scene, painter, area)
        painter.end()

    # --- what Qt asks ---

    def sizeHint(self) -> QSize:
        return QSize(320, max(self.scene.shelf.height, 120))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 60)

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        return 0

    def visualRect(self, index: Index) -> QRect:
        row = index.row()
        return self.scene.card_rect(row) if 0 <= row < len(self.scene.shelf.bottoms) else QRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        hit = hit_at(self.scene, point)
        return self.scene.model.index(hit.index) if hit.spot else QModelIndex()

    def scrollTo(self, index: Index, hint: Hint = Hint.EnsureVisible) -> None:
        self.reveal(index.row())

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        return self.scene.model.index(max(self.scene.current, 0))

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Nothing: what is selected comes with the state that is shown."""

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        return QRegion(self.viewport().rect())

    def doItemsLayout(self) -> None:
        """Nothing: rows are laid out when they are shown."""

    def updateGeometries(self) -> None:
        bar, high = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(self.scene.shelf.height - high, 0))
        bar.setPageStep(max(high, 1))
        bar.setSingleStep(26)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.scene.offset = self.verticalScrollBar().value()
        self.show_hit(NOWHERE)
        self.viewport().scroll(0, dy)
        self.laid.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self.width() != self.scene.shelf.width:
            before = self._anchor()
            old_height = self.scene.shelf.height
            self._fill()
            self._restore(before, Change(0, 0, 0))
            if self.scene.shelf.height != old_height:
                self.updateGeometry()
                self.grew.emit()
        self.updateGeometries()
        self.laid.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.scene.has_focus = True
        self.scene.by_keyboard = event.reason() != Qt.FocusReason.MouseFocusReason
        if self.scene.current < 0 and self.scene.model.slots:
            self.set_current(0)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.scene.has_focus = False
        if event.reason() in LEAVING:
            self.scene.sub_focus = None
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._explain(event)
            return True
        return super().viewportEvent(event)

    def _explain(self, event: QHelpEvent) -> None:
        hit = hit_at(self.scene, event.pos())
        if hit.on_plus:
            QToolTip.showText(event.globalPos(), self.tr("Insert a layer here"), self.viewport())
            return
        if hit.spot is None or isinstance(self.scene.row(hit.index), BranchRow):
            QToolTip.hideText()
            return
        text = self.scene.model.slots[hit.index].text
        words = tooltip(hit.spot, text, self.scene.layout_of(hit.index))
        plain = words.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")
        shown = (
            f"<qt>{plain}</qt>" if words else ""
        )  # so that a note is neither read as HTML nor one long line
        spot = self.scene.spot_rect(hit.index, hit.spot)
        QToolTip.showText(event.globalPos(), shown, self.viewport(), spot)
