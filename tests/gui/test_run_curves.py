"""Curves grow by what reports tell, in whatever pieces it comes and however often it is told again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor

from engine.worker.protocol import Array, Training
from gui.run.curves import STEP, Curves, read
from gui.widgets.field import bounds_of, ground


def told(start: int, losses: list[float], epochs: list[list[float]]) -> Training:
    flat = Array.of([number for row in epochs for number in row])
    return Training(
        1, "running", start + len(losses), 0, 10, 0.1, 1.0, "", Array.of(losses),
        Array.of([0.1] * len(losses)), Array("float64", (len(epochs), 7), flat.content),
        Array.of([], "int64"), Array("float64", (0, 1, 8), b""),
    )  # fmt: skip


def row(step: int) -> list[float]:
    return [step / 10, float(step), 1.0, 2.0, 0.5, 0.1, 3.0]


@given(
    st.lists(st.floats(-1e6, 1e6), max_size=200),
    st.lists(st.integers(1, 60), max_size=8),
    st.data(),
)
def test_pieces_come_to_the_whole(
    losses: list[float], pieces: list[int], data: st.DataObject
) -> None:
    """Also where a run goes back to a checkpoint and tells once more what came after it."""
    curves, at = Curves(), 0
    for piece in [*pieces, len(losses)]:
        part = losses[at : at + piece]
        rows = [row(step) for step in range(at + 1, at + len(part) + 1) if step % 10 == 0]
        curves.hear(told(at, part, rows))
        at += len(part)
        if data.draw(st.booleans()) and at < len(losses):
            at = data.draw(st.integers(0, at))
    assert curves.steps.column(1).tolist() == losses
    assert curves.steps.column(0).tolist() == list(range(1, len(losses) + 1))
    assert curves.epochs.column(STEP).tolist() == [*range(10, len(losses) + 1, 10)]


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=300))
def test_the_smoothed_curve_is_the_mean_of_the_steps_before(losses: list[float]) -> None:
    curves = Curves()
    curves.hear(told(0, losses, []))
    _, smooth = curves.smoothed()
    for place in (0, len(losses) // 2, len(losses) - 1):
        assert smooth[place] == pytest.approx(
            np.mean(losses[max(0, place - 39) : place + 1]), abs=1e-6
        )


def test_a_log_is_read_as_it_was_told() -> None:
    lines = [
        {"step": 1, "loss": 0.5, "rate": 0.1},
        {"epoch": 1, "step": 1, "train_loss": 0.5, "validation": None, "score": 1.0, "rate": 0.1, "seconds": 2.0},
        {"step": 2, "loss": 0.25, "rate": 0.1},
        {"note": 3},
    ]  # fmt: skip
    curves = read(lines)
    assert curves.steps.column(1).tolist() == [0.5, 0.25]
    assert curves.epochs.column(4).tolist() == [1.0]
    assert np.isnan(curves.epochs.column(3)).all()
    assert read([]).step == 0


def test_the_ground_is_the_canvas_where_the_network_does_not_know() -> None:
    canvas = QColor(10, 20, 30)
    shares = np.array([[[0.5, 0.5], [1.0, 0.0]], [[0.0, 1.0], [np.nan, np.nan]]])
    pixels = ground(shares, canvas)
    blue_green_red = [30, 20, 10]
    assert pixels.shape == (2, 2, 4)
    assert pixels[1, 0, :3].tolist() == blue_green_red, "the first row is the lowest"
    assert pixels[0, 1, :3].tolist() == blue_green_red
    assert pixels[1, 1, :3].tolist() != pixels[0, 0, :3].tolist()


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=20))
def test_bounds_hold_their_points(values: list[float]) -> None:
    left, right, bottom, top = bounds_of(np.array(values), np.array(values[::-1]))
    assert left < min(values) <= max(values) < right
    assert (left, right) == (bottom, top)
