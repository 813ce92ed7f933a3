"""Paints curves, bars and shaded ranges in the pixels of a plot's canvas.

Qt's raster engine strokes a wide antialiased polyline as one outline, which takes a tenth of a
second for a thousand noisy points; one pixel wide it takes a millisecond. So only a calm curve is
stroked wide: a restless one looks as full thin.
"""

from __future__ import annotations

from typing import assert_never

import numpy as np
from pyqtgraph import functions
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from engine.design.value import value
from gui import theme
from gui.widgets.plot_marks import Bars, Floats, Series, Zone, decimated

_CALM_POINTS = 700  # up to which a curve may be stroked wide
_CALM_INK = 3.0  # widths of the plot that the line of a calm curve is long, at most
_MOST_INK = 60_000.0  # pixels of line from which on nobody sees smooth edges, but all wait for them
_DASH, _GAP = 6.0, 4.0
_FAR = 20000.0  # pixels; further out the raster engine loses precision


@value
class View:
    """The range of values that is seen."""

    left: float
    right: float
    bottom: float
    top: float


@value
class Frame:
    """The rectangle that a view is drawn in, in pixels."""

    area: QRectF
    view: View

    def x(self, value: float) -> float:
        """The pixel across at which x = `value` stands."""
        share = (value - self.view.left) / (self.view.right - self.view.left)
        return self.area.left() + share * self.area.width()

    def y(self, value: float) -> float:
        """The pixel down at which y = `value` stands."""
        share = (value - self.view.bottom) / (self.view.top - self.view.bottom)
        return self.area.bottom() - share * self.area.height()

    def x_value(self, pixel: float) -> float:
        """The x that stands at a pixel."""
        share = (pixel - self.area.left()) / self.area.width()
        return self.view.left + share * (self.view.right - self.view.left)

    def pixels(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Many points at once; not further out than the raster engine bears."""
        view, area = self.view, self.area
        across = area.left() + (x - view.left) * (area.width() / (view.right - view.left))
        down = area.bottom() - (y - view.bottom) * (area.height() / (view.top - view.bottom))
        return np.clip(across, -_FAR, _FAR), np.clip(down, -_FAR, _FAR)


def paint_mark(painter: QPainter, frame: Frame, mark: Series | Bars | Zone) -> None:
    """Paint a mark; whoever calls clips it to the frame."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    match mark:
        case Series():
            _paint_curve(painter, frame, mark)
        case Bars():
            _paint_bars(painter, frame, mark)
        case Zone():
            _paint_zone(painter, frame, mark)
        case _:
            assert_never(mark)


def _paint_zone(painter: QPainter, frame: Frame, zone: Zone) -> None:
    colours = theme.current()
    left = max(frame.x(zone.start), frame.area.left())
    right = min(frame.x(zone.stop), frame.area.right())
    if right <= left:
        return
    box = QRectF(left, frame.area.top(), right - left, frame.area.height())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.fillRect(box, colours.colour(zone.token, 0.13))
    painter.setPen(QPen(colours.colour(zone.token, 0.6), 1, Qt.PenStyle.DotLine))
    for edge, x in ((left, zone.start), (right, zone.stop)):
        if frame.view.left < x < frame.view.right:
            painter.drawLine(QPointF(edge, box.top()), QPointF(edge, box.bottom()))
    _paint_zone_label(painter, box, zone)


def _paint_zone_label(painter: QPainter, box: QRectF, zone: Zone) -> None:
    """Write the label at the top of the zone, or upright where it is too narrow."""
    painter.setFont(theme.body_font(theme.CAPTION - 1))
    painter.setPen(theme.current().colour(zone.token))
    width = QFontMetricsF(painter.font()).horizontalAdvance(zone.label) + 8
    if width < box.width():
        top = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.drawText(box.adjusted(0, 2, 0, 0), top, zone.label)
    elif width < box.height() and box.width() > 14:
        painter.save()
        painter.translate(box.center())
        painter.rotate(-90)
        upright = QRectF(-box.height() / 2, -8, box.height(), 16)
        painter.drawText(upright, Qt.AlignmentFlag.AlignCenter, zone.label)
        painter.restore()


def _paint_bars(painter: QPainter, frame: Frame, bars: Bars) -> None:
    """All bars as one set of rectangles; several that share a pixel as the highest of them."""
    edges, heights = bars.edges, np.nan_to_num(bars.heights, nan=0.0, posinf=1e300, neginf=-1e300)
    columns = max(int(frame.area.width()), 1)
    if heights.size > columns:
        first = np.linspace(0, heights.size, columns, endpoint=False).astype(np.int64)
        edges, heights = np.append(edges[first], edges[-1]), np.maximum.reduceat(heights, first)
    across, tops = frame.pixels(edges, np.append(heights, 0.0))
    gap = 1.0 if heights.size * 4 < columns else 0.0
    bottom = tops[-1]
    rectangles = [
        QRectF(left, min(top, bottom), max(right - left - gap, 0.5), abs(bottom - top))
        for left, right, top in zip(across[:-1].tolist(), across[1:].tolist(), tops[:-1].tolist())
    ]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.current().colour(bars.token))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, gap > 0)
    painter.drawRects(rectangles)


