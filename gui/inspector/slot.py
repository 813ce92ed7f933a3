"""Room for a picture that is made only when it is first seen, because it needs numpy."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QEvent, QObject, QRectF, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from gui.saving import ask_and_save
from gui.widgets.card_painting import paint_card

if TYPE_CHECKING:
    from gui.widgets.bars import VectorBars
    from gui.widgets.export import Kind
    from gui.widgets.image import MatrixImage
    from gui.widgets.plot import Plot

W = TypeVar("W", "Plot", "MatrixImage", "VectorBars")


class _Room(QWidget):
    """Paints an empty card, which shows until something stands in it."""

    def __init__(self, height: int | None) -> None:
        super().__init__()
        if height is not None:
            self.setFixedHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.column.count():
            return
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
    """Makes its picture by a zero timer after it was first shown, then calls `on_made`.

    The picture is saved where a person says; `file_name` is what is suggested, without its ending.
    """

    def __init__(
        self,
        make: Callable[[], W],
        on_made: Callable[[], None],
        file_name: str,
        height: int | None = None,
    ) -> None:
        super().__init__(height)
        self.file_name = file_name
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
        self.widget.save_requested.connect(partial(self._save, self.widget))
        self.column.addWidget(self.widget)
        self._on_made()

    def _save(self, picture: W, kind: Kind) -> None:
        ask_and_save(self, self.file_name, kind, partial(picture.exported, kind))
