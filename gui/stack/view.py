"""The scrolling list of cards: lays rows out, paints those in sight, and says what lies under a point.

A QListView for the sake of screen readers, who know its rows; layout and painting are our own, so that a thousand
cards of different heights scroll like ten.
"""

from __future__ import annotations

import html

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
from gui.stack.card import Layout, Spot
from gui.stack.gaps import Gap
from gui.stack.hits import NOWHERE, Drop, Hit, hit_at
from gui.stack.model import Change, Index, RowsModel
from gui.stack.painting import (
    Look,
    paint_card,
    paint_drop,
    paint_heading,
    paint_link,
    paint_plus,
    paint_rail,
)
from gui.stack.rows import BranchRow, Key, NodeRow, OutputRow, Row, key_of, node_id_of
from gui.stack.shelf import Shelf
from gui.stack.tooltips import tooltip


class StackView(QListView):
    """Shows rows; knows nothing of edits."""

    grew = Signal()
    """The height of all cards together has changed."""
    laid = Signal()
    """Cards have moved: what floats above them has to follow."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows_model = RowsModel()
        self.rows_model.setParent(self)
        self.shelf = Shelf()
        self.network = Network()
        self.selected_ids: frozenset[int] = frozenset()
        self.hit = NOWHERE
        self.sub_focus: Spot | None = None
        self.opened: tuple[int, Spot] | None = None
        """The node and chip whose list is open."""
        self.found_ids: frozenset[int] | None = None
        """What a search has found; None while nobody searches."""
        self.dragged_ids: frozenset[int] = frozenset()
        self.drop: Drop | None = None
        self.by_keyboard = False
        self._set_up()

    def _set_up(self) -> None:
        self.setModel(self.rows_model)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAutoScroll(False)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setMinimumHeight(60)
        self.setAccessibleName(self.tr("Layers"))

    # --- what it shows ---

    def show_rows(self, rows: list[Row], network: Network) -> None:
        """Show other rows; the first card in sight stays where it is."""
        self.network = network
        current = self.current_key()
        before, old_height = self._anchor(), self.shelf.height
        change = self.rows_model.show_rows(rows)
        if not change.gone and not change.come:
            return
        self._fill()
        self._restore(before, change)
        self.set_current(self.rows_model.place_of(current) if current else -1)
        if self.shelf.height != old_height:
            self.updateGeometry()
            self.grew.emit()
        self._repaint(change, same_places=change.gone == change.come and self.shelf.height == old_height)  # fmt: skip
        self.laid.emit()

    def show_selection(self, ids: tuple[int, ...]) -> None:
        """Show which nodes are selected."""
        self.selected_ids = frozenset(ids)
        picked = QItemSelection()
        for node_id in ids:
            place = self.rows_model.place_of_node(node_id)
            if place >= 0:
                index = self.rows_model.index(place)
                picked.select(index, index)
        self.selectionModel().select(picked, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.viewport().update()

    def _anchor(self) -> tuple[int, int]:
        """The first row in sight, and how far its top lies above the view's."""
        if not self.shelf.bottoms:
            return 0, 0
        offset = self.verticalOffset()
        index = self.shelf.index_at(offset)
        return index, self.shelf.top(index) - offset

    def _restore(self, anchor: tuple[int, int], change: Change) -> None:
        index, above = anchor
        if index >= change.start + change.gone:
            index += change.come - change.gone
        index = min(max(index, 0), len(self.rows_model.slots) - 1)
        bar = self.verticalScrollBar()
        if bar.value():
            bar.setValue(self.shelf.top(index) - above)

    def _fill(self) -> None:
        self.shelf.fill(self.rows_model.slots, self.width())
        self.updateGeometries()

    def _repaint(self, change: Change, same_places: bool) -> None:
        if not same_places:
            self.viewport().update()
            return
        first = self.card_rect(change.start)
        last = self.card_rect(change.start + change.come - 1)
        area = QRect(0, first.top(), self.viewport().width(), last.bottom() + 1 - first.top())
        self.viewport().update(area.adjusted(0, -2, 0, 2))

    # --- where things are ---

    def row(self, index: int) -> Row | None:
        """The row at an index; None beyond the ends."""
        slots = self.rows_model.slots
        return slots[index].row if 0 <= index < len(slots) else None

    def card_rect(self, index: int) -> QRect:
        """A card in the coordinates of the viewport."""
        return self.shelf.rect(index).translated(0, -self.verticalOffset())

    def layout_of(self, index: int) -> Layout:
        """The parts of a card."""
        slot = self.rows_model.slots[index]
        return slot.layout(self.shelf.card_width(slot.row.depth), self._in_use(index))

    def _in_use(self, index: int) -> bool:
        row = self.rows_model.slots[index].row
        return isinstance(row, NodeRow) and (
            index == self.hit.index or row.node.id in self.selected_ids
        )

    def spot_rect(self, index: int, spot: Spot) -> QRect:
        """A part of a card in the coordinates of the viewport."""
        card = self.card_rect(index)
        if isinstance(self.row(index), BranchRow):
            return card
        return self.layout_of(index).rect_of(spot).translated(card.topLeft())

    def spots(self, index: int) -> list[Spot]:
        """What the Tab key goes through on a card."""
        return (
            [] if isinstance(self.row(index), BranchRow | None) else self.layout_of(index).spots()
        )

    def plus_centre(self, index: int, gap: Gap) -> QPoint:
        """The middle of the plus in the gap above a row."""
        y = (self.shelf.top(index) + self.shelf.rect(index).top()) // 2 - self.verticalOffset()
        return QPoint(self.shelf.left(gap.depth) + self.shelf.card_width(gap.depth) // 2, y)

    # --- the row that the keyboard acts on ---

    def current(self) -> int:
        """The row that the keyboard acts on; -1 for none."""
        return self.currentIndex().row()

    def current_key(self) -> Key | None:
        """What the current row keeps through edits."""
        row = self.row(self.current())
        return key_of(row) if row is not None else None

    def current_id(self) -> int:
        """The node that the keyboard acts on; 0 for none."""
        row = self.row(self.current())
        return node_id_of(row) if row is not None else 0

    def spoken_spot(self, spot: Spot) -> str:
        """A part of the current card as a screen reader says it."""
        text = self.rows_model.slots[self.current()].text
        mends = [mend.title for fault in text.faults for mend in fault.mends]
        match spot.part:
            case "activation":
                return self.tr("Activation: {0}, choose another").format(text.activation)
            case "initializer":
                return self.tr("Weights start as: {0}, choose another").format(text.initializer)
            case "mend":
                return self.tr("Mend: {0}").format(mends[spot.number])
            case _:
                return text.brief

    def set_current(self, index: int, sub_focus: Spot | None = None) -> None:
        """Let the keyboard act on a row."""
        if index != self.current():
            self.sub_focus = sub_focus
            flag = QItemSelectionModel.SelectionFlag.NoUpdate
            self.selectionModel().setCurrentIndex(self.rows_model.index(index), flag)
            self.viewport().update()

    def reveal(self, index: int) -> None:
        """Scroll as little as brings a card into sight."""
        if not 0 <= index < len(self.rows_model.slots):
            return
        rect, bar = self.shelf.rect(index), self.verticalScrollBar()
        high = self.viewport().height()
        if rect.bottom() + 12 > bar.value() + high:
            bar.setValue(rect.bottom() + 12 - high)
        if rect.top() - 12 < bar.value():
            bar.setValue(rect.top() - 12)

    def show_hit(self, hit: Hit) -> None:
        """Show what the mouse is over."""
        if hit != self.hit:
            self.hit = hit
            self.viewport().update()

    # --- painting ---

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        area = event.rect()
        painter.fillRect(area, theme.current().colour("panel"))
        offset = self.verticalOffset()
        slots = self.rows_model.slots
        if slots:
            first = self.shelf.index_at(area.top() + offset)
            last = self.shelf.index_at(area.bottom() + offset)
            for index in range(first, last + 1):
                self._paint_row(painter, index)
        self._paint_gap(painter)
        painter.end()

    def _paint_row(self, painter: QPainter, index: int) -> None:
        slot, rect = self.rows_model.slots[index], self.card_rect(index)
        row, top = slot.row, self.shelf.top(index) - self.verticalOffset()
        upper = self.row(index - 1)
        for depth in range(row.depth):
            begin = rect.top() if upper is None or upper.depth <= depth else top
            paint_rail(painter, self.shelf.left(depth) + self.shelf.step // 2 - 1, begin - 3, rect.bottom() + 1)  # fmt: skip
        if index and (isinstance(row, OutputRow) or (isinstance(row, NodeRow) and row.linked)):
            paint_link(painter, rect.center().x(), top, rect.top())
        if isinstance(row, BranchRow):
            focused = index == self.current() and self.hasFocus()
            paint_heading(painter, rect, slot.text.title, focused)
        else:
            paint_card(
                painter, rect.topLeft(), slot.text, self.layout_of(index), self._look(index, row)
            )

    def _look(self, index: int, row: Row) -> Look:
        node_id = node_id_of(row)
        current = index == self.current()
        acts = current and self.hasFocus()
        found = self.found_ids is not None and node_id in self.found_ids
        missed = self.found_ids is not None and not found
        whole = not node_id and current and not self.selected_ids
        opened = self.opened[1] if self.opened and self.opened[0] == node_id else None
        return Look(
            selected=node_id in self.selected_ids or whole,
            focused=acts and self.by_keyboard and self.sub_focus is None,
            found=found,
            faded=missed or (bool(node_id) and node_id in self.dragged_ids),
            hovered=self.hit.spot if self.hit.index == index else None,
            sub_focus=self.sub_focus if acts else None,
            open=opened,
        )

    def _paint_gap(self, painter: QPainter) -> None:
        if self.drop is not None:
            y = self.plus_centre(self.drop.index, self.drop.gap).y()
            left = self.shelf.left(self.drop.gap.depth)
            paint_drop(painter, left, left + self.shelf.card_width(self.drop.gap.depth), y)
        elif self.hit.gap is not None and not self.dragged_ids:
            paint_plus(painter, self.plus_centre(self.hit.below, self.hit.gap), self.hit.on_plus)

    # --- what Qt asks ---

    def sizeHint(self) -> QSize:
        return QSize(320, max(self.shelf.height, 120))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 60)

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        return 0

    def visualRect(self, index: Index) -> QRect:
        row = index.row()
        return self.card_rect(row) if 0 <= row < len(self.shelf.bottoms) else QRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        hit = hit_at(self, point)
        return self.rows_model.index(hit.index) if hit.spot else QModelIndex()

    def scrollTo(self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible) -> None:  # fmt: skip
        self.reveal(index.row())

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:  # fmt: skip
        return self.rows_model.index(max(self.current(), 0))

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Nothing: what is selected comes with the state that is shown."""

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        return QRegion(self.viewport().rect())

    def doItemsLayout(self) -> None:
        """Nothing: rows are laid out when they are shown."""

    def updateGeometries(self) -> None:
        bar, high = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(self.shelf.height - high, 0))
        bar.setPageStep(max(high, 1))
        bar.setSingleStep(26)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().scroll(0, dy)
        self.laid.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self.width() != self.shelf.width:
            before = self._anchor()
            old_height = self.shelf.height
            self._fill()
            self._restore(before, Change(0, 0, 0))
            if self.shelf.height != old_height:
                self.updateGeometry()
                self.grew.emit()
        self.updateGeometries()
        self.laid.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.by_keyboard = event.reason() != Qt.FocusReason.MouseFocusReason
        if self.current() < 0 and self.rows_model.slots:
            self.set_current(0)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.sub_focus = None
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._explain(event)
            return True
        return super().viewportEvent(event)

    def _explain(self, event: QHelpEvent) -> None:
        hit = hit_at(self, event.pos())
        if hit.spot is None or isinstance(self.row(hit.index), BranchRow):
            QToolTip.hideText()
            return
        text = self.rows_model.slots[hit.index].text
        words = tooltip(hit.spot, text, self.layout_of(hit.index))
        QToolTip.showText(event.globalPos(), html.escape(words).replace("\n", "<br>"), self.viewport(),
                          self.spot_rect(hit.index, hit.spot))  # fmt: skip
