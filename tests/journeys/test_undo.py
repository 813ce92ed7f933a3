"""Undo and redo go over the whole design, wherever the keyboard is, and forget nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

import engine
import resources
from engine.catalogue.linear import Linear
from engine.design.project import Project
from gui.widgets.choice import Choice
from tests.journeys.conftest import Come
from tests.journeys.person import ALT, CONTROL, SHIFT, Key, Person


@pytest.fixture
def person(come: Come, tmp_path: Path) -> Person:
    """Somebody with the tutorial's network."""
    net = tmp_path / "net.loom"
    net.write_bytes(resources.path("samples", "tutorial.loom").read_bytes())
    return come(net)


def width(person: Person, name: str) -> int:
    kind = person.layer(name).kind
    assert isinstance(kind, Linear)
    return kind.out_features


def undo(person: Person) -> None:
    person.press(Key.Key_Z, CONTROL)


def redo(person: Person) -> None:
    person.press(Key.Key_Z, CONTROL | SHIFT)


def test_undo_in_a_field_takes_back_the_edit_and_redo_brings_it_again(person: Person):
    person.click_card("linear1")
    line = person.fill("out_features", "64")
    assert person.keyboard() is line
    undo(person)
    assert (width(person, "linear1"), line.text()) == (3, "3")
    assert not person.window.isWindowModified()
    undo(person)
    assert person.state.project == person.state.saved
    redo(person)
    assert (width(person, "linear1"), line.text()) == (64, "64")
    redo(person)
    assert width(person, "linear1") == 64


def test_undo_from_a_field_goes_on_to_what_was_done_before_it(person: Person):
    person.click_card("linear1")
    person.press(Key.Key_Down, ALT)
    assert person.names() == ["linear2", "linear1", "out"]
    person.fill("out_features", "7")
    undo(person)
    undo(person)
    assert person.names() == ["linear1", "linear2", "out"]
    assert person.state.project == person.state.saved


def test_text_that_was_never_an_edit_is_taken_back_by_its_line(person: Person):
    person.click_card("linear1")
    person.press(Key.Key_Down, ALT)
    line = person.fill("out_features", "x")
    undo(person)
    assert line.text() == "3"
    assert person.names() == ["linear2", "linear1", "out"]
    undo(person)
    assert person.names() == ["linear1", "linear2", "out"]


def test_from_the_first_project_to_the_last_and_back_all_are_equal(person: Person):
    passed: list[Project] = [person.state.project]

    def done() -> None:
        if person.state.project is not passed[-1]:
            passed.append(person.state.project)

    person.click_card("linear1")
    for size in ("5", "8"):
        person.fill("out_features", size)
        person.click_card("linear1")
        done()
    person.press(Key.Key_D, CONTROL)
    done()
    person.press(Key.Key_Down, ALT)
    done()
    person.click(person.named(Choice, "activation", person.window.inspector))
    person.choose("gelu")
    done()
    person.click_card("out")
    person.press(Key.Key_Delete)
    done()
    person.press(Key.Key_A, CONTROL)
    person.press(Key.Key_C, CONTROL)
    person.press(Key.Key_V, CONTROL)
    done()
    person.press(Key.Key_R, CONTROL)
    done()
    assert len(passed) == 9

    for project in reversed(passed[:-1]):
        undo(person)
        assert person.state.project == project
    assert person.state.project == engine.load(person.state.path or "")
    assert not person.window.isWindowModified()
    undo(person)
    assert person.state.project == passed[0]
    for project in passed[1:]:
        redo(person)
        assert person.state.project == project
    redo(person)
    assert person.state.project == passed[-1]


def test_the_keyboard_goes_to_the_stack_when_what_had_it_goes(person: Person):
    person.click_card("linear1")
    person.press(Key.Key_D, CONTROL)
    person.fill("out_features", "7")
    undo(person)
    assert person.names() == ["linear1", "linear3", "linear2", "out"]
    undo(person)
    assert person.names() == ["linear1", "linear2", "out"]
    assert person.keyboard() is person.window.stack.view
    person.click_card("linear1")
    person.fill("out_features", "7")
    person.press(Key.Key_I, CONTROL)
    assert not person.window.inspector.isVisible()
    assert person.keyboard() is person.window.stack.view
