"""A part of a network as a network of its own, which can be kept in a file, and the edit that puts it in again."""

from __future__ import annotations

from engine.design.address import Place, located_all, parent_of
from engine.design.edit import Insert
from engine.design.error import DesignError
from engine.design.keeping import class_names, tied
from engine.design.kind import TensorSpec
from engine.design.names import free_name
from engine.design.naming import Named, Taken, class_body, respoken
from engine.design.tree import (
    Again,
    Group,
    Input,
    Network,
    Node,
    Parallel,
    Repeat,
    Stack,
    node_name,
    others_of,
    scope,
    stacks_of,
    walk,
    with_stacks,
)
from engine.design.value import replace
from engine.views.facts import Analysis
from engine.views.normal import alike
from engine.views.reach import flow_name

FLOW, AMONG_OTHERS = "x", "value"
"""What the first input is called where nothing reads it by name: alone, and beside others."""
UNKNOWN = TensorSpec((2,))


def saved_block(analysis: Analysis, ids: tuple[int, ...]) -> Network:
    """The selected nodes as a network: its first input is what flows into them, the others what they read from outside.

    Raises DesignError where they are no neighbours, or share their weights with a layer outside.
    """
    network = analysis.network
    nodes = located_all(network.body, ids)
    first = parent_of(network.body, nodes[0].id)
    for step, node in enumerate(nodes):
        if parent_of(network.body, node.id) != replace(first, index=first.index + step):
            raise DesignError("a block is made of neighbours; select layers that follow each other")
    named = Named(Taken(Stack())).all(nodes)
    own = {name for name in map(node_name, scope(Stack(named))) if name}
    for node in scope(Stack(named)):
        if isinstance(node, Again) and node.of not in own:
            raise DesignError(f"the second use of `{node.of}` shares weights with a layer outside; "
                              "select both or neither")  # fmt: skip
    inputs = _inputs(analysis, first, Stack(named), own)
    body = Stack(named)
    ties = tied(network, replace(network, body=body)).ties
    classes = class_names(replace(network, name="", body=body))
    next_id = max(node.id for node in walk(body)) + 1
    return Network(free_name("Block", classes), inputs, body, ties, next_id)


def _inputs(analysis: Analysis, at: Place, body: Stack, own: set[str]) -> tuple[Input, ...]:
    outside = [name for name in _read(body) if name not in own]
    flow = flow_name(analysis.network, at)
    free = free_name(AMONG_OTHERS, {*own, *outside}) if outside else FLOW
    first = flow if flow in outside else free
    facts = analysis.facts(body.nodes[0].id)
    spec = (facts.input if facts is not None else None) or UNKNOWN
    further = (name for name in outside if name != first)
    return (
        Input(first, spec),
        *(Input(name, _spec(analysis, at, name) or spec) for name in further),
    )


def _spec(analysis: Analysis, at: Place, name: str) -> TensorSpec | None:
    """What a value of a class is, where it is known."""
    body = class_body(analysis.network, at)
    if body is analysis.network.body:
        for each in analysis.network.inputs:
            if each.name == name:
                return each.spec
    for node in scope(body):
        if node_name(node) == name:
            facts = analysis.facts(node.id)
            return facts.output if facts is not None else None
    return None


def _read(body: Stack) -> list[str]:
    """The values that nodes of a class take by name, each once."""
    names: dict[str, None] = {}
    for node in scope(body):
        if isinstance(node, Parallel):
            names.update((branch.source, None) for branch in node.branches if branch.source)
        names.update((name, None) for name in others_of(node))
    return list(names)


# --- putting in ------------------------------------------------------------------------------------------------------


def brought_in(network: Network, block: Network, at: Place) -> Insert:
    """The edit that puts a kept block at a place; its classes get other names where they mean something else here."""
    flow = flow_name(network, at)
    given = {block.inputs[0].name: flow} if block.inputs and flow else {}
    known = {
        node.class_name: node for node in walk(network.body) if isinstance(node, Group | Repeat)
    }
    taken = class_names(network) | class_names(block)
    names: dict[str, str] = {}
    nodes = tuple(_classed(node, network.name, known, taken, names) for node in block.body.nodes)
    nodes = tuple(respoken(node, lambda name: given.get(name, name)) for node in nodes)
    return Insert(nodes, at, block.ties)


def _classed(
    node: Node,
    own: str,
    known: dict[str, Group | Repeat],
    taken: set[str],
    names: dict[str, str],
) -> Node:
    """The node with class names that are free here, or of a block that is alike; the innermost first."""
    inner = tuple(
        replace(stack, nodes=tuple(_classed(each, own, known, taken, names) for each in stack.nodes))
        for stack in stacks_of(node)
    )  # fmt: skip
    node = with_stacks(node, inner)
    if not isinstance(node, Group | Repeat) or not node.class_name:
        return node
    name = node.class_name
    if name not in names:
        there = known.get(name)
        shared = there is None or _form(there) == _form(node)
        names[name] = name if shared and name != own else free_name(name, taken)
        taken.add(names[name])
    return replace(node, class_name=names[name])


def _form(node: Group | Repeat) -> object:
    return node.takes, alike(node.body)
