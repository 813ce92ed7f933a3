"""Blocks made, changed and taken apart by keys, menus and the inspector, in real windows."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton

from engine.design.tree import Again, Group, Layer, Parallel, Repeat, stacks_of
from gui.stack.rows import BranchRow
from gui.stack.words import heading_text
from gui.widgets.choice import Choice
from tests.journeys.conftest import Come
from tests.journeys.person import ALT, CONTROL, SHIFT, Key, Person
from tests.journeys.projects import written


@pytest.fixture
def person(come: Come, tmp_path: Path) -> Person:
    """Somebody with the tutorial's network: linear1, linear2, out."""
    return come(written("tutorial", tmp_path))


def undo_all(person: Person) -> None:
    while person.state.history.undo_edit is not None:
        person.press(Key.Key_Z, CONTROL)
    assert person.state.project == person.state.saved


def test_a_residual_block_is_made_with_keys_alone(person: Person):
    person.window.stack.view.setFocus()
    person.press(Key.Key_Home)
    person.press(Key.Key_Down, times=2)
    assert [node.id for node in person.state.selected_nodes] == [person.node("linear2").id]
    person.press(Key.Key_A, CONTROL | SHIFT)
    (block,) = person.state.selected_nodes
    assert isinstance(block, Parallel)
    assert [len(branch.nodes) for branch in block.branches] == [0, 1]
    assert person.names() == ["linear1", "", "out"]
    person.click_card("", "mend")  # the widths differ, and the join says what would help
    assert person.state.analysis.valid
    undo_all(person)


def test_layers_are_grouped_repeated_and_ungrouped(person: Person):
    person.click_card("linear1")
    person.click_card("linear2", held=SHIFT)
    person.press(Key.Key_G, CONTROL)
    (group,) = person.state.selected_nodes
    assert isinstance(group, Group)
    assert (group.class_name, person.names()) == ("Block", ["block1", "out"])
    person.press(Key.Key_G, CONTROL | SHIFT)
    assert person.names() == ["linear1", "linear2", "out"]
    person.click_card("linear2")
    person.press(Key.Key_R, CONTROL | SHIFT)
    (repeat,) = person.state.selected_nodes
    assert isinstance(repeat, Repeat)
    before = person.state.analysis.totals.parameters
    person.fill("times", "5")
    person.press(Key.Key_Return)
    assert person.state.analysis.totals.parameters > before
    undo_all(person)


def test_branches_take_what_came_long_before(person: Person):
    person.click_card("linear2")
    person.press(Key.Key_B, CONTROL)
    person.press(Key.Key_B, CONTROL | SHIFT)
    assert person.state.selected_nodes == (person.layer("identity1"),)
    person.click_card("")
    (join,) = person.state.selected_nodes
    assert isinstance(join, Parallel)
    assert len(join.branches) == 3
    choice = person.named(Choice, "branch 3", person.window.inspector)
    person.click(choice)
    person.choose("x")
    (join,) = person.state.selected_nodes
    assert isinstance(join, Parallel)
    assert join.branches[2].source == "x"
    assert person.state.analysis.valid
    person.click(person.named(QAbstractButton, "Remove branch 3"))
    person.click(person.named(QAbstractButton, "Remove branch 2"))
    assert person.names() == ["linear1", "out"]
    undo_all(person)


def test_only_what_fits_can_be_done(person: Person):
    actions = person.window.actions_table
    person.click_stack()
    for name in ("group", "repeat", "residual", "branches", "unwrap", "add_branch", "again"):
        assert not actions.action(f"block.{name}").isEnabled()
    person.click_card("linear1")
    assert actions.action("block.group").isEnabled()
    assert not actions.action("block.unwrap").isEnabled()
    person.click_card("out", held=CONTROL)
    assert not actions.action("block.group").isEnabled()


def test_a_layer_is_used_again(person: Person):
    person.click_card("linear2")
    person.press(Key.Key_U, CONTROL | SHIFT)
    (again,) = person.state.selected_nodes
    assert isinstance(again, Again)
    assert again.of == "linear2"
    undo_all(person)


def test_what_cannot_be_is_said_in_a_line(person: Person):
    person.click_card("linear2")
    person.press(Key.Key_U, CONTROL | SHIFT)
    person.click_card("linear2")
    person.press(Key.Key_G, CONTROL)
    assert "select both or neither" in person.notice()
    assert isinstance(person.node("linear2"), Layer)


def test_branches_change_places_and_say_what_they_give(person: Person):
    person.click_card("linear1")
    person.click_card("linear2", held=SHIFT)
    person.press(Key.Key_B, CONTROL)
    headings = [heading_text(row) for row in person.scene.model.rows if isinstance(row, BranchRow)]
    given = [str(facts.output) for name in ("linear1", "linear2")
             if (facts := person.state.analysis.facts(person.node(name).id)) is not None]  # fmt: skip
    assert headings == [f"branch 1 → {given[0]}", f"branch 2 → {given[1]}"]
    person.click_card("linear2")
    person.press(Key.Key_Up, ALT | SHIFT)
    (block,) = [node for node in person.network.body.nodes if isinstance(node, Parallel)]
    assert [branch.nodes[0].id for branch in block.branches] == [
        person.node("linear2").id,
        person.node("linear1").id,
    ]
    person.click_card("")
    person.click_button("Move branch 2 up")
    (block,) = [node for node in person.network.body.nodes if isinstance(node, Parallel)]
    assert block.branches[0].nodes[0] == person.node("linear1")
    undo_all(person)


def test_the_flow_goes_on_from_an_earlier_value(person: Person):
    person.click_card("linear2")
    person.press(Key.Key_L, CONTROL | SHIFT)
    (join,) = person.state.selected_nodes
    assert isinstance(join, Parallel)
    assert join.branches[0].source == "x"
    assert person.state.analysis.valid
    assert "linear1" in person.names()
    choice = person.named(Choice, "branch 1", person.window.inspector)
    person.click(choice)
    person.choose("linear1")
    assert person.state.analysis.valid
    undo_all(person)


def below(person: Person, name: str, dragged: str) -> QPoint:
    """Where a card is let go so that it lands behind another one, at its depth."""
    place = person.scene.model.place_of_node(person.node(name).id)
    card, taken = person.scene.card_rect(place), person.spot(dragged).topLeft()
    own = person.scene.card_rect(person.scene.model.place_of_node(person.node(dragged).id))
    return QPoint(taken.x() - own.left() + card.left(), card.bottom() + 3)


@pytest.mark.parametrize("key", [Key.Key_G, Key.Key_R, Key.Key_A])
def test_a_card_is_dragged_into_a_block_and_out_of_it_again(person: Person, key: Qt.Key):
    """Into a Group, a Repeat and a branch."""
    person.click_card("linear1")
    person.press(key, CONTROL if key is Key.Key_G else CONTROL | SHIFT)
    person.drag_card("linear2", below(person, "linear1", "linear2"))
    assert len(person.network.body.nodes) == 2
    (first, second) = (person.node(name) for name in ("linear1", "linear2"))
    stack = stacks_of(person.network.body.nodes[0])[-1]
    assert stack.nodes == (first, second)
    person.drag_card("linear2", below(person, "out", "linear2"))
    assert person.names()[-2:] == ["out", "linear2"]
    undo_all(person)
