"""The runs of a project side by side: a table to sort, their curves one over the other, and what tells two apart."""

from __future__ import annotations

from functools import partial
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    QTimer,
)
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from engine.catalogue.losses import Loss
from engine.design.error import DesignError
from engine.files import runs
from engine.files.runs import Overview
from engine.views.run_difference import differences
from engine.worker.protocol import Training
from gui import theme
from gui.run.curves import EPOCH, LOSS, VALIDATION, Curves, read
from gui.run.trainer import Trainer
from gui.saving import ask_and_save
from gui.tokens import SERIES
from gui.widgets.pieces import ElidedLabel, push_button
from gui.widgets.plain_table import plain_table
from gui.widgets.plot import Plot, Series
from gui.widgets.plot_axis import number_text

Index = QModelIndex | QPersistentModelIndex
NAME, SCORE, LOSS_AT_END, EPOCHS, OPTIMIZER, RATE, BATCH, SEED, TAGS, STARTED = range(10)
SORT = Qt.ItemDataRole.UserRole
MOST_CURVES = len(SERIES)


class RunRows(QAbstractTableModel):
    """Runs with what their folders say; name and tags can be written into."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[Overview] = []
        self.present: Path | None = None
        self.failed = ""
        """Why the last name was not written."""

    def show(self, rows: list[Overview], present: Path | None) -> None:
        self.beginResetModel()
        self.rows, self.present = rows, present
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 10

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() in (NAME, TAGS) else flags

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(section)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            self.tr("run"), self.tr("score"), self.tr("loss"), self.tr("epochs"), self.tr("optimizer"),
            self.tr("rate"), self.tr("batch"), self.tr("seed"), self.tr("tags"), self.tr("begun (UTC)"),
        )[section]  # fmt: skip

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return self._text(row, column)
            case Qt.ItemDataRole.EditRole:
                return ", ".join(row.facts.tags) if column == TAGS else row.facts.name
            case Qt.ItemDataRole.TextAlignmentRole:
                return _side(column)
            case Qt.ItemDataRole.FontRole:
                return (
                    theme.body_font(theme.BODY, bold=True) if row.folder == self.present else None
                )
            case x if x == SORT:
                return self._sorted_by(row, column)
            case _:
                return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Rename a run, or tag it: words with commas between."""
        if role != Qt.ItemDataRole.EditRole:
            return False
        row, text = self.rows[index.row()], str(value).strip()
        try:
            if index.column() == TAGS:
                tags = tuple(
                    dict.fromkeys(part.strip() for part in text.split(",") if part.strip())
                )
                facts = runs.change_facts(row.folder, tags=tags)
            else:
                facts = runs.change_facts(row.folder, name=text[:200] or row.folder.name)
        except DesignError as error:
            self.failed = str(error)
            return False
        self.rows[index.row()] = row._replace(facts=facts)
        self.dataChanged.emit(index, index)
        return True

    def _text(self, row: Overview, column: int) -> str:
        training = row.facts.project.training
        loss = training.loss
        assert isinstance(loss, Loss)
        match column:
            case x if x == NAME:
                return row.facts.name
            case x if x == SCORE:
                if not isfinite(row.score):
                    return "–"
                return (
                    number_text(row.score, 3) if loss.task == "regression" else f"{row.score:.1%}"
                )
            case x if x == LOSS_AT_END:
                return number_text(row.loss, 3) if isfinite(row.loss) else "–"
            case x if x == EPOCHS:
                done = f"{row.epoch:,}"
                return done if row.epoch == training.epochs else f"{done} / {training.epochs:,}"
            case x if x == OPTIMIZER:
                return training.optimizer.title()
            case x if x == RATE:
                return number_text(float(training.optimizer.values()["lr"]), 3)
            case x if x == BATCH:
                return f"{training.batch_size:,}"
            case x if x == SEED:
                return str(training.seed)
            case x if x == TAGS:
                return ", ".join(row.facts.tags)
            case _:
                return row.facts.started.replace("T", " ")

    def _sorted_by(self, row: Overview, column: int) -> Any:
        training = row.facts.project.training
        numbers = {
            SCORE: row.score, LOSS_AT_END: row.loss, EPOCHS: row.epoch, BATCH: training.batch_size,
            RATE: float(training.optimizer.values()["lr"]), SEED: training.seed,
        }  # fmt: skip
        if column in numbers:
            number = float(numbers[column])
            return number if isfinite(number) else -1e300
        return self._text(row, column)


