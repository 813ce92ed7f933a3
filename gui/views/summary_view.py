"""The design as the familiar table: layer, output shape, parameters, MACs, with totals below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHBoxLayout,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from engine.views.summary import Summary, summarize
from engine.views.table import Row
from gui import theme
from gui.document import State
from gui.status import short, size
from gui.views.summary_painting import Cells, Look
from gui.widgets.pieces import EmptyState, plain_label, push_button

Index = QModelIndex | QPersistentModelIndex
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Rows(QAbstractTableModel):
    """The rows of a summary; only those that differ are announced as changed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()
        self._faults: dict[int, str] = {}
        self._whole = 0

    def show(self, summary: Summary) -> None:
        """The rows of another summary."""
        before, faulty, whole = self._rows, self._faults, self._whole
        same_length = len(before) == len(summary.rows)
        if not same_length:
            self.beginResetModel()
        self._rows = summary.rows
        self._faults = {fault.node_id: fault.sentence for fault in summary.faults}
        self._whole = summary.totals.parameters
        if not same_length:
            self.endResetModel()
            return
        changed = [
            row
            for row, (old, new) in enumerate(zip(before, self._rows, strict=True))
            if (old is not new and old != new)
            or faulty.get(old.node_id) != self._faults.get(new.node_id)
        ]
        if whole != self._whole:
            changed = [0, len(self._rows) - 1] if self._rows else []
        if changed:
            first, last = changed[0], changed[-1]
            self.dataChanged.emit(self.index(first, 0), self.index(last, self.columnCount() - 1))

    def row(self, number: int) -> Row:
        return self._rows[number]

    def number_of(self, node_id: int) -> int:
        """The first row of a node, -1 where it has none."""
        return next((number for number, row in enumerate(self._rows) if row.node_id == node_id), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 6

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return LEFT if section < 3 else RIGHT
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        titles = (
            self.tr("Name"),
            self.tr("Layer"),
            self.tr("Output shape"),
            self.tr("Params"),
            self.tr("Share"),
            "MACs",
        )
        return titles[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return self._text(row, index.column())
            case Qt.ItemDataRole.ToolTipRole:
                return self._faults.get(row.node_id)
            case _:
                return None

    def look(self, number: int, column: int) -> Look:
        """How a cell is painted."""
        row = self._rows[number]
        muted = "text" if column in (0, 1, 3) else "text_muted"
        token = "danger" if row.node_id in self._faults else muted
        bold = column == 1 and row.is_block
        font = "mono" if column in (0, 2) else "bold" if bold else "body"
        return Look(self._text(row, column), token, font, column >= 3)

    def _text(self, row: Row, column: int) -> str:
        match column:
            case 0:
                return "    " * row.depth + row.label
            case 1:
                return row.title
            case 2:
                shape = row.output_shape
                return "?" if shape is None else f"[{', '.join(['N', *map(str, shape[1:])])}]"
            case 3:
                return f"{row.parameters:,}"
            case 4:
                counts = self._whole and row.parameters
                return f"{row.parameters / self._whole:.1%}" if counts else "–"
            case _:
                return short(row.macs) if row.macs else "–"


class SummaryView(QWidget):
    """The table, its selection that of the stack, and a line of totals."""

    selected = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: State | None = None
        self._summary: Summary | None = None
        self._rows = Rows(self)
        self._table = QTableView()
        self._table.setModel(self._rows)
        self._table.setItemDelegate(Cells(self._rows.look, self._table))
        self._table.setAccessibleName(self.tr("Summary of the network"))
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setShowGrid(False)
        self._table.verticalHeader().hide()
        self._table.verticalHeader().setDefaultSectionSize(28)
        self._table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._table.setTabKeyNavigation(False)
        header = self._table.horizontalHeader()
        header.setHighlightSections(False)
        for column, width in enumerate((160, 112, 148, 84, 58, 66)):
            self._table.setColumnWidth(column, width)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._totals = plain_label("", "muted", wrap=True)
        self._sizes = plain_label("", "muted", wrap=True)
        copy = push_button(self.tr("Copy as text"), "quiet")
        copy.setToolTip(self.tr("Copy the table in the form of torchsummary"))
        copy.clicked.connect(self.copy_text)
        foot = QHBoxLayout()
        foot.setContentsMargins(theme.WIDE, theme.NARROW, theme.MEDIUM, theme.MEDIUM)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._totals)
        texts.addWidget(self._sizes)
        foot.addLayout(texts, 1)
        foot.addWidget(copy, alignment=Qt.AlignmentFlag.AlignTop)
        self._foot = QWidget()
        self._foot.setLayout(foot)
        self._empty = EmptyState(
            "table", self.tr("Nothing to sum up yet"), self.tr("Add a layer on the left.")
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.NARROW, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._table, 1)
        column.addWidget(self._empty, 1)
        column.addWidget(self._foot)
        self._table.selectionModel().selectionChanged.connect(self._select)
        self._showing = False

    def show_state(self, old: State | None, new: State) -> None:
        self._showing = True
        self._state = new
        if old is None or old.analysis is not new.analysis:
            # Of one row a batch: the table is per sample.
            self._summary = summarize(new.network, 1, new.analysis, self._summary)
            self._rows.show(self._summary)
            for widget in (self._table, self._foot):
                widget.setVisible(bool(self._summary.rows))
            self._empty.setVisible(not self._summary.rows)
            self._show_totals(new)
        self._show_selection(new.selection)
        self._showing = False

    def copy_text(self) -> None:
        if self._state is not None:
            batch = self._state.project.forward.batch_size
            QApplication.clipboard().setText(
                summarize(self._state.network, batch_size=batch).to_text()
            )

    def _show_totals(self, state: State) -> None:
        totals = state.analysis.totals
        self._totals.setText(
            self.tr("{all} parameters · {trainable} trainable · {frozen} frozen").format(
                all=f"{totals.parameters:,}", trainable=f"{totals.trainable:,}",
                frozen=f"{totals.parameters - totals.trainable:,}",
            )
        )  # fmt: skip
        self._sizes.setText(
            self.tr(
                "{weights} of weights · {macs} MACs and {outputs} of layer outputs per sample"
            ).format(
                weights=size(4 * totals.parameters),
                macs=short(totals.macs),
                outputs=size(4 * totals.activations),
            )
        )

    def _show_selection(self, ids: Sequence[int]) -> None:
        model = self._table.selectionModel()
        rows = [row for row in map(self._rows.number_of, ids) if row >= 0]
        shown = {index.row() for index in model.selectedRows()}
        if set(rows) == shown:
            return
        model.clearSelection()
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for row in rows:
            model.select(self._rows.index(row, 0), flags)
        if rows:
            self._table.scrollTo(self._rows.index(rows[0], 0))

    def _select(self) -> None:
        if self._showing:
            return
        rows = sorted(index.row() for index in self._table.selectionModel().selectedRows())
        ids = [self._rows.row(row).node_id for row in rows]
        self.selected.emit(tuple(dict.fromkeys(ids)))
