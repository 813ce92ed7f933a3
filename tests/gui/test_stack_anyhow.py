"""Whatever a person clicks and types on whatever design: nothing breaks, and the cards say what the design says."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui import theme
from gui.stack.rows import rows_of
from tests.gui.stack_rig import CONTROL, NONE, SHIFT, Rig, project_of
from tests.laws.edits import networks

Key = Qt.Key
KEYS = (
    Key.Key_Up, Key.Key_Down, Key.Key_Left, Key.Key_Right, Key.Key_Home, Key.Key_End, Key.Key_PageUp,
    Key.Key_PageDown, Key.Key_Tab, Key.Key_Backtab, Key.Key_Space, Key.Key_Return, Key.Key_Escape,
    Key.Key_Insert, Key.Key_L, Key.Key_Delete,
)  # fmt: skip
points = st.builds(QPoint, st.integers(0, 371), st.integers(0, 500))
acts = st.lists(
    st.tuples(st.just("key"), st.sampled_from(KEYS), st.sampled_from((NONE, SHIFT, CONTROL)))
    | st.tuples(st.just("click"), points, st.sampled_from((NONE, SHIFT, CONTROL)))
    | st.tuples(st.sampled_from(("double", "hover", "right")), points)
    | st.tuples(st.just("drag"), points, points)
    | st.tuples(st.just("choose"), st.sampled_from(("", "lin", "relu", "zero", "nothing fits")))
    | st.tuples(st.sampled_from(("undo", "redo", "fold", "unfold", "rename", "resize"))),
    max_size=12,
)


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> None:
    theme.apply(qapp, theme.DARK)


def act(rig: Rig, what: tuple) -> None:
    port = rig.view.viewport()
    left = Qt.MouseButton.LeftButton
    match what:
        case ("key", key, held):
            rig.press(key, held)
        case ("click", at, held):
            rig.click(at, held)
        case ("double", at):
            QTest.mouseDClick(port, left, NONE, at)
        case ("hover", at):
            QTest.mouseMove(port, at)
        case ("right", at):
            QTest.mouseClick(port, Qt.MouseButton.RightButton, NONE, at)
        case ("drag", start, end):
            rig.drag(start, end)
            rig.release(end)
        case ("choose", text):
            if rig.panel.gestures.popup is not None:
                rig.choose(text)
        case ("undo",):
            rig.document.undo()
        case ("redo",):
            rig.document.redo()
        case ("fold",):
            rig.panel.fold_all(True)
        case ("unfold",):
            rig.panel.fold_all(False)
        case ("rename",):
            rig.panel.rename()
        case _:
            rig.panel.resize(260 + 40 * (rig.panel.width() % 3), 400)


@settings(max_examples=40)
@given(networks(), acts)
def test_anything_can_be_done_to_any_design(qapp, network, acts):
    rig = Rig(project_of(network), height=540)
    for what in acts:
        act(rig, what)
        popup = rig.panel.gestures.popup
        if popup is not None and what[0] not in ("key", "click"):
            popup.close()
        rig.view.grab()
        state = rig.state
        assert rig.scene.model.rows == rows_of(state.project, state.analysis, rig.panel.folded)
        assert rig.scene.selected_ids == frozenset(state.selection)
        assert not rig.scene.dragged_ids
    if rig.panel.gestures.popup is not None:
        rig.panel.gestures.popup.close()
    rig.panel.close()
    rig.panel.deleteLater()
