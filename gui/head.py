"""The bar at the top: the commonest commands, the line that finds everything, and the state of the engine."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from gui import theme
from gui.actions import Actions
from gui.commands import BY_NAME
from gui.widgets.pieces import Pill, plain_label, push_button

if TYPE_CHECKING:
    from gui.engine_process import EngineProcess


class Head(QWidget):
    """Buttons of the command table, the search line, and "CPU ready"."""

    palette_wished = Signal()
    engine_wished = Signal()

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._actions = actions
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.MEDIUM, theme.NARROW, theme.MEDIUM, theme.NARROW)
        row.setSpacing(6)
        # In the order in which Tab goes through them, from left to right.
        for name in ("file.start", "file.open", "file.save"):
            row.addWidget(self._button(name))
        row.addSpacing(theme.MEDIUM)
        for name in ("edit.undo", "edit.redo"):
            row.addWidget(self._button(name))
        row.addSpacing(theme.MEDIUM)
        self.search = _search_button(self.tr("Add a layer or run a command…"), "Ctrl+K", self)
        self.search.clicked.connect(lambda: self.palette_wished.emit())
        row.addWidget(self.search, 2)
        row.addStretch(3)
        self.engine = Pill(self.tr("Engine starting"), "note", self)
        self.engine.setToolTip(self.tr("PyTorch runs in a process of its own beside this window."))
        row.addWidget(self.engine)
        self._row = row
        row.addSpacing(theme.TIGHT)
        row.addWidget(self._button("file.export"))
        row.addSpacing(theme.TIGHT)
        row.addWidget(self._button("run.train", "primary"))
        for name in ("run.pause", "run.step", "run.reset"):
            row.addWidget(self._button(name))

    def _button(self, name: str, role: str = "") -> QPushButton:
        """A button that does a command and is enabled when the command is."""
        action = self._actions.action(name)
        button = push_button(action.text().rstrip("…"), role, self)
        shortcut = BY_NAME[name].shortcut
        button.setToolTip(f"{action.text()}  ({shortcut})" if shortcut else action.text())
        button.setEnabled(action.isEnabled())
        button.clicked.connect(action.trigger)
        action.enabledChanged.connect(button.setEnabled)
        return button

    @cached_property
    def _again(self) -> QPushButton:
        """What begins another engine, where this one needs that."""
        again = push_button(self.tr("Start again"), parent=self)
        again.clicked.connect(lambda: self.engine_wished.emit())
        self._row.insertWidget(self._row.indexOf(self.engine) + 1, again)
        return again

    def show_engine(self, engine: EngineProcess) -> None:
        """Say how the worker is; where it needs help, offer it."""
        from gui.engine_process import State as EngineState

        match engine.state:
            case EngineState.STARTING:
                self.engine.show_state(self.tr("Engine starting"), "note")
            case EngineState.READY:
                self.engine.show_state(self.tr("CPU ready"), "ok")
            case EngineState.BUSY:
                self.engine.show_state(self.tr("Working"), "note")
            case EngineState.HUNG:
                self.engine.show_state(self.tr("Engine does not answer"), "danger")
            case EngineState.GONE:
                self.engine.show_state(self.tr("Engine stopped"), "warning")
        needed = engine.state is EngineState.HUNG or bool(engine.stopped_because)
        if needed or "_again" in vars(self):
            self._again.setVisible(needed)


def _search_button(text: str, shortcut: str, parent: QWidget) -> QPushButton:
    """Looks like a search line; the line itself is in the list that it opens."""
    button = push_button(text, "search", parent)
    button.setMinimumWidth(310)
    button.setMaximumWidth(420)
    hint = QHBoxLayout(button)
    hint.setContentsMargins(0, 0, theme.WIDE, 0)
    hint.addStretch(1)
    hint.addWidget(plain_label(shortcut, "caption", button))
    return button
