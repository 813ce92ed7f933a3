"""Layers that make images smaller: every window of neighbours becomes one number, and nothing is learned."""

from __future__ import annotations

from typing import Any, ClassVar

from engine.catalogue.spatial import Axes, Spatial, along, brief_axes
from engine.design.kept import INDEX_BYTES, INPUT, NOTHING, Kept
from engine.design.kind import Indices, Mend, Misfit, SetField, Shape, TensorSpec
from engine.design.knob import flag, per_axis, real, whole
from engine.design.reach import EVERYTHING, Reach

KERNEL = "Size of the window: one number for all axes, or one for each."
STRIDE = "Steps from one window to the next; empty for the window's own size, so that none overlap."
CEIL = "Keep a last window that reaches over the edge, instead of leaving the rest out."
NORM = (
    "Power p: 1 adds the numbers up, 2 is the root of the sum of squares, a large one the maximum."
)


GIVES_INDICES = "Also give where each number was, for an unpooling that puts it back there."


class Pooling(Spatial):
    """What all poolings have in common: channels stay apart, and there is nothing to learn."""

    family = "pooling"
    fixed: ClassVar[dict[str, object]] = {}


class Indexing(Pooling):
    """A pooling that can say at which place of its input each number was."""

    gives_beside: ClassVar[dict[str, str]] = {
        "indices": "Where in its own channel each number was, before the pooling."
    }
    forms: ClassVar[dict[str, dict[str, Any]]] = {
        "m(x)": {"return_indices": False},
        "m(x)[0]": {"return_indices": True},
    }

    def further(self, x: TensorSpec) -> dict[str, TensorSpec]:
        return {"indices": Indices(self.output(x).shape, "int64", x.shape)}


# --- windows of a given size -----------------------------------------------------------------------------------------


class WindowPooling(Pooling):
    """A pooling of windows of one size, at equal distances."""

    kernel_size: Axes = per_axis(2, KERNEL)
    stride: Axes | None = per_axis(None, STRIDE, optional=True)

    fits_unpadded: ClassVar[bool] = False
    """Whether torch wants windows that fit into the image without its padding."""

    @property
    def steps(self) -> Axes:
        """From one window to the next: its own size where no stride is given."""
        return self.kernel_size if self.stride is None else self.stride

    def windows(self, x: TensorSpec, padding: Axes, dilation: Axes, ceil_mode: bool) -> TensorSpec:
        """A number for each window. Raises Misfit where none fits, or where one could lie in the padding alone."""
        channels, sizes = self.picture(x)
        kernels, around, holes = (
            self.each(self.kernel_size),
            self.each(padding),
            self.each(dilation),
        )
        steps = kernels if self.stride is None else self.each(self.stride)
        self._needs_overlap(kernels, around)
        out: list[int] = []
        for number, size in enumerate(sizes):
            span = holes[number] * (kernels[number] - 1) + 1
            here = places(size, span, steps[number], around[number], ceil_mode)
            if here < 1 or (self.fits_unpadded and span > size):
                most = size if self.fits_unpadded else size + 2 * around[number]
                self._too_large(sizes, most, span, holes[number] > 1, number)
            out.append(here)
        return TensorSpec((channels, *out))

    def _needs_overlap(self, kernels: Shape, around: Shape) -> None:
        """Raises Misfit where the padding is more than half the window, as torch has it."""
        for number, (kernel, padding) in enumerate(zip(kernels, around, strict=True)):
            if padding > kernel // 2:
                where = along(self.axes, number)
                needs = f"a padding of at most {kernel // 2}{where}, half the window"
                most = min(kernels) // 2
                mend = Mend(f"Use padding {most}", SetField("padding", most))
                raise Misfit(needs, str(padding), (mend,))

    def _too_large(self, sizes: Shape, most: int, span: int, holes: bool, number: int) -> None:
        least = min(sizes)
        mend = Mend(f"Use a window of {least}", SetField("kernel_size", least))
        if holes:
            mend = Mend("Use a dilation of 1", SetField("dilation", 1))
        raise Misfit(f"a window of at most {most}{along(self.axes, number)}", str(span), (mend,))

    def brief(self, x: TensorSpec | None) -> str:
        window = brief_axes(self.each(self.kernel_size))
        if self.stride is None or self.each(self.stride) == self.each(self.kernel_size):
            return window
        text = f"{window} /{brief_axes(self.stride)}"
        return text if len(text) <= 40 else window


