"""The stack panel: the head of the column, the search, the cards, and the button that adds a layer."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from engine.design.tree import walk
from gui import theme
from gui.document import State
from gui.stack.rows import blocks_around, folded_at_first, is_block, layers_in, rows_of
from gui.stack.view import StackView
from gui.stack.words import counted, layers_counted, parameters_counted
from gui.widgets.pieces import SectionHeading, push_button

if TYPE_CHECKING:
    from gui.stack.floating import Floating
    from gui.stack.gestures import Gestures
    from gui.stack.hands import Hands
    from gui.stack.search import SearchLine

translate = QCoreApplication.translate


class StackPanel(QWidget):
    """Shows the network as a stack of cards and reports what a person wishes."""

    wished = Signal(object)
    selected = Signal(object)
    sealed = Signal()
    commanded = Signal(str)
    context_menu_wished = Signal(object, object)
    found = Signal(object, int)
    """What a search has found, see Finder."""
    grew = Signal()
    """The height that all cards need has changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Layers"))
        theme.set_role(self, "panel")
        self._state: State | None = None
        self.folded: frozenset[int] = frozenset()
        self._heading = SectionHeading(self.tr("Layers"), parent=self)
        self._find = QToolButton(self)
        self.view = StackView(self)
        self.add_button = push_button(self.tr("+ Add layer"), "add", self)
        self._column = QVBoxLayout(self)
        self._set_up()
        theme.changed.connect(self._recolour)

    def _set_up(self) -> None:
        theme.set_role(self._find, "quiet")
        self._find.setAccessibleName(self.tr("Find a layer"))
        self._find.setToolTip(self.tr("Find a layer"))
        self._find.clicked.connect(self.focus_search)
        self.add_button.clicked.connect(lambda: self.gestures.add_after(-1))
        self.view.grew.connect(self.grew)
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 8, 4)
        head.setSpacing(2)
        head.addWidget(self._heading, 1)
        head.addWidget(self._find)
        foot = QHBoxLayout()
        foot.setContentsMargins(14, 6, 14, 10)
        foot.addWidget(self.add_button)
        self.add_button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(head)
        self._column.addWidget(self.view, 1)
        self._column.addLayout(foot)

    def complete(self) -> None:
        """Make what the first paint does not wait for: all that acts on the cards."""
        self._recolour()
        _ = self.hands

    @cached_property
    def hands(self) -> Hands:
        """Mouse, keys, editors and search."""
        from gui.stack.hands import Hands

        hands = Hands(self.view)
        gestures = hands.gestures
        gestures.wished.connect(self.wished)
        gestures.selected.connect(self.selected)
        gestures.sealed.connect(self.sealed)
        gestures.commanded.connect(self.commanded)
        gestures.context_menu_wished.connect(self.context_menu_wished)
        gestures.fold_wished.connect(self._fold)
        hands.finder.reached.connect(self._reach)
        hands.finder.found.connect(self.found)
        self._column.insertWidget(1, hands.search)
        QWidget.setTabOrder(self._find, hands.search)
        if self._state is not None:
            hands.show_state(self._state)
        return hands

    @property
    def gestures(self) -> Gestures:
        """What clicks and keys mean."""
        return self.hands.gestures

    @property
    def floating(self) -> Floating:
        """The editors over cards."""
        return self.hands.floating

    @property
    def search(self) -> SearchLine:
        """The line above the cards."""
        return self.hands.search

    def _recolour(self) -> None:
        self._find.setIcon(theme.icon("search", "text_faint"))
        self.view.viewport().update()

    # --- showing -----------------------------------------------------------------------------------------------------

    def show_state(self, old: State | None, new: State) -> None:
        """Show a state, touching only the cards that differ from what is shown."""
        shown, self._state = self._state, new
        fresh = shown is None or _another_project(shown, new)
        if fresh:
            self.folded = folded_at_first(new.network)
        if (
            fresh
            or shown is None
            or shown.project is not new.project
            or shown.analysis is not new.analysis
        ):
            self._show_rows(new)
        if fresh:
            self.view.verticalScrollBar().setValue(0)
        if (
            shown is None
            or fresh
            or shown.selection != new.selection
            or shown.network is not new.network
        ):
            self._show_selection(
                new, follow=not fresh and (shown is None or shown.selection != new.selection)
            )
        if "hands" in self.__dict__:
            self.hands.show_state(new)

    def _show_rows(self, state: State) -> None:
        self.view.show_rows(rows_of(state.project, state.analysis, self.folded), state.network)
        self._heading.set_caption(_caption(state))

    def _show_selection(self, state: State, follow: bool) -> None:
        """Mark the selected cards; where the selection is new, unfold and scroll so that it is seen."""
        if follow and state.selection:
            around = blocks_around(state.network, state.selection[-1])
            hidden = self.folded.intersection(around)
            if hidden:
                self.folded -= hidden
                self._show_rows(state)
        self.view.show_selection(state.selection)
        if follow and state.selection:
            place = self.view.scene.model.place_of_node(state.selection[-1])
            self.view.reveal(place)
            if self.view.scene.current_id() not in state.selection:
                self.view.set_current(place)

    def _fold(self, ids: tuple[int, ...], fold: bool) -> None:
        if self._state is not None:
            self.folded = self.folded | set(ids) if fold else self.folded - set(ids)
            self._show_rows(self._state)
            self.view.show_selection(self._state.selection)

    def _reach(self, node_id: int, take: bool) -> None:
        """Bring a card that a search has found into sight, and select it."""
        if self._state is None:
            return
        hidden = self.folded.intersection(blocks_around(self._state.network, node_id))
        if hidden:
            self._fold(tuple(hidden), fold=False)
        self.view.reveal(self.view.scene.model.place_of_node(node_id))
        if take:
            self.selected.emit((node_id,))

    def needed_height(self) -> int:
        """The height that shows every card without scrolling."""
        rest = self.sizeHint().height() - self.view.sizeHint().height()
        return rest + self.view.scene.shelf.height

    # --- what commands of the window do ------------------------------------------------------------------------------

    def focus_search(self) -> None:
        """Let a person type what they look for."""
        self.search.begin()

    def open_palette(self, query: str = "") -> None:
        """Offer all kinds of layers; the one that is chosen comes after the selection."""
        model = self.view.scene.model
        selection = self._state.selection if self._state else ()
        places = [model.place_of_node(node_id) for node_id in selection]
        self.gestures.add_after(max(places, default=-1), query)

    def rename(self, node_id: int = 0) -> None:
        """Type another name over a card; over the selected one's without an id."""
        selection = self._state.selection if self._state else ()
        wanted = node_id or (selection[-1] if selection else 0)
        if wanted:
            self._reach(wanted, take=False)
            self.floating.rename(wanted)

    def fold_all(self, fold: bool) -> None:
        """Fold every block, or unfold every one."""
        if self._state is not None:
            nodes = walk(self._state.network.body)
            self._fold(tuple(node.id for node in nodes if is_block(node)), fold)


def _another_project(shown: State, new: State) -> bool:
    """Whether a state begins another history: a project that was opened or started."""
    history = new.history
    first = history.step.before is None and not history.undone
    return first and history.present.network is not shown.network and history is not shown.history


def _caption(state: State) -> str:
    """5 layers · 386 params; faults instead of a sum that would leave out what lies behind them."""
    layers = layers_counted(layers_in(state.network.body))
    faults = len(state.analysis.faults)
    if faults:
        one = translate("Stack", "1 fault")
        return f"{layers} · {counted(faults, one, translate('Stack', '{0} faults'))}"
    return f"{layers} · {parameters_counted(state.analysis.totals.parameters)}"
