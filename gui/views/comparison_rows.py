"""The rows of a comparison as Qt asks for them, each with a sign and a word, so that no colour has to tell."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QT_TRANSLATE_NOOP,
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)

from engine.design.tuples import NamedTuple
from engine.views.comparison import Change, Comparison, Difference, What
from engine.views.facts import label
from gui.views.summary_painting import Look

Index = QModelIndex | QPersistentModelIndex
T = QT_TRANSLATE_NOOP

COLUMNS = tuple(
    map(
        str,
        (
            T("ComparisonRows", "What"),
            T("ComparisonRows", "Other design"),
            T("ComparisonRows", "This design"),
            T("ComparisonRows", "Layer"),
            T("ComparisonRows", "Parameters"),
            T("ComparisonRows", "Change"),
        ),
    )
)
WIDTHS = (104, 164, 164, 132, 160, 320)

WORDS: dict[What, tuple[str, str]] = {
    "added": (str(T("ComparisonRows", "+ added")), "ok"),
    "removed": (str(T("ComparisonRows", "− removed")), "danger"),
    "changed": (str(T("ComparisonRows", "~ changed")), "warning"),
    "moved": (str(T("ComparisonRows", "↕ moved")), "note"),
    "follows": (str(T("ComparisonRows", "· follows")), "text_muted"),
}
"""Sign, word and colour of what became of a node."""


class Line(NamedTuple):
    """One row: its cells, the colour of the first, and the node that it speaks of in this design."""

    cells: tuple[str, ...]
    token: str
    node_id: int


def lines(comparison: Comparison) -> tuple[Line, ...]:
    """The network's own row first, then the nodes in the order of the code."""
    own: tuple[Line, ...] = ()
    if comparison.network:
        names = (comparison.before.network.name, comparison.after.network.name)
        cells = (_tr("~ changed"), *names, _tr("network"), "", _changes(comparison.network))
        own = (Line(cells, "warning", 0),)
    return own + tuple(map(_line, comparison.rows))


def _line(row: Difference) -> Line:
    words = [WORDS[what] for what in row.what]
    said = ", ".join([_tr(words[0][0]), *(_tr(word).partition(" ")[2] for word, _ in words[1:])])
    cells = (
        said,
        row.before.path if row.before else "",
        row.after.path if row.after else "",
        label(row.side.node),
        _counts(row),
        _changes(row.changes) or _reason(row),
    )
    return Line(cells, words[0][1], row.after.node.id if row.after else 0)


def _counts(row: Difference) -> str:
    before = f"{row.before.parameters:,}" if row.before else ""
    after = f"{row.after.parameters:,}" if row.after else ""
    if before == after:
        return before
    return " → ".join(filter(None, (before, after)))


def _reason(row: Difference) -> str:
    if row.what == ("follows",):
        return _tr("its input has another shape")
    if row.what == ("moved",):
        return _tr("stands elsewhere")
    return ""


def _changes(changes: tuple[Change, ...]) -> str:
    """The fields in words: `kernel size 3 → 5; padding 1 → 2`."""
    return "; ".join(
        f"{change.field.replace('_', ' ')} {change.before or _tr('none')} → {change.after or _tr('none')}"
        for change in changes
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("ComparisonRows", text)


class ComparisonRows(QAbstractTableModel):
    """The table of one comparison."""

    def show(self, comparison: Comparison | None) -> None:
        self.beginResetModel()
        self._lines = lines(comparison) if comparison is not None else ()
        self.endResetModel()

    _lines: tuple[Line, ...] = ()

    def line(self, row: int) -> Line:
        return self._lines[row]

    def look(self, row: int, column: int) -> Look:
        """How a cell is painted."""
        line = self._lines[row]
        token = line.token if column == 0 else "text_muted" if column == 3 else "text"
        return Look(line.cells[column], token, "mono" if column in (1, 2) else "body", column == 4)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _tr(COLUMNS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole and section == 4:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        cells = self._lines[index.row()].cells
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return cells[index.column()]
            case Qt.ItemDataRole.AccessibleTextRole:
                return (
                    ", ".join(filter(None, cells)) if index.column() == 0 else cells[index.column()]
                )
            case _:
                return None
