"""What the activations that work on one number at a time have in common."""

from __future__ import annotations

from math import exp, log1p

from engine.catalogue.needs import needs_numbers
from engine.design.kept import INPUT
from engine.design.kind import Activation, TensorSpec


def sigmoid(x: float) -> float:
    """1/(1 + e⁻ˣ) without overflow."""
    return 1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))


def softplus(x: float) -> float:
    """log(1 + eˣ) without overflow."""
    return max(x, 0.0) + log1p(exp(-abs(x)))


class Curve(Activation):
    """What all activations of one number have in common: they take real numbers and keep the
    shape.
    """

    keeps = INPUT

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_numbers(x)
        return x
