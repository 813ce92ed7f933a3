"""The open design beside another one: what came, went, moved and changed, what that costs, and the lines of code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QModelIndex, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from engine.design.error import DesignError
from engine.views.comparison import Comparison, Sums, What
from gui import theme
from gui.comparing import Answer, Code, Comparing, File, Saved, Source, Template
from gui.document import State
from gui.preferences import Preferences
from gui.status import short
from gui.views.code_difference import CodeDifference
from gui.views.comparison_rows import COLUMNS, WIDTHS, ComparisonRows
from gui.views.summary_painting import Cells
from gui.widgets.choice import Choice
from gui.widgets.dialog import Dialog
from gui.widgets.options import Option
from gui.widgets.pieces import Notice, Severity, plain_label, push_button
from resources.samples import TEMPLATES

SAVED, FILE = "saved", "file"
Select = Callable[[tuple[int, ...]], None]


class CompareDialog(Dialog):
    """Compares with what is chosen at the top; a row that is gone to selects its layer in the stack."""

    def __init__(
        self, parent: QWidget, state: State, preferences: Preferences, select: Select
    ) -> None:
        super().__init__(parent, self.tr("Compare this design with another"))
        self.resize(QSize(1120, 700))
        self._state = state
        self._preferences = preferences
        self._select = select
        self._file: Path | None = None
        self._other = ""
        self._work = Comparing(self, self._show)
        self._notice = Notice()
        self._totals = _Totals()
        self._rows = ComparisonRows(self)
        self._table = self._made_table()
        self._code = CodeDifference()
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.addTab(self._table, self.tr("Layers"))
        self._tabs.addTab(self._code, self.tr("Code"))
        self.body.addLayout(self._chooser())
        for widget in (self._notice, self._totals):
            self.body.addWidget(widget)
        self.body.addWidget(self._tabs, 1)
        self.body.addStretch(0)  # what is below the notice while there is no table
        self.add_button(self.tr("Close"), "primary", closes=True)
        self._with.setFocus()
        first = self._first()
        if first:
            self._choose(first)
        else:
            self._show_hint()

    # --- what to compare with --------------------------------------------------------------------------------------

    def _chooser(self) -> QHBoxLayout:
        self._with = Choice()
        self._with.setAccessibleName(self.tr("Compare with"))
        self._with.set_options(self._options())
        self._with.chosen.connect(self._choose)
        row = QHBoxLayout()
        row.setSpacing(theme.NARROW)
        row.addWidget(plain_label(self.tr("Compare with"), "muted"))
        row.addWidget(self._with, 1)
        opener = push_button(self.tr("Open a file…"))
        opener.setToolTip(self.tr("Another project, or a Python file with a network in it"))
        opener.clicked.connect(self._ask_file)
        row.addWidget(opener)
        return row

    def _options(self) -> list[Option]:
        own: list[Option] = []
        if self._state.saved is not None and not self._state.is_saved:
            own.append(
                Option(SAVED, self.tr("The last saved version"), group=self.tr("This design"))
            )
        if self._file is not None:
            own.append(
                Option(FILE, self._file.name, str(self._file.parent), group=self.tr("A file"))
            )
        networks = self.tr("Known networks")
        return own + [
            Option(name, QCoreApplication.translate("gallery", each.title), group=networks,
                   aliases=(name, each.paper))
            for name, each in TEMPLATES.items() if name != "empty"
        ]  # fmt: skip

    def _first(self) -> str:
        """What is compared with before anybody has chosen; "" where only the person can know."""
        return SAVED if self._state.saved is not None and not self._state.is_saved else ""

    def _ask_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, self.tr("Compare with a file"), self._preferences.folder,
            self.tr("Projects and Python files (*.loom *.py);;All files (*)"),
        )  # fmt: skip
        if chosen:
            self.compare_with(Path(chosen))

    def compare_with(self, path: Path) -> None:
        """Compare with the network in a file."""
        self._file = path
        self._with.set_options(self._options())
        self._choose(FILE)

    def _choose(self, key: str) -> None:
        self._with.set_current(key)
        source = self._source(key)
        match source:
            case Saved():
                self._other = self.tr("Last saved")
            case File():
                self._other = source.path.name
            case Template():
                self._other = QCoreApplication.translate("gallery", TEMPLATES[key].title)
        self._clear()
        self._notice.show_message("note", self.tr("Comparing…"))
        self._work.begin(source, self._state.network)

    def _source(self, key: str) -> Source:
        if key == SAVED and self._state.saved is not None:
            return Saved(self._state.saved.network)
        return File(self._file) if key == FILE and self._file is not None else Template(key)

    # --- what comes of it -------------------------------------------------------------------------------------------

    def _show_hint(self) -> None:
        self._clear()
        said = self.tr(
            "Nothing has changed since the design was saved. Choose a known network, or open a file."
        )
        if self._state.saved is None:
            said = self.tr(
                "This design has not been saved yet. Choose a known network, or open a file."
            )
        self._notice.show_message("note", said)

    def _clear(self) -> None:
        self._rows.show(None)
        self._totals.hide()
        self._tabs.hide()

    def _show(self, answer: Answer) -> None:
        if isinstance(answer, DesignError):
            said = self.tr("{name} cannot be compared: {why}")
            self._notice.show_message("danger", said.format(name=self._other, why=answer))
            return
        comparison = answer.comparison
        self._rows.show(comparison)
        self._totals.show_sums(self._other, *comparison.sums)
        self._totals.show()
        # A table without a row says less than the sentence above it.
        self._tabs.setVisible(not comparison.is_empty)
        severity, said = self._said(comparison)
        self._notice.show_message(severity, said)
        self._show_code(answer.code)

    def _said(self, comparison: Comparison) -> tuple[Severity, str]:
        faults: list[str] = []
        for name, analysis in (
            (self._other, comparison.before),
            (self.tr("This design"), comparison.after),
        ):
            if analysis.faults:
                said = self.tr(
                    "{name} has a fault, its totals are those of the sound part: {fault}"
                )
                faults.append(said.format(name=name, fault=analysis.faults[0].sentence))
        if comparison.is_empty:
            return "ok", "\n".join([self.tr("The two designs are the same."), *faults])
        told: tuple[tuple[str, What], ...] = (
            (self.tr("{0} added"), "added"), (self.tr("{0} removed"), "removed"),
            (self.tr("{0} changed"), "changed"), (self.tr("{0} moved"), "moved"),
            (self.tr("{0} with other weights because of what stands before"), "follows"),
        )  # fmt: skip
        counted = [(text, comparison.count(what)) for text, what in told]
        counts = ", ".join(text.format(f"{count:,}") for text, count in counted if count)
        if not comparison.rows:
            counts = self.tr("The layers are the same")
        return "warning" if faults else "note", "\n".join([f"{counts}.", *faults])

    def _show_code(self, code: Code) -> None:
        if code.why_not:
            title = self.tr("The code appears when both designs are sound")
            self._code.show_nothing(title, code.why_not[:1].upper() + code.why_not[1:])
        elif not code.lines:
            self._code.show_nothing(self.tr("The code is the same"), "")
        else:
            self._code.show_lines(code.lines)

    # --- the table --------------------------------------------------------------------------------------------------

    def _made_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self._rows)
        table.setItemDelegate(Cells(self._rows.look, table))
        table.setAccessibleName(self.tr("Differences of the layers"))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(26)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setDefaultAlignment(_aligned(0))
        for column in range(len(COLUMNS)):
            table.setColumnWidth(column, WIDTHS[column])
        table.selectionModel().currentRowChanged.connect(self._go_to)
        table.activated.connect(self._leave_for)
        return table

    def _go_to(self, index: QModelIndex) -> None:
        """Select the layer of a row; one that is not in this design any more selects nothing."""
        if index.isValid():
            node_id = self._rows.line(index.row()).node_id
            self._select((node_id,) if node_id else ())

    def _leave_for(self, index: QModelIndex) -> None:
        """Close, so that the layer can be worked on; what is gone has no place to go to."""
        if self._rows.line(index.row()).node_id:
            self.close()


class _Totals(QWidget):
    """What the two designs add up to, one above the other, with the difference below."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(28)
        self._grid.setVerticalSpacing(2)
        row = QVBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(self._grid)
        titles = (self.tr("Totals"), self.tr("Layers"), self.tr("Depth"), self.tr("Parameters"),
                  self.tr("Trainable"), self.tr("MACs"))  # fmt: skip
        self._cells = [
            [plain_label("", "muted" if not line else "") for _ in titles] for line in range(4)
        ]
        for line, cells in enumerate(self._cells):
            for column, cell in enumerate(cells):
                cell.setAlignment(_aligned(column))
                if line and column:
                    cell.setFont(theme.mono_font(theme.BODY))
                self._grid.addWidget(cell, line, column)
        for column, title in enumerate(titles):
            self._cells[0][column].setText(title)
        self._cells[0][2].setToolTip(self.tr("Layers along the longest way from input to output"))
        self._cells[0][5].setToolTip(self.tr("Multiply-accumulates for one sample"))
        self._grid.setColumnStretch(0, 1)

    def show_sums(self, other: str, before: Sums, after: Sums) -> None:
        differences = [new - old for old, new in zip(before, after, strict=True)]
        lines = (
            (other, *map(_plain, before)),
            (self.tr("This design"), *map(_plain, after)),
            (self.tr("Difference"), *map(_signed, differences)),
        )
        for cells, texts in zip(self._cells[1:], lines, strict=True):
            for cell, text in zip(cells, texts, strict=True):
                cell.setText(text)


def _plain(number: int) -> str:
    return f"{number:,}" if number < 10**12 else short(number)


def _signed(number: int) -> str:
    """With a sign; ± where nothing changes."""
    sign = "±" if not number else "+" if number > 0 else "−"
    return sign + _plain(abs(number))


def _aligned(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
