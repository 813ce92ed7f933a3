"""What a network returns beside what flows out: values of its own class, by name."""

from __future__ import annotations

from collections.abc import Iterator

from engine.design.edit import Rename, SetOutputs
from engine.design.kind import TensorSpec
from engine.design.names import fault_of_variable, free_name
from engine.design.scope_names import names_of
from engine.design.tree import Network, Parallel, node_name
from engine.views.facts import Fault, FaultMend, NodeFacts, StackFacts
from engine.views.mends import place_of

PLACE = "The network"


def returned(
    network: Network, body: StackFacts
) -> tuple[tuple[TensorSpec | None, ...], tuple[Fault, ...]]:
    """The shapes of further outputs, None where unknown, and what is wrong with them."""
    inputs = {each.name: each.spec for each in network.inputs}
    nodes = {node_name(facts.node): facts for facts in _own(body)}
    found: list[TensorSpec | None] = []
    faults: list[Fault] = []
    for place, name in enumerate(network.outputs):
        without = (*network.outputs[:place], *network.outputs[place + 1 :])
        drop = FaultMend(f"Return it no more: {name[:40]}", SetOutputs(without))
        found.append(inputs.get(name) or (nodes[name].output if name in nodes else None))
        if name in network.outputs[:place]:
            needs = "different values to return"
            faults.append(Fault(0, PLACE, needs, f"`{name[:40]}` twice", (drop,)))
        elif name not in inputs and (not name or name not in nodes):
            needs = f"a layer or input called `{name[:40]}` of its own, as it is to be returned"
            faults.append(Fault(0, PLACE, needs, "none of that name", (drop,)))
        elif name not in inputs and (wrong := fault_of_variable(name)):
            node = nodes[name].node
            free = free_name(f"{name}_output", names_of(network.body))
            mend = FaultMend(f"Call it {free}", Rename(node.id, free))
            needs = f"another name, as it is returned: {wrong}"
            faults.append(Fault(node.id, place_of(node), needs, "", (mend, drop)))
    return tuple(found), tuple(faults)


def _own(body: StackFacts) -> Iterator[NodeFacts]:
    """The nodes of the network's own class."""
    for facts in body.nodes:
        yield facts
        if isinstance(facts.node, Parallel):
            for branch in facts.stacks:
                yield from _own(branch)
