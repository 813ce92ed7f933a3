"""Layers that make images larger, or exchange channels for places."""

from __future__ import annotations

from math import gcd, isqrt

from engine.catalogue.needs import needs_numbers
from engine.catalogue.spatial import Spatial
from engine.design.kept import NOTHING
from engine.design.kind import ANY, Dimensions, Kind, Mend, Misfit, SetField, TensorSpec
from engine.design.knob import whole
from engine.design.reach import Reach


class Shuffling(Spatial):
    """A kind that exchanges channels of an image for places."""

    family = "upsampling"
    keeps = NOTHING


class PixelShuffle(Shuffling, axes=2):
    """Channels become places: every r² channels become one that is r times as high and wide. For [N, C, H, W].

    The last step of networks that sharpen images: a Conv2d makes r² channels for each that is wanted, and this one
    lays them out. It leaves less of a chequered pattern than ConvTranspose2d and has nothing to learn.
    """

    upscale_factor: int = whole(2, "How many times as high and wide it gets.", at_least=1)

    aliases = ("sub-pixel", "depth to space", "super resolution")
    module = "nn.PixelShuffle"
    parameters = "upscale_factor"

    def output(self, x: TensorSpec) -> TensorSpec:
        channels, (height, width) = self.picture(x)
        times = self.upscale_factor
        if channels % times**2:
            fitting = max(r for r in range(1, isqrt(channels) + 1) if channels % r**2 == 0)
            mend = Mend(f"Use upscale_factor = {fitting}", SetField("upscale_factor", fitting))
            raise Misfit(f"channels that {times}² = {times**2} divides", str(channels), (mend,))
        return TensorSpec((channels // times**2, height * times, width * times))

    def reach(self, x: TensorSpec) -> Reach:
        return self.spread(self.upscale_factor, self.upscale_factor, 0)

    def brief(self, x: TensorSpec | None) -> str:
        return f"× {self.upscale_factor}"


class PixelUnshuffle(Shuffling, axes=2):
    """Places become channels: every square of r × r becomes r² channels of one place. For [N, C, H, W].

    The reverse of PixelShuffle. It makes an image smaller without losing anything, which a pooling or a stride does;
    the convolution behind it works on the small image.
    """

    downscale_factor: int = whole(
        2, "How many times less high and wide it gets; it must divide both.", at_least=1
    )

    aliases = ("space to depth", "downsample")
    module = "nn.PixelUnshuffle"
    parameters = "downscale_factor"

    def output(self, x: TensorSpec) -> TensorSpec:
        channels, (height, width) = self.picture(x)
        times = self.downscale_factor
        if height % times or width % times:
            fitting = gcd(height, width, times)
            mend = Mend(f"Use downscale_factor = {fitting}", SetField("downscale_factor", fitting))
            raise Misfit(f"height and width that {times} divides", f"{height} × {width}", (mend,))
        return TensorSpec((channels * times**2, height // times, width // times))

    def reach(self, x: TensorSpec) -> Reach:
        return self.slid(self.downscale_factor, self.downscale_factor, 0)

    def brief(self, x: TensorSpec | None) -> str:
        return f"/ {self.downscale_factor}"


class ChannelShuffle(Kind):
    """The channels of all groups take turns: the first of each group, then the second of each. For [N, C, L],
    [N, C, H, W] and more axes.

    Put it between two convolutions with that many groups, as ShuffleNet does: without it a group never sees what the
    others found.
    """

    groups: int = whole(2, "Groups that are mixed; they must divide the channels.", at_least=1)

    family = "upsampling"
    aliases = ("shufflenet", "mix groups")
    module = "nn.ChannelShuffle"
    parameters = "groups"
    keeps = NOTHING

    def dims_in(self) -> Dimensions:
        return ("channels", ANY)

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_numbers(x)
        if len(x.shape) < 2:
            raise Misfit("channels and at least one axis behind them per sample", str(x))
        if x.shape[0] % self.groups:
            fitting = gcd(x.shape[0], self.groups)
            mend = Mend(f"Use groups = {fitting}", SetField("groups", fitting))
            raise Misfit(f"groups that divide {x.shape[0]} channels", str(self.groups), (mend,))
        return x

    def reach(self, x: TensorSpec) -> Reach:
        return ()

    def brief(self, x: TensorSpec | None) -> str:
        return f"{self.groups} groups" if self.groups > 1 else "1 group"


KINDS = (PixelShuffle, PixelUnshuffle, ChannelShuffle)
