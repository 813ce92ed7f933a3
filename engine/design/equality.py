"""Designs compared by what they compute: apart from ids, and if wanted from what is written for people."""

from __future__ import annotations

from collections.abc import Callable

from engine.design.tree import Network, Node, Stack, stacks_of, with_stacks
from engine.design.value import replace


def equal_up_to_ids(a: Network, b: Network) -> bool:
    """Whether two networks differ in nothing but the ids of their nodes."""
    return without_ids(a) == without_ids(b)


def without_ids(network: Network) -> Network:
    """The network with every id 0."""
    return replace(_mapped(network, lambda node: replace(node, id=0)), next_id=0)


def without_notes(network: Network) -> Network:
    """The network without its layers' notes, which do not go into code."""
    return _mapped(network, lambda node: replace(node, note="") if node.note else node)


def _mapped(network: Network, change: Callable[[Node], Node]) -> Network:
    return replace(network, body=_stack(network.body, change))


def _stack(stack: Stack, change: Callable[[Node], Node]) -> Stack:
    return replace(stack, nodes=tuple(_node(node, change) for node in stack.nodes))


def _node(node: Node, change: Callable[[Node], Node]) -> Node:
    inner = tuple(_stack(stack, change) for stack in stacks_of(node))
    return change(with_stacks(node, inner))
