"""Layers that make images of a given size, whatever size comes in: grids, and windows at random distances."""

from __future__ import annotations

from typing import ClassVar

from engine.catalogue.pooling import GIVES_INDICES, KERNEL, Indexing, Pooling
from engine.catalogue.spatial import Axes, along, brief_axes
from engine.design.kept import INDEX_BYTES, INPUT, NOTHING, Kept
from engine.design.kind import Mend, Misfit, SetField, Shape, TensorSpec
from engine.design.knob import flag, per_axis, real
from engine.design.reach import EVERYTHING, Reach


class AdaptivePooling(Pooling):
    """A pooling that chooses its windows so that the result has a given size."""

    output_size: Axes = per_axis(
        1, "Size of what comes out: one number for all axes, or one for each."
    )

    parameters = "output_size"

    def output(self, x: TensorSpec) -> TensorSpec:
        channels, _ = self.picture(x)
        return TensorSpec((channels, *self.each(self.output_size)))

    def reach(self, x: TensorSpec) -> Reach | None:
        wanted = self.each(self.output_size)
        if set(wanted) == {1}:
            return EVERYTHING
        sizes = x.shape[1:]
        if any(size % parts for size, parts in zip(sizes, wanted, strict=True)):
            return None
        steps = tuple([size // parts for size, parts in zip(sizes, wanted, strict=True)])
        return self.slid(steps, steps, 0)

    def brief(self, x: TensorSpec | None) -> str:
        return f"to {brief_axes(self.each(self.output_size))}"


class AdaptiveAvgPooling(AdaptivePooling):
    """Means over windows that give a result of one size."""

    aliases = ("global average pooling", "gap", "mean pooling")

    def kept(self, x: TensorSpec) -> Kept:
        return NOTHING if set(self.each(self.output_size)) == {1} else INPUT


class AdaptiveAvgPool1d(AdaptiveAvgPooling, axes=1):
    """Means over as many equal parts of a sequence as you ask for, whatever its length. For [N, C, L].

    With size 1 it is the mean over the whole length: a Flatten and a Linear behind it then take sequences of any
    length. What comes in shorter than the size is repeated, not refused.
    """

    module = "nn.AdaptiveAvgPool1d"


class AdaptiveAvgPool2d(AdaptiveAvgPooling, axes=2):
    """Means over a grid of as many parts as you ask for, whatever the image's size. For [N, C, H, W].

    With size 1 it is global average pooling: one number a channel, then Flatten and Linear. This saves the huge first
    Linear of older networks and lets one network take images of any size. What comes in smaller than the size is
    repeated, not refused.
    """

    module = "nn.AdaptiveAvgPool2d"


class AdaptiveAvgPool3d(AdaptiveAvgPooling, axes=3):
    """Means over a grid of as many parts as you ask for, whatever the volume's size. For [N, C, D, H, W].

    With size 1 each channel of a scan or film becomes one number, ready for Flatten and Linear. What comes in smaller
    than the size is repeated, not refused.
    """

    module = "nn.AdaptiveAvgPool3d"


class AdaptiveMaxPooling(Indexing, AdaptivePooling):
    """Maxima over windows that give a result of one size."""

    return_indices: bool = flag(False, GIVES_INDICES)

    aliases = ("global max pooling", "gmp")
    parameters = "output_size, return_indices=False"

    def kept(self, x: TensorSpec) -> Kept:
        return Kept(input=True, bytes=INDEX_BYTES * self.output(x).elements)


class AdaptiveMaxPool1d(AdaptiveMaxPooling, axes=1):
    """The largest number of each of as many parts of a sequence as you ask for. For [N, C, L].

    With size 1 it says of every pattern whether it occurs anywhere: how convolutions over words classify texts. One
    outlier decides the result, where AdaptiveAvgPool1d would level it.
    """

    module = "nn.AdaptiveMaxPool1d"


class AdaptiveMaxPool2d(AdaptiveMaxPooling, axes=2):
    """The largest number of each part of a grid, whatever the image's size. For [N, C, H, W].

    With size 1 it says of every pattern whether it occurs anywhere in the image, also in a small part of it. Only the
    winning place learns from a sample; AdaptiveAvgPool2d lets all places learn.
    """

    module = "nn.AdaptiveMaxPool2d"


class AdaptiveMaxPool3d(AdaptiveMaxPooling, axes=3):
    """The largest number of each part of a grid, whatever the volume's size. For [N, C, D, H, W].

    With size 1 it finds what is small, such as a spot in a scan, which a mean over the volume would level. Only the
    winning place learns from a sample.
    """

    module = "nn.AdaptiveMaxPool3d"


class FractionalPooling(Indexing):
    """Maxima of windows at random distances, which on average give the wanted size."""

    kernel_size: Axes = per_axis(2, KERNEL)
    output_size: Axes | None = per_axis(
        None, "Size of what comes out; empty where output_ratio says it.", optional=True
    )
    output_ratio: float | None = real(
        0.5, "What share of each axis comes out; empty where output_size says it.",
        above=0, at_most=0.999, optional=True,
    )  # fmt: skip
    return_indices: bool = flag(False, GIVES_INDICES)

    spare: ClassVar[int] = 0
    """Places by which torch wants the image to be larger than windows that touch would need."""

    aliases = ("stochastic pooling", "random pooling", "subsampling", "downsampling")
    parameters = (
        "kernel_size, output_size=None, output_ratio=None, return_indices=False, "
        "_random_samples=None"
    )
    fixed: ClassVar[dict[str, object]] = {"_random_samples": None}

    def kept(self, x: TensorSpec) -> Kept:
        return Kept(input=True, bytes=INDEX_BYTES * self.output(x).elements)

    def output(self, x: TensorSpec) -> TensorSpec:
        channels, sizes = self.picture(x)
        out, kernels = self._wanted(sizes), self.each(self.kernel_size)
        rooms = [size - self.spare - into + 1 for size, into in zip(sizes, out, strict=True)]
        for number, (kernel, room) in enumerate(zip(kernels, rooms, strict=True)):
            if kernel > room:
                needs = (
                    f"at least {out[number] + kernel - 1 + self.spare}{along(self.axes, number)}"
                )
                least = min(rooms)
                mend = Mend(f"Use a window of {least}", SetField("kernel_size", least))
                raise Misfit(needs, str(sizes[number]), (mend,) if least > 0 else ())
        return TensorSpec((channels, *out))

    def _wanted(self, sizes: Shape) -> Shape:
        """The sizes that are to come out. Raises Misfit where nothing says them, both do, or one would be 0."""
        if self.output_size is None and self.output_ratio is None:
            mend = Mend("Halve every axis", SetField("output_ratio", 0.5))
            raise Misfit("an output_size or an output_ratio", "neither", (mend,))
        if self.output_ratio is None:
            assert self.output_size is not None
            return self.each(self.output_size)
        if self.output_size is not None:
            mends = (Mend("Use the size", SetField("output_ratio", None)),
                     Mend("Use the ratio", SetField("output_size", None)))  # fmt: skip
            raise Misfit("either an output_size or an output_ratio", "both", mends)
        out = tuple([int(size * self.output_ratio) for size in sizes])
        if 0 in out:
            number = out.index(0)
            needs = f"an output_ratio that leaves one of {sizes[number]}{along(self.axes, number)}"
            raise Misfit(needs, f"{self.output_ratio:g}", self._larger_ratio(min(sizes)))
        return out

    def _larger_ratio(self, size: int) -> tuple[Mend, ...]:
        """The smallest tenth that leaves one place of the smallest axis, where there is one."""
        ratio = next((tenth / 10 for tenth in range(1, 10) if int(size * tenth / 10)), None)
        return () if ratio is None else (
            Mend(f"Use a ratio of {ratio:g}", SetField("output_ratio", ratio)),)  # fmt: skip

    def brief(self, x: TensorSpec | None) -> str:
        window = brief_axes(self.each(self.kernel_size))
        if self.output_size is not None:
            text = f"{window}, to {brief_axes(self.each(self.output_size))}"
        else:
            text = window if self.output_ratio is None else f"{window}, to {self.output_ratio:.0%}"
        return text if len(text) <= 40 else window


class FractionalMaxPool2d(FractionalPooling, axes=2):
    """Keeps the largest number of windows at random distances: an image shrinks by any ratio. For [N, C, H, W].

    Halving is coarse: with a ratio of 0.7 an image shrinks in smaller steps, so that more layers fit before nothing is
    left. The windows' places are drawn anew in every pass, which regularises, but evaluation draws too: the same image
    gives slightly different results.
    """

    module = "nn.FractionalMaxPool2d"


class FractionalMaxPool3d(FractionalPooling, axes=3):
    """Keeps the largest number of windows at random distances: a volume shrinks by any ratio. For [N, C, D, H, W].

    For scans and videos, where halving three axes at once leaves an eighth. The windows' places are drawn anew in
    every pass, also in evaluation, so that the same volume gives slightly different results.
    """

    module = "nn.FractionalMaxPool3d"
    spare = 1


KINDS = (
    AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveAvgPool3d, AdaptiveMaxPool1d, AdaptiveMaxPool2d, AdaptiveMaxPool3d,
    FractionalMaxPool2d, FractionalMaxPool3d,
)  # fmt: skip
