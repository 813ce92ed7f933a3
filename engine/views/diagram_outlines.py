"""The outline of a box says the family of its layer as its colour does, for whoever does not see or print colours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from math import dist

from engine.design.tuples import NamedTuple

Step = tuple[str, tuple[float, ...]]
"""A letter and numbers, as in an SVG path: M moves, L draws a line, Q a bend, Z closes."""
Point = tuple[float, float]

SLANT, TIP, FUNNEL, CUT, CORNER = 9.0, 10.0, 7.0, 10.0, 14.0
ROUND, HARD = 8.0, 3.0
"""Radius of a rectangle's corners, and of those of all other forms."""


class Outline(NamedTuple):
    """A closed line, and lines inside of it; `dashed` for what is there only some of the time."""

    steps: tuple[Step, ...]
    inner: tuple[Step, ...] = ()
    dashed: bool = False


def outline(family: str, x: float, y: float, width: float, height: float) -> Outline:
    """The form for a family of layers in a rectangle; lines come to the middle of its left side, and leave right."""
    form = FORMS.get(family, _rectangle)(width, height)
    return Outline(_moved(form.steps, x, y), _moved(form.inner, x, y), form.dashed)


def upright(family: str, x: float, y: float, width: float, height: float) -> Outline:
    """The same for a slim, upright box, which lines pass."""
    form = FORMS.get(family, _rectangle)(height, width)
    steps, inner = (
        tuple((letter, _swapped(numbers)) for letter, numbers in each)
        for each in (form.steps, form.inner)
    )
    return Outline(_moved(steps, x, y), _moved(inner, x, y), form.dashed)


def _swapped(numbers: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(chain.from_iterable(zip(numbers[1::2], numbers[::2], strict=True)))


def _moved(steps: Sequence[Step], x: float, y: float) -> tuple[Step, ...]:
    return tuple(
        (letter, tuple(each + (y if place % 2 else x) for place, each in enumerate(numbers)))
        for letter, numbers in steps
    )


def _closed(points: Sequence[Point], radius: float) -> tuple[Step, ...]:
    """A line through all points and back to the first, its corners rounded."""
    steps: list[Step] = []
    for place, corner in enumerate(points):
        before, after = points[place - 1], points[(place + 1) % len(points)]
        bend = min(radius, dist(before, corner) / 2, dist(corner, after) / 2)
        start, end = _towards(corner, before, bend), _towards(corner, after, bend)
        steps += ("L" if steps else "M", start), ("Q", (*corner, *end))
    return (*steps, ("Z", ()))


def _towards(start: Point, end: Point, by: float) -> Point:
    share = by / (dist(start, end) or 1.0)
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


# --- forms, each in a rectangle at 0, 0 ------------------------------------------------------------------------------


def _corners(width: float, height: float, inset: float = 0.0) -> tuple[Point, ...]:
    right, bottom = width - inset, height - inset
    return (inset, inset), (right, inset), (right, bottom), (inset, bottom)


def _rectangle(width: float, height: float) -> Outline:
    return Outline(_closed(_corners(width, height), min(ROUND, height / 4)))


def _slanted(width: float, height: float) -> Outline:
    """As a kernel that slides; half a slant stands out on both sides."""
    half = SLANT / 2
    points = (half, 0.0), (width + half, 0.0), (width - half, height), (-half, height)
    return Outline(_closed(points, HARD))


def _narrowing(width: float, height: float) -> Outline:
    points = (0.0, 0.0), (width, FUNNEL), (width, height - FUNNEL), (0.0, height)
    return Outline(_closed(points, HARD))


def _widening(width: float, height: float) -> Outline:
    points = (0.0, FUNNEL), (width, 0.0), (width, height), (0.0, height - FUNNEL)
    return Outline(_closed(points, HARD))


def _pointed(width: float, height: float) -> Outline:
    """Both ends: as a scale that is balanced."""
    middle = height / 2
    tip = min(TIP, middle)
    right = width - tip
    points = (
        (tip, 0.0), (right, 0.0), (width, middle), (right, height), (tip, height), (0.0, middle),
    )  # fmt: skip
    return Outline(_closed(points, HARD))


def _arrow(width: float, height: float) -> Outline:
    """The same numbers in another form: on they go."""
    points = (0.0, 0.0), (width - TIP, 0.0), (width, height / 2), (width - TIP, height), (0.0, height)  # fmt: skip
    return Outline(_closed(points, HARD))


def _notched(width: float, height: float) -> Outline:
    """An arrow's tail."""
    points = (0.0, 0.0), (width, 0.0), (width, height), (0.0, height), (TIP, height / 2)
    return Outline(_closed(points, HARD))


def _capsule(width: float, height: float) -> Outline:
    return Outline(_closed(_corners(width, height), height / 2))


def _dashed(width: float, height: float) -> Outline:
    """Now and then part of it is not there."""
    return Outline(_closed(_corners(width, height), ROUND), dashed=True)


def _barred(width: float, height: float) -> Outline:
    """Bars at both ends: it passes again and again."""
    bars: tuple[Step, ...] = (
        ("M", (5.0, 0.0)), ("L", (5.0, height)),
        ("M", (width - 5.0, 0.0)), ("L", (width - 5.0, height)),
    )  # fmt: skip
    return Outline(_closed(_corners(width, height), HARD), bars)


def _octagon(width: float, height: float) -> Outline:
    right, low = width - CUT, height - CUT
    points = (
        (CUT, 0.0), (right, 0.0), (width, CUT), (width, low),
        (right, height), (CUT, height), (0.0, low), (0.0, CUT),
    )  # fmt: skip
    return Outline(_closed(points, 1.0))


def _index_card(width: float, height: float) -> Outline:
    """A corner is folded: here something is looked up."""
    fold = width - CORNER
    points = (0.0, 0.0), (fold, 0.0), (width, CORNER), (width, height), (0.0, height)
    ear: tuple[Step, ...] = (("M", (fold, 0.0)), ("L", (fold, CORNER)), ("L", (width, CORNER)))
    return Outline(_closed(points, HARD), ear)


def _double(width: float, height: float) -> Outline:
    """A frame around it."""
    inner = _closed(_corners(width, height, 4.0), ROUND / 2)
    return Outline(_closed(_corners(width, height), ROUND), inner)


def _half_capsule(width: float, height: float) -> Outline:
    """Round where nothing comes in."""
    half = height / 2
    steps: tuple[Step, ...] = (
        ("M", (half, 0.0)), ("L", (width - HARD, 0.0)), ("Q", (width, 0.0, width, HARD)),
        ("L", (width, height - HARD)), ("Q", (width, height, width - HARD, height)),
        ("L", (half, height)), ("Q", (0.0, height, 0.0, half)), ("Q", (0.0, 0.0, half, 0.0)),
        ("Z", ()),
    )  # fmt: skip
    return Outline(steps)


FORMS: dict[str, Callable[[float, float], Outline]] = {
    "input": _half_capsule,
    "linear": _rectangle,
    "convolution": _slanted,
    "pooling": _narrowing,
    "upsampling": _widening,
    "norm": _pointed,
    "activation": _capsule,
    "dropout": _dashed,
    "recurrent": _barred,
    "attention": _octagon,
    "embedding": _index_card,
    "shaping": _arrow,
    "padding": _double,
    "recall": _notched,
    "block": _rectangle,
}
"""By family; what is no family of layers stands beside them."""
