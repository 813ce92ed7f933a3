"""A plot draws what it was given: no value lost, none invented, whatever the numbers."""

from __future__ import annotations

import csv
import html
import io
import math
import warnings

import numpy as np
import pytest
import shiboken6
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui import theme
from gui.widgets.plot import Bars, Marker, Plot, Series, Zone, histogram
from gui.widgets.plot_axis import number_text, round_step, tick_labels
from gui.widgets.plot_marks import decimated, x_extent, y_extent
from gui.widgets.plot_readout import readings

X = np.linspace(-4, 4, 81)
ANY_FLOATS = arrays.arrays(np.float64, st.integers(0, 300), elements=st.floats(width=64))


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> None:
    theme.apply(qapp, theme.DARK)


@pytest.fixture
def plot(qtbot) -> Plot:
    made = Plot("curve")
    qtbot.addWidget(made)
    made.resize(320, 200)
    made.show()
    return made


# Decimation.


@given(st.integers(5, 3000), st.integers(1, 40), st.integers(0, 2**31))
def test_decimation_keeps_the_lowest_and_highest_value_of_every_column(size, columns, seed):
    random = np.random.default_rng(seed)
    x = np.sort(random.uniform(0, 1, size))
    y = random.normal(size=size)
    across, up = decimated(x, y, 0.0, 1.0, columns)
    assert across.size <= max(4 * columns + 8, 4 * columns)
    column = np.minimum((x * columns).astype(int), columns - 1)
    if across.size == size:
        return
    for number in np.unique(column):
        own = y[column == number]
        assert own.min() in up
        assert own.max() in up


@given(ANY_FLOATS, st.integers(1, 20))
def test_decimation_invents_nothing_and_never_fails(y, columns):
    x = np.arange(float(y.size))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        across, up = decimated(x, y, -1.0, float(y.size), columns)
    assert across.size == up.size
    assert set(up[~np.isnan(up)]) <= set(y[~np.isnan(y)])


def test_only_what_is_in_view_and_its_neighbours_is_drawn():
    x = np.arange(1000.0)
    across, _ = decimated(x, x, 100.5, 200.5, 400)
    assert (across[0], across[-1]) == (100.0, 201.0)


# Values.


@pytest.mark.parametrize(("x", "y"), [([0, 1], [0]), ([1, 0], [0, 0]), ([0, np.nan], [0, 0])])
def test_a_curve_over_no_ascending_x_is_refused(x, y):
    with pytest.raises(ValueError):
        Series(x, y)


@given(ANY_FLOATS, st.integers(1, 60))
def test_a_histogram_counts_every_finite_value_once(values, bins):
    counted = histogram(values, bins, density=False)
    assert counted.heights.sum() == np.isfinite(values).sum()


def test_a_density_has_area_one_and_is_numpys():
    values = np.random.default_rng(0).normal(size=1000)
    bars = histogram(values, 30)
    heights, edges = np.histogram(values, 30, density=True)
    assert np.sum(bars.heights * np.diff(bars.edges)) == pytest.approx(1)
    np.testing.assert_allclose(bars.edges, edges)
    assert np.abs(bars.heights - heights).max() < 0.2


@given(ANY_FLOATS)
def test_the_view_is_finite_and_not_empty(y):
    curve = Series(np.arange(float(y.size)), y)
    left, right = x_extent([curve])
    bottom, top = y_extent([curve], left, right)
    assert np.isfinite([left, right, bottom, top]).all()
    assert left < right
    assert bottom < top


@given(st.floats(1e-150, 1e150), st.integers(1, 12))
def test_lines_of_the_grid_stand_at_round_numbers(width, most):
    step = round_step(width / most)
    assert width / most <= step <= 5 * width / most
    assert f"{step:.3e}"[:5] in ("1.000", "2.000", "5.000")


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9), st.integers(1, 12))
def test_labels_tell_neighbouring_lines_of_the_grid_apart(low, width, most):
    step = round_step(width / most)
    first = math.ceil(low / step)
    lines = [(first + number) * step for number in range(most)]
    assert len(set(tick_labels(lines, step))) == len(set(lines))


def test_numbers_are_written_for_people():
    assert number_text(-0.00001234, 3) == "−1.23e−5"
    assert number_text(float("nan")) == "nan"
    assert number_text(float("-inf")) == "−∞"
    assert tick_labels([-0.5, 0.0, 0.5], 0.5) == ["−0.5", "0.0", "0.5"]


# The widget.


def test_showing_never_emits(plot: Plot, qtbot):
    with qtbot.assertNotEmitted(plot.range_changed), qtbot.assertNotEmitted(plot.save_requested):
        plot.display([Series(X, np.tanh(X), "tanh"), Zone(-4, -3), Marker(0)])
        plot.set_home((-2, 2), (0, 1))
        plot.set_title("a")
        plot.set_caption("b")
        plot.set_axis_labels("x", "y")


