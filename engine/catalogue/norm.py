"""Layers that bring what they get to mean 0 and variance 1, or to length 1."""

from __future__ import annotations

from collections.abc import Mapping
from math import gcd, prod
from typing import Any, ClassVar

from engine.catalogue.bounds import FAR
from engine.catalogue.needs import needs_numbers
from engine.catalogue.spatial import Spatial
from engine.design.distribution import Constant, Distribution
from engine.design.kept import Kept
from engine.design.kind import (
    ANY,
    Dimensions,
    Kind,
    Mend,
    Misfit,
    ReplaceKind,
    Role,
    SetField,
    Shape,
    TensorSpec,
)
from engine.design.knob import flag, real, whole
from engine.design.reach import Reach

EPS = "Added to the variance before the root, so that nothing is divided by zero."


class Normalising(Kind):
    """What all norms have in common: a weight that scales, a bias that shifts, and what torch fills
    them with.
    """

    family = "norm"
    roles: ClassVar[dict[str, Role]] = {"weight": "scale"}

    def reach(self, x: TensorSpec) -> Reach:
        return ()

    def torch_default(self, tensor: str, x: TensorSpec) -> tuple[Distribution, str]:
        kept = "the normalised numbers stay as they are at first"
        match tensor:
            case "weight":
                return Constant(1.0), f"All ones: {kept}."
            case "bias":
                return Constant(0.0), f"All zeros: {kept}."
            case _:
                raise KeyError(tensor)


class NormalisingLast(Normalising):
    """What the norms over the last dimensions of each sample have in common."""

    dimensions: int = whole(
        1,
        "How many dimensions, counted from the last, are normalised together.",
        at_least=1,
        at_most=8,
    )

    def kept(self, x: TensorSpec) -> Kept:
        return Kept(input=True, numbers=2 * self.rows(x))

    def rows(self, x: TensorSpec) -> int:
        """How many rows of a sample are normalised, each by itself."""
        return prod(x.shape[: len(x.shape) - len(self._last(x))])

    def dims_in(self) -> Dimensions:
        return (ANY, "features")

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_numbers(x)
        there = len(x.shape)
        if self.dimensions > there:
            title = f"Normalise {there}" if there > 1 else "Normalise the last one"
            mends = (Mend(title, SetField("dimensions", there)),) if there else ()
            plural = "s" if self.dimensions > 1 else ""
            raise Misfit(f"{self.dimensions} dimension{plural} beside the batch", str(x), mends)
        return x

    def derived(self, x: TensorSpec) -> dict[str, Any]:
        last = self._last(x)
        return {"normalized_shape": last[0] if len(last) == 1 else last}

    @classmethod
    def implied(cls, arguments: Mapping[str, Any]) -> dict[str, Any]:
        shape = arguments["normalized_shape"]
        return {"dimensions": len(shape) if isinstance(shape, tuple) else 1}  # pyright: ignore[reportUnknownArgumentType]

    def brief(self, x: TensorSpec | None) -> str:
        if x is None or self.dimensions > len(x.shape):
            return ""
        return " × ".join(map(str, self._last(x)))

    def _last(self, x: TensorSpec) -> Shape:
        return x.shape[len(x.shape) - self.dimensions :]


class LayerNorm(NormalisingLast):
    """Every sample is brought to mean 0 and variance 1 over its last dimension, then scaled and
    shifted by learned numbers.

    The norm of transformers and of sequences: it does not look at the rest of the batch, so that
    training and evaluation do the same and a batch of one works. In dense networks on tables
    BatchNorm1d usually trains faster. Over a dimension of size 1 it returns nothing but the bias.
    """

    eps: float = real(1e-5, EPS, at_least=0, at_most=1e6)
    elementwise_affine: bool = flag(True, "Learn a scale and a shift for every position.")
    bias: bool = flag(True, "Learn the shift, where a scale is learned.")

    aliases = ("ln", "layer normalisation", "layer normalization")
    module = "nn.LayerNorm"
    tensors = ("weight", "bias")
    parameters = (
        "normalized_shape, eps=1e-05, elementwise_affine=True, bias=True, device=None, dtype=None"
    )

    def idle(self) -> frozenset[str]:
        return frozenset() if self.elementwise_affine else frozenset({"bias"})

    def weights(self, x: TensorSpec) -> dict[str, Shape]:
        if not self.elementwise_affine:
            return {}
        scale = {"weight": self._last(x)}
        return scale | {"bias": self._last(x)} if self.bias else scale

    def formula(self, x: TensorSpec) -> str:
        if not self.elementwise_affine:
            return ""
        size = " × ".join(map(str, self._last(x)))
        return f"2 × size = 2 × {size}" if self.bias else f"size = {size}"


class RMSNorm(NormalisingLast):
    """Every sample is divided by the root of its mean square over the last dimension, then scaled
    by learned numbers.

    LayerNorm without the mean and without the shift: cheaper, and as good in large language models.
    It leaves the mean in, so that inputs which all share a large offset come out nearly alike.
    """

    eps: float | None = real(
        None, "Added to the mean square before the root; empty for the smallest step of the number format.",
        at_least=0, at_most=1e6, optional=True,
    )  # fmt: skip
    elementwise_affine: bool = flag(True, "Learn a scale for every position.")

    aliases = ("root mean square",)
    module = "nn.RMSNorm"
    tensors = ("weight",)
    parameters = "normalized_shape, eps=None, elementwise_affine=True, device=None, dtype=None"

    def kept(self, x: TensorSpec) -> Kept:
        normalised = x.elements if self.elementwise_affine else 0
        return Kept(input=True, numbers=self.rows(x) + normalised)

    def weights(self, x: TensorSpec) -> dict[str, Shape]:
        return {"weight": self._last(x)} if self.elementwise_affine else {}

    def formula(self, x: TensorSpec) -> str:
        size = " × ".join(map(str, self._last(x)))
        return f"size = {size}" if self.elementwise_affine else ""


