"""The design as the familiar table: layer, output shape, parameters, MACs, with totals below."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from engine.views.summary import Summary, summarize
from gui import theme
from gui.document import State
from gui.preferences import account_settings
from gui.status import short, size
from gui.views.summary_painting import Cells
from gui.views.summary_rows import COLUMNS, Rows
from gui.widgets.pieces import EmptyState, plain_label, push_button

KEPT = "summary/columns"
"""Under which the chosen columns are kept."""
NARROWEST = 96
"""Pixels of a name; where it has no more, the table is scrolled sideways."""
STEP = 12
"""Pixels by which a column of words grows and shrinks."""


class _Table(QTableView):
    """A table whose columns of words are as wide as what they show, as far as there is room beside the numbers."""

    def __init__(self, rows: Rows) -> None:
        super().__init__()
        self._rows = rows
        self._cells = Cells(rows.look, self)
        self._needed: dict[int, int] = {}
        """Pixels that columns of words need, by their places."""
        self.setModel(rows)
        self.setItemDelegate(self._cells)
        for place, column in enumerate(COLUMNS):
            self.setColumnWidth(place, column.width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.share_room()

    def measure(self) -> None:
        """Look anew at what the columns of words show."""
        needed: dict[int, int] = {}
        for place, column in enumerate(COLUMNS):
            if column.most:
                widest = max(map(self._cells.width_of, self._rows.distinct(place)), default=0)
                # In steps, so that not every letter moves the table.
                needed[place] = min(-(-widest // STEP) * STEP, column.most)
        if needed != self._needed:
            self._needed = needed
            self.share_room()

    def share_room(self) -> None:
        """Give each column of words what it needs while the names keep theirs; the names get what is left."""
        room = self.viewport().width() - NARROWEST
        room -= sum(
            COLUMNS[place].width if place in self._needed else self.columnWidth(place)
            for place in range(1, len(COLUMNS))
        )
        # Shapes first: a class whose name is cut can still be told from others, a shape cannot.
        for place, needed in sorted(self._needed.items(), reverse=True):
            least = COLUMNS[place].width
            more = max(min(needed - least, room), 0)
            room -= more
            if self.columnWidth(place) != least + more:
                self.setColumnWidth(place, least + more)
        self.setColumnWidth(0, NARROWEST + max(room, 0))


class SummaryView(QWidget):
    """The table, its selection that of the stack, and a line of totals."""

    selected = Signal(object)
    commanded = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: State | None = None
        self._summary: Summary | None = None
        self._rows = Rows(self)
        self._table = _Table(self._rows)
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
        self._chosen = _kept_columns()
        self._show_columns()
        self._totals = plain_label("", "muted", wrap=True)
        self._sizes = plain_label("", "muted", wrap=True)
        copy = push_button(self.tr("Copy as text"), "quiet")
        copy.setToolTip(self.tr("Copy the table in the form of torchsummary"))
        copy.clicked.connect(self.copy_text)
        columns = push_button(self.tr("Columns"), "quiet")
        columns.setToolTip(self.tr("Choose what the table says of each layer"))
        columns.setProperty("opens", "menu")
        columns.setMenu(self._column_menu(columns))
        foot = QHBoxLayout()
        foot.setContentsMargins(theme.WIDE, theme.NARROW, theme.MEDIUM, theme.MEDIUM)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._totals)
        texts.addWidget(self._sizes)
        foot.addLayout(texts, 1)
        self._verify = push_button(self.tr("Check"), "quiet")
        self._verify.setToolTip(
            self.tr("Compare shapes, parameters and MACs with torch itself (F6)")
        )
        self._verify.clicked.connect(lambda: self.commanded.emit("run.verify"))
        buttons = QGridLayout()
        buttons.setSpacing(2)
        buttons.addWidget(self._verify, 0, 0)
        buttons.addWidget(columns, 0, 1)
        buttons.addWidget(copy, 1, 0, 1, 2, Qt.AlignmentFlag.AlignRight)
        foot.addLayout(buttons)
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
            self._rows.show(self._summary, self._detailed)
            self._table.measure()
            for widget in (self._table, self._foot):
                widget.setVisible(bool(self._summary.rows))
            self._empty.setVisible(not self._summary.rows)
            self._verify.setEnabled(new.analysis.valid)
            self._show_totals(new)
        self._show_selection(new.selection)
        self._showing = False

    def copy_text(self) -> None:
        if self._state is not None:
            batch = self._state.project.forward.batch_size
            QApplication.clipboard().setText(
                summarize(self._state.network, batch_size=batch).to_text()
            )

    @property
    def _detailed(self) -> bool:
        """Whether a column is shown that a summary has to work out."""
        return any(column.detailed and column.key in self._chosen for column in COLUMNS)

    def _column_menu(self, parent: QWidget) -> QMenu:
        menu = QMenu(parent)
        menu.setToolTipsVisible(True)
        menu.setAccessibleName(self.tr("Columns of the summary"))
        for column in COLUMNS:
            if column.optional:
                action = QAction(menu)
                action.setText(column.text)
                action.setToolTip(column.help)
                action.setCheckable(True)
                action.setChecked(column.key in self._chosen)
                action.toggled.connect(partial(self._choose, column.key))
                menu.addAction(action)
        return menu

    def _choose(self, key: str, shown: bool) -> None:
        """Show or hide a column, now and from the next start on."""
        self._chosen = self._chosen | {key} if shown else self._chosen - {key}
        account_settings().setValue(KEPT, " ".join(sorted(self._chosen)))
        self._show_columns()
        if self._summary is not None:
            self._rows.show(self._summary, self._detailed)

    def _show_columns(self) -> None:
        for place, column in enumerate(COLUMNS):
            hidden = column.optional and column.key not in self._chosen
            self._table.setColumnHidden(place, hidden)
        self._table.share_room()

    def _show_totals(self, state: State) -> None:
        totals = state.analysis.totals
        said = self.tr("{all} parameters · {trainable} trainable · {frozen} frozen")
        if state.analysis.faults:
            said = self.tr("Up to the fault: {0}").format(said)
        self._totals.setText(
            said.format(
                all=f"{totals.parameters:,}", trainable=f"{totals.trainable:,}",
                frozen=f"{totals.parameters - totals.trainable:,}",
            )
        )  # fmt: skip
        self._sizes.setText(
            self.tr("{weights} weights · {macs} MACs, {outputs} outputs a sample").format(
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


def _kept_columns() -> frozenset[str]:
    """The columns that were chosen last; those of the first start where nothing is kept."""
    kept = account_settings().value(KEPT)
    if not isinstance(kept, str):
        return frozenset(column.key for column in COLUMNS if column.shown)
    chosen = kept.split()
    return frozenset(column.key for column in COLUMNS if column.key in chosen)
