"""Words on a diagram: at any zoom of a size that can be read, or left out, and no longer than their room."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from gui import theme

LEAST_LETTERS = 5
"""Of a word that is cut: fewer say nothing, as `co…` for conv1, conv2 and concat."""
LEAST_PIXELS = 9.0
"""Words that would be smaller on the screen are written larger, and where there is no room for that, not at all."""

TOO_SMALL = 0.3
"""The zoom below which no box has words: hardly one would fit."""


def readable(usual: float, zoom: float) -> float:
    """The height of letters, in the diagram's units, that are no smaller on the screen than can be read."""
    return max(usual, LEAST_PIXELS / zoom)


def stroke(usual: float, zoom: float) -> float:
    """The width of a line, in the diagram's units, that is no thinner on the screen than a pixel."""
    return max(usual, 1.0 / zoom)


def write(
    painter: QPainter, at: QPointF, words: str, pixels: float, room: float, token: str, *, bold: bool = False
) -> None:  # fmt: skip
    """Words around a point, as much of them as there is room for."""
    shown, width, baseline = fitted(words, round(pixels), int(room), bold)
    painter.setFont(font(round(pixels), bold))
    painter.setPen(theme.current().hex(token))
    painter.drawText(QPointF(at.x() - width / 2, at.y() + baseline), shown)


@lru_cache(maxsize=64)
def font(pixels: int, bold: bool) -> QFont:
    """The system's font, asked for once in a size."""
    return theme.body_font(pixels, bold=bold)


@lru_cache(maxsize=4096)
def fitted(words: str, pixels: int, room: int, bold: bool) -> tuple[str, float, float]:
    """As much of some words as there is room for, their width, and how far their baseline is below their middle."""
    metrics = QFontMetricsF(font(pixels, bold))
    shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
    cut_short = shown != words and len(shown) <= LEAST_LETTERS
    # Qt cuts no single letter.
    if cut_short or metrics.horizontalAdvance(shown) > room + 1:
        shown = ""
    return shown, metrics.horizontalAdvance(shown), (metrics.ascent() - metrics.descent()) / 2
