"""Layers on the clipboard, as text, so that they also paste into another window or a message."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from engine.design.address import Place, located_all, parent_of
from engine.design.edit import Insert, Remove
from engine.design.error import DesignError
from engine.design.tree import Node
from engine.files.document import nodes_document
from engine.files.parse import parsed
from engine.files.reading import read_nodes
from engine.files.store import dumped
from gui.document import Document, State

KEY = "layerloom layers"


def text_of(nodes: tuple[Node, ...]) -> str:
    """Nodes as the text that `nodes_of` reads."""
    return dumped({KEY: nodes_document(nodes)}).decode()


def nodes_of(text: str) -> tuple[Node, ...]:
    """The nodes in a text. Raises DesignError when it holds none."""
    stripped = text.strip()
    if not stripped.startswith("{") or KEY not in stripped[:200]:
        raise _nothing()
    try:
        document = parsed(stripped.encode("utf-8", "replace"))
    except DesignError:
        # The parser's own sentence speaks of a file.
        raise DesignError(
            _say(
                "The layers on the clipboard were cut off or changed on their way. Copy them again."
            )
        ) from None
    nodes = document.get(KEY)
    if not nodes:
        raise _nothing()
    try:
        return read_nodes(nodes)
    except DesignError as error:
        raise error.within(_say("clipboard")) from None


def _nothing() -> DesignError:
    return DesignError(_say("The clipboard holds no layers. Copy some layers first."))


class Clipboard:
    """Cut, copy and paste of the selected layers."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def copy(self) -> None:
        state = self._document.state
        if state.selection:
            nodes = located_all(state.network.body, state.selection)
            QApplication.clipboard().setText(text_of(nodes))

    def cut(self) -> None:
        if self._document.state.selection:
            self.copy()
            self._document.do(Remove(self._document.state.selection))

    def paste(self) -> None:
        try:
            nodes = nodes_of(QApplication.clipboard().text())
        except DesignError as error:
            self._document.rejected.emit(str(error))
            return
        self._document.seal()
        self._document.do(Insert(nodes, behind_selection(self._document.state)))


def behind_selection(state: State) -> Place:
    """Where something new goes: behind the last selected node, else at the end."""
    if not state.selection:
        return Place(len(state.network.body.nodes))
    last = located_all(state.network.body, state.selection)[-1]
    place = parent_of(state.network.body, last.id)
    return Place(place.index + 1, place.parent, place.branch)


def _say(text: str) -> str:
    return QCoreApplication.translate("clipboard", text)
