"""A person compares the open design with what it was, with a known network and with files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QTabBar, QTableView

import engine
from engine.catalogue.linear import Linear
from engine.design.address import Place
from engine.design.edit import Insert, Rename, SetField
from engine.design.tree import Layer, node_name
from engine.files import store
from gui.dialogs.compare import CompareDialog
from gui.widgets.choice_popup import ChoicePopup
from tests.gui.stack_rig import project
from tests.journeys.conftest import Come
from tests.journeys.person import Person
from tests.journeys.projects import sample, written

Key = Qt.Key


def compare(person: Person) -> CompareDialog:
    person.press(Key.Key_F7)
    dialog = person.dialog()
    assert isinstance(dialog, CompareDialog)
    return dialog


def rows(person: Person, dialog: QDialog) -> list[list[str]]:
    """The table as it is read, when it is there."""
    table = dialog.findChild(QTableView)
    assert table is not None
    person.until(table.isVisible)
    model = table.model()
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def refused(person: Person, dialog: CompareDialog, path: Path) -> None:
    dialog.compare_with(path)
    person.until(lambda: f"{path.name} cannot be compared:" in person.words(dialog))


def test_what_was_changed_since_the_last_save_is_told_and_found_by_keyboard(
    come: Come, tmp_path: Path
):
    person = come(written("tutorial", tmp_path))
    first, second, third = person.network.body.nodes[:3]
    document = person.window.document
    document.do(SetField((second.id,), "out_features", 7))
    document.do(Insert((Layer(0, "more", Linear(out_features=5)),), Place(1)))
    document.select((third.id,))
    dialog = compare(person)
    told = {row[2]: row[0] for row in rows(person, dialog)}
    assert told["more"] == "+ added"
    assert told[node_name(second)] == "~ changed"
    assert "1 added, 1 changed" in person.words(dialog)
    table = person.named(QTableView, "Differences of the layers")
    for _ in range(9):
        if person.keyboard() is table:
            break
        person.press(Key.Key_Tab)
    assert person.keyboard() is table
    person.press(Key.Key_Down)
    person.press(Key.Key_Up)
    assert person.state.selection == (document.state.network.body.nodes[1].id,)
    person.press(Key.Key_Return)
    assert not person.all(CompareDialog)
    assert first.id not in person.state.selection


def test_the_code_of_both_is_shown_line_by_line(come: Come, tmp_path: Path):
    person = come(written("tutorial", tmp_path))
    layer = person.network.body.nodes[0]
    person.window.document.do(Rename(layer.id, "first"))
    dialog = compare(person)
    rows(person, dialog)
    bar = dialog.findChild(QTabBar)
    assert bar is not None
    bar.setFocus()
    person.press(Key.Key_Right)
    lines = person.named(QPlainTextEdit, "Differences of the code").toPlainText().splitlines()
    assert any(line.startswith("+") and "self.first" in line for line in lines)
    assert any(line.startswith("-") and "self.first" not in line for line in lines)


def test_a_saved_design_asks_what_to_compare_with_and_a_known_network_is_found_by_typing(
    come: Come, tmp_path: Path
):
    person = come(written("tutorial", tmp_path))
    dialog = compare(person)
    assert "Nothing has changed since the design was saved" in person.words(dialog)
    person.press(Key.Key_Space)
    person.until(lambda: person.all(ChoicePopup))
    person.write("lenet")
    person.press(Key.Key_Return)
    assert any(row[0] == "− removed" for row in rows(person, dialog))
    assert "61,706" in person.words(dialog)
    person.press(Key.Key_Escape)
    assert not person.all(CompareDialog)


def test_a_python_file_of_the_same_design_is_the_same(come: Come, tmp_path: Path):
    person = come(written("blocks", tmp_path))
    source = tmp_path / "blocks.py"
    source.write_text(engine.write_module(person.network), encoding="utf-8")
    dialog = compare(person)
    dialog.compare_with(source)
    person.until(lambda: "The two designs are the same." in person.words(dialog))


def test_a_bad_file_is_one_sentence(come: Come, tmp_path: Path):
    person = come(written("tutorial", tmp_path))
    dialog = compare(person)
    for name, content in (
        ("broken.loom", b"{"), ("bytes.py", b"\xff\xfe\x00"), ("words.py", b"import os\n"),
        ("empty.py", b""),
    ):  # fmt: skip
        path = tmp_path / name
        path.write_bytes(content)
        refused(person, dialog, path)
        assert not person.all(QTableView, dialog)
    refused(person, dialog, tmp_path / "gone.loom")


def test_faults_of_either_design_are_said_and_the_sound_part_is_compared(
    come: Come, tmp_path: Path
):
    person = come(written("faulty", tmp_path))
    dialog = compare(person)
    other = tmp_path / "sound.loom"
    store.save(sample("tutorial")(), other)
    dialog.compare_with(other)
    assert rows(person, dialog)
    assert "This design has a fault, its totals are those of the sound part:" in person.words(
        dialog
    )


def test_two_thousand_layers_are_compared_while_the_window_goes_on(come: Come, tmp_path: Path):
    layers = tuple(Layer(0, f"linear{n}", Linear(out_features=4)) for n in range(2000))
    path = tmp_path / "large.loom"
    store.save(project(layers), path)
    person = come(written("tutorial", tmp_path))
    dialog = compare(person)
    dialog.compare_with(path)
    assert "Comparing…" in person.words(dialog)
    assert len(rows(person, dialog)) >= 2000
