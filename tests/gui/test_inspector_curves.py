"""What the inspector says of an activation is what the activation does."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalogue import ACTIVATIONS
from engine.catalogue.rectifiers import LeakyReLU, Threshold
from engine.catalogue.squashers import Hardshrink, Sigmoid, Softshrink, Tanh
from engine.design.kind import Activation
from engine.runtime.probe import curve
from gui.learn.curve import closed_curve, evenly, numbers, slope

CURVED = [each for each in ACTIVATIONS.values() if not each.vector]
every_curve = pytest.mark.parametrize("kind", CURVED, ids=lambda each: each.key())


@every_curve
def test_values_stay_inside_the_range_that_is_said(kind: type[Activation]) -> None:
    known = numbers(kind())
    for x in evenly(-50, 50, 2001):
        assert known.low - 1e-3 <= kind().at(x) <= known.high + 1e-3


@every_curve
def test_the_range_is_no_wider_than_what_comes_out(kind: type[Activation]) -> None:
    known = numbers(kind())
    seen = [kind().at(x) for x in (*evenly(-30, 30, 3001), -1e6, 1e6)]
    if math.isfinite(known.low):
        assert min(seen) == pytest.approx(known.low, abs=2e-3)
    if math.isfinite(known.high):
        assert max(seen) == pytest.approx(known.high, abs=2e-3)


@every_curve
def test_the_mean_output_is_torchs(kind: type[Activation]) -> None:
    assert numbers(kind()).mean == pytest.approx(curve(kind(), -1, 1, 5).mean, abs=1e-5)


@every_curve
def test_nothing_between_two_points_rises_faster_than_the_largest_slope(
    kind: type[Activation],
) -> None:
    drawn = closed_curve(kind(), -10, 10)
    rises = [abs(b - a) / (q - p) for p, q, a, b in zip(drawn.x, drawn.x[1:], drawn.y, drawn.y[1:])]
    jumps = isinstance(kind(), Hardshrink)
    assert jumps or max(rises) <= numbers(kind()).largest_slope + 1e-3


@every_curve
def test_flat_stretches_are_flat_and_the_rest_is_not(kind: type[Activation]) -> None:
    known = numbers(kind())
    for x in evenly(-11.9, 11.9, 239):
        inside = any(flat.start + 0.01 < x < flat.stop - 0.01 for flat in known.flats)
        steep = abs(slope(kind().at, x)) / known.largest_slope
        if inside:
            assert steep < 0.0101
        elif not any(abs(x - end) < 0.2 for flat in known.flats for end in (flat.start, flat.stop)):
            # The bottom of a bend is flat over a stretch that is too short to be said.
            near = max(abs(slope(kind().at, x + by)) for by in (-0.2, 0.0, 0.2))
            assert near / known.largest_slope > 0.0099


@given(st.floats(0.011, 0.9), st.floats(-5, 5))
@settings(max_examples=40)
def test_the_derivative_of_straight_pieces_is_exact(a: float, x: float) -> None:
    expected = 1.0 if x > 1e-4 else a
    if abs(x) > 1e-3:
        assert slope(LeakyReLU(negative_slope=a).at, x) == pytest.approx(expected, rel=1e-6)


def test_sigmoid_saturates_beyond_six_and_tanh_beyond_three() -> None:
    for kind, end in ((Sigmoid, 6.0), (Tanh, 3.0)):
        low, high = numbers(kind()).flats
        assert (low.start, high.stop) == (-math.inf, math.inf)
        assert high.start == pytest.approx(end, abs=0.05)
        assert low.stop == pytest.approx(-end, abs=0.05)


def test_numbers_are_those_of_the_textbook() -> None:
    sigmoid, tanh, relu = (numbers(ACTIVATIONS[key]()) for key in ("Sigmoid", "Tanh", "ReLU"))
    assert (sigmoid.low, sigmoid.high, sigmoid.mean) == pytest.approx((0, 1, 0.5))
    assert sigmoid.largest_slope == pytest.approx(0.25)
    assert (tanh.low, tanh.high, tanh.largest_slope, tanh.mean) == pytest.approx((-1, 1, 1, 0))
    assert (relu.low, relu.high, relu.largest_slope) == (0, math.inf, 1)
    assert relu.mean == pytest.approx(1 / math.sqrt(2 * math.pi), abs=1e-3)


def test_a_dead_stretch_ends_where_the_argument_says() -> None:
    [flat] = numbers(Softshrink(lambd=1.5)).flats
    assert (flat.start, flat.stop, flat.dead) == (-1.5, 1.5, True)


def test_a_jump_has_the_slope_of_the_piece_at_its_left() -> None:
    assert slope(Threshold(threshold=1.0, value=20.0).at, 1.0) == 0.0
