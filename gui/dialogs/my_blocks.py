"""My blocks: what a person keeps for later, to put in, rename, delete, and hand to others as files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSize, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from engine.design.error import DesignError
from engine.design.tree import Network
from engine.files import library, store
from engine.files.library import Kept
from engine.views.diagram import diagram
from engine.views.shapes import infer
from gui import theme
from gui.dialogs.template_page import Picture
from gui.messages import Messages
from gui.preferences import Preferences
from gui.saving import ask_path
from gui.stack import my_blocks
from gui.stack.my_blocks import MINE, folder
from gui.widgets.dialog import Dialog
from gui.widgets.options import Option, Row, rows
from gui.widgets.pieces import Notice, plain_label, push_button
from gui.widgets.searched_list import SearchedList

_LIST_WIDTH = 280


class MyBlocksDialog(Dialog):
    """A list with a search at the left, the block that is chosen at the right."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget, preferences: Preferences) -> None:
        super().__init__(parent, parent.tr("My blocks"))
        self.resize(QSize(900, 620))
        self._preferences = preferences
        self._block: Kept | None = None
        notice = Notice(self)
        self._messages = Messages(notice)
        self.body.addWidget(notice)
        row = QHBoxLayout()
        row.setSpacing(theme.MEDIUM)
        self._list = self._made_list()
        row.addWidget(self._list)
        row.addLayout(self._made_page(), 1)
        self.body.addLayout(row, 1)
        self.add_button(self.tr("Import a file…")).clicked.connect(self._import)
        self.add_button(self.tr("Close"), closes=True)
        self._insert = self.add_button(self.tr("Insert"), "primary")
        self._insert.clicked.connect(self._choose)
        self._list.begin()
        self._show_block()
        self._list.setFocus()

    def _made_list(self) -> SearchedList:
        empty = self.tr(
            "You keep no blocks yet. Select layers or a block in the stack, then choose “Keep among my "
            "blocks…” in the menu Block."
        )
        entries = SearchedList(_found, self.tr("Search my blocks…"), empty=empty)
        entries.name(self.tr("Search my blocks"), self.tr("My blocks"))
        entries.setFixedWidth(_LIST_WIDTH)
        entries.shown.connect(self._show)
        entries.entered.connect(self._choose)
        return entries

    def _made_page(self) -> QVBoxLayout:
        self._name = QLineEdit()
        self._name.setAccessibleName(self.tr("Name of the block"))
        self._name.setMaxLength(library.LONGEST_NAME)
        self._name.editingFinished.connect(self._rename)
        self._picture = Picture()
        self._facts = plain_label("", "muted", wrap=True)
        self._export = push_button(self.tr("Export as a file…"))
        self._export.clicked.connect(self._export_it)
        self._delete = push_button(self.tr("Delete"))
        self._delete.clicked.connect(self._delete_it)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.NARROW)
        for button in (self._export, self._delete):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        page = QVBoxLayout()
        page.setSpacing(theme.NARROW)
        page.addWidget(self._name)
        page.addWidget(self._picture, 1)
        page.addWidget(self._facts)
        page.addLayout(buttons)
        return page

    # --- showing -----------------------------------------------------------------------------------------------------

    def _show(self, key: str) -> None:
        self._block = library.of_name(folder(), key.removeprefix(MINE))
        self._show_block()

    def _show_block(self) -> None:
        """Show the chosen block; nothing where there is none, and the reason where its file is broken."""
        block = self._block
        network = block.block if block is not None else None
        for widget in (self._name, self._facts, self._export, self._delete):
            widget.setVisible(block is not None)
        self._picture.setVisible(network is not None)
        self._insert.setEnabled(network is not None)
        if block is not None:
            self._name.setText(block.name)
        if network is not None:
            analysis = infer(network)
            self._picture.show_diagram(diagram(analysis))
            self._facts.setText(_facts(network))
        elif block is not None:
            self._facts.setText(self.tr("This file cannot be used: {0}").format(block.refusal))

    def _refill(self, name: str = "") -> None:
        self._block = library.of_name(folder(), name) if name else None
        self._list.begin(MINE + name if name else "")
        self._show_block()

    # --- acting ------------------------------------------------------------------------------------------------------

    def _choose(self) -> None:
        if self._block is not None and self._block.block is not None and not self._name.hasFocus():
            self.close()
            self.chosen.emit(MINE + self._block.name)

    def _rename(self) -> None:
        block, name = self._block, self._name.text().strip()
        if block is None or name == block.name:
            return
        if self._done(lambda: library.rename(block, name)):
            self._refill(name)
        else:
            self._name.setText(block.name)

    def _delete_it(self) -> None:
        block = self._block
        if block is None or not self._done(lambda: library.delete(block)):
            return
        self._refill()
        text = self.tr("“{0}” was deleted.").format(block.name)
        self._messages.say("note", text, self.tr("Undo"), lambda: self._restore(block))

    def _restore(self, block: Kept) -> None:
        if self._done(lambda: library.restore(block)):
            self._refill(block.name)

    def _export_it(self) -> None:
        block = self._block
        if block is None:
            return
        suggested = str(Path(self._preferences.folder) / block.path.name)
        kinds = self.tr("Layerloom projects (*.loom)")
        path = ask_path(self, self.tr("Export the block"), suggested, kinds, library.SUFFIX)
        if path is not None:
            self._done(lambda: store.atomic_save(path, store.read_bytes(block.path, store.LARGEST_FILE)))  # fmt: skip

    def _import(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, self.tr("Import a block"), self._preferences.folder,
            self.tr("Layerloom projects (*.loom);;All files (*)"),
        )  # fmt: skip
        if not chosen:
            return
        names: list[str] = []
        if self._done(lambda: names.append(library.take_in(folder(), Path(chosen)))):
            self._refill(names[0])

    def _done(self, act: Callable[[], object]) -> bool:
        """Do something with files; say in a line why it could not be done."""
        try:
            act()
        except DesignError as error:
            said = str(error)
            self._messages.say("danger", f"{said[:1].upper()}{said[1:]}")
            return False
        return True


def _found(text: str) -> list[Row]:
    return rows(
        [Option(MINE + each.name, each.name, _said(each)) for each in library.kept(folder())], text
    )


def _said(block: Kept) -> str:
    if block.block is None:
        return QCoreApplication.translate("MyBlocksDialog", "cannot be used")
    return my_blocks.size(block)


def _facts(network: Network) -> str:
    """What the block took where it was kept, what it gave, and how large it was."""
    analysis = infer(network)
    takes = ", ".join(f"{each.name} {each.spec}" for each in network.inputs)
    gives = str(analysis.output) if analysis.output is not None else "?"
    parts = (f"{takes} → {gives}", f"{analysis.totals.layers:,}", f"{analysis.totals.parameters:,}")
    return QCoreApplication.translate("MyBlocksDialog", "{0} · {1} layers · {2} parameters").format(
        *parts
    )
