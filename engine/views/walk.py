"""The walk through the classes of a design, node after node, taking over what an edit did not change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from engine.design.edit import SetTimes
from engine.design.forms import parallel_fault, sequential_fault
from engine.design.kind import Gathered, Misfit, TensorSpec
from engine.design.scope_names import changed_nodes, names_of
from engine.design.spans import Span
from engine.design.tree import (
    DEEPEST,
    Again,
    Group,
    Layer,
    Node,
    Parallel,
    Repeat,
    Stack,
    node_name,
)  # fmt: skip
from engine.design.value import replace
from engine.views.exchange import with_node
from engine.views.facts import MOST_NODES, Fault, FaultMend, NodeFacts, StackFacts
from engine.views.form_mends import form_mends
from engine.views.known import Given, KnownValues
from engine.views.meeting import meeting
from engine.views.mends import faulty, place_of
from engine.views.nodes import (
    activated,
    initializer_fault,
    layer_facts,
    no_function,
    of_again,
    weights_in,
)
from engine.views.normal import name_faults
from engine.views.rules import Rule, Totals, layer_rule
from engine.views.spans import (
    NOTHING,
    blocks_of,
    exchanged_blocks,
    total,
    with_faults,
    without_naming,
)

ONE_BLOCK = Totals(blocks=1)
MOST_TURNS = 1024
"""Turns of one Repeat: each is a module in memory and a block in the summary."""
MOST_DIFFERENT_TURNS = 128
"""Turns of one Repeat that each get another shape, and so have to be walked one by one; DenseNet-264 has 64."""


def _alike(a: Layer, b: Layer) -> bool:
    """Whether one rule holds for both; in C, as `==` of kinds is Python's own."""
    one, other = a.kind, b.kind
    if type(one) is not type(other) or one.__dict__ != other.__dict__ or a.frozen != b.frozen:
        return False
    one, other = a.activation, b.activation
    return one is other or (type(one) is type(other) and one.__dict__ == other.__dict__)


_new_facts: Any = partial(tuple.__new__, NodeFacts)  # from their fields in a tuple, in C
_new_stack_facts: Any = partial(tuple.__new__, StackFacts)


