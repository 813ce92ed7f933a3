"""Families are told apart by the forms of their boxes, which stay where the boxes are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalogue import FAMILIES
from engine.views.diagram_outlines import FORMS, SLANT, Step, outline, upright

sizes = st.floats(60, 400), st.floats(14, 60)
"""Of a box, and of a slim one that lies."""
LAYERS = sorted(FAMILIES)


def points(steps: tuple[Step, ...]) -> Iterator[tuple[float, float]]:
    for _, numbers in steps:
        yield from zip(numbers[::2], numbers[1::2], strict=True)


@pytest.mark.parametrize(("one", "other"), [*combinations([*LAYERS, "input", "recall"], 2)])
def test_no_two_families_have_the_same_form(one: str, other: str):
    assert outline(one, 0, 0, 120, 52) != outline(other, 0, 0, 120, 52)
    assert upright(one, 0, 0, 14, 200) != upright(other, 0, 0, 14, 200)


@pytest.mark.parametrize("family", FORMS)
@given(*sizes)
def test_a_form_fills_its_rectangle_and_is_closed(family: str, width: float, height: float):
    form = outline(family, 10, 20, width, height)
    xs, ys = zip(*points((*form.steps, *form.inner)), strict=True)
    assert 10 - SLANT <= min(xs) <= 10.001
    assert 10 + width - 0.001 <= max(xs) <= 10 + width + SLANT
    assert min(ys) == pytest.approx(20)
    assert max(ys) == pytest.approx(20 + height)
    assert form.steps[0][0] == "M"
    assert form.steps[-1][0] == "Z"


@pytest.mark.parametrize("family", LAYERS)
def test_upright_is_the_same_form_with_its_sides_exchanged(family: str):
    lying, standing = outline(family, 0, 0, 52, 120), upright(family, 0, 0, 120, 52)
    assert list(points(standing.steps)) == [(y, x) for x, y in points(lying.steps)]
    assert standing.dashed == lying.dashed
