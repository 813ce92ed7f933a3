"""The reference: every kind of layer, activation, initializer and join, to browse and to search."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QSize
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from engine.catalogue import FAMILIES, INITIALIZERS, JOINS, KINDS
from engine.catalogue.reference import anchor
from engine.catalogue.search import found
from engine.design.kind import Initializer, Join, Kind
from engine.design.knob import Entry
from engine.design.tree import Layer, Node, Parallel
from gui import theme
from gui.learn.entry_page import EntryPage
from gui.stack.thumbnails import initializer_thumbnail, kind_thumbnail
from gui.widgets.dialog import Dialog
from gui.widgets.options import Heading, Option, Row
from gui.widgets.searched_list import SearchedList

_LIST_WIDTH = 320
_ENTRIES: dict[str, type[Entry]] = {
    anchor(entry): entry for table in (KINDS, INITIALIZERS, JOINS) for entry in table.values()
}
"""Everything that has a page, in the order of the list, by a key of its own."""


class ReferenceDialog(Dialog):
    """A list with a search at the left, the page of what is chosen at the right."""

    def __init__(self, parent: QWidget, node: Node | None = None) -> None:
        super().__init__(parent, self.tr("Reference"))
        self.resize(QSize(980, 700))
        asked = self.tr("Search layers, activations, initializers, joins…")
        entries = SearchedList(_found, asked, _thumbnail)
        entries.name(self.tr("Search the reference"), self.tr("Entries"))
        entries.setFixedWidth(_LIST_WIDTH)
        page = EntryPage()

        def show(key: str) -> None:
            page.show_entry(_ENTRIES[key])

        def turn(event: QKeyEvent) -> None:
            QApplication.sendEvent(page, event)

        entries.shown.connect(show)
        entries.paged.connect(turn)
        entries.entered.connect(page.setFocus)
        row = QHBoxLayout()
        row.setSpacing(theme.MEDIUM)
        row.addWidget(entries)
        row.addWidget(page, 1)
        self.body.addLayout(row, 1)
        self.add_button(self.tr("Close"), "primary", closes=True)
        entries.begin(anchor(entry_of(node)))
        entries.setFocus()


def entry_of(node: Node | None) -> type[Entry]:
    """The entry that a node's page is about; the first there is where a node has none."""
    match node:
        case Layer():
            return type(node.kind)
        case Parallel():
            return type(node.join)
        case _:
            return next(iter(_ENTRIES.values()))


def _found(text: str) -> list[Row]:
    return _matching(text) if text.strip() else _all()


def _all() -> list[Row]:
    rows: list[Row] = []
    heading = ""
    for key, entry in _ENTRIES.items():
        if (group := _group(entry)) != heading:
            heading = group
            rows.append(Heading(group))
        rows.append(Option(key, entry.title(), entry.sentence()))
    return rows


def _matching(text: str) -> list[Row]:
    keys = {entry: key for key, entry in _ENTRIES.items()}
    return [
        Option(keys[entry], entry.title(), entry.sentence(), group=_group(entry))
        for entry in found(_ENTRIES.values(), text)
    ]


def _group(entry: type[Entry]) -> str:
    if issubclass(entry, Initializer):
        return QCoreApplication.translate("reference", "Initializer")
    if issubclass(entry, Join):
        return QCoreApplication.translate("reference", "Join")
    return FAMILIES[entry.family] if issubclass(entry, Kind) else ""


def _thumbnail(key: str) -> QPixmap:
    entry = _ENTRIES[key]
    if issubclass(entry, Initializer):
        return initializer_thumbnail(entry.key())
    if issubclass(entry, Join):
        return kind_thumbnail("Identity")
    return kind_thumbnail(entry.key())
