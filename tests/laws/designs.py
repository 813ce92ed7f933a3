"""Whole random designs without faults: every type of node, nested, with recalls, several inputs and ties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, count
from typing import Any

import hypothesis.strategies as st
from hypothesis import assume

from engine.catalogue import ACTIVATIONS, INITIALIZERS, KINDS
from engine.catalogue.joins import Add, Concat, Continue, MatMul, Maximum, Mean, Multiply, Subtract
from engine.catalogue.joins import Stack as StackJoin
from engine.catalogue.linear import Linear
from engine.design.kind import Activation, Gathered, Initializer, Join, Kind, Misfit, TensorSpec
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
    Tie,
    node_name,
    others_of,
)
from engine.views.rules import applied, layer_rule
from engine.views.shapes import infer
from engine.views.ties import tensors
from tests.laws.entries import entries

Draw = Any
ClassBody = tuple[str, Stack, tuple[str, ...], tuple[str, ...]]
WORDS = (
    "linear",
    "fc",
    "conv",
    "x",
    "y",
    "self",
    "nn",
    "torch",
    "F",
    "bias",
    "_fc",
    "match",
    "слой",
    "层",
    "long_" * 9,
)
CLASS_WORDS = (
    "Block",
    "Stage",
    "Tower",
    "in_features",
    "out_features",
    "match",
    "Слой",
    "blocks",
    "x",
)
TAKEN = ("memory", "block")
INPUT_WORDS = ("image", "left", "right", "tokens", "слово", "input")
SAME_LAST = (Add(), Multiply(), Maximum(), Mean(), Subtract(), StackJoin(), StackJoin(dim=-1))


@dataclass
class Scope:
    """What a class's forward can speak of while it is being made."""

    inputs: dict[str, TensorSpec] = field(default_factory=dict)
    named: dict[str, tuple[Node, TensorSpec, TensorSpec]] = field(default_factory=dict)
    """Nodes with a name, what flowed in and what came out."""
    taken: set[str] = field(default_factory=set)
    branch_names: set[str] = field(default_factory=set)
    flow: str = ""
    started: bool = False
    depth: int = 0
    """Blocks and branches around the class's own stack."""


