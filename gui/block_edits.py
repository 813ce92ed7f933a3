"""The edits by which selected layers become a block, and a block becomes layers; None where they do not fit."""

from __future__ import annotations

from functools import lru_cache

from engine.catalogue import JOINS, KINDS
from engine.design.address import located, node_at, parent_of
from engine.design.branching import AddBranch, RemoveBranch
from engine.design.edit import Edit, layer
from engine.design.error import DesignError
from engine.design.tree import Group, Layer, Parallel, Repeat, stacks_of
from engine.design.value import replace
from engine.design.wrapping import (
    AsBranches,
    AsGroup,
    AsRepeat,
    Unwrap,
    UseAgain,
    Wrap,
    is_run,
)  # fmt: skip
from gui.document import State

TIMES = 2
"""How often a new Repeat repeats, until somebody says otherwise."""


@lru_cache(maxsize=1)
def can_wrap(state: State) -> bool:
    """Whether neighbours are selected."""
    return bool(state.selection) and is_run(state.network.body, state.selection)


def group_edit(state: State) -> Edit | None:
    """A Group of what is selected."""
    return Wrap(state.selection, AsGroup()) if can_wrap(state) else None


def repeat_edit(state: State) -> Edit | None:
    """A Repeat of what is selected."""
    return Wrap(state.selection, AsRepeat(times=TIMES)) if can_wrap(state) else None


def residual_edit(state: State) -> Edit | None:
    """What is selected, with its input added to its output."""
    return Wrap(state.selection, AsBranches(JOINS["Add"]())) if can_wrap(state) else None


def branches_edit(state: State) -> Edit | None:
    """Each selected layer as a branch of its own; a single one beside an empty branch."""
    if not can_wrap(state):
        return None
    return Wrap(state.selection, AsBranches(JOINS["Concat"](), apart=len(state.selection) > 1))


def unwrap_edit(state: State) -> Edit | None:
    """What is in the selected block in its place."""
    match state.selected_nodes:
        case (node,) if stacks_of(node):
            return Unwrap(node.id)
        case _:
            return None


def again_edit(state: State) -> Edit | None:
    """A second use of the selected layer or block, just behind it."""
    match state.selected_nodes:
        case (Layer() | Group() | Repeat() as node,) if node.name:
            at = parent_of(state.network.body, node.id)
            return UseAgain(node.id, replace(at, index=at.index + 1))
        case _:
            return None


def add_branch_edit(state: State) -> Edit | None:
    """One more branch of the join that is selected, or that the selected layer is in."""
    found = _branch(state)
    return added_branch(found[0]) if found is not None and _takes_more(found[0]) else None


def added_branch(node: Parallel) -> AddBranch:
    """One more branch at the end; with an Identity in it where another one is empty already."""
    free = [branch for branch in node.branches if not branch.source]
    filled = [bool(branch.nodes) for branch in free]
    nodes = (layer(KINDS["Identity"]()),) if any(filled) and not all(filled) else ()
    return AddBranch(node.id, len(node.branches), nodes)


def _takes_more(node: Parallel) -> bool:
    return len(node.branches) < node.join.at_most


def remove_branch_edit(state: State) -> Edit | None:
    """Without the branch that the selected layer is in."""
    found = _branch(state)
    return RemoveBranch(found[0].id, found[1]) if found is not None and found[1] >= 0 else None


def _branch(state: State) -> tuple[Parallel, int] | None:
    """The innermost join around the selection, and the branch there; -1 where the join itself is selected."""
    if len(state.selection) != 1:
        return None
    body = state.network.body
    try:
        address, node = located(body, state.selection[0])
    except DesignError:
        return None
    if isinstance(node, Parallel):
        return node, -1
    while len(address) > 1:
        branch, address = address[-2], address[:-2]
        around = node_at(body, address)
        if isinstance(around, Parallel):
            return around, branch
    return None
