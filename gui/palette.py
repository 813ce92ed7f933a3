"""The line that finds everything: every kind of layer and every command, by a few letters."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from engine.catalogue import KINDS
from engine.design.value import replace
from gui.commands import COMMANDS
from gui.document import State
from gui.stack import my_blocks
from gui.widgets.choice import popup_choice
from gui.widgets.options import Option

LAYER = "layer:"


def options(state: State) -> list[Option]:
    """What can be added and what can be done now."""
    add = _say("Add a layer")
    do = _say("Run a command")
    kinds = [
        Option(LAYER + key, kind.title(), kind.sentence(), group=add, aliases=kind.aliases)
        for key, kind in KINDS.items()
    ]
    mine = [replace(each, key=LAYER + each.key) for each in my_blocks.options()]
    commands = [
        Option(command.name, command.text.rstrip("…"), command.shortcut, group=do)
        for command in COMMANDS
        if command.enabled(state) and command.name != "edit.palette"
    ]
    return kinds + mine + commands


def open_palette(
    anchor: QWidget, state: State, add: Callable[[str], None], run: Callable[[str], None]
) -> QWidget:
    """Open the list below `anchor`; what is chosen is added by the key of its kind or run by its name."""

    def chosen(key: str) -> None:
        if key.startswith(LAYER):
            add(key.removeprefix(LAYER))
        else:
            run(key)

    return popup_choice(anchor, options(state), None, anchor.rect(), chosen)


def _say(text: str) -> str:
    return QCoreApplication.translate("palette", text)
