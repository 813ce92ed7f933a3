"""Where a node stands in the tree, and the tree with something else there."""

from __future__ import annotations

from operator import attrgetter

from engine.design.error import DesignError
from engine.design.tree import Layer, Node, Stack, stacks_of, with_stacks
from engine.design.value import replace, value

NEAR = 4
_ids = attrgetter("id")

Address = tuple[int, ...]
"""Index of a node in its stack, outermost first, with the index of the branch between two of them: (3, 1, 0)."""


@value
class Place:
    """A gap between nodes: before `index` in a branch of the node `parent`, 0 being the network's own stack."""

    index: int
    parent: int = 0
    branch: int = 0


@value
class Before:
    """The gap just before a node, wherever the node is by the time it is asked for."""

    id: int


def located(body: Stack, node_id: int) -> tuple[Address, Node]:
    """Address and node of an id. Raises DesignError when it is not there."""
    found = _search(body, node_id)
    if found is None:
        raise DesignError("that layer is no longer in the network")
    return found


def _search(stack: Stack, node_id: int) -> tuple[Address, Node] | None:
    index = _index(stack.nodes, node_id)
    if index is not None:
        return (index,), stack.nodes[index]
    for index, node in enumerate(stack.nodes):
        if type(node) is Layer:
            continue
        for branch, inner in enumerate(stacks_of(node)):
            found = _search(inner, node_id)
            if found is not None:
                return (index, branch, *found[0]), found[1]
    return None


def _index(nodes: tuple[Node, ...], node_id: int) -> int | None:
    """Where in a stack a node is.

    Ids grow along a stack that was written from top to bottom, so we look where it would be, and near there, before
    all ids are compared (in C: a loop in Python over a thousand nodes would be most of an edit's time).
    """
    if not nodes:
        return None
    near = max(node_id - nodes[0].id - NEAR, 0)
    for index, node in enumerate(nodes[near : near + 2 * NEAR], near):
        if node.id == node_id:
            return index
    ids = list(map(_ids, nodes))
    return ids.index(node_id) if node_id in ids else None


def located_all(body: Stack, ids: tuple[int, ...]) -> tuple[Node, ...]:
    """The nodes of the ids in the order of the network, without those inside another of them.

    Raises DesignError when one is not there or there is none.
    """
    if not ids:
        raise DesignError("select a layer first")
    outer: list[Address] = []
    for one in sorted({located(body, node_id)[0] for node_id in ids}):
        # What is inside a node comes right behind it in this order.
        if not outer or one[: len(outer[-1])] != outer[-1]:
            outer.append(one)
    return tuple(node_at(body, one) for one in outer)


def node_at(body: Stack, address: Address) -> Node:
    """The node of an address."""
    node = body.nodes[address[0]]
    return node if len(address) == 1 else node_at(stacks_of(node)[address[1]], address[2:])


def parent_of(body: Stack, node_id: int) -> Place:
    """The gap just before a node."""
    address, _ = located(body, node_id)
    if len(address) == 1:
        return Place(address[0])
    return Place(address[-1], node_at(body, address[:-2]).id, address[-2])


def stack_at(body: Stack, place: Place) -> Stack:
    """The stack that a place is in. Raises DesignError when it is not there."""
    if not place.parent:
        return body
    _, node = located(body, place.parent)
    stacks = stacks_of(node)
    if not 0 <= place.branch < len(stacks):
        raise DesignError("that place is no longer in the network")
    return stacks[place.branch]


def with_stack(body: Stack, place: Place, stack: Stack) -> Stack:
    """The tree with another stack where the place is."""
    if not place.parent:
        return stack
    address, node = located(body, place.parent)
    stacks = list(stacks_of(node))
    stacks[place.branch] = stack
    return spliced(body, address, (with_stacks(node, tuple(stacks)),))


def spliced(stack: Stack, address: Address, nodes: tuple[Node, ...]) -> Stack:
    """The tree with `nodes` instead of the node at the address."""
    index = address[0]
    if len(address) == 1:
        return replace(stack, nodes=stack.nodes[:index] + nodes + stack.nodes[index + 1 :])
    node = stack.nodes[index]
    stacks = list(stacks_of(node))
    stacks[address[1]] = spliced(stacks[address[1]], address[2:], nodes)
    changed = with_stacks(node, tuple(stacks))
    return replace(stack, nodes=(*stack.nodes[:index], changed, *stack.nodes[index + 1 :]))
