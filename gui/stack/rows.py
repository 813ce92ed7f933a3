"""The stack as a list of rows: what stands below what, how deep, and folded or not. Free of Qt.

A row is a small tuple that equals its former self where nothing about it has changed, so that comparing two lists says
which cards an edit touched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.catalogue.datasets import Dataset
from engine.design.address import Place, stack_at
from engine.design.forms import continues
from engine.design.kind import Activation, TensorSpec
from engine.design.knob import Entry
from engine.design.project import Project
from engine.design.tree import (
    Again,
    Group,
    Input,
    Layer,
    Network,
    Node,
    Parallel,
    Repeat,
    Stack,
    stacks_of,
    walk,
)  # fmt: skip
from engine.design.tuples import NamedTuple
from engine.views.facts import Analysis, Fault, NodeFacts, StackFacts
from engine.views.spans import NOTHING

MANY_NODES = 60
"""From this many on, the blocks of a network that is opened are folded at first."""


class InputRow(NamedTuple):
    """The first card: what the network takes and where rows come from."""

    inputs: tuple[Input, ...]
    dataset: Entry
    scaling: str
    faults: tuple[Fault, ...] = ()
    depth: int = 0


class NodeRow(NamedTuple):
    """The card of a node. `parent` (0: the network) and `branch` say which stack it stands in."""

    facts: NodeFacts
    depth: int
    parent: int
    branch: int
    faults: tuple[Fault, ...]
    folded: bool
    linked: bool
    """Whether what the row above gives flows into this one."""

    @property
    def node(self) -> Node:
        return self.facts.node


class BranchRow(NamedTuple):
    """The line above a branch of a Parallel; or what stands in a block, or a network, that is empty."""

    parent: int
    branch: int
    name: str
    source: str
    empty: bool
    among: int
    """How many branches there are; 1 for the body of a block or of the network."""
    depth: int
    output: TensorSpec | None = None
    """What the branch gives to the join; None where that is unknown."""

    @property
    def placeholder(self) -> bool:
        """Whether it stands for a body that is empty."""
        return self.among == 1


class OutputRow(NamedTuple):
    """The last card: what comes out, and how it is judged where there is something to judge it by."""

    spec: TensorSpec | None
    loss: Entry | None
    """None for rows without a target, of which no loss is ever asked."""
    activation: Activation | None = None
    """What the output has come through last."""
    depth: int = 0


Row = InputRow | NodeRow | BranchRow | OutputRow
Key = tuple[str, int, int]
"""What a row keeps through edits: its sort, the id of its node and the number of its branch."""


def key_of(row: Row) -> Key:
    """What says that a row of another list is this one."""
    match row:
        case NodeRow():
            return ("node", row.node.id, 0)
        case BranchRow():
            return ("branch", row.parent, row.branch)
        case InputRow():
            return ("input", 0, 0)
        case OutputRow():
            return ("output", 0, 0)


def node_id_of(row: Row) -> int:
    """The node that is selected with the row; 0, the network itself, for input and output."""
    match row:
        case NodeRow():
            return row.node.id
        case BranchRow():
            return row.parent
        case InputRow() | OutputRow():
            return 0


def is_block(node: Node) -> bool:
    """Whether a node holds others and so can be folded; where the flow only goes on from elsewhere, nothing is held."""
    if continues(node):
        return any(branch.nodes for branch in node.branches)
    return isinstance(node, Group | Repeat | Parallel)


def rows_of(project: Project, analysis: Analysis, folded: frozenset[int]) -> list[Row]:
    """All rows of a project, those inside folded blocks left out."""
    faults: dict[int, tuple[Fault, ...]] = {}
    for fault in analysis.faults:
        faults[fault.node_id] = (*faults.get(fault.node_id, ()), fault)
    network, data = project.network, project.data
    rows: list[Row] = [InputRow(network.inputs, data.set, data.scaling, faults.get(0, ()))]
    if not network.body.nodes:
        rows.append(BranchRow(0, 0, "", "", True, 1, 0))
    _add_rows(rows, analysis.body, (0, 0, 0), folded, faults)
    judged = isinstance(data.set, Dataset) and data.set.predicts()
    loss = project.training.loss if judged else None
    rows.append(OutputRow(analysis.output, loss, last_activation(network.body)))
    return rows


def last_activation(stack: Stack) -> Activation | None:
    """The activation that a stack's output comes from; None where it is none, or not one alone."""
    match stack.nodes[-1] if stack.nodes else None:
        case Layer(kind=Activation() as own, activation=None):
            return own
        case (
            Layer(activation=activation)
            | Parallel(activation=activation)
            | Again(activation=activation)
        ):
            return activation
        case Group(body=body) | Repeat(body=body):
            return last_activation(body)
        case None:
            return None


