"""Layers that are one matrix, or none."""

from __future__ import annotations

from math import sqrt
from typing import Any

from engine.catalogue.needs import needs_numbers
from engine.design.distribution import Distribution, Uniform
from engine.design.kept import FOR_WEIGHTS, VIEW
from engine.design.kind import ANY, Dimensions, Kind, Misfit, Shape, TensorSpec
from engine.design.knob import flag, whole
from engine.design.reach import EVERYTHING, Reach


class Linear(Kind):
    """Every output is a weighted sum of all inputs, plus a bias. y = x Wᵀ + b, over the last
    dimension.

    The plain dense layer: use it on features, and at the end of a network to get one number per
    class. Two in a row without an activation between them can do no more than one. On images it
    ignores what is next to what, and its weights grow with the product of both sizes: prefer
    convolutions there.
    """

    out_features: int = whole(
        64, "Numbers that come out per sample: the units of the layer.", at_least=1
    )
    bias: bool = flag(True, "Add a learned number to every output.")

    family = "linear"
    aliases = ("dense", "fc", "fully connected", "affine", "perceptron", "mlp")
    module = "nn.Linear"
    tensors = ("weight", "bias")
    parameters = "in_features, out_features, bias=True, device=None, dtype=None"
    keeps = FOR_WEIGHTS

    def dims_in(self) -> Dimensions:
        return (ANY, "features")

    def output(self, x: TensorSpec) -> TensorSpec:
        if not x.shape:
            raise Misfit("at least one feature per sample", "a single number per sample")
        needs_numbers(x)
        return TensorSpec((*x.shape[:-1], self.out_features))

    def weights(self, x: TensorSpec) -> dict[str, Shape]:
        weight = {"weight": (self.out_features, x.shape[-1])}
        return weight | {"bias": (self.out_features,)} if self.bias else weight

    def macs(self, x: TensorSpec) -> int:
        return x.elements * self.out_features

    def reach(self, x: TensorSpec) -> Reach | None:
        return EVERYTHING if len(x.shape) == 1 else None

    def derived(self, x: TensorSpec) -> dict[str, Any]:
        return {"in_features": x.shape[-1]}

    def torch_default(self, tensor: str, x: TensorSpec) -> tuple[Distribution, str]:
        bound = 1 / sqrt(x.shape[-1])
        law = Uniform(-bound, bound, "1/√fan_in")
        match tensor:
            case "weight":
                written = "nn.Linear writes it as kaiming_uniform_ with a = √5"
                return law, f"Uniform between ±1/√fan_in; {written}."
            case "bias":
                return law, "Uniform between ±1/√fan_in, fan_in being that of the weight."
            case _:
                raise KeyError(tensor)

    def brief(self, x: TensorSpec | None) -> str:
        before = str(x.shape[-1]) if x and x.shape else "?"
        return f"{before} → {self.out_features}"

    def formula(self, x: TensorSpec) -> str:
        product = f"{x.shape[-1]} × {self.out_features}"
        with_bias = f"in × out + out = {product} + {self.out_features}"
        return with_bias if self.bias else f"in × out = {product}"


class Identity(Kind):
    """What comes in goes out unchanged. It has no weights and costs nothing.

    A place holder: put it where a layer is to be switched off without renaming the others, or in
    place of the last layer of a network to get at its features.
    """

    family = "linear"
    aliases = ("nothing", "pass through", "noop")
    module = "nn.Identity"
    parameters = ""
    keeps = VIEW

    def reach(self, x: TensorSpec) -> Reach:
        return ()


KINDS = (Linear, Identity)
