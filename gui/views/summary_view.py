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

from engine.views.facts import NodeFacts, label
from gui import theme
from gui.document import State
from gui.status import short, size
from gui.views.summary_painting import Cells, Look
from gui.widgets.pieces import EmptyState, plain_label, push_button

Index = QModelIndex | QPersistentModelIndex
Place = tuple[str, int, NodeFacts]
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Rows(QAbstractTableModel):
    """The places of an analysis; only rows that differ are announced as changed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._places: list[Place] = []
        self._whole = 0

    def show(self, places: list[Place], whole: int) -> None:
        """Other rows; `whole` is the number of parameters that shares are of."""
        before, same_whole = self._places, self._whole == whole
        if len(before) != len(places):
            self.beginResetModel()
            self._places, self._whole = places, whole
            self.endResetModel()
            return
        self._places, self._whole = places, whole
        changed = [
            row for row, (old, new) in enumerate(zip(before, places, strict=True)) if old != new
        ]
        if changed or not same_whole:
            first, last = (changed[0], changed[-1]) if same_whole else (0, len(places) - 1)
            self.dataChanged.emit(self.index(first, 0), self.index(last, self.columnCount() - 1))

    def place(self, row: int) -> Place:
        return self._places[row]

    def row_of(self, node_id: int) -> int:
        """The first row of a node, -1 where it has none."""
        return next(
            (row for row, place in enumerate(self._places) if place[2].node.id == node_id), -1
        )

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._places)

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
        path, depth, facts = self._places[index.row()]
        column = index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return self._text(path, depth, facts, column)
            case Qt.ItemDataRole.ToolTipRole:
                return facts.fault.sentence if facts.fault is not None else None
            case _:
                return None

    def look(self, row: int, column: int) -> Look:
        """How a cell is painted."""
        path, depth, facts = self._places[row]
        muted = "text" if column in (0, 1, 3) else "text_muted"
        token = "danger" if facts.fault is not None else muted
        bold = column == 1 and bool(facts.stacks)
        font = "mono" if column in (0, 2) else "bold" if bold else "body"
        return Look(self._text(path, depth, facts, column), token, font, column >= 3)

    def _text(self, path: str, depth: int, facts: NodeFacts, column: int) -> str:
        totals = facts.totals
        match column:
            case 0:
                return "    " * depth + path.rpartition(".")[2]
            case 1:
                return label(facts.node)
            case 2:
                return str(facts.output) if facts.output is not None else "?"
            case 3:
                return f"{totals.parameters:,}"
            case 4:
                return (
                    f"{totals.parameters / self._whole:.1%}"
                    if self._whole and totals.parameters
                    else "–"
                )
            case _:
                return short(totals.macs) if totals.macs else "–"


class SummaryView(QWidget):
    """The table, its selection that of the stack, and a line of totals."""

    selected = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: State | None = None
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
        for column, width in enumerate((200, 150, 170, 100, 80, 90)):
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
            places = list(new.analysis.places())
            self._rows.show(places, new.analysis.totals.parameters)
            for widget in (self._table, self._foot):
                widget.setVisible(bool(places))
            self._empty.setVisible(not places)
            self._show_totals(new)
        self._show_selection(new.selection)
        self._showing = False

    def copy_text(self) -> None:
        from engine import summarize

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
        rows = [row for row in map(self._rows.row_of, ids) if row >= 0]
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
        ids = [self._rows.place(row)[2].node.id for row in rows]
        self.selected.emit(tuple(dict.fromkeys(ids)))
