"""What there is to see in an activation of one number, from its closed form; without Qt or numpy.

Torch's autograd draws the curve that stays on the screen; this one is there at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import exp, inf, isfinite, pi, sqrt

from engine.design.kind import Activation
from engine.design.value import value

HOME = (-8.0, 8.0)
"""The range of x that a curve is first shown over."""
POINTS = 401

_FLAT = 0.01
"""A slope below this share of the largest one counts as saturated: sigmoid beyond ±6, tanh beyond ±3."""
_NARROW = 0.3
"""A flat stretch shorter than this is the bottom of a bend, unless nothing at all passes there."""
_STEEP = 100.0
"""Slopes beyond this may be jumps, which are looked at more closely."""
_WIDE = 12.0
_FAR = (-1e6, -1e3, 1e3, 1e6)


@value
class Curve:
    """An activation and its derivative at ascending points."""

    x: Sequence[float]
    y: Sequence[float]
    slope: Sequence[float]


@value
class Flat:
    """A stretch where next to nothing is learned; `dead` where the slope is exactly zero."""

    start: float
    stop: float
    dead: bool


@value
class Numbers:
    """An activation in numbers; `mean` is its average output for standard normal inputs."""

    low: float
    high: float
    largest_slope: float
    mean: float
    flats: tuple[Flat, ...]


@lru_cache(maxsize=64)
def closed_curve(activation: Activation, start: float, stop: float, points: int = POINTS) -> Curve:
    """The curve over a range, by the closed form and its differences."""
    xs = evenly(start, stop, points)
    f = activation.at
    return Curve(xs, [f(x) for x in xs], [slope(f, x) for x in xs])


def evenly(start: float, stop: float, points: int) -> list[float]:
    """`points` numbers from start to stop, both included."""
    step = (stop - start) / (points - 1)
    return [start + step * number for number in range(points)]


def slope(f: Callable[[float], float], x: float) -> float:
    """The derivative by a central difference; at a jump that of the piece at the left."""
    h = 1e-5 * max(1.0, abs(x))
    across = (f(x + h) - f(x - h)) / (2 * h)
    if abs(across) > _STEEP and abs(across) > 8 * abs(f(x + 16 * h) - f(x - 16 * h)) / (32 * h):
        across = (f(x - h) - f(x - 2 * h)) / h
    return round(across, 9)


def flats(f: Callable[[float], float], curve: Curve, largest_slope: float) -> tuple[Flat, ...]:
    """The stretches of the curve of `f` where its slope is next to nothing."""
    if not isfinite(largest_slope) or largest_slope <= 0:
        return ()
    bound = _FLAT * largest_slope * (1 - 1e-6)
    found: list[Flat] = []
    first: int | None = None
    for place, steep in enumerate([*curve.slope, inf]):
        if abs(steep) < bound:
            first = place if first is None else first
        elif first is not None:
            flat = _stretch(f, curve, first, place - 1, bound)
            if flat.dead or flat.stop - flat.start >= _NARROW:
                found.append(flat)
            first = None
    return tuple(found)


def _stretch(
    f: Callable[[float], float], curve: Curve, first: int, last: int, bound: float
) -> Flat:
    """From where the slope falls below `bound` to where it rises above; endless at the ends."""
    x = curve.x
    start = _edge(f, x[first - 1], x[first], bound) if first else -inf
    stop = _edge(f, x[last + 1], x[last], bound) if last + 1 < len(x) else inf
    dead = last > first and max(map(abs, curve.slope[first : last + 1])) < 1e-9
    return Flat(start, stop, dead)


def _edge(f: Callable[[float], float], steep: float, flat: float, bound: float) -> float:
    """Where the slope passes `bound` between a steep and a flat point."""
    for _ in range(24):
        middle = (steep + flat) / 2
        if abs(slope(f, middle)) < bound:
            flat = middle
        else:
            steep = middle
    return round((steep + flat) / 2, 4) + 0.0


@lru_cache(maxsize=256)
def numbers(activation: Activation) -> Numbers:
    """An activation in numbers, over all x."""
    f = activation.at
    wide = closed_curve(activation, -_WIDE, _WIDE, 481)
    far = [_far_value(activation, x) for x in _FAR]
    values = [*wide.y, *far]
    steepest = _steepest(f, wide)
    return Numbers(
        _end(min(values), far),
        _end(max(values), far),
        steepest,
        _mean(wide),
        flats(f, wide, steepest),
    )


def _steepest(f: Callable[[float], float], curve: Curve) -> float:
    """The largest slope of either sign, looked for more closely around the steepest point."""
    steep = [abs(each) for each in curve.slope]
    step = curve.x[1] - curve.x[0]
    at = curve.x[max(range(len(steep)), key=steep.__getitem__)]
    for _ in range(4):
        around = evenly(at - step, at + step, 21)
        slopes = [abs(slope(f, x)) for x in around]
        at, step = around[slopes.index(max(slopes))], step / 10
        steep.append(max(slopes))
    return max(steep)


def _far_value(activation: Activation, x: float) -> float:
    try:
        return activation.at(x)
    except OverflowError:
        return inf if x > 0 else -inf


def _end(value: float, far: list[float]) -> float:
    """The end of the range of values; infinite where it still grows far out."""
    for near, out in ((far[1], far[0]), (far[2], far[3])):
        if value == out and abs(out) > 10 * abs(near) > 0 and abs(out) > 100:
            return inf if out > 0 else -inf
    whole = float(round(value))
    return whole + 0.0 if abs(value - whole) <= 2e-6 else value


def _mean(curve: Curve) -> float:
    """The average of f(X) for X from the standard normal law, by Simpson's rule, between whose pairs of steps all
    bends of torch's activations lie. Below 1e-6 it is 0, as SELU's is made to be.
    """
    step = curve.x[1] - curve.x[0]
    terms = [exp(-x * x / 2) * y for x, y in zip(curve.x, curve.y, strict=True)]
    whole = terms[0] + 4 * sum(terms[1:-1:2]) + 2 * sum(terms[2:-1:2]) + terms[-1]
    mean = whole * step / 3 / sqrt(2 * pi)
    return mean if abs(mean) > 1e-6 else 0.0