def _paint_curve(painter: QPainter, frame: Frame, curve: Series) -> None:
    columns = max(int(frame.area.width()), 1)
    view = frame.view
    x, y = decimated(curve.x, curve.y, view.left, view.right, columns)
    for part in _unbroken(y):
        across, down = frame.pixels(x[part], y[part])
        if curve.fill:
            _paint_fill(painter, frame, curve.token, across, down)
        _paint_line(painter, frame, curve, across, down)


def _unbroken(y: Floats) -> list[slice]:
    """The stretches of finite values."""
    finite = np.isfinite(y)
    if finite.all():
        return [slice(0, y.size)] if y.size else []
    steps = np.diff(np.concatenate(([False], finite, [False])).astype(np.int8))
    starts, stops = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    return [slice(start, stop) for start, stop in zip(starts.tolist(), stops.tolist())]


def _paint_line(painter: QPainter, frame: Frame, curve: Series, x: Floats, y: Floats) -> None:
    pen = QPen(theme.current().colour(curve.token), 1.75)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if x.size == 1:
        pen.setWidthF(3.5)
        painter.setPen(pen)
        painter.drawPoint(QPointF(float(x[0]), float(y[0])))
        return
    lengths = np.hypot(np.diff(x), np.diff(y))
    ink = float(lengths.sum())
    x, y = _thinned(x, y, lengths)
    if x.size > _CALM_POINTS or ink > _CALM_INK * frame.area.width():
        pen.setWidthF(1.0)
    if curve.dashed:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([_DASH / pen.widthF(), _GAP / pen.widthF()])
    painter.setPen(pen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, ink < _MOST_INK)
    painter.drawPolyline(functions.arrayToQPolygonF(x, y))


def _thinned(x: Floats, y: Floats, lengths: Floats) -> tuple[Floats, Floats]:
    """The line without the points that are closer than a pixel or so along it.

    Segments that short would overlap and make a smooth curve look bolder than a rough one.
    """
    units = np.floor(np.cumsum(lengths) / 1.5)
    kept = np.concatenate(([True], np.diff(units, prepend=0.0) > 0))
    kept[-1] = True
    return x[kept], y[kept]


def _paint_fill(painter: QPainter, frame: Frame, token: str, x: Floats, y: Floats) -> None:
    ground = min(max(frame.y(0.0), frame.area.top()), frame.area.bottom())
    across = np.concatenate((x[:1], x, x[-1:]))
    down = np.concatenate(([ground], y, [ground]))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.current().colour(token, 0.14))
    painter.drawPolygon(functions.arrayToQPolygonF(across, down))
