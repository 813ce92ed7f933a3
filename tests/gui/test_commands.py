"""The table of commands: what is in it is said once, found everywhere, and never means two things."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu

import resources
from engine.files import store
from gui import palette, theme
from gui.actions import Actions
from gui.commands import BY_NAME, COMMANDS, MENUS, Command
from gui.document import opened
from gui.stack.keys import COMMANDS as KEYS_OF_THE_STACK

WITH_KEYS = [command for command in COMMANDS if command.shortcut]


def keys(command: Command) -> QKeySequence:
    return QKeySequence(command.shortcut)


def test_names_and_titles_are_told_apart():
    assert len(BY_NAME) == len(COMMANDS)
    assert [
        title for title, times in Counter(each.text for each in COMMANDS).items() if times > 1
    ] == []


def test_no_two_commands_have_the_same_keys():
    times = Counter(keys(command).toString() for command in WITH_KEYS)
    assert [each for each, count in times.items() if count > 1] == []


@pytest.mark.parametrize("command", WITH_KEYS, ids=lambda command: command.name)
def test_keys_are_written_as_qt_reads_them(command: Command):
    assert keys(command).count() == 1
    assert keys(command).toString() == command.shortcut


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_is_in_a_menu_with_an_icon_that_is_there(
    command: Command, qapp: QApplication
):
    assert command.menu in MENUS
    theme.apply(qapp, theme.DARK)
    if command.icon:
        assert not theme.icon(command.icon, "text_muted").isNull()


def test_no_menu_is_empty():
    assert {command.menu for command in COMMANDS} == set(MENUS)


def test_keys_of_the_stack_mean_what_the_commands_of_the_window_mean():
    for (held, key), name in KEYS_OF_THE_STACK.items():
        shortcut = QKeySequence(held.value | int(key))
        assert shortcut == keys(BY_NAME[name]) or shortcut.toString() == "Backspace"


@pytest.mark.parametrize("sample", ["empty", "tutorial"])
def test_the_palette_offers_exactly_what_can_be_done(sample: str):
    state = opened(store.load(resources.path("samples", f"{sample}.loom")))
    offered = {option.key for option in palette.options(state)}
    for command in COMMANDS:
        can = command.enabled(state) and command.name != "edit.palette"
        assert (command.name in offered) == can


def test_the_menus_hold_every_command_once(qtbot, qapp: QApplication):
    theme.apply(qapp, theme.DARK)
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = Actions(window, window)  # type: ignore[arg-type]
    window.setMenuBar(actions.menu_bar(window))
    actions.complete()
    menus = [window.findChild(QMenu, name) for name in MENUS]
    entries = [
        entry.objectName()
        for menu in menus
        if menu is not None
        for entry in menu.actions()
        if not entry.isSeparator()
    ]
    assert sorted(entries) == sorted(BY_NAME)
