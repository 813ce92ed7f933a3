"""The rows as Qt's item views and screen readers know them, each with its words and its layout once they are needed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from engine.design.tuples import NamedTuple
from gui.stack.card import HEADING, LOW, Layout, laid_out, least_height
from gui.stack.offers import has_chips
from gui.stack.rows import BranchRow, Key, NodeRow, Row, changed_rows, key_of, node_id_of
from gui.stack.speech import spoken
from gui.stack.words import CardText, card_text, heading_text

Index = QModelIndex | QPersistentModelIndex


MOST_COMPARED = 64
"""Rows that are looked at one by one: words cost time, and no screen shows more."""


class Change(NamedTuple):
    """What `RowsModel.show_rows` did: how many rows went and came behind the first `start`.

    `touched` are the rows that look otherwise, where as many came as went.
    """

    start: int
    gone: int
    come: int
    touched: Sequence[int] = ()


class Slot:
    """A row with what was made from it; made anew when the row is another one."""

    __slots__ = ("_layouts", "_text", "key", "measured", "pitch", "row")

    def __init__(self, row: Row) -> None:
        self.row = row
        self.key = key_of(row)
        self.pitch = 0
        """Its height with the gap above it, for the widths in `measured`."""
        self.measured: tuple[int, int] | None = None
        self._text: CardText | None = None
        self._layouts: dict[tuple[int, bool], Layout] = {}

    @property
    def text(self) -> CardText:
        """The words on the card, or of the heading."""
        if self._text is None:
            row = self.row
            heading = isinstance(row, BranchRow)
            self._text = CardText(heading_text(row)) if heading else card_text(row)
        return self._text

    def looks_like(self, other: Slot) -> bool:
        """Whether both show the same; what was laid out is then taken over."""
        new, old = self.row, other.row
        if new == old:
            self._text, self._layouts = other._text, other._layouts
            return True
        # Behind its facts a row has its place and what it shows beside words.
        same = isinstance(new, NodeRow) and isinstance(old, NodeRow) and new[1:] == old[1:]
        if not same or other._text is None or self.text != other._text:
            return False
        self._layouts = other._layouts
        return True

    def layout(self, width: int, in_use: bool = False) -> Layout:
        """The card's parts at a width."""
        in_use = in_use and not self.text.chips
        known = self._layouts.get((width, in_use))
        if known is None:
            if len(self._layouts) > 4:
                self._layouts.clear()
            known = laid_out(self.text, width, in_use=in_use)
            self._layouts[width, in_use] = known
        return known

    def height(self, width: int) -> int:
        """The row's height without the gap above it; of a card without faults known without its words."""
        match self.row:
            case BranchRow():
                return LOW if self.row.placeholder else HEADING
            case NodeRow(facts=facts, faults=()):
                return least_height(has_chips(facts.node), width)
            case _:
                return self.layout(width).height


class RowsModel(QAbstractListModel):
    """The rows of the stack."""

    def __init__(self) -> None:
        super().__init__()
        self.slots: list[Slot] = []
        self._places: dict[Key, int] | None = None

    @property
    def rows(self) -> list[Row]:
        """All rows."""
        return [slot.row for slot in self.slots]

    def show_rows(self, rows: Sequence[Row]) -> Change:
        """Show other rows, touching only what differs."""
        old = self.rows
        start, end = changed_rows(old, rows)
        gone, come = len(old) - start - end, len(rows) - start - end
        kept = min(gone, come)
        self._places = None
        touched = self._exchanged(range(start, start + kept), rows)
        if gone > kept:
            self.beginRemoveRows(QModelIndex(), start + kept, start + gone - 1)
            del self.slots[start + kept : start + gone]
            self.endRemoveRows()
        elif come > kept:
            self.beginInsertRows(QModelIndex(), start + kept, start + come - 1)
            self.slots[start + kept : start + kept] = map(Slot, rows[start + kept : start + come])
            self.endInsertRows()
        if kept:
            self.dataChanged.emit(self.index(start), self.index(start + kept - 1))
        return Change(start, gone, come, touched)

    def _exchanged(self, places: range, rows: Sequence[Row]) -> Sequence[int]:
        """Put other rows into slots; the places where one looks otherwise.

        What an edit changes inside a block changes the rows of all blocks around it, most of which say the same.
        """
        few = len(places) <= MOST_COMPARED
        touched: list[int] = []
        for index in places:
            slot = Slot(rows[index])
            if not few or not slot.looks_like(self.slots[index]):
                touched.append(index)
            self.slots[index] = slot
        return touched

    def place_of(self, key: Key) -> int:
        """The index of a row; -1 where there is none."""
        if self._places is None:
            self._places = {slot.key: at for at, slot in enumerate(self.slots)}
        return self._places.get(key, -1)

    def place_of_node(self, node_id: int) -> int:
        """The index of a node's card; -1 where it is folded away."""
        return self.place_of(("node", node_id, 0))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.slots)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not 0 <= index.row() < len(self.slots):
            return None
        slot = self.slots[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return slot.text.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return spoken(slot.row)
            case Qt.ItemDataRole.UserRole:
                return node_id_of(slot.row)
            case _:
                return None
