"""Paints a plot: on the screen, into a picture and into SVG alike.

Qt's raster engine strokes a wide antialiased polyline as one outline, which takes a tenth of a
second for a thousand noisy points; the same line as separate segments takes one millisecond.
So a curve is drawn in segments while it is sparse, and as a polyline of width 1 where it is dense.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shiboken6
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF

from gui import theme
from gui.widgets.card_painting import (
    HEADER_ROW,
    PAD,
    header_row,
    header_width,
    paint_card,
    paint_header,
)
from gui.widgets.plot_axis import tick_labels, ticks
from gui.widgets.plot_marks import Bars, Floats, Mark, Marker, Series, Zone, decimated

_DENSE = 2000  # points from which on a curve is drawn one pixel wide
_ROUND = 500  # points from which on the joints between segments are not rounded
_DASH, _GAP = 6.0, 4.0
_MOST_DASHES = 3000
_FAR = 20000.0  # pixels; further out the raster engine loses precision


@dataclass(frozen=True)
class View:
    """The range of values that is seen."""

    left: float
    right: float
    bottom: float
    top: float


@dataclass(frozen=True)
class Scene:
    """All that a plot shows."""

    marks: tuple[Mark, ...]
    view: View
    title: str = ""
    caption: str = ""
    x_label: str = ""
    y_label: str = ""


@dataclass(frozen=True)
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


def frame_in(rect: QRectF, scene: Scene) -> Frame:
    """Where the curves of `scene` go in a plot of the size of `rect`."""
    metrics = QFontMetricsF(theme.body_font(theme.CAPTION))
    top = PAD / 2 + _header_height(rect.width(), scene)
    bottom = 22.0 + (16.0 if scene.x_label else 0.0)
    height = max(rect.height() - top - bottom, 10.0)
    labels = tick_labels(_y_ticks(scene.view, height))
    widest = max((metrics.horizontalAdvance(label) for label in labels), default=0.0)
    left = PAD + widest + 5.0 + (15.0 if scene.y_label else 0.0)
    width = max(rect.width() - left - PAD, 10.0)
    return Frame(QRectF(rect.left() + left, rect.top() + top, width, height), scene.view)


def paint_plot(painter: QPainter, rect: QRectF, scene: Scene, *, focused: bool = False) -> None:
    """Paint the whole plot: its card, header, grid, curves and axes."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_card(painter, rect, focused=focused)
    end = paint_header(painter, rect, scene.title, scene.caption)
    _paint_legend(painter, rect, end, scene)
    frame = frame_in(rect, scene)
    _paint_axes(painter, rect, frame, scene)
    painter.save()
    painter.setClipRect(frame.area.adjusted(-1, -1, 1, 1))
    for mark in scene.marks:
        if isinstance(mark, Zone):
            _paint_zone(painter, frame, mark)
    for mark in scene.marks:
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


def _named(scene: Scene) -> list[Series | Bars]:
    return [mark for mark in scene.marks if isinstance(mark, Series | Bars) and mark.name]


def _legend_width(scene: Scene) -> float:
    metrics = QFontMetricsF(theme.body_font(theme.CAPTION))
    return sum(metrics.horizontalAdvance(mark.name) + 36 for mark in _named(scene))


def _legend_below(width: float, scene: Scene) -> bool:
    """Whether the legend needs a row of its own below title and caption."""
    words = header_width(scene.title, scene.caption)
    return bool(words) and words + _legend_width(scene) + 2 * PAD + 24 > width


def _header_height(width: float, scene: Scene) -> float:
    if not (scene.title or scene.caption or _named(scene)):
        return 4.0
    return HEADER_ROW * (2 if _named(scene) and _legend_below(width, scene) else 1) + 4.0


def _paint_legend(painter: QPainter, rect: QRectF, title_end: float, scene: Scene) -> None:
    row = header_row(rect)
    left, middle = title_end + (16 if scene.title else 0), row.center().y()
    if _legend_below(rect.width(), scene):
        left, middle = row.left(), middle + HEADER_ROW
    painter.setFont(theme.body_font(theme.CAPTION))
    metrics = QFontMetricsF(painter.font())
    for mark in _named(scene):
        _paint_swatch(painter, mark, left, middle)
        painter.setPen(theme.current().colour("text_muted"))
        width = metrics.horizontalAdvance(mark.name)
        words = QRectF(left + 21, middle - HEADER_ROW / 2, width + 4, HEADER_ROW)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, mark.name)
        left += width + 36


