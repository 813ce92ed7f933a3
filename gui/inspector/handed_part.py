"""What a Group or Repeat is handed beside what flows in, and reads inside under a name of the block's own."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.design.edit import Edit, RenameTaken, SetOthers, SetTakes, Several
from engine.design.names import fault_of_variable, free_name
from engine.design.naming import Taken, branch_names
from engine.design.tree import Group, Network, Repeat
from engine.views.reach import takeable
from gui.inspector.values_part import ValuesPart
from gui.inspector.voice import Voice

Block = Group | Repeat


class HandedPart(QWidget):
    """One drop-down for each value of the block that is shown."""

    def __init__(self, voice: Voice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._voice = voice
        self._block: Block | None = None
        self._values = ValuesPart(
            self.tr("handed in as {0}"),
            self.tr("Hand in a value"),
            self.tr("What the layers inside can take beside what flows in"),
            self._fault_of,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._values)
        self._values.chosen.connect(self._choose)
        self._values.removed.connect(self._remove)
        self._values.called.connect(self._call)
        self._values.finished.connect(voice.seal)

    def show_block(self, block: Block | None, network: Network) -> None:
        """Show what a block is handed; nothing for None, and for an nn.Sequential, which hands on one value."""
        another = self._block is None or block is None or self._block.id != block.id
        self._block = block
        self.setVisible(block is not None and bool(block.class_name))
        if block is not None:
            names = takeable(network, block.id)
            self._values.show_values(block.others, names, block.takes, renew=another)

    def _fault_of(self, place: int, name: str) -> str:
        """Why a value cannot be called so inside the block; "" where it can."""
        block = self._block
        if block is None or name in block.takes[place : place + 1]:
            return ""
        taken = Taken(block.body)
        taken.reserve((*block.takes, *branch_names(block.body)))
        if wrong := fault_of_variable(name):
            return wrong
        return f"`{name}` is taken by something else in the block" if name in taken else ""

    def _call(self, place: int, name: str) -> None:
        if self._block is not None and place < len(self._block.takes):
            self._voice.wish(RenameTaken(self._block.id, place, name))

    def _choose(self, place: int, name: str) -> None:
        if self._block is not None:
            self._step(handed(self._block, place, name))

    def _remove(self, place: int) -> None:
        if self._block is not None:
            self._step(not_handed(self._block, place))

    def _step(self, edit: Edit) -> None:
        self._voice.seal()
        self._voice.wish(edit)
        self._voice.seal()


def handed(block: Block, place: int, name: str) -> Edit:
    """The block with another value at a place; one more at the end, called inside as outside where that is free."""
    if place < len(block.others):
        others = (*block.others[:place], name, *block.others[place + 1 :])
        return SetOthers((block.id,), others)
    taken = Taken(block.body)
    taken.reserve(block.takes)
    return _both(block, (*block.takes, free_name(name, taken)), (*block.others, name))


def not_handed(block: Block, place: int) -> Edit:
    """The block without one of its values."""
    takes, others = list(block.takes), list(block.others)
    del takes[place : place + 1], others[place : place + 1]
    return _both(block, tuple(takes), tuple(others))


def _both(block: Block, takes: tuple[str, ...], others: tuple[str, ...]) -> Edit:
    return Several((SetTakes(block.id, takes), SetOthers((block.id,), others)), "Hand in values")
