"""Matrices and vectors: every value in its place, changed only by a person."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from gui import theme
from gui.widgets.bars import VectorBars
from gui.widgets.image import MatrixImage, levels, picked

ANY_MATRIX = arrays.arrays(
    np.float64, arrays.array_shapes(min_dims=0, max_dims=2, min_side=0), elements=st.floats()
)
SCORES = [0.2, 0.02, 0.15, 0.15, 1.3, 0.5, 0.06, 1.1, 0.05, 3.75]


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> None:
    theme.apply(qapp, theme.LIGHT)


@pytest.fixture
def image(qtbot) -> MatrixImage:
    made = MatrixImage("weight")
    qtbot.addWidget(made)
    made.resize(320, 240)
    made.show()
    return made


@pytest.fixture
def bars(qtbot) -> VectorBars:
    made = VectorBars("softmax")
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.display(SCORES, SCORES, 1.0)
    made.show()
    return made


# Matrices.


@given(ANY_MATRIX)
@example(np.array([[2.0**1023]]))
def test_any_matrix_can_be_shown(values):
    application = QApplication.instance()
    assert application is not None
    image = MatrixImage()
    image.resize(200, 150)
    image.display(values)
    assert not image.image(1.0).isNull()
    image.display_picture(values)
    assert not image.image(1.0).isNull()


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (8, 8), (2000, 2000)])
def test_any_size_fits_the_widget(image: MatrixImage, shape):
    image.display(np.ones(shape))
    area = image._area(QRectF(image.rect()))
    assert QRectF(image.rect()).contains(area)
    assert min(area.width(), area.height()) >= 10


def test_more_than_two_dimensions_are_refused(image: MatrixImage):
    with pytest.raises(ValueError):
        image.display(np.zeros((2, 2, 2)))


def test_zero_is_in_the_middle_and_signs_go_apart():
    assert levels(np.array([-2.0, 0.0, 2.0, np.nan, np.inf]), -2, 2).tolist() == [
        0, 127, 254, 255, 255,
    ]  # fmt: skip


@given(st.integers(1, 3000), st.integers(1, 500))
def test_rows_are_all_shown_or_evenly_picked(length, pixels):
    rows = picked(length, pixels)
    assert rows.size == min(length, pixels)
    assert (np.diff(rows) > 0).all()
    assert 0 <= rows[0] <= rows[-1] < length


def test_each_cell_has_its_own_colour(image: MatrixImage):
    values = np.array([[1.0, -1.0], [0.0, 1.0]])
    image.display(values)
    drawn = image.image(1.0)
    area = image._area(QRectF(image.rect()))
    colours = theme.current()
    for row in range(2):
        for column in range(2):
            x = round(area.left() + (column + 0.1) * area.width() / 2)
            y = round(area.top() + (row + 0.1) * area.height() / 2)
            token = {1.0: "positive", -1.0: "negative", 0.0: "zero"}[values[row, column]]
            assert drawn.pixelColor(x, y).name() == colours.hex(token)
            assert image.cell_at(QPointF(x, y)) == (row, column)


def test_the_readout_tells_row_column_and_value(image: MatrixImage):
    image.display(np.arange(6.0).reshape(2, 3))
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right):
        QTest.keyClick(image, key)
    assert image.readout() == "row 1, column 1: 4"


def test_a_matrix_leaves_with_all_its_values(image: MatrixImage):
    values = np.random.default_rng(0).normal(size=(5, 7))
    image.display(values)
    table = csv.reader(io.StringIO(image.exported("csv").decode()))
    assert np.array_equal(np.array(list(table), dtype=float), values)
    assert not QImage.fromData(image.exported("png")).isNull()
    assert b"<text" in image.exported("svg")


# Vectors.


def line(bars: VectorBars) -> QLineEdit:
    found = bars.findChild(QLineEdit)
    assert found is not None
    return found


def edits(bars: VectorBars) -> list[list[float]]:
    seen: list[list[float]] = []
    bars.edited.connect(seen.append)
    return seen


def test_showing_bars_never_emits(bars: VectorBars, qtbot):
    with qtbot.assertNotEmitted(bars.edited), qtbot.assertNotEmitted(bars.finished):
        bars.display([1.0], [float("nan")])
        bars.display([], [])
        bars.display([-1.0] * 32, [float("inf")] * 16, 2.0)
        bars.grab()
        bars.set_names("scores", "shares")
    assert bars.inputs() == [-1.0] * 32


def test_arrow_keys_choose_a_row_and_change_it(bars: VectorBars):
    seen = edits(bars)
    QTest.keyClick(bars, Qt.Key.Key_Down)
    QTest.keyClick(bars, Qt.Key.Key_Right)
    QTest.keyClick(bars, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert [values[1] for values in seen] == [0.07, -0.43]
    assert all(values[2:] == SCORES[2:] for values in seen)


def test_a_bar_is_dragged_to_its_value(bars: VectorBars, qtbot):
    seen = edits(bars)
    bar = bars._input_bar(QRectF(bars.rect()), 4)
    start, stop = QPoint(round(bar.left()), round(bar.center().y())), bar.center().toPoint()
    with qtbot.waitSignal(bars.finished):
        QTest.mousePress(bars, Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(bars, stop)
        QTest.mouseRelease(bars, Qt.MouseButton.LeftButton, pos=stop)
    assert seen[-1][4] == pytest.approx(2.0, abs=0.05)  # the bars go from 0 to 4


def test_a_value_is_typed_and_a_wrong_one_is_kept_and_explained(bars: VectorBars, qtbot):
    seen = edits(bars)
    bars.activateWindow()
    bars.setFocus()
    QTest.keyClicks(bars, "7")
    QTest.keyClicks(line(bars), ".5x")
    assert [values[0] for values in seen] == [7.0, 7.5]
    assert line(bars).text() == "7.5x"
    assert line(bars).toolTip()
    with qtbot.waitSignal(bars.finished):
        QTest.keyClick(line(bars), Qt.Key.Key_Return)
    assert not line(bars).isVisible()
    assert bars.inputs()[0] == 7.5


def test_a_vector_leaves_with_all_its_values(bars: VectorBars):
    bars.display([1.0, 2.0], [0.25])
    bars.set_names("scores", "shares")
    assert bars.exported("csv").decode() == "scores,shares\n1.0,0.25\n2.0,\n"
    assert not QImage.fromData(bars.exported("png")).isNull()
    assert b"<text" in bars.exported("svg")
