"""Blocks kept, put in again, renamed, deleted and handed on, in real windows."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QLineEdit

from engine.design.tree import Group
from gui.stack.my_blocks import folder
from tests.journeys.conftest import Come
from tests.journeys.person import CONTROL, SHIFT, Key, Person
from tests.journeys.projects import written


@pytest.fixture
def person(come: Come, tmp_path: Path) -> Person:
    """Somebody with the tutorial's network: linear1, linear2, out."""
    return come(written("tutorial", tmp_path))


def keep(person: Person, name: str) -> None:
    """Group the first two layers and keep the group, by keys."""
    person.click_card("linear1")
    person.click_card("linear2", held=SHIFT)
    person.press(Key.Key_G, CONTROL)
    person.press(Key.Key_M, CONTROL | SHIFT)
    assert person.named(QLineEdit, "Name of the block", person.dialog()).text() == "Block"
    person.write(name)
    person.press(Key.Key_Return)
    person.come_to()


def test_a_block_is_kept_and_offered_in_another_project(person: Person):
    keep(person, "Two layers")
    assert [path.name for path in folder().iterdir()] == ["Two layers.loom"]
    person.press(Key.Key_L, CONTROL)
    person.choose("two lay")
    (block,) = person.state.selected_nodes
    assert isinstance(block, Group)
    assert block.class_name == "Block"
    assert person.names() == ["block1", "block2", "out"]
    assert person.state.analysis.valid
    person.press(Key.Key_K, CONTROL)
    person.choose("two layers")
    assert person.names() == ["block1", "block2", "block3", "out"]
    person.press(Key.Key_Z, CONTROL)
    assert person.names() == ["block1", "block2", "out"]


def test_blocks_are_renamed_deleted_brought_back_and_put_in_from_the_list(person: Person):
    keep(person, "Unit")
    person.press(Key.Key_M, CONTROL)
    dialog = person.dialog()
    line = person.named(QLineEdit, "Name of the block", dialog)
    person.click(line)
    person.press(Key.Key_A, CONTROL)
    person.write("Better")
    person.press(Key.Key_Tab)
    assert [path.name for path in folder().iterdir()] == ["Better.loom"]
    person.click_button("Delete", dialog)
    assert "You keep no blocks yet" in person.words(dialog)
    person.click_button("Undo", dialog)
    assert line.text() == "Better"
    person.click_button("Insert", dialog)
    person.settle()
    assert person.names() == ["block1", "block2", "out"]


def test_a_file_that_is_no_block_is_shown_with_the_reason(person: Person):
    folder().mkdir(parents=True)
    (folder() / "Odd.loom").write_text("no project")
    keep(person, "Good")
    person.press(Key.Key_M, CONTROL)
    person.write("odd")
    assert "This file cannot be used" in person.words(person.dialog())
    assert not person.button("Insert", person.dialog()).isEnabled()
    person.press(Key.Key_Escape)
    assert (folder() / "Odd.loom").read_text() == "no project"


def test_a_block_travels_as_a_file(person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    keep(person, "Unit")
    target = tmp_path / "handed on.loom"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(target), ""))
    person.press(Key.Key_M, CONTROL)
    person.click_button("Export as a file…", person.dialog())
    assert target.exists()
    person.click_button("Import a file…", person.dialog())
    assert sorted(path.stem for path in folder().iterdir()) == ["Unit", "handed on"]


def test_weights_are_shared_and_parted_by_keys(person: Person):
    person.click_card("linear2")
    person.press(Key.Key_D, CONTROL)
    person.press(Key.Key_D, CONTROL)
    assert person.state.analysis.valid
    before = person.state.analysis.totals.parameters
    person.press(Key.Key_T, CONTROL | SHIFT)
    offered = person.offered()
    assert any("linear4.weight = linear3.weight" in each for each in offered)
    person.choose("linear4.weight = linear3.weight")
    assert person.state.analysis.valid
    assert person.state.analysis.totals.parameters == before - 4
    person.press(Key.Key_T, CONTROL | SHIFT)
    person.press(Key.Key_Return)
    assert person.state.analysis.totals.parameters == before
