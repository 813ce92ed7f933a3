"""A long diagram in rows: nothing is left out, nothing is cut, and it gets larger by it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings

import engine
import resources
from engine.design.tree import Network
from engine.views.diagram import Diagram, diagram
from engine.views.diagram_rows import AIR, rows, wrapped
from engine.views.shapes import infer
from resources.samples import TEMPLATES
from tests.laws.designs import networks


def template(name: str) -> Diagram:
    return diagram(infer(engine.load(resources.path("samples", f"{name}.loom")).network))


def held(drawn: Diagram, width: float, height: float) -> None:
    found = rows(drawn, width, height)
    parts = found.parts
    assert (parts[0].left, parts[-1].right) == (0.0, max(drawn.width, 1.0))
    assert all(one.right == other.left for one, other in pairwise(parts))
    assert found.width <= width + 1e-6
    assert found.height <= height + 1e-6
    for box in drawn.boxes:
        whole = [part for part in parts if part.left <= box.x and box.x + box.width <= part.right]
        assert len(whole) == 1
        assert whole[0].top <= box.y - box.height / 2
        assert box.y + box.height / 2 <= whole[0].bottom


@settings(max_examples=30)
@given(networks())
def test_every_box_lies_whole_in_one_row_and_all_rows_in_the_room(network: Network):
    held(diagram(infer(network)), 600, 300)


@pytest.mark.parametrize("name", TEMPLATES)
def test_so_it_is_for_every_template_in_rooms_of_any_form(name: str):
    network = engine.load(resources.path("samples", f"{name}.loom")).network
    drawn = diagram(infer(network))
    for width, height in ((600.0, 300.0), (300.0, 600.0), (60.0, 20.0)):
        held(drawn, width, height)


def test_a_long_network_gets_several_times_larger_by_it():
    network = engine.load(resources.path("samples", "resnet-50.loom")).network
    drawn = diagram(infer(network))
    in_one = min(600 / drawn.width, 400 / drawn.height)
    assert rows(drawn, 600, 400).zoom > 4 * in_one


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("width", [300.0, 900.0, 2000.0])
def test_rows_of_a_length_hold_all_and_cut_nothing(name: str, width: float):
    drawing = template(name)
    parts = wrapped(drawing, width)
    assert parts[0].left == 0.0
    assert parts[-1].right >= drawing.width
    assert all(one.right == other.left for one, other in pairwise(parts))
    for box in drawing.boxes:
        (own,) = [row for row in parts if row.left < box.x + box.width / 2 < row.right]
        assert own.left <= box.x
        assert box.x + box.width <= own.right
        assert own.top <= box.y - box.height / 2
        assert box.y + box.height / 2 <= own.bottom
    for row in parts:
        assert not any(lines.x0 < row.left < lines.x1 for lines in drawing.bundles)
    # A row is longer than it should be only where there is no other place to cut it.
    places = [row.left for row in wrapped(drawing, 1.0)]
    for row in parts:
        if row.right - row.left > width + 2 * AIR:
            assert not any(row.left < cut <= row.left + width for cut in places)


def test_a_network_that_is_short_enough_stays_one_row():
    drawing = template("u-net")
    assert len(wrapped(drawing, drawing.width + 200)) == 1
