"""An activation of a whole vector, shown: an editable vector and what becomes of it, as bars."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.design.kind import Activation
from engine.files.document import entry_document
from engine.worker.protocol import Array, Result, Vector
from gui import theme
from gui.inspector.slot import Slot
from gui.inspector.voice import Voice
from gui.learn.answers import vector_in
from gui.widgets.pieces import plain_label, push_button

if TYPE_CHECKING:
    from gui.widgets.bars import VectorBars

SCORES = (0.2, 0.02, 0.15, 0.15, 1.3, 0.5, 0.06, 1.1, 0.05, 3.75)
"""What a person starts with: the scores of ten classes."""


class VectorCard(QWidget):
    """Sends the vector to torch at every change and shows the last answer until the next comes."""

    def __init__(self, voice: Voice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._voice = voice
        self._activation: Activation | None = None
        self._inputs: tuple[float, ...] = SCORES
        self._outputs: Sequence[float] = ()
        self._bars: Slot[VectorBars] = Slot(self._make_bars, self._show, "activation")
        self._bars.setMinimumHeight(280)
        self._state = plain_label(role="caption", wrap=True)
        self._reset = push_button(self.tr("Reset the vector"), "quiet")
        self._reset.setToolTip(self.tr("Go back to the ten scores at the start"))
        self._reset.clicked.connect(lambda: self._change(SCORES))
        row = QHBoxLayout()
        row.addWidget(self._state, 1)
        row.addWidget(self._reset)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.TIGHT)
        column.addWidget(self._bars)
        column.addLayout(row)

    def show_activation(self, activation: Activation) -> None:
        """Show a vector activation; the vector that a person made stays."""
        if activation != self._activation:
            self._activation = activation
            self._outputs = ()
            self._ask_torch()
            self._show()

    def _make_bars(self) -> VectorBars:
        from gui.widgets.bars import VectorBars

        bars = VectorBars("f(x)")
        bars.edited.connect(self._change)
        return bars

    def _change(self, inputs: Sequence[float]) -> None:
        self._inputs = tuple(inputs)
        self._ask_torch()
        self._show()

    def _ask_torch(self) -> None:
        if self._activation is None:
            return
        if not self._outputs:
            self._state.setText(self.tr("Waiting for the engine…"))
        self._voice.ask(
            Vector(entry_document(self._activation), Array.of(self._inputs)),
            partial(self._take, self._activation),
            self._state.setText,
            "inspector.vector",
        )

    def _take(self, activation: Activation, result: Result) -> None:
        if activation == self._activation:
            self._outputs = vector_in(result)
            self._state.setText(self.tr("Drag a bar, or type over a number."))
            self._show()

    def _show(self) -> None:
        self._reset.setEnabled(self._inputs != SCORES)
        bars = self._bars.widget
        if bars is None or self._activation is None:
            return
        bars.set_names(self.tr("scores"), self._activation.title())
        bars.display(self._inputs, self._outputs, sum(self._outputs) if self._outputs else None)
        self._bars.setMinimumHeight(bars.sizeHint().height())
