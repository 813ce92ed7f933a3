"""Paints the marks of a plot: curves, bars, shaded ranges, lines.

Qt's raster engine strokes a wide antialiased polyline as one outline, which takes a tenth of a
second for a thousand noisy points; the same line as separate segments takes one millisecond.
So a calm curve is stroked whole, a restless one in segments, a dense one as a thin polyline.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shiboken6
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF

from engine.design.value import value
from gui import theme
from gui.widgets.plot_marks import Bars, Floats, Mark, Marker, Series, Zone, decimated

_SMOOTH = 700  # points up to which a calm curve is stroked whole, which looks best
_DENSE = 2000  # points from which on a curve is drawn one pixel wide
_MOST_WIDE_INK = 25_000.0  # pixels of line from which on a thin line looks as full as a wide one
_MOST_INK = 60_000.0  # pixels of line from which on nobody sees smooth edges, but all wait for them
_ROUND = 500  # points from which on the joints between segments are not rounded
_DASH, _GAP = 6.0, 4.0
_MOST_DASHES = 3000
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


def paint_marks(painter: QPainter, frame: Frame, marks: Sequence[Mark]) -> None:
    """Paint the marks, shaded ranges below all else, nothing outside the frame."""
    painter.save()
    painter.setClipRect(frame.area.adjusted(-1, -1, 1, 1))
    for mark in marks:
        if isinstance(mark, Zone):
            _paint_zone(painter, frame, mark)
    for mark in marks:
        match mark:
            case Bars():
                _paint_bars(painter, frame, mark)
            case Series():
                _paint_curve(painter, frame, mark)
            case Marker():
                _paint_marker(painter, frame, mark)
            case Zone():
                pass
    painter.restore()


def _paint_zone(painter: QPainter, frame: Frame, zone: Zone) -> None:
    colours = theme.current()
    left = max(frame.x(zone.start), frame.area.left())
    right = min(frame.x(zone.stop), frame.area.right())
    if right <= left:
        return
    box = QRectF(left, frame.area.top(), right - left, frame.area.height())
    painter.fillRect(box, colours.colour(zone.token, 0.13))
    painter.setPen(QPen(colours.colour(zone.token, 0.6), 1, Qt.PenStyle.DotLine))
    for edge, value in ((left, zone.start), (right, zone.stop)):
        if frame.view.left < value < frame.view.right:
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
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _paint_marker(painter: QPainter, frame: Frame, marker: Marker) -> None:
    if not frame.view.left <= marker.x <= frame.view.right:
        return
    colour = theme.current().colour(marker.token)
    x = round(frame.x(marker.x)) + 0.5
    painter.setPen(QPen(colour, 1, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(x, frame.area.top()), QPointF(x, frame.area.bottom()))
    if marker.label:
        painter.setFont(theme.body_font(theme.CAPTION - 1))
        width = QFontMetricsF(painter.font()).horizontalAdvance(marker.label)
        left = x + 4 if x + 8 + width < frame.area.right() else x - 4 - width
        painter.setPen(colour)
        painter.drawText(QPointF(left, frame.area.top() + 11), marker.label)


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
    if x.size == 1:
        pen.setWidthF(3.5)
        painter.setPen(pen)
        painter.drawPoint(QPointF(float(x[0]), float(y[0])))
        return
    lengths = np.hypot(np.diff(x), np.diff(y))
    if curve.dashed and float(lengths.sum()) < _MOST_DASHES * (_DASH + _GAP):
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawLines(_dashes(x, y, lengths))
        return
    ink = float(lengths.sum())
    x, y = _thinned(x, y, lengths)
    if x.size <= _SMOOTH and ink < 4 * frame.area.width():
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolyline(_polygon(x, y))
    elif x.size <= _DENSE and ink < _MOST_WIDE_INK:
        if x.size > _ROUND:
            pen.setCapStyle(Qt.PenCapStyle.SquareCap)  # three times faster
            pen.setWidthF(1.25)
        painter.setPen(pen)
        painter.drawLines(_segments(x[:-1], y[:-1], x[1:], y[1:]))
    else:
        pen.setWidthF(1)
        painter.setPen(pen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, ink < _MOST_INK)
        painter.drawPolyline(_polygon(x, y))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _thinned(x: Floats, y: Floats, lengths: Floats) -> tuple[Floats, Floats]:
    """The line without the points that are closer than a pixel or so along it.

    Segments that short would overlap and make a smooth curve look bolder than a rough one.
    """
    units = np.floor(np.cumsum(lengths) / 1.5)
    kept = np.concatenate(([True], np.diff(units, prepend=0.0) > 0))
    kept[-1] = True
    return x[kept], y[kept]


def _dashes(x: Floats, y: Floats, lengths: Floats) -> Sequence[QLineF]:
    along = np.concatenate(([0.0], np.cumsum(lengths)))
    starts = np.arange(0.0, float(along[-1]), _DASH + _GAP)
    stops = np.minimum(starts + _DASH, along[-1])
    return _segments(
        np.interp(starts, along, x), np.interp(starts, along, y),
        np.interp(stops, along, x), np.interp(stops, along, y),
    )  # fmt: skip


def _segments(x1: Floats, y1: Floats, x2: Floats, y2: Floats) -> list[QLineF]:
    return [QLineF(*ends) for ends in zip(x1.tolist(), y1.tolist(), x2.tolist(), y2.tolist())]


def _polygon(x: Floats, y: Floats) -> QPolygonF:
    """The points as Qt keeps them, written into its own memory: 100 times faster than one by one."""
    polygon = QPolygonF()
    polygon.resize(x.size)
    memory: Any = shiboken6.VoidPtr(polygon.data(), x.size * 16, True)  # pyright: ignore[reportCallIssue]
    points: Floats = np.frombuffer(memory, np.float64).reshape(-1, 2)
    points[:, 0] = x
    points[:, 1] = y
    return polygon


def _paint_fill(painter: QPainter, frame: Frame, token: str, x: Floats, y: Floats) -> None:
    ground = min(max(frame.y(0.0), frame.area.top()), frame.area.bottom())
    across = np.concatenate((x[:1], x, x[-1:]))
    down = np.concatenate(([ground], y, [ground]))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.current().colour(token, 0.14))
    painter.drawPolygon(_polygon(across, down))
