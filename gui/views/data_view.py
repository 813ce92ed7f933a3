"""The rows that the network sees: which data set, how it is split and scaled, and a look at what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from engine.catalogue import DATASETS
from engine.catalogue.datasets import Dataset, RandomInput, RowFacts
from engine.catalogue.files import (
    CsvFile,
    FileSet,
    IdxFile,
    ImageFolder,
    NpyFile,
    NpzFile,
    ParquetFile,
    TabularFile,
)
from engine.design.error import DesignError
from engine.design.kind import TensorSpec
from engine.design.project import DATA_RANGES, SCALINGS, SetData
from engine.design.value import replace
from engine.files.document import to_document
from engine.views.data_fit import DataMisfit, misfits
from engine.worker.protocol import Result, Rows
from gui import theme
from gui.asking import Ask, Ticket
from gui.document import State
from gui.inspector.entry_form import EntryForm
from gui.inspector.segments import Segments
from gui.views.balance import Balance, visible
from gui.views.column_menu import ColumnMenu
from gui.views.ranges import ColumnRanges
from gui.views.thumbnails import Thumbnails
from gui.widgets.choice import Choice
from gui.widgets.fields import IntegerField, Switch, number_field
from gui.widgets.form import Form
from gui.widgets.options import Option, entry_options
from gui.widgets.pieces import Notice, plain_label, push_button
from gui.widgets.plain_table import plain_table
from gui.widgets.rows_table import RowsTable

SHOWN_ROWS = 200
FORM_WIDTH = 300

ENDINGS: Mapping[type[FileSet], str] = {
    CsvFile: "*.csv *.tsv *.txt *.gz", ParquetFile: "*.parquet", NpyFile: "*.npy", NpzFile: "*.npz",
    IdxFile: "*ubyte *.gz *.idx",
}  # fmt: skip
"""Of the files that a set is read from; a text may have any."""


class DataView(QWidget):
    """Chooses and describes the data set on the left, shows its rows, columns and pictures on the right."""

    wished = Signal(object)
    sealed = Signal()

    def __init__(self, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ask = ask
        self._state: State | None = None
        self._ticket: Ticket | None = None
        self._facts_of: tuple[Dataset, RowFacts] | None = None
        """What the worker has found in a file, and in which."""
        self._all_columns: tuple[str, ...] = ()
        self._target = ""
        self._offered: tuple[str, ...] | None = None
        self._misfit: DataMisfit | None = None
        self._set = Choice()
        self._set.set_options(entry_options(DATASETS))
        self._set.setAccessibleName(self.tr("Data set"))
        self._set.chosen.connect(self._choose_set)
        self._fields = EntryForm()
        self._fields.edited.connect(self._edit_field)
        self._fields.finished.connect(self.sealed)
        self._browse = push_button(self.tr("Choose a file…"))
        self._browse.clicked.connect(self._ask_file)
        self._columns = push_button(self.tr("Columns…"))
        self._columns.clicked.connect(self._open_columns)
        self._scaling = Choice()
        self._scaling.set_options(
            [Option(word, self._scaling_title(word), self._scaling_help(word)) for word in SCALINGS]
        )
        self._scaling.chosen.connect(partial(self._wish, "scaling"))
        self._share = number_field(DATA_RANGES["train_share"])
        self._share.edited.connect(partial(self._wish, "train_share"))
        self._seed = IntegerField(0, 2**31 - 1)
        self._seed.edited.connect(partial(self._wish, "seed"))
        self._stratified = Switch()
        self._stratified.edited.connect(partial(self._wish, "stratified"))
        for field in (self._share, self._seed, self._stratified):
            field.finished.connect(self.sealed)
        self._help = plain_label("", "muted", wrap=True)
        self._facts = plain_label("", "", wrap=True)
        self._balance = Balance()
        self._mismatch = Notice()
        self._mismatch.acted.connect(self._mend)
        self._table = RowsTable()
        self._ranges = ColumnRanges(self)
        ranges = plain_table(self._ranges, self.tr("Columns"))
        ranges.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._pictures = Thumbnails()
        self._what = Segments(self.tr("What is shown of the data"))
        self._what.chosen.connect(self.show_page)
        self._caption = plain_label("", "muted", wrap=True)
        form = Form()
        form.add_row(self.tr("data set"), self._set, self.tr("Where rows come from."), mono=False)
        split = Form()
        for name, field, help in (
            (self.tr("scaling"), self._scaling, self.tr("What is done to each column first.")),
            (self.tr("share that trains"), self._share, self.tr("The other rows judge what has been learnt.")),
            (self.tr("seed of the split"), self._seed, self.tr("Which rows train follows from it.")),
            (self.tr("every class alike"), self._stratified, self.tr("Of each class the same share trains.")),
        ):  # fmt: skip
            split.add_row(name, field, help, mono=False)
        self._split = split
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.NARROW)
        buttons.addWidget(self._browse)
        buttons.addWidget(self._columns)
        buttons.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(theme.MEDIUM)
        left.addWidget(form)
        left.addLayout(buttons)
        left.addWidget(self._fields)
        left.addWidget(split)
        left.addWidget(self._facts)
        left.addWidget(self._balance)
        left.addWidget(self._help)
        left.addStretch(1)
        left.setContentsMargins(0, 0, theme.MEDIUM, 0)
        holder = QWidget()
        holder.setLayout(left)
        area = QScrollArea()
        area.setWidget(holder)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for each in (holder, area.viewport()):
            each.setAutoFillBackground(False)  # the sheet behind shows through
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setFixedWidth(FORM_WIDTH + theme.MEDIUM)
        pages = QWidget()
        self._pages = QStackedLayout(pages)
        for page in (self._table, ranges, self._pictures):
            self._pages.addWidget(page)
        right = QVBoxLayout()
        right.setSpacing(theme.NARROW)
        right.addWidget(self._caption)
        right.addWidget(self._what)
        right.addWidget(pages, 1)
        row = QHBoxLayout()
        row.setSpacing(theme.MEDIUM)
        row.addWidget(area)
        row.addLayout(right, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(theme.WIDE, theme.WIDE, theme.WIDE, theme.MEDIUM)
        whole.setSpacing(theme.MEDIUM)
        whole.addWidget(self._mismatch)
        whole.addLayout(row, 1)
        self._offer_pages(())
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(150)
        self._soon.timeout.connect(self._ask_rows)

    def show_state(self, old: State | None, new: State) -> None:
        self._state = new
        data, before = new.project.data, None if old is None else old.project
        if before is None or before.data is not data:
            entry = data.set
            assert isinstance(entry, Dataset)
            self._set.set_current(entry.key())
            self._fields.show_entries((entry,), type(entry))
            self._scaling.set_current(data.scaling)
            self._share.set_value(data.train_share)
            self._seed.set_value(data.seed)
            self._stratified.set_value(data.stratified)
            self._split.setVisible(not isinstance(entry, RandomInput))
            folder = isinstance(entry, ImageFolder)
            self._browse.setText(
                self.tr("Choose a folder…") if folder else self.tr("Choose a file…")
            )
            self._browse.setVisible(isinstance(entry, FileSet))
            self._columns.setVisible(isinstance(entry, TabularFile))
            self._facts.setText(_facts(entry))
            self._facts.setVisible(bool(_facts(entry)))
            self._help.setText(entry.help())
        if (
            before is None or before.data is not data
            or before.network.inputs is not new.network.inputs
        ):  # fmt: skip
            self._soon.start()
        if (
            before is None or before.data is not data or before.network is not new.network
            or before.training.loss is not new.project.training.loss
        ):  # fmt: skip
            self._show_mismatch()

    # --- wishes --------------------------------------------------------------------------------------------------

    def _choose_set(self, key: str) -> None:
        if self._state is not None:
            self.sealed.emit()
            self.wished.emit(SetData(replace(self._state.project.data, set=DATASETS[key]())))

    def _edit_field(self, name: str, value: object) -> None:
        if self._state is None:
            return
        data = self._state.project.data
        try:
            entry = data.set.with_fields(**{name: value})
        except DesignError:
            return
        self.wished.emit(SetData(replace(data, set=entry)))

    def _wish(self, name: str, value: object) -> None:
        if self._state is not None:
            if name == "scaling":
                self.sealed.emit()
            self.wished.emit(SetData(replace(self._state.project.data, **{name: value})))

    def _ask_file(self) -> None:
        if self._state is None:
            return
        entry = self._state.project.data.set
        path = str(entry.values().get("path") or "")
        start = str(Path(path).parent) if path else ""
        if isinstance(entry, ImageFolder):
            chosen = QFileDialog.getExistingDirectory(self, self.tr("Choose a folder"), path)
        else:
            every = self.tr("All files (*)")
            ending = ENDINGS.get(type(entry), "") if isinstance(entry, FileSet) else ""
            kinds = f"{entry.title()} ({ending});;{every}" if ending else every
            chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Choose a file"), start, kinds)
        if chosen:
            self.sealed.emit()
            self._edit_field("path", chosen)

    def _open_columns(self) -> None:
        entry = self._state.project.data.set if self._state is not None else None
        if isinstance(entry, TabularFile):
            menu = ColumnMenu(entry, self._all_columns, self._target, self)
            menu.wished.connect(self._edit_field)
            menu.popup(self._columns.mapToGlobal(self._columns.rect().bottomLeft()))

    def _mend(self) -> None:
        """What the message offers, which may bring the next one to light."""
        if self._misfit is not None and self._misfit.edit is not None:
            self.sealed.emit()
            self.wished.emit(self._misfit.edit)

    # --- showing -------------------------------------------------------------------------------------------------

    def _show_mismatch(self) -> None:
        state = self._state
        if state is None:
            return
        entry = state.project.data.set
        assert isinstance(entry, Dataset)
        facts = entry.facts()
        if facts is None and self._facts_of is not None and self._facts_of[0] == entry:
            facts = self._facts_of[1]
        called = (entry.brief() or entry.title()) if isinstance(entry, FileSet) else entry.title()
        found = None if facts is None else next(misfits(state.project, facts, called), None)
        self._misfit = found
        if found is None:
            self._mismatch.hide()
        else:
            self._mismatch.show_message("warning", found.sentence, found.title)

    def _ask_rows(self) -> None:
        state = self._state
        if state is None:
            return
        if self._ticket is not None:
            self._ticket.cancel()
        self._caption.setText(self.tr("Reading…"))
        request = Rows(project=to_document(state.project), count=SHOWN_ROWS)
        entry = state.project.data.set
        assert isinstance(entry, Dataset)
        self._ticket = self._ask(
            request, partial(self._show_rows, entry), self._show_failure, "rows"
        )

    def _show_rows(self, entry: Dataset, result: Result) -> None:
        self._ticket = None
        values, x = result.values, result.arrays["x"].to_numpy()
        y = result.arrays["y"].to_numpy() if "y" in result.arrays else None
        classes = tuple(values["class_names"])
        facts: Mapping[str, Any] | None = values["facts"]
        self._caption.setText(str(values["where_from"]))
        self._all_columns, self._target = tuple(values["columns"]), str(values["target"])
        if facts is not None:
            target = None if facts["target"] is None else tuple(facts["target"])
            given = TensorSpec(tuple(facts["shape"]), facts["dtype"])
            found = RowFacts(given, facts["classes"], target, facts["vocabulary"])
            self._facts_of = (entry, found)
            self._show_mismatch()
        self._balance.show_counts(classes, tuple(values["balance"]))
        tokens = ()
        if facts is not None and facts["vocabulary"] == len(classes) > 0:
            tokens = tuple(visible(name) for name in classes)
        self._table.show_rows(
            x.reshape(len(x), -1),  # a picture is a row of pixels
            y if y is not None and y.ndim == 1 else None,
            tuple(values["feature_names"]),
            classes,
            tokens,
        )
        self._ranges.show(values["ranges"])
        pages = ["rows"]
        if values["ranges"]:
            pages.append("columns")
        if facts is not None and x.ndim == 4 and x.shape[1] in (1, 3) and len(x):
            names = [] if y is None or y.ndim > 1 else [
                classes[int(each)] if classes else f"{float(each):.4g}" for each in y
            ]  # fmt: skip
            self._pictures.show_pictures(x, names)
            pages.insert(0, "pictures")
        self._offer_pages(tuple(pages))

    def _offer_pages(self, pages: tuple[str, ...]) -> None:
        titles = {
            "rows": self.tr("Rows"),
            "columns": self.tr("Columns"),
            "pictures": self.tr("Pictures"),
        }
        if pages == self._offered:
            return
        self._offered = pages
        self._what.set_choices([(each, titles[each]) for each in pages])
        self._what.setVisible(len(pages) > 1)
        self.show_page(next(iter(pages), "rows"))

    def show_page(self, page: str) -> None:
        """Show "rows", "columns" or "pictures"."""
        self._what.set_current(page)
        self._pages.setCurrentIndex(("rows", "columns", "pictures").index(page))

    def _show_failure(self, sentence: str) -> None:
        self._ticket = None
        self._caption.setText("")
        self._balance.show_counts((), ())
        self._offer_pages(())
        self._table.show_nothing(sentence[:1].upper() + sentence[1:])

    def _scaling_title(self, word: str) -> str:
        match word:
            case "none":
                return self.tr("as they are")
            case "standardised":
                return self.tr("standardised")
            case _:
                return self.tr("unit range")

    def _scaling_help(self, word: str) -> str:
        match word:
            case "none":
                return self.tr("Columns keep their own units.")
            case "standardised":
                return self.tr("Each column has mean 0 and standard deviation 1.")
            case _:
                return self.tr("Each column runs from 0 to 1.")


def _facts(entry: Dataset) -> str:
    count = entry.rows()
    parts = [entry.brief(), f"{count:,} rows" if count else ""]
    return " · ".join(part for part in parts if part)
