"""The rows of the summary as Qt asks for them, and the columns that there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QT_TRANSLATE_NOOP,
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtWidgets import QWidget

from engine.design.value import value
from engine.views.details import sees, steps
from engine.views.summary import Summary
from engine.views.table import Detail, Row
from gui.status import short, size
from gui.views.summary_painting import Look

Index = QModelIndex | QPersistentModelIndex
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
T = QT_TRANSLATE_NOOP


@value
class Column:
    """One column: its key for what is kept, its title, its width and a sentence about it."""

    key: str
    title: str
    width: int
    sentence: str
    optional: bool = True
    shown: bool = True
    """Whether it is there before anybody has chosen."""
    detailed: bool = False
    """Whether it shows what a summary works out only when asked."""
    most: int = 0
    """The width up to which it grows with what it shows; 0 where it never does."""

    @property
    def text(self) -> str:
        """The title in the person's language."""
        return QCoreApplication.translate("SummaryColumns", self.title)

    @property
    def help(self) -> str:
        """The sentence in the person's language."""
        return QCoreApplication.translate("SummaryColumns", self.sentence)


COLUMNS = (
    Column("name", str(T("SummaryColumns", "Name")), 160,
           str(T("SummaryColumns", "The attribute in the exported class")), optional=False),
    Column("layer", str(T("SummaryColumns", "Layer")), 108,
           str(T("SummaryColumns", "The kind of layer or block")), optional=False, most=200),
    Column("shape", str(T("SummaryColumns", "Output shape")), 104,
           str(T("SummaryColumns", "What comes out; N is the batch")), optional=False, most=200),
    Column("parameters", str(T("SummaryColumns", "Params")), 80,
           str(T("SummaryColumns", "Numbers that training changes"))),
    Column("share", str(T("SummaryColumns", "Share")), 52,
           str(T("SummaryColumns", "Of all parameters of the network"))),
    Column("macs", str(T("SummaryColumns", "MACs")), 60,
           str(T("SummaryColumns", "Multiply-accumulates for one sample"))),
    Column("macs_share", str(T("SummaryColumns", "MACs share")), 84,
           str(T("SummaryColumns", "Of all multiply-accumulates of the network")), shown=False),
    Column("outputs", str(T("SummaryColumns", "Outputs")), 76,
           str(T("SummaryColumns", "Memory of what the layers give for one sample, in their own numbers")),
           shown=False, detailed=True),
    Column("sees", str(T("SummaryColumns", "Sees")), 72,
           str(T("SummaryColumns", "Receptive field: how much of the input one output sees, away from the border; "
                                   "the statistics of norms are not counted")), shown=False, detailed=True),
    Column("stride", str(T("SummaryColumns", "Steps")), 52,
           str(T("SummaryColumns", "Stride in the input: how far apart neighbouring outputs look")),
           shown=False, detailed=True),
)  # fmt: skip
PLACES = {column.key: place for place, column in enumerate(COLUMNS)}
FIRST_NUMBER = PLACES["parameters"]


class Rows(QAbstractTableModel):
    """The rows of a summary; only those that differ are announced as changed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()
        self._details: Sequence[Detail] = ()
        self._faults: dict[int, str] = {}
        self._whole = 0
        self._macs = 0

    def show(self, summary: Summary, detailed: bool) -> None:
        """The rows of another summary, or with or without what columns of details show."""
        before, faulty, whole = self._rows, self._faults, (self._whole, self._macs)
        details_before = self._details
        same_length = len(before) == len(summary.rows)
        if not same_length:
            self.beginResetModel()
        self._rows = summary.rows
        self._details = summary.details if detailed else ()
        self._faults = {fault.node_id: fault.sentence for fault in summary.faults}
        self._whole, self._macs = summary.totals.parameters, summary.totals.macs
        if not same_length:
            self.endResetModel()
            return
        changed = [
            row
            for row, (old, new) in enumerate(zip(before, self._rows, strict=True))
            if (old is not new and old != new)
            or faulty.get(old.node_id) != self._faults.get(new.node_id)
        ]
        if whole != (self._whole, self._macs) or details_before != self._details:
            changed = [0, len(self._rows) - 1] if self._rows else []
        if changed:
            first, last = changed[0], changed[-1]
            self.dataChanged.emit(self.index(first, 0), self.index(last, self.columnCount() - 1))

    def distinct(self, column: int) -> list[Look]:
        """A cell of every look in one of the columns that grow with what they show."""
        shapes = COLUMNS[column].key == "shape"
        first: dict[object, int] = {}
        for number, row in enumerate(self._rows):
            first.setdefault(row.output_shape if shapes else (row.title, row.is_block), number)
        return [self.look(number, column) for number in first.values()]

    def row(self, number: int) -> Row:
        return self._rows[number]

    def number_of(self, node_id: int) -> int:
        """The first row of a node, -1 where it has none."""
        return next((number for number, row in enumerate(self._rows) if row.node_id == node_id), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        match role:
            case Qt.ItemDataRole.TextAlignmentRole:
                return LEFT if section < FIRST_NUMBER else RIGHT
            case Qt.ItemDataRole.DisplayRole:
                return COLUMNS[section].text
            case Qt.ItemDataRole.ToolTipRole:
                return COLUMNS[section].help
            case _:
                return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return self._text(index.row(), index.column())
            case Qt.ItemDataRole.ToolTipRole:
                words = self._text(index.row(), index.column()) if index.column() < 2 else None
                return self._faults.get(self._rows[index.row()].node_id, words)
            case _:
                return None

    def look(self, number: int, column: int) -> Look:
        """How a cell is painted."""
        row = self._rows[number]
        muted = "text" if column in (0, 1, 3) else "text_muted"
        token = "danger" if row.node_id in self._faults else muted
        bold = column == 1 and row.is_block
        font = "mono" if column in (0, 2) else "bold" if bold else "body"
        return Look(self._text(number, column), token, font, column >= FIRST_NUMBER)

    def _text(self, number: int, column: int) -> str:
        row = self._rows[number]
        match COLUMNS[column].key:
            case "name":
                return "  " * row.depth + row.label
            case "layer":
                return row.title
            case "shape":
                shape = row.output_shape
                return "?" if shape is None else f"[{', '.join(['N', *map(str, shape[1:])])}]"
            case "parameters":
                return f"{row.parameters:,}"
            case "share":
                counts = self._whole and row.parameters
                return f"{row.parameters / self._whole:.1%}" if counts else "–"
            case "macs":
                return short(row.macs) if row.macs else "–"
            case "macs_share":
                counts = self._macs and row.macs
                return f"{row.macs / self._macs:.1%}" if counts else "–"
            case _:
                return self._detail(number, COLUMNS[column].key)

    def _detail(self, number: int, key: str) -> str:
        if not self._details:
            return "–"
        detail = self._details[number]
        match key:
            case "outputs":
                return size(detail.activation_bytes) if detail.activation_bytes else "–"
            case "sees":
                return sees(detail.seen) or "–"
            case _:
                return steps(detail.seen) or "–"
