"""Every parameter by its name in the `state_dict`: shape, statistics, and the values of the one selected."""

from __future__ import annotations

from functools import partial
from math import prod
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QVBoxLayout,
    QWidget,
)

from engine.files.document import to_document
from engine.worker.protocol import Parameters, Result, Values
from gui import theme
from gui.asking import Ask
from gui.document import State
from gui.saving import ask_and_save
from gui.widgets.pieces import ElidedLabel, push_button
from gui.widgets.plain_table import plain_table
from gui.widgets.rows_table import number

if TYPE_CHECKING:
    from gui.run.forward import ForwardValues
    from gui.widgets.export import Kind
    from gui.widgets.image import MatrixImage

Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("name", "shape", "mean", "std", "min", "max")


class ParameterRows(QAbstractTableModel):
    """Named parameters with their statistics."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows: list[dict[str, Any]] = []

    def show(self, rows: list[dict[str, Any]]) -> None:
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def name(self, row: int) -> str:
        return str(self._rows[row]["name"])

    def row_of(self, name: str) -> int:
        return next((row for row, each in enumerate(self._rows) if each["name"] == name), -1)

    def csv(self) -> bytes:
        lines = [",".join(COLUMNS)]
        lines += [",".join([str(r["name"]), "x".join(map(str, r["shape"])), *(repr(r[c]) for c in COLUMNS[2:])])
                  for r in self._rows]  # fmt: skip
        return ("\n".join(lines) + "\n").encode()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(section)
        return COLUMNS[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self._rows[index.row()], COLUMNS[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                if column == "shape":
                    return f"[{', '.join(map(str, row['shape']))}]"
                return str(row["name"]) if column == "name" else number(row[column])
            case Qt.ItemDataRole.TextAlignmentRole:
                return _side(index.column())
            case Qt.ItemDataRole.FontRole:
                return theme.mono_font(theme.BODY)
            case _:
                return None


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column < 2 else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter


class ParametersPage(QWidget):
    """The table on the left; the selected parameter as a picture, with its values to save, on the right."""

    def __init__(self, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ask = ask
        self._state: State | None = None
        self._asked: object = None
        self._name = ""
        self._content: Any = None
        self._rows = ParameterRows(self)
        self._table = plain_table(self._rows, self.tr("Parameters"))
        header = self._table.horizontalHeader()
        header.setDefaultSectionSize(84)
        header.setMinimumSectionSize(56)
        header.setToolTip(self.tr("Each tensor has the name that it has in the state_dict."))
        header.setStretchLastSection(False)
        for column in (0, 1):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self._table.selectionModel().currentRowChanged.connect(self._go_to)
        self._picture: MatrixImage | None = None
        self._said = ElidedLabel("", token="text_muted")
        foot = QHBoxLayout()
        foot.setSpacing(theme.NARROW)
        foot.addWidget(self._said, 1)
        for text, help, run in (
            (self.tr("Save table"), self.tr("Save this table as CSV"), self._save_table),
            (self.tr("Values as CSV"), self.tr("Save the values of the selected parameter as CSV"),
             partial(self._save, "csv")),
            (self.tr("Values as NPY"), self.tr("Save the values of the selected parameter as NPY"),
             partial(self._save, "npy")),
        ):  # fmt: skip
            button = push_button(text, "quiet")
            button.setToolTip(help)
            button.setAccessibleName(help)
            button.clicked.connect(run)
            foot.addWidget(button)
        self._row = QHBoxLayout()
        self._row.setSpacing(theme.WIDE)
        self._row.addWidget(self._table, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.TIGHT)
        column.addLayout(self._row, 1)
        column.addLayout(foot)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(150)
        self._soon.timeout.connect(self._ask_parameters)

    def show_run(self, state: State, values: ForwardValues | None) -> None:
        """The parameters of a state's network; a forward pass does not change them."""
        self._state = state
        self._soon.start()

    def _ask_parameters(self) -> None:
        state = self._state
        wanted = (state.network, state.project.forward.seed) if state else None
        if state is None or wanted == self._asked:
            return
        if not state.analysis.valid or not state.network.body.nodes:
            self._rows.show([])
            self._said.set_text(self.tr("Parameters are drawn when the design is sound."))
            return
        self._asked = wanted
        request = Parameters(project=to_document(state.project), seed=state.project.forward.seed)
        self._ask(request, self._show_parameters, self._show_failure, "parameters")

    def _show_parameters(self, result: Result) -> None:
        rows = result.values["parameters"]
        self._rows.show(rows)
        self._said.set_text(self._counted(rows))
        row = max(self._rows.row_of(self._name), 0)
        if rows:
            self._table.selectRow(row)

    def _counted(self, rows: list[dict[str, Any]]) -> str:
        """6 tensors with 26 numbers."""
        numbers = sum(prod(each["shape"]) for each in rows)
        match len(rows):
            case 0:
                return self.tr("This network has no parameters.")
            case 1:
                text = self.tr("1 tensor with {numbers} numbers")
            case _:
                text = self.tr("{count} tensors with {numbers} numbers")
        return text.format(count=f"{len(rows):,}", numbers=f"{numbers:,}")

    def _show_failure(self, sentence: str) -> None:
        self._asked = None
        self._rows.show([])
        self._said.set_text(sentence)

    def _go_to(self, now: QModelIndex, before: QModelIndex) -> None:
        self._select(now.row())

    def _select(self, row: int) -> None:
        if row < 0 or self._state is None:
            return
        self._name = self._rows.name(row)
        project = self._state.project
        request = Values(project=to_document(project), tensor=self._name, seed=project.forward.seed)
        self._ask(request, self._show_values, self._said.set_text, "values")

    def _show_values(self, result: Result) -> None:
        values = result.arrays["values"].to_numpy()
        self._content = values
        if self._picture is None:
            from gui.widgets.image import MatrixImage

            self._picture = MatrixImage()
            self._picture.setMinimumWidth(240)
            self._picture.save_requested.connect(self._save_picture)
            self._row.addWidget(self._picture, 2)
        self._picture.set_title(self._name)
        matrix = values.reshape(values.shape[0], -1) if values.ndim > 1 else values.reshape(1, -1)
        self._picture.display(matrix)

    def _save_table(self, checked: bool = False) -> None:
        if self._state is not None and self._rows.rowCount():
            name = f"{self._state.network.name}-parameters"
            self._said.set_text(ask_and_save(self, name, "csv", self._rows.csv))

    def _save(self, kind: str, checked: bool = False) -> None:
        values = self._content
        if values is None:
            return
        from engine.files.tables import csv_bytes, npy_bytes

        matrix = values.reshape(values.shape[0], -1) if values.ndim > 1 else values.reshape(1, -1)
        columns = tuple(map(str, range(matrix.shape[1])))
        content = (
            (lambda: csv_bytes(matrix, columns)) if kind == "csv" else (lambda: npy_bytes(values))
        )
        self._said.set_text(ask_and_save(self, self._name, kind, content))

    def _save_picture(self, kind: Kind) -> None:
        picture = self._picture
        if picture is not None:
            self._said.set_text(
                ask_and_save(self, self._name, kind, lambda: picture.exported(kind))
            )
