"""The inspector shows what is selected, reports every wish, and never speaks by itself."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from engine.catalogue import ACTIVATIONS, INITIALIZERS, JOINS, KINDS
from engine.catalogue.dropout import Dropout
from engine.catalogue.linear import Linear
from engine.catalogue.norm import BatchNorm1d
from engine.catalogue.shaping import Flatten
from engine.design.edit import Insert, Place, Remove, Rename, SetField, SetNote
from engine.design.knob import Flag, OneOf, Real, Sizes, Whole
from engine.design.project import SetForward
from engine.design.tree import Again, Group, Layer, Network, Parallel, Repeat, Stack, Tie
from gui import theme
from gui.learn.help_card import HelpCard
from gui.widgets.choice import Choice
from gui.widgets.fields import Switch
from gui.widgets.pieces import ElidedLabel
from tests.gui.inspector_bench import Bench, bench, layer, network, tutorial, type_into


@pytest.fixture
def shown(qtbot: QtBot) -> Bench:
    made = bench(qtbot, tutorial())
    made.select(1)
    return made


def headline(shown: Bench) -> list[str]:
    return [label.text() for label in shown.all(ElidedLabel)][:2]


# --- showing never emits -------------------------------------------------------------------------


def test_walking_through_every_selection_wishes_for_nothing(shown: Bench, qtbot: QtBot) -> None:
    for ids in ((1,), (2,), (), (1, 3), (3,), (1, 2, 3), ()):
        shown.select(*ids)
        qtbot.wait(5)
    assert shown.wishes == []


def test_an_edit_from_elsewhere_changes_what_is_shown_and_wishes_for_nothing(shown: Bench) -> None:
    shown.document.do(SetField((1,), "out_features", 7))
    assert shown.line("out_features").text() == "7"
    assert shown.wishes == []


@pytest.mark.parametrize("key", list(KINDS))
def test_every_kind_of_layer_has_a_row_for_each_field_that_matters(qtbot: QtBot, key: str) -> None:
    made = bench(qtbot, network(Layer(0, "it", KINDS[key]())))
    made.select(1)
    idle = KINDS[key]().idle()
    for knob in KINDS[key].knobs:
        if knob.name in KINDS[key]().idle():
            continue
        match knob.range:
            case Whole() | Real() | Sizes() if knob.name in idle:
                assert knob.name not in [line.accessibleName() for line in made.all(QLineEdit)]
            case Whole() | Real() | Sizes():
                assert made.line(knob.name).toolTip() or knob.help
            case Flag():
                assert made.named(Switch, knob.name).value() is knob.default
            case OneOf():
                assert made.choice(knob.name).current() == knob.default
            case _:
                raise AssertionError(knob)
    assert made.wishes == []


# --- one layer -----------------------------------------------------------------------------------


def test_a_layer_is_headed_by_its_name_and_kind(shown: Bench) -> None:
    assert headline(shown) == ["linear1", "Linear"]
    assert shown.button("Help on Linear").text() == "nn.Linear ↗"


def test_typing_a_size_wishes_for_it_at_once_and_is_one_step_to_undo(
    shown: Bench, qtbot: QtBot
) -> None:
    type_into(qtbot, shown.line("out_features"), "12")
    assert shown.wishes == [SetField((1,), "out_features", 1), SetField((1,), "out_features", 12)]
    qtbot.keyClick(shown.line("out_features"), Qt.Key.Key_Return)
    assert shown.seals
    shown.document.undo()
    assert shown.line("out_features").text() == "3"


def test_a_field_keeps_focus_and_cursor_while_what_it_says_becomes_true(
    shown: Bench, qtbot: QtBot
) -> None:
    line = shown.line("out_features")
    type_into(qtbot, line, "128")
    line.setCursorPosition(1)
    qtbot.keyClicks(line, "0")
    assert (line.text(), line.cursorPosition(), line.hasFocus()) == ("1028", 2, True)
    assert shown.layer(1).kind == Linear(1028)


def test_a_value_out_of_range_stays_as_typed_and_says_why_below(shown: Bench, qtbot: QtBot) -> None:
    type_into(qtbot, shown.line("out_features"), "0")
    assert shown.line("out_features").text() == "0"
    assert "0 is below 1" in shown.words()
    assert shown.layer(1).kind == Linear(3)


def test_another_layer_forgets_what_was_half_typed(shown: Bench, qtbot: QtBot) -> None:
    type_into(qtbot, shown.line("out_features"), "0")
    shown.select(2)
    assert shown.line("out_features").text() == "2"
    assert "0 is below 1" not in shown.words()


def test_a_good_name_is_taken_while_it_is_typed(shown: Bench, qtbot: QtBot) -> None:
    type_into(qtbot, shown.line("name"), "first")
    assert shown.layer(1).name == "first"
    assert shown.state.history.undo_edit is not None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("forward", "nn.Module has already"),
        ("class", "a word of Python"),
        ("linear2", "taken by another layer"),
        ("2nd", "not a name in Python"),
        ("", "a name is missing"),
    ],
)
def test_a_bad_name_stays_typed_says_why_and_changes_nothing(
    shown: Bench, qtbot: QtBot, name: str, said: str
) -> None:
    type_into(qtbot, shown.line("name"), name)
    assert shown.line("name").text() == name
    assert said.casefold() in shown.words().casefold()
    assert shown.layer(1).name != name
    assert shown.layer(2).name == "linear2"


def test_typing_past_the_name_of_another_layer_leaves_what_speaks_of_it_alone(
    qtbot: QtBot,
) -> None:
    shown = bench(qtbot, network(layer(Linear(3), "fc"), layer(Linear(3), "other"), Again(0, "fc")))
    shown.select(2)
    type_into(qtbot, shown.line("name"), "fc2")
    assert shown.layer(2).name == "fc2"
    assert shown.state.network.body.nodes[2] == Again(3, "fc")


def test_switches_say_on_and_off(shown: Bench) -> None:
    shown.named(Switch, "bias").click()
    assert shown.layer(1).kind == Linear(3, bias=False)
    shown.named(Switch, "frozen").click()
    assert shown.layer(1).frozen


def test_a_note_is_written_as_plain_text_and_keeps_its_cursor(shown: Bench, qtbot: QtBot) -> None:
    note = shown.all(QPlainTextEdit)[0]
    note.setFocus()
    qtbot.keyClicks(note, "<b>ad</b>")
    assert shown.layer(1).note == "<b>ad</b>"
    cursor = note.textCursor()
    cursor.setPosition(4)
    note.setTextCursor(cursor)
    qtbot.keyClicks(note, "e")
    assert (shown.layer(1).note, note.textCursor().position()) == ("<b>aed</b>", 5)
    shown.document.do(SetNote(1, "said elsewhere"))
    assert note.toPlainText() == "said elsewhere"


def test_the_count_of_parameters_says_how_it_comes_about(shown: Bench) -> None:
    assert "in × out + out = 3 × 3 + 3 = 12" in shown.words()
    assert "46.2 %" in shown.words()
    assert "[N, 3] → [N, 3]" in shown.words()


def test_a_fault_stands_at_the_top_with_a_click_that_mends_it(qtbot: QtBot) -> None:
    shown = bench(qtbot, network(layer(BatchNorm1d(), "norm"), shape=(3, 8, 8)))
    shown.select(1)
    fault = shown.state.analysis.faults_of(1)[0]
    assert fault.message[1:] in shown.words()
    shown.button("Insert a Flatten").click()
    assert [type(node.kind) for node in shown.state.network.body.nodes if isinstance(node, Layer)] == [
        Flatten, BatchNorm1d,
    ]  # fmt: skip
    shown.select(1)
    assert fault.message[1:] not in shown.words()


def test_help_opens_beside_the_link_and_holds_the_catalogues_own_words(
    shown: Bench, qtbot: QtBot
) -> None:
    shown.button("Help on Linear").click()
    cards = shown.inspector.findChildren(HelpCard)
    assert len(cards) == 1
    text = "\n".join(label.text() for label in cards[0].findChildren(QLabel))
    for paragraph in Linear.help().split("\n\n"):
        assert paragraph in text
    assert Linear.knob("out_features").help in text
    cards[0].close()


def test_a_layer_that_can_have_no_weights_does_not_speak_of_them(qtbot: QtBot) -> None:
    shown = bench(
        qtbot, network(layer(BatchNorm1d(), "norm"), layer(Flatten(), "flat"), shape=(3, 8, 8))
    )
    shown.select(2)
    assert not [each for each in shown.all(QAbstractButton) if "Weights" in each.accessibleName()]
    shown.select(1)
    assert shown.button("Weights")


def test_a_layer_without_a_name_can_be_given_one_but_for_a_numbered_one(qtbot: QtBot) -> None:
    inside = Group(0, "seq", "", Stack((Layer(0, "", Linear(3)),)))
    shown = bench(qtbot, network(inside, layer(Linear(3), "fc")))
    shown.select(2)
    assert headline(shown)[0] == "seq.0"
    assert not [each for each in shown.all(QLineEdit) if each.accessibleName() == "name"]
    shown.document.do(Rename(3, ""))
    shown.select(3)
    type_into(qtbot, shown.line("name"), "again")
    assert shown.layer(3).name == "again"


# --- several, blocks, the network ----------------------------------------------------------------


def test_several_layers_share_their_fields_and_say_where_they_differ(
    shown: Bench, qtbot: QtBot
) -> None:
    shown.select(1, 2)
    assert headline(shown)[0] == "2 layers"
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
    assert headline(shown) == ["Net", "network"]
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


def test_undo_redo_and_deleting_what_is_shown_leave_no_trace(shown: Bench, qtbot: QtBot) -> None:
    shown.document.do(Remove((1,)))
    assert headline(shown) == ["Net", "network"]
    shown.document.undo()
    shown.select(1)
    assert headline(shown) == ["linear1", "Linear"]
    shown.document.do(Insert((layer(Dropout(), "drop"),), Place(1)))
    assert headline(shown) == ["drop", "Dropout"]
    qtbot.wait(5)
    assert shown.wishes == []


# --- the whole column ----------------------------------------------------------------------------


def test_a_section_stays_folded_for_the_next_inspector(qtbot: QtBot) -> None:
    shown = bench(qtbot, tutorial())
    shown.select(1)
    shown.button("Activation").click()
    try:
        assert not [each for each in shown.all(Choice) if "activation" in each.accessibleName()]
        again = bench(qtbot, tutorial())
        again.select(2)
        assert again.button("Activation").accessibleName() == "Activation, folded"
    finally:
        shown.button("Activation").click()


def test_every_control_can_be_reached_and_is_named(shown: Bench, qtbot: QtBot) -> None:
    for ids in ((1,), (1, 2), ()):
        shown.select(*ids)
        qtbot.wait(30)
        for widget in shown.inspector.findChildren(Choice):
            if widget.isVisible():
                assert widget.accessibleName()
        for button in shown.all(QAbstractButton):
            assert button.accessibleName(), button
            assert button.focusPolicy() & Qt.FocusPolicy.TabFocus, button.accessibleName()


def test_tab_goes_through_every_control_from_top_to_bottom(shown: Bench, qtbot: QtBot) -> None:
    shown.select(2)
    shown.select(1)
    qtbot.wait(100)
    content = shown.inspector.widget()
    assert content is not None
    shown.button("Help on Linear").setFocus()
    heights: list[int] = []
    seen: list[object] = []
    for _ in range(60):
        here = QApplication.focusWidget()
        if here is None or here in seen or not content.isAncestorOf(here):
            break
        seen.append(here)
        heights.append(here.mapTo(content, here.rect().center()).y())
        qtbot.keyClick(here, Qt.Key.Key_Tab)
    assert len(seen) > 18
    assert all(below >= above - 10 for above, below in pairwise(heights))
    assert shown.line("out_features") in seen
    assert shown.all(QPlainTextEdit)[0] in seen


@pytest.mark.parametrize("colours", [theme.DARK, theme.LIGHT], ids=lambda each: each.name)
@pytest.mark.parametrize("width", [300, 356, 420])
def test_nothing_is_wider_than_the_column(
    qtbot: QtBot, qapp: object, colours: theme.Theme, width: int
) -> None:
    assert isinstance(qapp, QApplication)
    theme.apply(qapp, colours)
    shown = bench(qtbot, tutorial())
    for ids in ((1,), (3,), (1, 2), ()):
        shown.select(*ids)
        shown.inspector.resize(width, 900)
        qtbot.wait(60)
        content = shown.inspector.widget()
        assert content is not None
        assert content.width() <= shown.inspector.viewport().width()
        assert content.minimumSizeHint().width() <= shown.inspector.viewport().width()
    assert shown.wishes == []


def test_the_seed_is_part_of_the_project(shown: Bench, qtbot: QtBot) -> None:
    shown.button("Draw again").click()
    assert shown.wishes == [SetForward(replace(shown.state.project.forward, seed=1))]
    assert shown.line("Seed").text() == "1"


def test_the_inspector_is_there_without_numpy_or_torch() -> None:
    code = (
        "import sys; import gui.inspector.panel; "
        "print([m for m in ('numpy', 'torch', 'pyqtgraph') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
