"""Names in the diagram: none over another, the selected one first, and all of them where there is room."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from engine.catalogue.dropout import Dropout
from engine.catalogue.linear import Linear
from engine.design.address import Place
from engine.design.edit import Insert, apply
from engine.design.tree import Layer, Network
from engine.design.value import replace
from engine.views.diagram import Column, Diagram, Memory, Plate, diagram
from engine.views.shapes import infer
from gui.views.diagram_names import LETTER, LINES, Names, named
from gui.views.diagram_words import LEAST_LETTERS, fitted


def drawn(layers: int) -> Diagram:
    """A diagram of layers with long names, a dropout behind each."""
    nodes = tuple(
        layer
        for number in range(layers)
        for layer in (
            Layer(0, f"a_rather_long_name_{number}", Linear(out_features=8)),
            Layer(0, f"dropout{number}", Dropout()),
        )
    )
    return diagram(infer(apply(Network(), Insert(nodes, Place(0)))), Memory())


def middle(each: Column | Plate) -> float:
    return each.x + each.width / 2 if isinstance(each, Plate) else each.x


@pytest.mark.parametrize("scale", [1.0, 1.7, 3.2])
def test_no_name_is_written_over_another(scale: float):
    for first, second in combinations(named(drawn(6), scale, frozenset()), 2):
        letters = (len(first.name) + len(second.name)) / 2
        beside = abs(middle(first) - middle(second)) >= letters * LETTER * scale
        assert beside or abs(first.header_y - second.header_y) >= LINES * scale


@pytest.mark.parametrize("scale", [1.0, 3.2])
def test_what_is_selected_has_its_name(scale: float):
    whole = drawn(6)
    for each in (*whole.columns, *whole.plates):
        assert each in named(whole, scale, frozenset({each.node_id}))


def test_where_there_is_room_everything_has_its_name():
    whole = drawn(6)
    assert named(whole, 0.01, frozenset()) == {*whole.columns, *whole.plates}


def test_a_layer_has_its_name_before_the_dropout_behind_it():
    whole = drawn(1)
    assert set(whole.columns) - named(whole, 1.0, frozenset()) == set()


def test_a_name_that_comes_or_goes_is_told():
    one, other = drawn(6), drawn(6)
    assert not Names().change(one, other, 1.0, frozenset())
    longer = [each._replace(name="x" * 26) if each.name else each for each in other.columns]
    assert Names().change(one, replace(other, columns=tuple(longer)), 1.0, frozenset())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.text("abcim_19 ", min_size=1, max_size=30),
    pixels=st.integers(8, 20),
    room=st.integers(0, 300),
)
def test_words_are_cut_only_where_enough_of_them_is_left_to_say_something(
    qapp: QApplication, words: str, pixels: int, room: int
):
    shown, width, _ = fitted(words, pixels, room, True)
    assert width <= max(room, 0) + 1
    if shown != words:
        assert not shown or (len(shown) > LEAST_LETTERS and shown.endswith("…"))
        assert words.startswith(shown.rstrip("…").rstrip())
