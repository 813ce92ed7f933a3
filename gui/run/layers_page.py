"""What every layer gave, as histograms side by side in the order of the network."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from gui.document import State
from gui.run.forward import ForwardValues, NodeValues
from gui.saving import ask_and_save
from gui.widgets.card_painting import paint_card
from gui.widgets.pieces import plain_label

if TYPE_CHECKING:
    from gui.widgets.export import Kind
    from gui.widgets.plot import Plot

CARD_WIDTH = 250
MOST = 60
"""Histograms shown; a network of a thousand layers is looked at in its summary."""


class _Place(QWidget):
    """Room for the histogram of a layer, which is made and drawn anew only while it is in view."""

    def __init__(self) -> None:
        super().__init__()
        self._node: NodeValues | None = None
        self._drawn: NodeValues | None = None
        self._plot: Plot | None = None
        self.setMinimumWidth(CARD_WIDTH)
        self.setMaximumWidth(420)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the plot's, as soon as there is one
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self._draw)

    def show_node(self, node: NodeValues) -> None:
        self._node = node
        self.setAccessibleName(node.name)
        if self._plot is not None and not self.visibleRegion().isEmpty():
            self._draw()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_card(painter, QRectF(self.rect()))
        painter.end()
        if self._drawn is not self._node:
            self._soon.start()

    def _draw(self) -> None:
        if self._node is None:
            return
        if self._plot is None:
            self._plot = self._made()
        _show(self._plot, self._node)
        self._drawn = self._node

    def _made(self) -> Plot:
        from gui.widgets.plot import Plot

        plot = Plot()
        plot.save_requested.connect(partial(self._save, plot))
        self._column.addWidget(plot)
        self.setTabOrder(self, plot)
        if self.hasFocus():
            plot.setFocus()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return plot

    def _save(self, plot: Plot, kind: Kind) -> None:
        if self._node is not None:
            ask_and_save(self, f"{self._node.name}-output", kind, partial(plot.exported, kind))


class LayersPage(QWidget):
    """One histogram a layer; mean and standard deviation above each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: ForwardValues | None = None
        self._places: list[_Place] = []
        self._row = QHBoxLayout()
        self._row.setContentsMargins(0, 0, 0, 0)
        self._more = plain_label("", "muted")
        inside = QWidget()
        inside.setLayout(self._row)
        self._area = QScrollArea()
        self._area.setWidget(inside)
        self._area.setWidgetResizable(True)
        self._area.setAccessibleName(self.tr("Output of every layer"))
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
        while len(self._places) < len(shown):
            self._places.append(_Place())
            self._row.addWidget(self._places[-1])
        for place, node in zip(self._places, shown, strict=False):
            place.show_node(node)
        for position, place in enumerate(self._places):
            place.setVisible(position < len(shown))
        left_out = len(values.nodes) - len(shown)
        self._more.setVisible(bool(left_out))
        self._more.setText(self.tr("{count} more not shown").format(count=left_out))


def _show(plot: Plot, node: NodeValues) -> None:
    from gui.widgets.plot import histogram

    plot.set_title(node.name)
    shape = ", ".join(map(str, node.shape))
    plot.set_caption(f"[{shape}]  mean {node.mean:.3g}  std {node.std:.3g}")
    # Few values in many bins look like a comb; the cube root is Rice's rule.
    bins = min(max(round(2 * node.sample.size ** (1 / 3)), 6), 40)
    plot.display([histogram(node.sample, bins, density=False)] if node.sample.size else [])
