"""Layers that bring what they get to mean 0 and variance 1, or to length 1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from engine.catalogue.needs import needs_numbers
from engine.catalogue.shaping import Flatten
from engine.design.distribution import Constant, Distribution
from engine.design.kind import (
    InsertBefore,
    Kind,
    Mend,
    Misfit,
    Role,
    SetField,
    Shape,
    TensorSpec,
)
from engine.design.knob import flag, real, whole

EPS = "Added to the variance before the root, so that nothing is divided by zero."


class Normalising(Kind):
    """What all norms have in common: a weight that scales, a bias that shifts, and what torch fills
    them with.
    """

    family = "norm"
    roles: ClassVar[dict[str, Role]] = {"weight": "scale"}

    def torch_default(self, tensor: str, x: TensorSpec) -> tuple[Distribution, str]:
        kept = "the normalised numbers stay as they are at first"
        match tensor:
            case "weight":
                return Constant(1.0), f"All ones: {kept}."
            case "bias":
                return Constant(0.0), f"All zeros: {kept}."
            case _:
                raise KeyError(tensor)


class BatchNorm1d(Normalising):
    """Every feature is brought to mean 0 and variance 1 over the batch, then scaled and shifted by
    learned numbers. For [N, C] and [N, C, L].

    Speeds up training and allows larger learning rates; put it between a Linear and its activation,
    the Linear without bias, because the norm's own bias does the same. In training it uses the
    statistics of the batch and remembers a running mean of them, which evaluation uses: with
    batches below about 16 the two differ and results get worse, and a batch of one stops the run.
    In [N, C, L] the second dimension is the channels; [N, L, C], as embeddings give it, wants
    LayerNorm.
    """

    eps: float = real(1e-5, EPS, above=0, at_most=1e6)
    momentum: float | None = real(
        0.1, "Share of the newest batch in the running statistics; empty for a plain mean of all batches.",
        at_least=0, at_most=1, optional=True,
    )  # fmt: skip
    affine: bool = flag(True, "Learn a scale and a shift for every feature.")
    track_running_stats: bool = flag(
        True, "Remember mean and variance for evaluation; off, evaluation uses its own batch."
    )
    bias: bool = flag(True, "Learn the shift, where a scale is learned.")

    aliases = ("bn", "batch normalisation", "batch normalization")
    module = "nn.BatchNorm1d"
    tensors = ("weight", "bias")
    parameters = (
        "num_features, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, "
        "device=None, dtype=None, *, bias=True"
    )

    def idle(self) -> frozenset[str]:
        matter = {"bias": self.affine, "momentum": self.track_running_stats}
        return frozenset(name for name, matters in matter.items() if not matters)

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_numbers(x)
        if len(x.shape) not in (1, 2):
            mends = (Mend("Insert a Flatten", InsertBefore(Flatten())),) if x.shape else ()
            raise Misfit("features (C) or channels and a length (C, L) per sample", str(x), mends)
        return x

    def weights(self, x: TensorSpec) -> dict[str, Shape]:
        if not self.affine:
            return {}
        scale = {"weight": (x.shape[0],)}
        return scale | {"bias": (x.shape[0],)} if self.bias else scale

    def buffers(self, x: TensorSpec) -> dict[str, TensorSpec]:
        if not self.track_running_stats:
            return {}
        statistic = TensorSpec((x.shape[0],))
        return {
            "running_mean": statistic,
            "running_var": statistic,
            "num_batches_tracked": TensorSpec((), "int64"),
        }

    def derived(self, x: TensorSpec) -> dict[str, Any]:
        return {"num_features": x.shape[0]}

    def brief(self, x: TensorSpec | None) -> str:
        return str(x.shape[0]) if x and x.shape else ""

    def formula(self, x: TensorSpec) -> str:
        if not self.affine:
            return ""
        return f"2 × features = 2 × {x.shape[0]}" if self.bias else f"features = {x.shape[0]}"


class NormalisingLast(Normalising):
    """What the norms over the last dimensions of each sample have in common."""

    dimensions: int = whole(
        1,
        "How many dimensions, counted from the last, are normalised together.",
        at_least=1,
        at_most=8,
    )

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

    def weights(self, x: TensorSpec) -> dict[str, Shape]:
        return {"weight": self._last(x)} if self.elementwise_affine else {}

    def formula(self, x: TensorSpec) -> str:
        size = " × ".join(map(str, self._last(x)))
        return f"size = {size}" if self.elementwise_affine else ""


KINDS = (BatchNorm1d, LayerNorm, RMSNorm)
