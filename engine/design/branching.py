"""Branches added to a Parallel, taken away, moved and fed from elsewhere, as edits.

What they make is in normal form: an empty branch comes first, and where only one branch takes what flows in, its layers
stand before the join.
"""

from __future__ import annotations

from engine.design import limits
from engine.design.address import Address, Place, located, node_at, spliced
from engine.design.error import DesignError
from engine.design.keeping import kept
from engine.design.placing import inserted
from engine.design.tree import Network, Node, Parallel, Stack
from engine.design.value import replace, value


@value
class AddBranch:
    """Add a branch before the one at `at`, with new nodes in it or without any."""

    id: int
    at: int
    nodes: tuple[Node, ...] = ()


@value
class RemoveBranch:
    """Take a branch away with all that is in it; of two, the other takes the place of the block."""

    id: int
    branch: int


@value
class MoveBranch:
    """Put a branch to another place among its like, counted without it."""

    id: int
    branch: int
    to: int


@value
class SetBranch:
    """Say what flows into a branch ("" for what flows into the block), and what it is called in the code."""

    id: int
    branch: int
    source: str
    name: str = ""


@value
class SettleBranches:
    """Bring branches back into their form: what recalls `flow`, which flows in anyway, takes that, and one is empty."""

    id: int
    flow: str


BranchEdit = AddBranch | RemoveBranch | MoveBranch | SetBranch | SettleBranches
_GONE = "that branch is no longer in the network"


def branched(network: Network, edit: BranchEdit) -> Network:
    """With other branches. Raises DesignError where that could not be written as code."""
    address, node = located(network.body, edit.id)
    if not isinstance(node, Parallel):
        raise DesignError("only where branches are joined can branches be changed")
    branches = list(node.branches)
    if isinstance(edit, RemoveBranch | MoveBranch | SetBranch) and not 0 <= edit.branch < len(
        branches
    ):
        raise DesignError(_GONE)
    match edit:
        case AddBranch():
            return _added(network, node, edit, address)
        case SettleBranches():
            branches = _fed(branches, edit.flow)
        case RemoveBranch():
            del branches[edit.branch]
        case MoveBranch():
            if not 0 <= edit.to < len(branches):
                raise DesignError(_GONE)
            branches.insert(edit.to, branches.pop(edit.branch))
        case SetBranch():
            source, name = limits.name(edit.source), limits.name(edit.name)
            branches[edit.branch] = replace(branches[edit.branch], source=source, name=name)
    return _settled(network, node, branches, address)


def _fed(branches: list[Stack], flow: str) -> list[Stack]:
    """The branches with one at most that is empty and takes what flows in, and one at least that takes it."""
    found: list[Stack] = []
    for branch in branches:
        if flow and branch.source == flow:
            branch = replace(branch, source="")
        if branch.nodes or branch.source or Stack() not in found:
            found.append(branch if branch.nodes or branch.source else Stack())
    return found if any(not branch.source for branch in found) else [Stack(), *found]


def _added(network: Network, node: Parallel, edit: AddBranch, address: Address) -> Network:
    if not 0 <= edit.at <= len(node.branches):
        raise DesignError(_GONE)
    limits.check_branches(len(node.branches) + 1)
    if not edit.nodes:
        branches = [*node.branches[: edit.at], Stack(), *node.branches[edit.at :]]
        return _settled(network, node, branches, address)
    grown = (*node.branches[: edit.at], Stack(), *node.branches[edit.at :])
    body = spliced(network.body, address, (replace(node, branches=grown),))
    after = inserted(replace(network, body=body), edit.nodes, Place(0, node.id, edit.at))
    return kept(network, after, node.id)


def _settled(network: Network, node: Parallel, branches: list[Stack], address: Address) -> Network:
    """The network with these branches, brought into their form."""
    nodes = _formed(node, branches)
    if nodes == (node,):
        return network
    after = replace(network, body=spliced(network.body, address, nodes))
    # The block itself may be gone; what is around it is what has changed.
    inside = address[:-2]
    around = _id_at(network, inside) if inside else 0
    return kept(network, after, around)


def _id_at(network: Network, address: Address) -> int:
    return node_at(network.body, address).id


def _formed(node: Parallel, branches: list[Stack]) -> tuple[Node, ...]:
    """What stands in place of the block: layers that come before it, and itself where it still joins anything."""
    free = [branch for branch in branches if not branch.source]
    if not free:
        raise DesignError("one branch has to take what flows in; add an empty branch first")
    if len(branches) == 1:
        return branches[0].nodes
    if len(free) == 1:
        before = free[0].nodes
        # Looked for by what it is: an equal branch elsewhere would have a source.
        alone = [Stack() if branch is free[0] else branch for branch in branches]
        return (*before, replace(node, branches=tuple(alone)))
    if sum(not branch.nodes for branch in free) > 1 and any(branch.nodes for branch in free):
        raise DesignError("there is an empty branch already; put a layer into it first")
    ordered = iter(sorted(free, key=lambda branch: bool(branch.nodes)))
    formed = tuple(branch if branch.source else next(ordered) for branch in branches)
    return (replace(node, branches=formed),)
