"""The inspector: everything about what is selected, and the network where nothing is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from engine.design.tree import Layer, Node
from gui import theme
from gui.asking import Ask
from gui.document import State
from gui.inspector.block_page import BlockPage
from gui.inspector.layer_page import LayerPage
from gui.inspector.network_page import NetworkPage
from gui.inspector.page import Page
from gui.inspector.several_page import SeveralPage
from gui.inspector.voice import Voice

NARROWEST, WIDEST, USUAL = 300, 420, 356

Maker = Callable[[Voice], Page]


class Inspector(QScrollArea):
    """Shows one page for the sort of thing that is selected; pages are made when first needed."""

    wished = Signal(object)
    sealed = Signal()
    commanded = Signal(str)
    selected = Signal(object)

    def __init__(self, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._voice = Voice(
            self.wished.emit, self.sealed.emit, self.commanded.emit, self.selected.emit, ask
        )
        self._pages: dict[Maker, Page] = {}
        self._page: Page | None = None
        self._holder = QWidget()
        theme.set_role(self._holder, "panel")
        self._column = QVBoxLayout(self._holder)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.setWidget(self._holder)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(NARROWEST)
        self.setMaximumWidth(WIDEST)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Inspector"))

    def sizeHint(self) -> QSize:
        return QSize(USUAL, 600)

    def show_state(self, old: State | None, new: State) -> None:
        """Show the selection of `new`; touches only what differs and never emits."""
        page = self._page_for(_maker(new.selected_nodes))
        if page is not self._page:
            if self._page is not None:
                self._page.hide()
            self._page = page
            old = None
        page.show_state(old, new)
        page.show()
        if old is None or old.selection != new.selection:
            self.verticalScrollBar().setValue(0)

    def _page_for(self, maker: Maker) -> Page:
        if maker not in self._pages:
            page = maker(self._voice)
            page.hide()
            self._pages[maker] = page
            self._column.addWidget(page)
        return self._pages[maker]


def _maker(nodes: tuple[Node, ...]) -> Maker:
    """The page for a selection."""
    match nodes:
        case ():
            return NetworkPage
        case (Layer(),):
            return LayerPage
        case (_,):
            return BlockPage
        case _:
            return SeveralPage
