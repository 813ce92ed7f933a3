"""The table in the window says what `engine.summarize` says, whatever was shown before it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QTableView
from pytestqt.qtbot import QtBot

from engine.catalogue.convolution import Conv2d
from engine.catalogue.shaping import Unflatten
from engine.design.edit import SetField, apply
from engine.design.tree import Layer, Network
from engine.design.value import replace
from engine.views.summary import summarize
from engine.views.table import BLOCKS
from gui.document import State, opened
from gui.views.summary_rows import PLACES
from gui.views.summary_view import SummaryView
from tests.gui.stack_rig import linear, project, project_of
from tests.laws.designs import networks


@pytest.fixture
def view(qtbot: QtBot) -> SummaryView:
    view = SummaryView()
    qtbot.addWidget(view)
    return view


def state_of(network: Network) -> State:
    return opened(project_of(network))


def cells(view: SummaryView) -> list[list[str]]:
    table = view.findChild(QTableView)
    assert table is not None
    model = table.model()
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(networks(), networks())
def test_every_row_is_that_of_the_summary(view: SummaryView, first: Network, second: Network):
    before, after = state_of(first), state_of(second)
    view.show_state(None, before)
    view.show_state(before, after)
    summary = summarize(second)
    shown = cells(view)
    assert [int(line[3].replace(",", "")) for line in shown] == [
        row.parameters for row in summary.rows
    ]
    assert [line[1] for line in shown] == [row.title for row in summary.rows]
    counted = (
        int(line[3].replace(",", ""))
        for line, row in zip(shown, summary.rows, strict=True)
        if row.kind not in BLOCKS
    )
    assert sum(counted) == summary.totals.parameters


def test_an_edit_is_shown_and_the_selection_goes_both_ways(view: SummaryView):
    network = project(tuple(linear(4, f"layer{number}") for number in range(3))).network
    before = state_of(network)
    view.show_state(None, before)
    first, second, _ = (node.id for node in network.body.nodes)
    after = state_of(apply(network, SetField((first,), "out_features", 7)))
    view.show_state(before, after)
    assert [line[2] for line in cells(view)] == ["[N, 7]", "[N, 4]", "[N, 4]"]

    told: list[tuple[int, ...]] = []
    view.selected.connect(told.append)
    table = view.findChild(QTableView)
    assert table is not None
    table.selectRow(1)
    assert told == [(second,)]
    view.show_state(after, replace(after, selection=(first,)))
    assert [index.row() for index in table.selectionModel().selectedRows()] == [0]
    assert told == [(second,)]


def test_a_fault_is_named_where_the_mouse_rests(view: SummaryView):
    split = Layer(0, "split", Unflatten(unflattened_size=(5, 5)))
    view.show_state(None, opened(project((split,))))
    table = view.findChild(QTableView)
    assert table is not None
    assert "needs 25" in table.model().index(0, 1).data(Qt.ItemDataRole.ToolTipRole)


def test_columns_are_chosen_with_the_keyboard_and_kept(view: SummaryView, qtbot: QtBot):
    network = project(
        (Layer(0, "conv", Conv2d(out_channels=4, kernel_size=3, stride=2)),), (3, 9, 9)
    ).network
    view.show_state(None, state_of(network))
    place = PLACES["sees"]
    assert cells(view)[0][place] == "–"
    button = next(each for each in view.findChildren(QPushButton) if each.text() == "Columns")
    menu = button.menu()
    sees = next(action for action in menu.actions() if action.text() == "Sees")
    sees.trigger()
    table = view.findChild(QTableView)
    assert table is not None
    assert not table.isColumnHidden(place)
    assert cells(view)[0][PLACES["outputs"] :] == ["256 B", "3×3", "2×2"]

    another = SummaryView()
    qtbot.addWidget(another)
    again = another.findChild(QTableView)
    assert again is not None
    assert not again.isColumnHidden(place)
    assert again.isColumnHidden(PLACES["stride"])


def test_totals_with_a_fault_are_said_to_be_those_up_to_the_fault(view: SummaryView):
    split = Layer(0, "split", Unflatten(unflattened_size=(5, 5)))
    view.show_state(None, opened(project((linear(4, "sound"), split))))
    assert any(label.text().startswith("Up to the fault: ") for label in view.findChildren(QLabel))