@pytest.mark.parametrize(
    "y",
    [
        np.full(81, np.nan),
        np.where(X > 0, np.inf, -np.inf),
        np.where(np.arange(81) % 2, np.nan, X),
        np.full(81, 1e308),
        np.where(X > 0, 1e308, -1e308),
        X * 1e-300,
        np.zeros(81),
    ],
)
@pytest.mark.parametrize("fill", [True, False])
@pytest.mark.parametrize("dashed", [True, False])
def test_any_numbers_can_be_painted(plot: Plot, y, fill, dashed):
    curve = Series(X, y, "y", fill=fill, dashed=dashed)
    plot.display([curve, Bars(X, y[:-1]), Zone(-1, 1, label="zone"), Marker(0, "zero")])
    assert not plot.grab().isNull()


def test_a_gap_is_left_where_values_are_not_finite(plot: Plot):
    y = np.zeros(81)
    y[30:50] = np.nan
    plot.display([Series(X, y, token="danger")])
    image = plot.image(1.0)
    frame = plot._canvas.frame()
    row = round(frame.y(0.0))

    def inked(x: float) -> bool:
        column = round(frame.x(x))
        return any(image.pixelColor(column, row + dy).red() > 120 for dy in (-1, 0, 1))

    assert inked(-3)
    assert inked(3)
    assert not inked(0)


def test_one_value_in_a_million_is_seen(plot: Plot):
    y = np.zeros(1_000_000)
    y[123_456], y[765_432] = 1.0, -1.0
    plot.display([Series(np.arange(1e6), y, token="danger")])
    image, frame = plot.image(1.0), plot._canvas.frame()
    for at, value in ((123_456, 0.9), (765_432, -0.9)):
        column, row = round(frame.x(at)), round(frame.y(value))
        assert any(image.pixelColor(column + dx, row).red() > 100 for dx in (-1, 0, 1))


def test_the_view_follows_the_marks_until_a_person_moves_it(plot: Plot, qtbot):
    plot.display([Series(X, X)])
    assert (plot.view().left, plot.view().right) == (-4, 4)
    plot.display([Series(X * 2, X)])
    assert (plot.view().left, plot.view().right) == (-8, 8)
    with qtbot.waitSignal(plot.range_changed):
        QTest.keyClick(plot, Qt.Key.Key_Right)
    moved = plot.view()
    plot.display([Series(X, X)])
    assert (plot.view().left, plot.view().right) == (moved.left, moved.right)
    QTest.keyClick(plot, Qt.Key.Key_A)
    assert (plot.view().left, plot.view().right) == (-4, 4)


def test_dragging_moves_the_values_with_the_mouse(plot: Plot):
    plot.display([Series(X, X)])
    frame = plot._canvas.frame()
    seen: list[tuple[float, float]] = []
    plot.range_changed.connect(lambda left, right: seen.append((left, right)))
    QTest.mousePress(plot, Qt.MouseButton.LeftButton, pos=QPoint(150, 100))
    QTest.mouseMove(plot, QPoint(180, 100))
    QTest.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=QPoint(180, 100))
    by = frame.x_value(180) - frame.x_value(150)
    assert seen[-1] == pytest.approx((-4 - by, 4 - by))


def test_zooming_keeps_the_value_under_the_mouse(plot: Plot):
    plot.display([Series(X, X)])
    before = plot._canvas.frame().x(1.0)
    plot.zoom(0.5, 1.0)
    assert plot._canvas.frame().x(1.0) == pytest.approx(before, abs=20)
    assert plot.view().right - plot.view().left == pytest.approx(4)


def turn_wheel(plot: Plot, notches: int, shift: bool = False) -> None:
    at = QPointF(160, 100)
    keys = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    turned = QWheelEvent(
        at, plot.mapToGlobal(at), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, keys, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(plot, turned)


def test_the_wheel_zooms_around_the_mouse_along_x_and_with_shift_along_y(plot: Plot, qtbot):
    plot.display([Series(X, X)])
    before, under = plot.view(), plot._canvas.frame().x_value(160)
    with qtbot.waitSignal(plot.range_changed):
        turn_wheel(plot, 1)
    zoomed = plot.view()
    assert zoomed.right - zoomed.left < before.right - before.left
    assert plot._canvas.frame().x_value(160) == pytest.approx(under, abs=0.2)
    with qtbot.assertNotEmitted(plot.range_changed):
        turn_wheel(plot, 1, shift=True)
    assert (plot.view().left, plot.view().right) == (zoomed.left, zoomed.right)
    assert plot.view().top < zoomed.top


@pytest.mark.parametrize("notches", [5, -5])
@pytest.mark.parametrize("shift", [True, False])
def test_however_far_the_wheel_is_turned_there_is_a_range_to_see(plot: Plot, notches, shift):
    plot.display([Series(X + 1000, X + 1000), Zone(999, 1001), Marker(1000, "m")])
    for _ in range(100):
        turn_wheel(plot, notches, shift)
    view = plot.view()
    assert 1e-9 < view.right - view.left <= 1e15
    assert 1e-9 < view.top - view.bottom <= 1e15
    assert not plot.grab().isNull()


def test_the_mouse_and_the_keyboard_are_the_plots_own(plot: Plot):
    plot.display([Series(X, X)])
    assert plot.childAt(160, 100) is None
    plot.clearFocus()
    QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=QPoint(160, 100))
    assert plot.focusWidget() is plot
    assert plot.view().left == -4


