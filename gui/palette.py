"""The line that finds everything: every kind of layer and every command, by a few letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from engine.catalogue import KINDS
from gui.commands import COMMANDS
from gui.widgets.choice import popup_choice
from gui.widgets.options import Option

if TYPE_CHECKING:
    from gui.window import Window

LAYER = "layer:"


def options(window: Window) -> list[Option]:
    """What can be added and what can be done now."""
    add = _say("Add a layer")
    do = _say("Run a command")
    kinds = [
        Option(LAYER + key, kind.title(), kind.sentence(), group=add) for key, kind in KINDS.items()
    ]
    state = window.document.state
    commands = [
        Option(command.name, command.text.rstrip("…"), command.shortcut, group=do)
        for command in COMMANDS
        if command.enabled(state) and command.name != "edit.palette"
    ]
    return kinds + commands


def open_palette(window: Window, anchor: QWidget) -> QWidget:
    """Open the list below `anchor`."""

    def chosen(key: str) -> None:
        if key.startswith(LAYER):
            window.insert_kind(key.removeprefix(LAYER))
        else:
            window.actions_table.run(key)

    return popup_choice(anchor, options(window), None, anchor.rect(), chosen)


def _say(text: str) -> str:
    return QCoreApplication.translate("palette", text)
