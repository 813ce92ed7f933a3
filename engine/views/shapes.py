"""The walk over a design: every shape, count and fault, and after an edit only what the edit changed.

`infer(network, previous)` equals `infer(network)`; `previous` only makes it fast. Nodes before the first changed one are
taken over, and the walk stops at the first unchanged node whose input is what it was.
"""

from __future__ import annotations

from typing import Any

from engine.design.address import Place, parent_of
from engine.design.edit import Insert, SetActivation, SetKind, SetTimes, layer
from engine.design.edit import SetField as SetFieldEdit
from engine.design.kind import (
    DropActivation,
    InsertBefore,
    Mend,
    Misfit,
    ReplaceKind,
    SetField,
    TensorSpec,
)  # fmt: skip
from engine.design.naming import attributes
from engine.design.tree import (
    DEEPEST,
    Again,
    Group,
    Layer,
    Network,
    Node,
    Parallel,
    Repeat,
    Stack,
    node_name,
    scope,
    stacks_of,
)  # fmt: skip
from engine.views.facts import Analysis, Fault, FaultMend, NodeFacts, StackFacts, label
from engine.views.normal import (
    class_faults,
    name_faults,
    network_faults,
    parallel_fault,
    plainly_named,
    sequential_fault,
)
from engine.views.rules import Totals, applied, layer_rule, of_activation
from engine.views.ties import shared_parameters, tie_faults

MOST_TURNS = 1024
"""Turns of one Repeat: each is a module in memory and a block in the summary."""

NOTHING = Totals()


def infer(network: Network, previous: Analysis | None = None) -> Analysis:
    """All that follows from a network without building it; faults are results, nothing is raised."""
    first = network.inputs[0].spec if network.inputs else None
    same_inputs = previous is not None and previous.network.inputs == network.inputs
    old = previous.body if previous is not None and same_inputs else None
    walk = _Class(network, {each.name: each.spec for each in network.inputs})
    body = walk.body(network.body, first, old, depth=0)
    faults = network_faults(network.name, network.inputs) + collected(body)
    if body.totals.blocks:
        faults += tuple(class_faults(network))
    shared = 0
    if network.ties:
        found = tuple(tie_faults(network, body))
        shared = 0 if found else shared_parameters(network, body)
        faults += found
    return Analysis(network, body, faults, shared)


def collected(body: StackFacts) -> tuple[Fault, ...]:
    """All faults inside a stack, in the order of the code; at once where there are none."""
    if not body.totals.faults and not body.naming:
        return ()
    found: list[Fault] = list(body.naming)
    for facts in body.nodes:
        if facts.fault is not None:
            found.append(facts.fault)
        if facts.totals.faults:
            turns = (
                facts.stacks[:1]
                if isinstance(facts.node, Repeat) and _first_faulty(facts)
                else facts.stacks
            )
            for inner in turns:
                found.extend(collected(inner))
    return tuple(found)


def _first_faulty(facts: NodeFacts) -> bool:
    return bool(facts.stacks and facts.stacks[0].totals.faults)


