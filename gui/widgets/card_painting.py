"""The frame and header that plots, matrices and bars have in common."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from gui import theme

PAD = 12.0
HEADER_ROW = 20.0


def paint_card(painter: QPainter, rect: QRectF, *, focused: bool = False) -> None:
    """Paint the rounded frame; in the accent colour while it has the keyboard's focus."""
    colours = theme.current()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colours.colour("accent" if focused else "border"), 1))
    painter.setBrush(colours.colour("canvas"))
    inner = rect.adjusted(0.5, 0.5, -0.5, -0.5)
    painter.drawRoundedRect(inner, theme.CARD_RADIUS, theme.CARD_RADIUS)


def header_row(rect: QRectF) -> QRectF:
    """Where the header's first row stands in a card."""
    return QRectF(rect.left() + PAD, rect.top() + PAD / 2, rect.width() - 2 * PAD, HEADER_ROW)


def header_width(title: str, caption: str) -> float:
    """The width that title and caption take together."""
    bold, small = theme.body_font(theme.BODY, bold=True), theme.body_font(theme.CAPTION)
    return (
        QFontMetricsF(bold).horizontalAdvance(title)
        + QFontMetricsF(small).horizontalAdvance(caption)
    )  # fmt: skip


def paint_header(painter: QPainter, rect: QRectF, title: str, caption: str) -> float:
    """Paint the title at the left and the caption at the right; returns where the title ends."""
    row = header_row(rect)
    colours = theme.current()
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.setFont(theme.body_font(theme.BODY, bold=True))
    painter.setPen(colours.colour("text_muted"))
    bold = QFontMetricsF(painter.font())
    shown = bold.elidedText(title, Qt.TextElideMode.ElideRight, row.width())
    painter.drawText(row, middle | Qt.AlignmentFlag.AlignLeft, shown)
    end = row.left() + bold.horizontalAdvance(shown)
    painter.setFont(theme.body_font(theme.CAPTION))
    painter.setPen(colours.colour("text_faint"))
    room = max(row.right() - end - 12, 0.0)
    small = QFontMetricsF(painter.font())
    words = small.elidedText(caption, Qt.TextElideMode.ElideRight, room)
    painter.drawText(row, middle | Qt.AlignmentFlag.AlignRight, words)
    return end
