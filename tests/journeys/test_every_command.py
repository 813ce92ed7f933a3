"""Every command of the table, by its keys and by its entry in the menu, in four projects."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMenu

from engine.design.edit import Rename, RenameNetwork
from engine.design.tree import Layer, node_name, walk
from gui.commands import COMMANDS, Command, menu_title
from tests.journeys.conftest import Come
from tests.journeys.person import CONTROL, SHIFT, Key, Person
from tests.journeys.projects import PROJECTS, written

LAST = ("file.start", "file.open", "learn.tutorial", "file.quit")
"""What may lead away from the project."""


@pytest.fixture(params=PROJECTS)
def person(request: pytest.FixtureRequest, come: Come, tmp_path: Path) -> Person:
    """Somebody with one of the projects, the first of its layers selected and something not yet saved."""
    person = come(written(request.param, tmp_path))
    person.until(lambda: "advice" in vars(person.window))
    begin(person)
    return person


@pytest.fixture
def escape(qapp: QApplication) -> Iterator[None]:
    """Presses Escape wherever a question waits for an answer."""

    def press() -> None:
        asking = QApplication.activeModalWidget()
        if asking is not None:
            QTest.keyClick(asking.focusWidget() or asking, Key.Key_Escape)

    timer = QTimer(qapp, interval=20)
    timer.timeout.connect(press)
    timer.start()
    yield
    timer.stop()
    timer.deleteLater()


def begin(person: Person) -> None:
    """Come back from the start page, and select the first layer with fields, so that most can be done."""
    layers = [node for node in walk(person.network.body) if isinstance(node, Layer)]
    layers = [layer for layer in layers if layer.kind.knobs] or layers
    person.come_to()
    person.window.show_view(0)
    person.window.stack.view.setFocus()
    person.window.document.select(tuple(layer.id for layer in layers[:1]))
    person.settle()
    if person.state.run.is_going:
        person.window.trainer.pause()
        person.until(lambda: not person.state.run.is_going)


def by_keys(person: Person, command: Command) -> None:
    QTest.keySequence(person.keyboard(), QKeySequence(command.shortcut))
    person.settle()


def by_menu(person: Person, command: Command) -> None:
    """Click the title, go to the entry as a hand does, and click it."""
    bar = person.window.menuBar()
    title = next(each for each in bar.actions() if each.text() == menu_title(command.menu))
    person.click(bar, bar.actionGeometry(title).center())
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    entry = next(each for each in menu.actions() if each.objectName() == command.name)
    QTest.mouseMove(menu, menu.actionGeometry(entry).center())
    person.settle()
    person.click(menu, menu.actionGeometry(entry).center())
    if menu.isVisible():  # what cannot be done leaves the menu open
        assert not entry.isEnabled()
        person.press(Key.Key_Escape)


def close_all(person: Person) -> None:
    """Press Escape until only the window is left."""
    for _ in range(5):
        if QApplication.activePopupWidget() is None and not person.all(QDialog):
            break
        person.press(Key.Key_Escape)
    assert QApplication.activePopupWidget() is None
    assert person.all(QDialog) == []
    assert person.window.isVisible()


def do_all(person: Person, do: Callable[[Person, Command], None], commands: list[Command]) -> None:
    """Do the commands one after the other; what cannot be done changes nothing."""
    for command in sorted(commands, key=lambda each: each.name in LAST):
        begin(person)
        before = person.state
        done = QSignalSpy(person.window.actions_table.action(command.name).triggered)
        can = command.enabled(before)
        assert person.window.actions_table.action(command.name).isEnabled() == can, command.name
        do(person, command)
        close_all(person)
        assert done.count() == can, command.name
        if not can:
            # A run that comes to its end meanwhile is another state of the same project.
            assert person.state.history is before.history, command.name


def change(person: Person) -> None:
    """Make something that is not yet saved, so that leaving asks first; and one step back from it, to redo."""
    document = person.window.document
    document.do(RenameNetwork("Other"))
    for node in person.network.body.nodes[:1]:
        assert isinstance(node, Layer)
        document.do(Rename(node.id, "begin"))
        document.undo()
    assert person.window.isWindowModified()


@pytest.mark.usefixtures("escape")
def test_every_command_is_done_by_its_keys_and_by_its_menu_exactly_where_it_can_be(
    person: Person, caplog: pytest.LogCaptureFixture
):
    change(person)
    with caplog.at_level(logging.WARNING):
        do_all(person, by_keys, [each for each in COMMANDS if each.shortcut])
        do_all(person, by_menu, list(COMMANDS))
    assert caplog.records == []


OF_TEXT = ("edit.cut", "edit.copy", "edit.paste", "edit.select_all", "edit.delete")
"""What a line does with its own text."""


@pytest.mark.usefixtures("escape")
def test_the_keys_of_commands_hold_in_a_field_too(come: Come, tmp_path: Path):
    person = come(written("tutorial", tmp_path))
    change(person)

    def in_field(person: Person, command: Command) -> None:
        if not person.window.inspector.isVisible():
            person.window.deeds.toggle_inspector()
            person.settle()
        line = person.named(QLineEdit, "out_features", person.window.inspector)
        person.click(line)
        assert person.keyboard() is line
        by_keys(person, command)

    do_all(person, in_field, [c for c in COMMANDS if c.shortcut and c.name not in OF_TEXT])


def test_the_dialog_shows_the_keys_of_every_command(come: Come):
    person = come()
    person.press(Key.Key_Slash, CONTROL)
    shown = person.words(person.dialog()).split("\n")
    for command in COMMANDS:
        if command.shortcut:
            assert command.text.rstrip("…") in shown
            assert command.shortcut in shown


def test_the_keys_that_the_dialog_names_for_the_stack_hold_there(come: Come, tmp_path: Path):
    person = come(written("blocks", tmp_path))
    scene = person.scene
    person.click_card("stem")

    def selected() -> list[str]:
        return [node_name(node) for node in person.state.selected_nodes]

    person.press(Key.Key_Down)
    assert selected() == ["blocks"]
    person.press(Key.Key_Up)
    assert selected() == ["stem"]
    person.press(Key.Key_Down, SHIFT)
    assert set(selected()) == {"stem", "blocks"}
    person.press(Key.Key_Up, SHIFT)
    assert selected() == ["stem"]
    person.press(Key.Key_Down)
    cards = len(scene.model.rows)
    person.press(Key.Key_Left)
    folded = len(scene.model.rows)
    person.press(Key.Key_Right)
    assert folded < cards or len(scene.model.rows) > folded
    person.click_card("stem")
    person.press(Key.Key_Tab)
    assert scene.sub_focus is not None
    person.press(Key.Key_Space)
    assert "Tanh" in person.offered()
    person.press(Key.Key_Escape)
    person.click_card("stem")
    person.write("drop")
    person.press(Key.Key_Return)
    assert person.names()[1] == "dropout1"
