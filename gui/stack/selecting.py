"""Which nodes are selected after a click or a key. Free of Qt."""

from __future__ import annotations

from collections.abc import Sequence

from gui.stack.rows import BranchRow, NodeRow, Row, node_id_of


def picked(
    rows: Sequence[Row], selection: tuple[int, ...], anchor: int, index: int, *, extend: bool = False,
    toggle: bool = False,
) -> tuple[int, ...]:  # fmt: skip
    """The selection after the row `index` was picked: it alone, all from `anchor` to it, or one more or less."""
    node_id = node_id_of(rows[index])
    if extend and 0 <= anchor < len(rows):
        first, last = sorted((anchor, index))
        reached = dict.fromkeys(
            row.node.id for row in rows[first : last + 1] if isinstance(row, NodeRow)
        )
        kept = dict.fromkeys(selection) if toggle else {}
        return tuple(kept | reached)
    if toggle and node_id:
        others = tuple(each for each in selection if each != node_id)
        return others if node_id in selection else (*selection, node_id)
    if toggle:
        return selection
    return (node_id,) if node_id else ()


def stepped(rows: Sequence[Row], index: int, steps: int) -> int:
    """The row so many steps below or above, or the last one on the way."""
    return min(max(index + steps, 0), len(rows) - 1)


def outer(rows: Sequence[Row], index: int) -> int:
    """The row of the block that a row lies in; the row itself at the outermost level."""
    row = rows[index]
    if not isinstance(row, NodeRow | BranchRow) or not row.parent:
        return index
    above = range(index - 1, -1, -1)
    return next(
        (
            at
            for at in above
            if isinstance(rows[at], NodeRow) and node_id_of(rows[at]) == row.parent
        ),
        index,
    )
