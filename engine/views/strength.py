"""How strong a signal is at the start of training, layer after layer, as far as theory predicts it.

The strength is the second moment E[z²] of what flows, 1 at the input. A map multiplies it by fan_in · E[w²] and adds
that of its bias (He et al. 2015, equation 8); an activation f makes E[f(z)²] of it for a normal z; a norm brings it
back to 1; a residual sum adds the strengths of its branches.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import exp, inf, log10, prod, sqrt

from engine.catalogue.convolution import AnyConvolution, Convolution
from engine.catalogue.joins import Add, Maximum, Multiply, Subtract
from engine.catalogue.joins import Mean as MeanOfBranches
from engine.catalogue.linear import Linear
from engine.design.distribution import Distribution
from engine.design.kind import Activation, Initializer, Join, Kind, Shape, TensorSpec
from engine.design.tree import Again, Group, Layer, Parallel, Repeat
from engine.views.advising import law
from engine.views.facts import NodeFacts, StackFacts

MOST_TURNS = 3
"""Turns of a Repeat that are gone through one by one; the rest go on as the last one did."""
GRID = tuple(place / 4 for place in range(-24, 25))
"""Where a normal variable is looked at, in its standard deviations."""
HIGHEST = 1e100
MOST_KNOWN = 8192


class Strength:
    """A walk through a design; `seen` holds each layer with weights and the strength that it gives."""

    def __init__(self) -> None:
        self.seen: list[tuple[Layer, float]] = []

    def through(self, stack: StackFacts, power: float) -> float:
        """The strength behind a stack for that in front of it."""
        for facts in stack.nodes:
            power = min(self._behind(facts, power), HIGHEST)
        return power

    def _behind(self, facts: NodeFacts, power: float) -> float:
        node = facts.node
        match node:
            case Layer():
                return self._layer(node, facts, power)
            case Group():
                return self.through(facts.stacks[0], power) if facts.stacks else power
            case Repeat():
                return self._repeat(node, facts, power)
            case Parallel():
                branches = [self.through(branch, power) for branch in facts.stacks]
                return (
                    _activated(node.activation, _joined(node.join, branches)) if branches else power
                )
            case Again():
                return power

    def _repeat(self, node: Repeat, facts: NodeFacts, power: float) -> float:
        known = facts.stacks
        before = power
        turns = min(node.times, max(len(known), MOST_TURNS)) if known else 0
        for turn in range(turns):
            before, power = power, self.through(known[min(turn, len(known) - 1)], power)
        rest = node.times - turns
        if rest <= 0 or not before or not power:
            return power
        # Sums grow by a step each turn, products by a factor; the smaller change is the careful guess.
        steps = max(power + rest * (power - before), 0.0)
        try:
            factors = power * (power / before) ** rest
        except OverflowError:
            factors = HIGHEST
        return min(steps, factors) if power > before else max(steps, factors) if steps else factors

    def _layer(self, node: Layer, facts: NodeFacts, power: float) -> float:
        x = facts.input
        if x is None or facts.output is None:
            return power
        kind = node.kind
        family = kind.family
        if family == "norm":
            return _activated(node.activation, 1.0)
        if isinstance(kind, Linear | AnyConvolution):
            factor, added = _gain_of(facts, node, x)
            if factor < 0:
                return _activated(node.activation, 1.0)
            power = power * factor + added
            self.seen.append((node, power))
            return _activated(node.activation, power)
        if isinstance(kind, Activation):
            return _activated(node.activation, _activated(kind, power))
        if family in ("embedding", "attention", "recurrent"):
            return _activated(node.activation, 1.0)
        return _activated(node.activation, power)


_gains: dict[int, tuple[NodeFacts, float, float]] = {}
"""What single layers do, remembered while the very same facts are asked for: an edit changes few of them."""


def _gain_of(facts: NodeFacts, node: Layer, x: TensorSpec) -> tuple[float, float]:
    """What a map multiplies the strength by, and what its bias adds; the first below 0 where that is unknown."""
    known = _gains.get(id(facts))
    if known is None or known[0] is not facts:
        chosen = dict(node.initializers)
        if len(_gains) >= MOST_KNOWN:
            _gains.clear()
        gain = _gain(node.kind, chosen.get("weight"), chosen.get("bias"), x)
        known = _gains[id(facts)] = (facts, *gain)
    return known[1], known[2]


@lru_cache(maxsize=8192)
def _gain(
    kind: Kind, weight: Initializer | None, bias: Initializer | None, x: TensorSpec
) -> tuple[float, float]:
    shapes = kind.weights(x)
    matrix = shapes["weight"]
    moment = _moment(kind, weight, "weight", matrix, x)
    if moment is None:
        return -1.0, 0.0
    added = _moment(kind, bias, "bias", shapes["bias"], x) if "bias" in shapes else 0.0
    return moment * _summed(kind, matrix), added or 0.0


def _summed(kind: Kind, matrix: Shape) -> float:
    """How many products one output adds up; a transposed convolution spreads its kernel over the stride."""
    if isinstance(kind, Linear | Convolution):
        return prod(matrix[1:])
    assert isinstance(kind, AnyConvolution)
    return matrix[0] / kind.groups * prod(matrix[2:]) / prod(kind.each(kind.stride))


def _moment(
    kind: Kind, chosen: Initializer | None, tensor: str, shape: Shape, x: TensorSpec
) -> float | None:
    """E[w²] of a tensor at the start."""
    found: Distribution | None
    found = law(chosen, shape) if chosen is not None else kind.torch_default(tensor, x)[0]
    return None if found is None else found.mean**2 + found.std**2


def _activated(activation: Activation | None, power: float) -> float:
    if activation is None or not 0 < power < inf:
        return power
    if activation.vector:
        return min(power, 1.0)
    # Eight steps to every factor of ten: closer than the theory is.
    place = round(log10(power) * 8)
    return power * _kept(activation, place)


@lru_cache(maxsize=4096)
def _kept(activation: Activation, place: int) -> float:
    """E[f(z)²] / E[z²] for a normal z of the strength 10^(place / 8)."""
    power = 10.0 ** (place / 8)
    spread = sqrt(power)
    total = weights = 0.0
    for at in GRID:
        weight = exp(-at * at / 2)
        try:
            value = activation.at(at * spread)
        except (OverflowError, TypeError):
            return 1.0
        total += weight * value * value
        weights += weight
    return total / weights / power


def _joined(join: Join, branches: list[float]) -> float:
    match join:
        case Add() | Subtract():
            return sum(branches)
        case Multiply():
            return prod(branches)
        case MeanOfBranches():
            return sum(branches) / len(branches) ** 2
        case Maximum():
            return max(branches)
        case _:
            return sum(branches) / len(branches)


def strengths(body: StackFacts) -> Iterator[tuple[Layer, float]]:
    """Each layer with weights and the strength of what it gives, in order."""
    walk = Strength()
    walk.through(body, 1.0)
    yield from walk.seen
