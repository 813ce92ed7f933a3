"""A design as straight runs: what flows directly into what, with Groups and Repeats opened.

A branch is a run of its own, and a Parallel or a second use stands in its run as one opaque step.
Advice about neighbours reads these, so that it holds across the borders of blocks.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.catalogue.dropout import Dropping
from engine.catalogue.linear import Identity
from engine.catalogue.shaping import Flatten, Unflatten
from engine.design.kind import Activation, Kind, TensorSpec
from engine.design.tree import Again, Group, Layer, Node, Parallel, Repeat
from engine.design.tuples import NamedTuple
from engine.views.facts import NodeFacts, StackFacts

TURNS = 3
"""Turns of a Repeat that a run shows: enough to see what meets what, and that something goes on."""

PASSING = (Identity, Dropping, Flatten, Unflatten)
"""Kinds that keep a linear map linear, as far as the function computed in evaluation goes."""


class Run(NamedTuple):
    """Nodes one after another.

    `join` is the Parallel that the run is a branch of, `last` says whether it gives the network's output, `recalled`
    holds the ids of nodes whose output is also read elsewhere, and `last_map` is the place of the last node with
    weights, -1 where there is none.
    """

    nodes: list[NodeFacts]
    join: Parallel | None
    last: bool
    recalled: set[int]
    last_map: int


class Step(NamedTuple):
    """A layer at its place in a run."""

    run: Run
    at: int
    facts: NodeFacts
    layer: Layer

    @property
    def input(self) -> TensorSpec | None:
        return self.facts.input

    @property
    def output(self) -> TensorSpec | None:
        return self.facts.output

    def following(self) -> Iterator[NodeFacts]:
        """What comes behind it in its run."""
        nodes = self.run.nodes
        return (nodes[index] for index in range(self.at + 1, len(nodes)))

    def next_acting(self) -> NodeFacts | None:
        """The first node behind it that does more than pass on, hide or reshape."""
        return next((facts for facts in self.following() if not passes(facts.node)), None)

    def activation(self) -> Activation | None:
        """The activation that its numbers go through next: its own, or a layer of that kind behind it."""
        if self.layer.activation is not None:
            return self.layer.activation
        behind = self.next_acting()
        if behind is None or not isinstance(behind.node, Layer):
            return None
        kind = behind.node.kind
        return kind if isinstance(kind, Activation) else None

    def is_hidden(self) -> bool:
        """Whether another layer with weights computes on with its result."""
        return not self.run.last or self.at < self.run.last_map


class _Draft(NamedTuple):
    nodes: list[NodeFacts]
    join: Parallel | None
    recalled: set[int]


def runs(body: StackFacts) -> list[Run]:
    """All runs of a network, the main one first."""
    drafts = [_Draft([], None, set())]
    _laid(body, drafts[0], drafts)
    return [
        Run(nodes, join, place == 0, recalled, _last_map(nodes))
        for place, (nodes, join, recalled) in enumerate(drafts)
    ]


def _last_map(nodes: list[NodeFacts]) -> int:
    backward = range(len(nodes) - 1, -1, -1)
    return next((place for place in backward if bears_weights(nodes[place])), -1)


def _laid(stack: StackFacts, run: _Draft, drafts: list[_Draft], turns: int = TURNS) -> None:
    """Append the nodes of a stack to a run; the branches in it become runs of their own.

    Behind the first turn of a Repeat those inside it are laid out once: what meets what is known by then, and Repeats
    within Repeats stay few.
    """
    append = run.nodes.append
    names: dict[str, int] = {}
    for facts in stack.nodes:
        node = facts.node
        match node:
            case Layer():
                append(facts)
            case Group():
                for inner in facts.stacks:
                    _laid(inner, run, drafts, turns)
            case Repeat():
                for turn in range(min(node.times, turns) if facts.stacks else 0):
                    inner = facts.stacks[min(turn, len(facts.stacks) - 1)]
                    _laid(inner, run, drafts, 1 if turn else turns)
            case Parallel() | Again():
                append(facts)
        if isinstance(node, Parallel | Again) or node.others:
            names = names or _ids(stack)
            run.recalled.update(names[name] for name in _spoken_of(node) if name in names)
        if isinstance(node, Parallel):
            for branch in facts.stacks:
                inside = _Draft([], node, run.recalled)
                drafts.append(inside)
                _laid(branch, inside, drafts, turns)


def _ids(stack: StackFacts) -> dict[str, int]:
    """Ids of the named nodes of a stack and of the branches in it."""
    found: dict[str, int] = {}
    for facts in stack.nodes:
        if isinstance(facts.node, Layer | Group | Repeat):
            found[facts.node.name] = _last_id(facts)
        elif isinstance(facts.node, Parallel):
            for branch in facts.stacks:
                found.update(_ids(branch))
    return found


def _last_id(facts: NodeFacts) -> int:
    """The node that makes the result: the last one inside a block."""
    if isinstance(facts.node, Group | Repeat) and facts.stacks and facts.stacks[-1].nodes:
        return _last_id(facts.stacks[-1].nodes[-1])
    return facts.node.id


def _spoken_of(node: Node) -> Iterator[str]:
    match node:
        case Again():
            yield node.of
            yield from node.others
        case Parallel():
            for branch in node.branches:
                if branch.source:
                    yield branch.source
                for inner in branch.nodes:
                    yield from _spoken_of(inner)
        case Layer() | Group() | Repeat():
            yield from node.others


def passes(node: Node) -> bool:
    """Whether a node only passes on, hides at random or reshapes what it gets."""
    return isinstance(node, Layer) and node.activation is None and isinstance(node.kind, PASSING)


def bears_weights(facts: NodeFacts) -> bool:
    """Whether a node is or holds a map with weights of its own."""
    node = facts.node
    return _is_map(node.kind) if isinstance(node, Layer) else bool(facts.totals.parameters)


def _is_map(kind: Kind) -> bool:
    return kind.family not in ("norm", "activation", "dropout", "shaping") and not isinstance(
        kind, Identity
    )
