"""How much of the input one output of a layer sees, and how far apart neighbours look.

Branches meet in the smallest window that holds those of all of them. Where a network has several inputs, windows of
different inputs are laid on one another. A row of features has no places, so that nothing is said of it but that a
layer sees everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Protocol

from engine.design.kind import Kind, TensorSpec
from engine.design.reach import EVERYTHING, OWN, Reach, behind, repeated, together
from engine.design.tree import Again, Group, Layer, Node, Parallel, Repeat, node_name
from engine.design.tuples import NamedTuple
from engine.views.facts import Analysis, NodeFacts, StackFacts, turns_of

Seen = Reach | None
"""None where nothing is known: behind a fault, a kind without a rule, or branches that look at different places."""


class Row(Protocol):
    """A row of a summary, as far as it says of which node it speaks."""

    @property
    def node_id(self) -> int: ...
    @property
    def is_block(self) -> bool: ...


class Fields(NamedTuple):
    """What every node sees, by its id: once for every time that it comes, in the order of the code."""

    by_id: Mapping[int, Sequence[Seen]]
    before: Mapping[int, Seen]
    """What flows into a node where it comes first."""

    def of(self, node_id: int) -> Seen:
        """What a node sees where it comes first."""
        found = self.by_id.get(node_id)
        return found[0] if found else None

    def of_rows(self, rows: Iterable[Row]) -> list[Seen]:
        """What every row of a summary sees, where all turns are in the fields.

        A join that has a row of its own sees what its block does.
        """
        at: dict[int, int] = {}
        listed: list[Seen] = []
        blocks: set[int] = set()
        for row in rows:
            known = self.by_id.get(row.node_id, ())
            if row.is_block:
                blocks.add(row.node_id)
            place = at.get(row.node_id, 0)
            if row.node_id in blocks and not row.is_block:
                place -= 1
            else:
                at[row.node_id] = place + 1
            listed.append(known[place] if place < len(known) else None)
        return listed


def receptive_fields(analysis: Analysis, every_turn: bool = False, last: int = 0) -> Fields:
    """What the outputs of all nodes see of the network's input, or of those before and around the node `last`.

    Of a Repeat the first turn alone is listed, and the others counted at once, unless every turn is asked for.
    """
    notes = _Notes()
    most = analysis.turns if every_turn else 1
    inputs = {each.name: at_its_own_place(each.spec) for each in analysis.network.inputs}
    flow = next(iter(inputs.values()), None)
    fields = _ClassFields(inputs, most, notes)
    for each in analysis.body.nodes:
        flow = fields.node(each, flow)
        if last in notes.found:
            break
    return Fields(notes.found, notes.before)


def at_its_own_place(spec: TensorSpec) -> Reach:
    """What a place of an input sees: itself, along each axis behind the channels."""
    return (OWN,) * (len(spec.shape) - 1)


@lru_cache(maxsize=8192)
def _reach(kind: Kind, x: TensorSpec) -> Seen:
    """What a layer of that kind sees of its input; the walk is done at every key that is typed."""
    return kind.reach(x)


class _Notes:
    """What is written down on the way."""

    def __init__(self) -> None:
        self.found: dict[int, list[Seen]] = {}
        self.before: dict[int, Seen] = {}


class _ClassFields:
    """The walk inside one class of the exported code."""

    def __init__(self, inputs: Mapping[str, Seen], most: int | None, notes: _Notes) -> None:
        self.known: dict[str, Seen] = dict(inputs)
        self.named: dict[str, Node] = {}
        self.most = most
        self.notes = notes

    def stack(self, facts: StackFacts, seen: Seen) -> Seen:
        """What a stack's output sees."""
        for each in facts.nodes:
            seen = self.node(each, seen)
        return seen

    def node(self, facts: NodeFacts, seen: Seen) -> Seen:
        """What a node's output sees, noted under its id and its name."""
        node = facts.node
        self.notes.before.setdefault(node.id, seen)
        listed = self.notes.found.setdefault(node.id, [])
        place = len(listed)
        listed.append(None)
        seen = self._through(facts, node, seen) if facts.output is not None else self._lost(facts)
        listed[place] = seen
        if name := node_name(node):
            self.known[name] = seen
            self.named[name] = node
        return seen

    def _lost(self, facts: NodeFacts) -> Seen:
        """A node behind which nothing is known: what is known inside it is noted."""
        self._through(facts, facts.node, None)
        return None

    def _through(self, facts: NodeFacts, node: Node, seen: Seen) -> Seen:
        match node:
            case Layer():
                return self._layer(facts, node, seen)
            case Parallel():
                return self._parallel(facts, node, seen)
            case Group():
                within = self._inside(node)
                return within.stack(facts.stacks[0], seen) if facts.stacks else None
            case Repeat():
                return self._repeat(facts, node, seen)
            case Again():
                return self._again(facts, node, seen)

    def _layer(self, facts: NodeFacts, node: Layer, seen: Seen) -> Seen:
        if facts.input is None or facts.output is None or node.others:
            return None
        seen = behind(seen, _reach(node.kind, facts.input))
        if node.activation is not None and node.activation.vector:
            seen = behind(seen, node.activation.reach(facts.output))
        return seen

    def _parallel(self, facts: NodeFacts, node: Parallel, seen: Seen) -> Seen:
        branches = [
            self.stack(inner, self.known.get(inner.stack.source) if inner.stack.source else seen)
            for inner in facts.stacks
        ]
        outputs = tuple([inner.output for inner in facts.stacks if inner.output is not None])
        output = facts.output
        if output is None or not branches or len(outputs) < len(branches):
            return None
        joined = branches[0]
        for other in branches[1:]:
            joined = together(joined, other)
        places = output.shape[1:]
        if joined is not EVERYTHING and any(each.shape[1:] != places for each in outputs):
            return None
        joined = behind(joined, node.join.reach(outputs))
        if node.activation is not None and node.activation.vector:
            joined = behind(joined, node.activation.reach(output))
        return joined

    def _repeat(self, facts: NodeFacts, node: Repeat, seen: Seen) -> Seen:
        listed = turns_of(facts, self.most)
        for turn in listed:
            seen = self._inside(node).stack(turn, seen)
        # What is not listed is counted: turns that are known one by one, then those that are like the last.
        unlisted = _Notes()
        for turn in facts.stacks[len(listed) :]:
            seen = self._inside(node, unlisted).stack(turn, seen)
        rest = node.times - max(len(listed), len(facts.stacks))
        if rest < 1 or not facts.stacks or facts.output is None:
            return seen
        if not node.takes:
            here = self._inside(node, unlisted).stack(facts.stacks[-1], ())
            return behind(seen, repeated(here, rest))
        # What is handed in anew in each turn is no part of what a turn sees of the one before.
        for _ in range(rest):
            seen = self._inside(node, unlisted).stack(facts.stacks[-1], seen)
        return seen

    def _again(self, facts: NodeFacts, node: Again, seen: Seen) -> Seen:
        once = self.named.get(node.of)
        if once is None:
            return None
        first = facts._replace(node=once)
        seen = self._through(first, once, seen)
        if node.activation is not None and node.activation.vector and facts.output is not None:
            seen = behind(seen, node.activation.reach(facts.output))
        return seen

    def _inside(self, node: Group | Repeat, notes: _Notes | None = None) -> _ClassFields:
        """The walk inside a block, with what is handed into it."""
        given = {
            name: self.known.get(other)
            for name, other in zip(node.takes, node.others, strict=False)
        }
        return _ClassFields(given, self.most, notes or self.notes)
