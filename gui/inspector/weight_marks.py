"""What the plot of a tensor shows: bars of what was drawn, and the law that theory gives.

Import it after the first paint: it needs numpy. All heights are shares of the tensor's entries, so
that single values with a probability of their own can stand beside a density.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite, sqrt

import numpy as np
from numpy.typing import NDArray

from engine.design.distribution import Distribution
from gui.learn.law import density_points
from gui.widgets.plot_marks import Bars, Mark, Series

_FEWEST, _MOST = 8, 48
_THEORY_BARS = 32
"""Bars that a law is scaled to while nothing is drawn yet."""
_AIR = 0.04
_TAILS = 3.2
"""Standard deviations to each side that are shown of a law without an end."""


@dataclass(frozen=True, eq=False)
class Pictured:
    """Marks, and the range of x that they are seen over."""

    marks: list[Mark]
    low: float
    high: float


def pictured(law: Distribution | None, values: NDArray[np.float64] | None) -> Pictured:
    """The marks for what is known; at least one of both.

    Bars begin and end with the law or the sample, so that a bounded law fills whole bars; single
    values stand in the middle of theirs.
    """
    low, high = _range(law, values)
    count = _THEORY_BARS if values is None else _bar_count(values.size)
    if law is not None and law.atoms:
        count += 1 - count % 2
        half = (high - low) / (count - 1) / 2
        low, high = low - half, high + half
    width = (high - low) / count
    air = (high - low) * _AIR
    marks: list[Mark] = []
    if values is not None and values.size:
        edges = np.linspace(low, high, count + 1)
        heights = np.histogram(values, edges)[0] / values.size
        marks.append(Bars(edges, heights.astype(np.float64)))
    if law is not None:
        marks += _theory(law, low - air, high + air, width)
    return Pictured(marks, low - air, high + air)


def _bar_count(size: int) -> int:
    return min(max(round(2 * sqrt(size)), _FEWEST), _MOST)


def _range(law: Distribution | None, values: NDArray[np.float64] | None) -> tuple[float, float]:
    """From the lowest to the highest that theory or sample has; tails no further than is likely."""
    ends: list[float] = []
    if law is not None:
        tail = _TAILS * law.std if law.std else inf
        ends += [max(law.support[0], law.mean - tail), min(law.support[1], law.mean + tail)]
        ends += [value for value, _ in law.atoms]
    if values is not None and values.size:
        finite = values[np.isfinite(values)]
        if finite.size:
            ends += [float(finite.min()), float(finite.max())]
    ends = [end for end in ends if isfinite(end)] or [0.0, 1.0]
    low, high = min(ends), max(ends)
    if high <= low:
        half = abs(low) / 2 or 0.5
        return low - half, high + half
    return low, high


def _theory(law: Distribution, low: float, high: float, width: float) -> list[Mark]:
    """The density times the width of a bar, and a stem for each single value."""
    found: list[Mark] = []
    x, y = density_points(law, low, high)
    shares = np.asarray(y) * width
    if shares.any():
        found.append(Series(x, np.minimum(shares, 1.0), "", "text"))
    for value, share in law.atoms:
        found.append(Series([value, value], [0.0, share], "", "text"))
        found.append(Series([value], [share], "", "text"))
    return found
