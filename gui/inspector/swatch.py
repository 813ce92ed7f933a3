"""A small piece of a plot beside a word, as in a legend."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui import theme
from gui.widgets.pieces import plain_label


class _Sign(QWidget):
    def __init__(self, token: str, form: Literal["line", "bar"]) -> None:
        super().__init__()
        self._token, self._form = token, form
        self.setFixedSize(14, 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colour = theme.current().colour(self._token)
        if self._form == "bar":
            painter.fillRect(QRectF(3, 2, 8, 9), colour)
        else:
            painter.setPen(QPen(colour, 2))
            painter.drawLine(QPointF(0, 6), QPointF(14, 6))
        painter.end()


class Swatch(QWidget):
    """The colour and form of something in a plot, and its name."""

    def __init__(
        self, text: str, token: str, form: Literal["line", "bar"], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.TIGHT + 2)
        row.addWidget(_Sign(token, form))
        row.addWidget(plain_label(text, "caption"))
        row.addStretch(1)
