"""Asks for the name under which a block is kept, and keeps it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from engine.design.error import DesignError
from engine.design.tree import Group, Network, Repeat, node_name
from engine.files import library
from gui.stack.my_blocks import folder
from gui.widgets.dialog import Dialog
from gui.widgets.pieces import plain_label


class KeepBlockDialog(Dialog):
    """One line for the name; below it why it cannot be had, or that it takes the place of another block."""

    kept = Signal(str)

    def __init__(self, parent: QWidget, block: Network) -> None:
        super().__init__(
            parent,
            parent.tr("Keep among my blocks"),
            parent.tr("It is offered wherever a layer is added, in every project."),
        )
        self.setMinimumWidth(440)
        self._block = block
        self._line = QLineEdit(_suggested(block))
        self._line.setMaxLength(library.LONGEST_NAME)
        self._line.setAccessibleName(self.tr("Name of the block"))
        self._line.setPlaceholderText(self.tr("Name of the block"))
        self._said = plain_label("", "muted", wrap=True)
        self.body.addWidget(self._line)
        self.body.addWidget(self._said)
        self.body.addStretch(1)
        self.add_button(self.tr("Cancel"), closes=True)
        self._button = self.add_button(self.tr("Keep"), "primary")
        self._button.clicked.connect(self._keep)
        self._line.textChanged.connect(self._judge)
        self._line.selectAll()
        self._line.setFocus()
        self._judge()

    def _judge(self) -> None:
        """Say what keeping under this name would do."""
        name = self._line.text().strip()
        wrong = library.fault_of_name(name)
        there = library.of_name(folder(), name) if not wrong else None
        self._button.setEnabled(not wrong)
        self._button.setText(self.tr("Replace it") if there else self.tr("Keep"))
        replaced = (
            self.tr("There is a block called “{0}” already.").format(there.name) if there else ""
        )
        self._said.setText(f"{wrong[:1].upper()}{wrong[1:]}." if wrong and name else replaced)

    def _keep(self) -> None:
        name = self._line.text().strip()
        try:
            library.keep(folder(), name, self._block)
        except DesignError as error:
            self._said.setText(str(error))
            return
        self.close()
        self.kept.emit(name)


def _suggested(block: Network) -> str:
    """The class or the name of the first node."""
    match block.body.nodes[0]:
        case Group(class_name=name) | Repeat(class_name=name) if name:
            suggested = name
        case node:
            suggested = node_name(node)
    return suggested if not library.fault_of_name(suggested) else ""
