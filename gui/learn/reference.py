"""The reference: every kind of layer, activation, initializer and join, to browse and to search."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QModelIndex, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QVBoxLayout,
    QWidget,
)

from engine.catalogue import FAMILIES, INITIALIZERS, JOINS, KINDS
from engine.catalogue.reference import anchor
from engine.catalogue.search import found
from engine.design.kind import Initializer, Join, Kind
from engine.design.knob import Entry
from engine.design.tree import Layer, Node, Parallel
from gui import theme
from gui.learn.entry_page import EntryPage
from gui.stack.thumbnails import initializer_thumbnail, kind_thumbnail
from gui.widgets.choice_popup import RowPainter, RowsModel
from gui.widgets.dialog import Dialog
from gui.widgets.options import Heading, Option, Row
from gui.widgets.pieces import plain_label

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
        self._search = QLineEdit()
        theme.set_role(self._search, "search")
        self._search.setPlaceholderText(self.tr("Search layers, activations, initializers, joins…"))
        self._search.setAccessibleName(self.tr("Search the reference"))
        self._search.textChanged.connect(self._find)
        self._search.installEventFilter(self)
        self._model = RowsModel(self)
        self._list = QListView()
        self._list.setModel(self._model)
        self._list.setItemDelegate(RowPainter(self, _thumbnail, ""))
        self._list.setResizeMode(QListView.ResizeMode.Adjust)
        self._list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setAccessibleName(self.tr("Entries"))
        self._list.selectionModel().currentRowChanged.connect(self._show)
        self._nothing = plain_label("", "muted", wrap=True)
        self._nothing.hide()
        self._page = EntryPage()
        self._lay_out()
        self.add_button(self.tr("Close"), "primary", closes=True)
        self._find("")
        self._go_to(anchor(entry_of(node)))
        self._search.setFocus()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(theme.NARROW)
        left.addWidget(self._search)
        left.addWidget(self._nothing)
        left.addWidget(self._list, 1)
        left.addStretch()
        holder = QWidget()
        holder.setFixedWidth(_LIST_WIDTH)
        holder.setLayout(left)
        left.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        row.setSpacing(theme.MEDIUM)
        row.addWidget(holder)
        row.addWidget(self._page, 1)
        self.body.addLayout(row, 1)

    def _find(self, text: str) -> None:
        shown = self._model.shown
        here = self._list.currentIndex().row()
        before = shown[here] if 0 <= here < len(shown) else None
        self._model.show(_matching(text) if text.strip() else _all())
        self._nothing.setText(self.tr("Nothing is called “{0}”.").format(text.strip()))
        self._nothing.setVisible(not self._model.shown)
        self._list.setVisible(bool(self._model.shown))
        if not text.strip() and isinstance(before, Option):
            self._go_to(before.key)
        else:
            self._step(1, start=-1)

    def _go_to(self, key: str) -> None:
        for row, each in enumerate(self._model.shown):
            if isinstance(each, Option) and each.key == key:
                self._list.setCurrentIndex(self._model.index(row))
                self._list.scrollTo(self._model.index(row), QListView.ScrollHint.PositionAtCenter)

    def _step(self, by: int, start: int | None = None) -> None:
        """Go to the next entry below or above, past headings."""
        row = (self._list.currentIndex().row() if start is None else start) + by
        while 0 <= row < len(self._model.shown):
            if isinstance(self._model.shown[row], Option):
                self._list.setCurrentIndex(self._model.index(row))
                return
            row += by

    def _show(self, now: QModelIndex, before: QModelIndex) -> None:
        shown = self._model.shown
        option = shown[now.row()] if now.isValid() else None
        if isinstance(option, Option):
            self._page.show_entry(_ENTRIES[option.key])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the search, Up and Down go through the list, and Page Up and Page Down through the page."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            match event.key():
                case Qt.Key.Key_Down:
                    self._step(1)
                case Qt.Key.Key_Up:
                    self._step(-1)
                case Qt.Key.Key_PageDown | Qt.Key.Key_PageUp:
                    QApplication.sendEvent(self._page, event)
                case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                    self._page.setFocus()
                case _:
                    return False
            return True
        return super().eventFilter(watched, event)


def entry_of(node: Node | None) -> type[Entry]:
    """The entry that a node's page is about; the first there is where a node has none."""
    match node:
        case Layer():
            return type(node.kind)
        case Parallel():
            return type(node.join)
        case _:
            return next(iter(_ENTRIES.values()))


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