@dataclass
class Maker:
    """Makes one network; `templates` are the bodies of class names that were used."""

    draw: Draw
    deepest: int
    ids: Any = field(default_factory=lambda: count(1))
    templates: dict[str, tuple[Stack, tuple[str, ...]]] = field(default_factory=dict)
    started: set[str] = field(default_factory=set)
    """Class names that are taken: a class does not contain itself."""

    def chance(self, percent: int) -> bool:
        return self.draw(st.integers(0, 99)) >= 100 - percent

    def choice(self, options: Any) -> Any:
        return self.draw(st.sampled_from(list(options)))

    def name(self, scope: Scope) -> str:
        word = self.choice(WORDS)
        number = next(n for n in count(1) if f"{word}{n}" not in scope.taken)
        name = word if word not in scope.taken and self.chance(50) else f"{word}{number}"
        scope.taken |= {name, f"{name}_activation"}
        return name

    # --- stacks ----------------------------------------------------------------------------------

    def stack(
        self,
        x: TensorSpec,
        scope: Scope,
        depth: int,
        longest: int,
        keep: bool = False,
        inside: bool = False,
    ) -> tuple[tuple[Node, ...], TensorSpec]:
        """Nodes that fit `x`; with `keep` only the last dimension may change, `inside` allows no recall."""
        nodes: list[Node] = []
        for _ in range(self.draw(st.integers(1, longest))):
            node, x = self.node(x, scope, depth, keep, inside)
            nodes.append(node)
            scope.flow = node_name(node)
            scope.started = True
        return tuple(nodes), x

    def node(
        self, x: TensorSpec, scope: Scope, depth: int, keep: bool, inside: bool
    ) -> tuple[Node, TensorSpec]:
        before = x
        makers = [self.layer] * 5 + [self.taker] * 2
        if depth < self.deepest and x.dtype == "float32" and x.shape:
            makers += [self.parallel, self.parallel]
        if depth == scope.depth and scope.started and not keep:
            makers += [self.continued]
            makers += [] if keep else [self.group, self.sequential, self.repeat]
        makers += [self.again] if scope.named else []
        node, y = self.choice(makers)(x, scope, depth, keep, inside)
        if name := node_name(node):
            scope.named[name] = (node, before, y)
        return node, y

    def layer(
        self, x: TensorSpec, scope: Scope, depth: int, keep: bool, inside: bool
    ) -> tuple[Node, TensorSpec]:
        kind = self.kind(x, keep)
        rule = applied(kind, x)
        assert not isinstance(rule, Misfit)
        activation = self.activation(rule.output, keep) if self.chance(50) else None
        name = self.name(scope) if kind.is_module() else ""
        if activation is not None and not (name or activation.function):
            activation = None
        node = self.finished(Layer(next(self.ids), name, kind, activation), x)
        rule = layer_rule(kind, activation, False, x)
        assert not isinstance(rule, Misfit)
        return node, rule.output

    def taker(
        self, x: TensorSpec, scope: Scope, depth: int, keep: bool, inside: bool
    ) -> tuple[Node, TensorSpec]:
        """A layer that takes further values, or a plain one where none fits."""
        reach = self.reach(scope)
        takers = [kind for kind in KINDS.values() if kind.takes]
        for _ in range(4 if reach else 0):
            kind = self.draw(entries(self.choice(takers)))
            names = tuple(self.choice(reach) for _ in kind.takes)
            given = Gathered(x.shape, x.dtype, tuple(reach[name] for name in names))
            rule = applied(kind, given)
            if isinstance(rule, Misfit) or rule.output.elements > 200:
                continue
            if keep and not _keeps(rule.output, x):
                continue
            activation = self.activation(rule.output, keep) if self.chance(30) else None
            name = self.name(scope) if kind.is_module() else ""
            if activation is not None and not (name or activation.function):
                activation = None
            own = Layer(next(self.ids), name, kind, activation, others=names)
            node = self.finished(own, given)
            after = layer_rule(kind, activation, False, given)
            assert not isinstance(after, Misfit)
            return node, after.output
        return self.layer(x, scope, depth, keep, inside)

    def reach(self, scope: Scope) -> dict[str, TensorSpec]:
        """What can be spoken of by name."""
        found = {name: spec for name, (_, _, spec) in scope.named.items()}
        found = {name: spec for name, spec in found.items() if _may_be_variable(name, False)}
        return found | scope.inputs

    def finished(self, node: Layer, x: TensorSpec) -> Layer:
        """The layer with random initializers, perhaps frozen."""
        rule = layer_rule(node.kind, node.activation, False, x)
        assert not isinstance(rule, Misfit)
        chosen: list[tuple[str, Initializer]] = []
        for tensor, shape in rule.weights.items():
            if self.chance(30):
                initializer = self.draw(entries(self.choice(INITIALIZERS.values())))
                if not initializer.refusal(shape):
                    chosen.append((tensor, initializer))
        if self.chance(20):
            chosen.reverse()
        return replace(
            node, initializers=tuple(chosen), frozen=node.kind.is_module() and self.chance(10)
        )

    def kind(self, x: TensorSpec, keep: bool, called: bool = False) -> Kind:
        """A kind that fits; with `called` one that an nn.Sequential can use, which calls its modules and no more."""
        if x.dtype == "float32" and x.shape and self.chance(50):
            return Linear(self.draw(st.integers(1, 6)), self.draw(st.booleans()))
        for _ in range(4):
            rare = [each for each in KINDS.values() if each.is_parameter() or not each.is_module()]
            kind = self.draw(entries(self.choice(rare if self.chance(15) else KINDS.values())))
            rule = applied(kind, x)
            if isinstance(rule, Misfit) or rule.output.elements > 200:
                continue
            if called and kind.form() != "m(x)":
                continue
            if not keep or _keeps(rule.output, x):
                return kind
        return KINDS["Identity"]()

    def activation(self, x: TensorSpec, keep: bool) -> Activation | None:
        activation = self.draw(entries(self.choice(ACTIVATIONS.values())))
        rule = applied(activation, x)
        if isinstance(rule, Misfit) or (keep and rule.output.shape[:-1] != x.shape[:-1]):
            return None
        return activation

    # --- blocks ----------------------------------------------------------------------------------

    def group(
        self, x: TensorSpec, scope: Scope, depth: int, keep: bool, inside: bool
    ) -> tuple[Node, TensorSpec]:
        name = self.name(scope)
        class_name, body, *given = self.class_body(x, scope, depth)
        node = Group(next(self.ids), name, class_name, body, "", *given)
        return self.fitting(node, x, scope)

    def class_body(self, x: TensorSpec, scope: Scope, depth: int) -> ClassBody:
        """A new class, or one that is there with other numbers; what it takes, and which values these are."""
        reach = self.reach(scope)
        if self.templates and self.chance(60):
            class_name = self.choice(self.templates)
            template, takes = self.templates[class_name]
            body = self.varied(template)
            others = tuple(self.choice(reach) for _ in takes) if reach else ()
            node = Group(next(self.ids), "block", class_name, body, "", takes, others)
            if _output(Stack((node,)), x, reach) is not None:
                return class_name, body, takes, others
        word = self.choice(CLASS_WORDS)
        candidates = chain((word,), (f"{word}{number}" for number in count(2)))
        class_name = next(each for each in candidates if each not in self.started)
        self.started.add(class_name)
        takes = TAKEN[: self.draw(st.integers(1, 2))] if reach and self.chance(40) else ()
        others = tuple(self.choice(reach) for _ in takes)
        inputs = {inside: reach[name] for inside, name in zip(takes, others, strict=True)}
        nodes, _ = self.stack(x, Scope(inputs, depth=depth + 1), depth + 1, 3)
        self.templates[class_name] = Stack(nodes), takes
        return class_name, Stack(nodes), takes, others

    def varied(self, body: Stack) -> Stack:
        """The body with other numbers and ids."""
        return Stack(tuple(self.varied_node(node) for node in body.nodes), body.source, body.name)

    def varied_node(self, node: Node) -> Node:
        node = replace(node, id=next(self.ids))
        match node:
            case Layer(kind=Linear(), activation=None | Activation()) if self.chance(60):
                wide, bias = self.draw(st.integers(1, 6)), self.draw(st.booleans())
                return replace(node, kind=node.kind.with_fields(out_features=wide, bias=bias))
            case Layer():
                if self.chance(30):
                    kind = self.draw(entries(type(node.kind)))
                    return replace(node, kind=kind) if kind.form() == node.kind.form() else node
                return node
            case Parallel():
                return replace(node, branches=tuple(map(self.varied, node.branches)))
            case Group():
                return replace(node, body=self.varied(node.body))
            case Repeat():
                return replace(
                    node, body=self.varied(node.body), times=self.draw(st.integers(1, 3))
                )
            case Again():
                return node

    def sequential(
        self, x: TensorSpec, scope: Scope, depth: int, keep: bool, inside: bool
    ) -> tuple[Node, TensorSpec]:
        name, y = self.name(scope), x
        nodes: list[Node] = []
        for _ in range(self.draw(st.integers(1, 3))):
            if depth + 1 < self.deepest and self.chance(25) and y.dtype == "float32" and y.shape:
                make = self.choice((self.group, self.sequential, self.repeat))
                node, y = make(y, Scope(), depth + 1, False, False)
                assume(not others_of(node))
                nodes.append(replace(node, name=""))
            else:
                kind = self.kind(y, False, called=True)
                nodes.append(self.finished(Layer(next(self.ids), "", kind), y))
                rule = applied(kind, y)
                assert not isinstance(rule, Misfit)
                y = rule.output
        return self.fitting(Group(next(self.ids), name, "", Stack(tuple(nodes))), x, scope)

    def repeat(
        self, x: TensorSpec, scope: Scope, depth: int, keep: bool, inside: bool
    ) -> tuple[Node, TensorSpec]:
        name, times = self.name(scope), self.draw(st.integers(1, 4))
        class_name, body, *given = self.class_body(x, scope, depth)
        node = Repeat(next(self.ids), name, class_name, body, times, "", *given)
        if _output(Stack((replace(node, name="block"),)), x, self.reach(scope)) is None:
            node = replace(node, times=1)
        return self.fitting(node, x, scope)

    def fitting(self, node: Group | Repeat, x: TensorSpec, scope: Scope) -> tuple[Node, TensorSpec]:
        y = _output(Stack((replace(node, name="block"),)), x, self.reach(scope))
        assume(y is not None and y.elements <= 400)
        assert y is not None
        return node, y

    # --- what branches ---------------------------------------------------------------------------

    def parallel(
        self, x: TensorSpec, scope: Scope, depth: int, keep: bool, inside: bool
    ) -> tuple[Node, TensorSpec]:
        node_id = next(self.ids)
        flow = scope.flow
        starts = self.branch_starts(x, scope, inside)
        free = [source for source, _ in starts if not source]
        if len(free) == 1:
            filled = [bool(source) and self.chance(70) for source, _ in starts]
        else:
            first = next(n for n, (source, _) in enumerate(starts) if not source)
            filled = [n != first or self.chance(40) for n in range(len(starts))]
        branches: list[tuple[Stack, TensorSpec]] = []
        for (source, start), full in zip(starts, filled, strict=True):
            nodes: tuple[Node, ...] = ()
            y = start
            if full:
                scope.flow = source or flow
                nodes, y = self.stack(
                    start, scope, depth + 1, 2, keep=True, inside=bool(source) or inside
                )
            branches.append((Stack(nodes, source, self.branch_name(scope)), y))
        join = self.join(x, [y for _, y in branches], keep)
        if not isinstance(join, Concat):
            branches = self.levelled(branches, x, scope, join)
        try:
            output = join.output(tuple(y for _, y in branches))
        except Misfit:
            join = Concat(dim=-1)
            output = join.output(tuple(y for _, y in branches))
        activation = self.activation(output, True) if self.chance(40) else None
        if activation is not None and not activation.function:
            activation = None
        if activation is not None:
            rule = applied(activation, output)
            assert not isinstance(rule, Misfit)
            output = rule.output
        return Parallel(node_id, join, tuple(stack for stack, _ in branches), activation), output

    def continued(
        self, x: TensorSpec, scope: Scope, depth: int, keep: bool, inside: bool
    ) -> tuple[Node, TensorSpec]:
        """The flow going on from something earlier."""
        reach = {name: spec for name, spec in self.reach(scope).items() if name != scope.flow}
        if not reach:
            return self.layer(x, scope, depth, keep, inside)
        name = self.choice(reach)
        return Parallel(next(self.ids), Continue(), (Stack((), name),)), reach[name]

    def branch_starts(
        self, x: TensorSpec, scope: Scope, inside: bool
    ) -> list[tuple[str, TensorSpec]]:
        """What each branch starts from: mostly what flows in, else an input or an earlier node."""
        starts = [("", x)] * self.draw(st.integers(1, 3))
        found = {name: spec for name, (_, _, spec) in scope.named.items()} | scope.inputs
        fitting = [
            (name, spec)
            for name, spec in found.items()
            if name != scope.flow
            and (spec.dtype, spec.shape[:-1]) == (x.dtype, x.shape[:-1])
            and spec.shape
            and _may_be_variable(name, name in scope.inputs)
        ]
        if fitting and not inside:
            starts += [self.choice(fitting) for _ in range(self.draw(st.integers(0, 2)))]
        if len(starts) < 2:
            starts.append(("", x))
        return self.draw(st.permutations(starts))

    def branch_name(self, scope: Scope) -> str:
        if not self.chance(15):
            return ""
        name = f"side{len(scope.branch_names) + 1}"
        scope.branch_names.add(name)
        return name

    def join(self, x: TensorSpec, outputs: list[TensorSpec], keep: bool) -> Join:
        options: list[Join] = [Concat(dim=-1)] * 3
        options += [each for each in SAME_LAST if not isinstance(each, StackJoin) or not keep]
        if len(outputs) != 2:
            options = [each for each in options if not isinstance(each, Subtract)]
        if len(x.shape) == 2 and len(outputs) == 2 and x.shape[0] == x.shape[1]:
            options.append(MatMul())
        join = self.choice(options)
        return join if all(len(y.shape) == len(x.shape) for y in outputs) else Concat(dim=-1)

    def levelled(
        self, branches: list[tuple[Stack, TensorSpec]], x: TensorSpec, scope: Scope, join: Join
    ) -> list[tuple[Stack, TensorSpec]]:
        """The branches with a Linear behind those that have another width than the empty one."""
        empty = [y for stack, y in branches if not stack.nodes]
        wide = (empty[0] if empty else branches[0][1]).shape[-1]
        found: list[tuple[Stack, TensorSpec]] = []
        for stack, y in branches:
            if y.shape[-1] != wide:
                assume(stack.nodes or stack.source)
                kind = Linear(wide)
                nodes = (*stack.nodes, Layer(next(self.ids), self.name(scope), kind))
                found.append((replace(stack, nodes=nodes), kind.output(y)))
            else:
                found.append((stack, y))
        return found

    def again(
        self, x: TensorSpec, scope: Scope, depth: int, keep: bool, inside: bool
    ) -> tuple[Node, TensorSpec]:
        found = [node for node, before, _ in scope.named.values() if before == x]
        if not found:
            return self.layer(x, scope, depth, keep, inside)
        first = self.choice(found)
        if isinstance(first, Layer) and first.others:
            return self.taken_again(first, x, scope, depth, keep, inside)
        plain = replace(first, activation=None) if isinstance(first, Layer) else first
        y = _output(Stack((replace(plain, name="block"),)), x, self.reach(scope))
        if y is None or (keep and (y.dtype, y.shape[:-1]) != (x.dtype, x.shape[:-1])):
            return self.layer(x, scope, depth, keep, inside)
        activation = self.activation(y, keep) if self.chance(40) else None
        others = others_of(first)
        if activation is not None and activation.function:
            rule = applied(activation, y)
            assert not isinstance(rule, Misfit)
            return Again(next(self.ids), node_name(first), activation, "", others), rule.output
        return Again(next(self.ids), node_name(first), others=others), y

    def taken_again(
        self, first: Layer, x: TensorSpec, scope: Scope, depth: int, keep: bool, inside: bool
    ) -> tuple[Node, TensorSpec]:
        """A layer that takes further values, with the same ones or others of those shapes."""
        reach = self.reach(scope)
        specs = tuple(reach[name] for name in first.others)
        names = tuple(
            self.choice([name for name, spec in reach.items() if spec == wanted])
            for wanted in specs
        )
        rule = applied(first.kind, Gathered(x.shape, x.dtype, specs))
        assert not isinstance(rule, Misfit)
        if keep and not _keeps(rule.output, x):
            return self.layer(x, scope, depth, keep, inside)
        return Again(next(self.ids), first.name, others=names), rule.output


