"""The histograms of a run: one a layer, of the latest run, made only as far as they are looked at."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gui.document import State, opened
from gui.run.forward import ForwardValues, NodeValues
from gui.run.layers_page import MOST, LayersPage
from gui.widgets.plot import Plot
from tests.gui.inspector_bench import network, project

EMPTY = np.zeros(0)


@pytest.fixture
def state() -> State:
    return opened(project(network()))


@pytest.fixture
def page(qtbot) -> LayersPage:
    made = LayersPage()
    qtbot.addWidget(made)
    made.resize(800, 240)
    made.show()
    return made


def values(state: State, count: int, mean: float = 0.0) -> ForwardValues:
    sample = np.random.default_rng(0).normal(mean, 1, 500)
    nodes = tuple(
        NodeValues(number, f"layer{number}", (5, 4), mean, 1.0, -3.0, 3.0, sample, sample[:4])
        for number in range(count)
    )
    return ForwardValues(state.project, "random", 0.001, (), EMPTY, EMPTY, None, nodes)


def shown(page: LayersPage) -> list[str]:
    """The names of the layers in view."""
    plots = page.findChildren(Plot)
    return [plot.accessibleName() for plot in plots if not plot.visibleRegion().isEmpty()]


def test_only_histograms_in_view_are_made(page, state, qtbot):
    page.show_run(state, values(state, 40))
    qtbot.waitUntil(lambda: shown(page)[:2] == ["layer0", "layer1"])
    assert len(page.findChildren(Plot)) < 10
    page._area.horizontalScrollBar().setValue(page._area.horizontalScrollBar().maximum())
    qtbot.waitUntil(lambda: "layer39" in shown(page))
    assert len(page.findChildren(Plot)) < 20


def test_another_run_is_shown_wherever_one_looks(page, state, qtbot):
    bar = page._area.horizontalScrollBar()
    page.show_run(state, values(state, 40))
    qtbot.waitUntil(lambda: "layer0" in shown(page))
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: "layer39" in shown(page))
    page.show_run(state, values(state, 40, mean=100.0))
    for end, name in ((bar.maximum(), "layer39"), (bar.minimum(), "layer0")):
        bar.setValue(end)
        plot = next(plot for plot in page.findChildren(Plot) if plot.accessibleName() == name)
        qtbot.waitUntil(lambda plot=plot: plot.view().left > 90)


def test_every_layer_is_reached_by_the_keyboard(page, state, qtbot):
    page.show_run(state, values(state, 12))
    qtbot.waitUntil(lambda: "layer0" in shown(page))
    for number in range(12):
        qtbot.waitUntil(lambda name=f"layer{number}": name in shown(page))
        plot = next(p for p in page.findChildren(Plot) if p.accessibleName() == f"layer{number}")
        if number == 0:
            plot.setFocus()
        qtbot.waitUntil(lambda plot=plot: page.focusWidget() is plot)
        QTest.keyClick(plot, Qt.Key.Key_Tab)


def test_what_is_left_out_is_said(page, state):
    page.show_run(state, values(state, MOST + 3))
    assert page._more.text() == "3 more not shown"
    page.show_run(state, values(state, 3))
    assert not page._more.isVisible()
