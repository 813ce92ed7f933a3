"""An activation of one number, shown: curve, derivative, flat stretches, numbers, comparisons."""

from __future__ import annotations

from functools import partial
from math import inf
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.catalogue import ACTIVATIONS
from engine.design.kind import Activation
from engine.files.document import entry_document
from engine.worker.protocol import Curve as CurveRequest
from engine.worker.protocol import Result
from gui import theme
from gui.inspector.compared import Compared
from gui.inspector.segments import Segments
from gui.inspector.slot import Slot
from gui.inspector.stats import Stat, Stats
from gui.inspector.voice import Voice
from gui.learn.answers import curve_in
from gui.learn.curve import HOME, POINTS, Curve, Flat, closed_curve, numbers
from gui.widgets.plot_axis import number_text

if TYPE_CHECKING:
    from gui.inspector.activation_plot import What
    from gui.widgets.plot import Plot

_HEIGHT = 156
_REMEMBERED = 100
"""Curves of torch that are kept, so that coming back to a layer asks for nothing."""
Range = tuple[float, float]


class CurveCard(QWidget):
    """Draws the closed form at once and torch's autograd as soon as the worker has answered."""

    def __init__(self, voice: Voice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._voice = voice
        self._activation: Activation | None = None
        self._range: Range = HOME
        self._torch: dict[tuple[Activation, Range], Curve] = {}
        self._plot: Slot[Plot] = Slot(self._make_plot, self._redraw, "activation", _HEIGHT)
        self._stats = Stats(3)
        self._what = Segments(self.tr("Compare"))
        self._what.set_choices((("value", "f(x)"), ("slope", "f′(x)"), ("both", self.tr("both"))))
        self._what.chosen.connect(self._redraw)
        self._compared = Compared()
        self._compared.changed.connect(self._compare)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.NARROW)
        column.addWidget(self._plot)
        column.addWidget(self._stats)
        column.addWidget(self._compared)
        row = QHBoxLayout()
        row.addWidget(self._what, 1)
        column.addLayout(row)
        self._what.hide()

    def show_activation(self, activation: Activation) -> None:
        """Show an activation of one number; the range that a person dragged to stays."""
        if activation != self._activation:
            self._activation = activation
            self._compared.show_main(activation)
            self._stats.show_stats(self._numbers(activation))
            self._redraw()

    # --- the plot ------------------------------------------------------------------------------

    def _make_plot(self) -> Plot:
        from gui.inspector.activation_plot import new_plot

        plot = new_plot("f(x), f′(x)")
        plot.range_changed.connect(self._show_range)
        return plot

    def _show_range(self, start: float, stop: float) -> None:
        self._range = (start, stop)
        self._redraw()

    def _compare(self) -> None:
        self._what.setVisible(bool(self._compared.activations()))
        self._redraw()

    def _redraw(self) -> None:
        plot = self._plot.widget
        if plot is None or self._activation is None:
            return
        from gui.inspector.activation_plot import Drawn, marks

        others = self._compared.activations()
        what: What = "both"
        if others and self._what.current() in ("value", "slope"):
            what = "value" if self._what.current() == "value" else "slope"
        drawn = [Drawn(each, self._curve(each)) for each in (self._activation, *others)]
        plot.set_title("f(x), f′(x)" if what == "both" else "f(x)" if what == "value" else "f′(x)")
        caption = self._caption(self._activation)
        plot.set_caption(caption)
        words = ("", "") if caption else (self.tr("saturated"), self.tr("slope 0"))
        plot.display(marks(drawn[0], drawn[1:], what, *words))
        for place, each in enumerate(drawn):
            self._ask_torch(place, each.activation)

    def _curve(self, activation: Activation) -> Curve:
        """What torch said of it, or the closed form until it has."""
        known = self._torch.get((activation, self._range))
        return known if known is not None else closed_curve(activation, *self._range)

    def _ask_torch(self, place: int, activation: Activation) -> None:
        if (activation, self._range) in self._torch:
            return
        request = CurveRequest(entry_document(activation), *self._range, POINTS)
        self._voice.ask(
            request,
            partial(self._take, activation, self._range),
            lambda sentence: None,  # the closed form stays, and the status bar speaks of the engine
            f"inspector.curve{place}",
        )

    def _take(self, activation: Activation, asked: Range, result: Result) -> None:
        curve = curve_in(result)
        if curve is None:
            return
        if len(self._torch) >= _REMEMBERED:
            self._torch.clear()
        self._torch[activation, asked] = curve
        if asked == self._range and activation in (self._activation, *self._compared.activations()):
            self._redraw()

    # --- numbers -------------------------------------------------------------------------------

    def _numbers(self, activation: Activation) -> tuple[Stat, Stat, Stat]:
        known = numbers(activation)
        low, high = number_text(known.low, 3), number_text(known.high, 3)
        return (
            Stat(
                f"{low} … {high}",
                self.tr("range of values"),
                self.tr("All outputs lie between these two."),
            ),
            Stat(
                number_text(known.largest_slope, 3),
                self.tr("largest slope"),
                self.tr(
                    "Going backward, each gradient is multiplied by the slope. Where even the "
                    "largest is below 1, gradients shrink from layer to layer."
                ),
            ),
            Stat(
                number_text(known.mean, 3),
                self.tr("mean output"),
                self.tr(
                    "The average output for inputs with mean 0 and standard deviation 1. "
                    "Near 0 the outputs are zero-centred, which makes the next layer learn faster."
                ),
            ),
        )

    def _caption(self, activation: Activation) -> str:
        """Where it is flat, in a few words: "saturated beyond ±6"."""
        flats = numbers(activation).flats
        if not flats:
            return ""
        dead = all(flat.dead for flat in flats)
        place = self._place(flats)
        return (
            (self.tr("slope 0 {0}") if dead else self.tr("saturated {0}")).format(place)
            if place
            else ""
        )

    def _place(self, flats: tuple[Flat, ...]) -> str:
        match flats:
            case (Flat(start, stop),) if start == -inf:
                return self.tr("below {0}").format(_short(stop))
            case (Flat(start, stop),) if stop == inf:
                return self.tr("above {0}").format(_short(start))
            case (Flat(start, stop),):
                return self.tr("from {0} to {1}").format(_short(start), _short(stop))
            case (Flat(first, low), Flat(high, last)) if first == -inf and last == inf:
                if abs(low + high) < 1e-3:
                    return self.tr("beyond ±{0}").format(_short(high))
                return self.tr("below {0} and above {1}").format(_short(low), _short(high))
            case _:
                return ""


def _short(value: float) -> str:
    return number_text(round(value, 1) + 0.0 if abs(value) >= 1 else value, 3)


def comparable() -> tuple[type[Activation], ...]:
    """The activations that have a curve."""
    return tuple(each for each in ACTIVATIONS.values() if not each.vector)
