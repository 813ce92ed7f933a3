"""What every layer gave, as histograms side by side in the order of the network."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from gui.document import State
from gui.run.forward import ForwardValues, NodeValues
from gui.saving import ask_and_save
from gui.widgets.pieces import plain_label

if TYPE_CHECKING:
    from gui.widgets.plot import Plot

CARD_WIDTH = 250
MOST = 60
"""Histograms shown; a network of a thousand layers is looked at in its summary."""


class LayersPage(QWidget):
    """One histogram a layer; mean and standard deviation above each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: ForwardValues | None = None
        self._plots: list[Plot] = []
        self._row = QHBoxLayout()
        self._row.setContentsMargins(0, 0, 0, 0)
        self._more = plain_label("", "muted")
        inside = QWidget()
        inside.setLayout(self._row)
        self._area = QScrollArea()
        self._area.setWidget(inside)
        self._area.setWidgetResizable(True)
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._area)
        column.addWidget(self._more)

    def show_run(self, state: State, values: ForwardValues | None) -> None:
        if values is None or values is self._values:
            return
        self._values = values
        shown = values.nodes[:MOST]
        while len(self._plots) < len(shown):
            self._add_plot()
        for plot, node in zip(self._plots, shown, strict=False):
            _show(plot, node)
        for position, plot in enumerate(self._plots):
            plot.setVisible(position < len(shown))
        left_out = len(values.nodes) - len(shown)
        self._more.setVisible(bool(left_out))
        self._more.setText(self.tr("{count} more not shown").format(count=left_out))

    def _add_plot(self) -> None:
        from gui.widgets.plot import Plot

        plot = Plot()
        plot.setMinimumWidth(CARD_WIDTH)
        plot.setMaximumWidth(420)
        plot.save_requested.connect(partial(self._save, plot))
        self._row.addWidget(plot)
        self._plots.append(plot)

    def _save(self, plot: Plot, kind: str) -> None:
        if self._values is not None:
            node = self._values.nodes[self._plots.index(plot)]
            ask_and_save(self, f"{node.name}-output", kind, lambda: plot.exported(kind))  # type: ignore[arg-type]


def _show(plot: Plot, node: NodeValues) -> None:
    from gui.widgets.plot import histogram

    plot.set_title(node.name)
    shape = ", ".join(map(str, node.shape))
    plot.set_caption(f"[{shape}]  mean {node.mean:.3g}  std {node.std:.3g}")
    # Few values in many bins look like a comb; the cube root is Rice's rule.
    bins = min(max(round(2 * node.sample.size ** (1 / 3)), 6), 40)
    plot.display([histogram(node.sample, bins, density=False)] if node.sample.size else [])
