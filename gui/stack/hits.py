"""What lies under a point of the stack: a part of a card, or a gap where a layer can be put."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint

from gui.stack.card import Spot
from gui.stack.gaps import Gap, gap_at_depth, gaps_above
from gui.stack.rows import BranchRow

if TYPE_CHECKING:
    from gui.stack.view import StackView

PLUS_REACH = 11
"""Pixels from the middle of a plus that still press it."""
GAP_REACH = 4
"""Pixels beyond a gap in which the mouse shows its plus."""
SMALL_PARTS = (Spot("fold"), Spot("brief"), Spot("name"), Spot("frozen"), Spot("note"))


@dataclass(frozen=True, slots=True)
class Hit:
    """A row and the part of its card; and, near a gap, the place there and the row below it."""

    index: int = -1
    spot: Spot | None = None
    gap: Gap | None = None
    below: int = -1
    on_plus: bool = False


@dataclass(frozen=True, slots=True)
class Drop:
    """Where what is dragged would land: the gap above a row."""

    index: int
    gap: Gap


NOWHERE = Hit()


def hit_at(view: StackView, point: QPoint) -> Hit:
    """What lies under a point of the viewport."""
    y = point.y() + view.verticalOffset()
    shelf = view.shelf
    if not shelf.bottoms or not 0 <= y <= shelf.bottoms[-1] + GAP_REACH:
        return NOWHERE
    index = shelf.index_at(y)
    spot = spot_at(view, index, point)
    below = _gap_near(view, index, y)
    gap = gap_at(view, below, point.x()) if below else None
    if gap is None:
        return Hit(index, spot)
    on_plus = (view.plus_centre(below, gap) - point).manhattanLength() <= PLUS_REACH
    return Hit(index, None if on_plus else spot, gap, below, on_plus)


def gap_at(view: StackView, below: int, x: int) -> Gap | None:
    """The place in the gap above a row; where several blocks end there, x chooses the depth."""
    gaps = gaps_above(view.rows_model.rows, below, view.network)
    return gap_at_depth(gaps, view.shelf.depth_at(x)) if gaps else None


def spot_at(view: StackView, index: int, point: QPoint) -> Spot | None:
    """The part of a row's card under a point; None beside the card."""
    card = view.card_rect(index)
    if not card.contains(point):
        return None
    if isinstance(view.row(index), BranchRow):
        return Spot("card")
    layout = view.layout_of(index)
    whole, inside = layout.rect_of(Spot("card")), point - card.topLeft()
    for spot in (*layout.spots(), *SMALL_PARTS):
        rect = layout.rect_of(spot)
        if rect != whole and rect.contains(inside):
            return spot
    return Spot("card")


def _gap_near(view: StackView, index: int, y: int) -> int:
    """The row whose upper gap is within reach of a height; 0 where none is."""
    for below in (index, index + 1):
        if 0 < below < len(view.rows_model.slots):
            top, bottom = view.shelf.top(below), view.shelf.rect(below).top()
            if top - GAP_REACH <= y < bottom + GAP_REACH:
                return below
    return 0