class _Class:
    """The walk inside one class of the exported code: what its forward can speak of, by name."""

    def __init__(self, network: Network, inputs: dict[str, TensorSpec]) -> None:
        self.network = network
        self.inputs = inputs
        self.known: dict[str, NodeFacts] = {}
        self.reads = False
        self.flow = network.inputs[0].name if inputs and network.inputs else ""
        """The name of what flows into the next node, "" where it has none."""

    def body(
        self, stack: Stack, x: TensorSpec | None, old: StackFacts | None, depth: int
    ) -> StackFacts:
        """The stack that is a class's whole body, with the faults of its names."""
        if old is not None and old.stack is stack and old.input == x:
            return old
        if old is not None and old.names is not None and not old.reads:
            start, stop = changed_span(stack.nodes, old.stack.nodes)
            before = old.stack.nodes[start : stop + len(old.stack.nodes) - len(stack.nodes)]
            after = stack.nodes[start:stop]
            if not any(map(_reads, after)):
                names = _recounted(old.names, before, after)
                facts = self.stack(stack, x, old, depth)
                naming = old.naming
                if naming or (names is not old.names and not plainly_named(after, names)):
                    naming = tuple(self._naming(stack, names))
                return _with_naming(facts, names, naming)
        self.reads = any(map(_reads, stack.nodes))
        facts = self.stack(stack, x, old, depth)
        names = _recounted({}, (), stack.nodes)
        return _with_naming(facts, names, tuple(self._naming(stack, names)))._replace(
            reads=self.reads
        )

    def _naming(self, stack: Stack, names: dict[str, int]) -> list[Fault]:
        return name_faults(stack, names, frozenset(self.inputs))

    def stack(
        self, stack: Stack, x: TensorSpec | None, old: StackFacts | None, depth: int
    ) -> StackFacts:
        """One stack, taking over from `old` what cannot have changed."""
        if old is None or self.reads or old.reads:
            earlier = {facts.node.id: facts for facts in old.nodes} if old is not None else {}
            nodes: list[NodeFacts] = []
            y = x
            for node in stack.nodes:
                facts = self.node(node, y, earlier.get(node.id), depth)
                nodes.append(facts)
                y = facts.output
                self.flow = node_name(node)
            return StackFacts(stack, x, y, tuple(nodes), total(nodes))
        return self._patched(stack, x, old, depth)

    def _patched(
        self, stack: Stack, x: TensorSpec | None, old: StackFacts, depth: int
    ) -> StackFacts:
        new_nodes, old_nodes = stack.nodes, old.stack.nodes
        start, stop = changed_span(new_nodes, old_nodes) if x == old.input else (0, len(new_nodes))
        shift = len(old_nodes) - len(new_nodes)
        y = old.nodes[start - 1].output if start else x
        replaced = {facts.node.id: facts for facts in old.nodes[start : max(stop + shift, start)]}
        fresh: list[NodeFacts] = []
        index = start
        while index < len(new_nodes):
            node = new_nodes[index]
            if index >= stop and old.nodes[index + shift].input == y:
                break
            before = old.nodes[index + shift] if index >= stop else replaced.get(node.id)
            facts = self.node(node, y, before, depth)
            fresh.append(facts)
            y = facts.output
            index += 1
        gone, kept = old.nodes[start : index + shift], old.nodes[index + shift :]
        totals = old.totals.minus(total(gone)).plus(total(fresh))
        output = kept[-1].output if kept else y
        return StackFacts(stack, x, output, (*old.nodes[:start], *fresh, *kept), totals)

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
                for branch in facts.stacks:
                    self.known.update(
                        (n.node.name, n) for n in branch.nodes if isinstance(n.node, Layer)
                    )
        else:
            facts = self._computed(node, x, old, depth)
        if isinstance(node, Layer | Group | Repeat) and node.name:
            self.known[node.name] = facts
        return facts

    def _computed(
        self, node: Node, x: TensorSpec | None, old: NodeFacts | None, depth: int
    ) -> NodeFacts:
        if depth > DEEPEST:
            return faulty(node, x, Misfit(f"to be nested at most {DEEPEST} deep"), self.network)
        match node:
            case Layer():
                return layer_facts(node, x, self.network)
            case Parallel():
                return self._parallel(node, x, old, depth)
            case Group():
                return self._group(node, x, old, depth)
            case Repeat():
                return self._repeat(node, x, old, depth)
            case Again():
                return self._again(node, x, depth)

    def _parallel(
        self, node: Parallel, x: TensorSpec | None, old: NodeFacts | None, depth: int
    ) -> NodeFacts:
        earlier = old.stacks if old is not None else ()
        branches: list[StackFacts] = []
        flow = self.flow
        for position, branch in enumerate(node.branches):
            self.flow = branch.source or flow
            source, misfit = self._recalled(branch.source, x) if branch.source else (x, None)
            if misfit is not None:
                return faulty(node, x, misfit, self.network)
            before = earlier[position] if position < len(earlier) else None
            branches.append(self.stack(branch, source, before, depth + 1))
        inner = total_of(branches)
        if (misfit := parallel_fault(node, flow)) is not None:
            return faulty(node, x, misfit, self.network, tuple(branches), inner)
        outputs = [branch.output for branch in branches]
        if any(output is None for output in outputs):
            return NodeFacts(node, x, None, inner, None, tuple(branches))
        try:
            output = node.join.output(tuple(spec for spec in outputs if spec is not None))
        except Misfit as error:
            return faulty(node, x, error, self.network, tuple(branches), inner)
        if node.activation is not None:
            rule = applied(node.activation, output)
            if isinstance(rule, Misfit):
                error = of_activation(node.activation, rule)
                return faulty(node, x, error, self.network, tuple(branches), inner)
            output = rule.output
        return NodeFacts(node, x, output, inner, None, tuple(branches))

    def _recalled(self, name: str, x: TensorSpec | None) -> tuple[TensorSpec | None, Misfit | None]:
        if name in self.inputs:
            return self.inputs[name], None
        if name in self.known:
            return self.known[name].output, None
        return None, Misfit(
            f"an earlier layer or input called `{name}` of the same block", "none of that name"
        )

    def _group(
        self, node: Group, x: TensorSpec | None, old: NodeFacts | None, depth: int
    ) -> NodeFacts:
        before = old.stacks[0] if old is not None and old.stacks else None
        body = _Class(self.network, {}).body(node.body, x, before, depth + 1)
        totals = _block(body.totals)
        misfit = sequential_fault(node)
        if misfit is not None:
            return faulty(node, x, misfit, self.network, (body,), totals)
        return NodeFacts(node, x, body.output, totals, None, (body,))

    def _repeat(
        self, node: Repeat, x: TensorSpec | None, old: NodeFacts | None, depth: int
    ) -> NodeFacts:
        earlier = old.stacks if old is not None else ()
        misfit = sequential_fault(node)
        if not 1 <= node.times <= MOST_TURNS:
            nearest = min(max(node.times, 1), MOST_TURNS)
            repair = FaultMend(f"Repeat {nearest} times", SetTimes(node.id, nearest))
            needs = f"between 1 and {MOST_TURNS} turns"
            return faulty(node, x, Misfit(needs, str(node.times)), self.network, mends=(repair,))
        turns: list[StackFacts] = []
        y = x
        while len(turns) < node.times:
            before = earlier[len(turns)] if len(turns) < len(earlier) else None
            turn = _Class(self.network, {}).body(node.body, y, before, depth + 1)
            turns.append(turn)
            if turn.output is None or turn.totals.faults or turn.naming:
                break
            if turn.output == y:
                break
            y = turn.output
        settled = turns[-1].totals.times(node.times - len(turns) + 1)
        if turns[-1].totals.faults or turns[-1].output is None:
            settled = turns[-1].totals
        totals = _block(total_of(turns[:-1]).plus(settled))
        if misfit is not None:
            return faulty(node, x, misfit, self.network, tuple(turns), totals)
        return NodeFacts(node, x, turns[-1].output, totals, None, tuple(turns))

    def _again(self, node: Again, x: TensorSpec | None, depth: int) -> NodeFacts:
        first = self.known.get(node.of)
        if first is None:
            misfit = Misfit(
                f"an earlier layer or block called `{node.of}` of the same block",
                "none of that name",
            )
            return faulty(node, x, misfit, self.network)
        if x is None or first.input is None:
            return NodeFacts(node, x, None, NOTHING)
        once = first.node
        if isinstance(once, Layer):
            plain = Layer(node.id, once.name, once.kind, node.activation, frozen=True)
            mine, theirs = layer_facts(plain, x, self.network), first
            same = _weights(once, x) == _weights(once, first.input)
            facts = mine._replace(node=node)
        else:
            facts = self._computed(once, x, None, depth + 1)
            same, theirs = _inner_weights(facts) == _inner_weights(first), first
            facts = self._activated(facts._replace(node=node, stacks=()), node)
        if facts.fault is not None:
            return facts._replace(fault=facts.fault._replace(node_id=node.id, place=_place(node)))
        if facts.output is not None and not same:
            misfit = Misfit(f"the input that `{node.of}` got, {theirs.input}", str(x))
            return faulty(node, x, misfit, self.network)
        shared = facts.totals._replace(parameters=0, trainable=0, buffers=0, blocks=0, faults=0)
        return facts._replace(totals=shared)

    def _activated(self, facts: NodeFacts, node: Again) -> NodeFacts:
        if node.activation is None or facts.output is None:
            return facts
        rule = applied(node.activation, facts.output)
        if isinstance(rule, Misfit):
            return faulty(node, facts.input, of_activation(node.activation, rule), self.network)
        return facts._replace(output=rule.output)


