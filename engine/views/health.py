"""What the numbers of a training say about its layers, in sentences, each with what may help.

The bounds are rules of thumb: gradients that differ by four decades between layers hardly reach the weaker one; weights
that move by about a thousandth of their length a step learn at a good pace (A. Karpathy, "Hacker's guide", 2015).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, log10
from typing import NamedTuple


class Health(NamedTuple):
    """Numbers of one layer at one step; nan where there is nothing to say."""

    gradient: float
    """Root of the mean square of its gradients."""
    update: float
    """Length of the last step of its weights over the length of the weights."""
    weight_mean: float
    weight_std: float
    mean: float
    """Of its outputs, activation applied, for the first rows that train."""
    std: float
    dead: float
    """Share of its units that are at the lower bound of the activation for all of these rows."""
    saturated: float
    """Share of outputs near a bound, for activations that have two."""


NUMBERS = len(Health._fields)
GRADIENT, UPDATE, WEIGHT_MEAN, WEIGHT_STD, MEAN, STD, DEAD, SATURATED = range(NUMBERS)
"""Places of these numbers in a row."""

FAINT = 1e-4
"""A gradient so much smaller than the largest hardly reaches its layer."""

HASTY, SLEEPY = 0.1, 1e-7
"""Weights that move by more, or by less, of their length in a step."""

MOSTLY = 0.5


class Verdict(NamedTuple):
    """One thing that is wrong, and where."""

    layer: int
    """Its place among those that are watched."""
    number: int
    """What it shows in: GRADIENT and so on."""
    sentence: str
    advice: str


def verdicts(names: Sequence[str], seen: Sequence[Sequence[float]]) -> tuple[Verdict, ...]:
    """What is wrong with the layers at one look, the worst of each sort; none where all is well."""
    found = [
        *_faint(names, seen),
        *_worst(names, seen, SATURATED, "{share:.0%} of the outputs of {name} are near the bounds of its activation: "
                "there it has next to no slope.",
                "Lower the learning rate, standardise the data, or put a norm in front of it."),
        *_worst(names, seen, DEAD, "{share:.0%} of the units of {name} give their lowest value for every row: they "
                "learn nothing.", "Lower the learning rate, or try Leaky ReLU or GELU."),
        *_paced(names, seen),
    ]  # fmt: skip
    return tuple(found)


def _faint(names: Sequence[str], seen: Sequence[Sequence[float]]) -> list[Verdict]:
    """Gradients that vanish, and explode, from layer to layer."""
    known = [(row[GRADIENT], place) for place, row in enumerate(seen) if isfinite(row[GRADIENT])]
    if len(known) < 2:
        return []
    (least, weak), (most, strong) = min(known), max(known, key=lambda each: each[0])
    if most <= 0 or least >= FAINT * most:
        return []
    if least <= 0:
        return [Verdict(
            weak, GRADIENT, f"No gradient reaches {names[weak]}: it learns nothing.",
            "Look at what follows it: dead units, saturated activations, or weights that are all zero.",
        )]  # fmt: skip
    decades = round(log10(most) - log10(least))
    return [Verdict(
        weak, GRADIENT,
        f"The gradient of {names[weak]} is 10^-{decades} of that of {names[strong]}: it hardly learns.",
        "Try ReLU instead of sigmoids, a norm between the layers, or shortcuts around them.",
    )]  # fmt: skip


def _worst(
    names: Sequence[str], seen: Sequence[Sequence[float]], number: int, sentence: str, advice: str
) -> list[Verdict]:
    known = [(row[number], place) for place, row in enumerate(seen) if isfinite(row[number])]
    if not known:
        return []
    share, place = max(known, key=lambda each: each[0])
    if share <= MOSTLY:
        return []
    return [Verdict(place, number, sentence.format(share=share, name=names[place]), advice)]


def _paced(names: Sequence[str], seen: Sequence[Sequence[float]]) -> list[Verdict]:
    known = [(row[UPDATE], place) for place, row in enumerate(seen) if isfinite(row[UPDATE])]
    if not known:
        return []
    share, place = max(known, key=lambda each: each[0])
    if share > HASTY:
        return [Verdict(
            place, UPDATE, f"A step changes the weights of {names[place]} by {share:.0%} of their length.",
            "Lower the learning rate.",
        )]  # fmt: skip
    if share < SLEEPY:
        return [Verdict(
            place, UPDATE, "The weights of no layer change any more: the learning rate or the gradients are next to 0.",
            "Raise the learning rate, or look at the loss: it may be as low as it gets.",
        )]  # fmt: skip
    return []
