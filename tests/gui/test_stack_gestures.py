"""Every gesture on the stack asks for exactly one edit, and what a person typed is never lost."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow, QToolTip

from engine.catalogue import ACTIVATIONS, INITIALIZERS, KINDS
from engine.design.address import Place
from engine.design.edit import (
    Insert,
    Move,
    Rename,
    SetActivation,
    SetField,
    SetInitializer,
    SetTimes,
    layer,
)
from engine.design.tree import Layer, find
from gui import theme
from gui.stack.card import Spot
from gui.stack.editors import NameEditor, NumberEditor
from gui.stack.hits import gap_at
from tests.gui.stack_rig import CONTROL, NONE, SHIFT, Rig, linear, moons, nested, project

Key = Qt.Key


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> None:
    theme.apply(qapp, theme.DARK)


@pytest.fixture
def rig(qtbot) -> Rig:
    made = Rig(moons())
    qtbot.addWidget(made.panel)
    return made


@pytest.fixture
def blocks(qtbot) -> Rig:
    made = Rig(nested(), height=1100)
    qtbot.addWidget(made.panel)
    return made


# --- selecting -------------------------------------------------------------------------------------------------------


def test_clicks_select_with_control_and_shift_as_everywhere(rig: Rig):
    rig.click(rig.spot(2))
    assert rig.state.selection == (2,)
    rig.click(rig.spot(4), CONTROL)
    assert rig.state.selection == (2, 4)
    rig.click(rig.spot(2), CONTROL)
    assert rig.state.selection == (4,)
    rig.click(rig.spot(1), SHIFT)
    assert set(rig.state.selection) == {1, 2}
    rig.click(rig.spot(3))
    assert rig.state.selection == (3,)
    rig.click(rig.scene.card_rect(0).center())
    assert rig.state.selection == ()
    assert not rig.wishes


def test_a_click_on_one_of_several_selected_selects_it_alone_but_only_when_let_go(rig: Rig):
    rig.document.select((1, 2, 3))
    port = rig.view.viewport()
    QTest.mousePress(port, Qt.MouseButton.LeftButton, NONE, rig.spot(2))
    assert rig.state.selection == (1, 2, 3)
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, NONE, rig.spot(2))
    assert rig.state.selection == (2,)


def test_arrow_keys_go_from_card_to_card_and_shift_takes_them_along(rig: Rig):
    rig.press(Key.Key_Home)
    for _ in range(2):
        rig.press(Key.Key_Down)
    assert rig.state.selection == (2,)
    rig.press(Key.Key_Down, SHIFT)
    rig.press(Key.Key_Down, SHIFT)
    assert rig.state.selection == (2, 3, 4)
    rig.press(Key.Key_Up, SHIFT)
    assert rig.state.selection == (2, 3)
    rig.press(Key.Key_End)
    assert rig.state.selection == ()
    rig.press(Key.Key_Up)
    assert rig.state.selection == (5,)


def test_pages_reach_both_ends_of_a_long_stack(qtbot):
    rig = Rig(project(tuple(linear(4, f"layer{n}") for n in range(100))), height=600)
    qtbot.addWidget(rig.panel)
    pages = 0
    while rig.scene.current < rig.scene.count - 1:
        before = rig.scene.current
        rig.press(Key.Key_PageDown)
        assert rig.scene.current > before
        pages += 1
    assert 10 < pages < 30
    while rig.scene.current > 0:
        rig.press(Key.Key_PageUp)


def test_left_and_right_fold_unfold_and_go_in_and_out(blocks: Rig):
    blocks.click(blocks.spot(2))
    blocks.press(Key.Key_Left)
    assert blocks.row_of(3) == -1
    blocks.press(Key.Key_Right)
    assert blocks.row_of(3) > 0
    blocks.press(Key.Key_Right)
    assert blocks.state.selection == (3,)
    blocks.press(Key.Key_Left)
    assert blocks.state.selection == (2,)
    assert not blocks.wishes


def test_the_chevron_and_a_double_click_fold(blocks: Rig):
    blocks.click(blocks.spot(7, "fold"))
    assert blocks.row_of(8) == -1
    QTest.mouseDClick(blocks.view.viewport(), Qt.MouseButton.LeftButton, NONE, blocks.spot(7))
    assert blocks.row_of(8) > 0


def test_the_menu_is_for_the_card_under_the_mouse_or_all_selected(rig: Rig):
    menus: list[tuple[int, ...]] = []
    rig.panel.context_menu_wished.connect(lambda ids, _: menus.append(ids))
    port = rig.view.viewport()

    def ask(at: QPoint) -> None:
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, port.mapToGlobal(at))
        QApplication.sendEvent(port, event)

    ask(rig.spot(3))
    rig.document.select((1, 2))
    ask(rig.spot(2))
    assert menus == [(3,), (1, 2)]
    rig.press(Key.Key_End)
    rig.press(Key.Key_Up)
    by_key = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint())
    QApplication.sendEvent(rig.view, by_key)
    assert menus[2:] == [(5,)]


def test_tab_leaves_the_stack_behind_the_last_part_of_a_card(rig: Rig):
    rig.click(rig.spot(1))
    for _ in range(2):
        rig.press(Key.Key_Tab)
    assert rig.view.hasFocus()
    rig.press(Key.Key_Tab)
    assert rig.panel.add_button.hasFocus()
    assert rig.scene.sub_focus is None


# --- adding ----------------------------------------------------------------------------------------------------------


def test_three_letters_and_enter_add_a_layer_behind_the_selected_one(rig: Rig):
    rig.click(rig.spot(2))
    QTest.keyClick(rig.view, Key.Key_L)
    rig.choose("ay")
    assert rig.wishes == [Insert((layer(KINDS["LayerNorm"]()),), Place(2))]
    assert rig.names() == ["hidden1", "hidden2", "layernorm1", "drop", "norm", "out"]
    assert find(rig.network.body, rig.state.selection[0]) is rig.network.body.nodes[2]


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Insert])
def test_enter_and_insert_open_the_palette_too(rig: Rig, key: Key):
    rig.press(Key.Key_Home)
    rig.press(key)
    rig.choose("flatten")
    assert rig.wishes == [Insert((layer(KINDS["Flatten"]()),), Place(0))]


def test_the_plus_in_a_gap_inserts_right_there(rig: Rig):
    gap = gap_at(rig.scene, 3, 180)
    assert gap is not None
    at = rig.scene.plus_centre(3, gap)
    QTest.mouseMove(rig.view.viewport(), at)
    assert rig.scene.hit.on_plus
    rig.click(at)
    rig.choose("identity")
    assert rig.wishes == [Insert((layer(KINDS["Identity"]()),), Place(2))]
    assert not rig.selections


def test_the_button_at_the_end_adds_at_the_end_and_the_command_behind_the_selection(rig: Rig):
    rig.document.select((1,))
    rig.panel.add_button.click()
    rig.choose("dropout")
    rig.document.select((1,))
    rig.panel.open_palette()
    rig.choose("tanh")
    assert [edit.at for edit in rig.wishes] == [Place(5), Place(1)]


def test_a_layer_goes_into_an_empty_branch_and_an_empty_network(blocks: Rig, qtbot):
    blocks.press(Key.Key_Home)
    heading = blocks.row_of(4) + 1
    blocks.view.set_current(heading)
    blocks.press(Key.Key_Return)
    blocks.choose("relu")
    assert blocks.wishes[-1].at == Place(0, 4, 0)
    empty = Rig(project())
    qtbot.addWidget(empty.panel)
    empty.click(empty.scene.card_rect(1).center())
    empty.choose("linear")
    assert empty.names() == ["linear1"]


# --- choosing on the card --------------------------------------------------------------------------------------------


def test_a_chip_chooses_the_activation_of_its_card(rig: Rig):
    rig.click(rig.spot(1, "activation"))
    rig.choose("gelu")
    assert rig.wishes == [SetActivation((1,), ACTIVATIONS["GELU"]())]


def test_a_choice_on_a_selected_card_is_for_all_selected_that_show_the_chip(rig: Rig):
    rig.document.select((1, 2, 3, 5))
    rig.click(rig.spot(2, "activation"))
    rig.choose("tanh")
    assert rig.wishes == [SetActivation((2, 5), ACTIVATIONS["Tanh"]())]  # 1 has it, 3 is a Dropout
    rig.click(rig.spot(5, "initializer"))
    rig.choose("orthogonal")
    assert rig.wishes[1:] == [SetInitializer((1, 2, 5), "weight", INITIALIZERS["Orthogonal"]())]
    rig.click(rig.spot(5, "initializer"))
    rig.choose("torch")
    assert rig.wishes[2:] == [SetInitializer((1, 2, 5), "weight", None)]


def test_choosing_what_is_chosen_already_asks_for_nothing(rig: Rig):
    rig.click(rig.spot(1, "activation"))
    rig.choose("tanh")
    assert not rig.wishes


def test_each_choice_is_a_step_of_its_own_to_undo(rig: Rig):
    for name in ("relu", "gelu"):
        rig.click(rig.spot(1, "activation"))
        rig.choose(name)
    rig.document.undo()
    node = find(rig.network.body, 1)
    assert isinstance(node, Layer)
    assert node.activation == ACTIVATIONS["ReLU"]()


def test_tab_goes_through_the_chips_and_the_keyboard_opens_them(rig: Rig):
    rig.click(rig.spot(1))
    rig.press(Key.Key_Tab)
    assert rig.scene.sub_focus == Spot("activation")
    rig.press(Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    rig.choose("softmax")
    assert rig.scene.sub_focus == Spot("activation")
    rig.press(Key.Key_Tab)
    assert rig.scene.sub_focus == Spot("initializer")
    rig.press(Key.Key_Space)
    rig.choose("zeros")
    rig.press(Key.Key_Backtab)
    rig.press(Key.Key_Escape)
    assert rig.scene.sub_focus is None
    assert rig.wishes == [
        SetActivation((1,), ACTIVATIONS["Softmax"]()),
        SetInitializer((1,), "weight", INITIALIZERS["Zeros"]()),
    ]


def test_a_layer_without_chips_offers_an_activation_while_it_is_selected(rig: Rig):
    rig.click(rig.spot(4))
    assert rig.scene.spots(rig.row_of(4)) == [Spot("activation")]
    rig.click(rig.spot(4, "activation"))
    rig.choose("relu")
    assert rig.wishes == [SetActivation((4,), ACTIVATIONS["ReLU"]())]


def test_a_mend_on_the_card_is_one_click_or_one_key(qtbot):
    for by_key in (False, True):
        rig = Rig(project((linear(6, "a"), layer(KINDS["BatchNorm1d"]())), (3, 4, 5)))
        qtbot.addWidget(rig.panel)
        fault = rig.state.analysis.faults[0]
        assert fault.mends
        if by_key:
            rig.click(rig.spot(fault.node_id))
            while rig.scene.sub_focus != Spot("mend"):
                rig.press(Key.Key_Tab)
            rig.press(Key.Key_Return)
        else:
            rig.click(rig.spot(fault.node_id, "mend"))
        assert rig.wishes == [fault.mends[0].edit]


# --- typing over -----------------------------------------------------------------------------------------------------


def test_a_width_typed_on_the_card_is_an_edit_a_key_and_one_step_to_undo(rig: Rig):
    rig.click(rig.spot(1, "brief"))
    editor = rig.panel.floating.editor
    assert isinstance(editor, NumberEditor)
    QTest.keyClicks(editor.line, "128")
    QTest.keyClick(editor.line, Key.Key_Up)
    QTest.keyClick(editor.line, Key.Key_Return)
    assert [edit.value for edit in rig.wishes] == [1, 12, 128, 129]
    assert rig.panel.floating.editor is None
    rig.document.undo()
    node = find(rig.network.body, 1)
    assert isinstance(node, Layer)
    assert node.kind.values()["out_features"] == 16


def test_a_width_typed_on_one_of_several_selected_counts_for_all_of_them(rig: Rig):
    rig.document.select((1, 2))
    rig.click(rig.spot(2, "brief"))
    editor = rig.panel.floating.editor
    assert editor is not None
    QTest.keyClick(editor.line, Key.Key_Down)
    assert rig.wishes == [SetField((1, 2), "out_features", 15)]


def test_dropouts_probability_and_the_turns_of_a_repeat_can_be_typed_too(rig: Rig, blocks: Rig):
    rig.click(rig.spot(3, "brief"))
    editor = rig.panel.floating.editor
    assert editor is not None
    QTest.keyClick(editor.line, Key.Key_Up)
    assert rig.wishes == [SetField((3,), "p", 0.11)]
    blocks.click(blocks.spot(2, "brief"))
    editor = blocks.panel.floating.editor
    assert editor is not None
    QTest.keyClick(editor.line, Key.Key_Up)
    assert blocks.wishes == [SetTimes(2, 4)]


def test_undo_while_a_number_is_typed_shows_in_the_editor(rig: Rig):
    rig.click(rig.spot(1, "brief"))
    editor = rig.panel.floating.editor
    assert isinstance(editor, NumberEditor)
    QTest.keyClick(editor.line, Key.Key_Up)
    assert editor.field.value() == 17
    rig.document.undo()
    assert editor.field.value() == 16


def test_a_double_click_on_the_name_renames(rig: Rig):
    QTest.mouseDClick(rig.view.viewport(), Qt.MouseButton.LeftButton, NONE, rig.spot(2, "name"))
    editor = rig.panel.floating.editor
    assert isinstance(editor, NameEditor)
    QTest.keyClicks(editor.line, "middle")
    QTest.keyClick(editor.line, Key.Key_Return)
    assert rig.wishes == [Rename(2, "middle")]
    assert rig.view.hasFocus()


@pytest.mark.parametrize("name", ["forward", "class", "2nd", "hidden1", "", "ℌ"])
def test_what_cannot_be_a_name_stays_in_the_line_with_the_reason(rig: Rig, name: str):
    rig.panel.rename(2)
    editor = rig.panel.floating.editor
    assert isinstance(editor, NameEditor)
    editor.line.clear()
    editor.line.insert(name)
    QTest.keyClick(editor.line, Key.Key_Return)
    assert editor.fault.text()
    rig.view.setFocus()  # looking elsewhere loses nothing either
    assert rig.panel.floating.editor is editor
    assert editor.line.text() == name
    assert not rig.wishes
    QTest.keyClick(editor.line, Key.Key_Escape)
    assert rig.panel.floating.editor is None
    assert not rig.wishes


def test_another_project_does_not_get_a_name_that_was_being_typed(rig: Rig):
    rig.panel.rename(2)
    editor = rig.panel.floating.editor
    assert editor is not None
    editor.line.setText("of_the_old_one")
    before = nested()
    rig.document.start(before)
    QApplication.processEvents()
    assert rig.panel.floating.editor is None
    assert rig.network is before.network


def test_leaving_a_sound_name_takes_it(rig: Rig):
    rig.panel.rename(2)
    editor = rig.panel.floating.editor
    assert isinstance(editor, NameEditor)
    QTest.keyClicks(editor.line, "fresh")
    rig.view.setFocus()
    assert rig.wishes == [Rename(2, "fresh")]


def test_what_has_no_name_says_so(blocks: Rig):
    blocks.panel.rename(4)
    assert blocks.panel.floating.editor is None
    assert QToolTip.text() != ""
    QToolTip.hideText()


def test_an_editor_goes_with_its_layer(rig: Rig):
    from engine.design.edit import Remove

    rig.panel.rename(2)
    rig.document.do(Remove((2,)))
    assert rig.panel.floating.editor is None


# --- dragging --------------------------------------------------------------------------------------------------------


def below(rig: Rig, node_id: int) -> QPoint:
    """A point in the lower half of a card."""
    card = rig.scene.card_rect(rig.row_of(node_id))
    return QPoint(card.left() + 40, card.bottom() - 4)


def test_a_card_dragged_below_another_moves_there(rig: Rig):
    rig.drag(rig.spot(1), below(rig, 3))
    assert rig.scene.drop is not None
    rig.release(below(rig, 3))
    assert rig.wishes == [Move((1,), Place(3))]
    assert rig.names() == ["hidden2", "drop", "hidden1", "norm", "out"]


def test_all_selected_cards_are_dragged_together(rig: Rig):
    rig.document.select((1, 2))
    rig.drag(rig.spot(2), below(rig, 5))
    rig.release(below(rig, 5))
    assert rig.names() == ["drop", "norm", "out", "hidden1", "hidden2"]


def test_a_drag_to_where_the_card_is_asks_for_nothing(rig: Rig):
    rig.drag(rig.spot(2), below(rig, 2))
    assert rig.scene.drop is None
    rig.release(below(rig, 2))
    assert not rig.wishes


def test_escape_ends_a_drag_and_leaves_everything_as_it_was(rig: Rig):
    rig.drag(rig.spot(1), below(rig, 5))
    rig.press(Key.Key_Escape)
    assert rig.scene.drop is None
    assert not rig.scene.dragged_ids
    rig.release(below(rig, 5))
    assert not rig.wishes


def test_cards_are_dragged_into_blocks_and_out_of_them(blocks: Rig):
    """Where several blocks end, how far right the card is held says which of them it goes into."""
    step = blocks.scene.shelf.step
    start = blocks.scene.card_rect(blocks.row_of(1)).topLeft() + QPoint(40, 60)
    inside = QPoint(start.x() + step, below(blocks, 8).y())
    blocks.drag(start, inside)
    blocks.release(inside)
    assert blocks.wishes == [Move((1,), Place(1, 7))]
    grip = blocks.scene.card_rect(blocks.row_of(5)).topLeft() + QPoint(40, 60)
    outside = QPoint(grip.x() - 2 * step, below(blocks, 9).y())
    blocks.drag(grip, outside)
    blocks.release(outside)
    assert blocks.wishes[1] == Move((5,), Place(3))


def test_a_block_cannot_be_dragged_into_itself(blocks: Rig):
    blocks.drag(blocks.spot(2), below(blocks, 5))
    assert blocks.scene.drop is None
    blocks.release(below(blocks, 5))
    assert not blocks.wishes


def test_near_the_end_of_the_list_a_drag_scrolls(qtbot):
    rig = Rig(project(tuple(linear(4, f"layer{n}") for n in range(40))), height=500)
    qtbot.addWidget(rig.panel)
    bottom = QPoint(150, rig.view.viewport().height() - 3)
    rig.drag(rig.spot(1), bottom)
    qtbot.waitUntil(lambda: rig.view.verticalScrollBar().value() > 200)
    rig.release(bottom)
    moved = rig.wishes[0]
    assert isinstance(moved, Move)
    assert moved.to.index > 6


# --- commands and search ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "held", "command"),
    [
        (Key.Key_Delete, NONE, "edit.delete"),
        (Key.Key_Up, Qt.KeyboardModifier.AltModifier, "layer.up"),
        (Key.Key_D, CONTROL, "edit.duplicate"),
        (Key.Key_C, CONTROL, "edit.copy"),
        (Key.Key_F2, NONE, "layer.rename"),
    ],
)
def test_keys_of_commands_run_the_windows_commands(rig: Rig, key, held, command):
    rig.click(rig.spot(2))
    rig.press(key, held)
    assert rig.commands == [command]
    assert not rig.wishes


def test_searching_fades_what_does_not_fit_and_enter_goes_from_one_to_the_next(blocks: Rig):
    blocks.panel.fold_all(True)
    blocks.panel.focus_search()
    line = blocks.panel.search.line
    QTest.keyClicks(line, "linear")
    assert blocks.scene.found_ids == {1, 5, 6, 8, 9}
    found = []
    for _ in range(6):
        QTest.keyClick(line, Key.Key_Return)
        found.append(blocks.state.selection)
    assert found == [(1,), (5,), (6,), (8,), (9,), (1,)]
    assert blocks.panel.search.count.text() == "1 of 5"
    QTest.keyClick(line, Key.Key_Return, SHIFT)
    assert blocks.state.selection == (9,)
    line.clear()
    QTest.keyClicks(line, "nothing like it")
    assert blocks.panel.search.count.text() == "none"
    QTest.keyClick(line, Key.Key_Escape)
    assert blocks.scene.found_ids is None
    assert blocks.view.hasFocus()


def test_a_search_finds_names_kinds_activations_and_notes(qtbot):
    rig = Rig(project((linear(4, "stem", "GELU", note="from the paper"), linear(4, "tail"))))
    qtbot.addWidget(rig.panel)
    rig.panel.focus_search()
    for query, wanted in (("tai", {2}), ("gelu", {1}), ("paper", {1}), ("dense", {1, 2})):
        rig.panel.search.line.setText(query)
        assert rig.scene.found_ids == wanted


def test_on_a_chip_alt_and_down_open_it_though_the_window_has_that_shortcut(qtbot):
    rig = Rig(moons())
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setCentralWidget(rig.panel)
    moved: list[bool] = []
    action = QAction(window)
    action.setShortcut("Alt+Down")
    action.triggered.connect(lambda: moved.append(True))
    window.addAction(action)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    rig.view.setFocus()
    rig.click(rig.spot(1))
    rig.press(Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert moved
    rig.press(Key.Key_Tab)
    rig.press(Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert len(moved) == 1
    rig.choose("gelu")
    assert rig.wishes == [SetActivation((1,), ACTIVATIONS["GELU"]())]