@st.composite
def networks(draw: Draw, deepest: int = 3, longest: int = 5) -> Network:
    """A network without faults."""
    maker = Maker(draw, deepest)
    spec = draw(specs())
    if draw(st.integers(0, 3)) == 3:
        names = draw(st.permutations(INPUT_WORDS))[: draw(st.integers(2, 3))]
        inputs = [Input(names[0], spec)]
        for name in names[1:]:
            shape = (*spec.shape[:-1], draw(st.integers(1, 6))) if spec.shape else ()
            inputs.append(Input(name, TensorSpec(shape, spec.dtype)))
    else:
        inputs = [Input(draw(st.sampled_from(("x", *INPUT_WORDS))), spec)]
    scope = Scope({each.name: each.spec for each in inputs}, flow=inputs[0].name)
    scope.taken |= {each.name for each in inputs}
    nodes, _ = maker.stack(spec, scope, 0, longest)
    network = Network(draw(st.sampled_from(("Net", "Сеть", "Net2"))), tuple(inputs), Stack(nodes))
    assume(network.name not in maker.templates)
    network = replace(network, next_id=next(maker.ids))
    reach = list(maker.reach(scope))
    if reach and maker.chance(25):
        outputs = draw(st.lists(st.sampled_from(reach), min_size=1, max_size=2, unique=True))
        network = replace(network, outputs=tuple(outputs))
    found = infer(network)
    assume(found.valid)
    return tied(draw, network)


