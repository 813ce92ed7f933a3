"""The inspector shows what is selected, reports every wish, and never speaks by itself."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.catalogue import ACTIVATIONS, KINDS
from engine.catalogue.batch_norm import BatchNorm1d
from engine.catalogue.dropout import Dropout
from engine.catalogue.linear import Linear
from engine.catalogue.shaping import Flatten
from engine.design.edit import Insert, Place, Remove, Rename, SetField, SetNote
from engine.design.knob import Flag, OneOf, PerAxis, Real, Sizes, Whole
from engine.design.project import SetForward
from engine.design.tree import Again, Group, Layer, Stack
from gui import theme
from gui.learn.help_card import HelpCard
from gui.widgets.choice import Choice
from gui.widgets.fields import Switch
from tests.gui.inspector_bench import Bench, bench, layer, network, tutorial, type_into


@pytest.fixture
def shown(qtbot: QtBot) -> Bench:
    made = bench(qtbot, tutorial())
    made.select(1)
    return made


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
            case Whole() | Real() | Sizes() | PerAxis() if knob.name in idle:
                assert knob.name not in [line.accessibleName() for line in made.all(QLineEdit)]
            case Whole() | Real() | Sizes() | PerAxis():
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
    assert shown.headline() == ["linear1", "Linear"]
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
    assert shown.headline()[0] == "seq.0"
    assert not [each for each in shown.all(QLineEdit) if each.accessibleName() == "name"]
    shown.document.do(Rename(3, ""))
    shown.select(3)
    type_into(qtbot, shown.line("name"), "again")
    assert shown.layer(3).name == "again"


def test_undo_redo_and_deleting_what_is_shown_leave_no_trace(shown: Bench, qtbot: QtBot) -> None:
    shown.document.do(Remove((1,)))
    assert shown.headline() == ["Net", "network"]
    shown.document.undo()
    shown.select(1)
    assert shown.headline() == ["linear1", "Linear"]
    shown.document.do(Insert((layer(Dropout(), "drop"),), Place(1)))
    assert shown.headline() == ["drop", "Dropout"]
    qtbot.wait(5)
    assert shown.wishes == []


def test_rows_stand_apart_as_soon_as_another_layer_is_shown(qtbot: QtBot) -> None:
    kinds = ("Sigmoid", "PReLU", "Softmax", "Threshold")
    shown = bench(qtbot, network(*(layer(Linear(3), k.lower(), ACTIVATIONS[k]()) for k in kinds)))
    for node_id in (1, 2, 3, 4, 1, 3):
        shown.select(node_id)
        qtbot.wait(60)
        assert not overlapping(shown.inspector)


def overlapping(widget: QWidget) -> list[tuple[str, str]]:
    """Pairs of widgets beside each other that cover each other."""
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    inside = [each for each in widget.findChildren(QWidget, options=direct) if each.isVisible()]
    found = [
        (type(one).__name__, type(other).__name__)
        for place, one in enumerate(inside)
        for other in inside[place + 1 :]
        if widget.layout() is not None and one.geometry().intersects(other.geometry())
    ]
    return found + [pair for each in inside for pair in overlapping(each)]


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
