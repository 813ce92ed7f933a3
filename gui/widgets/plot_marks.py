"""What a plot shows, as values: curves, bars, shaded ranges, lines; and its data as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.design.value import value

Floats = NDArray[np.float64]

_TINY, _HUGE = 1e-150, 1e150


@dataclass(frozen=True, eq=False, init=False)
class Series:
    """A curve over ascending x; values of y that are not finite leave a gap.

    ValueError unless x and y are of one length, x finite and nowhere descending.
    """

    x: Floats
    y: Floats
    name: str = ""
    token: str = "series_1"
    fill: bool = False
    dashed: bool = False

    def __init__(
        self,
        x: ArrayLike,
        y: ArrayLike,
        name: str = "",
        token: str = "series_1",
        *,
        fill: bool = False,
        dashed: bool = False,
    ) -> None:
        across = np.asarray(x, dtype=np.float64).ravel()
        up = np.asarray(y, dtype=np.float64).ravel()
        if across.size != up.size:
            raise ValueError(f"{name}: {across.size} values of x and {up.size} of y")
        ends_finite = across.size == 0 or bool(np.isfinite(across[[0, -1]]).all())
        if not ends_finite or not bool((across[1:] >= across[:-1]).all()):
            raise ValueError(f"{name}: x is not finite and ascending")
        for field, given in (("x", across), ("y", up), ("name", name), ("token", token)):
            object.__setattr__(self, field, given)
        object.__setattr__(self, "fill", fill)
        object.__setattr__(self, "dashed", dashed)


@dataclass(frozen=True, eq=False)
class Bars:
    """A histogram: `heights[i]` stands from `edges[i]` to `edges[i + 1]`."""

    edges: Floats
    heights: Floats
    token: str = "bars"
    name: str = ""


@value
class Zone:
    """A shaded range of x, such as where a function saturates."""

    start: float
    stop: float
    token: str = "warning"
    label: str = ""


@value
class Marker:
    """A vertical line at x."""

    x: float
    label: str = ""
    token: str = "text_muted"


Mark = Series | Bars | Zone | Marker


def histogram(values: ArrayLike, bins: int = 40, *, density: bool = True) -> Bars:
    """The histogram of all finite values; as a density its area is 1, else heights are counts."""
    flat = np.asarray(values, dtype=np.float64).ravel()
    flat = np.clip(flat[np.isfinite(flat)], -_HUGE, _HUGE)
    if flat.size == 0:
        return Bars(np.array([0.0, 1.0]), np.array([0.0]))
    low, high = _widened(float(flat.min()), float(flat.max()))
    place = np.minimum(((flat - low) * (bins / (high - low))).astype(np.int64), bins - 1)
    heights = np.bincount(place, minlength=bins).astype(np.float64)
    if density:
        heights *= bins / (flat.size * (high - low))
    return Bars(np.linspace(low, high, bins + 1), heights)


def decimated(
    x: Floats, y: Floats, left: float, right: float, columns: int
) -> tuple[Floats, Floats]:
    """The points that draw the same picture of `left` to `right` in `columns` columns of pixels.

    Of each column the first, lowest, highest and last value stay (Jugel et al., "M4", VLDB 2014),
    and one point beyond either side, so that lines leave the picture where they should.
    """
    start = max(int(np.searchsorted(x, left, "left")) - 1, 0)
    stop = min(int(np.searchsorted(x, right, "right")) + 1, x.size)
    x, y = x[start:stop], y[start:stop]
    if x.size <= 4 * columns or right <= left:
        return x, y
    borders = np.linspace(left, right, columns + 1)
    first = np.unique(np.concatenate(([0], np.searchsorted(x, borders), [x.size])))
    first = first[first < x.size]
    last = np.append(first[1:], x.size) - 1
    ends = np.stack((y[first], y[last]))
    lowest = np.fmin.reduceat(y, first)
    highest = np.fmax.reduceat(y, first)
    picked = np.stack((ends[0], lowest, highest, ends[1]), axis=1).ravel()
    middle = (x[first] + x[last]) / 2
    across = np.stack((x[first], middle, middle, x[last]), axis=1).ravel()
    return across, picked


def x_extent(marks: Iterable[Mark]) -> tuple[float, float]:
    """The range of x that curves and bars need, never empty; 0 to 1 when there are none."""
    ends: list[float] = []
    for mark in marks:
        match mark:
            case Series() if mark.x.size:
                ends += [float(mark.x[0]), float(mark.x[-1])]
            case Bars() if mark.edges.size:
                ends += [float(mark.edges[0]), float(mark.edges[-1])]
            case _:
                pass
    return _widened(min(ends), max(ends)) if ends else (0.0, 1.0)


def y_extent(marks: Iterable[Mark], left: float, right: float) -> tuple[float, float]:
    """The range of y that curves and bars between `left` and `right` need, with some air."""
    lows: list[float] = []
    highs: list[float] = []
    standing = False
    for mark in marks:
        match mark:
            case Series():
                start, stop = np.searchsorted(mark.x, (left, right), ("left"))
                seen = mark.y[max(int(start) - 1, 0) : int(stop) + 1]
                standing = standing or mark.fill
            case Bars():
                seen = mark.heights
                standing = True
            case _:
                continue
        low, high = _finite_extent(seen)
        if low <= high:
            lows.append(low)
            highs.append(high)
    if not lows:
        return 0.0, 1.0
    low, high = _widened(min(lows), max(highs))
    air = 0.06 * (high - low)
    bottom = 0.0 if standing and low >= 0 else low - air
    return bottom, high + air


def _finite_extent(values: Floats) -> tuple[float, float]:
    """Lowest and highest finite value; (inf, -inf) when there is none."""
    if values.size == 0:
        return np.inf, -np.inf
    low, high = float(values.min()), float(values.max())
    if np.isfinite(low) and np.isfinite(high):
        return low, high
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (np.inf, -np.inf)


def _widened(low: float, high: float) -> tuple[float, float]:
    """A range that can be divided into pixels: neither empty nor wider than floats bear."""
    low, high = (min(max(end, -_HUGE), _HUGE) for end in (low, high))
    scale = max(abs(low), abs(high))
    if high - low > max(1e-12 * scale, _TINY):
        return low, high
    half = 0.1 * scale if scale > _TINY else 0.5
    return low - half, high + half


def csv_text(marks: Sequence[Mark], left: float, right: float, x_name: str = "x") -> str:
    """The numbers between `left` and `right` as CSV, unrounded.

    Curves over the same x share a table; every other mark has a table of its own, after an
    empty line.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    tables = _curve_tables(marks, left, right, x_name)
    for mark in marks:
        if isinstance(mark, Bars):
            inside = (mark.edges[1:] >= left) & (mark.edges[:-1] <= right)
            columns = (mark.edges[:-1][inside], mark.edges[1:][inside], mark.heights[inside])
            tables.append((["from", "to", mark.name or "height"], columns))
    for number, (names, columns) in enumerate(tables):
        if number:
            out.write("\n")
        writer.writerow(names)
        writer.writerows(zip(*(column.tolist() for column in columns)))
    return out.getvalue()


def _curve_tables(
    marks: Sequence[Mark], left: float, right: float, x_name: str
) -> list[tuple[list[str], tuple[Floats, ...]]]:
    groups: list[list[Series]] = []
    for mark in marks:
        if not isinstance(mark, Series):
            continue
        for group in groups:
            if group[0].x is mark.x or np.array_equal(group[0].x, mark.x):
                group.append(mark)
                break
        else:
            groups.append([mark])
    tables: list[tuple[list[str], tuple[Floats, ...]]] = []
    for group in groups:
        inside = (group[0].x >= left) & (group[0].x <= right)
        names = [x_name, *(curve.name or "y" for curve in group)]
        tables.append((names, (group[0].x[inside], *(curve.y[inside] for curve in group))))
    return tables
