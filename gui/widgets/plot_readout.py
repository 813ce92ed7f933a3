"""The numbers under the mouse in a plot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from engine.design.value import value
from gui import theme
from gui.widgets.plot_axis import number_text
from gui.widgets.plot_marks import Bars, Mark, Series
from gui.widgets.plot_strokes import Frame

_ROW = 15.0


@value
class Reading:
    """One line of the readout; `point` is where its dot goes, in values."""

    text: str
    token: str
    point: tuple[float, float] | None


def readings(marks: Sequence[Mark], x: float) -> list[Reading]:
    """What each curve and histogram has at the sample nearest to `x`."""
    found: list[Reading] = []
    for mark in marks:
        match mark:
            case Series() if mark.x.size:
                found.append(_curve_reading(mark, x))
            case Bars() if mark.heights.size and mark.edges[0] <= x <= mark.edges[-1]:
                place = min(int(np.searchsorted(mark.edges, x, "right")) - 1, mark.heights.size - 1)
                start, stop = (
                    number_text(mark.edges[place], 3),
                    number_text(mark.edges[place + 1], 3),
                )
                height = number_text(mark.heights[place])
                found.append(Reading(f"{start} … {stop}: {height}", "text_muted", None))
            case _:
                pass
    return found


def _curve_reading(curve: Series, x: float) -> Reading:
    after = min(int(np.searchsorted(curve.x, x)), curve.x.size - 1)
    before = max(after - 1, 0)
    nearest = before if abs(curve.x[before] - x) <= abs(curve.x[after] - x) else after
    y = float(curve.y[nearest])
    text = f"{curve.name}  {number_text(y)}" if curve.name else number_text(y)
    point = (float(curve.x[nearest]), y) if np.isfinite(y) else None
    return Reading(text, curve.token, point)


def paint_readout(painter: QPainter, frame: Frame, marks: Sequence[Mark], mouse: QPointF) -> None:
    """Paint a line through the mouse, a dot on each curve and a box with the numbers."""
    if not frame.area.contains(mouse):
        return
    x = frame.x_value(mouse.x())
    lines = readings(marks, x)
    if not lines:
        return
    colours = theme.current()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    across = round(mouse.x()) + 0.5
    painter.setPen(QPen(colours.colour("text_faint"), 1, Qt.PenStyle.DotLine))
    painter.drawLine(QPointF(across, frame.area.top()), QPointF(across, frame.area.bottom()))
    for reading in lines:
        if reading.point is not None:
            _paint_dot(painter, frame, reading)
    rows = [Reading(f"x  {number_text(x)}", "text_muted", None), *lines]
    _paint_box(painter, frame, rows, across)


def _paint_dot(painter: QPainter, frame: Frame, reading: Reading) -> None:
    assert reading.point is not None
    at = QPointF(frame.x(reading.point[0]), frame.y(reading.point[1]))
    if frame.area.contains(at):
        painter.setPen(QPen(theme.current().colour("canvas"), 1.5))
        painter.setBrush(theme.current().colour(reading.token))
        painter.drawEllipse(at, 4, 4)


def _paint_box(painter: QPainter, frame: Frame, rows: list[Reading], across: float) -> None:
    colours = theme.current()
    painter.setFont(theme.mono_font(theme.CAPTION - 1))
    metrics = QFontMetricsF(painter.font())
    width = max(metrics.horizontalAdvance(row.text) for row in rows) + 24
    height = _ROW * len(rows) + 8
    left = across + 10 if across + 10 + width < frame.area.right() else across - 10 - width
    box = QRectF(max(left, 2), frame.area.top() + 4, width, height)
    painter.setPen(QPen(colours.colour("border_strong"), 1))
    painter.setBrush(colours.colour("popup"))
    painter.drawRoundedRect(box, 5, 5)
    for number, row in enumerate(rows):
        line = QRectF(box.left() + 17, box.top() + 4 + number * _ROW, width - 20, _ROW)
        if number:
            painter.setPen(QPen(colours.colour(row.token), 2))
            middle = line.center().y()
            painter.drawLine(QPointF(box.left() + 6, middle), QPointF(box.left() + 13, middle))
        painter.setPen(colours.colour("text" if number else "text_muted"))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, row.text)
