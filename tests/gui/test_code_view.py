"""The code that is shown is the code that would be exported, whatever was shown before."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from engine import write_module
from engine.catalogue.linear import Linear
from engine.design.tree import Network
from gui.document import Document, opened
from gui.views.code_view import CodeView
from tests.gui.inspector_bench import layer, network, project

WIDTHS = st.lists(st.integers(1, 4), min_size=1, max_size=8)


def stack(widths: list[int]) -> Network:
    return network(*(layer(Linear(width), f"layer{width}_{n}") for n, width in enumerate(widths)))


def shown(view: CodeView) -> QPlainTextEdit:
    text = view.findChild(QPlainTextEdit)
    assert isinstance(text, QPlainTextEdit)
    return text


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(WIDTHS, min_size=1, max_size=5))
def test_after_any_change_the_text_is_the_code_of_the_network(
    qtbot: QtBot, designs: list[list[int]]
):
    view = CodeView()
    qtbot.addWidget(view)
    for widths in designs:
        state = opened(project(stack(widths)))
        view.show_state(None, state)
        assert shown(view).toPlainText() == write_module(state.network)


def test_a_change_leaves_a_selection_elsewhere_as_it_is(qtbot: QtBot):
    view = CodeView()
    qtbot.addWidget(view)
    document = Document(opened(project(stack([3, 3, 3]))))
    view.show_state(None, document.state)
    text = shown(view)
    cursor = text.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.EndOfLine, QTextCursor.MoveMode.KeepAnchor)
    text.setTextCursor(cursor)
    chosen = cursor.selectedText()
    view.show_state(None, opened(project(stack([3, 4, 3]))))
    assert text.textCursor().selectedText() == chosen
