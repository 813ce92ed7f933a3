"""Pictures of a data set in a grid, each with its class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QScrollArea, QWidget

from gui import theme

if TYPE_CHECKING:
    import numpy as np

SIDE, LABEL, GAP = 72, 18, 8


class Thumbnails(QScrollArea):
    """As many to a row as there is room for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = _Grid()
        self.setWidget(self._grid)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for each in (self._grid, self.viewport()):
            each.setAutoFillBackground(False)  # the sheet behind shows through
        self.setAccessibleName(self.tr("Pictures"))

    def show_pictures(self, x: np.ndarray, names: list[str]) -> None:
        """Pictures [rows, 1 or 3, height, width] of any range, and what stands below each."""
        self._grid.show_pictures(images(x), names)


class _Grid(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._pictures: list[QPixmap] = []
        self._names: list[str] = []

    def show_pictures(self, pictures: list[QImage], names: list[str]) -> None:
        fast = Qt.TransformationMode.FastTransformation
        keep = Qt.AspectRatioMode.KeepAspectRatio
        self._pictures = [
            QPixmap.fromImage(each.scaled(SIDE, SIDE, keep, fast)) for each in pictures
        ]
        self._names = names
        self._place()
        self.update()

    def _columns(self) -> int:
        return max((self.width() + GAP) // (SIDE + GAP), 1)

    def _place(self) -> None:
        rows = -(-len(self._pictures) // self._columns())
        self.setMinimumHeight(rows * (SIDE + LABEL + GAP))

    def resizeEvent(self, event: object) -> None:
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(theme.body_font(theme.CAPTION))
        painter.setPen(theme.current().colour("text_muted"))
        metrics = painter.fontMetrics()
        for place, picture in enumerate(self._pictures):
            row, column = divmod(place, self._columns())
            left, top = column * (SIDE + GAP), row * (SIDE + LABEL + GAP)
            if top > event.rect().bottom() or top + SIDE + LABEL < event.rect().top():
                continue
            painter.drawPixmap(
                left + (SIDE - picture.width()) // 2, top + (SIDE - picture.height()) // 2, picture
            )
            if place < len(self._names):
                text = metrics.elidedText(self._names[place], Qt.TextElideMode.ElideRight, SIDE)
                painter.drawText(
                    QRect(left, top + SIDE, SIDE, LABEL), Qt.AlignmentFlag.AlignCenter, text
                )
        painter.end()


def images(x: np.ndarray) -> list[QImage]:
    """Arrays [rows, 1 or 3, height, width] as pictures; the darkest of all numbers is black, the brightest white."""
    import numpy as np

    low, high = float(x.min()), float(x.max())
    bright = ((x - low) * (255 / (high - low or 1))).astype(np.uint8)
    found: list[QImage] = []
    for each in bright:
        channels, height, width = each.shape
        pixels = np.ascontiguousarray(each.transpose(1, 2, 0))
        kind = QImage.Format.Format_RGB888 if channels == 3 else QImage.Format.Format_Grayscale8
        found.append(QImage(pixels.data, width, height, channels * width, kind).copy())
    return found
