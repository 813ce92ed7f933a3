"""A list with a search above it: type to find, Up and Down go through it whatever has the keyboard."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import QLineEdit, QListView, QVBoxLayout, QWidget

from gui import theme
from gui.widgets.choice_popup import RowPainter, RowsModel
from gui.widgets.options import Option, Row
from gui.widgets.pieces import plain_label


class SearchedList(QWidget):
    """Rows that `find` gives for what is typed; all of them for nothing."""

    shown = Signal(str)
    """The key of the row to show beside the list."""
    entered = Signal()
    """Return was pressed in the search, or a row was double-clicked."""
    paged = Signal(QKeyEvent)
    """Page Up or Page Down was pressed in the search: they belong to what stands beside."""

    def __init__(
        self,
        find: Callable[[str], list[Row]],
        asked: str,
        thumbnail: Callable[[str], QPixmap] | None = None,
        parent: QWidget | None = None,
        empty: str = "",
    ) -> None:
        super().__init__(parent)
        self._find = find
        self._empty = empty
        self._search = QLineEdit()
        theme.set_role(self._search, "search")
        self._search.setPlaceholderText(asked)
        self._search.textChanged.connect(self._refill)
        self._search.installEventFilter(self)
        self._model = RowsModel(self)
        self._list = QListView()
        self._list.setModel(self._model)
        self._list.setItemDelegate(RowPainter(self, thumbnail, ""))
        self._list.setResizeMode(QListView.ResizeMode.Adjust)
        self._list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.selectionModel().currentRowChanged.connect(self._show)
        self._list.activated.connect(lambda: self.entered.emit())
        self._nothing = plain_label("", "muted", wrap=True)
        self._nothing.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.NARROW)
        column.addWidget(self._search)
        column.addWidget(self._nothing)
        column.addWidget(self._list, 1)
        column.addStretch()
        self.setFocusProxy(self._search)

    def name(self, search: str, rows: str) -> None:
        """What screen readers call the search and the rows."""
        self._search.setAccessibleName(search)
        self._list.setAccessibleName(rows)

    def begin(self, key: str = "") -> None:
        """Show all rows, and that of the key, or else the first."""
        self._refill("")
        if key:
            self._go_to(key)

    def _refill(self, text: str) -> None:
        shown = self._model.shown
        here = self._list.currentIndex().row()
        before = shown[here] if 0 <= here < len(shown) else None
        self._model.show(self._find(text))
        missed = self.tr("Nothing is called “{0}”.").format(text.strip())
        self._nothing.setText(missed if text.strip() else self._empty)
        self._nothing.setVisible(not self._model.shown)
        self._list.setVisible(bool(self._model.shown))
        if not text.strip() and isinstance(before, Option):
            self._go_to(before.key)
        else:
            self._step(1, start=-1)

    def _go_to(self, key: str) -> None:
        for row, each in enumerate(self._model.shown):
            if isinstance(each, Option) and each.key == key:
                self._list.setCurrentIndex(self._model.index(row))
                self._list.scrollTo(self._model.index(row), QListView.ScrollHint.PositionAtCenter)

    def _step(self, by: int, start: int | None = None) -> None:
        """Go to the next entry below or above, past headings."""
        row = (self._list.currentIndex().row() if start is None else start) + by
        while 0 <= row < len(self._model.shown):
            if isinstance(self._model.shown[row], Option):
                self._list.setCurrentIndex(self._model.index(row))
                return
            row += by

    def _show(self, now: QModelIndex, before: QModelIndex) -> None:
        option = self._model.shown[now.row()] if now.isValid() else None
        if isinstance(option, Option):
            self.shown.emit(option.key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the search, Up and Down go through the list, and Page Up and Page Down through the page."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            match event.key():
                case Qt.Key.Key_Down:
                    self._step(1)
                case Qt.Key.Key_Up:
                    self._step(-1)
                case Qt.Key.Key_PageDown | Qt.Key.Key_PageUp:
                    self.paged.emit(event)
                case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                    if self._model.shown:
                        self.entered.emit()
                case _:
                    return False
            return True
        return super().eventFilter(watched, event)
