"""Layers between an image and the row of all windows that lie in it."""

from __future__ import annotations

from math import prod

from engine.catalogue.needs import needs_numbers
from engine.catalogue.spatial import Axes, Spatial, along, brief_axes, windows
from engine.design.kept import NOTHING
from engine.design.kind import Dimensions, Mend, Misfit, SetField, Shape, TensorSpec
from engine.design.knob import per_axis

KERNEL = "Size of the window: one number for both axes, or one for each."


class Folding(Spatial):
    """What taking an image apart into windows and laying it together again have in common."""

    kernel_size: Axes = per_axis(2, KERNEL)
    dilation: Axes = per_axis(1, "Distance between the places that one window sees.")
    padding: Axes = per_axis(0, "Zeros around the image, on both sides of each axis.", at_least=0)
    stride: Axes = per_axis(1, "Steps from one window to the next.")

    family = "shaping"
    keeps = NOTHING

    def places(self, sizes: Shape) -> Shape:
        """How many windows lie along each axis. Raises Misfit where none does."""
        found: list[int] = []
        for number, size in enumerate(sizes):
            kernel, stride, padding, dilation = (
                self.each(each)[number]
                for each in (self.kernel_size, self.stride, self.padding, self.dilation)
            )
            here = windows(size, kernel, stride, padding, dilation)
            if here < 1:
                span, most = dilation * (kernel - 1) + 1, size + 2 * padding
                change = SetField("dilation", 1) if dilation > 1 else SetField("kernel_size", 1)
                mend = Mend(f"Use {change.name} = {change.value}", change)
                raise Misfit(
                    f"a window of at most {most}{along(self.axes, number)}", str(span), (mend,)
                )
            found.append(here)
        return tuple(found)

    def brief(self, x: TensorSpec | None) -> str:
        text = f"{brief_axes(self.each(self.kernel_size))} /{brief_axes(self.stride)}"
        return text if len(text) <= 40 else ""


class Unfold(Folding, axes=2):
    """Every window of an image becomes one column with all its numbers. For [N, C, H, W]; gives [N, C · window, L].

    A convolution is this and a matrix: what it sees laid out, to do something else with it, such as attention inside
    a window. Windows that overlap repeat their numbers.
    """

    aliases = ("im2col", "patches", "windows")
    module = "nn.Unfold"
    parameters = "kernel_size, dilation=1, padding=0, stride=1"

    def dims_in(self) -> Dimensions:
        return ("channels", "height", "width")

    def dims_out(self) -> Dimensions:
        return ("channels", "time")

    def output(self, x: TensorSpec) -> TensorSpec:
        channels, sizes = self.picture(x)
        found = self.places(sizes)
        return TensorSpec((channels * prod(self.each(self.kernel_size)), prod(found)))


class Fold(Folding, axes=2):
    """Columns of windows become an image again, what overlaps added up. For [N, C · window, L]; gives [N, C, H, W].

    The reverse of Unfold where windows do not overlap. There must be as many columns as windows lie in the image.
    """

    output_size: Axes = per_axis(4, "Height and width of the image that comes out.")

    aliases = ("col2im", "patches")
    module = "nn.Fold"
    parameters = "output_size, kernel_size, dilation=1, padding=0, stride=1"

    def dims_in(self) -> Dimensions:
        return ("channels", "time")

    def dims_out(self) -> Dimensions:
        return ("channels", "height", "width")

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_numbers(x)
        if len(x.shape) != 2:
            raise Misfit("numbers of a window and windows (C · window, L) per sample", str(x))
        window = prod(self.each(self.kernel_size))
        if x.shape[0] % window:
            mend = Mend("Use windows of 1 place", SetField("kernel_size", 1))
            needs = f"rows that a window of {window} places divides"
            raise Misfit(needs, str(x.shape[0]), (mend,))
        wanted = prod(self.places(self.each(self.output_size)))
        if x.shape[1] != wanted:
            raise Misfit(f"{wanted} windows, as many as lie in the image", str(x.shape[1]))
        return TensorSpec((x.shape[0] // window, *self.each(self.output_size)))


KINDS = (Unfold, Fold)