class ClassWalk:
    """The walk inside one class of the exported code: what its forward can speak of, by name."""

    def __init__(self, class_name: str, inputs: Mapping[str, TensorSpec | None]) -> None:
        self.class_name = class_name
        self.values = KnownValues(inputs)
        """What nodes can speak of by name; kept only where one does."""
        self.reads = False
        """Whether a node of the class speaks of another one by name."""
        self.started = False
        """Whether a node stands before the next one."""
        self.flow = ""
        """The name of what flows into the next node, "" where it has none."""

    def body(
        self, stack: Stack, x: TensorSpec | None, old: StackFacts | None, depth: int
    ) -> StackFacts:
        """The stack that is a class's whole body, with the faults of its names."""
        if old is not None and old.stack is stack and old.input == x:
            return old
        names = names_of(stack)
        self.reads = names.reads
        naming: tuple[Fault, ...] = ()
        if not names.plain(bool(self.class_name)) and (
            old is None or old.naming or old.names is not names or self.reads
        ):
            naming = tuple(name_faults(stack, frozenset(self.values.inputs), bool(self.class_name)))
        facts = self.stack(stack, x, old, depth)
        totals = with_faults(facts.totals, len(naming)) if naming else facts.totals
        return _new_stack_facts((*facts[:4], totals, facts.blocks, names, naming))

    def stack(
        self, stack: Stack, x: TensorSpec | None, old: StackFacts | None, depth: int
    ) -> StackFacts:
        """One stack, taking over from `old` what cannot have changed."""
        if old is None:
            return _stack_facts(stack, x, self._walked(stack.nodes, x, {}, depth))
        if self.reads or old.reads:
            earlier = {facts.node.id: facts for facts in old.nodes}
            return _stack_facts(stack, x, self._walked(stack.nodes, x, earlier, depth))
        return self._patched(stack, x, old, changed_nodes(stack, old.stack), depth)

    def _walked(
        self, nodes: Sequence[Node], x: TensorSpec | None, earlier: Mapping[int, NodeFacts], depth: int
    ) -> list[NodeFacts]:  # fmt: skip
        """Node after node, each fed with what the one before gives."""
        found: list[NodeFacts] = []
        reads = self.reads
        last: Layer | None = None
        given, rule = None, None
        for node in nodes:
            if type(node) is Layer and not reads:
                if x is not None:
                    # What layer_facts does, in short: this is where a walk over a thousand layers spends its time. A
                    # layer like the last one, for the very same input, needs no look into what is remembered.
                    if x is not given or last is None or not _alike(node, last):
                        rule = layer_rule(node.kind, node.activation, node.frozen, x)
                    if type(rule) is Rule and not (
                        node.initializers and initializer_fault(node, rule)
                    ):
                        output, _, totals = rule
                        found.append(_new_facts((node, x, output, totals, None, ())))
                        last, given, x = node, x, output
                        continue
                facts = layer_facts(node, x)
            else:
                self.started = self.started or bool(found)
                facts = self.node(node, x, earlier.get(node.id), depth)
                self.flow = node_name(node)
            found.append(facts)
            x = facts.output
            last = None
        return found

    def _patched(
        self, stack: Stack, x: TensorSpec | None, old: StackFacts, span: Span, depth: int
    ) -> StackFacts:
        """The facts of before, with those of the changed span and of what behind it gets another input."""
        start, stop, old_stop = span
        if x != old.input:
            # All up to the change gets another input, and all of a stack that is the very same may.
            start = 0
            if stop == len(stack.nodes) and old_stop == len(old.nodes) and stack is old.stack:
                stop = old_stop = 0
        shift = old_stop - stop
        y = old.nodes[start - 1].output if start else x
        self.started = self.started or start > 0
        if stop == old_stop == start + 1:
            before = old.nodes[start]
            facts = self.node(stack.nodes[start], y, before, depth)
            if facts.output == before.output and x == old.input:
                # So ends nearly every edit, at every level of nesting.
                return with_node(stack, without_naming(old), start, facts)
            fresh = [facts]
        else:
            replaced = {facts.node.id: facts for facts in old.nodes[start:old_stop]}
            fresh = self._walked(stack.nodes[start:stop], y, replaced, depth)
        y = fresh[-1].output if fresh else y
        index = stop
        while index < len(stack.nodes) and (before := old.nodes[index + shift]).input != y:
            self.started = self.started or index > 0
            facts = self.node(stack.nodes[index], y, before, depth)
            fresh.append(facts)
            y = facts.output
            index += 1
        gone, kept = old.nodes[start : index + shift], old.nodes[index + shift :]
        nodes = old.nodes[:start] + tuple(fresh) + kept
        came, went = total(fresh), total(gone)
        own = without_naming(old).totals
        totals = own if came == went else own.exchanged(went, came)
        blocks = (
            exchanged_blocks(old.blocks, gone, fresh) if came.blocks or went.blocks else old.blocks
        )
        if blocks is None:
            blocks = blocks_of(nodes, totals)
        output = kept[-1].output if kept else y
        return _new_stack_facts((stack, x, output, nodes, totals, blocks, None, ()))

    def node(
        self, node: Node, x: TensorSpec | None, old: NodeFacts | None, depth: int
    ) -> NodeFacts:
        """One node's facts; also remembered under its name for recalls and second uses behind it."""
        if (
            old is not None
            and old.node is node
            and old.input == x
            and not (self.reads and _reads(node))
        ):
            facts = old
            if self.reads and isinstance(node, Parallel):
                self._remember(facts)
        else:
            facts = self._computed(node, x, old, depth)
        if self.reads and (name := node_name(node)):
            self.values.nodes[name] = facts
        return facts

    def _remember(self, facts: NodeFacts) -> None:
        """What is named in the branches of a Parallel belongs to the class around it."""
        for branch in facts.stacks:
            for inner in branch.nodes:
                if name := node_name(inner.node):
                    self.values.nodes[name] = inner
                elif isinstance(inner.node, Parallel):
                    self._remember(inner)

    def _computed(
        self, node: Node, x: TensorSpec | None, old: NodeFacts | None, depth: int
    ) -> NodeFacts:
        if depth > DEEPEST:
            return faulty(node, x, Misfit(f"to be nested at most {DEEPEST} deep"))
        match node:
            case Layer():
                return self.values.layer(node, x)
            case Parallel():
                return self._parallel(node, x, old, depth)
            case Group() | Repeat() if node.takes or node.others:
                return self._handed(node, x, old, depth)
            case Group():
                return _group(node, x, old, depth, ())
            case Repeat():
                return _repeat(node, x, old, depth, ())
            case Again():
                return self._again(node, x, depth)

    def _parallel(
        self, node: Parallel, x: TensorSpec | None, old: NodeFacts | None, depth: int
    ) -> NodeFacts:
        earlier = old.stacks if old is not None else ()
        branches: list[StackFacts] = []
        flow, started = self.flow, self.started
        for position, branch in enumerate(node.branches):
            self.flow = branch.source or flow
            source, misfit = self.values.recalled(branch.source) if branch.source else (x, None)
            if misfit is not None:
                return faulty(node, x, misfit, totals=_block(NOTHING))
            before = earlier[position] if position < len(earlier) else None
            if before is None or before.stack is not branch or before.input != source or self.reads:
                before = self.stack(branch, source, before, depth + 1)
            branches.append(before)
        stacks, inner = tuple(branches), _block(total(branches))
        if not started and node.join.at_most == 1:
            misfit = Misfit("a layer before it; make what it goes on from the first input instead")
            return faulty(node, x, misfit, stacks, inner)
        if (misfit := parallel_fault(node, flow)) is not None:
            return faulty(node, x, misfit, stacks, inner, form_mends(node, flow))
        outputs = tuple(branch.output for branch in branches if branch.output is not None)
        if len(outputs) < len(branches):
            return NodeFacts(node, x, None, inner, None, stacks)
        try:
            output = node.join.output(outputs)
        except Misfit as error:
            mends = tuple(meeting(node, outputs, flow))
            return faulty(node, x, error, stacks, inner, mends)
        if macs := node.join.macs(outputs):
            inner = inner._replace(macs=inner.macs + macs)
        return activated(NodeFacts(node, x, output, inner, None, stacks))

    def _handed(
        self, node: Group | Repeat, x: TensorSpec | None, old: NodeFacts | None, depth: int
    ) -> NodeFacts:
        """A block with the further values that are handed in."""
        given, misfit, mends = self.values.handed(node)
        if misfit is not None:
            return faulty(node, x, misfit, totals=_block(NOTHING), mends=mends)
        rule = _group if isinstance(node, Group) else _repeat
        facts = rule(node, x, old, depth, given)  # pyright: ignore[reportArgumentType]
        known = tuple(other for other in given if other is not None)
        if x is None or len(known) < len(given):
            return facts._replace(input=None)
        return facts._replace(input=Gathered(x.shape, x.dtype, known))

    def _again(self, node: Again, x: TensorSpec | None, depth: int) -> NodeFacts:
        first = self.values.nodes.get(node.of)
        if first is None:
            needs = f"an earlier layer or block called `{node.of}` of the same block"
            return faulty(node, x, Misfit(needs, "none of that name"), totals=_block(NOTHING))
        if x is None or first.input is None or first.output is None:
            return NodeFacts(node, x, None, _block(NOTHING))
        once = first.node
        if isinstance(once, Layer):
            if (misfit := no_function(node)) is not None:
                return faulty(node, x, misfit, totals=_block(NOTHING))
            taking = Layer(once.id, once.name, once.kind, node.activation, others=node.others)
            used = self.values.layer(taking, x)
        else:
            assert isinstance(once, Group | Repeat)
            same_input = x == first.input and not once.takes and not node.others
            once = replace(once, others=node.others) if once.takes or node.others else once
            used = first if same_input else self._computed(once, x, None, depth + 1)
        if used.fault is not None:
            mends = of_again(node, used.fault)
            fault = used.fault._replace(node_id=node.id, place=place_of(node), mends=mends)
            return NodeFacts(node, x, None, _block(NOTHING)._replace(faults=1), fault)
        if used.output is None:
            misfit = Misfit("an input that fits inside", str(x))
            return faulty(node, x, misfit, totals=_block(NOTHING))
        if used.input is not None and weights_in(used) != weights_in(first):
            misfit = Misfit(f"the input that `{node.of}` got, {first.input}", str(x))
            return faulty(node, x, misfit, totals=_block(NOTHING))
        totals = _block(used.totals._replace(parameters=0, trainable=0, buffers=0, faults=0))
        again = NodeFacts(node, x, used.output, totals, None, used.stacks)
        return again if isinstance(once, Layer) else activated(again)


