"""Other activations laid over the one that is shown: chips to take away, and one to add."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from engine.catalogue import ACTIVATIONS
from engine.design.kind import Activation
from gui import theme
from gui.stack.thumbnails import activation_thumbnail
from gui.widgets.choice import popup_choice
from gui.widgets.options import Option
from gui.widgets.pieces import FlowLayout

TOKENS = ("series_3", "series_4", "series_5", "series_6")
"""Colours of the compared ones, in their order; as many can be compared."""
_HEIGHT = 22


class _Chip(QAbstractButton):
    """A word with a line of its curve's colour and a cross; or, without a colour, one that adds."""

    def __init__(self, text: str, token: str = "") -> None:
        super().__init__()
        self._token = token
        self.setText(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFont(theme.body_font(theme.CAPTION))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        room = 48 if self._token else 20
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + room, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lively = self.underMouse() or self.hasFocus()
        painter.setPen(QPen(colours.colour("accent" if self.hasFocus() else "border_strong"), 1))
        painter.setBrush(colours.colour("raised_hover" if lively else "card"))
        frame = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, _HEIGHT / 2, _HEIGHT / 2)
        painter.setPen(colours.colour("text" if lively else "text_muted"))
        middle = self.height() / 2
        if not self._token:
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
            painter.end()
            return
        words = QRect(26, 0, self.width() - 44, self.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())
        cross = self.width() - 13.0
        for side in (-1, 1):
            painter.drawLine(
                QPointF(cross - 3, middle - 3 * side), QPointF(cross + 3, middle + 3 * side)
            )
        painter.setPen(QPen(colours.colour(self._token), 2))
        painter.drawLine(QPointF(9, middle), QPointF(20, middle))
        painter.end()


class Compared(QWidget):
    """Keeps which activations are compared, with their default arguments."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._main: Activation | None = None
        self._keys: list[str] = []
        self._row = FlowLayout(self, theme.TIGHT + 2)
        self._chips: list[_Chip] = []
        self._add = _Chip(self.tr("Compare with…"))
        self._add.setAccessibleName(self.tr("Compare with another activation"))
        self._add.clicked.connect(self._open)
        self._row.addWidget(self._add)

    def activations(self) -> tuple[Activation, ...]:
        """The compared ones, without the one that is shown anyway."""
        made = (ACTIVATIONS[key]() for key in self._keys)
        return tuple(each for each in made if each != self._main)

    def show_main(self, activation: Activation) -> None:
        """Leave out this one, which is shown anyway; never emits."""
        before, self._main = self._main, activation
        if (
            before is None
            or activation in map(_made, self._keys)
            or before in map(_made, self._keys)
        ):
            self._rebuild()

    def add(self, key: str) -> None:
        """Lay one more over the others; the oldest goes when there are too many."""
        if key not in self._keys:
            self._keys = [*self._keys, key][-len(TOKENS) :]
            self._rebuild()
            self.changed.emit()

    def remove(self, key: str) -> None:
        """Take one away."""
        self._keys = [each for each in self._keys if each != key]
        self._rebuild()
        self.changed.emit()

    def _open(self) -> None:
        taken = {*self._keys, self._main.key() if self._main is not None else ""}
        options = [
            Option(key, each.title(), each.sentence(), aliases=each.aliases)
            for key, each in ACTIVATIONS.items()
            if not each.vector and key not in taken
        ]
        popup_choice(self, options, activation_thumbnail, self._add.geometry(), self.add)

    def _rebuild(self) -> None:
        for widget in (*self._chips, self._add):
            self._row.removeWidget(widget)
        for chip in self._chips:
            chip.hide()
            chip.deleteLater()
        self._chips = []
        for token, each in zip(TOKENS, self.activations(), strict=False):
            chip = _Chip(each.title(), token)
            chip.setAccessibleName(self.tr("Stop comparing with {0}").format(each.title()))
            chip.setToolTip(chip.accessibleName())
            key = each.key()
            chip.clicked.connect(lambda _=False, key=key: self.remove(key))
            self._row.addWidget(chip)
            chip.show()
            self._chips.append(chip)
        self._row.addWidget(self._add)
        self._add.setText("+" if self._chips else self.tr("Compare with…"))
        self.updateGeometry()


def _made(key: str) -> Activation:
    return ACTIVATIONS[key]()
