"""What an entry of the catalogue is for, in a paragraph, and the way to more."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.design.knob import Entry
from gui.learn.help_card import HelpCard, torch_name
from gui.widgets.pieces import plain_label, push_button


class HelpText(QWidget):
    """The help of an entry as one paragraph, with a link that opens all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry: type[Entry] | None = None
        self._words = plain_label(role="muted", wrap=True)
        self._link = push_button("", "link")
        self._link.clicked.connect(self._open)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._words)
        column.addWidget(self._link, alignment=Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def show_entry(self, entry: type[Entry] | None, sentence: str = "") -> None:
        """Say what an entry is for, or `sentence` where there is no entry."""
        words = sentence if entry is None else entry.help().replace("\n\n", " ")
        self.setVisible(bool(words))
        if words == self._words.text() and entry is self._entry:
            return
        self._entry = entry
        self._words.setText(words)
        self._link.setVisible(entry is not None)
        if entry is not None:
            self._link.setText(f"{torch_name(entry) or entry.title()} ↗")
            self._link.setAccessibleName(self.tr("Help on {0}").format(entry.title()))

    def _open(self) -> None:
        if self._entry is not None:
            HelpCard(self._entry, self).open_below(self._link)
