"""The points of the sets in `engine.catalogue.toys`, the same for the same seed."""

from __future__ import annotations

from functools import lru_cache
from math import pi
from typing import Any, TypeAlias

import numpy as np

from engine.catalogue.toys import Checkerboard, Circles, Curve, Gaussians, Points, Spirals, Xor

Numbers: TypeAlias = np.ndarray[Any, Any]

CORNERS = np.array([[-1.0, -0.6], [1.0, -0.6], [0.0, 1.0]])
"""Where the clouds of Gaussians have their middle."""


@lru_cache(maxsize=8)
def drawn(chosen: Points | Curve) -> tuple[Numbers, Numbers]:
    """Rows [samples, features] as float32, and their targets: class numbers, or numbers."""
    generator = np.random.default_rng(chosen.seed)
    count = chosen.samples
    match chosen:
        case Curve():
            x = np.sort(generator.uniform(-1, 1, (count, 1)), axis=0)
            y = curve(chosen.shape, x[:, 0]) + chosen.noise * generator.standard_normal(count)
            return x.astype(np.float32), y.astype(np.float32)
        case Xor():
            x = generator.uniform(-1, 1, (count, 2))
            y = (x[:, 0] * x[:, 1] < 0).astype(np.int64)
        case Checkerboard():
            x = generator.uniform(-1, 1, (count, 2))
            cells = np.floor((x + 1) / 2 * chosen.squares).clip(0, chosen.squares - 1).sum(axis=1)
            y = cells.astype(np.int64) % 2
        case Circles():
            y = _in_turn(count, 2)
            angle = generator.uniform(0, 2 * pi, count)
            radius = np.where(y == 1, chosen.inner, 1.0)
            x = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        case Spirals():
            y = _in_turn(count, 2)
            # The root spreads points evenly along the arm.
            along = np.sqrt(generator.uniform(0.01, 1, count))
            angle = 2 * pi * chosen.turns * along + pi * y
            x = along[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        case Gaussians():
            y = _in_turn(count, 3)
            x = CORNERS[y]
        case _:
            raise TypeError(f"{type(chosen).__name__} has no points")
    x = x + chosen.noise * generator.standard_normal((count, 2))
    return x.astype(np.float32), y


def curve(shape: str, x: Numbers) -> Numbers:
    """The curve without noise, over -1 to 1."""
    match shape:
        case "sine":
            return np.sin(2 * pi * x)
        case "bump":
            return np.exp(-((3 * x) ** 2))
        case "step":
            return np.where(x < 0, -1.0, 1.0)
        case "absolute value":
            return np.abs(x)
        case _:
            return 4 * x**3 - 3 * x


def _in_turn(count: int, classes: int) -> Numbers:
    return np.arange(count, dtype=np.int64) % classes
