"""What is wrong with the selection, with the clicks that mend it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from engine.views.facts import Fault, FaultMend
from gui import theme
from gui.inspector.voice import Voice
from gui.stack.words import mend_text
from gui.widgets.pieces import FlowLayout, IconLabel, plain_label, push_button

MOST_SHOWN = 5


class FaultList(QWidget):
    """One notice for each fault; hidden while there is none."""

    def __init__(self, voice: Voice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._voice = voice
        self._shown: tuple[Fault, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.TIGHT)
        self.hide()

    def show_faults(self, faults: Sequence[Fault], *, placed: bool = False) -> None:
        """Show these faults; `placed` ones also say where they are."""
        if tuple(faults) == self._shown:
            return
        self._shown = tuple(faults)
        while (item := self._column.takeAt(0)) is not None:  # pyright: ignore[reportUnnecessaryComparison]
            if (widget := item.widget()) is not None:  # pyright: ignore[reportUnnecessaryComparison]
                widget.hide()
                widget.deleteLater()
        for fault in faults[:MOST_SHOWN]:
            self._column.addWidget(self._notice(fault, placed))
        if len(faults) > MOST_SHOWN:
            more = self.tr("and {0} more").format(len(faults) - MOST_SHOWN)
            self._column.addWidget(plain_label(more, "caption"))
        self.setVisible(bool(faults))

    def _notice(self, fault: Fault, placed: bool) -> QWidget:
        frame = QFrame()
        frame.setProperty("tone", "danger")
        theme.set_role(frame, "notice")
        sentence = fault.sentence if placed else _capitalised(fault.message)
        words = plain_label(sentence, wrap=True)
        words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        frame.setAccessibleName(sentence)
        column = QVBoxLayout()
        column.setSpacing(theme.TIGHT + 2)
        column.addWidget(words)
        if fault.mends:
            mends = FlowLayout(spacing=theme.TIGHT + 2)
            for mend in fault.mends:
                mends.addWidget(self._button(mend))
            column.addLayout(mends)
        row = QHBoxLayout(frame)
        row.setContentsMargins(theme.MEDIUM - 2, theme.NARROW, theme.MEDIUM - 2, theme.NARROW)
        row.setSpacing(theme.NARROW)
        icon = QVBoxLayout()
        icon.addWidget(IconLabel("alert-circle", "danger"))
        icon.addStretch(1)
        row.addLayout(icon)
        row.addLayout(column, 1)
        return frame

    def _button(self, mend: FaultMend) -> QWidget:
        button = push_button(mend_text(mend))
        button.clicked.connect(lambda: self._mend(mend))
        return button

    def _mend(self, mend: FaultMend) -> None:
        self._voice.seal()
        self._voice.wish(mend.edit)
        self._voice.seal()


def _capitalised(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
