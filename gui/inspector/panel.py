"""The inspector: everything about what is selected, and the network where nothing is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from engine.design.tree import Layer, Node
from engine.worker.protocol import Progress, Request, Result
from gui import theme
from gui.asking import Ask, Ticket
from gui.document import State
from gui.inspector.block_page import BlockPage
from gui.inspector.layer_page import LayerPage
from gui.inspector.network_page import NetworkPage
from gui.inspector.page import Page
from gui.inspector.several_page import SeveralPage
from gui.inspector.voice import Voice

NARROWEST, WIDEST, USUAL = 300, 420, 356
_IDLE_MS = 600
_SAME_ROW = 10
"""Pixels between two centres in one row."""

Maker = Callable[[Voice], Page]


class Inspector(QScrollArea):
    """Shows one page for the sort of thing that is selected; pages are made when first needed."""

    wished = Signal(object)
    sealed = Signal()
    commanded = Signal(str)
    selected = Signal(object)

    def __init__(self, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ask_worker = ask
        self._voice = Voice(
            self.wished.emit, self.sealed.emit, self.commanded.emit, self.selected.emit, self._ask
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
        self._soon = QTimer(self, interval=_IDLE_MS, singleShot=True)
        self._soon.timeout.connect(self._prepare)

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
        _settle(page)
        self._soon.start()
        if old is None or old.selection != new.selection:
            self.verticalScrollBar().setValue(0)

    def _ask(
        self,
        request: Request,
        on_result: Callable[[Result], None],
        on_failure: Callable[[str], None],
        channel: str = "",
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Ticket:
        """Ask for a part; an answer that comes after the column has gone is for nobody."""

        def heard(result: Result) -> None:
            if isValid(self):
                on_result(result)

        def failed(sentence: str) -> None:
            if isValid(self):
                on_failure(sentence)

        return self._ask_worker(request, heard, failed, channel, on_progress)

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab goes from top to bottom, also past fields that were made later than those below."""
        here = QApplication.focusWidget()
        stops = self._stops()
        if here is None or here not in stops:
            return super().focusNextPrevChild(next)
        place = stops.index(here) + (1 if next else -1)
        target = stops[place] if 0 <= place < len(stops) else self._outside(here, next)
        if target is None:
            return super().focusNextPrevChild(next)
        self._go_to(target, next)
        return True

    def enter(self, next: bool) -> None:
        """Give the keyboard to the first field, or to the last."""
        if stops := self._stops():
            self._go_to(stops[0 if next else -1], next)

    def _go_to(self, target: QWidget, next: bool) -> None:
        reason = Qt.FocusReason.TabFocusReason if next else Qt.FocusReason.BacktabFocusReason
        target.setFocus(reason)
        if self.isAncestorOf(target):
            self.ensureWidgetVisible(target, 0, 24)

    def _stops(self) -> list[QWidget]:
        """What Tab stops at, from top to bottom and from left to right."""

        def place(widget: QWidget) -> tuple[int, int]:
            centre = widget.mapTo(self._holder, widget.rect().center())
            return round(centre.y() / _SAME_ROW), centre.x()

        return sorted(filter(_takes_focus, self._holder.findChildren(QWidget)), key=place)

    def _outside(self, here: QWidget, next: bool) -> QWidget | None:
        """The nearest widget of the window beyond the inspector that takes the focus."""
        found = _beside(here, next)
        while found is not None and found is not here:
            if not self.isAncestorOf(found) and found is not self and _takes_focus(found):
                return found
            found = _beside(found, next)
        return None

    def _prepare(self) -> None:
        """Make the page that is most likely next, while nobody waits for it."""
        self._page_for(LayerPage)

    def _page_for(self, maker: Maker) -> Page:
        if maker not in self._pages:
            page = maker(self._voice)
            page.hide()
            self._pages[maker] = page
            self._column.addWidget(page)
        return self._pages[maker]


def _settle(page: QWidget) -> None:
    """Give every row its place now: Qt would take several passes of the event loop, and paint each.

    From the innermost layouts outward, for what a row needs is asked of those inside it.
    """
    for widget in reversed([page, *page.findChildren(QWidget)]):
        layout = widget.layout()
        if layout is not None and widget.isVisible():
            layout.activate()


def _beside(widget: QWidget, next: bool) -> QWidget | None:
    """The neighbour in the window's own chain."""
    return widget.nextInFocusChain() if next else widget.previousInFocusChain()


def _takes_focus(widget: QWidget) -> bool:
    by_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    return (
        bool(by_tab) and widget.focusProxy() is None and widget.isVisible() and widget.isEnabled()
    )


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
