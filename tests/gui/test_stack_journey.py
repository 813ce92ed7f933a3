"""The tutorial network built by hand on the cards alone, with keys and then undone to the empty stack."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui import theme
from tests.gui.stack_rig import Rig, linear, project

Key = Qt.Key


@pytest.fixture
def rig(qtbot, qapp: QApplication) -> Rig:
    theme.apply(qapp, theme.DARK)
    made = Rig(project(shape=(3,)))
    qtbot.addWidget(made.panel)
    return made


def add_linear(rig: Rig, width: int, name: str, activation: str, initializer: str) -> None:
    """Type a Linear behind the current card, and everything about it on the card."""
    QTest.keyClick(rig.view, Key.Key_L)
    rig.choose("inear")
    (node_id,) = rig.state.selection
    rig.click(rig.spot(node_id, "brief"))
    editor = rig.panel.floating.editor
    assert editor is not None
    QTest.keyClicks(editor.line, str(width))
    QTest.keyClick(editor.line, Key.Key_Return)
    for part, wanted in (("activation", activation), ("initializer", initializer)):
        if wanted:
            rig.press(Key.Key_Tab)
            assert rig.scene.sub_focus is not None
            assert rig.scene.sub_focus.part == part
            rig.press(Key.Key_Return)
            rig.choose(wanted)
    rig.press(Key.Key_Escape)
    rig.panel.rename()
    editor = rig.panel.floating.editor
    assert editor is not None
    QTest.keyClicks(editor.line, name)
    QTest.keyClick(editor.line, Key.Key_Return)


def test_the_tutorial_network_is_built_on_the_cards_and_undone_again(rig: Rig):
    empty = rig.network
    rig.press(Key.Key_Home)
    add_linear(rig, 3, "first", "sigmoid", "xavier normal")
    add_linear(rig, 2, "second", "relu", "kaiming normal")
    add_linear(rig, 2, "out", "softmax", "")
    wanted = project((
        linear(3, "first", "Sigmoid", "XavierNormal"), linear(2, "second", "ReLU", "KaimingNormal"),
        linear(2, "out", "Softmax"),
    ), (3,)).network  # fmt: skip
    assert rig.network.body == wanted.body
    assert rig.state.analysis.totals.parameters == 26
    steps = 0
    while rig.state.history.undo_edit is not None:
        rig.document.undo()
        steps += 1
    assert rig.network is empty
    assert steps == 3 + 3 + 3 + 2 + 3  # layers, widths, activations, initializers, names
