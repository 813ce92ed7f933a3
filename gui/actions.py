"""The command table as QActions: menu bar, tool bar, context menu, and what can be done at the moment."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from gui import theme
from gui.commands import BY_NAME, COMMANDS, MENUS, Command, menu_title
from gui.desk import Desk
from gui.document import State


class Actions(QObject):
    """One QAction a command, which enables itself by the state; made when asked for, at the latest by `complete`."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent)
        self._parent = parent
        self._desk = desk
        self._state: State | None = None
        self._actions: dict[str, QAction] = {}
        self._titles: list[QAction] = []

    def action(self, name: str) -> QAction:
        """The action of a command."""
        if name not in self._actions:
            self._actions[name] = self._made(BY_NAME[name])
        return self._actions[name]

    def _made(self, command: Command) -> QAction:
        # Its text is set apart: a constructor with a text is looked for among those with a QIcon too, and for that
        # PySide makes the 150 members of an enum.
        action = QAction(self._parent)
        action.setText(command.text)
        action.setObjectName(command.name)
        if self._state is not None:
            action.setEnabled(command.enabled(self._state))
        action.triggered.connect(lambda: command.run(self._desk))
        self._parent.addAction(action)
        return action

    def complete(self) -> None:
        """Make what the first paint does not wait for: the keys, and what is in the menus."""
        from PySide6.QtGui import QKeySequence

        for command in COMMANDS:
            action = self.action(command.name)
            if command.shortcut:
                action.setShortcut(QKeySequence(command.shortcut))
        for title in self._titles:
            menu = QMenu(self._parent)
            menu.setObjectName(title.objectName())
            self._fill(
                menu, [command for command in COMMANDS if command.menu == title.objectName()]
            )
            menu.aboutToShow.connect(self.recolour)
            menu.aboutToShow.connect(partial(self._say_what, title.objectName()))
            title.setMenu(menu)

    def run(self, name: str) -> None:
        """Do a command where it can be done."""
        self.action(name).trigger()

    def show_state(self, state: State) -> None:
        """Enable what can be done."""
        self._state = state
        for name, action in self._actions.items():
            enabled = BY_NAME[name].enabled(state)
            if action.isEnabled() != enabled:
                action.setEnabled(enabled)

    def _say_what(self, menu: str) -> None:
        """Say behind the commands of a menu what they would do now: only here, as no key waits for it."""
        if self._state is not None:
            for command in COMMANDS:
                if command.menu == menu:
                    # A menu takes a single & for the letter that chooses the entry.
                    text = command.text_in(self._state).replace("&", "&&")
                    self.action(command.name).setText(text)

    def recolour(self) -> None:
        """Draw the icons of the menus in the present theme's colours; also the first time they are drawn."""
        for command in COMMANDS:
            if command.icon:
                self.action(command.name).setIcon(theme.icon(command.icon, "text_muted"))

    def menu_bar(self, parent: QWidget) -> QMenuBar:
        """The titles of the menus; `complete` makes the menus."""
        bar = QMenuBar(parent)
        for name in MENUS:
            title = QAction(bar)
            title.setText(menu_title(name))
            title.setObjectName(name)
            bar.addAction(title)
            self._titles.append(title)
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
            menu.addAction(self.action(command.name))