def test_the_readout_tells_every_curve_at_the_nearest_sample():
    told = readings([Series(X, X**2, "square"), histogram(X, 4, density=False)], 2.02)
    assert told[0].text == "square  4"
    assert told[0].point == pytest.approx((2.0, 4.0))
    assert told[1].text.endswith(": 21")


def test_the_readout_is_painted_under_the_mouse(plot: Plot):
    plot.display([Series(X, X, "line")])
    without, plain = plot.grab().toImage(), plot.image(1.0)
    at = QPointF(160, 100)
    move = QMouseEvent(
        QEvent.Type.MouseMove, at, plot.mapToGlobal(at), Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(plot, move)
    assert plot.grab().toImage() != without
    assert plot.image(1.0) == plain
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    assert plot.grab().toImage() == without


# Taking it away.


def test_csv_holds_exactly_the_numbers_in_view(plot: Plot):
    y = np.sin(X) / 3
    plot.display([Series(X, y, "sine"), Series(X, y * 2, "double")])
    table = list(csv.reader(io.StringIO(plot.csv_text())))
    assert table[0] == ["x", "sine", "double"]
    assert np.array_equal(np.array(table[1:], dtype=float), np.stack((X, y, y * 2), axis=1))
    plot.zoom(0.5, 0.0)
    inside = np.array(list(csv.reader(io.StringIO(plot.csv_text())))[1:], dtype=float)
    assert (inside[0, 0], inside[-1, 0]) == (-2, 2)


def test_bars_and_other_curves_have_tables_of_their_own(plot: Plot):
    plot.display([Bars(np.array([0.0, 1, 2]), np.array([3.0, 4])), Series([0, 2], [5, 6], "line")])
    assert plot.exported("csv").decode() == (
        "x,line\n0.0,5.0\n2.0,6.0\n\nfrom,to,height\n0.0,1.0,3.0\n1.0,2.0,4.0\n"
    )


def test_svg_keeps_text_as_text_and_png_is_a_picture(plot: Plot):
    plot.display([Series(X, X, "identity")])
    svg = plot.exported("svg").decode()
    assert "<text" in svg
    assert "identity" in svg
    image = QImage.fromData(plot.exported("png"))
    assert (image.width(), image.height()) == (640, 400)


def test_every_way_to_take_a_plot_away_is_in_its_menu(plot: Plot):
    plot.display([Series(X, X, "identity")])
    asked: list[str] = []
    plot.save_requested.connect(asked.append)
    for action in plot.menu().actions():
        action.trigger()
    assert asked == ["png", "svg", "csv"]
    assert QGuiApplication.clipboard().text() == plot.csv_text()


def test_text_is_taken_literally(plot: Plot):
    plot.display([Series(X, X, "<i>y</i>"), Marker(0, "{best} <b>")])
    plot.set_axis_labels("a < b", "{0}")
    svg = plot.exported("svg").decode()
    for text in ("<i>y</i>", "{best} <b>", "a < b", "{0}"):
        assert html.escape(text) in svg


def test_a_picture_of_a_plot_that_was_never_shown_is_the_same(plot: Plot, qtbot):
    hidden = Plot("curve")
    qtbot.addWidget(hidden)
    hidden.resize(plot.size())
    for each in (plot, hidden):
        each.display([Series(X, X * 1000, "line"), Zone(-1, 1, label="zone"), Marker(2, "mark")])
        each.set_axis_labels("x", "y")
    assert hidden.image() == plot.image()


def test_a_plot_takes_on_another_theme(plot: Plot, qapp, qtbot):
    marks = [Series(X, X, "line"), Marker(2, "mark")]
    plot.display(marks)
    theme.apply(qapp, theme.LIGHT)
    fresh = Plot("curve")
    qtbot.addWidget(fresh)
    fresh.resize(plot.size())
    fresh.display(marks)
    assert plot.image() == fresh.image()


def test_a_plot_that_is_gone_hears_of_no_theme(qapp):
    plot = Plot("curve")
    plot.display([Series(X, X), Marker(0, "zero")])
    shiboken6.delete(plot)
    theme.apply(qapp, theme.LIGHT)


class Paints(QObject):
    """Counts how often a widget is painted."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def test_a_live_plot_survives_5000_redraws(plot: Plot):
    """PySide6 6.12.0 on Python 3.11 loses a reference to None here and aborts."""
    plot.resize(160, 110)
    paints = Paints()
    plot._canvas.viewport().installEventFilter(paints)
    for number in range(5000):
        plot.display([Series(X, np.sin(X + number / 50))])
        plot.repaint()
    assert plot.view().left == -4
    assert paints.count >= 5000
