"""What the walk over a design finds out: shapes, counts and faults, node by node.

These are tuples rather than dataclasses because a walk over a thousand layers makes thousands of them in a few
milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from engine.design.edit import Edit
from engine.design.kind import TensorSpec
from engine.design.tree import Group, Layer, Network, Node, Parallel, Repeat, Stack, node_name
from engine.views.rules import Totals, Weight, weights_of


class FaultMend(NamedTuple):
    """One click that repairs a fault: what its button says, and the edit."""

    title: str
    edit: Edit


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
    """The nodes of one stack; `names` and `naming` are filled for the body of a class only."""

    stack: Stack
    input: TensorSpec | None
    output: TensorSpec | None
    nodes: tuple[NodeFacts, ...]
    totals: Totals
    reads: bool = False
    names: dict[str, int] | None = None
    naming: tuple[Fault, ...] = ()


class Analysis:
    """All that follows from a network without building it."""

    def __init__(
        self, network: Network, body: StackFacts, faults: tuple[Fault, ...], shared: int
    ) -> None:
        self.network = network
        self.body = body
        self.faults = faults
        self.shared = shared
        """Parameters that ties make one with others."""

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
        if not self.shared:
            return counted
        return counted._replace(parameters=counted.parameters - self.shared,
                                trainable=counted.trainable - self.shared)  # fmt: skip

    def facts(self, node_id: int) -> NodeFacts | None:
        """The facts of a node, those of its first turn inside a Repeat; None for an id that is not there."""
        entry = self._by_id.get(node_id)
        return entry[1] if entry else None

    def name_of(self, node_id: int) -> str:
        """Its path in the `state_dict`, with the first turn of each Repeat around it."""
        entry = self._by_id.get(node_id)
        return entry[0] if entry else ""

    def faults_of(self, node_id: int) -> tuple[Fault, ...]:
        return tuple(fault for fault in self.faults if fault.node_id == node_id)

    def places(self) -> Iterator[tuple[str, int, NodeFacts]]:
        """Path, depth and facts of every node, parents first and every turn of a Repeat, in the order of the code."""
        yield from walk_places(self.body, "", 0)

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
                known = len(facts.stacks)
                count = min(node.times, turns or node.times) if known else 0
                for turn in range(count):
                    yield from walk_places(
                        facts.stacks[min(turn, known - 1)], f"{path}.{turn}.", depth + 1, turns
                    )
            case Parallel():
                for branch in facts.stacks:
                    yield from walk_places(branch, prefix, depth + 1, turns)
            case _:
                pass


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
