"""The frame of the window: what stands where, and how much room it has.

Everything is made inside its parent, from the outside in. A widget that moves into a parent later is styled again with
all that is in it; made from the inside out, the window took 10 ms longer to appear.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from gui.actions import Actions
from gui.asking import Ask
from gui.centre import Centre
from gui.head import Head
from gui.preferences import Preferences
from gui.stack.column import LeftColumn
from gui.stack.panel import StackPanel
from gui.status import Status
from gui.widgets.pieces import Notice

if TYPE_CHECKING:
    from gui.inspector.panel import Inspector

LEFT, RIGHT, BOTTOM = 372, 356, 330
"""Widths of the side columns and height of the run, in pixels, where nothing else was kept."""

LOW = 210
"""Height of the run in a window lower than `HIGH`: curve and weights of a layer need the room more."""

HIGH = 900


class Frame(QWidget):
    """Head, notice, the three columns and the status line; room is kept for panels that come after the first paint."""

    def __init__(self, window: QMainWindow, actions: Actions, ask: Ask) -> None:
        super().__init__(window)
        self._inspector: Inspector | None = None
        self._has_choice = False
        self.head = Head(actions, self)
        self.pages = QStackedWidget(self)
        self.status = Status(self)
        self.whole = _splitter(Qt.Orientation.Horizontal, self.pages)
        self.left = LeftColumn(self.whole)
        self.stack = StackPanel(self.left)
        self.left.put_above(self.stack)
        self.rows = _splitter(Qt.Orientation.Vertical, self.whole)
        self.upper = _splitter(Qt.Orientation.Horizontal, self.rows)
        self.centre = Centre(ask, self.upper)
        for splitter in (self.upper, self.rows):
            QWidget(splitter)  # the room for the inspector, and for the run
        for splitter, growing in ((self.whole, 1), (self.rows, 0), (self.upper, 0)):
            splitter.setStretchFactor(growing, 1)
            splitter.setStretchFactor(1 - growing, 0)
        self.rows.splitterMoved.connect(self._choose_height)
        self.pages.addWidget(self.whole)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.head)
        self._column.addWidget(self.pages, 1)
        self._column.addWidget(self.status)

    @cached_property
    def notice(self) -> Notice:
        """The line below the head that says what happened."""
        notice = Notice(self)
        self._column.insertWidget(1, notice)
        return notice

    @contextmanager
    def keyboard_kept(self) -> Generator[None, None, None]:
        """Give the keyboard to the stack where what has it goes; Qt would give it to whatever comes next."""
        held = QApplication.focusWidget()
        is_inside = held is not None and self.isAncestorOf(held)
        yield
        if is_inside and held is not None and isValid(held) and not held.isVisible():
            self.stack.view.setFocus()

    def put_right(self, inspector: Inspector) -> None:
        """Give the inspector its room."""
        self._inspector = inspector
        _fill(self.upper, inspector)

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab comes into the inspector at its top and Shift+Tab at its bottom, whatever was made first there."""
        has_moved = super().focusNextPrevChild(next)
        here = QApplication.focusWidget()
        if self._inspector is not None and here is not None and self._inspector.isAncestorOf(here):
            self._inspector.enter(next)
        return has_moved

    def put_below(self, run: QWidget) -> None:
        """Give the run its room."""
        _fill(self.rows, run)

    def restore(self, preferences: Preferences) -> None:
        """Share the room as it was kept."""
        self.whole.setSizes([LEFT, 1600 - LEFT])
        self.upper.setSizes([1600 - LEFT - RIGHT, RIGHT])
        self._share_height()
        for name, splitter in self._splitters().items():
            state: QByteArray | None = preferences.layout(name)
            if state is not None:
                splitter.restoreState(state)
                self._has_choice = self._has_choice or splitter is self.rows
        for name, splitter in self._panels().items():
            if (room := splitter.widget(1)) is not None and preferences.hides(name):
                room.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().height() != event.size().height():
            self._share_height()

    def _share_height(self) -> None:
        """Give the run its height by that of the window, until a person has chosen one."""
        if self._has_choice:
            return
        whole = self.height()
        below = BOTTOM if whole >= HIGH else LOW
        self.rows.setSizes([whole - below, below])

    def _choose_height(self) -> None:
        self._has_choice = True

    def keep(self, preferences: Preferences) -> None:
        """Keep how the room is shared."""
        for name, splitter in self._splitters().items():
            preferences.keep_layout(name, splitter.saveState())
        for name, splitter in self._panels().items():
            if (panel := splitter.widget(1)) is not None:
                preferences.keep_hidden(name, panel.isHidden())

    def _panels(self) -> dict[str, QSplitter]:
        """Where the panels are that can be hidden, each the second of its splitter."""
        return {"inspector": self.upper, "run": self.rows}

    def _splitters(self) -> dict[str, QSplitter]:
        return {"upper": self.upper, "rows": self.rows, "whole": self.whole}


def _splitter(orientation: Qt.Orientation, parent: QWidget) -> QSplitter:
    splitter = QSplitter(orientation, parent)
    splitter.setHandleWidth(1)
    splitter.setChildrenCollapsible(False)
    return splitter


def _fill(splitter: QSplitter, panel: QWidget) -> None:
    """Put a panel where its room was kept, the sizes staying as they are."""
    sizes = splitter.sizes()
    room = splitter.widget(1)
    assert room is not None
    is_wanted = room.isVisibleTo(splitter)
    splitter.replaceWidget(1, panel)
    panel.setVisible(is_wanted)
    room.deleteLater()
    splitter.setSizes(sizes)
