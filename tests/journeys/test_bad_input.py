"""What is typed wrong is explained where it is typed; nothing is lost, nothing is allocated."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit

import engine
from engine.catalogue.linear import Linear
from tests.journeys.conftest import Come
from tests.journeys.person import CONTROL, Key, Person
from tests.journeys.projects import written

BAD_NAMES = ("forward", "class", "__init__", "ℌ", '"; import os', "linear2", "", "1st", "a b")


@pytest.fixture
def person(come: Come, tmp_path: Path) -> Person:
    """Somebody with the tutorial's network, who has selected its first layer."""
    person = come(written("tutorial", tmp_path))
    person.click_card("linear1")
    return person


def fault_at(person: Person, line: QLineEdit) -> str:
    """What is said below a line."""
    field = line.parentWidget()
    said = line.accessibleDescription()
    if said:
        assert said in person.words(field)
    return said


def test_a_name_that_cannot_be_is_refused_at_the_field(person: Person):
    line = person.named(QLineEdit, "name", person.window.inspector)
    for name in BAD_NAMES:
        person.fill("name", name)
        assert fault_at(person, line).endswith(".")
        assert line.text() == name
        assert person.state.project == person.state.saved
    person.press(Key.Key_Escape)
    assert line.text() == "linear1"
    assert fault_at(person, line) == ""
    person.fill("name", "first")
    assert person.names() == ["first", "linear2", "out"]


def test_a_name_that_cannot_be_is_refused_on_the_card(person: Person):
    for name in BAD_NAMES:
        if not name:
            continue
        person.click_card("linear1")
        person.press(Key.Key_F2)
        person.write(name)
        person.press(Key.Key_Return)
        line = person.keyboard()
        assert isinstance(line, QLineEdit)
        assert line.text() == name
        assert fault_at(person, line)
        assert person.state.project is person.state.saved
        person.press(Key.Key_Escape)
    assert person.names() == ["linear1", "linear2", "out"]


def test_a_width_that_no_machine_has_is_refused_at_the_field(person: Person):
    line = person.fill("out_features", str(10**12))
    said = fault_at(person, line)
    assert "2147483647" in said.replace(",", "").replace(" ", "")
    kind = person.layer("linear1").kind
    assert isinstance(kind, Linear)
    # What was typed on the way to it was a width that may be; nothing was built of it.
    assert kind.out_features <= 2**31 - 1
    person.press(Key.Key_Escape)
    person.press(Key.Key_Z, CONTROL)
    assert person.state.project == person.state.saved


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells in a file what memory a process has"
)
def test_a_width_of_ten_gigabytes_is_described_and_not_allocated(person: Person):
    person.wait_for_engine()
    before = resident(person.window.engine.process_id)
    line = person.fill("out_features", "1000000000")
    assert fault_at(person, line) == ""
    assert "params" in person.words(person.window.stack)
    person.press(Key.Key_F5)
    person.until(lambda: "could not be run" in person.words(person.window.run))
    assert "GB" in person.words(person.window.run)
    assert resident(person.window.engine.process_id) - before < 2**30
    person.press(Key.Key_Z, CONTROL)
    assert person.state.project == person.state.saved


def resident(process: int) -> int:
    """Bytes of memory that a process has."""
    pages = Path(f"/proc/{process}/statm").read_text().split()[1]
    return int(pages) * 4096


def test_a_fault_shows_while_typing_and_a_click_mends_it(come: Come, tmp_path: Path):
    person = come(written("faulty", tmp_path))
    person.click_card("fold")
    inspector = person.window.inspector
    assert "64 numbers" in person.words(inspector)
    person.click_button("Split into 1 × 6", inspector)
    assert "64 numbers" not in person.words(inspector)
    person.press(Key.Key_Z, CONTROL)
    assert "64 numbers" in person.words(inspector)
    person.click_card("forward")
    person.fill("name", "head")
    person.click_card("hidden")
    person.fill("out_features", "64")
    assert "fault" not in person.words(person.window.status)
    person.fill("out_features", "6")
    assert "fault" in person.words(person.window.status)


def test_a_project_with_faults_is_saved_and_comes_back_with_them(come: Come, tmp_path: Path):
    path = written("faulty", tmp_path)
    person = come(path)
    person.click_card("hidden")
    person.fill("out_features", "7")
    person.press(Key.Key_S, CONTROL)
    assert not person.window.isWindowModified()
    assert engine.load(path) == person.state.project