def layer_facts(node: Layer, x: TensorSpec | None, network: Network) -> NodeFacts:
    """One layer's facts for what flows in; nothing is known behind a fault."""
    if x is None:
        return NodeFacts(node, None, None, NOTHING)
    rule = layer_rule(node.kind, node.activation, node.frozen, x)
    if isinstance(rule, Misfit):
        return faulty(node, x, rule, network)
    if node.initializers:
        for tensor, initializer in node.initializers:
            shape = rule.weights.get(tensor)
            refusal = initializer.refusal(shape) if shape is not None else ""
            if refusal:
                misfit = Misfit(
                    f"another initializer for its {tensor} than {initializer.title()}: {refusal}"
                )
                return faulty(node, x, misfit, network)
    return NodeFacts(node, x, rule.output, rule.totals)


def faulty(
    node: Node, x: TensorSpec | None, misfit: Misfit, network: Network, stacks: tuple[StackFacts, ...] = (),
    totals: Totals = NOTHING, mends: tuple[FaultMend, ...] = (),
) -> NodeFacts:  # fmt: skip
    """The facts of a node that a Misfit stops, its mends turned into edits of the network."""
    edits = mends + tuple(_mend(node, mend, network) for mend in misfit.mends)
    got = misfit.got or (str(x) if x is not None and isinstance(node, Layer) else "")
    fault = Fault(node.id, _place(node), misfit.needs, got, edits)
    return NodeFacts(node, x, None, totals._replace(faults=totals.faults + 1), fault, stacks)


