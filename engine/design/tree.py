"""The design: a tree of frozen values. Every view of it is a pure function; an edit makes a new tree.

`Node.id` comes from a counter in the Network, so that selection and live weights can follow a layer through edits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import is_

from engine.design.kind import Activation, Gathered, Initializer, Join, Kind, TensorSpec
from engine.design.value import field, replace, value

DEEPEST = 64
"""Levels of nesting: more than any paper draws, few enough for plain recursion."""


@value
class Layer:
    """One torch module, with the activation that follows it and an initializer for each tensor that has its own.

    A tensor that `initializers` does not name keeps torch's default. `name` is the attribute in the exported class;
    "" inside a Group without a class name, whose children are numbered.
    """

    id: int
    name: str
    kind: Kind
    activation: Activation | None = None
    initializers: tuple[tuple[str, Initializer], ...] = ()
    frozen: bool = False
    note: str = ""
    others: tuple[str, ...] = ()
    """What it takes beside what flows in: names of inputs or of earlier nodes of the class."""

    def initializer(self, tensor: str) -> Initializer | None:
        """The initializer of one tensor, None where torch's default stays."""
        return dict(self.initializers).get(tensor)

    def tensors(self) -> tuple[str, ...]:
        """Names of the tensors that an initializer can be for, whatever its fields: the kind's and its activation's."""
        if self.activation is None or not self.activation.tensors:
            return self.kind.tensors
        return (*self.kind.tensors, *(f"activation.{name}" for name in self.activation.tensors))


@value
class Stack:
    """Nodes one after another.

    `source` is "" for what flows in, or the name of an input or of an earlier named node (a recall). `name` is the
    local variable of a branch in the exported code, "" for the writer's own choice.
    """

    # What engine.design.scope_names knows of a stack. It follows from the stack, so it is none of its fields.
    __slots__ = ("__dict__", "__weakref__", "came_from", "known_names")

    nodes: tuple[Node, ...] = ()
    source: str = ""
    name: str = ""


@value
class Parallel:
    """Branches side by side whose results are joined; an empty branch is the identity and comes first."""

    id: int
    join: Join
    branches: tuple[Stack, ...]
    activation: Activation | None = None
    note: str = ""


@value
class Group:
    """A part with a name: folds to one card, becomes a class of the code, or an nn.Sequential without `class_name`."""

    id: int
    name: str
    class_name: str
    body: Stack
    note: str = ""
    takes: tuple[str, ...] = ()
    """Further values that are handed in, by the names that they have inside."""
    others: tuple[str, ...] = ()
    """Which these are here: names of inputs or of earlier nodes of the class around it."""


@value
class Repeat:
    """A body several times over, each time with weights of its own."""

    id: int
    name: str
    class_name: str
    body: Stack
    times: int
    note: str = ""
    takes: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@value
class Again:
    """The module of an earlier node of the same class once more, with the same weights."""

    id: int
    of: str
    activation: Activation | None = None
    note: str = ""
    others: tuple[str, ...] = ()


Node = Layer | Parallel | Group | Repeat | Again
Block = Group | Repeat


@value
class Input:
    """One value that the network takes: a name and its shape without the batch."""

    name: str
    spec: TensorSpec


@value
class Tie:
    """Two parameters that are one: the tensor at `path` (as in the `state_dict`) is the very tensor at `owner`."""

    path: str
    owner: str


@value
class Network:
    """A whole network; `next_id` is the id of the next node that an edit makes."""

    name: str = "Net"
    inputs: tuple[Input, ...] = (Input("x", TensorSpec((2,))),)
    body: Stack = field(default_factory=Stack)
    ties: tuple[Tie, ...] = ()
    next_id: int = 1
    outputs: tuple[str, ...] = ()
    """What it returns beside what flows out: names of inputs or nodes of its own class."""


def alone(layer: Layer, x: TensorSpec) -> Network:
    """A network that holds nothing but one layer, fed with what flows into it and with what it takes beside that."""
    others = x.others if isinstance(x, Gathered) else ()
    own = x.alone if isinstance(x, Gathered) else x
    names = ["value", *(f"value{number}" for number in range(2, len(others) + 2))]
    inputs = tuple(map(Input, names, (own, *others)))
    lone = replace(layer, id=1, name="alone", others=tuple(names[1:]))
    return Network(inputs=inputs, body=Stack((lone,)), next_id=2)


def node_name(node: Node) -> str:
    """The attribute in the exported class; "" for nodes that have none."""
    match node:
        case Layer() | Group() | Repeat():
            return node.name
        case Parallel() | Again():
            return ""


def others_of(node: Node) -> tuple[str, ...]:
    """What a node takes beside what flows in, by name."""
    match node:
        case Layer() | Group() | Repeat() | Again():
            return node.others
        case Parallel():
            return ()


GIVEN = "."
"""Stands between a layer's name and what it gives beside what flows on: `pool1.indices`."""


def owner_of(name: str) -> str:
    """The node or input that a value taken by name is of: `pool1` for `pool1.indices`, or the whole name."""
    return name.partition(GIVEN)[0]


def spoken(name: str, name_of: Callable[[str], str]) -> str:
    """The name of a value with that of its node passed through `name_of`."""
    whole = name_of(name)
    owner, dot, part = name.partition(GIVEN)
    return whole if whole != name or not dot else f"{name_of(owner)}{dot}{part}"


def stacks_of(node: Node) -> tuple[Stack, ...]:
    """The stacks directly inside a node."""
    match node:
        case Parallel():
            return node.branches
        case Group() | Repeat():
            return (node.body,)
        case Layer() | Again():
            return ()


def with_stacks(node: Node, stacks: tuple[Stack, ...]) -> Node:
    """The node with other stacks inside; the very node when they are the ones it has."""
    old = stacks_of(node)
    if len(stacks) == len(old) and all(map(is_, stacks, old)):
        return node
    match node:
        case Parallel():
            return replace(node, branches=stacks)
        case Group() | Repeat():
            return replace(node, body=stacks[0])
        case Layer() | Again():
            return node


def walk(stack: Stack) -> Iterator[Node]:
    """Every node, parents before children, in the order of the code."""
    for node in stack.nodes:
        yield node
        for inner in stacks_of(node):
            yield from walk(inner)


def find(stack: Stack, node_id: int) -> Node | None:
    """The node of that id."""
    for node in stack.nodes:
        if node.id == node_id:
            return node
        if type(node) is not Layer:
            for inner in stacks_of(node):
                found = find(inner, node_id)
                if found is not None:
                    return found
    return None


def scope(stack: Stack) -> Iterator[Node]:
    """The nodes of one class: those of the stack and of the branches in it, but not inside Groups and Repeats."""
    for node in stack.nodes:
        yield node
        if isinstance(node, Parallel):
            for branch in node.branches:
                yield from scope(branch)
