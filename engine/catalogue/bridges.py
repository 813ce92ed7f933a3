"""Layers that make one shape of another, for mends of branches that do not meet."""

from __future__ import annotations

from collections.abc import Iterator

from engine.catalogue.convolution import Conv1d, Conv2d, Conv3d
from engine.catalogue.linear import Linear
from engine.catalogue.padding import ZeroPad1d, ZeroPad2d, ZeroPad3d
from engine.catalogue.shaping import Flatten
from engine.catalogue.sized_pooling import AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveAvgPool3d
from engine.design.kind import Kind, Misfit, Shape, TensorSpec

CONVOLUTIONS = (Conv1d, Conv2d, Conv3d)
PADDINGS = (ZeroPad1d, ZeroPad2d, ZeroPad3d)
POOLINGS = (AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveAvgPool3d)
WIDEST = 2**20
"""Units beyond which no layer is proposed."""
WIDEST_WINDOW = 7
"""Beyond that a convolution costs more than a shortcut is worth."""


def bridges(x: TensorSpec, wanted: Shape, channels_first: bool) -> Iterator[tuple[str, Kind]]:
    """Single layers whose result for `x` is of the wanted shape, each with what a button calls it.

    `channels_first` says whether the first size is that of channels: two sizes may also be time and features.
    """
    for title, kind in _candidates(x.shape, wanted, channels_first):
        try:
            fits = kind.output(x).shape == wanted
        except Misfit:
            continue
        if fits:
            yield title, kind


def _candidates(shape: Shape, wanted: Shape, channels_first: bool) -> Iterator[tuple[str, Kind]]:
    if not wanted or not shape or max(wanted) > WIDEST or shape == wanted:
        return
    if len(wanted) == 1 and len(shape) > 1:
        yield "Flatten", Flatten()
    if len(shape) != len(wanted):
        return
    axes = len(shape) - 1
    if not channels_first:
        if shape[:-1] == wanted[:-1]:
            yield "Linear", Linear(wanted[-1])
    elif 1 <= axes <= 3:
        yield from _of_images(axes, shape, wanted)


def _of_images(axes: int, shape: Shape, wanted: Shape) -> Iterator[tuple[str, Kind]]:
    """Convolutions of one number, with steps where the size gets smaller; padding and pooling cost no parameters."""
    steps = tuple(-(-size // less) for size, less in zip(shape[1:], wanted[1:], strict=True))
    convolution = CONVOLUTIONS[axes - 1]
    one = "×".join("1" * axes)
    if len(set(steps)) == 1:
        stride: int | tuple[int, ...] = steps[0]
    else:
        stride = steps
    yield (
        f"{one} {convolution.title()}",
        convolution(out_channels=wanted[0], kernel_size=1, stride=stride),
    )
    windows = tuple(size - less + 1 for size, less in zip(shape[1:], wanted[1:], strict=True))
    if all(1 <= window <= WIDEST_WINDOW for window in windows):
        # What convolutions without padding cut away at the edges, another one cuts away as well.
        title = "×".join(map(str, windows))
        kernel: int | tuple[int, ...] = windows[0] if len(set(windows)) == 1 else windows
        yield f"{title} {convolution.title()}", convolution(wanted[0], kernel)
    if shape[0] != wanted[0]:
        return
    if all(more >= size for size, more in zip(shape[1:], wanted[1:], strict=True)):
        yield "Padding", PADDINGS[axes - 1](padding=_ends(shape[1:], wanted[1:]))
    if all(less <= size for size, less in zip(shape[1:], wanted[1:], strict=True)):
        pooling = POOLINGS[axes - 1]
        yield "Pooling", pooling(output_size=wanted[1:] if axes > 1 else wanted[1])


def _ends(sizes: Shape, wanted: Shape) -> tuple[int, ...]:
    """What to add at both ends of each axis; torch counts the pairs from the last axis."""
    ends: list[int] = []
    for size, more in zip(reversed(sizes), reversed(wanted), strict=True):
        missing = more - size
        ends += [missing // 2, missing - missing // 2]
    return tuple(ends)
