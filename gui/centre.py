"""The centre of the window: four views of one design behind tabs, and what can be exported of the one in front."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from gui import theme
from gui.asking import Ask
from gui.document import State
from gui.views.diagram_view import DiagramView
from gui.widgets.pieces import push_button

if TYPE_CHECKING:
    from engine.worker.protocol import Result
    from gui.run.forward import ForwardValues
    from gui.views.code_view import CodeView
    from gui.views.data_view import DataView
    from gui.views.summary_view import SummaryView


class View(Protocol):
    """One view: shows states, only while it is in front."""

    def show_state(self, old: State | None, new: State) -> None: ...


class Centre(QWidget):
    """Diagram, Summary, Code and Data. A view is made, and brought up to date, when it comes to the front."""

    wished = Signal(object)
    selected = Signal(object)
    sealed = Signal()
    commanded = Signal(str)

    def __init__(self, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "canvas")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._makers = (
            partial(self._make_diagram, ask),
            self._make_summary,
            self._make_code,
            partial(self._make_data, ask),
        )
        head = QWidget(self)
        theme.set_role(head, "panel")
        self.tabs = QTabBar(head)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self.tabs.setAccessibleName(self.tr("Views"))
        for title in (self.tr("Diagram"), self.tr("Summary"), self.tr("Code"), self.tr("Data")):
            self.tabs.addTab(title)
        self._export = push_button(self.tr("Export…"), "quiet", head)
        self._export.clicked.connect(lambda: self.commanded.emit("file.export"))
        bar = QHBoxLayout(head)
        bar.setContentsMargins(theme.MEDIUM, 0, theme.MEDIUM, 0)
        bar.addWidget(self.tabs)
        bar.addStretch(1)
        bar.addWidget(self._export)
        self._pages = QStackedWidget(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self._pages, 1)
        self._state: State | None = None
        self._views: dict[int, View] = {}
        self._seen: dict[int, State] = {}
        self.tabs.currentChanged.connect(self._bring_to_front)
        self._bring_to_front(0)

    def show_state(self, old: State | None, new: State) -> None:
        """Show a state in the view in front; the others see it when they come there."""
        self._state = new
        self._bring_up_to_date()

    def show_view(self, index: int) -> None:
        self.tabs.setCurrentIndex(index)

    def show_forward(self, result: ForwardValues | None) -> None:
        """The values of a forward pass, for the diagram's neurons; None when they no longer hold."""
        self.diagram.show_forward(result)

    def show_trained(self, result: Result | None) -> None:
        """The weights of the run, for the diagram's lines; None where it is of another design."""
        if result is None:
            self.diagram.show_trained(None)
        else:
            self.diagram.show_trained(result.arrays, int(result.values["step"]))

    @property
    def wants_trained(self) -> bool:
        """Whether weights would be seen."""
        return self.diagram.wants_trained

    def show_found(self, ids: frozenset[int] | None, at: int) -> None:
        """What a search of the stack has found, for the diagram to show, too; None once nobody searches."""
        self.diagram.show_found(ids, at)

    def _bring_to_front(self, index: int) -> None:
        if index not in self._views:
            view = self._makers[index]()
            self._views[index] = view
            self._pages.addWidget(view)
        front = self._views[index]
        assert isinstance(front, QWidget)
        self._pages.setCurrentWidget(front)
        self._bring_up_to_date()

    def _bring_up_to_date(self) -> None:
        index = self.tabs.currentIndex()
        state = self._state
        if state is None or self._seen.get(index) is state:
            return
        self._views[index].show_state(self._seen.get(index), state)
        self._seen[index] = state

    # --- the views, each imported when it is first wanted ----------------------------------------------------------

    def _make_diagram(self, ask: Ask) -> DiagramView:
        self.diagram = DiagramView(ask, self._pages)
        self.diagram.selected.connect(self.selected)
        self.diagram.commanded.connect(self.commanded)
        return self.diagram

    def _make_summary(self) -> SummaryView:
        from gui.views.summary_view import SummaryView

        view = SummaryView()
        view.selected.connect(self.selected)
        view.commanded.connect(self.commanded)
        return view

    def _make_code(self) -> CodeView:
        from gui.views.code_view import CodeView

        view = CodeView()
        view.selected.connect(self.selected)
        return view

    def _make_data(self, ask: Ask) -> DataView:
        from gui.views.data_view import DataView

        view = DataView(ask)
        view.wished.connect(self.wished)
        view.sealed.connect(self.sealed)
        return view
