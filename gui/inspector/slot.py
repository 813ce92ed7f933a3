"""Room for a picture that is made only when it is first seen, because it needs numpy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QObject, QRectF, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from gui.widgets.card_painting import paint_card

W = TypeVar("W", bound=QWidget)


class _Room(QWidget):
    """Paints an empty card until something stands in it."""

    def __init__(self, height: int | None) -> None:
        super().__init__()
        if height is not None:
            self.setFixedHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.column.count():
            painter = QPainter(self)
            paint_card(painter, QRectF(self.rect()))
            painter.end()


class _Scrolling(QObject):
    """Leaves the wheel to the column while a picture does not have the keyboard's focus."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        idle = isinstance(watched, QWidget) and not watched.hasFocus()
        if isinstance(event, QWheelEvent) and idle:
            event.ignore()
            return True
        return super().eventFilter(watched, event)


class Slot(_Room, Generic[W]):
    """Makes its widget by a zero timer after it was first shown, then calls `on_made`."""

    def __init__(
        self, make: Callable[[], W], on_made: Callable[[W], None], height: int | None = None
    ) -> None:
        super().__init__(height)
        self.widget: W | None = None
        self._make = make
        self._on_made = on_made
        self._scrolling = _Scrolling(self)
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self._fill)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.widget is None:
            self._soon.start()

    def _fill(self) -> None:
        if self.widget is not None or not self.isVisible():
            return
        self.widget = self._make()
        self.widget.installEventFilter(self._scrolling)
        self.column.addWidget(self.widget)
        self._on_made(self.widget)
