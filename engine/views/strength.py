"""How strong a signal is at the start of training, layer after layer, as far as theory predicts it.

The strength is the second moment E[z²] of what flows, 1 at the input. A map of n numbers multiplies it by n · Var[w]
and adds that of its bias (He et al. 2015, equation 8). Where units have something in common, as behind a ReLU all have
a mean above 0, two things more happen: weights that have a mean themselves add it up n² times instead of n, and a
residual sum adds it like a number instead of like noise. So the part that all units have in common goes along: E[(mean
of the units)²]. An activation f makes E[f(z)²] of a normal z, a norm brings the strength back to 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from math import exp, inf, log10, prod, sqrt

from engine.catalogue.convolution import AnyConvolution, Convolution
from engine.catalogue.joins import Add, Maximum, Multiply, Subtract
from engine.catalogue.joins import Mean as MeanOfBranches
from engine.catalogue.linear import Linear
from engine.design.distribution import Distribution
from engine.design.kind import Activation, Initializer, Join, Kind, Shape, TensorSpec
from engine.design.tree import Again, Group, Layer, Parallel, Repeat
from engine.design.tuples import NamedTuple
from engine.views.advising import law
from engine.views.facts import NodeFacts, StackFacts

MOST_WALKED = 4_000
"""Nodes that are gone through in all; from then on the turns of a Repeat go on as its last ones did."""
FEWEST_TURNS = 2
"""Turns from which it can be told how it goes on."""
STEADY = 0.9
"""How much of its growth a turn keeps of the one before where each multiplies; where each adds, it keeps less."""
GRID = tuple(place / 4 for place in range(-24, 25))
"""Where a normal variable is looked at, in its standard deviations."""
HIGHEST = 1e100
MOST_KNOWN = 8192


class Signal(NamedTuple):
    """E[z²] over units and inputs, and how much of it all units have in common."""

    power: float
    common: float = 0.0


class Gain(NamedTuple):
    """What a map does: how many products an output adds up, and the laws of weight and bias."""

    products: float
    spread: float
    """Var[w]."""
    mean: float
    """E[w]."""
    added: float
    """E[b²] of the bias."""
    shifted: float
    """E[b]² of the bias."""

    def behind(self, x: Signal) -> Signal:
        """What comes out for what flows in."""
        summed = self.products**2 * x.common + self.products * (x.power - x.common)
        common = self.mean**2 * summed
        power = self.products * self.spread * x.power + common
        return Signal(power + self.added, common + self.shifted)


NORMED = Signal(1.0)


class Strength:
    """A walk through a design; `seen` holds each layer with weights and the strength that it gives."""

    def __init__(self) -> None:
        self.seen: list[tuple[Layer, float]] = []
        self._walked = 0

    def through(self, stack: StackFacts, x: Signal) -> Signal:
        """The signal behind a stack for that in front of it."""
        self._walked += len(stack.nodes)
        for facts in stack.nodes:
            power, common = self._behind(facts, x)
            x = Signal(min(power, HIGHEST), min(common, power, HIGHEST))
        return x

    def _behind(self, facts: NodeFacts, x: Signal) -> Signal:
        node = facts.node
        match node:
            case Layer():
                return self._layer(node, facts, x)
            case Group():
                return self.through(facts.stacks[0], x) if facts.stacks else x
            case Repeat():
                return self._repeat(node, facts, x)
            case Parallel():
                branches = [self.through(branch, x) for branch in facts.stacks]
                return _activated(node.activation, _joined(node.join, branches)) if branches else x
            case Again():
                return x

    def _repeat(self, node: Repeat, facts: NodeFacts, x: Signal) -> Signal:
        known = facts.stacks
        if not known:
            return x
        powers = [x.power]
        for turn in range(node.times):
            if turn >= FEWEST_TURNS and self._walked > MOST_WALKED:
                break
            x = self.through(known[min(turn, len(known) - 1)], x)
            powers.append(x.power)
        rest = node.times + 1 - len(powers)
        if not rest or not all(powers):
            return x
        power = _gone_on(powers, rest)
        return Signal(power, x.common / x.power * power)

    def _layer(self, node: Layer, facts: NodeFacts, x: Signal) -> Signal:
        if facts.input is None or facts.output is None:
            return x
        kind = node.kind
        family = kind.family
        if family in ("norm", "embedding", "attention", "recurrent"):
            return _activated(node.activation, NORMED)
        if isinstance(kind, Linear | AnyConvolution):
            gain = _gain_of(facts, node, facts.input)
            if gain is None:
                return _activated(node.activation, NORMED)
            x = gain.behind(x)
            self.seen.append((node, x.power))
        elif isinstance(kind, Activation):
            x = _activated(kind, x)
        return _activated(node.activation, x)


def _gone_on(powers: list[float], rest: int) -> float:
    """The strength so many turns later: each turn multiplies it, or adds to it, as the last ones did."""
    growths = [log10(after / before) for before, after in pairwise(powers)]
    last = growths[-1]
    if len(growths) > 1 and abs(last) < STEADY * abs(growths[-2]):
        return max(powers[-1] + rest * (powers[-1] - powers[-2]), 0.0)
    return 10.0 ** max(min(log10(powers[-1]) + rest * last, 100.0), -300.0)


_gains: dict[int, tuple[NodeFacts, Gain | None]] = {}
"""What single layers do, remembered while the very same facts are asked for: an edit changes few of them."""


def _gain_of(facts: NodeFacts, node: Layer, x: TensorSpec) -> Gain | None:
    """What a map does to a signal; None where that is unknown."""
    known = _gains.get(id(facts))
    if known is None or known[0] is not facts:
        chosen = dict(node.initializers)
        if len(_gains) >= MOST_KNOWN:
            _gains.clear()
        gain = _gain(node.kind, chosen.get("weight"), chosen.get("bias"), x)
        known = _gains[id(facts)] = (facts, gain)
    return known[1]


@lru_cache(maxsize=8192)
def _gain(
    kind: Kind, weight: Initializer | None, bias: Initializer | None, x: TensorSpec
) -> Gain | None:
    shapes = kind.weights(x)
    matrix = shapes["weight"]
    law = _law(kind, weight, "weight", matrix, x)
    if law is None:
        return None
    offset = _law(kind, bias, "bias", shapes["bias"], x) if "bias" in shapes else None
    added, shifted = (offset.mean**2 + offset.std**2, offset.mean**2) if offset else (0.0, 0.0)
    return Gain(_products(kind, matrix, x), law.std**2, law.mean, added, shifted)


def _products(kind: Kind, matrix: Shape, x: TensorSpec) -> float:
    """How many products one output adds up; a transposed convolution spreads its kernel over the stride."""
    if isinstance(kind, Convolution):
        return prod(matrix[1:]) * kind.share_inside(x)
    if isinstance(kind, Linear):
        return prod(matrix[1:])
    assert isinstance(kind, AnyConvolution)
    return matrix[0] / kind.groups * prod(matrix[2:]) / prod(kind.each(kind.stride))


def _law(
    kind: Kind, chosen: Initializer | None, tensor: str, shape: Shape, x: TensorSpec
) -> Distribution | None:
    """How the numbers of a tensor are spread at the start."""
    return law(chosen, shape) if chosen is not None else kind.torch_default(tensor, x)[0]


def _activated(activation: Activation | None, x: Signal) -> Signal:
    if activation is None or not 0 < x.power < inf:
        return x
    if activation.vector:
        return Signal(min(x.power, 1.0))
    # Eight steps to every factor of ten: closer than the theory is.
    kept, mean = _kept(activation, round(log10(x.power) * 8))
    # What is common stays so, and what was not has the activation's mean in common.
    common = mean + (kept - mean) * x.common / x.power
    return Signal(x.power * kept, x.power * common)


@lru_cache(maxsize=4096)
def _kept(activation: Activation, place: int) -> tuple[float, float]:
    """E[f(z)²] and E[f(z)]², for a normal z of the strength 10^(place / 8), as shares of it."""
    power = 10.0 ** (place / 8)
    spread = sqrt(power)
    squares = values = weights = 0.0
    for at in GRID:
        weight = exp(-at * at / 2)
        try:
            value = activation.at(at * spread)
        except (OverflowError, TypeError):
            return 1.0, 0.0
        squares += weight * value * value
        values += weight * value
        weights += weight
    return squares / weights / power, (values / weights) ** 2 / power


def _joined(join: Join, branches: list[Signal]) -> Signal:
    match join:
        case Add() | Subtract() | MeanOfBranches():
            apart = sum(power - common for power, common in branches)
            roots = [sqrt(common) for _, common in branches]
            both = roots[0] - sum(roots[1:]) if isinstance(join, Subtract) else sum(roots)
            share = 1 / len(branches) ** 2 if isinstance(join, MeanOfBranches) else 1.0
            return Signal(share * (apart + both**2), share * both**2)
        case Multiply():
            return Signal(prod(x.power for x in branches), prod(x.common for x in branches))
        case Maximum():
            return max(branches)
        case _:
            power = sum(x.power for x in branches) / len(branches)
            return Signal(power, sum(x.common for x in branches) / len(branches))


def strengths(body: StackFacts) -> Iterator[tuple[Layer, float]]:
    """Each layer with weights and the strength of what it gives, in order."""
    walk = Strength()
    walk.through(body, NORMED)
    yield from walk.seen
