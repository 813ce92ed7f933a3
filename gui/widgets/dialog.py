"""What all dialogs share: a title, a body, and buttons at the bottom right. None blocks the event loop."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui import theme
from gui.widgets.pieces import plain_label, push_button


class Dialog(QDialog):
    """A dialog over the window; put what it holds into `body`, buttons with `add_button`."""

    def __init__(self, parent: QWidget, title: str, sentence: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        heading = plain_label(title, "title")
        self.body = QVBoxLayout()
        self.body.setSpacing(theme.MEDIUM)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(theme.NARROW)
        self._buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(theme.MEDIUM)
        column.addWidget(heading)
        if sentence:
            column.addWidget(plain_label(sentence, "muted", wrap=True))
        column.addLayout(self.body, 1)
        column.addLayout(self._buttons)

    def add_button(self, text: str, role: str = "", closes: bool = False) -> QPushButton:
        """A button at the bottom right, the first one the default."""
        button = push_button(text, role)
        button.setDefault(role == "primary")
        button.setAutoDefault(role == "primary")
        if closes:
            button.clicked.connect(self.close)
        self._buttons.addWidget(button)
        return button
