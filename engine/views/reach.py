"""Which values a node can take beside what flows in: the names that are in its reach."""

from __future__ import annotations

from engine.design.address import Place, parent_of, stack_at
from engine.design.names import fault_of_variable
from engine.design.tree import (
    GIVEN,
    Group,
    Layer,
    Network,
    Parallel,
    Repeat,
    Stack,
    find,
    node_name,
)


def in_reach(network: Network, node_id: int) -> tuple[str, ...]:
    """Inputs of the class that a node is in and nodes before it, in the order of the code; none for an unknown id.

    A node whose name cannot be a variable of the exported code is left out.
    """
    return tuple(name for name in takeable(network, node_id) if GIVEN not in name)


def takeable(network: Network, node_id: int) -> tuple[str, ...]:
    """The same and what layers give beside what flows on: `pool1.indices`."""
    names = [each.name for each in network.inputs]
    return tuple(_before(network.body, node_id, names) or ())


def _before(stack: Stack, node_id: int, names: list[str]) -> list[str] | None:
    """The names in front of a node, `names` being those in front of the stack; None where it is not inside."""
    for node in stack.nodes:
        if node.id == node_id:
            return names
        found = None
        match node:
            case Group() | Repeat():
                found = _before(node.body, node_id, list(node.takes))
            case Parallel():
                for branch in node.branches:
                    found = found if found is not None else _before(branch, node_id, names)
            case _:
                pass
        if found is not None:
            return found
        name = node_name(node)
        if name and name not in names and not fault_of_variable(name):
            names.append(name)
        if name and isinstance(node, Layer):
            names += [f"{name}{GIVEN}{given}" for given in node.kind.given()]
    return None


def flow_name(network: Network, at: Place) -> str:
    """The name of what flows into a place: the node before it, the recalled one or the input; "" where it has none."""
    if at.index:
        return node_name(stack_at(network.body, at).nodes[at.index - 1])
    if not at.parent:
        return network.inputs[0].name if network.inputs else ""
    around = find(network.body, at.parent)
    if not isinstance(around, Parallel):
        return ""
    return around.branches[at.branch].source or flow_name(
        network, parent_of(network.body, around.id)
    )
