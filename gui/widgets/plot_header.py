"""The header of a plot: title, legend, caption. Painted on the screen and into pictures alike."""

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
    paint_header,
)
from gui.widgets.plot_marks import Bars, Series


@value
class Header:
    """What stands above the curves of a plot."""

    title: str = ""
    caption: str = ""
    legend: tuple[Series | Bars, ...] = ()

    def height(self, width: float) -> float:
        """How far down the header of a plot of this width reaches, in pixels."""
        entries = _entries(width, self)
        if not (self.title or self.caption or entries):
            return PAD / 2 + 4
        return PAD / 2 + HEADER_ROW * (1 + max((row for _, _, row in entries), default=0)) + 4

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the header of a plot that fills `rect`."""
        paint_header(painter, rect, self.title, self.caption)
        first = header_row(rect)
        painter.setFont(theme.body_font(theme.CAPTION))
        for mark, left, row in _entries(rect.width(), self):
            place = first.translated(left, row * HEADER_ROW)
            _paint_swatch(painter, mark, place.left(), place.center().y())
            painter.setPen(theme.current().colour("text_muted"))
            words = place.adjusted(21, 0, 0, 0)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, mark.name)


def _entries(width: float, header: Header) -> list[tuple[Series | Bars, float, int]]:
    """The named marks beside the title if they all fit, else in rows below it.

    With each, how far to the right it starts, and in which row of the header.
    """
    metrics = QFontMetricsF(theme.body_font(theme.CAPTION))
    widths = [metrics.horizontalAdvance(mark.name) + 36 for mark in header.legend]
    words = header_width(header.title, header.caption)
    if not words or words + sum(widths) + 2 * PAD + 24 <= width:
        left, row = (header_width(header.title, "") + 16 if header.title else 0.0), 0
    else:
        left, row = 0.0, 1
    entries: list[tuple[Series | Bars, float, int]] = []
    for mark, own in zip(header.legend, widths):
        if left > 0 and left + own - 15 > width - 2 * PAD:
            left, row = 0.0, row + 1
        entries.append((mark, left, row))
        left += own
    return entries


def _paint_swatch(painter: QPainter, mark: Series | Bars, left: float, middle: float) -> None:
    colour = theme.current().colour(mark.token)
    if isinstance(mark, Bars):
        painter.fillRect(QRectF(left + 3, middle - 4, 10, 8), colour)
        return
    painter.setPen(QPen(colour, 2))
    for start, stop in ((0, 6), (10, 16)) if mark.dashed else ((0, 16),):
        painter.drawLine(QPointF(left + start, middle), QPointF(left + stop, middle))
