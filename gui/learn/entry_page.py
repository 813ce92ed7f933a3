"""All that the catalogue says of one entry, on a page: help, picture, what it does to an example, fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget

from engine.catalogue.reference import KERNEL, WEIGHT, example
from engine.catalogue.roles import dims
from engine.design.distribution import Distribution
from engine.design.kind import Activation, Initializer, Join, Kind
from engine.design.knob import Entry
from gui import theme
from gui.learn.curve import HOME, closed_curve
from gui.learn.help_card import field, heading
from gui.learn.law import density_points
from gui.widgets.pieces import SectionHeading, plain_label

if TYPE_CHECKING:
    from gui.widgets.plot import Plot

Fact = tuple[str, str]
_PLOT_HEIGHT = 190


class EntryPage(QScrollArea):
    """Shows one entry after the other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Page"))

    def show_entry(self, entry: type[Entry]) -> None:
        """Show an entry from its beginning."""
        inside = QWidget()
        theme.set_role(inside, "panel")
        column = QVBoxLayout(inside)
        column.setContentsMargins(theme.WIDE, 0, theme.WIDE, theme.WIDE)
        column.setSpacing(theme.NARROW)
        for widget in heading(entry):
            column.addWidget(widget)
        if (plot := _picture(entry)) is not None:
            plot.setFixedHeight(_PLOT_HEIGHT)
            column.addSpacing(theme.TIGHT)
            column.addWidget(plot)
        if known := facts(entry):
            column.addSpacing(theme.TIGHT)
            column.addWidget(SectionHeading(_tr("At work")))
            column.addWidget(_table(known))
        if entry.knobs:
            column.addSpacing(theme.TIGHT)
            column.addWidget(SectionHeading(_tr("Fields")))
            for knob in entry.knobs:
                column.addWidget(field(knob))
        column.addStretch(1)
        self.setWidget(inside)
        self.setAccessibleName(_tr("Page of {0}").format(entry.title()))


def facts(entry: type[Entry]) -> list[Fact]:
    """What an entry does to an example, and under which names it is found."""
    found: list[Fact] = []
    if issubclass(entry, Kind):
        found = _of_kind(entry())
    elif issubclass(entry, Initializer):
        found = _of_initializer(entry())
    elif issubclass(entry, Join):
        found = [(_tr("in code"), entry.form.replace("f.dim", "1").replace("all", "[a, b]"))]
    if entry.aliases:
        found.append((_tr("also found as"), ", ".join(entry.aliases)))
    return found


def _of_kind(layer: Kind) -> list[Fact]:
    x = example(layer)
    found = [(_tr("in code"), layer.in_code(x))]
    if isinstance(layer, Activation) and layer.function:
        call = str(layer.function_call()).replace("None", "x", 1)
        tail = f", {layer.function_tail}" if layer.function_tail else ""
        found.append((_tr("behind a layer"), f"{call[:-1]}{tail})"))
    found += [(_tr("takes beside it {0}").format(name), text) for name, text in layer.takes.items()]
    output = layer.output(x)
    found += [(_tr("takes"), str(x)), (_tr("gives"), str(output))]
    found.append((_tr("dimensions"), dims(layer, x, output)))
    if formula := layer.formula(x):
        found.append((_tr("parameters"), formula))
    if macs := layer.macs(x):
        found.append(("MACs", _tr("{0} a sample").format(f"{macs:,}")))
    for tensor in layer.weights(x):
        found.append((_tr("torch fills {0}").format(tensor), layer.torch_default(tensor, x)[1]))
    return found


def _of_initializer(rule: Initializer) -> list[Fact]:
    shape = _example_shape(rule)
    call = str(rule.call()).replace("None", "weight", 1)
    found = [
        (_tr("in code"), call),
        (_tr("on {0}").format(list(shape)), rule.distribution(shape).explained()),
    ]
    if why := rule.refusal((32,)):
        found.append((_tr("not for a bias"), why))
    elif why := rule.refusal(KERNEL):
        found.append((_tr("not for all"), why))
    return found


def _example_shape(rule: Initializer) -> tuple[int, ...]:
    return KERNEL if rule.refusal(WEIGHT) else WEIGHT


def _table(known: list[Fact]) -> QWidget:
    table = QWidget()
    grid = QGridLayout(table)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(theme.WIDE)
    grid.setVerticalSpacing(theme.TIGHT)
    grid.setColumnStretch(1, 1)
    for row, (name, text) in enumerate(known):
        grid.addWidget(plain_label(name, "muted"), row, 0, Qt.AlignmentFlag.AlignTop)
        shown = plain_label(text, wrap=True)
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid.addWidget(shown, row, 1)
    return table


# --- the picture -----------------------------------------------------------------------------------------------------


def _picture(entry: type[Entry]) -> Plot | None:
    """The curve of an activation of one number, the density of an initializer; None for what has no curve."""
    if issubclass(entry, Activation) and not entry.vector:
        return _curve(entry())
    if issubclass(entry, Initializer):
        rule = entry()
        return _density(rule.distribution(_example_shape(rule)))
    return None


def _curve(activation: Activation) -> Plot:
    from gui.widgets.plot import Plot, Series

    curve = closed_curve(activation, *HOME)
    plot = Plot(_tr("curve and derivative"))
    plot.set_home(x=HOME)
    plot.display(
        [
            Series(curve.x, curve.slope, "f′(x)", "series_2"),
            Series(curve.x, curve.y, "f(x)", "series_1"),
        ]
    )
    return plot


def _density(law: Distribution) -> Plot:
    from gui.widgets.plot import Plot, Series

    low, high = law.support
    tail = 3.5 * law.std
    low, high = max(low, law.mean - tail), min(high, law.mean + tail)
    air = 0.15 * (high - low) or 0.5
    x, y = density_points(law, low - air, high + air)
    marks = [Series(x, y, "", "series_3")] if any(y) else []
    tallest = (
        max(y) or 1.0
    )  # beside a density, single values stand as high as their share of its top
    for value, share in law.atoms:
        marks.append(Series([value, value], [0.0, share * tallest], "", "series_3"))
        marks.append(Series([value], [share * tallest], "", "series_3"))
    title = _tr("density") if any(y) else _tr("share of the entries")
    plot = Plot(title)
    plot.display(marks)
    return plot


def _tr(text: str) -> str:
    return QCoreApplication.translate("reference", text)
