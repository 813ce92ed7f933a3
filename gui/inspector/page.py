"""What stands in the inspector for one sort of selection."""

from __future__ import annotations

from PySide6.QtWidgets import QLayout, QVBoxLayout, QWidget

from gui import theme
from gui.document import State


class Page(QWidget):
    """One column of parts; shows only states whose selection is of its sort."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(theme.WIDE, theme.MEDIUM, theme.WIDE, theme.WIDE)
        self._column.setSpacing(theme.MEDIUM)
        self._column.addStretch(1)

    def show_state(self, old: State | None, new: State) -> None:
        """Show the selection of `new`; touches only what differs and never emits."""
        raise NotImplementedError

    def add(self, widget: QWidget) -> None:
        """Put a part below the others."""
        self._column.insertWidget(self._column.count() - 1, widget)

    def add_row(self, row: QLayout) -> None:
        """Put a row of widgets below the others."""
        self._column.insertLayout(self._column.count() - 1, row)

    def add_tight(self, *widgets: QWidget) -> None:
        """Put several below the others that belong together."""
        group = QVBoxLayout()
        group.setSpacing(3)
        for widget in widgets:
            group.addWidget(widget)
        self._column.insertLayout(self._column.count() - 1, group)
