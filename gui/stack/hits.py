"""What lies under a point of the stack: a part of a card, or a gap where a layer can be put."""

from __future__ import annotations

from PySide6.QtCore import QPoint

from gui.stack.card import Spot
from gui.stack.gaps import Gap, gap_at_depth, gaps_above
from gui.stack.rows import BranchRow
from gui.stack.scene import NOWHERE, Hit, Scene

PLUS_REACH = 11
"""Pixels from the middle of a plus that still press it."""
GAP_REACH = 4
"""Pixels beyond a gap in which the mouse shows its plus."""
SMALL_PARTS = (Spot("fold"), Spot("brief"), Spot("name"), Spot("frozen"), Spot("note"))


def hit_at(scene: Scene, point: QPoint) -> Hit:
    """What lies under a point of the viewport."""
    y = point.y() + scene.offset
    shelf = scene.shelf
    if not shelf.bottoms or not 0 <= y <= shelf.bottoms[-1] + GAP_REACH:
        return NOWHERE
    index = shelf.index_at(y)
    spot = spot_at(scene, index, point)
    below = _gap_near(scene, index, y)
    gap = gap_at(scene, below, point.x()) if below else None
    if gap is None:
        return Hit(index, spot)
    on_plus = (scene.plus_centre(below, gap) - point).manhattanLength() <= PLUS_REACH
    if on_plus:
        return Hit(gap=gap, below=below, on_plus=True)
    return Hit(index, spot, gap, below)


def gap_at(scene: Scene, below: int, x: int) -> Gap | None:
    """The place in the gap above a row; where several blocks end there, x chooses the depth."""
    gaps = gaps_above(scene.model.rows, below, scene.network)
    return gap_at_depth(gaps, scene.shelf.depth_at(x)) if gaps else None


def spot_at(scene: Scene, index: int, point: QPoint) -> Spot | None:
    """The part of a row's card under a point; None beside the card."""
    card = scene.card_rect(index)
    if not card.contains(point):
        return None
    if isinstance(scene.row(index), BranchRow):
        return Spot("card")
    layout = scene.layout_of(index)
    whole, inside = layout.rect_of(Spot("card")), point - card.topLeft()
    for spot in (*layout.spots(), *SMALL_PARTS):
        rect = layout.rect_of(spot)
        if rect != whole and rect.contains(inside):
            return spot
    return Spot("card")


def _gap_near(scene: Scene, index: int, y: int) -> int:
    """The row whose upper gap is within reach of a height; 0 where none is."""
    for below in (index, index + 1):
        if 0 < below < len(scene.model.slots):
            top, bottom = scene.shelf.top(below), scene.shelf.rect(below).top()
            if top - GAP_REACH <= y < bottom + GAP_REACH:
                return below
    return 0