def places(size: int, span: int, stride: int, padding: int, ceil_mode: bool) -> int:
    """How many places a window has along an axis, as torch counts them (pooling_output_shape in Pool.h).

    Rounded up, a last window may reach over the edge, but none may start behind the image and its left padding.
    """
    rest = size + 2 * padding - span
    if not ceil_mode:
        return rest // stride + 1
    found = -(-rest // stride) + 1
    return found - 1 if (found - 1) * stride >= size + padding else found


class MaxPooling(Indexing, WindowPooling):
    """The largest number of each window, for any number of axes."""

    padding: Axes = per_axis(
        0, "Border that never wins, at most half a window: more windows fit.", at_least=0
    )
    dilation: Axes = per_axis(
        1, "Distance between the numbers that a window looks at; 1 means neighbours."
    )
    ceil_mode: bool = flag(False, CEIL)
    return_indices: bool = flag(False, GIVES_INDICES)

    aliases = ("max pooling", "subsampling", "downsampling")
    parameters = (
        "kernel_size, stride=None, padding=0, dilation=1, return_indices=False, ceil_mode=False"
    )

    def kept(self, x: TensorSpec) -> Kept:
        return Kept(input=True, bytes=INDEX_BYTES * self.output(x).elements)

    def output(self, x: TensorSpec) -> TensorSpec:
        return self.windows(x, self.padding, self.dilation, self.ceil_mode)

    def reach(self, x: TensorSpec) -> Reach:
        return self.slid(self.kernel_size, self.steps, self.padding, self.dilation)


class MaxPool1d(MaxPooling, axes=1):
    """Keeps the largest number of each window along a sequence, channel by channel. For [N, C, L].

    Behind a convolution it says whether a pattern occurs nearby, not exactly where. With its defaults it halves the
    length; an odd last element is left out unless `ceil_mode` is on. In [N, C, L] the second dimension is the channels:
    embeddings come as [N, L, C] and have to be transposed first.
    """

    module = "nn.MaxPool1d"


class MaxPool2d(MaxPooling, axes=2):
    """Keeps the largest number of each window of an image, channel by channel. For [N, C, H, W].

    The usual way to halve height and width between convolutions: layers behind it see twice as far at a quarter of
    the cost. It keeps the strongest response and forgets where in the window it was: good for saying what is in an
    image, bad for saying where. A last row or column that fills no window is left out unless `ceil_mode` is on.
    """

    module = "nn.MaxPool2d"


class MaxPool3d(MaxPooling, axes=3):
    """Keeps the largest number of each window of a volume or film. For [N, C, D, H, W].

    With its defaults an eighth of the numbers remains. In films, where neighbouring frames are alike but few, a window
    of 1, 2, 2 leaves the time as it is.
    """

    module = "nn.MaxPool3d"


class AvgPooling(WindowPooling):
    """The mean of each window, for any number of axes."""

    padding: Axes = per_axis(
        0, "Zeros around the image, at most half a window: more windows fit.", at_least=0
    )
    ceil_mode: bool = flag(False, CEIL)
    count_include_pad: bool = flag(
        True, "Count the padding's zeros, which makes the border's means smaller."
    )

    aliases = ("average pooling", "mean pooling", "subsampling", "downsampling")
    keeps = INPUT

    def output(self, x: TensorSpec) -> TensorSpec:
        return self.windows(x, self.padding, 1, self.ceil_mode)

    def reach(self, x: TensorSpec) -> Reach:
        return self.slid(self.kernel_size, self.steps, self.padding)

    def idle(self) -> frozenset[str]:
        padded = any(self.each(self.padding))
        return frozenset() if padded else frozenset({"count_include_pad"})


class AvgPool1d(AvgPooling, axes=1):
    """The mean of each window along a sequence, channel by channel. For [N, C, L].

    Smooths and shortens a signal, where MaxPool1d keeps its peaks. With a stride of 1 it is a moving average.
    """

    module = "nn.AvgPool1d"
    parameters = "kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True"


class DividedAvgPooling(AvgPooling):
    """An average pooling that may divide by another number than the window's."""

    divisor_override: int | None = whole(
        None, "Divide the sum by this instead of the window's count; 1 gives the sum.",
        at_least=1, optional=True,
    )  # fmt: skip

    parameters = (
        "kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, "
        "divisor_override=None"
    )

    def idle(self) -> frozenset[str]:
        return super().idle() if self.divisor_override is None else frozenset({"count_include_pad"})


class AvgPool2d(DividedAvgPooling, axes=2):
    """The mean of each window of an image, channel by channel. For [N, C, H, W].

    Gentler than MaxPool2d: every number counts, and fine detail is blurred. DenseNets shrink their images with it
    between blocks. To bring an image of any size to one number a channel, use AdaptiveAvgPool2d.
    """

    module = "nn.AvgPool2d"


class AvgPool3d(DividedAvgPooling, axes=3):
    """The mean of each window of a volume or film. For [N, C, D, H, W].

    For scans and videos. With its defaults an eighth of the numbers remains. The window has to fit into the volume
    itself: padding does not make room for a larger one, unlike in one or two axes.
    """

    module = "nn.AvgPool3d"
    fits_unpadded = True


class PowerPooling(WindowPooling):
    """The p-norm of each window, for any number of axes."""

    norm_type: float = real(2.0, NORM, above=0, at_most=100)
    ceil_mode: bool = flag(False, CEIL)

    aliases = ("power average pooling", "norm pooling", "subsampling", "downsampling")
    parameters = "norm_type, kernel_size, stride=None, ceil_mode=False"

    def output(self, x: TensorSpec) -> TensorSpec:
        return self.windows(x, 0, 1, self.ceil_mode)

    def kept(self, x: TensorSpec) -> Kept:
        return Kept(input=True, numbers=x.elements + 4 * self.output(x).elements)

    def reach(self, x: TensorSpec) -> Reach:
        return self.slid(self.kernel_size, self.steps, 0)

    def brief(self, x: TensorSpec | None) -> str:
        text = f"p = {self.norm_type:g}, {super().brief(x)}"
        return text if len(text) <= 40 else f"p = {self.norm_type:g}"


class LPPool1d(PowerPooling, axes=1):
    """The p-norm of each window along a sequence: the p-th root of the sum of p-th powers. For [N, C, L].

    Lies between the sum (p = 1) and the maximum (a large p). With p = 2 it measures the strength of a signal. Put it
    behind a ReLU or use an even p: with most others negative numbers become NaN.
    """

    kernel_size: int = whole(2, "Size of the window.", at_least=1)

    module = "nn.LPPool1d"


class LPPool2d(PowerPooling, axes=2):
    """The p-norm of each window of an image: the p-th root of the sum of p-th powers. For [N, C, H, W].

    Lies between the sum (p = 1) and the maximum (a large p). Put it behind a ReLU or use an even p: with most others
    negative numbers become NaN.
    """

    module = "nn.LPPool2d"


class LPPool3d(PowerPooling, axes=3):
    """The p-norm of each window of a volume: the p-th root of the sum of p-th powers. For [N, C, D, H, W].

    For scans and videos, where LPPool2d is for images. Put it behind a ReLU or use an even p: with most others negative
    numbers become NaN.
    """

    module = "nn.LPPool3d"
    fits_unpadded = True


# --- a result of a given size ----------------------------------------------------------------------------------------


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
    MaxPool1d, MaxPool2d, MaxPool3d, AvgPool1d, AvgPool2d, AvgPool3d, AdaptiveAvgPool1d, AdaptiveAvgPool2d,
    AdaptiveAvgPool3d, AdaptiveMaxPool1d, AdaptiveMaxPool2d, AdaptiveMaxPool3d, LPPool1d, LPPool2d, LPPool3d,
    FractionalMaxPool2d, FractionalMaxPool3d,
)  # fmt: skip
