"""A few choices side by side, one of them on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from operator import eq

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QWidget

from gui import theme
from gui.widgets.choice import Choice
from gui.widgets.options import Option
from gui.widgets.pieces import FlowLayout

_HEIGHT = 24
_LIST_WIDTH = 200
MOST_SEGMENTS = 6
"""More choices than these stand in a list, as the tensors of a deep recurrent layer do."""


class _Segment(QAbstractButton):
    def __init__(self, key: str, title: str, group: str, *, mono: bool) -> None:
        super().__init__()
        self.key = key
        self.setText(title)
        self.setCheckable(True)
        self.setAccessibleName(f"{group}: {title}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFont((theme.mono_font if mono else theme.body_font)(theme.CAPTION))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 20, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        edge = "accent" if self.hasFocus() or on else "field_border"
        painter.setPen(QPen(colours.colour(edge), 1))
        fill = "selected" if on else "raised_hover" if self.underMouse() else "canvas"
        painter.setBrush(colours.colour(fill))
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, theme.RADIUS, theme.RADIUS)
        painter.setPen(colours.colour("text" if on else "text_muted"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()


class Segments(QWidget):
    """Chooses one of a few; arrow keys go from one to the next. Where there are many, a drop-down takes their place."""

    chosen = Signal(str)

    def __init__(self, name: str, *, mono: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mono = mono
        self._shown: tuple[tuple[str, str], ...] = ()
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(self._report)
        self._row = FlowLayout(self, theme.TIGHT)
        self._list = Choice(parent=self)
        self._list.chosen.connect(self.chosen)
        self._list.setAccessibleName(name)
        self._list.setMinimumWidth(_LIST_WIDTH)
        self._list.hide()
        self.setAccessibleName(name)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_choices(self, choices: Sequence[tuple[str, str]]) -> None:
        """Offer these keys with their titles; the first is on."""
        if tuple(choices) == self._shown:
            return
        listed = len(choices) > MOST_SEGMENTS
        kept = 0 if listed else sum(takewhile(bool, map(eq, choices, self._shown)))
        kept = min(kept, len(self._group.buttons()))
        self._shown = tuple(choices)
        for button in self._group.buttons()[kept:]:
            self._group.removeButton(button)
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._row.removeWidget(self._list)
        self._list.hide()
        if listed:
            self._list.set_options(tuple(Option(key, title) for key, title in choices))
            self._row.addWidget(self._list)
            self._list.show()
            self.set_current(choices[0][0])
            return
        for key, title in choices[kept:]:
            segment = _Segment(key, title, self.accessibleName(), mono=self._mono)
            self._group.addButton(segment)
            self._row.addWidget(segment)
            segment.show()
        if choices:
            self.set_current(choices[0][0])

    def current(self) -> str:
        """The key of the choice that is on."""
        if len(self._shown) > MOST_SEGMENTS:
            return self._list.current()
        on = self._group.checkedButton()
        return on.key if isinstance(on, _Segment) else ""

    def set_current(self, key: str) -> None:
        """Switch a choice on; never emits."""
        if len(self._shown) > MOST_SEGMENTS:
            self._list.set_current(key)
            return
        for button in self._group.buttons():
            if isinstance(button, _Segment) and button.key == key:
                button.setChecked(True)

    def _report(self, button: QAbstractButton) -> None:
        if isinstance(button, _Segment):
            self.chosen.emit(button.key)
