"""Layers that are one matrix."""

from __future__ import annotations

from math import sqrt
from typing import Any

from engine.design.distribution import Distribution, Uniform
from engine.design.kind import InsertBefore, Kind, Mend, Misfit, Shape, TensorSpec
from engine.design.knob import flag, whole


class Linear(Kind):
    """Every output is a weighted sum of all inputs, plus a bias. y = x Wᵀ + b, over the last dimension.

    The plain dense layer: use it on features, and at the end of a network to get one number per class. Two in a row
    without an activation between them are no more than one.
    """

    out_features: int = whole(64, "Numbers that come out per sample: the units of the layer.", at_least=1)
    bias: bool = flag(True, "Add a learned number to every output.")

    family = "linear"
    module = "nn.Linear"
    parameters = "in_features, out_features, bias=True, device=None, dtype=None"

    def output(self, x: TensorSpec) -> TensorSpec:
        if not x.shape:
            raise Misfit("at least one feature per sample", "a single number per sample")
        if x.dtype != "float32":
            raise Misfit("float32 numbers", f"{x.dtype} numbers", embed_first())
        return TensorSpec((*x.shape[:-1], self.out_features))

    def weights(self, x: TensorSpec) -> dict[str, Shape]:
        weight = {"weight": (self.out_features, x.shape[-1])}
        return weight | {"bias": (self.out_features,)} if self.bias else weight

    def macs(self, x: TensorSpec) -> int:
        return x.elements * self.out_features

    def derived(self, x: TensorSpec) -> dict[str, Any]:
        return {"in_features": x.shape[-1]}

    def torch_default(self, tensor: str, x: TensorSpec) -> tuple[Distribution, str]:
        bound = 1 / sqrt(x.shape[-1])
        sentence = "Uniform between ±1/√fan_in; nn.Linear writes it as kaiming_uniform_ with a = √5."
        return Uniform(-bound, bound, "1/√fan_in"), sentence

    def brief(self, x: TensorSpec | None) -> str:
        before = str(x.shape[-1]) if x and x.shape else "?"
        return f"{before} → {self.out_features}"

    def formula(self, x: TensorSpec) -> str:
        product = f"{x.shape[-1]} × {self.out_features}"
        return f"in × out + out = {product} + {self.out_features}" if self.bias else f"in × out = {product}"


def embed_first() -> tuple[Mend, ...]:
    """The mend for a layer that needs real numbers and gets whole ones: an embedding in front."""
    from engine.catalogue.embedding import Embedding

    return (Mend("Insert an Embedding", InsertBefore(Embedding())),)


KINDS = (Linear,)