class RunsPage(QWidget):
    """The table on the left, the curves of what is selected on the right, and below what tells them apart."""

    def __init__(self, trainer: Trainer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._trainer = trainer
        self._read: dict[Path, tuple[int, Curves]] = {}
        self._rows = RunRows(self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self._rows)
        self._sorted.setSortRole(SORT)
        self._table = _table(self._sorted, self.tr("Runs"))
        self._table.selectionModel().selectionChanged.connect(self._choose)
        self._table.doubleClicked.connect(self._bring_back)
        self._plot = Plot(self.tr("loss of the runs"))
        self._plot.set_axis_labels(x=self.tr("epoch"))
        self._plot.set_empty_text(self.tr("Select runs to see their curves."))
        self._plot.save_requested.connect(self._save)
        self._said = ElidedLabel("", token="text_muted")
        self._show = push_button(self.tr("Show"), "quiet")
        self._show.setToolTip(self.tr("Bring this run back, to look at it and to go on with it"))
        self._show.clicked.connect(lambda: self._bring_back())
        self._rename = push_button(self.tr("Rename"), "quiet")
        self._rename.clicked.connect(lambda: self._edit_name())
        self._delete = push_button(self.tr("Delete"), "quiet")
        self._delete.clicked.connect(lambda: self._ask_delete())
        self._sure = self._is_renewing = False
        foot = QHBoxLayout()
        foot.setSpacing(theme.NARROW)
        foot.addWidget(self._said, 1)
        for button in (self._show, self._rename, self._delete):
            foot.addWidget(button)
        row = QHBoxLayout()
        row.setSpacing(theme.MEDIUM)
        row.addWidget(self._table, 3)
        row.addWidget(self._plot, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.TIGHT)
        column.addLayout(row, 1)
        column.addLayout(foot)
        self._soon = QTimer(self, interval=100, singleShot=True)
        self._soon.timeout.connect(self._renew)
        trainer.renewed.connect(self._soon.start)
        trainer.told.connect(self._hear)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._renew()

    def _hear(self, told: Training) -> None:
        if told.phase != "running":
            self._soon.start()

    def _renew(self) -> None:
        """Read the runs again; what was selected stays so."""
        if not self.isVisible():
            return
        before = {each.folder for each in self._selected()}
        found: list[Overview] = []
        for folder in reversed(self._trainer.kept()):
            try:
                found.append(runs.overview(folder))
            except DesignError as error:
                self._said.set_text(str(error))
        present = self._trainer.run.folder
        sure, self._is_renewing = self._sure, True
        self._rows.show(found, present)
        wanted = before or ({present} if present is not None else set[Path]())
        selection = self._table.selectionModel()
        flags = selection.SelectionFlag.Select | selection.SelectionFlag.Rows
        for place, each in enumerate(found):
            if each.folder in wanted:
                selection.select(self._sorted.mapFromSource(self._rows.index(place, 0)), flags)
        self._is_renewing = False
        self._show_selected()
        self._be_sure(sure and before == {each.folder for each in self._selected()})

    def _selected(self) -> list[Overview]:
        places = self._table.selectionModel().selectedRows()
        return [self._rows.rows[self._sorted.mapToSource(each).row()] for each in places]

    def _choose(self, *_: object) -> None:
        """A person has selected others; what was asked before is asked again."""
        if not self._is_renewing:
            self._be_sure(False)
            self._show_selected()

    def _show_selected(self) -> None:
        selected = self._selected()
        for button in (self._show, self._rename):
            button.setEnabled(len(selected) == 1)
        self._delete.setEnabled(bool(selected))
        series: list[Series] = []
        for order, each in enumerate(selected[:MOST_CURVES]):
            curves = self._curves(each.folder)
            judged = curves.epochs.column(VALIDATION)
            y = judged if np.isfinite(judged).any() else curves.epochs.column(LOSS)
            if len(y):
                series.append(
                    Series(curves.epochs.column(EPOCH), y, each.facts.name, SERIES[order])
                )
        self._plot.display(series)
        self._say(selected)

    def _say(self, selected: list[Overview]) -> None:
        if not self._rows.rows:
            self._said.set_text(
                self.tr("No run is kept yet. Every training is kept beside the project's file.")
            )
            return
        if len(selected) == 2:
            first, second = sorted(selected, key=self._rows.rows.index, reverse=True)
            found = differences(first.facts.project, second.facts.project)
            told = " · ".join(
                f"{each.field} {each.before or '–'} → {each.after or '–'}" for each in found
            )
            text = self.tr("{0} and {1}: {2}")
            nothing = self.tr("the same design and recipe")
            self._said.set_text(text.format(first.facts.name, second.facts.name, told or nothing))
        elif len(selected) == 1:
            self._said.set_text(" · ".join(selected[0].facts.changes) or str(selected[0].folder))
        else:
            self._said.set_text(self.tr("Two selected runs are told apart here."))

    def _curves(self, folder: Path) -> Curves:
        """Those of a run, read again only when its log has grown."""
        try:
            length = (folder / runs.METRICS).stat().st_size
            if folder not in self._read or self._read[folder][0] != length:
                self._read[folder] = (length, read(runs.read_metrics(folder)))
        except (OSError, DesignError):
            return Curves()
        return self._read[folder][1]

    # --- what is done with them --------------------------------------------------------------------

    def _bring_back(self, _: object = None) -> None:
        for each in self._selected()[:1]:
            try:
                self._trainer.bring_back(each.folder)
            except DesignError as error:
                self._said.set_text(str(error))
        self._renew()

    def _edit_name(self) -> None:
        places = self._table.selectionModel().selectedRows()
        if places:
            self._table.edit(places[0])

    def _ask_delete(self) -> None:
        """The first click asks, the second one deletes."""
        if not self._sure:
            self._be_sure(True)
            return
        for each in self._selected():
            try:
                self._trainer.delete(each.folder)
            except DesignError as error:
                self._said.set_text(str(error))
                self._be_sure(False)
                return
        self._table.clearSelection()
        self._renew()

    def _be_sure(self, sure: bool) -> None:
        self._sure = sure
        count = len(self._selected())
        text = self.tr("Delete")
        if sure and count == 1:
            text = self.tr("Delete for good?")
        elif sure:
            text = self.tr("Delete {0} for good?").format(count)
        self._delete.setText(text)
        self._delete.setAccessibleName(text)

    def _save(self, kind: str) -> None:
        ask_and_save(self, "runs", kind, partial(self._plot.exported, kind))  # type: ignore[arg-type]


def _side(column: int) -> Qt.AlignmentFlag:
    numbers = (SCORE, LOSS_AT_END, EPOCHS, RATE, BATCH, SEED)
    side = Qt.AlignmentFlag.AlignRight if column in numbers else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _table(model: QSortFilterProxyModel, name: str) -> QTableView:
    table = plain_table(model, name)
    table.setSortingEnabled(True)
    table.sortByColumn(STARTED, Qt.SortOrder.DescendingOrder)
    table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setStretchLastSection(True)
    return table
