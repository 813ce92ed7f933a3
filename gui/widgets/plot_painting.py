"""Paints a plot: on the screen, into a picture and into SVG alike."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from engine.design.value import value
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
from gui.widgets.plot_marks import Bars, Mark, Series
from gui.widgets.plot_strokes import Frame, View, paint_marks


@value
class Scene:
    """All that a plot shows."""

    marks: tuple[Mark, ...]
    view: View
    title: str = ""
    caption: str = ""
    x_label: str = ""
    y_label: str = ""
    empty: str = ""  # what to say while there is nothing to show


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
    paint_header(painter, rect, scene.title, scene.caption)
    if not scene.marks and scene.empty:
        painter.setPen(theme.current().colour("text_faint"))
        words = rect.adjusted(PAD, PAD + HEADER_ROW, -PAD, -PAD)
        painter.drawText(
            words, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, scene.empty
        )
        return
    _paint_legend(painter, rect, scene)
    frame = frame_in(rect, scene)
    _paint_axes(painter, rect, frame, scene)
    paint_marks(painter, frame, scene.marks)


@value
class _Entry:
    """A mark in the legend: how far to the right it starts, and in which row of the header."""

    mark: Series | Bars
    left: float
    row: int


def _legend(width: float, scene: Scene) -> list[_Entry]:
    """The named marks beside the title if they all fit, else in rows below it."""
    named = [mark for mark in scene.marks if isinstance(mark, Series | Bars) and mark.name]
    metrics = QFontMetricsF(theme.body_font(theme.CAPTION))
    widths = [metrics.horizontalAdvance(mark.name) + 36 for mark in named]
    words = header_width(scene.title, scene.caption)
    if not words or words + sum(widths) + 2 * PAD + 24 <= width:
        left, row, first = (header_width(scene.title, "") + 16 if scene.title else 0.0), 0, 0.0
    else:
        left, row, first = 0.0, 1, 0.0
    entries: list[_Entry] = []
    for mark, own in zip(named, widths):
        if left > first and left + own - 15 > width - 2 * PAD:
            left, row = first, row + 1
        entries.append(_Entry(mark, left, row))
        left += own
    return entries


def _header_height(width: float, scene: Scene) -> float:
    legend = _legend(width, scene)
    if not (scene.title or scene.caption or legend):
        return 4.0
    return HEADER_ROW * (1 + max((entry.row for entry in legend), default=0)) + 4.0


def _paint_legend(painter: QPainter, rect: QRectF, scene: Scene) -> None:
    first = header_row(rect)
    painter.setFont(theme.body_font(theme.CAPTION))
    for entry in _legend(rect.width(), scene):
        row = first.translated(entry.left, entry.row * HEADER_ROW)
        _paint_swatch(painter, entry.mark, row.left(), row.center().y())
        painter.setPen(theme.current().colour("text_muted"))
        words = row.adjusted(21, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, entry.mark.name)


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
