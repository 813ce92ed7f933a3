"""A matrix as a picture: blue above zero, orange below, or grey for the pixels of an image.

Import this module after the first paint: it needs numpy.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme
from gui.theme import Theme
from gui.widgets.card_painting import HEADER_ROW, PAD, paint_card, paint_header
from gui.widgets.picture import Picture
from gui.widgets.plot_axis import number_text

_LEVELS = 254  # even, so that zero has a level of its own; the next index is for "not finite"
_THINNEST = 12.0  # pixels of a matrix with a single row or column
_GRID_FROM, _NUMBERS_FROM = 10.0, 38.0  # pixels of a cell


@dataclass(frozen=True, eq=False)
class Shown:
    """What the widget shows: values from `low` to `high`, grey or diverging around zero."""

    values: NDArray[np.float64]
    low: float
    high: float
    grey: bool
    title: str = ""
    caption: str = ""
    is_positive: bool = False
    """No number is below zero, so the scale begins there."""


def levels(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.uint8]:
    """Each value as one of the colours 0 to 254; 255 where it is not finite."""
    unit = max(abs(low), abs(high)) or 1.0  # the span of the largest floats is none itself
    span = (high / unit - low / unit) or 1.0
    with np.errstate(invalid="ignore", over="ignore"):
        place = np.rint(np.clip((values / unit - low / unit) / span, 0, 1) * _LEVELS)
    return np.where(np.isfinite(values), place, 255).astype(np.uint8)


def picked(length: int, pixels: int) -> NDArray[np.int64]:
    """Which rows (or columns) of `length` show in so many pixels: all, or evenly picked ones."""
    if length <= pixels:
        return np.arange(length)
    return ((np.arange(pixels) + 0.5) * length / pixels).astype(np.int64)


def _colour_table(colours: Theme, *, grey: bool) -> list[int]:
    """255 colours from the lowest to the highest value, and one for what is not finite."""
    if grey:
        ramp = [QColor.fromRgbF(step / _LEVELS, step / _LEVELS, step / _LEVELS).rgb()
                for step in range(_LEVELS + 1)]  # fmt: skip
    else:
        ramp = [_diverging(colours, step * 2 / _LEVELS - 1).rgb() for step in range(_LEVELS + 1)]
    return [*ramp, colours.colour("danger").rgb()]


def _diverging(colours: Theme, share: float) -> QColor:
    """The colour of a value that is `share` (-1 to 1) of the largest magnitude."""
    zero, end = colours.colour("zero"), colours.colour("positive" if share > 0 else "negative")
    part = abs(share)
    return QColor.fromRgbF(
        zero.redF() + part * (end.redF() - zero.redF()),
        zero.greenF() + part * (end.greenF() - zero.greenF()),
        zero.blueF() + part * (end.blueF() - zero.blueF()),
    )


class MatrixImage(Picture):
    """Shows a matrix, one cell to a value; the mouse or the arrow keys read values out."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = Shown(np.zeros((0, 0)), -1.0, 1.0, False, title)
        self._cell: tuple[int, int] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(title or self.tr("Matrix"))

    def display(self, values: ArrayLike, limit: float | None = None) -> None:
        """Show numbers of either sign; ±`limit`, or the largest magnitude, in full colour.

        A vector is shown as one row. ValueError for more than two dimensions.
        """
        matrix = _matrix(values)
        finite = matrix[np.isfinite(matrix)]
        largest = float(np.abs(finite).max()) if finite.size else 0.0
        reach = limit or largest or 1.0
        positive = bool(finite.size) and float(finite.min()) >= 0
        shown = replace(self._shown, values=matrix, low=-reach, high=reach, grey=False)
        self._show(replace(shown, is_positive=positive))

    def display_picture(
        self, values: ArrayLike, low: float | None = None, high: float | None = None
    ) -> None:
        """Show the pixels of a grey picture: `low` black, `high` white, else its own extremes."""
        matrix = _matrix(values)
        finite = matrix[np.isfinite(matrix)]
        darkest = low if low is not None else float(finite.min()) if finite.size else 0.0
        brightest = high if high is not None else float(finite.max()) if finite.size else 1.0
        self._show(replace(self._shown, values=matrix, low=darkest, high=brightest, grey=True))

    def set_caption(self, caption: str) -> None:
        """Write `caption` at the right of the header."""
        self._shown = replace(self._shown, caption=caption)
        self.update()

    def set_title(self, title: str) -> None:
        """Write `title` at the left of the header."""
        self._shown = replace(self._shown, title=title)
        self.setAccessibleName(title or self.tr("Matrix"))
        self.update()

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """Row and column of the cell at a point of the widget."""
        area = self._area(QRectF(self.rect()))
        if not area.contains(point):
            return None
        rows, columns = self._shown.values.shape
        row = int((point.y() - area.top()) / area.height() * rows)
        column = int((point.x() - area.left()) / area.width() * columns)
        return min(row, rows - 1), min(column, columns - 1)

    def readout(self) -> str:
        """The cell that is pointed at, in words."""
        if self._cell is None:
            return ""
        row, column = self._cell
        value = number_text(float(self._shown.values[row, column]), 5)
        return self.tr("row {0}, column {1}: {2}").format(row, column, value)

    def csv_text(self) -> str:
        """All values, unrounded, one row a line."""
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(self._shown.values.tolist())
        return out.getvalue()

    def _show(self, shown: Shown) -> None:
        if shown.values.shape != self._shown.values.shape:
            self._cell = None
        self._shown = shown
        rows, columns = shown.values.shape
        self.setAccessibleDescription(self.tr("{0} rows, {1} columns").format(rows, columns))
        self.update()

    # Painting.

    def _area(self, rect: QRectF) -> QRectF:
        """Where the cells stand: as large as fits, square unless that makes them too thin."""
        header = HEADER_ROW + 2 if self._shown.title or self._shown.caption else 0.0
        room = rect.adjusted(PAD, PAD / 2 + header + 2, -PAD, -28)
        rows, columns = self._shown.values.shape
        if not rows or not columns or room.width() <= 0 or room.height() <= 0:
            return QRectF(room.topLeft(), room.topLeft())
        side = min(room.width() / columns, room.height() / rows)
        width = min(max(side * columns, _THINNEST), room.width())
        height = min(max(side * rows, _THINNEST), room.height())
        return QRectF(room.center().x() - width / 2, room.center().y() - height / 2, width, height)

    def paint(self, painter: QPainter, rect: QRectF, *, focused: bool = False) -> None:
        paint_card(painter, rect, focused=focused)
        paint_header(painter, rect, self._shown.title, self._shown.caption)
        area = self._area(rect)
        if area.isEmpty():
            return
        self._paint_cells(painter, area)
        self._paint_scale(painter, rect)

    def _paint_cells(self, painter: QPainter, area: QRectF) -> None:
        shown = self._shown
        sharpness = painter.combinedTransform().m11()
        rows = picked(shown.values.shape[0], max(int(area.height() * sharpness), 1))
        columns = picked(shown.values.shape[1], max(int(area.width() * sharpness), 1))
        seen = shown.values[np.ix_(rows, columns)]
        pixels = np.ascontiguousarray(levels(seen, shown.low, shown.high))
        image = QImage(
            pixels.data, columns.size, rows.size, columns.size, QImage.Format.Format_Indexed8
        )
        image.setColorTable(_colour_table(theme.current(), grey=shown.grey))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.drawImage(area, image)
        self._paint_grid(painter, area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _paint_grid(self, painter: QPainter, area: QRectF) -> None:
        """Lines between large cells, and numbers in very large ones."""
        rows, columns = self._shown.values.shape
        width, height = area.width() / columns, area.height() / rows
        if min(width, height) >= _GRID_FROM and not self._shown.grey:
            painter.setPen(QPen(theme.current().colour("canvas"), 1))
            for row in range(1, rows):
                y = round(area.top() + row * height)
                painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            for column in range(1, columns):
                x = round(area.left() + column * width)
                painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        if width < _NUMBERS_FROM or height < 16:
            return
        painter.setFont(theme.mono_font(theme.CAPTION - 1))
        for row in range(rows):
            for column in range(columns):
                value = float(self._shown.values[row, column])
                painter.setPen(self._ink(value))
                cell = QRectF(
                    area.left() + column * width, area.top() + row * height, width, height
                )
                painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, number_text(value, 2))

    def _ink(self, value: float) -> QColor:
        """Black or white, whichever is easier to read on the colour of `value`."""
        shown = self._shown
        level = int(levels(np.array([value]), shown.low, shown.high)[0])
        under = QColor.fromRgb(_colour_table(theme.current(), grey=shown.grey)[level]).name()
        return QColor(max(("#000000", "#ffffff"), key=lambda ink: theme.contrast(ink, under)))

    def _paint_scale(self, painter: QPainter, rect: QRectF) -> None:
        """The readout, or from which value to which the colours go."""
        colours = theme.current()
        line = QRectF(rect.left() + PAD, rect.bottom() - 24, rect.width() - 2 * PAD, 18)
        painter.setFont(theme.mono_font(theme.CAPTION - 1))
        middle = Qt.AlignmentFlag.AlignVCenter
        if self._cell is not None:
            painter.setPen(colours.colour("text"))
            painter.drawText(line, middle, self.readout())
            return
        painter.setPen(colours.colour("axis"))
        begins = 0.5 if self._shown.is_positive and not self._shown.grey else 0.0
        low = "0" if begins else number_text(self._shown.low, 3)
        high = number_text(self._shown.high, 3)
        metrics = QFontMetricsF(painter.font())
        ramp = QRectF(
            line.left() + metrics.horizontalAdvance(low) + 6, line.center().y() - 4, 80, 8
        )
        painter.drawText(line, middle, low)
        after = QRectF(ramp.right() + 6, line.top(), line.right() - ramp.right(), line.height())
        painter.drawText(after, middle, high)
        gradient = QLinearGradient(ramp.topLeft(), ramp.topRight())
        table = _colour_table(colours, grey=self._shown.grey)
        for share in (0.0, 0.5, 1.0):
            place = begins + share * (1 - begins)
            gradient.setColorAt(share, QColor.fromRgb(table[int(place * _LEVELS)]))
        painter.setPen(QPen(colours.colour("border_strong"), 1))
        painter.setBrush(gradient)
        painter.drawRoundedRect(ramp, 2, 2)

    # Qt's events.

    def sizeHint(self) -> QSize:
        return QSize(320, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(140, 110)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint(painter, QRectF(self.rect()), focused=self.hasFocus())
        if self._cell is not None:
            self._paint_pointer(painter)
        painter.end()

    def _paint_pointer(self, painter: QPainter) -> None:
        assert self._cell is not None
        area = self._area(QRectF(self.rect()))
        rows, columns = self._shown.values.shape
        width, height = area.width() / columns, area.height() / rows
        cell = QRectF(
            area.left() + self._cell[1] * width, area.top() + self._cell[0] * height, width, height
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.current().colour("text"), 1.5))
        painter.drawRect(cell.adjusted(-0.5, -0.5, 0.5, 0.5))

    def _point_at(self, cell: tuple[int, int] | None) -> None:
        if cell != self._cell:
            self._cell = cell
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self.cell_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._point_at(None)
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Up: QPoint(0, -1),
            Qt.Key.Key_Down: QPoint(0, 1),
            Qt.Key.Key_Left: QPoint(-1, 0),
            Qt.Key.Key_Right: QPoint(1, 0),
        }
        step = steps.get(Qt.Key(event.key()))
        rows, columns = self._shown.values.shape
        if step is None or not rows or not columns:
            super().keyPressEvent(event)
            return
        row, column = self._cell or (-step.y(), -step.x())
        row, column = row + step.y(), column + step.x()
        self._point_at((min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)))


def _matrix(values: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim > 2:
        raise ValueError(f"a matrix has 2 dimensions, this has {array.ndim}")
    return array if array.ndim == 2 else array.reshape(1, -1)
