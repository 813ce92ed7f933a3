"""The edits by which selected layers become a block, and a block becomes layers; None where they do not fit."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from engine.catalogue import JOINS, KINDS
from engine.design.address import located, node_at, parent_of, stack_at
from engine.design.branching import AddBranch, MoveBranch, RemoveBranch
from engine.design.edit import Edit, Insert, layer
from engine.design.error import DesignError
from engine.design.tree import Group, Layer, Parallel, Repeat, Stack, find, node_name, stacks_of
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
from engine.views.reach import in_reach
from gui.clipboard import behind_selection
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


def move_branch_edit(step: int) -> Callable[[State], Edit | None]:
    """The branch that the selected layer is in, one place up or down; an empty branch stays the first."""

    def edit(state: State) -> Edit | None:
        found = _branch(state)
        return moved_branch(*found, step) if found is not None and found[1] >= 0 else None

    return edit


def moved_branch(node: Parallel, branch: int, step: int) -> MoveBranch | None:
    """A branch one place up or down; None at the end, and where an empty branch would not come first any more."""
    to = branch + step
    if not 0 <= to < len(node.branches):
        return None
    pair = node.branches[branch], node.branches[to]
    if any(not each.nodes and not each.source for each in pair):
        return None
    return MoveBranch(node.id, branch, to)


def continue_edit(state: State) -> Edit | None:
    """The flow going on from something earlier, behind the selection: the last input, or else the first name."""
    at = behind_selection(state)
    if at.parent and isinstance(find(state.network.body, at.parent), Parallel):
        return None
    if not at.index:
        return None
    before = stack_at(state.network.body, at).nodes[at.index - 1]
    names = [name for name in in_reach(state.network, before.id) if name != node_name(before)]
    inputs = [each.name for each in state.network.inputs[1:]]
    source = next((name for name in reversed(inputs) if name in names), names[0] if names else "")
    if not source:
        return None
    return Insert((Parallel(0, JOINS["Continue"](), (Stack((), source),)),), at)


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
