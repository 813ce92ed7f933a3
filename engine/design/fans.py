"""Fan in and fan out of a tensor, of which initializers take their spread."""

from __future__ import annotations

from math import prod

from engine.design.kind import Shape
from engine.design.value import value


@value
class Fans:
    """How many numbers one output sees (fan_in) and how many outputs one input reaches (fan_out)."""

    fan_in: int
    fan_out: int


def fans(shape: Shape) -> Fans:
    """As torch.nn.init._calculate_fan_in_and_fan_out counts them. Raises ValueError below two dimensions."""
    if len(shape) < 2:
        raise ValueError("fan in and fan out need at least two dimensions")
    field_size = prod(shape[2:])
    return Fans(shape[1] * field_size, shape[0] * field_size)