def _paint_swatch(painter: QPainter, mark: Series | Bars, left: float, middle: float) -> None:
    colour = theme.current().colour(mark.token)
    if isinstance(mark, Bars):
        painter.fillRect(QRectF(left + 3, middle - 4, 10, 8), colour)
        return
    painter.setPen(QPen(colour, 2))
    for start, stop in ((0, 6), (10, 16)) if mark.dashed else ((0, 16),):
        painter.drawLine(QPointF(left + start, middle), QPointF(left + stop, middle))


def _x_ticks(view: View, width: float) -> list[float]:
    return ticks(view.left, view.right, max(2, int(width / 52)))


def _y_ticks(view: View, height: float) -> list[float]:
    return ticks(view.bottom, view.top, max(2, int(height / 34)))


def _paint_axes(painter: QPainter, rect: QRectF, frame: Frame, scene: Scene) -> None:
    """The grid, what is written beside it, and the names of the axes."""
    colours = theme.current()
    area = frame.area
    across, up = _x_ticks(scene.view, area.width()), _y_ticks(scene.view, area.height())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(colours.colour("grid"), 1))
    columns = [(frame.x(value), value) for value in across]
    lines = [(frame.y(value), value) for value in up]
    for x, _ in columns:
        painter.drawLine(QPointF(round(x), area.top()), QPointF(round(x), area.bottom()))
    for y, _ in lines:
        painter.drawLine(QPointF(area.left(), round(y)), QPointF(area.right(), round(y)))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(theme.body_font(theme.CAPTION - 1))
    painter.setPen(colours.colour("axis"))
    side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    for (y, _), label in zip(lines, tick_labels(up)):
        painter.drawText(QRectF(rect.left(), y - 8, area.left() - rect.left() - 5, 16), side, label)
    metrics = QFontMetricsF(painter.font())
    for (x, _), label in zip(columns, tick_labels(across)):
        half = metrics.horizontalAdvance(label) / 2
        middle = min(max(x, rect.left() + 3 + half), rect.right() - 3 - half)
        box = QRectF(middle - half - 2, area.bottom() + 3, 2 * half + 4, 14)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label)
    _paint_axis_names(painter, rect, area, scene)


def _paint_axis_names(painter: QPainter, rect: QRectF, area: QRectF, scene: Scene) -> None:
    painter.setPen(theme.current().colour("text_faint"))
    if scene.x_label:
        box = QRectF(area.left(), rect.bottom() - 21, area.width(), 16)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, scene.x_label)
    if scene.y_label:
        painter.save()
        painter.translate(rect.left() + 6, area.center().y())
        painter.rotate(-90)
        box = QRectF(-area.height() / 2, 0, area.height(), 16)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, scene.y_label)
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
        _paint_line(painter, curve, across, down)


def _unbroken(y: Floats) -> list[slice]:
    """The stretches of finite values."""
    finite = np.isfinite(y)
    if finite.all():
        return [slice(0, y.size)] if y.size else []
    steps = np.diff(np.concatenate(([False], finite, [False])).astype(np.int8))
    starts, stops = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    return [slice(start, stop) for start, stop in zip(starts.tolist(), stops.tolist())]


def _paint_line(painter: QPainter, curve: Series, x: Floats, y: Floats) -> None:
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
    x, y = _thinned(x, y, lengths)
    if x.size <= _DENSE:
        if x.size > _ROUND:
            pen.setCapStyle(Qt.PenCapStyle.SquareCap)  # three times faster
        painter.setPen(pen)
        painter.drawLines(_segments(x[:-1], y[:-1], x[1:], y[1:]))
    else:
        pen.setWidthF(1)
        painter.setPen(pen)
        painter.drawPolyline(_polygon(x, y))


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
