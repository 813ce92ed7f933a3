"""All that decides what the stack looks like at a moment: rows, where they lie, and what is selected, hovered, dragged.

The view changes it and paints it; whoever asks what lies where asks it.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect

from engine.design.tree import Network
from engine.design.value import value
from gui.stack.card import Layout, Spot
from gui.stack.gaps import Gap
from gui.stack.model import RowsModel
from gui.stack.rows import BranchRow, Key, NodeRow, Row, key_of, node_id_of
from gui.stack.shelf import Shelf


@value
class Hit:
    """What lies under a point: a row, the part of its card, and near a gap the place there and the row below it."""

    index: int = -1
    spot: Spot | None = None
    gap: Gap | None = None
    below: int = -1
    on_plus: bool = False


@value
class Drop:
    """Where what is dragged would land: the gap above a row."""

    index: int
    gap: Gap


NOWHERE = Hit()


class Scene:
    """Rows and what is done to them; rectangles are in the coordinates of the viewport."""

    def __init__(self) -> None:
        self.model = RowsModel()
        self.shelf = Shelf()
        self.network = Network()
        self.offset = 0
        """Pixels that the list is scrolled down."""
        self.current = -1
        """The row that the keyboard acts on; -1 for none."""
        self.has_focus = False
        self.by_keyboard = False
        """Whether the keyboard was used last, so that what it acts on has to be seen."""
        self.selected_ids: frozenset[int] = frozenset()
        self.hit = NOWHERE
        self.sub_focus: Spot | None = None
        """The part of the current card that the keyboard acts on."""
        self.opened: tuple[int, Spot] | None = None
        """The node and the chip whose list is open."""
        self.found_ids: frozenset[int] | None = None
        """What a search has found; None while nobody searches."""
        self.dragged_ids: frozenset[int] = frozenset()
        self.drop: Drop | None = None

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.model.slots)

    def row(self, index: int) -> Row | None:
        """The row at an index; None beyond the ends."""
        return self.model.slots[index].row if 0 <= index < self.count else None

    def current_key(self) -> Key | None:
        """What the current row keeps through edits."""
        row = self.row(self.current)
        return key_of(row) if row is not None else None

    def current_id(self) -> int:
        """The node that the keyboard acts on; 0 for none."""
        row = self.row(self.current)
        return node_id_of(row) if row is not None else 0

    def card_rect(self, index: int) -> QRect:
        """A card."""
        return self.shelf.rect(index).translated(0, -self.offset)

    def layout_of(self, index: int) -> Layout:
        """The parts of a card, from its corner."""
        slot = self.model.slots[index]
        return slot.layout(self.shelf.card_width(slot.row.depth), self._in_use(index))

    def _in_use(self, index: int) -> bool:
        row = self.model.slots[index].row
        used = index == self.hit.index or index == self.current
        return isinstance(row, NodeRow) and (used or row.node.id in self.selected_ids)

    def spot_rect(self, index: int, spot: Spot) -> QRect:
        """A part of a card."""
        card = self.card_rect(index)
        if isinstance(self.row(index), BranchRow):
            return card
        return self.layout_of(index).rect_of(spot).translated(card.topLeft())

    def spots(self, index: int) -> list[Spot]:
        """What the Tab key goes through on a card."""
        plain = isinstance(self.row(index), BranchRow | None)
        return [] if plain else self.layout_of(index).spots()

    def plus_centre(self, index: int, gap: Gap) -> QPoint:
        """The middle of the plus in the gap above a row."""
        y = (self.shelf.top(index) + self.shelf.rect(index).top()) // 2 - self.offset
        return QPoint(self.shelf.left(gap.depth) + self.shelf.card_width(gap.depth) // 2, y)
