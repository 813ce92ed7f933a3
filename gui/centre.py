"""The centre of the window: four views of one design behind tabs, and what can be exported of the one in front."""

from __future__ import annotations

from typing import Protocol, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from gui import theme
from gui.asking import Ask
from gui.document import State
from gui.run.forward import ForwardValues
from gui.views.code_view import CodeView
from gui.views.data_view import DataView
from gui.views.diagram_view import DiagramView
from gui.views.summary_view import SummaryView
from gui.widgets.pieces import push_button


class View(Protocol):
    """One view: shows states, only while it is in front."""

    def show_state(self, old: State | None, new: State) -> None: ...


class Centre(QWidget):
    """Diagram, Summary, Code and Data. A view behind another is brought up to date when it comes to the front."""

    wished = Signal(object)
    selected = Signal(object)
    sealed = Signal()
    commanded = Signal(str)

    def __init__(self, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "canvas")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.diagram, self.summary = DiagramView(ask), SummaryView()
        self.code, self.data = CodeView(), DataView(ask)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self.tabs.setAccessibleName(self.tr("Views"))
        self._pages = QStackedWidget()
        titles = (self.tr("Diagram"), self.tr("Summary"), self.tr("Code"), self.tr("Data"))
        for title, view in zip(
            titles, (self.diagram, self.summary, self.code, self.data), strict=True
        ):
            self.tabs.addTab(title)
            self._pages.addWidget(view)
        self._export = push_button(self.tr("Export…"), "quiet")
        self._export.clicked.connect(lambda: self.commanded.emit("file.export"))
        bar = QHBoxLayout()
        bar.setContentsMargins(theme.MEDIUM, 0, theme.MEDIUM, 0)
        bar.addWidget(self.tabs)
        bar.addStretch(1)
        bar.addWidget(self._export)
        head = QWidget()
        theme.set_role(head, "panel")
        head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        head.setLayout(bar)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self._pages, 1)
        self._state: State | None = None
        self._seen: dict[int, State] = {}
        self.tabs.currentChanged.connect(self._brought_to_front)
        for view in (self.diagram, self.summary, self.code):
            view.selected.connect(self.selected)
        self.diagram.commanded.connect(self.commanded)
        self.data.wished.connect(self.wished)
        self.data.sealed.connect(self.sealed)

    def show_state(self, old: State | None, new: State) -> None:
        """Show a state in the view in front; the others see it when they come there."""
        self._state = new
        self._bring_up_to_date()

    def show_view(self, index: int) -> None:
        self.tabs.setCurrentIndex(index)

    def show_forward(self, result: ForwardValues | None) -> None:
        """The values of a forward pass, for the diagram's neurons; None when they no longer hold."""
        self.diagram.show_forward(result)

    def _brought_to_front(self, index: int) -> None:
        self._pages.setCurrentIndex(index)
        self._bring_up_to_date()

    def _bring_up_to_date(self) -> None:
        index = self._pages.currentIndex()
        state = self._state
        if state is None or self._seen.get(index) is state:
            return
        view = cast(View, self._pages.currentWidget())
        view.show_state(self._seen.get(index), state)
        self._seen[index] = state
