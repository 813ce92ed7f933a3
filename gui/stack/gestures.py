"""What clicks and keys on the stack mean: each becomes an edit, a selection or an open list, told by a signal."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QRect, Signal

from engine.design.address import Place
from engine.design.edit import Edit, Move
from engine.design.tree import Node
from gui.document import State
from gui.stack import my_blocks
from gui.stack.card import Spot
from gui.stack.choices import (
    NOTHING,
    activation_edit,
    activation_options,
    found_kinds,
    initializer_edit,
    initializer_options,
    kind_options,
    takes_activation,
    takes_initializer,
)
from gui.stack.gaps import gap_after
from gui.stack.offers import activation_of, initializer_of
from gui.stack.rows import BranchRow, Key, NodeRow, is_block, node_id_of
from gui.stack.selecting import picked
from gui.stack.thumbnails import activation_thumbnail, initializer_thumbnail, kind_thumbnail
from gui.stack.view import StackView
from gui.widgets.choice import popup_choice
from gui.widgets.choice_popup import ChoicePopup


class Gestures(QObject):
    """Turns what is done to the view into wishes; changes nothing itself."""

    wished = Signal(object)
    selected = Signal(object)
    sealed = Signal()
    commanded = Signal(str)
    context_menu_wished = Signal(object, object)
    fold_wished = Signal(object, bool)
    """Ids of blocks, and whether to fold or to unfold them."""
    rename_wished = Signal(int)
    typing_wished = Signal(int)
    """The node whose key field is to be typed over."""

    def __init__(self, view: StackView) -> None:
        super().__init__(view)
        self.view = view
        self.state: State | None = None
        self._anchor: Key | None = None
        self._popup: ChoicePopup | None = None

    # --- selecting ---

    def pick(self, index: int, *, extend: bool = False, toggle: bool = False) -> None:
        """Select a row, all from the last picked one to it, or one more or less."""
        if self.state is None or self.view.scene.row(index) is None:
            return
        model = self.view.scene.model
        anchor = model.place_of(self._anchor) if self._anchor else -1
        ids = picked(model.rows, self.state.selection, anchor, index, extend=extend, toggle=toggle)
        self.view.set_current(index)
        if not extend or anchor < 0:
            self._anchor = self.view.scene.current_key()
        self.view.reveal(index)
        if ids != self.state.selection:
            self.selected.emit(ids)

    def pick_nothing(self) -> None:
        """Select no layer, which is the network itself."""
        if self.state is not None and self.state.selection:
            self.selected.emit(())

    # --- parts of a card ---

    def use(self, index: int, spot: Spot) -> None:
        """Do what a part of a card is for."""
        row = self.view.scene.row(index)
        if isinstance(row, BranchRow) and row.placeholder:
            self.add_after(index)
        if not isinstance(row, NodeRow):
            return
        match spot.part:
            case "fold":
                self.fold(row)
            case "activation":
                self._choose_activation(index, row.node)
            case "initializer":
                self._choose_initializer(index, row.node)
            case "mend":
                mends = [mend for fault in row.faults for mend in fault.mends]
                if spot.number < len(mends):
                    self._wish(mends[spot.number].edit)
            case "brief":
                self.typing_wished.emit(row.node.id)
            case _:
                pass

    def fold(self, row: NodeRow) -> None:
        """Fold a block, or unfold it."""
        if is_block(row.node):
            self.fold_wished.emit((row.node.id,), not row.folded)

    def _choose_activation(self, index: int, node: Node) -> None:
        nodes = self._meant(node, takes_activation)
        present = activation_of(node)
        popup = popup_choice(
            self.view.viewport(), activation_options(), activation_thumbnail,
            self.view.scene.spot_rect(index, Spot("activation")),
            lambda key: self._wish(activation_edit(nodes, key)),
            current=present.key() if present is not None else NOTHING,
        )  # fmt: skip
        self._opened(popup, node.id, Spot("activation"))

    def _choose_initializer(self, index: int, node: Node) -> None:
        if self.state is None:
            return
        nodes = self._meant(node, takes_initializer)
        options = initializer_options(self.state.analysis, [each.id for each in nodes])
        present = initializer_of(node)
        popup = popup_choice(
            self.view.viewport(), options, initializer_thumbnail,
            self.view.scene.spot_rect(index, Spot("initializer")),
            lambda key: self._wish(initializer_edit(nodes, key)),
            current=present.key() if present is not None else NOTHING,
        )  # fmt: skip
        self._opened(popup, node.id, Spot("initializer"))

    def _meant(self, node: Node, takes: Callable[[Node], bool]) -> tuple[Node, ...]:
        """The nodes that a choice on one card is for: all selected, if it is one of them."""
        selection = self.state.selected_nodes if self.state else ()
        others = tuple(each for each in selection if takes(each) or each.id == node.id)
        return others if node in selection else (node,)

    def _opened(self, popup: ChoicePopup, node_id: int, spot: Spot) -> None:
        self._popup = popup
        self.view.scene.opened = (node_id, spot)
        popup.closed.connect(self._closed)
        self.view.viewport().update()

    def _closed(self) -> None:
        self._popup = None
        self.view.scene.opened = None
        self.view.viewport().update()

    @property
    def popup(self) -> ChoicePopup | None:
        """The list that is open."""
        return self._popup

    # --- adding and moving ---

    def add_after(self, index: int, query: str = "") -> None:
        """Open the palette for the place after a row; the end of the network for -1."""
        if self.state is None:
            return
        place = gap_after(self.view.scene.model.rows, index, self.state.network)
        last = len(self.view.scene.model.slots) - 1
        at = index if 0 <= index < last else max(last - 1, 0)
        self.view.reveal(at)
        self.add_at(place, self.view.scene.card_rect(at), query)

    def add_at(self, place: Place, beside: QRect, query: str = "") -> None:
        """Open the palette beside a rectangle of the viewport; what is chosen goes to the place."""
        popup = popup_choice(
            self.view.viewport(), [*my_blocks.options(), *kind_options()], kind_thumbnail, beside,
            lambda key: self._add(key, place),
            query=query, found=lambda typed: [*my_blocks.found(typed), *found_kinds(typed)],
        )  # fmt: skip
        self._opened(popup, 0, Spot("card"))

    def _add(self, key: str, place: Place) -> None:
        if self.state is not None:
            self._wish(my_blocks.insert_edit(self.state.network, key, place))

    def move_to(self, ids: tuple[int, ...], place: Place) -> None:
        """Move nodes to another place."""
        self._wish(Move(ids, place))

    def _wish(self, edit: Edit | None) -> None:
        if edit is not None:
            self.sealed.emit()
            self.wished.emit(edit)
            self.sealed.emit()

    def menu(self, index: int, where: object) -> None:
        """Ask for the menu of a row, which gets selected unless it is."""
        row = self.view.scene.row(index)
        node_id = node_id_of(row) if row is not None else 0
        if self.state is not None and node_id not in self.state.selection and row is not None:
            self.pick(index)
        if self.state is not None:
            self.context_menu_wished.emit(self.state.selection, where)
