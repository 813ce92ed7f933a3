"""How high every row lies in the column, for any number of them. Free of Qt's views."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from PySide6.QtCore import QRect

from gui.stack.model import Slot
from gui.stack.rows import BranchRow, InputRow

GAP, NARROW_GAP = 9, 3
"""Between cards, and above the heading of a branch."""
MARGIN = 14
BOTTOM = 4
STEP, LEAST_STEP = 16, 4
"""How far a level is indented: less where many would leave the cards too narrow."""
LEAST_CARD = 190


class Shelf:
    """The rectangles of rows from the top of the column, at one width."""

    def __init__(self) -> None:
        self.width = 0
        self.step = STEP
        self.bottoms: list[int] = []
        self._slots: Sequence[Slot] = ()

    def fill(self, slots: Sequence[Slot], width: int) -> None:
        """Lay out all rows."""
        deepest = max((slot.row.depth for slot in slots), default=0)
        room = width - 2 * MARGIN - LEAST_CARD
        self.step = max(LEAST_STEP, min(STEP, room // deepest)) if deepest else STEP
        self.width = width
        self._slots = slots
        measure = (width, self.step)
        for slot in slots:
            if slot.measured != measure:
                slot.pitch = gap_above(slot) + slot.height(self.card_width(slot.row.depth))
                slot.measured = measure
        self.bottoms = list(accumulate([slot.pitch for slot in slots]))

    @property
    def height(self) -> int:
        """Of the whole column."""
        return self.bottoms[-1] + BOTTOM if self.bottoms else 0

    def card_width(self, depth: int) -> int:
        """The width of cards at that depth."""
        return max(self.width - 2 * MARGIN - depth * self.step, 60)

    def left(self, depth: int) -> int:
        """Where cards of that depth begin."""
        return MARGIN + depth * self.step

    def depth_at(self, x: int) -> int:
        """The depth whose cards begin nearest to x."""
        return round(max(x - MARGIN, 0) / self.step)

    def top(self, index: int) -> int:
        """The upper edge of the gap above a row."""
        return self.bottoms[index - 1] if index else 0

    def rect(self, index: int) -> QRect:
        """A row's card or heading."""
        slot = self._slots[index]
        top = self.top(index) + gap_above(slot)
        depth = slot.row.depth
        return QRect(self.left(depth), top, self.card_width(depth), self.bottoms[index] - top)

    def index_at(self, y: int) -> int:
        """The row, its gap above included, at a height; the nearest one beyond the ends."""
        return min(max(bisect_right(self.bottoms, y), 0), len(self.bottoms) - 1)


def gap_above(slot: Slot) -> int:
    """The distance of a row from the one above it; none for the first."""
    match slot.row:
        case InputRow():
            return 0
        case BranchRow() as row if not row.placeholder:
            return NARROW_GAP
        case _:
            return GAP
