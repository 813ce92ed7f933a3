"""The command table as QActions: menu bar, tool bar, context menu, and what can be done at the moment."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from gui import theme
from gui.commands import COMMANDS, MENUS, Command, menu_title
from gui.desk import Desk
from gui.document import State


class Actions(QObject):
    """One QAction a command; they enable themselves by the state."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent)
        self._parent = parent
        self._desk = desk
        self._actions = {command.name: self._action(command) for command in COMMANDS}

    def _action(self, command: Command) -> QAction:
        action = QAction(command.text, self._parent)
        action.setObjectName(command.name)
        if command.shortcut:
            action.setShortcut(QKeySequence(command.shortcut))
        action.triggered.connect(lambda: command.run(self._desk))
        self._parent.addAction(action)
        return action

    def action(self, name: str) -> QAction:
        return self._actions[name]

    def run(self, name: str) -> None:
        """Do a command where it can be done."""
        self._actions[name].trigger()

    def show_state(self, state: State) -> None:
        """Enable what can be done; name what undo and redo would take back."""
        for command in COMMANDS:
            action = self._actions[command.name]
            enabled = command.enabled(state)
            if action.isEnabled() != enabled:
                action.setEnabled(enabled)

    def recolour(self) -> None:
        """Draw the icons of the menus in the present theme's colours; also the first time they are drawn."""
        for command in COMMANDS:
            if command.icon:
                self._actions[command.name].setIcon(theme.icon(command.icon, "text_muted"))

    def menu_bar(self, parent: QWidget) -> QMenuBar:
        bar = QMenuBar(parent)
        for name in MENUS:
            menu = bar.addMenu(menu_title(name))
            menu.setObjectName(name)
            self._fill(menu, [command for command in COMMANDS if command.menu == name])
            menu.aboutToShow.connect(self.recolour)
        return bar

    def context_menu(self, parent: QWidget) -> QMenu:
        """What can be done with the selected layers."""
        self.recolour()
        menu = QMenu(parent)
        self._fill(menu, [command for command in COMMANDS if command.in_context])
        return menu

    def _fill(self, menu: QMenu, commands: list[Command]) -> None:
        for command in commands:
            if command.separated and not menu.isEmpty():
                menu.addSeparator()
            menu.addAction(self._actions[command.name])
