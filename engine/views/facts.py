"""What the walk over a design finds out: shapes, counts and faults, node by node.

These are tuples rather than dataclasses because a walk over a thousand layers makes thousands of them in a few
milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from functools import cached_property

from engine.design import limits
from engine.design.edit import Edit
from engine.design.kind import TensorSpec
from engine.design.scope_names import ScopeNames
from engine.design.tree import Group, Layer, Network, Node, Parallel, Repeat, Stack, node_name
from engine.design.tuples import NamedTuple
from engine.views.rules import Totals, Weight, weights_of

MOST_NODES = limits.MOST_NODES
"""Layers and blocks of a network in all turns of its Repeats: more modules than torch could build in minutes."""


class Shared(NamedTuple):
    """What ties make one, and so what one layer must not count."""

    parameters: int
    trainable: int


class FaultMend(NamedTuple):
    """One click that repairs a fault: what its button says, and the edit.

    `cost` are the parameters that it adds, None where that is unknown or no mend of the fault adds any.
    """

    title: str
    edit: Edit
    cost: int | None = None


class Fault(NamedTuple):
    """What is wrong with one node, in the words of a good colleague; `node_id` 0 is the network itself."""

    node_id: int
    place: str
    needs: str
    got: str = ""
    mends: tuple[FaultMend, ...] = ()

    @property
    def sentence(self) -> str:
        """The fault in one sentence, place included."""
        return f"{self.place} {self.message}"

    @property
    def message(self) -> str:
        """The same without the place, for a card that already says where it is."""
        return f"needs {self.needs}, but gets {self.got}." if self.got else f"needs {self.needs}."


class NodeFacts(NamedTuple):
    """One node with what flows in and out; None where that is unknown. `fault` is this node's own."""

    node: Node
    input: TensorSpec | None
    output: TensorSpec | None
    totals: Totals
    fault: Fault | None = None
    stacks: tuple[StackFacts, ...] = ()

    @property
    def weights(self) -> tuple[Weight, ...]:
        """The parameters of a Layer, its activation's included; none for other nodes or where the shape is unknown."""
        return weights_of(self.node, self.input) if isinstance(self.node, Layer) else ()


class StackFacts(NamedTuple):
    """The nodes of one stack; `blocks` are those of them that are no plain layers.

    What follows `blocks` is filled for the body of a class only: its names, and their faults.
    """

    stack: Stack
    input: TensorSpec | None
    output: TensorSpec | None
    nodes: tuple[NodeFacts, ...]
    totals: Totals
    blocks: tuple[NodeFacts, ...] = ()
    names: ScopeNames | None = None
    naming: tuple[Fault, ...] = ()

    @property
    def reads(self) -> bool:
        """Whether a node of the class speaks of another one by name."""
        return self.names is not None and self.names.reads


