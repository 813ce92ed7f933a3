"""The plot of activations and their derivatives. Import it after the first paint: it needs numpy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from engine.design.kind import Activation
from engine.design.value import value
from gui.learn.curve import HOME, Curve, numbers
from gui.widgets.plot import Mark, Plot, Series, Zone

What = Literal["both", "value", "slope"]
_OTHERS = ("series_3", "series_4", "series_5", "series_6")
MOST_COMPARED = len(_OTHERS)
_BEYOND = 1e12


@value
class Drawn:
    """One activation with the curve that is known of it."""

    activation: Activation
    curve: Curve


def new_plot(title: str) -> Plot:
    """A plot that shows everything again over the usual range."""
    plot = Plot(title)
    plot.set_home(x=HOME)
    return plot


def marks(main: Drawn, others: Sequence[Drawn], what: What, flat: str, dead: str) -> list[Mark]:
    """What a plot shows: the flat stretches and both curves of `main`, and the `others`.

    `flat` and `dead` are the words on a stretch whose slope is small, or zero.
    """
    shown: list[Mark] = []
    for each in numbers(main.activation).flats:
        start, stop = max(each.start, -_BEYOND), min(each.stop, _BEYOND)
        shown.append(Zone(start, stop, "text_faint", dead if each.dead else flat))
    alone = not others
    name = "" if alone else main.activation.title()
    shown += _curves(main, what, "series_1", "series_2" if alone else "series_1", name)
    for token, drawn in zip(_OTHERS, others, strict=False):
        shown += _curves(drawn, what, token, token, drawn.activation.title())
    return shown


def _curves(drawn: Drawn, what: What, token: str, below: str, name: str) -> list[Mark]:
    """Value and derivative; the derivative is dashed where both have one colour."""
    x, curve = drawn.curve.x, drawn.curve
    found: list[Mark] = []
    if what != "value":
        lone = what == "slope"
        dashed = token == below and not lone
        found.append(Series(x, curve.slope, name if lone else "", below, dashed=dashed))
    if what != "slope":
        found.append(Series(x, curve.y, name, token))
    return found