class GroupNorm(Normalising):
    """Every sample is brought to mean 0 and variance 1 over groups of channels, then scaled and shifted by learned
    numbers for each channel. For [N, C] and [N, C, ...].

    The norm of image networks with small batches, in place of a batch norm: it does not look at the rest of the
    batch, so that training and evaluation do the same. The groups must divide the channels; one group is a layer norm
    over the whole sample, as many groups as channels an instance norm. Where a group holds a single number, nothing
    but the bias comes out.
    """

    num_groups: int = whole(
        8, "Groups that the channels are split into; they must divide them.", at_least=1
    )
    eps: float = real(1e-5, EPS, above=0, at_most=1e6)
    affine: bool = flag(True, "Learn a scale and a shift for every channel.")
    bias: bool = flag(True, "Learn the shift, where a scale is learned.")

    aliases = ("gn", "group normalisation", "group normalization")
    module = "nn.GroupNorm"
    tensors = ("weight", "bias")
    parameters = (
        "num_groups, num_channels, eps=1e-05, affine=True, device=None, dtype=None, *, bias=True"
    )

    def kept(self, x: TensorSpec) -> Kept:
        return Kept(input=True, numbers=2 * self.num_groups)

    def idle(self) -> frozenset[str]:
        return frozenset() if self.affine else frozenset({"bias"})

    def dims_in(self) -> Dimensions:
        return ("channels", ANY)

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_numbers(x)
        if not x.shape:
            raise Misfit("channels, or channels and axes behind them, per sample", str(x))
        if x.shape[0] % self.num_groups:
            fitting = gcd(x.shape[0], self.num_groups)
            mend = Mend(f"Use num_groups = {fitting}", SetField("num_groups", fitting))
            raise Misfit(f"groups that divide {x.shape[0]} channels", str(self.num_groups), (mend,))
        return x

    def weights(self, x: TensorSpec) -> dict[str, Shape]:
        if not self.affine:
            return {}
        scale = {"weight": (x.shape[0],)}
        return scale | {"bias": (x.shape[0],)} if self.bias else scale

    def derived(self, x: TensorSpec) -> dict[str, Any]:
        return {"num_channels": x.shape[0]}

    def brief(self, x: TensorSpec | None) -> str:
        return f"{self.num_groups} groups" if self.num_groups > 1 else "1 group"

    def formula(self, x: TensorSpec) -> str:
        if not self.affine:
            return ""
        return f"2 × channels = 2 × {x.shape[0]}" if self.bias else f"channels = {x.shape[0]}"


class AcrossChannels(Kind):
    """What both norms over neighbouring channels have in common."""

    size: int = whole(5, "Neighbouring channels that are looked at together.", at_least=1)
    alpha: float = real(1e-4, "Weight of the mean square.", at_least=0, at_most=FAR)
    beta: float = real(0.75, "Power that the sum is raised to.", at_least=-100, at_most=100)
    k: float = real(1.0, "Added to the mean square, so that nothing is divided by zero.",
                    above=0, at_most=FAR)  # fmt: skip

    family = "norm"

    def dims_in(self) -> Dimensions:
        return ("channels", ANY)

    def reach(self, x: TensorSpec) -> Reach:
        return ()

    def brief(self, x: TensorSpec | None) -> str:
        return f"{self.size} channels" if self.size > 1 else "1 channel"


class LocalResponseNorm(AcrossChannels):
    """Every number is divided by a power of k plus alpha times the mean square of the channels beside it, at the same
    place. For [N, C, L], [N, C, H, W] and more axes.

    The norm of AlexNet, before there was a batch norm: loud channels dampen their neighbours. Nothing is learned.
    New networks do better with BatchNorm2d or GroupNorm.
    """

    aliases = ("lrn", "alexnet", "cross channel")
    module = "nn.LocalResponseNorm"
    parameters = "size, alpha=0.0001, beta=0.75, k=1.0"

    def kept(self, x: TensorSpec) -> Kept:
        padded = (x.shape[0] + self.size - 1) * prod(x.shape[1:])
        return Kept(input=True, numbers=2 * x.elements + padded)

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_numbers(x)
        if len(x.shape) < 2:
            mend = Mend("Use LayerNorm", ReplaceKind(LayerNorm()))
            raise Misfit(
                "channels and at least one axis behind them per sample",
                str(x),
                (mend,) if x.shape else (),
            )
        return x


class CrossMapLRN2d(AcrossChannels, Spatial, axes=2):
    """Every number of an image is divided by a power of k plus alpha times the mean square of the channels beside it,
    at the same place. For [N, C, H, W].

    The older form of LocalResponseNorm, kept for networks that came from Torch 7. It goes through the channels one by
    one in Python and is slow: take LocalResponseNorm.
    """

    aliases = ("lrn", "local response norm", "torch7")
    module = "nn.CrossMapLRN2d"
    parameters = "size, alpha=0.0001, beta=0.75, k=1"

    def output(self, x: TensorSpec) -> TensorSpec:
        self.picture(x)
        return x


KINDS = (LayerNorm, RMSNorm, GroupNorm, LocalResponseNorm, CrossMapLRN2d)