def _add_rows(
    rows: list[Row],
    stack: StackFacts,
    where: tuple[int, int, int],
    folded: frozenset[int],
    faults: Mapping[int, tuple[Fault, ...]],
) -> None:
    """Add the rows of one stack; `where` is its depth, the block that it is in and its branch there."""
    depth, parent, branch = where
    linked = not (rows and isinstance(rows[-1], BranchRow) and rows[-1].depth == depth)
    for facts in stack.nodes:
        node = facts.node
        own = faults.get(node.id, ()) if faults else ()
        if type(node) is Layer:  # most nodes of a long stack, whose rows are made in one go
            rows.append(NodeRow(facts, depth, parent, branch, own, False, linked))
            linked = True
            continue
        closed = node.id in folded
        rows.append(NodeRow(facts, depth, parent, branch, own, closed, linked))
        linked = True
        if closed or not is_block(node):
            continue
        inner = inner_stacks(facts)
        for number, body in enumerate(inner):
            if isinstance(node, Parallel) or not body.nodes:
                source, name, empty = body.stack.source, body.stack.name, not body.nodes
                heading = BranchRow(node.id, number, name, source, empty, len(inner), depth + 1)
                rows.append(heading._replace(output=body.output))
            _add_rows(rows, body, (depth + 1, node.id, number), folded, faults)


def inner_stacks(facts: NodeFacts) -> tuple[StackFacts, ...]:
    """The stacks inside a node, one a branch; the first turn of a Repeat; shapes unknown where the walk stopped."""
    stacks = stacks_of(facts.node)
    known = facts.stacks[: len(stacks)]
    return known + tuple(map(_unknown, stacks[len(known) :]))


def _unknown(stack: Stack) -> StackFacts:
    nodes = tuple(NodeFacts(node, None, None, NOTHING) for node in stack.nodes)
    return StackFacts(stack, None, None, nodes, NOTHING)


def changed_rows(old: Sequence[Row], new: Sequence[Row]) -> tuple[int, int]:
    """How many rows at the beginning and how many at the end are the same in both."""
    shorter = min(len(old), len(new))
    start = 0
    while start < shorter and old[start] == new[start]:
        start += 1
    end = 0
    while end < shorter - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return start, end


def folded_at_first(network: Network) -> frozenset[int]:
    """The blocks that are folded when a network is opened: all of them where it is large."""
    nodes = list(walk(network.body))
    if len(nodes) < MANY_NODES:
        return frozenset()
    return frozenset(node.id for node in nodes if is_block(node))


def blocks_around(network: Network, node_id: int) -> tuple[int, ...]:
    """The ids of the blocks that a node lies in, the outermost first; () where it is not there."""

    def search(stack: Stack) -> tuple[int, ...] | None:
        for node in stack.nodes:
            if node.id == node_id:
                return ()
            for inner in stacks_of(node):
                found = search(inner)
                if found is not None:
                    return (node.id, *found)
        return None

    return search(network.body) or ()


def layers_in(stack: Stack) -> int:
    """How many Layers a stack comes to, each turn of a Repeat counted; known also where shapes are not."""
    total = 0
    for node in stack.nodes:
        match node:
            case Layer():
                total += 1
            case Repeat():
                total += layers_in(node.body) * max(node.times, 0)
            case Again():
                pass
            case Parallel() | Group():
                total += sum(map(layers_in, stacks_of(node)))
    return total


def stack_of(network: Network, row: NodeRow) -> Stack:
    """The stack that a row's node stands in."""
    return stack_at(network.body, Place(0, row.parent, row.branch))
