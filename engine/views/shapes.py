"""The walk over a design: every shape, count and fault, and after an edit only what the edit changed.

`infer(network, previous)` equals `infer(network)`; `previous` only makes it fast. Nodes before the first changed one
are taken over, and the walk stops at the first unchanged node whose input is what it was.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.design.edit import SetInputs
from engine.design.kind import TensorSpec
from engine.design.tree import DEEPEST, Layer, Network, Node, Repeat, stacks_of
from engine.design.value import replace
from engine.views.exchange import Exchanged, exchanged
from engine.views.facts import (
    MOST_NODES,
    Analysis,
    Fault,
    FaultMend,
    NodeFacts,
    Shared,
    StackFacts,
)
from engine.views.mends import place_of
from engine.views.nodes import layer_facts
from engine.views.normal import class_faults, known_inputs, network_faults, same_blocks, same_node
from engine.views.outputs import returned
from engine.views.rules import Totals
from engine.views.spans import NOTHING
from engine.views.ties import shared, tie_faults
from engine.views.walk import MOST_TURNS, ClassWalk

__all__ = ["MOST_TURNS", "NOTHING", "infer"]

NUMBERS = {"int64": "whole", "float32": "real"}
"""What the numbers of an input are called, by dtype."""


def infer(network: Network, previous: Analysis | None = None) -> Analysis:
    """All that follows from a network without building it; faults are results, nothing is raised."""
    try:
        return _inferred(network, previous)
    except RecursionError:
        return _bottomless(network)


def _bottomless(network: Network) -> Analysis:
    """Of a tree that is too deep to be walked, made by hand: a fault on each of its nodes that go too deep."""
    nodes = network.body.nodes
    known = tuple(NodeFacts(node, None, None, NOTHING) for node in nodes)
    body = StackFacts(network.body, None, None, known, NOTHING)
    needs = f"to be nested at most {DEEPEST} deep"
    faults = tuple(Fault(node.id, place_of(node), needs) for node in nodes if _is_deep(node))
    return Analysis(network, body, faults, {})


def _is_deep(node: Node) -> bool:
    """Whether blocks stand inside one another more than DEEPEST times; level by level, without recursion."""
    level = [node]
    for _ in range(DEEPEST + 1):
        level = [inner for each in level for stack in stacks_of(each) for inner in stack.nodes]
    return bool(level)


def _inferred(network: Network, previous: Analysis | None) -> Analysis:
    inputs = network.inputs
    known = known_inputs(inputs)
    first = known[inputs[0].name] if inputs else None
    one = _one_exchanged(network, previous)
    if one is None and previous is not None and previous.sound is not None:
        one = _one_exchanged(network, previous.sound)
        if one is not None or network.body == previous.sound.network.body:
            previous = previous.sound
    old = previous.body if previous is not None and previous.network.inputs == inputs else None
    if one is not None:
        body = one.facts
    else:
        walk = ClassWalk(network.name, known)
        walk.flow = inputs[0].name if inputs else ""
        body = walk.body(network.body, first, old, depth=0)
    classes = _class_faults(network, body, previous, one)
    found = _fed_otherwise(network, body, collected(body))
    faults = network_faults(network.name, inputs) + _own_stack(network) + _too_many(body.totals)
    faults += found + classes
    ties: Mapping[str, Shared] = {}
    if network.ties:
        wrong = tuple(tie_faults(network, body))
        ties = {} if wrong else shared(network, body)
        faults += wrong
    more: tuple[TensorSpec | None, ...] = ()
    if network.outputs:
        more, wrong = returned(network, body)
        faults += wrong
    sound = previous and (previous.sound if previous.faults else previous)
    return Analysis(network, body, faults, ties, classes, more, sound)


def _one_exchanged(network: Network, previous: Analysis | None) -> Exchanged | None:
    """What is known of a network that differs in one layer from one that is known; None where more is different."""
    if previous is None or previous.network.name != network.name:
        return None
    if previous.network.inputs != network.inputs:
        return None
    return exchanged(network.body, previous.body)


def _class_faults(
    network: Network, body: StackFacts, previous: Analysis | None, one: Exchanged | None
) -> tuple[Fault, ...]:
    """Faults of class names; those of before where neither a block nor the network's name has changed."""
    if not body.blocks:
        return ()
    if previous is not None and network.name == previous.network.name:
        if body.blocks is previous.body.blocks:
            return previous.class_faults
        if not previous.class_faults and (
            same_node(one.came, one.went) if one else same_blocks(body.stack, previous.body.stack)
        ):
            return ()
    return tuple(class_faults(network.name, body))


def _own_stack(network: Network) -> tuple[Fault, ...]:
    """Only a branch can start from something else, or be a variable."""
    if not (network.body.source or network.body.name):
        return ()
    needs = "a stack of its own that starts from its first input and has no name"
    return (Fault(0, "The network", needs),)


def _fed_otherwise(
    network: Network, body: StackFacts, faults: tuple[Fault, ...]
) -> tuple[Fault, ...]:
    """The faults with one mend more where the first layer would take the same shape in another type of number."""
    first = body.nodes[0] if body.nodes and network.inputs else None
    if first is None or first.fault is None or not isinstance(first.node, Layer):
        return faults
    mends: list[FaultMend] = []
    own = network.inputs[0]
    for dtype, numbers in NUMBERS.items():
        spec = replace(own.spec, dtype=dtype)
        if spec != own.spec and layer_facts(first.node, spec).fault is None:
            fed = (replace(own, spec=spec), *network.inputs[1:])
            mends.append(FaultMend(f"Feed {numbers} numbers", SetInputs(fed)))
    if not mends:
        return faults
    better = first.fault._replace(mends=(*mends, *first.fault.mends))
    return tuple(better if fault is first.fault else fault for fault in faults)


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
