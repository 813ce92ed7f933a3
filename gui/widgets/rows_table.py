"""Rows of numbers as a table: one row a sample, with the class or number to predict behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QStackedLayout, QTableView, QWidget

from gui import theme
from gui.widgets.pieces import EmptyState

if TYPE_CHECKING:
    import numpy as np

Index = QModelIndex | QPersistentModelIndex
MOST_COLUMNS = 256

_NARROWEST = 96


class NumberRows(QAbstractTableModel):
    """A 2-D array with names of its columns; the last column may be a target."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._x: Any = None
        self._y: Any = None
        self._names: tuple[str, ...] = ()
        self._classes: tuple[str, ...] = ()
        self._tokens: tuple[str, ...] = ()

    def show(
        self,
        x: Any,
        y: Any,
        names: tuple[str, ...],
        classes: tuple[str, ...],
        tokens: tuple[str, ...] = (),
    ) -> None:
        self.beginResetModel()
        self._x, self._y, self._names, self._classes = x, y, names, classes
        self._tokens = tokens
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if self._x is None or parent.isValid() else len(self._x)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        if self._x is None or parent.isValid():
            return 0
        return min(self._x.shape[1], MOST_COLUMNS) + (self._y is not None)

    def _is_target(self, column: int) -> bool:
        return self._y is not None and column == self.columnCount() - 1

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section)
        if self._is_target(section):
            return self.tr("target")
        return self._names[section] if section < len(self._names) else str(section)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.FontRole:
            return theme.mono_font(theme.BODY)
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        if self._is_target(index.column()):
            return self._target(self._y[index.row()])
        value = self._x[index.row(), index.column()]
        return self._tokens[int(value)] if self._tokens else number(value)

    def _target(self, value: Any) -> str:
        if self._classes:
            place = int(value)
            return self._classes[place] if 0 <= place < len(self._classes) else str(place)
        return number(value)


def number(value: Any) -> str:
    """A number in four significant digits, whole numbers as they are."""
    as_float = float(value)
    return (
        str(int(as_float)) if as_float.is_integer() and abs(as_float) < 1e6 else f"{as_float:.4g}"
    )


class RowsTable(QWidget):
    """The table, or why there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = NumberRows(self)
        self._table = QTableView()
        self._table.setModel(self._model)
        self._table.setAccessibleName(self.tr("Rows"))
        self._table.setShowGrid(False)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self._table.setTabKeyNavigation(False)
        self._table.verticalHeader().setDefaultSectionSize(26)
        self._table.horizontalHeader().setDefaultSectionSize(_NARROWEST)
        self._table.horizontalHeader().setHighlightSections(False)
        self._empty = EmptyState("database", self.tr("No rows yet"), "")
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._table)
        self._pages.addWidget(self._empty)

    def show_rows(
        self,
        x: np.ndarray,
        y: np.ndarray | None,
        names: tuple[str, ...] = (),
        classes: tuple[str, ...] = (),
        tokens: tuple[str, ...] = (),
    ) -> None:
        """Rows of any shape, flattened behind the first dimension; `tokens` names what whole numbers stand for."""
        flat = x.reshape(len(x), -1) if x.ndim != 2 else x
        self._model.show(flat, y, names, classes, tokens)
        header = self._table.horizontalHeader()
        for column in range(self._model.columnCount()):
            header.resizeSection(column, max(_NARROWEST, header.sectionSizeHint(column)))
        self._pages.setCurrentIndex(0)

    def show_nothing(self, sentence: str) -> None:
        self._empty.show_state(self.tr("No rows to show"), sentence)
        self._pages.setCurrentIndex(1)