def _group(
    node: Group, x: TensorSpec | None, old: NodeFacts | None, depth: int, given: Given
) -> NodeFacts:
    before = next(iter(_earlier(node, old, given)), None)
    inputs = dict(zip(node.takes, given, strict=True))
    body = ClassWalk(node.class_name, inputs).body(node.body, x, before, depth + 1)
    totals = _block(body.totals)
    sound = old.node if old is not None and old.fault is None else None
    if (misfit := sequential_fault(node, sound)) is not None:
        return faulty(node, x, misfit, (body,), totals)
    return _new_facts((node, x, body.output, totals, None, (body,)))


def _repeat(
    node: Repeat, x: TensorSpec | None, old: NodeFacts | None, depth: int, given: Given
) -> NodeFacts:
    if not 1 <= node.times <= MOST_TURNS:
        return _fewer(
            node, x, f"between 1 and {MOST_TURNS:,} turns", min(max(node.times, 1), MOST_TURNS)
        )
    earlier = _earlier(node, old, given)
    inputs = dict(zip(node.takes, given, strict=True))
    turns: list[StackFacts] = []
    before, y = NOTHING, x
    while True:
        known = earlier[len(turns)] if len(turns) < len(earlier) else None
        turn = ClassWalk(node.class_name, inputs).body(node.body, y, known, depth + 1)
        turns.append(turn)
        sound = turn.output is not None and not turn.totals.faults
        rest = node.times - len(turns) + 1 if sound else 1
        totals = _block(before.plus(turn.totals.times(rest)))
        # From here on every turn is like this one.
        if not sound or turn.output == y or rest == 1:
            break
        if totals.layers + totals.blocks > MOST_NODES:
            break
        if len(turns) == MOST_DIFFERENT_TURNS:
            needs = f"at most {MOST_DIFFERENT_TURNS} turns where each gives another shape"
            return _fewer(node, x, needs, MOST_DIFFERENT_TURNS)
        before, y = before.plus(turn.totals), turn.output
    if (misfit := sequential_fault(node)) is not None:
        return faulty(node, x, misfit, tuple(turns), _block(total(turns)))
    if totals.layers + totals.blocks > MOST_NODES:
        most = MOST_NODES // (turn.totals.layers + turn.totals.blocks)
        return _fewer(node, x, f"fewer turns: at most {MOST_NODES:,} layers in all", most)
    return NodeFacts(node, x, turn.output, totals, None, tuple(turns))