class Analysis:
    """All that follows from a network without building it."""

    def __init__(
        self, network: Network, body: StackFacts, faults: tuple[Fault, ...], ties: Mapping[str, Shared],
        class_faults: tuple[Fault, ...] = (), more: tuple[TensorSpec | None, ...] = (),
        sound: Analysis | None = None,
    ) -> None:  # fmt: skip
        self.network = network
        self.body = body
        self.faults = faults
        self.ties = ties
        """What ties make one, by the path of the layer whose count must leave it out."""
        self.shared = sum(each.parameters for each in ties.values())
        """Parameters that ties make one with others."""
        self.more = more
        """What is returned beside what flows out; None for what is unknown."""
        self.class_faults = class_faults
        """Those of the faults that are about class names."""
        self.sound = sound if faults else None
        """What was known before an edit brought a fault; None where nothing is wrong, or it never was otherwise.

        Behind a fault nothing is known, so a mend, or the digit that is taken back, goes on from here.
        """

    @property
    def output(self) -> TensorSpec | None:
        return self.body.output

    @property
    def valid(self) -> bool:
        return not self.faults

    @property
    def totals(self) -> Totals:
        """Of the whole network, or of its sound part where it has faults; shared weights counted once."""
        counted = self.body.totals
        if not self.ties:
            return counted
        trainable = sum(each.trainable for each in self.ties.values())
        return counted._replace(parameters=counted.parameters - self.shared,
                                trainable=counted.trainable - trainable)  # fmt: skip

    def facts(self, node_id: int) -> NodeFacts | None:
        """The facts of a node, those of its first turn inside a Repeat; None for an id that is not there."""
        entry = self._found(node_id)
        return entry[1] if entry else None

    def name_of(self, node_id: int) -> str:
        """Its path in the `state_dict`, with the first turn of each Repeat around it."""
        entry = self._found(node_id)
        return entry[0] if entry else ""

    def faults_of(self, node_id: int) -> tuple[Fault, ...]:
        return tuple(fault for fault in self.faults if fault.node_id == node_id)

    def places(self) -> Iterator[tuple[str, int, NodeFacts]]:
        """Path, depth and facts of every node, parents first and every turn of a Repeat, in the order of the code.

        One turn alone where all would be more than MOST_NODES, which is a fault.
        """
        yield from walk_places(self.body, "", 0, self.turns)

    def with_faults(self, faults: tuple[Fault, ...]) -> Analysis:
        """The same with other words or mends for its faults; what was looked up stays found."""
        worded = copy(self)
        worded.faults = faults
        return worded

    @property
    def turns(self) -> int | None:
        """How many turns of a Repeat are shown at most, None for all."""
        return 1 if self.body.totals.layers + self.body.totals.blocks > MOST_NODES else None

    def _found(self, node_id: int) -> tuple[str, NodeFacts] | None:
        """Looked for at the top first: a table of all is not worth making for one node after each edit."""
        facts = self._top.get(node_id)
        if facts is not None:
            return node_name(facts.node) or f"({label(facts.node)})", facts
        return self._by_id.get(node_id)

    @cached_property
    def _top(self) -> dict[int, NodeFacts]:
        return {facts.node.id: facts for facts in self.body.nodes}

    @cached_property
    def _by_id(self) -> dict[int, tuple[str, NodeFacts]]:
        found: dict[int, tuple[str, NodeFacts]] = {}
        for path, _, facts in walk_places(self.body, "", 0, turns=1):
            found.setdefault(facts.node.id, (path, facts))
        return found


def walk_places(
    body: StackFacts, prefix: str, depth: int, turns: int | None = None, numbered: bool = False
) -> Iterator[tuple[str, int, NodeFacts]]:
    """Path, depth and facts of all nodes; at most `turns` turns of each Repeat.

    A node without an attribute of its own is shown by what it is, in brackets: `stage1.(Add)`.
    """
    for position, facts in enumerate(body.nodes):
        node = facts.node
        name = str(position) if numbered else node_name(node) or f"({label(node)})"
        path = prefix + name
        yield path, depth, facts
        match node:
            case Group():
                inside = not node.class_name
                yield from (
                    walk_places(facts.stacks[0], f"{path}.", depth + 1, turns, inside)
                    if facts.stacks
                    else ()
                )
            case Repeat():
                for turn, inner in enumerate(turns_of(facts, turns)):
                    yield from walk_places(inner, f"{path}.{turn}.", depth + 1, turns)
            case Parallel():
                for branch in facts.stacks:
                    yield from walk_places(branch, prefix, depth + 1, turns)
            case _:
                pass


def turns_of(facts: NodeFacts, most: int | None = None) -> tuple[StackFacts, ...]:
    """Every turn of a Repeat, also those that are like the last known one; the known ones alone where it is faulty."""
    assert isinstance(facts.node, Repeat)
    stacks = facts.stacks
    if facts.output is not None:
        stacks += stacks[-1:] * (facts.node.times - len(stacks))
    return stacks[:most]


def label(node: Node) -> str:
    """What a node is, in a word."""
    match node:
        case Layer():
            return node.kind.title()
        case Parallel():
            return node.join.title()
        case Group():
            return node.class_name or "Sequential"
        case Repeat():
            return f"{node.class_name} × {node.times}"
        case _:
            return f"{node.of} again"
