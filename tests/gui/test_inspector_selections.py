"""Several layers, blocks and the whole network in the inspector: what they share, what they are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from engine.catalogue import ACTIVATIONS, INITIALIZERS, JOINS
from engine.catalogue.batch_norm import BatchNorm1d
from engine.catalogue.dropout import Dropout
from engine.catalogue.linear import Linear
from engine.design.tree import Again, Group, Network, Parallel, Repeat, Stack, Tie
from tests.gui.inspector_bench import Bench, bench, layer, network, tutorial, type_into


@pytest.fixture
def shown(qtbot: QtBot) -> Bench:
    made = bench(qtbot, tutorial())
    made.select(1)
    return made


def test_several_layers_share_their_fields_and_say_where_they_differ(
    shown: Bench, qtbot: QtBot
) -> None:
    shown.select(1, 2)
    assert shown.headline()[0] == "2 layers"
    assert shown.line("out_features").text() == ""
    assert shown.line("out_features").placeholderText() == "mixed"
    assert shown.choice("activation").title() == "mixed"
    type_into(qtbot, shown.line("out_features"), "5")
    assert shown.layer(1).kind == shown.layer(2).kind == Linear(5)
    assert shown.line("out_features").text() == "5"


def test_several_layers_get_one_activation_and_one_initializer(shown: Bench) -> None:
    shown.select(1, 2, 3)
    shown.choice("activation").chosen.emit("Tanh")
    shown.choice("weight").chosen.emit("XavierUniform")
    for node_id in (1, 2, 3):
        assert shown.layer(node_id).activation == ACTIVATIONS["Tanh"]()
        assert shown.layer(node_id).initializer("weight") == INITIALIZERS["XavierUniform"]()


def test_an_initializer_goes_only_to_layers_that_have_the_tensor(qtbot: QtBot) -> None:
    shown = bench(qtbot, network(layer(Linear(3), "fc"), layer(Dropout(), "drop")))
    shown.select(1, 2)
    shown.choice("weight").chosen.emit("Ones")
    assert shown.layer(1).initializers
    assert not shown.layer(2).initializers


def test_what_one_of_several_refuses_cannot_be_chosen_and_says_why(qtbot: QtBot) -> None:
    shown = bench(qtbot, network(layer(Linear(3), "fc"), layer(BatchNorm1d(), "norm")))
    shown.select(1, 2)
    offered = {option.key: option for option in shown.choice("weight")._options}
    assert "two dimensions" in offered["XavierNormal"].disabled_reason
    assert not offered["Normal"].disabled_reason


def test_several_are_deleted_and_duplicated_by_the_windows_own_commands(shown: Bench) -> None:
    shown.select(1, 2)
    shown.button("Duplicate").click()
    shown.button("Delete").click()
    assert shown.commands == ["edit.duplicate", "edit.delete"]


def blocks() -> Network:
    body = Stack((layer(Linear(3), "a"), layer(Linear(3), "b")))
    return network(
        Group(0, "head", "Head", body),
        Repeat(0, "stage", "Stage", Stack((layer(Linear(3), "c"),)), 3),
        Parallel(0, JOINS["Concat"](), (Stack(), Stack((layer(Linear(3), "side"),)))),
        Again(0, "head"),
    )


def test_a_group_and_a_repeat_can_be_renamed_and_repeated(qtbot: QtBot) -> None:
    shown = bench(qtbot, blocks())
    shown.select(1)
    type_into(qtbot, shown.line("class name"), "Tail")
    group = shown.state.network.body.nodes[0]
    assert isinstance(group, Group)
    assert group.class_name == "Tail"
    repeat = shown.state.network.body.nodes[1]
    assert isinstance(repeat, Repeat)
    shown.select(repeat.id)
    type_into(qtbot, shown.line("times"), "5")
    changed = shown.state.network.body.nodes[1]
    assert isinstance(changed, Repeat)
    assert changed.times == 5


def test_a_parallel_shows_its_join_with_the_fields_of_it(qtbot: QtBot) -> None:
    shown = bench(qtbot, blocks())
    parallel = shown.state.network.body.nodes[2]
    shown.select(parallel.id)
    assert shown.choice("join").current() == "Concat"
    type_into(qtbot, shown.line("dim"), "-1")
    assert _join(shown) == JOINS["Concat"]().with_fields(dim=-1)
    shown.choice("join").chosen.emit("Add")
    assert _join(shown) == JOINS["Add"]()


def _join(shown: Bench) -> object:
    parallel = shown.state.network.body.nodes[2]
    assert isinstance(parallel, Parallel)
    return parallel.join


def test_what_is_used_again_leads_to_what_it_uses(qtbot: QtBot) -> None:
    shown = bench(qtbot, blocks())
    nodes = shown.state.network.body.nodes
    shown.select(nodes[3].id)
    shown.button("Go to head").click()
    assert shown.state.selection == (nodes[0].id,)


def test_the_network_says_its_sum_and_its_ties(qtbot: QtBot) -> None:
    design = replace(tutorial(), ties=(Tie("out.weight", "linear2.weight"),))
    shown = bench(qtbot, design)
    assert shown.headline() == ["Net", "network"]
    assert "12 + 8 + 6" in shown.words()
    assert "= linear2.weight" in shown.words()


def test_inputs_are_edited_added_and_removed(shown: Bench, qtbot: QtBot) -> None:
    shown.select()
    type_into(qtbot, shown.line("shape"), "3, 8, 8")
    assert shown.state.network.inputs[0].spec.shape == (3, 8, 8)
    shown.choice("type").edited.emit("int64")
    assert shown.state.network.inputs[0].spec.dtype == "int64"
    shown.button("Add an input").click()
    assert len({each.name for each in shown.state.network.inputs}) == 2
    assert not [fault for fault in shown.state.analysis.faults if "input" in fault.place]
    removing = "Remove this input"
    [first, _] = [each for each in shown.all(QAbstractButton) if each.accessibleName() == removing]
    first.click()
    assert len(shown.state.network.inputs) == 1


def test_the_networks_faults_say_where_they_are(qtbot: QtBot) -> None:
    shown = bench(qtbot, network(layer(BatchNorm1d(), "norm"), shape=(3, 8, 8)))
    assert shown.state.analysis.faults[0].sentence in shown.words()