def _earlier(node: Group | Repeat, old: NodeFacts | None, given: Given) -> tuple[StackFacts, ...]:
    """What was known inside the block before; nothing where names count otherwise, or other values are handed in."""
    if old is None or not isinstance(old.node, Group | Repeat):
        return ()
    if node.takes or old.node.takes:
        before = old.input.others if isinstance(old.input, Gathered) else ()
        if node.takes != old.node.takes or given != before:
            return ()
    return old.stacks if bool(old.node.class_name) == bool(node.class_name) else ()


def _fewer(node: Repeat, x: TensorSpec | None, needs: str, times: int) -> NodeFacts:
    mends = (FaultMend(f"Repeat {times} times", SetTimes(node.id, times)),) if times else ()
    return faulty(node, x, Misfit(needs, f"{node.times:,}"), (), _block(NOTHING), mends)


def _stack_facts(stack: Stack, x: TensorSpec | None, nodes: list[NodeFacts]) -> StackFacts:
    totals = total(nodes)
    output = nodes[-1].output if nodes else x
    return StackFacts(stack, x, output, tuple(nodes), totals, blocks_of(nodes, totals))


def _block(totals: Totals) -> Totals:
    return totals.plus(ONE_BLOCK)


def _reads(node: Node) -> bool:
    """Whether a node speaks of another one of its class by name."""
    match node:
        case Layer():
            return bool(node.others or node.kind.takes)
        case Group() | Repeat():
            return bool(node.others or node.takes)
        case Again():
            return True
        case Parallel():
            return any(branch.source or any(map(_reads, branch.nodes)) for branch in node.branches)
