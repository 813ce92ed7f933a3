"""A long diagram in rows: nothing is left out, nothing is cut, and it gets larger by it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings

import engine
import resources
from engine.design.tree import Network
from engine.views.diagram import Diagram, diagram
from engine.views.diagram_rows import rows
from engine.views.shapes import infer
from resources.samples import TEMPLATES
from tests.laws.designs import networks


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
