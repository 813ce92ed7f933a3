"""Layers that take two values: what flows in, and another one from elsewhere in the network."""

from __future__ import annotations

from itertools import zip_longest
from math import prod, sqrt
from typing import Any, ClassVar

from engine.catalogue.joins import together
from engine.catalogue.needs import axis, needs_numbers, needs_others
from engine.design.distribution import Distribution, Uniform
from engine.design.kept import INPUT, Kept
from engine.design.kind import ANY, Dimensions, Gathered, Kind, Misfit, Shape, TensorSpec
from engine.design.knob import flag, real, whole


def needs_pair(kind: Kind, x: TensorSpec) -> tuple[TensorSpec, TensorSpec]:
    """Both values. Raises Misfit where one is missing, or is no list of real numbers per sample."""
    other = needs_others(kind, x)[0]
    needs_numbers(x)
    if other.dtype != "float32":
        raise Misfit("another value of real numbers (float32)", f"{other.dtype} {other}")
    if not (x.shape and other.shape):
        raise Misfit("at least one feature per sample", "a single number per sample")
    return x, other


def paired(x: TensorSpec) -> int:
    """Numbers of two values that are compared place by place, sizes of 1 repeated."""
    assert isinstance(x, Gathered)
    other = x.others[0].shape
    return prod(max(pair) for pair in zip_longest(x.shape[::-1], other[::-1], fillvalue=1))


class Bilinear(Kind):
    """Every output is a weighted sum of all products of a number of the one value with a number of the other, plus a
    bias. y = x₁ᵀ A x₂ + b, over the last dimension.

    For how two things go together: a word and its head, a question and an answer, a user and an item. Its weights grow
    with the product of three sizes, so make both values narrow first. Where a sum of both would do, prefer a
    concatenation and a Linear, which is far smaller.
    """

    out_features: int = whole(16, "Numbers that come out per sample.", at_least=1)
    bias: bool = flag(True, "Add a learned number to every output.")

    keeps = INPUT
    family = "linear"
    aliases = ("two inputs", "product", "pair", "biaffine")
    module = "nn.Bilinear"
    tensors = ("weight", "bias")
    takes: ClassVar[dict[str, str]] = {
        "other": "The second of both; all its sizes but the last are those of the first."
    }
    forms: ClassVar[dict[str, dict[str, Any]]] = {"m(x, other)": {}}
    parameters = "in1_features, in2_features, out_features, bias=True, device=None, dtype=None"

    def dims_in(self) -> Dimensions:
        return (ANY, "features")

    def output(self, x: TensorSpec) -> TensorSpec:
        x, other = needs_pair(self, x)
        if x.shape[:-1] != other.shape[:-1]:
            raise Misfit("two values that differ in their last size alone")
        return TensorSpec((*x.shape[:-1], self.out_features))

    def weights(self, x: TensorSpec) -> dict[str, Shape]:
        x, other = needs_pair(self, x)
        weight: dict[str, Shape] = {"weight": (self.out_features, x.shape[-1], other.shape[-1])}
        return weight | {"bias": (self.out_features,)} if self.bias else weight

    def macs(self, x: TensorSpec) -> int:
        x, other = needs_pair(self, x)
        return x.elements * other.shape[-1] * self.out_features

    def derived(self, x: TensorSpec) -> dict[str, Any]:
        x, other = needs_pair(self, x)
        return {"in1_features": x.shape[-1], "in2_features": other.shape[-1]}

    def torch_default(self, tensor: str, x: TensorSpec) -> tuple[Distribution, str]:
        if tensor not in self.tensors:
            raise KeyError(tensor)
        bound = 1 / sqrt(x.shape[-1])
        law = Uniform(-bound, bound, "1/√in1_features")
        return law, "Uniform between ±1/√in1_features: the width of the first value counts alone."

    def brief(self, x: TensorSpec | None) -> str:
        return f"→ {self.out_features}"

    def formula(self, x: TensorSpec) -> str:
        x, other = needs_pair(self, x)
        product = f"{self.out_features} × {x.shape[-1]} × {other.shape[-1]}"
        if not self.bias:
            return f"out × in₁ × in₂ = {product}"
        return f"out × in₁ × in₂ + out = {product} + {self.out_features}"


class CosineSimilarity(Kind):
    """How alike two values point: 1 in the same direction, 0 at right angles, -1 in opposite ones. The sum of products
    along a dimension, divided by both lengths.

    For siamese networks, retrieval and anything that compares what two towers made of their inputs. Lengths do not
    count, so it says nothing of how strongly a feature is there. The dimension that it works along is gone behind it.
    """

    dim: int = whole(
        1, "Dimension along which the numbers belong together; 0 is the batch, -1 the last.",
        at_least=-64, at_most=64,
    )  # fmt: skip
    eps: float = real(
        1e-8, "Smallest length that it divides by, so that nothing is divided by zero.",
        at_least=0, at_most=1e6,
    )  # fmt: skip

    family = "linear"
    aliases = ("siamese", "distance", "compare", "angle", "metric")
    module = "nn.CosineSimilarity"
    takes: ClassVar[dict[str, str]] = {
        "other": "What it is compared with, of the same shape or with sizes of 1."
    }
    forms: ClassVar[dict[str, dict[str, Any]]] = {"m(x, other)": {}}
    parameters = "dim=1, eps=1e-08"

    def kept(self, x: TensorSpec) -> Kept:
        return Kept(input=True, numbers=2 * paired(x) + 4 * self.output(x).elements)

    def output(self, x: TensorSpec) -> TensorSpec:
        shape = together(needs_pair(self, x)).shape
        at = axis(TensorSpec(shape), self.dim)
        return TensorSpec((*shape[:at], *shape[at + 1 :]))

    def brief(self, x: TensorSpec | None) -> str:
        return "" if self.dim == 1 else f"dim {self.dim}"


class PairwiseDistance(Kind):
    """How far two values lie apart, along the last dimension: the length of their difference.

    For siamese networks and other ones that learn distances, as with a contrastive or triplet loss. p = 2 is the plain
    distance, p = 1 the sum of all differences. Unlike a cosine it grows with the numbers: normalise before it where
    only directions count.
    """

    p: float = real(
        2.0, "Which length: 2 the plain one, 1 the sum of sizes.", at_least=0, at_most=64
    )
    eps: float = real(
        1e-6, "Added to every difference, so that its gradient exists at zero.",
        at_least=0, at_most=1e6,
    )  # fmt: skip
    keepdim: bool = flag(False, "Keep the last dimension, with size 1.")

    family = "linear"
    aliases = ("siamese", "norm", "compare", "euclidean", "metric")
    module = "nn.PairwiseDistance"
    takes: ClassVar[dict[str, str]] = {
        "other": "What the distance is to, of the same shape or with sizes of 1."
    }
    forms: ClassVar[dict[str, dict[str, Any]]] = {"m(x, other)": {}}
    parameters = "p=2.0, eps=1e-06, keepdim=False"

    def kept(self, x: TensorSpec) -> Kept:
        return Kept(output=True, numbers=paired(x))

    def dims_in(self) -> Dimensions:
        return (ANY, "features")

    def dims_out(self) -> Dimensions:
        return (ANY,)

    def output(self, x: TensorSpec) -> TensorSpec:
        shape = together(needs_pair(self, x)).shape
        return TensorSpec((*shape[:-1], 1) if self.keepdim else shape[:-1])

    def brief(self, x: TensorSpec | None) -> str:
        return f"p = {self.p:g}"


KINDS = (Bilinear, CosineSimilarity, PairwiseDistance)
