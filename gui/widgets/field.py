"""A field of points in the plane, over the colours of what a network says of every place.

Import this module after the first paint: it needs numpy.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme
from gui.tokens import SERIES
from gui.widgets.card_painting import HEADER_ROW, PAD, header_width, paint_card, paint_header
from gui.widgets.picture import Picture
from gui.widgets.plot_axis import number_text

Floats = NDArray[np.float64]

_DOT = 3.0
_GROUND = 0.62
"""How much of a class's colour the ground takes where the network is sure."""


@dataclass(frozen=True, eq=False)
class Dots:
    """Points in the plane, each of a group that has a colour; `open` ones are circles, the others discs."""

    x: Floats
    y: Floats
    group: NDArray[np.int64]
    open: bool = False


@dataclass(frozen=True, eq=False)
class Shown:
    """Left, right, bottom and top of the plane; what is seen in it."""

    bounds: tuple[float, float, float, float] = (0.0, 1.0, 0.0, 1.0)
    dots: tuple[Dots, ...] = ()
    shares: Floats | None = None
    """[rows, columns, classes]: how sure the network is of each class, the first row at the bottom."""
    line: tuple[Floats, Floats] | None = None
    title: str = ""
    caption: str = ""
    x_name: str = "x"
    y_name: str = "y"


class FieldView(Picture):
    """Shows a field; the right button saves it."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = Shown(title=title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(title)
        theme.changed.connect(self.update)

    @property
    def shown(self) -> Shown:
        return self._shown

    def display(self, shown: Shown) -> None:
        """Show another field."""
        self._shown = shown
        self.setAccessibleName(shown.title)
        self.setAccessibleDescription(shown.caption)
        self.update()

    def show_shares(self, shares: Floats) -> None:
        """Colour the ground anew."""
        self.display(replace(self._shown, shares=shares))

    def show_line(self, x: Floats, y: Floats) -> None:
        """Draw the line anew."""
        self.display(replace(self._shown, line=(x, y)))

    def csv_text(self) -> str:
        """The points, unrounded, each with the number of its group."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([self._shown.x_name, self._shown.y_name, "class"])
        for dots in self._shown.dots:
            writer.writerows(
                zip(dots.x.tolist(), dots.y.tolist(), dots.group.tolist(), strict=True)
            )
        return out.getvalue()

    # --- painting --------------------------------------------------------------------------------

    def _area(self, rect: QRectF) -> QRectF:
        return rect.adjusted(PAD + 30, PAD / 2 + HEADER_ROW + 4, -PAD, -PAD - 16)

    def paint(self, painter: QPainter, rect: QRectF, *, focused: bool = False) -> None:
        shown = self._shown
        paint_card(painter, rect, focused=focused)
        fits = header_width(shown.title, shown.caption) + 3 * PAD < rect.width()
        paint_header(painter, rect, shown.title, shown.caption if fits else "")
        area = self._area(rect)
        if area.width() < 20 or area.height() < 20:
            return
        self._paint_ground(painter, area)
        painter.setPen(QPen(theme.current().colour("border"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area)
        self._paint_numbers(painter, area)
        painter.save()
        painter.setClipRect(area.adjusted(-_DOT, -_DOT, _DOT, _DOT))
        self._paint_dots(painter, area)
        if shown.line is not None:
            points = self._points(area, *shown.line)
            painter.setPen(QPen(theme.current().colour("text"), 1.6))
            painter.drawPolyline(QPolygonF(points))
        painter.restore()

    def _paint_ground(self, painter: QPainter, area: QRectF) -> None:
        shares = self._shown.shares
        if shares is None or not shares.size:
            return
        pixels = ground(shares, theme.current().colour("canvas"))
        rows, columns, _ = pixels.shape
        image = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(area, image)

    def _paint_numbers(self, painter: QPainter, area: QRectF) -> None:
        """The ends of both axes; what lies between is seen."""
        left, right, bottom, top = self._shown.bounds
        painter.setFont(theme.mono_font(theme.CAPTION - 1))
        painter.setPen(theme.current().colour("axis"))
        high = QFontMetricsF(painter.font()).height()
        below = QRectF(area.left(), area.bottom() + 3, area.width(), high)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, number_text(left, 2))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, number_text(right, 2))
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, self._shown.x_name)
        beside = QRectF(area.left() - 42, area.top(), 38, area.height())
        painter.drawText(
            beside, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight, number_text(top, 2)
        )
        painter.drawText(
            beside,
            Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight,
            number_text(bottom, 2),
        )

    def _paint_dots(self, painter: QPainter, area: QRectF) -> None:
        edge = theme.current().colour("canvas")
        for dots in self._shown.dots:
            points = self._points(area, dots.x, dots.y)
            for group in np.unique(dots.group):
                colour = group_colour(int(group))
                if dots.open:
                    painter.setPen(QPen(colour, 1.4))
                    painter.setBrush(edge)
                else:
                    painter.setPen(QPen(edge, 1))
                    painter.setBrush(colour)
                for place in np.flatnonzero(dots.group == group):
                    painter.drawEllipse(points[int(place)], _DOT, _DOT)

    def _points(self, area: QRectF, x: Floats, y: Floats) -> list[QPointF]:
        left, right, bottom, top = self._shown.bounds
        across = area.left() + (x - left) / ((right - left) or 1) * area.width()
        up = area.bottom() - (y - bottom) / ((top - bottom) or 1) * area.height()
        return [QPointF(a, b) for a, b in zip(across.tolist(), up.tolist(), strict=True)]

    # --- Qt's events -----------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(280, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(150, 110)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint(painter, QRectF(self.rect()), focused=self.hasFocus())
        painter.end()


def group_colour(group: int) -> QColor:
    """The colour of a class, by its number."""
    return theme.current().colour(SERIES[group % len(SERIES)])


def ground(shares: Floats, canvas: QColor) -> NDArray[np.uint8]:
    """Pixels [rows, columns, BGRX] of how sure a network is of each class, the last row of `shares` on top."""
    count = shares.shape[2]
    under = np.array([canvas.red(), canvas.green(), canvas.blue()], dtype=np.float64)
    colours = np.array(
        [(each.red(), each.green(), each.blue()) for each in map(group_colour, range(count))],
        dtype=np.float64,
    )
    known = np.nan_to_num(shares[::-1])
    even = 1 / max(count, 2)
    sure = np.clip((known.max(axis=2, keepdims=True) - even) / (1 - even), 0, 1)
    mixed = under + (known @ colours - under) * (_GROUND * sure)
    pixels = np.full((*mixed.shape[:2], 4), 255, dtype=np.uint8)
    pixels[..., :3] = np.clip(mixed[..., ::-1], 0, 255).astype(np.uint8)
    return np.ascontiguousarray(pixels)


def bounds_of(x: Floats, y: Floats, air: float = 0.12) -> tuple[float, float, float, float]:
    """Left, right, bottom and top that hold these points with some air; never empty."""

    def ends(values: Floats) -> tuple[float, float]:
        finite = values[np.isfinite(values)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        by = air * (high - low) or 0.5
        return low - by, high + by

    return *ends(x), *ends(y)