def tied(draw: Draw, network: Network) -> Network:
    """The network with one pair of its parameters shared, where two fit."""
    if draw(st.integers(0, 3)) < 3:
        return network
    known = tensors(infer(network).body)
    pairs = [
        Tie(path, owner)
        for path, (shape, layer, tensor) in known.items()
        for owner, (other, _, _) in known.items()
        if shape == other and path != owner and layer.initializer(tensor) is None
    ]
    if not pairs:
        return network
    shared = replace(network, ties=(draw(st.sampled_from(pairs)),))
    return shared if infer(shared).valid else network


def specs() -> st.SearchStrategy[TensorSpec]:
    """Features, sequences of features, images, single numbers, and tokens."""
    size = st.integers(1, 6)
    shapes = st.one_of(
        st.tuples(size),
        st.tuples(size),
        st.tuples(size, size),
        st.tuples(size, size, size),
        st.just(()),
    )
    return st.builds(
        TensorSpec, shapes, st.sampled_from(("float32", "float32", "float32", "int64"))
    )


def _output(
    body: Stack, x: TensorSpec, reach: Mapping[str, TensorSpec] | None = None
) -> TensorSpec | None:
    others = tuple(Input(name, spec) for name, spec in (reach or {}).items() if name != "x")
    found = infer(Network("Net", (Input("input_value", x), *others), body))
    return found.output if found.valid else None


def _keeps(y: TensorSpec, x: TensorSpec) -> bool:
    """Whether no more than the last size differs."""
    return len(y.shape) == len(x.shape) and (y.dtype, y.shape[:-1]) == (x.dtype, x.shape[:-1])


def _may_be_variable(name: str, is_input: bool) -> bool:
    from engine.design.names import fault_of_variable

    return is_input or not fault_of_variable(name)
