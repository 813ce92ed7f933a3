"""Layers that make images smaller: every window of neighbours becomes one number, and nothing is learned."""

from __future__ import annotations

from typing import Any, ClassVar

from engine.catalogue.spatial import Axes, Spatial, along, brief_axes
from engine.design.kept import INDEX_BYTES, INPUT, Kept
from engine.design.kind import Indices, Mend, Misfit, SetField, Shape, TensorSpec
from engine.design.knob import flag, per_axis, real, whole
from engine.design.reach import Reach

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


KINDS = (
    MaxPool1d, MaxPool2d, MaxPool3d, AvgPool1d, AvgPool2d, AvgPool3d, LPPool1d, LPPool2d, LPPool3d,
)  # fmt: skip
