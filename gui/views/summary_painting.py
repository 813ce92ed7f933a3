"""The cells of the summary, painted by hand.

For every cell Qt would ask the model for six things and the style sheet for a box around them: 12 ms for a table of
twenty rows, all of which change with every width that is typed, because shares do.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from engine.design.tuples import NamedTuple
from gui import theme

Index = QModelIndex | QPersistentModelIndex
PAD = 7
"""Pixels between a cell's side and its words."""

WIDEST_LETTER = 14
"""Pixels; words that fit even so are not measured."""

# As numbers: flags of an enum cost more to compare and join than a cell to paint.
SELECTED, FOCUSED = QStyle.StateFlag.State_Selected.value, QStyle.StateFlag.State_HasFocus.value
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Look(NamedTuple):
    """What is painted in a cell, without what the selection adds: a font is "mono", "body" or "bold"."""

    text: str
    token: str
    font: str
    to_right: bool


class Cells(QStyledItemDelegate):
    """Paints the cells of a table."""

    def __init__(self, look: Callable[[int, int], Look], parent: QObject) -> None:
        super().__init__(parent)
        self._look = look
        self._theme = theme.current()
        self._colours: dict[str, QColor] = {}
        self._fonts = {
            "mono": theme.mono_font(theme.BODY),
            "body": theme.body_font(theme.BODY),
            "bold": theme.body_font(theme.BODY, bold=True),
        }
        self._metrics = {name: QFontMetrics(font) for name, font in self._fonts.items()}

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look = self._look(index.row(), index.column())
        rect, state = option.rect, option.state.value  # type: ignore[attr-defined]
        token = look.token
        if state & SELECTED:
            theme.fill(painter, rect, self._colour("selected"))
            token = "text" if token == "text_muted" else token
        if state & FOCUSED:
            painter.setPen(self._colour("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        words = rect.adjusted(PAD, 0, -PAD, 0)
        text, width = look.text, words.width()
        if len(text) * WIDEST_LETTER > width:
            text = self._metrics[look.font].elidedText(text, Qt.TextElideMode.ElideRight, width)
        painter.setPen(self._colour(token))
        painter.setFont(self._fonts[look.font])
        painter.drawText(words, RIGHT if look.to_right else LEFT, text)

    def width_of(self, look: Look) -> int:
        """The pixels that a cell needs so that none of its words is cut."""
        return self._metrics[look.font].horizontalAdvance(look.text) + 2 * PAD + 1

    def _colour(self, token: str) -> QColor:
        """A colour of the present theme; made once."""
        if self._theme is not theme.current():
            self._theme = theme.current()
            self._colours.clear()
        if token not in self._colours:
            self._colours[token] = self._theme.colour(token)
        return self._colours[token]
