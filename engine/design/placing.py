"""Nodes put into a tree, taken out, moved and exchanged: what edits do, told without edits.

All are pure and keep ids unique. Their cost is that of copying the stacks on the way down to what changes.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.design.address import (
    Place,
    located,
    located_all,
    spliced,
    stack_at,
    with_stack,
)
from engine.design.error import DesignError
from engine.design.limits import MOST_NODES, check_count, check_nesting, nesting
from engine.design.naming import Named, taken_names
from engine.design.scope_names import exchanged
from engine.design.tree import (
    Group,
    Layer,
    Network,
    Node,
    Parallel,
    Repeat,
    Stack,
    stacks_of,
    walk,
    with_stacks,
)
from engine.design.value import replace

Ids = tuple[int, ...]
Change = Callable[[Node], Node]


def changed(network: Network, ids: Ids, change: Change) -> Network:
    """The network with some nodes replaced by what `change` makes of them; itself where nothing differs.

    Raises DesignError when one of them is not there.
    """
    body = network.body
    if len(ids) == 1:
        address, node = located(body, ids[0])
        new = change(node)
        body = body if new == node else spliced(body, address, (new,))
    elif ids:
        wanted = set(ids)
        body = _exchanged(body, wanted, change)
        if wanted:
            raise DesignError("that layer is no longer in the network")
    return network if body is network.body else replace(network, body=body)


def _exchanged(stack: Stack, wanted: set[int], change: Change) -> Stack:
    """One pass over the tree, taking ids out of `wanted` as they are met."""
    nodes = list(stack.nodes)
    differs = False
    for index, node in enumerate(stack.nodes):
        new = node
        if node.id in wanted:
            wanted.discard(node.id)
            new = change(node)
            new = node if new == node else new
        if type(node) is not Layer:
            inner = tuple(_exchanged(each, wanted, change) for each in stacks_of(new))
            new = with_stacks(new, inner)
        if new is not node:
            nodes[index] = new
            differs = True
    return replace(stack, nodes=tuple(nodes)) if differs else stack


def inserted(network: Network, nodes: tuple[Node, ...], at: Place) -> Network:
    """With copies of nodes at a place, under new ids and free names. Raises DesignError for no such place."""
    stack = stack_at(network.body, at)
    if not 0 <= at.index <= len(stack.nodes):
        raise DesignError("that place is no longer in the network")
    if not nodes:
        return network
    _check_nesting(network, nodes, at)
    _check_count(network, nodes)
    fresh, next_id = renumbered(nodes, network.next_id)
    named = _named_for(network, fresh, at)
    new = exchanged(stack, at.index, at.index, named)
    return replace(network, body=with_stack(network.body, at, new), next_id=next_id)


def _check_nesting(network: Network, nodes: tuple[Node, ...], at: Place) -> None:
    if all(type(node) is Layer for node in nodes):
        return
    around = len(located(network.body, at.parent)[0]) // 2 + 1 if at.parent else 0
    check_nesting(around + nesting(Stack(nodes)))


def _check_count(network: Network, nodes: tuple[Node, ...]) -> None:
    count = sum(1 for _ in walk(Stack(nodes)))
    # Ids begin at 1 and no two nodes share one, so that most networks need not be counted.
    if network.next_id + count > MOST_NODES:
        check_count(count + sum(1 for _ in walk(network.body)))


def _named_for(network: Network, nodes: tuple[Node, ...], at: Place) -> tuple[Node, ...]:
    """The nodes with names that are free where they go; without any in an nn.Sequential, which numbers its children."""
    if numbered(network, at):
        return tuple(
            replace(node, name="") if isinstance(node, Layer | Group | Repeat) else node
            for node in nodes
        )
    return Named(taken_names(network, at)).all(nodes)


def numbered(network: Network, at: Place) -> bool:
    """Whether a place is in an nn.Sequential, whose nodes are numbered."""
    if not at.parent:
        return False
    _, node = located(network.body, at.parent)
    return isinstance(node, Group) and not node.class_name


def renumbered(nodes: tuple[Node, ...], next_id: int) -> tuple[tuple[Node, ...], int]:
    """The nodes with ids from `next_id` on, parents first, and the id after the last."""
    done: list[Node] = []
    for node in nodes:
        own, next_id = next_id, next_id + 1
        match node:
            case Parallel():
                branches: list[Stack] = []
                for branch in node.branches:
                    inner, next_id = renumbered(branch.nodes, next_id)
                    branches.append(replace(branch, nodes=inner))
                done.append(replace(node, id=own, branches=tuple(branches)))
            case Group() | Repeat():
                inner, next_id = renumbered(node.body.nodes, next_id)
                done.append(replace(node, id=own, body=replace(node.body, nodes=inner)))
            case _:
                done.append(replace(node, id=own))
    return tuple(done), next_id


def removed(network: Network, ids: Ids) -> Network:
    """Without some nodes and all that is in them. Raises DesignError when one is not there."""
    body = network.body
    for node in located_all(body, ids):
        address, _ = located(body, node.id)
        body = spliced(body, address, ())
    return replace(network, body=body)


def moved(network: Network, ids: Ids, to: Place) -> Network:
    """Taken out and put in again, keeping ids; a name that is taken where they go changes."""
    nodes = located_all(network.body, ids)
    if any(inner.id == to.parent for node in nodes for inner in walk(Stack((node,)))):
        raise DesignError("a block cannot be moved into itself")
    target = stack_at(network.body, to)
    if not 0 <= to.index <= len(target.nodes):
        raise DesignError("that place is no longer in the network")
    moving = {node.id for node in nodes}
    before = sum(node.id in moving for node in target.nodes[: to.index])
    without = removed(network, ids)
    at = replace(to, index=to.index - before)
    _check_nesting(without, nodes, at)
    stack = stack_at(without.body, at)
    named = _named_for(without, nodes, at)
    new = exchanged(stack, at.index, at.index, named)
    if target.nodes == new.nodes:
        return network
    return replace(without, body=with_stack(without.body, at, new))
