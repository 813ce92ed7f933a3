"""The commonest edit, in short: one node is exchanged for another, and what flows on from it is what it was.

Then nothing beside it and around it changes but sums. The way down to that node and up again is all there is to do,
and it is the most of what a keystroke costs in a block inside a block. What is not that plain is left to the walk.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from engine.design.forms import sequential_fault
from engine.design.scope_names import changed_nodes, names_of
from engine.design.tree import Group, Layer, Node, Parallel, Repeat, Stack
from engine.design.tuples import NamedTuple
from engine.views.facts import NodeFacts, StackFacts
from engine.views.nodes import layer_facts
from engine.views.spans import blocks_of

_new_facts: Any = partial(tuple.__new__, NodeFacts)
"""Facts from their fields in a tuple, at the speed of C."""
_new_stack_facts: Any = partial(tuple.__new__, StackFacts)


class Exchanged(NamedTuple):
    """A stack with the two layers that are all in which it differs from the one before."""

    facts: StackFacts
    came: Layer
    went: Layer


def exchanged(stack: Stack, old: StackFacts) -> Exchanged | None:
    """The facts of a stack in which one layer somewhere inside is another than before, and gives what that gave.

    None where more is different, where somebody reads a name, or where something on the way is faulty.
    """
    start, stop, old_stop = changed_nodes(stack, old.stack)
    if not stop == old_stop == start + 1:
        return None
    names = old.names
    if names is not None and (names.reads or old.naming or names_of(stack) is not names):
        return None
    before = old.nodes[start]
    if before.fault is not None or before.input is None:
        return None
    node = stack.nodes[start]
    if type(node) is Layer:
        went = before.node
        if type(went) is not Layer:
            return None
        facts = layer_facts(node, before.input)
        if facts.output != before.output:
            return None
        return Exchanged(with_node(stack, old, start, facts), node, went)
    inside = _inside(node, before)
    if inside is None:
        return None
    place, inner = inside
    was = before.stacks[place].totals
    totals = before.totals
    if inner.facts.totals != was:
        turns = node.times if isinstance(node, Repeat) else 1
        totals = totals.exchanged(was.times(turns), inner.facts.totals.times(turns))
    stacks = (*before.stacks[:place], inner.facts, *before.stacks[place + 1 :])
    facts = _new_facts((node, before.input, before.output, totals, None, stacks))
    return Exchanged(with_node(stack, old, start, facts), inner.came, inner.went)


def _inside(node: Node, before: NodeFacts) -> tuple[int, Exchanged] | None:
    """Which of the stacks inside a block has the other layer; None where the block itself is another one."""
    match node, before.node:
        case Parallel(), Parallel() as old:
            if node.join != old.join or node.activation != old.activation:
                return None
            branches = zip(node.branches, old.branches, strict=False)
            differs = [place for place, (new, was) in enumerate(branches) if new is not was]
            if len(differs) != 1 or len(node.branches) != len(old.branches):
                return None
            place = differs[0]
            branch, was = node.branches[place], old.branches[place]
            if branch.source or was.source or branch.name != was.name:
                return None
            inner = exchanged(branch, before.stacks[place])
            return None if inner is None else (place, inner)
        case Group(), Group() as old:
            pass
        case Repeat(times=times), Repeat(times=earlier) as old if times == earlier:
            if len(before.stacks) != 1:  # each turn gets another shape
                return None
        case _:
            return None
    if node.takes or node.others or old.takes or node.class_name != old.class_name:
        return None
    if node.body is old.body or sequential_fault(node, old) is not None:
        return None
    inner = exchanged(node.body, before.stacks[0])
    return None if inner is None else (0, inner)


def with_node(stack: Stack, old: StackFacts, place: int, facts: NodeFacts) -> StackFacts:
    """The facts of a stack with those of one node exchanged for others with the same output."""
    before = old.nodes[place]
    nodes = (*old.nodes[:place], facts, *old.nodes[place + 1 :])
    went, came, totals, blocks = before.totals, facts.totals, old.totals, old.blocks
    if came != went:
        totals = totals.exchanged(went, came)
    if went.blocks and came.blocks:
        # Before it in the stack stand as many blocks at most, and fewer by the plain layers at most.
        at = max(place - len(nodes) + len(blocks), 0)
        while blocks[at] is not before:
            at += 1
        blocks = (*blocks[:at], facts, *blocks[at + 1 :])
    elif went.blocks or came.blocks:
        blocks = blocks_of(nodes, totals)
    return _new_stack_facts((stack, old.input, old.output, nodes, totals, blocks, old.names, ()))
