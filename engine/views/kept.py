"""What autograd keeps of a whole training pass, and what of a pass without it is in memory at once.

The walk gives every value a storage of its own, and a kind says which of them it needs on the way back (`Kind.kept`). A
storage that several layers need is kept once. What no trained layer comes before needs no way back and is not kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod

from engine.design.kept import INDEX_BYTES, Kept
from engine.design.kind import Gathered, TensorSpec
from engine.design.tree import Again, Group, Layer, Node, Parallel, Repeat, node_name, others_of
from engine.design.tuples import NamedTuple
from engine.design.value import replace
from engine.views.facts import Analysis, NodeFacts, StackFacts


class Value(NamedTuple):
    """A value on its way through the network: where it lies, and whether a gradient comes back to it."""

    storage: int
    has_gradient: bool


class Passes(NamedTuple):
    """Per sample: numbers and bytes of other types that training keeps, and the most numbers at once without it."""

    numbers: int
    bytes: int
    most_at_once: int


def passes(analysis: Analysis) -> Passes:
    """What a pass of one sample keeps, inputs included where a layer needs them; of the sound part alone."""
    memory = _Memory()
    inputs = {each.name: memory.new(each.spec, False) for each in analysis.network.inputs}
    flow = next(iter(inputs.values()), None)
    if flow is not None:
        within = _ClassPass(inputs, memory, _read_in(analysis.body))
        within.held = frozenset(each.storage for each in inputs.values())
        within.stack(analysis.body, flow)
    return Passes(memory.kept_numbers, memory.kept_bytes, memory.most)


class _Memory:
    """The storages of a pass, and what is kept of them."""

    def __init__(self) -> None:
        self.kept_numbers = 0
        self.kept_bytes = 0
        self.most = 0
        self._specs: list[TensorSpec] = []
        self._kept: set[int] = set()

    def new(self, spec: TensorSpec, has_gradient: bool) -> Value:
        self._specs.append(spec)
        return Value(len(self._specs) - 1, has_gradient)

    def spec(self, value: Value) -> TensorSpec:
        return self._specs[value.storage]

    def keep(self, value: Value) -> None:
        """Keep a value; one that is kept already costs nothing."""
        if value.storage in self._kept:
            return
        self._kept.add(value.storage)
        spec = self._specs[value.storage]
        if spec.dtype == "float32":
            self.kept_numbers += spec.elements
        else:
            self.kept_bytes += INDEX_BYTES * spec.elements

    def times(self, before: tuple[int, int], turns: int) -> None:
        """Count what came since `before` so many times more."""
        self.kept_numbers += turns * (self.kept_numbers - before[0])
        self.kept_bytes += turns * (self.kept_bytes - before[1])

    @property
    def so_far(self) -> tuple[int, int]:
        return self.kept_numbers, self.kept_bytes

    def at_once(self, storages: frozenset[int]) -> None:
        """Note that these are in memory at the same time."""
        self.most = max(self.most, sum([prod(self._specs[each].shape) for each in storages]))


class _ClassPass:
    """A pass through one class of the exported code."""

    def __init__(self, inputs: Mapping[str, Value], memory: _Memory, read: frozenset[str]) -> None:
        self.known: dict[str, Value] = dict(inputs)
        self.named: dict[str, Node] = {}
        self.memory = memory
        self.read = read
        """Names that something later speaks of, so that their values stay."""
        self.held: frozenset[int] = frozenset()
        """Storages that stay in memory whatever flows: those of callers, inputs and names."""

    def stack(self, facts: StackFacts, value: Value) -> Value | None:
        """What flows out of a stack; None where that is unknown."""
        for each in facts.nodes:
            out = self.node(each, value)
            if out is None:
                return None
            value = out
        return value

    def node(self, facts: NodeFacts, value: Value) -> Value | None:
        node = facts.node
        out = self._through(facts, node, value) if facts.output is not None else None
        if out is not None and (name := node_name(node)):
            self.known[name] = out
            self.named[name] = node
            if name in self.read:
                self.held |= {out.storage}
        return out

    def _through(self, facts: NodeFacts, node: Node, value: Value) -> Value | None:
        match node:
            case Layer():
                return self._layer(facts, node, value)
            case Parallel():
                return self._parallel(facts, node, value)
            case Group():
                if not facts.stacks:
                    return None
                return self._inside(node, facts.stacks[0], value).stack(facts.stacks[0], value)
            case Repeat():
                return self._repeat(facts, node, value)
            case Again():
                once = self.named.get(node.of)
                if once is None:
                    return None
                match once:
                    case Layer():
                        once = replace(once, activation=node.activation, others=node.others)
                    case Group() | Repeat():
                        once = replace(once, others=node.others)
                    case Parallel() | Again():
                        return None
                return self._through(facts._replace(node=once), once, value)

    def _layer(self, facts: NodeFacts, node: Layer, value: Value) -> Value | None:
        x, output = facts.input, facts.output
        if x is None or output is None:
            return None
        values = [value, *self._others(node.others)]
        if len(values) > 1:
            x = Gathered(x.shape, x.dtype, tuple(map(self.memory.spec, values[1:])))
        trained = bool(facts.totals.trainable)
        if not trained and isinstance(x, Gathered):
            trained = any(each.has_gradient for each in values)
        between = output if node.activation is None else node.kind.output(x)
        own = trained and not node.frozen and bool(node.kind.weights(x))
        result = self._operation(node.kind.kept(x), values, between, own)
        if node.activation is None:
            return result
        weights = trained and bool(node.activation.weights(between))
        after = self._operation(node.activation.kept(between), [result], output, weights)
        self.memory.at_once(self.held | {value.storage, result.storage, after.storage})
        return after

    def _operation(
        self, kept: Kept, values: list[Value], output: TensorSpec, has_weights: bool
    ) -> Value:
        """One operation of torch; what it gives."""
        memory = self.memory
        if kept.is_view and len(values) == 1:
            return values[0]
        reaches = any(each.has_gradient for each in values)
        result = memory.new(output, reaches or has_weights)
        memory.at_once(self.held | {values[0].storage, result.storage})
        if reaches or has_weights:
            if kept.input or (kept.input_for_weights and has_weights):
                for each in values:
                    memory.keep(each)
            if kept.output:
                memory.keep(result)
            memory.kept_numbers += kept.numbers
            memory.kept_bytes += kept.bytes
        return result

    def _parallel(self, facts: NodeFacts, node: Parallel, value: Value) -> Value | None:
        memory, held = self.memory, self.held
        self.held |= {value.storage}
        results: list[Value] = []
        for branch in facts.stacks:
            start = self.known.get(branch.stack.source) if branch.stack.source else value
            out = self.stack(branch, start) if start is not None else None
            if out is None:
                self.held = held
                return None
            results.append(out)
            self.held |= {out.storage}
        output = facts.output
        assert output is not None
        if len(results) == 1:
            joined = results[0]
        else:
            joined = memory.new(output, any(each.has_gradient for each in results))
            if joined.has_gradient and node.join.keeps_branches:
                for each in results:
                    memory.keep(each)
            memory.at_once(self.held | {joined.storage})
        # What a name holds that stands in a branch stays; the rest of what was held here goes.
        self.held = held | {self.known[name].storage for name in self.read & self.known.keys()}
        if node.activation is not None:
            return self._operation(node.activation.kept(output), [joined], output, False)
        return joined

    def _repeat(self, facts: NodeFacts, node: Repeat, value: Value) -> Value | None:
        current: Value | None = value
        for turn in facts.stacks:
            current = self._turn(node, turn, current)
        rest = node.times - len(facts.stacks)
        if rest > 0 and facts.stacks:
            before = self.memory.so_far
            current = self._turn(node, facts.stacks[-1], current)
            # All further turns keep as much as this one, which gets what they get.
            self.memory.times(before, rest - 1)
        return current

    def _turn(self, node: Repeat, turn: StackFacts, value: Value | None) -> Value | None:
        return self._inside(node, turn, value).stack(turn, value) if value is not None else None

    def _inside(self, node: Group | Repeat, body: StackFacts, value: Value) -> _ClassPass:
        """A pass through a block, while its caller holds what it was given."""
        given = dict(zip(node.takes, self._others(node.others), strict=False))
        inside = _ClassPass(given, self.memory, _read_in(body))
        inside.held = self.held | {value.storage}
        return inside

    def _others(self, names: Iterable[str]) -> list[Value]:
        return [self.known[name] for name in names if name in self.known]


def _read_in(body: StackFacts) -> frozenset[str]:
    """The names that the nodes of a class speak of."""
    found: set[str] = set()
    _add_read(body, found)
    return frozenset(found - {""})


def _add_read(body: StackFacts, found: set[str]) -> None:
    for facts in body.nodes:
        found.update(others_of(facts.node))
        if isinstance(facts.node, Parallel):
            for branch in facts.stacks:
                found.add(branch.stack.source)
                _add_read(branch, found)
