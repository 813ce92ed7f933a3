"""Which places of the network a gap between two rows stands for: several where blocks end there. Free of Qt."""

from __future__ import annotations

from collections.abc import Sequence

from engine.design.address import Place
from engine.design.tree import Network, Parallel, Stack
from engine.design.tuples import NamedTuple
from gui.stack.rows import BranchRow, InputRow, NodeRow, OutputRow, Row, is_block, stack_of


class Gap(NamedTuple):
    """A place, and how deep what is put there would be indented."""

    place: Place
    depth: int


def gaps_above(rows: Sequence[Row], index: int, network: Network) -> list[Gap]:
    """The places between row `index - 1` and row `index`, the outermost first; none above the first row."""
    if not 0 < index < len(rows):
        return []
    match rows[index - 1]:
        case InputRow():
            return [Gap(Place(0), 0)]
        case BranchRow(parent, branch, depth=depth) as row:
            inside = [Gap(Place(0, parent, branch), depth)]
            return _ends(rows, row.parent, index, network) + inside if row.empty else inside
        case NodeRow() as row if (
            isinstance(row.node, Parallel) and is_block(row.node) and not row.folded
        ):
            return []
        case NodeRow() as row if is_block(row.node) and not row.folded:
            return [Gap(Place(0, row.node.id, 0), row.depth + 1)]
        case NodeRow() as row:
            after = position(network, row) + 1
            here = [Gap(Place(after, row.parent, row.branch), row.depth)]
            return _ends(rows, row.parent, index, network) + here
        case OutputRow():
            return []


def _ends(rows: Sequence[Row], block: int, index: int, network: Network) -> list[Gap]:
    """The places behind the blocks that end at a gap, the outermost first, `block` being the innermost of them."""
    if not block or _continues(rows[index], block):
        return []
    row = next(row for row in reversed(rows[:index]) if isinstance(row, NodeRow) and row.node.id == block)  # fmt: skip
    behind = Gap(Place(position(network, row) + 1, row.parent, row.branch), row.depth)
    return [*_ends(rows, row.parent, index, network), behind]


def _continues(row: Row, block: int) -> bool:
    """Whether the block goes on with this row: it is in it, or the heading of its next branch."""
    return isinstance(row, NodeRow | BranchRow) and row.parent == block


def position(network: Network, row: NodeRow) -> int:
    """The index of a row's node in its stack."""
    stack: Stack = stack_of(network, row)
    return next(index for index, node in enumerate(stack.nodes) if node.id == row.node.id)


def gap_at_depth(gaps: Sequence[Gap], depth: int) -> Gap:
    """The gap whose depth is nearest; the mouse chooses among several by how far right it is."""
    return min(gaps, key=lambda gap: abs(gap.depth - depth))


def gap_after(rows: Sequence[Row], index: int, network: Network) -> Place:
    """Where a layer goes that is added after a row; the end of the network for the last row and none."""
    match rows[index] if 0 <= index < len(rows) else None:
        case InputRow():
            return Place(0)
        case BranchRow(parent, branch):
            return Place(0, parent, branch)
        case NodeRow() as row:
            return Place(position(network, row) + 1, row.parent, row.branch)
        case _:
            return Place(len(network.body.nodes))