def _place(node: Node) -> str:
    match node:
        case Layer() | Group() | Repeat():
            return node.name or label(node)
        case _:
            return label(node)


def _mend(node: Node, mend: Mend, network: Network) -> FaultMend:
    match mend.change:
        case SetField(name, value):
            return FaultMend(mend.title, SetFieldEdit((node.id,), name, value))
        case InsertBefore(kind):
            at = _before(network, node)
            return FaultMend(mend.title, Insert((layer(kind),), at))
        case ReplaceKind(kind):
            return FaultMend(mend.title, SetKind((node.id,), kind))
        case DropActivation(instead):
            return FaultMend(mend.title, SetActivation((node.id,), instead))


def _before(network: Network, node: Node) -> Place:
    return parent_of(network.body, node.id)


# --- counting and comparing ------------------------------------------------------------------------------------------


def total(nodes: Any) -> Totals:
    """The sum over nodes, column by column in C: a walk over a thousand layers spends most of its time otherwise."""
    if not nodes:
        return NOTHING
    if len(nodes) == 1:
        return nodes[0].totals
    return Totals(*map(sum, zip(*[facts.totals for facts in nodes], strict=True)))


def total_of(stacks: Any) -> Totals:
    return total(stacks)


def _block(totals: Totals) -> Totals:
    return totals._replace(blocks=totals.blocks + 1)


def _with_naming(facts: StackFacts, names: dict[str, int], naming: tuple[Fault, ...]) -> StackFacts:
    return facts._replace(names=names, naming=naming, totals=_naming_counted(facts.totals, naming))


def _naming_counted(totals: Totals, naming: tuple[Fault, ...]) -> Totals:
    return totals._replace(faults=totals.faults + len(naming)) if naming else totals


def changed_span(new: tuple[Node, ...], old: tuple[Node, ...]) -> tuple[int, int]:
    """Start and stop, in `new`, of the part outside the common beginning and the common end.

    Slices are compared in C and halved: a loop in Python over a thousand nodes would cost more than the edit.
    """
    shorter = min(len(new), len(old))
    start = _common(new, old, shorter, front=True)
    end = _common(new, old, shorter - start, front=False)
    return start, len(new) - end


def _common(a: tuple[Node, ...], b: tuple[Node, ...], most: int, front: bool) -> int:
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        same = (
            a[low:middle] == b[low:middle]
            if front
            else a[len(a) - middle : len(a) - low] == b[len(b) - middle : len(b) - low]
        )
        low, high = (middle, high) if same else (low, middle - 1)
    return low


def _reads(node: Node) -> bool:
    """Whether a node speaks of another one of its class by name."""
    match node:
        case Layer() | Group() | Repeat():
            return False
        case Again():
            return True
        case Parallel():
            return any(branch.source or any(map(_reads, branch.nodes)) for branch in node.branches)


def _recounted(
    names: dict[str, int], gone: tuple[Node, ...], come: tuple[Node, ...]
) -> dict[str, int]:
    """How often each attribute occurs in the class after some nodes were exchanged for others."""
    lost = list(attributes(scope(Stack(gone))))
    won = list(attributes(scope(Stack(come))))
    if lost == won and names:
        return names
    counts = dict(names)
    for name in lost:
        counts[name] -= 1
        if not counts[name]:
            del counts[name]
    for name in won:
        counts[name] = counts.get(name, 0) + 1
    return counts


def _weights(node: Layer, x: TensorSpec) -> object:
    rule = applied(node.kind, x)
    return None if isinstance(rule, Misfit) else rule.weights


def _inner_weights(facts: NodeFacts) -> list[object]:
    found: list[object] = []
    for inner in facts.stacks:
        for each in inner.nodes:
            if isinstance(each.node, Layer) and each.input is not None:
                found.append(_weights(each.node, each.input))
            elif stacks_of(each.node):
                found.append(_inner_weights(each))
    return found
