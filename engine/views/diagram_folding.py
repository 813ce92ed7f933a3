"""Which blocks of a diagram are folded at first: those too deep inside for all of it to be seen at once."""

from __future__ import annotations

from collections.abc import Sequence

from engine.design.tree import Group, Network, Node, Repeat, stacks_of

MOST_SHOWN = 16
"""Boxes that a sheet shows at a size that can be read."""


def folded_at_first(network: Network) -> frozenset[int]:
    """The blocks to fold so that at most so many nodes are shown, whole levels of depth at a time.

    The outermost level is shown whatever it holds.
    """
    shown, blocks, inside = _beside(network.body.nodes)
    while blocks:
        more, deeper, further = _beside(inside)
        if shown + more > MOST_SHOWN:
            return frozenset(blocks)
        shown, blocks, inside = shown + more, deeper, further
    return frozenset()


def _beside(level: Sequence[Node]) -> tuple[int, list[int], list[Node]]:
    """How many nodes a level shows, those on branches too; its blocks, and the nodes that are inside them."""
    shown = 0
    blocks: list[int] = []
    inside: list[Node] = []
    waiting = list(level)
    while waiting:
        node = waiting.pop()
        if isinstance(node, Group | Repeat):
            blocks.append(node.id)
            inside.extend(node.body.nodes)
            shown += 1
        else:
            inner = [each for stack in stacks_of(node) for each in stack.nodes]
            waiting.extend(inner)
            shown += not inner
    return shown, blocks, inside


def hidden_in(network: Network, folded: frozenset[int]) -> dict[int, int]:
    """For each node inside a folded block, which block is shown in its place."""
    found: dict[int, int] = {}
    waiting = [(node, 0) for node in network.body.nodes]
    while waiting:
        node, instead = waiting.pop()
        if instead:
            found[node.id] = instead
        elif node.id in folded:
            instead = node.id
        waiting.extend((each, instead) for stack in stacks_of(node) for each in stack.nodes)
    return found
