"""What kinds that slide over images have in common: their axes, their windows, and the sizes that come out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from engine.catalogue.needs import needs_numbers
from engine.catalogue.shaping import Unflatten
from engine.design.kind import (
    ANY,
    Dimensions,
    InsertBefore,
    Kind,
    Mend,
    Misfit,
    ReplaceKind,
    Shape,
    TensorSpec,
)
from engine.design.reach import Along, Reach

Axes = int | tuple[int, ...]
"""One number for every axis, or one for each."""

PICTURE = {1: "channels and a length (C, L)", 2: "channels, height and width (C, H, W)",
           3: "channels, depth, height and width (C, D, H, W)"}  # fmt: skip
NAMES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


PLACES = {1: ("time",), 2: ("height", "width"), 3: ("depth", "height", "width")}
"""The same as roles: what flows along the one axis of a sequence is time."""


class Spatial(Kind):
    """A kind that works on channels with so many axes behind them: [N, C, L], [N, C, H, W] or [N, C, D, H, W]."""

    axes: ClassVar[int] = 0

    def dims_in(self) -> Dimensions:
        return ("channels", *PLACES[self.axes]) if self.axes else ("channels", ANY)

    def picture(self, x: TensorSpec) -> tuple[int, Shape]:
        """Channels and sizes of the input. Raises Misfit where it is no picture of so many axes."""
        needs_numbers(x)
        if len(x.shape) != self.axes + 1:
            mends = (*self._made_picture(x), *self.other_axes(len(x.shape) - 1))
            raise Misfit(f"{PICTURE[self.axes]} per sample", str(x), mends)
        return x.shape[0], x.shape[1:]

    def other_axes(self, axes: int) -> tuple[Mend, ...]:
        """The same kind for as many axes as there are: Conv2d where Conv1d gets an image."""
        wanted = f"{self.key()[:-2]}{axes}d"
        kind = next((each for each in descendants(Spatial) if each.key() == wanted), None)
        if kind is None:
            return ()
        names = {knob.name for knob in kind.knobs}
        kept = {name: field for name, field in self.values().items()
                if name in names and not isinstance(field, tuple)}  # fmt: skip
        return (Mend(f"Use {kind.title()}", ReplaceKind(kind(**kept))),)

    def _made_picture(self, x: TensorSpec) -> tuple[Mend, ...]:
        """What would make a picture of a row of numbers, or of one without a dimension for channels."""
        if not x.shape or len(x.shape) > self.axes:
            return ()
        wanted = self.axes + 1
        if len(x.shape) == 1:
            sizes = (1,) * (wanted - 1) + (x.shape[0],)
            title = "Make it " + " × ".join(map(str, sizes))
            return (Mend(title, InsertBefore(Unflatten(1, sizes))),)
        sizes = (1,) * (wanted - len(x.shape)) + (x.shape[0],)
        return (Mend("Add the missing dimensions", InsertBefore(Unflatten(1, sizes))),)

    def slid(self, kernel: Axes, stride: Axes, before: Axes, dilation: Axes = 1) -> Reach:
        """What a window sees that starts so far before the image."""
        axes = zip(*map(self.each, (kernel, stride, before, dilation)), strict=True)
        return tuple([Along(-pad, hole * (size - 1) - pad, step) for size, step, pad, hole in axes])

    def spread(self, kernel: Axes, stride: Axes, cut: Axes, dilation: Axes = 1) -> Reach:
        """What an output sees where every input is spread over a window, and so much cut away around the result."""
        from fractions import Fraction

        axes = zip(*map(self.each, (kernel, stride, cut, dilation)), strict=True)
        return tuple([
            Along(Fraction(less - hole * (size - 1), step), Fraction(less, step), Fraction(1, step))
            for size, step, less, hole in axes
        ])  # fmt: skip

    def each(self, value: Axes) -> tuple[int, ...]:
        """A field's number for every axis."""
        return value if isinstance(value, tuple) else (value,) * self.axes


def descendants(kind: type[Spatial]) -> Iterator[type[Spatial]]:
    """All kinds made from this one."""
    for each in kind.__subclasses__():
        yield each
        yield from descendants(each)


def brief_axes(value: Axes) -> str:
    """A window's sizes as a card shows them: `3×3` in two axes."""
    return "×".join(map(str, value)) if isinstance(value, tuple) else str(value)


def windows(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    """How many places a window has along an axis; below 1 where it is larger than the padded axis."""
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def along(axes: int, number: int) -> str:
    """Which axis that is, in words."""
    return f" in the {NAMES[axes][number]}"
