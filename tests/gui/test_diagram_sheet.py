"""What stands on a sheet of rows is found again at the place where it is painted."""

from __future__ import annotations

import itertools
from math import inf

import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF

import engine
import resources
from engine.views.diagram import Diagram, diagram
from engine.views.shapes import infer
from gui.views.diagram_sheet import Sheet
from gui.views.diagram_viewport import READABLE, Viewport
from resources.samples import TEMPLATES


def template(name: str) -> Diagram:
    return diagram(infer(engine.load(resources.path("samples", f"{name}.loom")).network))


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("longest", [700.0, 1500.0, inf])
def test_each_box_is_in_one_row_where_a_point_of_it_is_found(name: str, longest: float):
    drawing = template(name)
    sheet = Sheet(drawing, longest)
    everything = QRectF(0, 0, sheet.width, sheet.height)
    for box in drawing.boxes:
        own = QRectF(box.x, box.y - box.height / 2, box.width, box.height)
        (area,) = sheet.areas(own)
        assert area.size() == own.size()
        assert everything.contains(area)
        assert sheet.place(area.center()) == own.center()
        (strip,) = [
            each for each in sheet.strips(box.x, box.x + box.width) if each.contains(area.center())
        ]
        assert strip.width() == pytest.approx(box.width)


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_pieces_of_a_sheet_are_the_whole_diagram(name: str):
    drawing = template(name)
    sheet = Sheet(drawing, 800.0)
    pieces = list(sheet.pieces(QRectF(0, 0, sheet.width, sheet.height)))
    if not sheet.is_wrapped:
        assert len(pieces) == 1
        return
    assert sum(piece.part.width() for piece in pieces) >= drawing.width
    for one, other in itertools.pairwise(pieces):
        assert one.part.right() == pytest.approx(other.part.left())
        assert one.part.bottom() + one.y < other.part.top() + other.y


def test_between_two_rows_there_is_nothing():
    sheet = Sheet(template("u-net"), 800.0)
    (first,) = sheet.areas(QRectF(0, 0, 100, 1))
    places = [sheet.place(QPointF(first.x() + 50, y)) for y in range(int(sheet.height))]
    assert None in places
    assert sum(place is not None for place in places) > len(places) / 2


@pytest.mark.parametrize("name", ["lenet-5", "u-net", "resnet-50", "vgg-16", "inception"])
@pytest.mark.parametrize("size", [(900, 640), (500, 1000), (1600, 500)])
def test_a_long_network_is_shown_at_a_size_that_can_be_read(name: str, size: tuple[int, int]):
    view = Viewport()
    view.resize(QSizeF(*size))
    view.show(template(name))
    assert view.sheet is not None
    everything = QRectF(0, 0, view.sheet.width, view.sheet.height)
    assert view.zoom >= 0.6 or view.seen().contains(everything)
    if view.zoom < READABLE:
        assert view.seen().contains(everything) or not view.sheet.is_wrapped
    view.fit()
    assert (
        view.seen()
        .adjusted(-1, -1, 1, 1)
        .contains(QRectF(0, 0, view.sheet.width, view.sheet.height))
    )


def test_a_sheet_that_was_moved_stays_while_its_network_is_edited():
    view = Viewport()
    view.resize(QSizeF(900, 640))
    view.show(template("u-net"))
    view.move(QPointF(-30, -200))
    zoom, offset = view.zoom, QPointF(view.offset)
    view.show(template("vgg-16"))
    assert (view.zoom, view.offset) == (zoom, offset)
