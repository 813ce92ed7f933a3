"""The gallery: networks to start from, with picture, text, paper and size, to browse and to search."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui import theme
from gui.dialogs.template_page import TemplatePage
from gui.status import short
from gui.widgets.dialog import Dialog
from gui.widgets.options import Option, Row, rows
from gui.widgets.searched_list import SearchedList
from resources.samples import TEMPLATES, Family

_LIST_WIDTH = 340
FIRST = "resnet-18"
"""What is shown first: the usual first choice for images."""


class GalleryDialog(Dialog):
    """A list with a search at the left, the template that is chosen at the right."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, self.tr("Start from a known network"))
        self.resize(QSize(1040, 720))
        self._name = FIRST
        entries = SearchedList(_found, self.tr("Search networks, authors, years…"))
        entries.name(self.tr("Search the gallery"), self.tr("Networks"))
        entries.setFixedWidth(_LIST_WIDTH)
        self._page = TemplatePage()
        entries.shown.connect(self._show)
        entries.entered.connect(self._choose)
        row = QHBoxLayout()
        row.setSpacing(theme.MEDIUM)
        row.addWidget(entries)
        row.addWidget(self._page, 1)
        self.body.addLayout(row, 1)
        self.add_button(self.tr("Cancel"), closes=True)
        opener = self.add_button(self.tr("Open a copy"), "primary")
        opener.clicked.connect(self._choose)
        entries.begin(FIRST)
        entries.setFocus()

    def _show(self, name: str) -> None:
        self._name = name
        self._page.show_template(name)

    def _choose(self) -> None:
        self.close()
        self.chosen.emit(self._name)


def _found(text: str) -> list[Row]:
    return rows(_options(), text)


def _options() -> list[Option]:
    return [
        Option(
            name, _tr(each.title), _size(each.parameters), group=_heading(each.family),
            aliases=(name, each.paper),
        )
        for name, each in TEMPLATES.items()
        if name != "empty"
    ]  # fmt: skip


def _size(parameters: int) -> str:
    return _tr("{0} parameters").format(short(parameters))


def _heading(family: Family) -> str:
    match family:
        case "first steps":
            return _tr("First steps")
        case "images":
            return _tr("Images, points and pairs")
        case "sequences":
            return _tr("Sequences")


def _tr(text: str) -> str:
    return QCoreApplication.translate("gallery", text)
