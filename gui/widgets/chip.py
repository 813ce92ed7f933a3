"""Chips: small rounded labels that open a choice, as widgets or painted on a card."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPolygonF

from gui import theme

CHIP_HEIGHT = 20
_SIDE = 9
_CHEVRON_ROOM = 16


def chip_size(text: str, *, chevron: bool = True) -> QSize:
    """The size of a chip with that text."""
    width = QFontMetrics(theme.body_font(theme.CAPTION)).horizontalAdvance(text)
    return QSize(width + 2 * _SIDE + (_CHEVRON_ROOM if chevron else 0), CHIP_HEIGHT)


def paint_chip(
    painter: QPainter,
    rect: QRect,
    text: str,
    token: str,
    *,
    hovered: bool = False,
    focused: bool = False,
    chevron: bool = True,
) -> None:
    """Paint a chip in the colours `token` and `token`_fill: activation, initializer, neutral..."""
    colours = theme.current()
    ink = colours.colour(token)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge = QPen(ink, 1.5) if focused else QPen(ink, 1) if hovered else QPen(Qt.PenStyle.NoPen)
    painter.setPen(edge)
    painter.setBrush(colours.colour(f"{token}_fill"))
    radius = rect.height() / 2
    painter.drawRoundedRect(QRectF(rect).adjusted(0.75, 0.75, -0.75, -0.75), radius, radius)
    painter.setFont(theme.body_font(theme.CAPTION))
    painter.setPen(ink)
    words = rect.adjusted(_SIDE, 0, -_SIDE - (_CHEVRON_ROOM if chevron else 0) + 4, 0)
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, words.width())
    painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
    if chevron:
        paint_chevron(painter, QPointF(rect.right() - _SIDE - 3, rect.center().y() + 1), ink)
    painter.restore()


def paint_chevron(painter: QPainter, centre: QPointF, colour: QColor) -> None:
    """Paint the arrow that says: this opens."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(colour, 1.5)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    wing = QPointF(3.5, -1.75)
    painter.drawPolyline(
        QPolygonF(
            [centre + QPointF(-wing.x(), wing.y()), centre - QPointF(0, wing.y()), centre + wing]
        )
    )
    painter.restore()
