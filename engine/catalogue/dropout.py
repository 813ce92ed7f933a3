"""Layers that hide a random part of what they get while training, and do nothing afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from engine.catalogue.expressions import Expression
from engine.catalogue.needs import needs_numbers
from engine.design.kept import NOTHING, VIEW, Kept
from engine.design.kind import ANY, Dimensions, Kind, Mend, Misfit, ReplaceKind, TensorSpec
from engine.design.knob import real
from engine.design.reach import Reach


class Dropping(Kind):
    """What all dropouts have in common: the probability, and that nothing changes its shape."""

    p: float = real(0.5, "Probability that a number is set to zero.", at_least=0, at_most=1)

    family = "dropout"
    aliases: ClassVar[tuple[str, ...]] = ("regularisation", "regularization", "noise")
    parameters = "p=0.5, inplace=False"

    def kept(self, x: TensorSpec) -> Kept:
        if self.p == 1:
            return NOTHING
        return Kept(numbers=self.mask(x)) if self.p else VIEW

    def mask(self, x: TensorSpec) -> int:
        """Numbers that say what is dropped."""
        return x.elements

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_numbers(x)
        return x

    def reach(self, x: TensorSpec) -> Reach:
        return ()

    def brief(self, x: TensorSpec | None) -> str:
        return f"p = {self.p:.2f}"


class Dropout(Dropping):
    """While training, every number is set to zero with probability p. The others are multiplied by
    1/(1 - p).

    Keeps a network from relying on single features, so that it fits new samples better; in
    evaluation it passes everything through. Use 0.1 to 0.5 behind wide dense layers. Too much of it
    and the network learns too little; before a batch norm it disturbs the variance which that layer
    measures.
    """

    module = "nn.Dropout"


class DroppingChannels(Dropping):
    """What the dropouts of whole channels have in common: a channel and a number of axes behind
    it.
    """

    inner: ClassVar[int] = 1
    """Axes behind the channel."""
    wanted: ClassVar[str] = ""

    def mask(self, x: TensorSpec) -> int:
        return x.shape[0]

    def dims_in(self) -> Dimensions:
        return ("channels", ANY)

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_numbers(x)
        if len(x.shape) != self.inner + 1:
            # torch takes one dimension less for a sample without a batch, and would drop whole samples.
            mend = Mend("Use Dropout", ReplaceKind(Dropout(p=self.p)))
            raise Misfit(f"{self.wanted} per sample", str(x), (mend,))
        return x


class Dropout1d(DroppingChannels):
    """While training, every channel of a sequence is set to zero as a whole with probability p. For
    [N, C, L].

    Neighbours in a sequence are alike, so that dropping single numbers hides little: this one drops
    a channel over its whole length. It takes the second dimension for the channels; [N, L, C], as
    embeddings give it, has them last.
    """

    p: float = real(0.5, "Probability that a channel is set to zero.", at_least=0, at_most=1)

    module = "nn.Dropout1d"
    inner = 1
    wanted = "channels and a length (C, L)"


class Dropout2d(DroppingChannels):
    """While training, every channel of an image is set to zero as a whole with probability p. For
    [N, C, H, W].

    Use it between convolutions, where neighbouring pixels are alike and dropping single ones hides
    little. On wide dense layers the plain Dropout is the right one.
    """

    p: float = real(0.5, "Probability that a channel is set to zero.", at_least=0, at_most=1)

    module = "nn.Dropout2d"
    aliases = (*Dropping.aliases, "spatial dropout")
    inner = 2
    wanted = "channels, height and width (C, H, W)"


class Dropout3d(DroppingChannels):
    """While training, every channel of a volume is set to zero as a whole with probability p. For
    [N, C, D, H, W].

    The same as Dropout2d for scans and video: a channel is dropped over its whole volume.
    """

    p: float = real(0.5, "Probability that a channel is set to zero.", at_least=0, at_most=1)

    module = "nn.Dropout3d"
    inner = 3
    wanted = "channels, depth, height and width (C, D, H, W)"


class AlphaDropout(Dropping):
    """Dropout that keeps mean and variance: hidden numbers become SELU's lowest value, and the
    result is rescaled.

    Made for networks of SELU units, whose point is that mean 0 and variance 1 hold from layer to
    layer; plain dropout would break that. With any other activation use Dropout.
    """

    p: float = real(0.5, "Probability that a number is hidden.", at_least=0, at_most=1)

    module = "nn.AlphaDropout"
    aliases = (*Dropping.aliases, "selu")


class FeatureAlphaDropout(Dropping):
    """AlphaDropout of whole channels: each is hidden over all its positions with probability p. For
    [N, C, ...].

    For convolutions followed by SELU, as Dropout2d is for those followed by ReLU. On [N, C] a
    channel is a single number, and it does the same as AlphaDropout.
    """

    p: float = real(0.5, "Probability that a channel is hidden.", at_least=0, at_most=1)

    module = "nn.FeatureAlphaDropout"
    aliases = (*Dropping.aliases, "selu")

    def mask(self, x: TensorSpec) -> int:
        return x.shape[0]

    def dims_in(self) -> Dimensions:
        return ("channels", ANY)

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_numbers(x)
        if not x.shape:
            raise Misfit("channels (C, ...) per sample", "a single number per sample")
        return x


class StochasticDepth(Expression):
    """While training, a whole sample is set to zero with probability p. The others are multiplied by 1/(1 - p).

    Put it at the end of a residual branch: the block is then left out for that sample, so that deep networks train as
    if they were shallow, and use all of their depth afterwards. Let p grow from block to block, up to 0.1 to 0.5. Where
    there is no way around it, nothing of the sample is left.
    """

    p: float = real(0.1, "Probability that a sample is set to zero.", at_least=0, at_most=1)

    family = "dropout"
    aliases: ClassVar[tuple[str, ...]] = ("drop path", "convnext", "efficientnet", "regularisation")
    # Of two dimensions torch takes the first for channels, which are dropped as a whole: here the samples.
    forms: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "F.dropout1d(x.flatten(1), p=f.p, training=m.training).view_as(x)": {}
    }

    def kept(self, x: TensorSpec) -> Kept:
        return Kept(numbers=1) if 0 < self.p < 1 else NOTHING

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_numbers(x)
        if not x.shape:
            raise Misfit("at least one dimension beside the batch", "a single number per sample")
        return x

    def reach(self, x: TensorSpec) -> Reach:
        return ()

    def brief(self, x: TensorSpec | None) -> str:
        return f"p = {self.p:.2f}"


KINDS = (
    Dropout,
    Dropout1d,
    Dropout2d,
    Dropout3d,
    AlphaDropout,
    FeatureAlphaDropout,
    StochasticDepth,
)
