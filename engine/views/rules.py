"""The rules of single nodes: what a layer makes of its input, remembered because designs repeat themselves."""

from __future__ import annotations

from functools import cache, lru_cache
from math import prod
from operator import add, sub

from engine.design.kind import (
    LARGEST_TENSOR,
    Activation,
    DropActivation,
    InsertBefore,
    Kind,
    Mend,
    Misfit,
    ReplaceKind,
    Role,
    SetField,
    Shape,
    TensorSpec,
)  # fmt: skip
from engine.design.scope_names import activation_name
from engine.design.tree import Layer, Node
from engine.design.tuples import NamedTuple


class Totals(NamedTuple):
    """What layers add up to, per sample where the batch matters; every field is additive."""

    parameters: int = 0
    trainable: int = 0
    macs: int = 0
    buffers: int = 0
    activations: int = 0
    layers: int = 0
    blocks: int = 0
    faults: int = 0

    def plus(self, other: Totals) -> Totals:
        return Totals._make(map(add, self, other))

    def exchanged(self, gone: Totals, come: Totals) -> Totals:
        """The sum with one part of it exchanged for another."""
        return Totals._make(map(add, map(sub, self, gone), come))

    def times(self, turns: int) -> Totals:
        return Totals._make([each * turns for each in self]) if turns != 1 else self


class Weight(NamedTuple):
    """One parameter of a layer: its tensor's name there, its path inside the class, its shape and what it is for."""

    tensor: str
    path: str
    shape: Shape
    role: Role


class Rule(NamedTuple):
    """A kind applied to an input: what comes out, its parameters, and what they add up to."""

    output: TensorSpec
    weights: dict[str, Shape]
    totals: Totals


NO_WEIGHTS: dict[str, Shape] = {}


@lru_cache(maxsize=8192)
def applied(kind: Kind, x: TensorSpec) -> Rule | Misfit:
    """What `kind` makes of `x`, or why it cannot."""
    return _applied(kind, x)


def _applied(kind: Kind, x: TensorSpec) -> Rule | Misfit:
    try:
        output = kind.output(x)
        elements = prod(output.shape)
        if is_bare(type(kind)):
            return Rule(output, NO_WEIGHTS, Totals(0, 0, 0, 0, elements, 1))
        weights = kind.weights(x)
        parameters = sum([prod(shape) for shape in weights.values()])
        if elements > LARGEST_TENSOR or parameters > LARGEST_TENSOR:
            return Misfit("smaller sizes: no machine holds a tensor of more than 10^15 numbers")
        stored = kind.buffers(x)
        buffers = sum([spec.elements for spec in stored.values()]) if stored else 0
        totals = Totals(parameters, parameters, kind.macs(x), buffers, elements, 1)
    except Misfit as misfit:
        return misfit
    return Rule(output, weights, totals)


@cache
def is_bare(kind: type[Kind]) -> bool:
    """Whether a kind has neither weights nor buffers nor cost and keeps the size, as most activations."""
    own = (kind.weights, kind.buffers, kind.macs, kind.output)
    return own == (Kind.weights, Kind.buffers, Kind.macs, Kind.output)


@lru_cache(maxsize=8192)
def layer_rule(
    kind: Kind, activation: Activation | None, frozen: bool, x: TensorSpec
) -> Rule | Misfit:
    """The same for a whole layer: its activation applied to its output, frozen weights not trainable."""
    if not kind.module and (misfit := _no_attribute(activation, frozen)) is not None:
        return misfit
    rule = _applied(kind, x)
    if type(rule) is Misfit:
        return rule
    assert type(rule) is Rule
    if activation is not None:
        after = _applied(activation, rule.output)
        if type(after) is Misfit:
            return of_activation(activation, after)
        assert type(after) is Rule
        if after.output is not rule.output or after.weights or after.totals.macs:
            rule = _followed(rule, after)
    if frozen:
        return rule._replace(totals=rule.totals._replace(trainable=0))
    return rule


def _no_attribute(activation: Activation | None, frozen: bool) -> Misfit | None:
    """What is wrong with a layer that is an expression and no attribute of its class."""
    return Misfit("to learn: it has no weights to freeze") if frozen else functionless(activation)


def functionless(activation: Activation | None) -> Misfit | None:
    """Why an activation cannot stand around what is no module: it would need an attribute of its own."""
    if activation is None or activation.function:
        return None
    title = activation.title()
    remove = Mend(f"Remove {title}", DropActivation())
    needs = f"{title} as a layer of its own behind it: it has no function to call"
    return Misfit(needs, mends=(remove,))


def _followed(rule: Rule, after: Rule) -> Rule:
    """A layer with an activation that has weights or another shape."""
    _, weights, totals = rule
    named = {f"activation.{name}": shape for name, shape in after.weights.items()}
    added = after.totals.parameters
    totals = totals._replace(
        parameters=totals.parameters + added,
        trainable=totals.trainable + added,
        buffers=totals.buffers + after.totals.buffers,
        macs=totals.macs + after.totals.macs,
        activations=after.totals.activations,
    )
    return Rule(after.output, weights | named, totals)


def weights_of(node: Node, x: TensorSpec | None) -> tuple[Weight, ...]:
    """The parameters of a layer with their paths inside the class."""
    if not isinstance(node, Layer) or x is None:
        return ()
    rule = layer_rule(node.kind, node.activation, node.frozen, x)
    if isinstance(rule, Misfit):
        return ()
    found: list[Weight] = []
    for tensor, shape in rule.weights.items():
        own = tensor.removeprefix("activation.")
        second = node.activation if own != tensor else None
        kind, attribute = (
            (second, activation_name(node.name, second)) if second else (node.kind, node.name)
        )
        path = f"{attribute}.{own}" if attribute else own
        if attribute and kind.is_parameter():
            path = attribute
        found.append(Weight(tensor, path, shape, kind.role(own)))
    return tuple(found)


def of_activation(activation: Activation, misfit: Misfit) -> Misfit:
    """A Misfit as the layer reports it whose activation it is: the mends change the activation, not the layer."""
    mends: list[Mend] = []
    for mend in misfit.mends:
        match mend.change:
            case SetField(name, value):
                changed = activation.with_fields(**{name: value})
                mends.append(Mend(mend.title, DropActivation(changed)))
            case DropActivation():
                mends.append(mend)
            case InsertBefore() | ReplaceKind():
                pass
    mends.append(Mend(f"Remove {activation.title()}", DropActivation()))
    return Misfit(f"{misfit.needs} for its {activation.title()}", misfit.got, tuple(mends))
