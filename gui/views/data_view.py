"""The rows that the network sees: which data set, how it is scaled, and a look at what it holds."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from engine.catalogue import DATASETS
from engine.catalogue.datasets import Dataset
from engine.catalogue.files import CsvFile, NpyFile
from engine.design.edit import SetInputs
from engine.design.error import DesignError
from engine.design.kind import TensorSpec
from engine.design.project import SCALINGS, SetData
from engine.design.value import replace
from engine.files.document import to_document
from engine.worker.protocol import Result, Rows
from gui import theme
from gui.asking import Ask, Ticket
from gui.document import State
from gui.inspector.entry_form import EntryForm
from gui.widgets.choice import Choice
from gui.widgets.form import Form
from gui.widgets.options import Option, entry_options
from gui.widgets.pieces import Notice, plain_label, push_button
from gui.widgets.rows_table import RowsTable

SHOWN_ROWS = 200
FORM_WIDTH = 300


class DataView(QWidget):
    """Chooses and describes the data set on the left, shows its first rows on the right."""

    wished = Signal(object)
    sealed = Signal()

    def __init__(self, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ask = ask
        self._state: State | None = None
        self._ticket: Ticket | None = None
        self._set = Choice()
        self._set.set_options(entry_options(DATASETS))
        self._set.setAccessibleName(self.tr("Data set"))
        self._set.chosen.connect(self._choose_set)
        self._fields = EntryForm()
        self._fields.edited.connect(self._edit_field)
        self._fields.finished.connect(self.sealed)
        self._browse = push_button(self.tr("Choose a file…"))
        self._browse.clicked.connect(self._ask_file)
        self._scaling = Choice()
        self._scaling.set_options(
            [Option(word, self._scaling_title(word), self._scaling_help(word)) for word in SCALINGS]
        )
        self._scaling.chosen.connect(self._choose_scaling)
        self._help = plain_label("", "muted", wrap=True)
        self._facts = plain_label("", "", wrap=True)
        self._mismatch = Notice()
        self._mismatch.acted.connect(self._match_input)
        self._table = RowsTable()
        self._caption = plain_label("", "muted", wrap=True)
        form = Form()
        form.add_row(self.tr("data set"), self._set, self.tr("Where rows come from."), mono=False)
        form.add_row(
            self.tr("scaling"),
            self._scaling,
            self.tr("What is done to each column first."),
            mono=False,
        )
        left = QVBoxLayout()
        left.setSpacing(theme.MEDIUM)
        left.addWidget(form)
        left.addWidget(self._fields)
        left.addWidget(self._browse, alignment=Qt.AlignmentFlag.AlignLeft)
        left.addWidget(self._facts)
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
        right = QVBoxLayout()
        right.setSpacing(theme.NARROW)
        right.addWidget(self._mismatch)
        right.addWidget(self._caption)
        right.addWidget(self._table, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.WIDE, theme.WIDE, theme.WIDE, theme.MEDIUM)
        row.setSpacing(theme.MEDIUM)
        row.addWidget(area)
        row.addLayout(right, 1)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(150)
        self._soon.timeout.connect(self._ask_rows)

    def show_state(self, old: State | None, new: State) -> None:
        self._state = new
        data = new.project.data
        if (
            old is None
            or old.project.data is not data
            or old.network.inputs is not new.network.inputs
        ):
            entry = data.set
            assert isinstance(entry, Dataset)
            self._set.set_current(entry.key())
            self._fields.show_entries((entry,), type(entry))
            self._scaling.set_current(data.scaling)
            self._browse.setVisible(isinstance(entry, CsvFile | NpyFile))
            self._facts.setText(_facts(entry))
            self._help.setText(entry.help())
            self._show_mismatch(new, entry)
            self._soon.start()

    # --- wishes --------------------------------------------------------------------------------------------------

    def _choose_set(self, key: str) -> None:
        self._wish_set(DATASETS[key]())

    def _wish_set(self, entry: Dataset) -> None:
        if self._state is not None:
            self.sealed.emit()
            self.wished.emit(SetData(replace(self._state.project.data, set=entry)))

    def _edit_field(self, name: str, value: object) -> None:
        if self._state is None:
            return
        data = self._state.project.data
        try:
            entry = data.set.with_fields(**{name: value})
        except DesignError:
            return
        self.wished.emit(SetData(replace(data, set=entry)))

    def _choose_scaling(self, word: str) -> None:
        if self._state is not None:
            self.sealed.emit()
            self.wished.emit(SetData(replace(self._state.project.data, scaling=word)))  # type: ignore[arg-type]

    def _ask_file(self) -> None:
        if self._state is None:
            return
        entry = self._state.project.data.set
        table = isinstance(entry, CsvFile)
        kinds = self.tr("Tables (*.csv *.tsv *.txt)") if table else self.tr("Arrays (*.npy)")
        start = str(Path(str(entry.values()["path"])).parent) if entry.values().get("path") else ""
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Choose a file"), start, kinds)
        if chosen:
            self.sealed.emit()
            self._edit_field("path", chosen)

    def _match_input(self) -> None:
        """Give the network's first input the shape of the data set's rows."""
        state = self._state
        if state is None or not state.network.inputs:
            return
        entry = state.project.data.set
        if isinstance(entry, Dataset) and entry.row_shape is not None:
            first, *others = state.network.inputs
            changed = replace(first, spec=TensorSpec(entry.row_shape))
            self.sealed.emit()
            self.wished.emit(SetInputs((changed, *others)))

    # --- showing -------------------------------------------------------------------------------------------------

    def _show_mismatch(self, state: State, entry: Dataset) -> None:
        spec = state.network.inputs[0].spec if state.network.inputs else None
        if spec is None or entry.row_shape is None or entry.row_shape == spec.shape:
            self._mismatch.hide()
            return
        wanted = " × ".join(map(str, entry.row_shape))
        found = " × ".join(map(str, spec.shape)) or "1"
        text = self.tr("A row of {set} is {wanted}, but the network takes {found}.")
        self._mismatch.show_message(
            "warning", text.format(set=entry.title(), wanted=wanted, found=found),
            self.tr("Make the input {wanted}").format(wanted=wanted),
        )  # fmt: skip

    def _ask_rows(self) -> None:
        state = self._state
        if state is None:
            return
        if self._ticket is not None:
            self._ticket.cancel()
        self._caption.setText(self.tr("Reading…"))
        request = Rows(project=to_document(state.project), count=SHOWN_ROWS)
        self._ticket = self._ask(request, self._show_rows, self._show_failure, "rows")

    def _show_rows(self, result: Result) -> None:
        self._ticket = None
        values, x = result.values, result.arrays["x"].to_numpy()
        self._caption.setText(str(values["where_from"]))
        self._table.show_rows(
            x.reshape(len(x), -1),  # a picture is a row of pixels
            result.arrays["y"].to_numpy() if "y" in result.arrays else None,
            tuple(values["feature_names"]),
            tuple(values["class_names"]),
        )

    def _show_failure(self, sentence: str) -> None:
        self._ticket = None
        self._caption.setText("")
        self._table.show_nothing(sentence)

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
