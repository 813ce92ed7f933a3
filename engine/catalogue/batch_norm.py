"""Norms that take mean and variance for each channel, from the batch or from a sample, and may remember them."""

from __future__ import annotations

from typing import Any

from engine.catalogue.needs import needs_numbers
from engine.catalogue.norm import EPS, GroupNorm, Normalising
from engine.catalogue.shaping import Flatten
from engine.catalogue.spatial import Spatial
from engine.design.kept import INPUT, Kept
from engine.design.kind import (
    ANY,
    Dimensions,
    InsertBefore,
    Mend,
    Misfit,
    ReplaceKind,
    Shape,
    TensorSpec,
)
from engine.design.knob import flag, real

BATCH = ("bn", "batch normalisation", "batch normalization")
INSTANCE = ("in", "instance normalisation", "instance normalization", "style transfer")


class ChannelNorm(Normalising, Spatial):
    """A norm with a scale, a shift and running statistics for each channel."""

    eps: float = real(1e-5, EPS, above=0, at_most=1e6)
    momentum: float | None = real(
        0.1, "Share of the newest batch in the running statistics; empty for a plain mean of all batches.",
        at_least=0, at_most=1, optional=True,
    )  # fmt: skip
    affine: bool = flag(True, "Learn a scale and a shift for every channel.")
    track_running_stats: bool = flag(
        True, "Remember mean and variance for evaluation; off, evaluation uses its own batch."
    )
    bias: bool = flag(True, "Learn the shift, where a scale is learned.")

    tensors = ("weight", "bias")

    def idle(self) -> frozenset[str]:
        matter = {"bias": self.affine, "momentum": self.track_running_stats}
        return frozenset(name for name, matters in matter.items() if not matters)

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
        return f"2 × channels = 2 × {x.shape[0]}" if self.bias else f"channels = {x.shape[0]}"


# --- over the batch --------------------------------------------------------------------------------------------------


class BatchNormalising(ChannelNorm):
    """A norm over the batch, and over the axes of each channel."""

    aliases = BATCH
    parameters = (
        "num_features, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, "
        "device=None, dtype=None, *, bias=True"
    )
    keeps = INPUT

    def output(self, x: TensorSpec) -> TensorSpec:
        self.picture(x)
        return x


class BatchNorm1d(BatchNormalising, axes=1):
    """Every feature is brought to mean 0 and variance 1 over the batch, then scaled and shifted by
    learned numbers. For [N, C] and [N, C, L].

    Speeds up training and allows larger learning rates; put it between a Linear and its activation,
    the Linear without bias, because the norm's own bias does the same. In training it uses the
    statistics of the batch and remembers a running mean of them, which evaluation uses: with
    batches below about 16 the two differ and results get worse, and a batch of one stops the run.
    In [N, C, L] the second dimension is the channels; [N, L, C], as embeddings give it, wants
    LayerNorm.
    """

    module = "nn.BatchNorm1d"

    def dims_in(self) -> Dimensions:
        return ("channels", ANY)

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_numbers(x)
        if len(x.shape) not in (1, 2):
            mends = (Mend("Insert a Flatten", InsertBefore(Flatten())),) if x.shape else ()
            mends = (*self.other_axes(len(x.shape) - 1), *mends)
            raise Misfit("features (C) or channels and a length (C, L) per sample", str(x), mends)
        return x


class BatchNorm2d(BatchNormalising, axes=2):
    """Every channel of an image is brought to mean 0 and variance 1 over the batch, height and width, then scaled and
    shifted by learned numbers. For [N, C, H, W].

    The norm of image networks: put it between a Conv2d without bias and its activation. In training it uses the
    statistics of the batch, in evaluation a running mean of them; with batches of a few images the two differ and
    GroupNorm does better.
    """

    module = "nn.BatchNorm2d"


class BatchNorm3d(BatchNormalising, axes=3):
    """Every channel of a volume or film is brought to mean 0 and variance 1 over batch and axes, then
    scaled and shifted by learned numbers. For [N, C, D, H, W].

    For scans and videos, between a Conv3d without bias and its activation. Volumes are large and batches therefore
    small: below about 8 take GroupNorm.
    """

    module = "nn.BatchNorm3d"


class SyncBatchNorm(BatchNormalising):
    """A batch norm whose statistics come from the batches of all processes that train together. For [N, C] and
    [N, C, ...].

    For training on several GPUs, each with a small batch. In a single process, and wherever no process group has been
    started, it does what the batch norms do; in a process group it wants the data on a GPU.
    """

    aliases = (*BATCH, "distributed", "synchronized")
    module = "nn.SyncBatchNorm"
    parameters = (
        "num_features, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, "
        "process_group=None, device=None, dtype=None, *, bias=True"
    )

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_numbers(x)
        if not x.shape:
            raise Misfit("channels, or channels and axes behind them, per sample", str(x))
        return x


# --- over each sample ------------------------------------------------------------------------------------------------


class InstanceNormalising(ChannelNorm):
    """A norm over the axes of each channel of each sample."""

    momentum: float = real(
        0.1, "Share of the newest batch in the running statistics.", at_least=0, at_most=1
    )
    affine: bool = flag(False, "Learn a scale and a shift for every channel.")
    track_running_stats: bool = flag(
        False, "Remember mean and variance for evaluation; off, evaluation uses its own sample."
    )

    aliases = INSTANCE
    parameters = (
        "num_features, eps=1e-05, momentum=0.1, affine=False, track_running_stats=False, "
        "device=None, dtype=None, *, bias=True"
    )

    def kept(self, x: TensorSpec) -> Kept:
        return Kept(
            input=True, numbers=(2 + self.affine + 2 * self.track_running_stats) * x.shape[0]
        )

    def output(self, x: TensorSpec) -> TensorSpec:
        _, sizes = self.picture(x)
        if all(size == 1 for size in sizes):
            mend = Mend("Use GroupNorm", ReplaceKind(GroupNorm(num_groups=1)))
            raise Misfit("more than one number in each channel", str(x), (mend,))
        return x


class InstanceNorm1d(InstanceNormalising, axes=1):
    """Every channel of every sequence is brought to mean 0 and variance 1 over its own length. For [N, C, L].

    For measurements over time whose level and size differ from one sequence to the next: both are taken out, so do not
    use it where they say something. It does not look at the rest of the batch.
    """

    module = "nn.InstanceNorm1d"


class InstanceNorm2d(InstanceNormalising, axes=2):
    """Every channel of every image is brought to mean 0 and variance 1 over its own height and width.
    For [N, C, H, W].

    The norm of style transfer and of image-to-image generators: contrast and brightness of a single image are taken
    out. Classifiers need those and do better with BatchNorm2d. An image of 1 × 1 has no variance and stops the run.
    """

    module = "nn.InstanceNorm2d"


class InstanceNorm3d(InstanceNormalising, axes=3):
    """Every channel of every volume is brought to mean 0 and variance 1 over its own three axes.
    For [N, C, D, H, W].

    For scans, where batches of one or two volumes are all that fits and a batch norm would be noise: common in
    segmentation, with `affine` on.
    """

    module = "nn.InstanceNorm3d"


KINDS = (
    BatchNorm1d,
    BatchNorm2d,
    BatchNorm3d,
    SyncBatchNorm,
    InstanceNorm1d,
    InstanceNorm2d,
    InstanceNorm3d,
)
