"""Which places of an input one output sees, and how that adds up from layer to layer.

What a layer or a whole row of them sees along an axis is one interval that moves on with the output's place, as in
Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks" (Distill, 2019). It is that of an
output far from the border of the image: at the border a part of it lies in the padding.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from engine.design.tuples import NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

    Place = int | Fraction


class Along(NamedTuple):
    """What outputs see along an axis: output i the inputs from i × stride + first to i × stride + last.

    They are fractions where an image grows: of the numbers between the ends only whole ones are places. An output
    behind such a layer may see a little less, as what lies between two places is counted on.
    """

    first: Place
    last: Place
    stride: Place

    @property
    def size(self) -> int:
        """Inputs that one output sees at most."""
        return int(self.last - self.first) + 1


class Everything(Enum):
    """Every output sees all that comes in."""

    EVERYTHING = "everything"


EVERYTHING = Everything.EVERYTHING
Reach = tuple[Along, ...] | Everything
"""What one output sees, along each axis behind the channels; () for its own place alone."""

OWN = Along(0, 0, 1)
"""Its own place."""


def behind(seen: Reach | None, here: Reach | None) -> Reach | None:
    """What an output sees through a layer, whose inputs see `seen`; None where that is unknown.

    Where all that comes in sees everything, so does what is made of it, in whatever way.
    """
    if seen is EVERYTHING:
        return EVERYTHING
    if not here:
        return None if here is None else seen
    if not seen:
        return None if seen is None else here
    if here is EVERYTHING:
        return EVERYTHING
    if len(seen) != len(here):
        return None
    return tuple([
        Along(one.first + one.stride * two.first, one.last + one.stride * two.last, one.stride * two.stride)
        for one, two in zip(seen, here, strict=True)
    ])  # fmt: skip


def together(seen: Reach | None, other: Reach | None) -> Reach | None:
    """What an output sees that two values meet in; None where their places lie differently far apart."""
    if seen == other or seen is None or other is None:
        return seen if seen == other else None
    if seen is EVERYTHING or other is EVERYTHING:
        return EVERYTHING
    axes = max(len(seen), len(other))
    pairs = tuple(zip(seen or (OWN,) * axes, other or (OWN,) * axes, strict=False))
    if len(pairs) < axes or any(one.stride != two.stride for one, two in pairs):
        return None
    return tuple(
        [
            Along(min(one.first, two.first), max(one.last, two.last), one.stride)
            for one, two in pairs
        ]
    )


def repeated(here: Reach | None, times: int) -> Reach | None:
    """What an output sees through so many equal layers in a row, in steps that halve the number."""
    seen: Reach | None = ()
    while times:
        if times % 2:
            seen = behind(seen, here)
        here = behind(here, here)
        times //= 2
    return seen
