"""Where a node stands in the tree, and the tree with something else there."""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter

from engine.design.error import DesignError
from engine.design.scope_names import exchanged
from engine.design.tree import Layer, Node, Stack, stacks_of, with_stacks
from engine.design.value import value

NEAR = 4
MOST_SEEN = 10_000
_ids = attrgetter("id")

Address = tuple[int, ...]
"""Index of a node in its stack, outermost first, with the index of the branch between two of them: (3, 1, 0)."""

_seen: dict[int, Address] = {}
"""Where nodes were found last, by id. A place to look at first and no more: other designs have the same ids."""


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
    """Address and node of an id. Raises DesignError when it is not there.

    A search through a thousand nodes would be most of an edit's time, so we look first where the node should be.
    """
    guessed = _guessed(body, node_id)
    if guessed is not None:
        return guessed
    address = None
    if (seen := _seen.get(node_id)) is not None:
        address = _near(body, node_id, seen)
    if address is None:
        address = _searched(body, node_id)
        if address is None:
            raise DesignError("that layer is no longer in the network")
    if address != _seen.get(node_id):
        if len(_seen) >= MOST_SEEN:
            _seen.clear()
        _seen[node_id] = address
    return address, node_at(body, address)


def _guessed(stack: Stack, node_id: int) -> tuple[Address, Node] | None:
    """Where it is in a design whose ids grow from top to bottom, as they do until nodes are inserted or moved."""
    address: Address = ()
    while True:
        index = bisect_right(stack.nodes, node_id, key=_ids) - 1
        if index < 0:
            return None
        node = stack.nodes[index]
        address = (*address, index)
        if node.id == node_id:
            return address, node
        inside = enumerate(stacks_of(node))
        begun = [(n, s) for n, s in inside if s.nodes and s.nodes[0].id <= node_id]
        if not begun:
            return None
        branch, stack = begun[-1]
        address = (*address, branch)


def _near(body: Stack, node_id: int, seen: Address) -> Address | None:
    """Where it was last, or a few nodes beside that."""
    stack = body
    for index, branch in zip(seen[:-1:2], seen[1::2], strict=True):
        stacks = stacks_of(stack.nodes[index]) if index < len(stack.nodes) else ()
        if branch >= len(stacks):
            return None
        stack = stacks[branch]
    first = max(seen[-1] - NEAR, 0)
    for index, node in enumerate(stack.nodes[first : first + 2 * NEAR], first):
        if node.id == node_id:
            return (*seen[:-1], index)
    return None


def _searched(stack: Stack, node_id: int) -> Address | None:
    """Where it is, wherever that may be."""
    ids = list(map(_ids, stack.nodes))
    if node_id in ids:
        return (ids.index(node_id),)
    for index, node in enumerate(stack.nodes):
        if type(node) is Layer:
            continue
        for branch, inner in enumerate(stacks_of(node)):
            if (found := _searched(inner, node_id)) is not None:
                return (index, branch, *found)
    return None


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
        return exchanged(stack, index, index + 1, nodes)
    node = stack.nodes[index]
    stacks = list(stacks_of(node))
    stacks[address[1]] = spliced(stacks[address[1]], address[2:], nodes)
    return exchanged(stack, index, index + 1, (with_stacks(node, tuple(stacks)),))
