"""A few numbers side by side, each with its name below and a sentence as its tooltip."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.design.value import value
from gui import theme
from gui.widgets.pieces import ElidedLabel, plain_label


@value
class Stat:
    """A number in words, what it is, and what it means."""

    value: str
    name: str
    sentence: str


class Stats(QWidget):
    """Shows a fixed number of stats in columns of one width."""

    def __init__(self, count: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles = [_Tile() for _ in range(count)]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.MEDIUM)
        for tile in self._tiles:
            row.addWidget(tile, 1)

    def show_stats(self, stats: Sequence[Stat]) -> None:
        """Show these, in their order."""
        for tile, stat in zip(self._tiles, stats, strict=True):
            tile.show_stat(stat)


class _Tile(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._shown: Stat | None = None
        self._value = ElidedLabel("", "text", theme.STRONG, mono=True)
        self._name = plain_label(role="caption")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._value)
        column.addWidget(self._name, alignment=Qt.AlignmentFlag.AlignLeft)

    def show_stat(self, stat: Stat) -> None:
        if stat == self._shown:
            return
        self._shown = stat
        self._value.set_text(stat.value)
        self._name.setText(stat.name)
        self.setToolTip(stat.sentence)
        self.setAccessibleName(f"{stat.name}: {stat.value}")
        self.setAccessibleDescription(stat.sentence)
