"""The stack by mouse, keys and clipboard, in real windows."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QLineEdit

from engine.design.error import DesignError
from engine.design.tree import node_name
from gui.clipboard import KEY, nodes_of, text_of
from gui.widgets.choice import Choice
from tests.journeys.conftest import Come
from tests.journeys.person import ALT, CONTROL, SHIFT, Key, Person
from tests.journeys.projects import written


@pytest.fixture
def person(come: Come, tmp_path: Path) -> Person:
    """Somebody with the tutorial's network."""
    return come(written("tutorial", tmp_path))


def without_ids(text: str) -> str:
    return re.sub(r'"id": \d+', "", text)


def selected(person: Person) -> list[str]:
    return [node_name(node) for node in person.state.selected_nodes]


def test_layers_are_reordered_by_dragging_and_by_keys(person: Person):
    person.drag_card("linear1", person.spot("out").topLeft() + QPoint(0, 60))
    assert person.names() == ["linear2", "out", "linear1"]
    assert selected(person) == ["linear1"]
    person.press(Key.Key_Up, ALT, times=2)
    assert person.names() == ["linear1", "linear2", "out"]
    before = person.state
    person.press(Key.Key_Up, ALT)
    assert person.state.project is before.project
    person.press(Key.Key_Down, ALT)
    assert person.names() == ["linear2", "linear1", "out"]
    person.press(Key.Key_Z, CONTROL, times=4)
    assert person.state.project == person.state.saved


def test_a_layer_is_duplicated_renamed_and_deleted_by_keys(person: Person):
    person.click_card("linear1")
    person.press(Key.Key_D, CONTROL)
    assert person.names() == ["linear1", "linear3", "linear2", "out"]
    assert selected(person) == ["linear3"]
    assert person.layer("linear3").kind == person.layer("linear1").kind
    person.press(Key.Key_F2)
    person.write("middle")
    person.press(Key.Key_Return)
    assert person.names() == ["linear1", "middle", "linear2", "out"]
    person.press(Key.Key_Delete)
    assert person.names() == ["linear1", "linear2", "out"]
    assert person.window.stack.view.hasFocus()


def test_activation_and_initializer_of_all_selected_are_set_at_once(person: Person):
    person.click_card("linear1")
    person.click_card("out", held=SHIFT)
    assert selected(person) == ["linear1", "linear2", "out"]
    inspector = person.window.inspector
    person.click(person.named(Choice, "activation", inspector))
    person.choose("gelu")
    person.click(person.named(Choice, "weight", inspector))
    person.choose("orthog")
    layers = [person.layer(name) for name in person.names()]
    assert {type(layer.activation).__name__ for layer in layers} == {"GELU"}
    assert {type(layer.initializer("weight")).__name__ for layer in layers} == {"OrthogonalInit"}
    person.press(Key.Key_Z, CONTROL, times=2)
    assert person.state.project == person.state.saved


def test_some_are_selected_with_control_and_go_together(person: Person):
    person.click_card("linear1")
    person.click_card("out", held=CONTROL)
    assert selected(person) == ["linear1", "out"]
    person.press(Key.Key_Delete)
    assert person.names() == ["linear2"]
    person.press(Key.Key_Z, CONTROL)
    assert person.names() == ["linear1", "linear2", "out"]


def test_a_layer_is_found_by_a_few_letters(person: Person):
    person.press(Key.Key_F, CONTROL)
    assert isinstance(person.keyboard(), QLineEdit)
    person.write("lin")
    assert "of 3" in person.words(person.window.stack.search)
    person.press(Key.Key_Return)
    assert selected(person) == ["linear1"]
    person.press(Key.Key_Return)
    assert selected(person) == ["linear2"]
    person.press(Key.Key_Escape)
    assert not person.window.stack.search.isVisible()
    assert person.window.stack.view.hasFocus()


# --- the clipboard ---------------------------------------------------------------------------------------------------


def test_layers_go_from_one_window_to_another_as_text(person: Person, come: Come, tmp_path: Path):
    other = come(written("blocks", tmp_path))
    other.click_card("blocks")
    other.click_card("head", held=CONTROL)
    other.press(Key.Key_C, CONTROL)
    text = QApplication.clipboard().text()
    assert KEY in text
    person.come_to()
    person.click_card("linear1")
    person.press(Key.Key_V, CONTROL)
    assert person.names() == ["linear1", "blocks", "head", "linear2", "out"]
    assert selected(person) == ["blocks", "head"]
    person.press(Key.Key_C, CONTROL)
    assert without_ids(QApplication.clipboard().text()) == without_ids(text)
    person.press(Key.Key_Z, CONTROL)
    assert person.state.project == person.state.saved


def test_what_is_cut_comes_back_where_it_is_pasted(person: Person):
    person.click_card("linear1")
    person.press(Key.Key_X, CONTROL)
    assert person.names() == ["linear2", "out"]
    person.click_card("linear2")
    person.press(Key.Key_V, CONTROL)
    assert person.names() == ["linear2", "linear1", "out"]
    person.press(Key.Key_V, CONTROL)
    assert person.names() == ["linear2", "linear1", "linear3", "out"]


def layers(value: object) -> str:
    return raw(json.dumps(value))


def raw(value: str) -> str:
    return f'{{"{KEY}": {value}}}'


LAYER = {"type": "layer", "name": "a", "kind": "Linear"}
HOSTILE = {
    "nothing": "",
    "nonsense": "to be or not to be",
    "code": "import os; os.system('true')",
    "another object": json.dumps({"text": KEY}),
    "another key": json.dumps({KEY + " of another time": []}),
    "no list": layers("Linear"),
    "a number": layers(7),
    "null": layers(None),
    "no objects": layers([1, 2]),
    "no layers": layers([]),
    "an unknown kind": layers([{**LAYER, "kind": "os.system"}]),
    "unfinished": layers([LAYER])[:-9],
    "a doubled key": raw(f'[], "{KEY}": []'),
    "NaN": raw("NaN"),
    "many digits": raw("9" * 5000),
    "deep brackets": raw("[" * 100_000),
    "half a letter": raw('"\ud800"'),
    "control characters": "\x00\x01\x02",
    "5 MB of words": "layer " * 900_000,
    "5 MB of layers": raw(f'"{"x" * 5_000_000}"'),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_text_that_holds_no_layers_changes_nothing_and_is_explained_in_a_sentence(text: str):
    with pytest.raises(DesignError) as refused:
        nodes_of(text)
    sentence = str(refused.value)
    assert "lipboard" in sentence
    assert "file" not in sentence
    assert "\n" not in sentence
    assert len(sentence) < 300


def test_hostile_text_is_pasted_into_a_window(person: Person):
    person.click_card("linear1")
    before = person.state.project
    for text in HOSTILE.values():
        QApplication.clipboard().setText(text)
        person.press(Key.Key_V, CONTROL)
        assert "lipboard" in person.notice()
        assert person.state.project is before
    nodes = person.network.body.nodes
    QApplication.clipboard().setText(text_of(nodes[:1]))
    person.press(Key.Key_V, CONTROL)
    assert person.names() == ["linear1", "linear3", "linear2", "out"]
    assert person.notice() == ""
