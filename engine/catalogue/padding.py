"""Layers that add numbers around an image, or crop it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from engine.catalogue.needs import needs_numbers
from engine.catalogue.spatial import PLACES, Axes, Spatial, along
from engine.design.kept import INPUT, NOTHING
from engine.design.kind import (
    ANY,
    Dimensions,
    Mend,
    Misfit,
    ReplaceKind,
    SetField,
    Shape,
    TensorSpec,
)
from engine.design.knob import per_axis, real
from engine.design.reach import Along, Reach

SIDES = "Numbers added at each end, or one each for left, right, then top, bottom, front, back; below 0 crops."


class Padding(Spatial):
    """What all paddings have in common: how many numbers come to each end of each axis."""

    padding: Axes = per_axis(1, SIDES, at_least=-(2**31) + 1, sides=2)

    family = "padding"
    aliases: ClassVar[tuple[str, ...]] = ("pad", "border", "crop")
    parameters = "padding"

    def ends(self) -> list[tuple[int, int]]:
        """What is added before and after, for each axis; torch counts the pairs from the last axis."""
        if isinstance(self.padding, int):
            return [(self.padding, self.padding)] * self.axes
        pairs = zip(self.padding[::2], self.padding[1::2], strict=True)
        return list(pairs)[::-1]

    def output(self, x: TensorSpec) -> TensorSpec:
        sizes = self.padded(x)
        kept: list[int] = []
        for number, (size, ends) in enumerate(zip(sizes, self.ends(), strict=True)):
            rest = size + min(ends[0], 0) + min(ends[1], 0)
            if rest < 1:
                mend = Mend("Crop nothing", SetField("padding", self._uncropped()))
                needs = f"a crop of at most {size - 1}{along(self.axes, number)}"
                raise Misfit(needs, str(size - rest), (mend,))
            kept.append(rest)
        self.needs_room(sizes, kept)
        out = [
            size + before + after for size, (before, after) in zip(sizes, self.ends(), strict=True)
        ]
        return TensorSpec((*x.shape[: len(x.shape) - self.axes], *out))

    def reach(self, x: TensorSpec) -> Reach:
        return tuple([Along(-before, -before, 1) for before, _ in self.ends()])

    def padded(self, x: TensorSpec) -> Shape:
        """The sizes that are padded. Raises Misfit where dimensions are missing."""
        return self.picture(x)[1]

    def needs_room(self, sizes: Shape, kept: Sequence[int]) -> None:
        """Raises Misfit where more is to be added than the image can give; `kept` is what a crop leaves of it."""

    def _uncropped(self) -> Axes:
        if isinstance(self.padding, int):
            return max(self.padding, 0)
        return tuple([max(each, 0) for each in self.padding])

    def brief(self, x: TensorSpec | None) -> str:
        text = (
            str(self.padding)
            if isinstance(self.padding, int)
            else ", ".join(map(str, self.padding))
        )
        return text if len(text) <= 40 else ""


# --- with one number everywhere --------------------------------------------------------------------------------------


class ConstantPadding(Padding):
    """A padding with the same number everywhere, which works on the last axes of anything."""

    keeps = NOTHING

    def dims_in(self) -> Dimensions:
        return (ANY, *PLACES[self.axes])

    def padded(self, x: TensorSpec) -> Shape:
        if len(x.shape) < self.axes:
            return self.picture(x)[1]
        needs_numbers(x)
        return x.shape[len(x.shape) - self.axes :]


class ZeroPadding(ConstantPadding):
    """A padding with zeros."""

    aliases = (*Padding.aliases, "zero padding")


class ZeroPad1d(ZeroPadding, axes=1):
    """Adds zeros before and after the last dimension, or crops it where a number is negative. For [N, C, L].

    Most layers pad by themselves; this one is for what they cannot do, such as padding one end alone: with 2, 0
    before a convolution of kernel 3 no output sees the future. Behind a batch norm zero is the mean, elsewhere it may
    be a value like no other.
    """

    module = "nn.ZeroPad1d"


class ZeroPad2d(ZeroPadding, axes=2):
    """Adds zeros around an image, or crops it where a number is negative. For [N, C, H, W].

    Convolutions pad by themselves; this one is for what they cannot do: one side more than the other, as an even
    kernel needs to keep the size, or a crop so that a skip fits. Four numbers mean left, right, top and bottom: the
    width comes first.
    """

    module = "nn.ZeroPad2d"


class ZeroPad3d(ZeroPadding, axes=3):
    """Adds zeros around a volume, or crops it where a number is negative. For [N, C, D, H, W].

    For scans and videos. Six numbers mean left, right, top, bottom, front and back: in films 0, 0, 0, 0, 2, 0 pads the
    past alone.
    """

    module = "nn.ZeroPad3d"


class FixedPadding(ConstantPadding):
    """A padding with a number that is chosen."""

    value: float = real(0.0, "The number that fills the border.", at_least=-1e30, at_most=1e30)

    aliases = (*Padding.aliases, "constant padding")
    parameters = "padding, value"

    def brief(self, x: TensorSpec | None) -> str:
        text = f"{super().brief(x)} of {self.value:g}"
        return text if len(text) <= 40 else f"of {self.value:g}"


class ConstantPad1d(FixedPadding, axes=1):
    """Adds a number of your choice before and after the last dimension, or crops it. For [N, C, L].

    For signals whose silence is not zero. A very low number before a MaxPool1d never wins there; before a convolution
    it drowns the rest.
    """

    module = "nn.ConstantPad1d"


class ConstantPad2d(FixedPadding, axes=2):
    """Adds a border of a number of your choice around an image, or crops it. For [N, C, H, W].

    For images whose background is not zero: white paper, or the lowest value of a scan. Four numbers mean left, right,
    top and bottom: the width comes first.
    """

    module = "nn.ConstantPad2d"


class ConstantPad3d(FixedPadding, axes=3):
    """Adds a border of a number of your choice around a volume, or crops it. For [N, C, D, H, W].

    For scans whose air is not zero: in Hounsfield units it is -1000. Six numbers mean left, right, top, bottom,
    front and back.
    """

    module = "nn.ConstantPad3d"


# --- with numbers of the image ---------------------------------------------------------------------------------------


class ReplicationPadding(Padding):
    """A padding that repeats the outermost numbers."""

    aliases = (*Padding.aliases, "replicate", "edge", "clamp")
    keeps = INPUT


class ReplicationPad1d(ReplicationPadding, axes=1):
    """Repeats the first and the last number of a sequence as often as you say. For [N, C, L].

    Makes no jump at the ends as zeros do. A long border is a flat line, which patterns of change are not found in.
    """

    module = "nn.ReplicationPad1d"


class ReplicationPad2d(ReplicationPadding, axes=2):
    """Repeats the outermost pixels of an image as often as you say. For [N, C, H, W].

    Makes no dark frame as zeros do, and unlike a reflection works with any width. A wide border has streaks. Four
    numbers mean left, right, top and bottom.
    """

    module = "nn.ReplicationPad2d"


class ReplicationPad3d(ReplicationPadding, axes=3):
    """Repeats the outermost numbers of a volume as often as you say. For [N, C, D, H, W].

    In films, padding the front repeats the first frame. Six numbers mean left, right, top, bottom, front and back.
    """

    module = "nn.ReplicationPad3d"


REPEATING = {1: ReplicationPad1d, 2: ReplicationPad2d, 3: ReplicationPad3d}


class BorrowingPadding(Padding):
    """A padding with numbers from farther inside, which have to be there."""

    def too_wide(self, most: int, number: int, what: str) -> None:
        """Raises Misfit where an end of an axis gets more than `most`."""
        widest = max(self.ends()[number])
        if widest > max(most, 0):
            instead = ReplaceKind(REPEATING[self.axes](padding=self.padding))
            needs = f"a padding of at most {most}{along(self.axes, number)}, {what}"
            raise Misfit(needs, str(widest), (Mend("Repeat the border instead", instead),))


class ReflectionPadding(BorrowingPadding):
    """A padding that mirrors the image at its outermost numbers, which are not repeated."""

    aliases = (*Padding.aliases, "reflect", "mirror")
    keeps = INPUT

    def needs_room(self, sizes: Shape, kept: Sequence[int]) -> None:
        for number, size in enumerate(sizes):
            self.too_wide(size - 1, number, "as there is nothing farther to reflect")


class ReflectionPad1d(ReflectionPadding, axes=1):
    """Continues a sequence backwards at both ends, as in a mirror. For [N, C, L].

    Keeps the character of sound or a measurement at its ends. The outermost number is not repeated, so that the padding
    has to be shorter than the sequence.
    """

    module = "nn.ReflectionPad1d"


class ReflectionPad2d(ReflectionPadding, axes=2):
    """Continues an image beyond its border as in a mirror. For [N, C, H, W].

    The padding of networks that make images: zeros would leave a frame in the result. The outermost pixels are not
    repeated, so that the padding has to be smaller than the image. A Conv2d does the same with its padding mode
    "reflect".
    """

    module = "nn.ReflectionPad2d"


class ReflectionPad3d(ReflectionPadding, axes=3):
    """Continues a volume beyond its border as in a mirror. For [N, C, D, H, W].

    For networks that make scans or films. The padding has to be smaller than the volume in every direction, and scans
    often have few slices.
    """

    module = "nn.ReflectionPad3d"


class CircularPadding(BorrowingPadding):
    """A padding that continues an axis at its other end."""

    aliases = (*Padding.aliases, "wrap", "periodic", "cyclic")
    keeps = NOTHING

    def needs_room(self, sizes: Shape, kept: Sequence[int]) -> None:
        # torch fills what goes round more than once behind a crop with whatever lies in memory.
        for number, rest in enumerate(kept):
            self.too_wide(rest, number, "which is once round")


class CircularPad1d(CircularPadding, axes=1):
    """Continues a sequence at its other end, as if it were a ring. For [N, C, L].

    For what has no beginning: the hours of a day, the points of an outline. Elsewhere it makes the end a neighbour
    of the start.
    """

    module = "nn.CircularPad1d"


class CircularPad2d(CircularPadding, axes=2):
    """Continues an image at the opposite side, as if it were tiled. For [N, C, H, W].

    For textures that repeat, and for panoramas and maps of the world, whose left edge meets the right: there 1, 1, 0, 0
    pads the width alone. On photographs it puts sky below the ground.
    """

    module = "nn.CircularPad2d"


class CircularPad3d(CircularPadding, axes=3):
    """Continues a volume at the opposite side, as if it repeated in every direction. For [N, C, D, H, W].

    For simulations with periodic boundaries, such as of crystals and fluids. Scans and films do not repeat.
    """

    module = "nn.CircularPad3d"


KINDS = (
    ZeroPad1d, ZeroPad2d, ZeroPad3d, ConstantPad1d, ConstantPad2d, ConstantPad3d, ReflectionPad1d, ReflectionPad2d,
    ReflectionPad3d, ReplicationPad1d, ReplicationPad2d, ReplicationPad3d, CircularPad1d, CircularPad2d, CircularPad3d,
)  # fmt: skip
