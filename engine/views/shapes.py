"""The walk over a design: every shape, count and fault, and after an edit only what the edit changed.

`infer(network, previous)` equals `infer(network)`; `previous` only makes it fast. Nodes before the first changed one
are taken over, and the walk stops at the first unchanged node whose input is what it was.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.design.tree import Network, Repeat
from engine.views.facts import MOST_NODES, Analysis, Fault, Shared, StackFacts
from engine.views.normal import class_faults, network_faults, same_blocks
from engine.views.rules import Totals
from engine.views.spans import NOTHING
from engine.views.ties import shared, tie_faults
from engine.views.walk import MOST_TURNS, ClassWalk

__all__ = ["MOST_TURNS", "NOTHING", "infer"]


def infer(network: Network, previous: Analysis | None = None) -> Analysis:
    """All that follows from a network without building it; faults are results, nothing is raised."""
    inputs = network.inputs
    first = inputs[0].spec if inputs else None
    old = previous.body if previous is not None and previous.network.inputs == inputs else None
    walk = ClassWalk(network.name, {each.name: each.spec for each in inputs})
    walk.flow = inputs[0].name if inputs else ""
    body = walk.body(network.body, first, old, depth=0)
    classes = _class_faults(network, body, previous)
    faults = (
        network_faults(network.name, inputs) + _too_many(body.totals) + collected(body) + classes
    )
    ties: Mapping[str, Shared] = {}
    if network.ties:
        found = tuple(tie_faults(network, body))
        ties = {} if found else shared(network, body)
        faults += found
    return Analysis(network, body, faults, ties, classes)


def _class_faults(
    network: Network, body: StackFacts, previous: Analysis | None
) -> tuple[Fault, ...]:
    """Faults of class names; those of before where neither a block nor the network's name has changed."""
    if not body.blocks:
        return ()
    if previous is not None and network.name == previous.network.name:
        if body.blocks is previous.body.blocks:
            return previous.class_faults
        if not previous.class_faults and same_blocks(body.blocks, previous.body.blocks):
            return ()
    return tuple(class_faults(network.name, body))


def _too_many(totals: Totals) -> tuple[Fault, ...]:
    count = totals.layers + totals.blocks
    if count <= MOST_NODES:
        return ()
    return (
        Fault(0, "The network", f"at most {MOST_NODES:,} layers in all its turns", f"{count:,}"),
    )


def collected(body: StackFacts) -> tuple[Fault, ...]:
    """All faults inside a stack, in the order of the code; at once where there are none."""
    if not body.totals.faults:
        return ()
    found: list[Fault] = list(body.naming)
    for facts in body.nodes:
        if facts.fault is not None:
            found.append(facts.fault)
        if facts.totals.faults:
            # A fault in the first turn of a Repeat is in every turn, and one fault to its reader.
            first_faulty = (
                isinstance(facts.node, Repeat) and facts.stacks and facts.stacks[0].totals.faults
            )
            for inner in facts.stacks[:1] if first_faulty else facts.stacks:
                found.extend(collected(inner))
    return tuple(found)
