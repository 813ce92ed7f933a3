"""Paints what is in sight: rails, links, cards in their looks, and the plus or the line of a drop."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from gui import theme
from gui.stack.painting import (
    Look,
    paint_card,
    paint_drop,
    paint_heading,
    paint_link,
    paint_placeholder,
    paint_plus,
    paint_rail,
)
from gui.stack.rows import BranchRow, InputRow, NodeRow, OutputRow, Row, node_id_of
from gui.stack.scene import Scene


def paint_scene(scene: Scene, painter: QPainter, area: QRect) -> None:
    """Paint the part of the viewport in `area`."""
    theme.fill(painter, area, theme.current().colour("panel"))
    if not scene.model.slots:
        return
    offset = scene.offset
    first = scene.shelf.index_at(area.top() + offset)
    last = scene.shelf.index_at(area.bottom() + offset)
    for index in range(first, last + 1):
        _paint_row(scene, painter, index)
    _paint_gap(scene, painter)


def _paint_row(scene: Scene, painter: QPainter, index: int) -> None:
    slot, rect = scene.model.slots[index], scene.card_rect(index)
    row, top = slot.row, scene.shelf.top(index) - scene.offset
    for depth in range(row.depth):
        x = scene.shelf.left(depth) + scene.shelf.step // 2 - 1
        paint_rail(painter, x, top, rect.bottom() + 1)
    if _flows_in(row):
        paint_link(painter, rect.center().x(), top, rect.top())
    if isinstance(row, BranchRow):
        paint = paint_placeholder if row.placeholder else paint_heading
        focused = index == scene.current and scene.has_focus
        paint(painter, rect, slot.text.title, focused)
    else:
        look = _look(scene, index, row)
        paint_card(painter, rect.topLeft(), slot.text, scene.layout_of(index), look)


def _flows_in(row: Row) -> bool:
    """Whether what the row above gives flows into this one."""
    match row:
        case OutputRow():
            return True
        case NodeRow():
            return row.linked
        case BranchRow():
            return row.placeholder
        case InputRow():
            return False


def _look(scene: Scene, index: int, row: Row) -> Look:
    node_id = node_id_of(row)
    current = index == scene.current
    acts = current and scene.has_focus
    missed = scene.found_ids is not None and node_id not in scene.found_ids
    whole = not node_id and current and not scene.selected_ids
    return Look(
        selected=node_id in scene.selected_ids or whole,
        focused=acts and scene.by_keyboard and scene.sub_focus is None,
        faded=missed or (bool(node_id) and node_id in scene.dragged_ids),
        hovered=scene.hit.spot if scene.hit.index == index else None,
        sub_focus=scene.sub_focus if acts else None,
        open=scene.opened[1] if scene.opened and scene.opened[0] == node_id else None,
    )


def _paint_gap(scene: Scene, painter: QPainter) -> None:
    """The line of a drop, or the plus under the mouse."""
    if scene.drop is not None:
        gap = scene.drop.gap
        left = scene.shelf.left(gap.depth)
        y = scene.plus_centre(scene.drop.index, gap).y()
        paint_drop(painter, left, left + scene.shelf.card_width(gap.depth), y)
    elif scene.hit.gap is not None and not scene.dragged_ids:
        paint_plus(painter, scene.plus_centre(scene.hit.below, scene.hit.gap), scene.hit.on_plus)
