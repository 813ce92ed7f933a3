"""Opens the small editors over cards, keeps them there while cards move, and closes them with their nodes."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, Qt
from PySide6.QtWidgets import QToolTip

from engine.design.edit import Edit
from engine.design.tree import find
from gui.document import State
from gui.stack.card import Spot
from gui.stack.editors import NameEditor, NumberEditor, can_be_renamed, typed_over
from gui.stack.gestures import Gestures


class Floating(QObject):
    """At most one editor at a time."""

    def __init__(self, gestures: Gestures) -> None:
        super().__init__(gestures)
        self._gestures = gestures
        self._view = gestures.view
        self.editor: NameEditor | NumberEditor | None = None
        self._document: object = None
        gestures.rename_wished.connect(self.rename)
        gestures.typing_wished.connect(self.type_number)
        self._view.laid.connect(self._follow)

    def rename(self, node_id: int) -> None:
        """Type another name over a card."""
        state = self._gestures.state
        if state is None:
            return
        node = find(state.network.body, node_id)
        if node is None or not can_be_renamed(state.network, node_id):
            self._explain(node_id)
            return
        self._close()
        editor = NameEditor(self._view.viewport(), node_id, getattr(node, "name", ""))
        editor.know(state.network)
        editor.renamed.connect(self._wish)
        self._open(editor, node_id)

    def type_number(self, node_id: int) -> None:
        """Type another number over a card; it counts for all selected that have it."""
        state = self._gestures.state
        node = find(state.network.body, node_id) if state else None
        if state is None or node is None or not typed_over(node):
            return
        self._close()
        self._gestures.sealed.emit()
        ids = state.selection if node_id in state.selection else (node_id,)
        editor = NumberEditor(self._view.viewport(), node, ids)
        editor.edited.connect(self._gestures.wished.emit)
        editor.closed.connect(self._gestures.sealed.emit)
        self._open(editor, node_id)

    def show_state(self, new: State) -> None:
        """Show what an open editor's node has become; close it with its node, and with its document."""
        editor = self.editor
        if editor is None:
            return
        node = find(new.network.body, editor.node_id)
        if node is None or new.document is not self._document:
            editor.close_now()
        elif isinstance(editor, NumberEditor):
            editor.show_node(node)
        else:
            editor.know(new.network)
        self._follow()

    def _open(self, editor: NameEditor | NumberEditor, node_id: int) -> None:
        self._view.reveal(self._view.scene.model.place_of_node(node_id))
        self.editor = editor
        self._document = self._gestures.state.document if self._gestures.state else None
        editor.closed.connect(self._forget)
        editor.open_over(self._where(editor))

    def _where(self, editor: NameEditor | NumberEditor) -> QRect:
        """The words that the editor covers."""
        place = self._view.scene.model.place_of_node(editor.node_id)
        card = self._view.scene.card_rect(place)
        layout = self._view.scene.layout_of(place)
        words = layout.name or layout.brief if isinstance(editor, NameEditor) else layout.brief
        words = words or layout.title
        spot = words.rect.translated(card.topLeft())
        high = editor.line.sizeHint().height() + 6
        return QRect(spot.left() - 10, spot.center().y() - high // 2, spot.width() + 34, high)

    def _follow(self) -> None:
        editor = self.editor
        if editor is not None and self._view.scene.model.place_of_node(editor.node_id) >= 0:
            editor.follow(self._where(editor))

    def _wish(self, edit: Edit) -> None:
        self._gestures.sealed.emit()
        self._gestures.wished.emit(edit)
        self._gestures.sealed.emit()

    def _close(self) -> None:
        if self.editor is not None:
            self.editor.close_now()

    def _forget(self) -> None:
        had_focus = self.editor is not None and self.editor.line.hasFocus()
        self.editor = None
        if had_focus:
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _explain(self, node_id: int) -> None:
        """Why this card has no name to change."""
        place = self._view.scene.model.place_of_node(node_id)
        if place < 0:
            return
        spot = self._view.scene.spot_rect(place, Spot("title"))
        text = self.tr("This card has no name of its own: the exported code counts or joins here.")
        QToolTip.showText(self._view.viewport().mapToGlobal(spot.bottomLeft()), text, self._view)
