"""After an edit the diagram paints a strip again; beside it, the new drawing looks as the old one did."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.catalogue.dropout import Dropout
from engine.catalogue.joins import Add
from engine.catalogue.linear import Linear
from engine.catalogue.rectifiers import ReLU
from engine.design.kind import TensorSpec
from engine.design.tree import Group, Input, Layer, Network, Node, Parallel, Stack
from engine.design.value import replace
from engine.views.diagram import Diagram, diagram
from engine.views.shapes import infer
from gui import theme
from gui.views.diagram_canvas import DiagramCanvas
from gui.views.diagram_changes import EVERYWHERE, changed
from gui.views.diagram_lines import Lines, Live
from gui.views.diagram_painting import paint

AIR = 130.0
BEFORE = (
    *(Layer(number, f"layer{number}", Linear(16)) for number in range(1, 5)),
    Layer(5, "drop", Dropout(0.1)),
    Layer(6, "last", Linear(16)),
    Group(7, "block", "Block", Stack((Layer(8, "inner", Linear(16)),))),
    Parallel(9, Add(), (Stack(), Stack((Layer(10, "branch", Linear(16)),)))),
    Layer(11, "out", Linear(16)),
)
PLACES = {node.id: place for place, node in enumerate(BEFORE)}


def drawn(nodes: tuple[Node, ...]) -> Diagram:
    inputs = (Input("x", TensorSpec((16,), "float32")),)
    return diagram(infer(Network("Net", inputs, Stack(nodes), (), 100)))


def other(node_id: int, **fields: object) -> Diagram:
    place = PLACES[node_id]
    node = replace(BEFORE[place], **fields)
    return drawn((*BEFORE[:place], node, *BEFORE[place + 1 :]))


def looks(drawing: Diagram, width: int, height: int, live: Live | None = None) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    painter = QPainter(image)
    paint(painter, drawing, live or Live(), frozenset(), QRectF(image.rect()), 1.0)
    painter.end()
    return image


EDITS = {
    "wider": other(2, kind=Linear(20)),
    "narrower": other(2, kind=Linear(12)),
    "wide": other(3, kind=Linear(100)),
    "name": other(4, name="a_long_name_of_a_layer"),
    "activation": other(2, activation=ReLU()),
    "plate": other(5, kind=Dropout(0.75)),
    "box": other(11, name="a_longer_name"),
    "frame": other(7, class_name="Another"),
    "joint": other(9, activation=ReLU()),
}


@pytest.mark.parametrize("edit", EDITS)
def test_beside_the_strip_nothing_looks_different(qtbot: QtBot, edit: str):
    before, after = drawn(BEFORE), EDITS[edit]
    strip = changed(before, after, AIR)
    assert strip is not None
    width, height = int(max(before.width, after.width)), int(max(before.height, after.height))
    old, new = looks(before, width, height), looks(after, width, height)
    assert old != new
    left, right = max(int(strip[0]), 0), min(int(strip[1]) + 1, width)
    assert old.copy(0, 0, left, height) == new.copy(0, 0, left, height)
    beyond = width - right
    assert old.copy(right, 0, beyond, height) == new.copy(right, 0, beyond, height)


def test_a_column_that_keeps_its_place_leaves_the_far_ones_alone():
    strip = changed(drawn(BEFORE), EDITS["narrower"], AIR)
    columns = drawn(BEFORE).columns
    assert strip is not None
    assert columns[0].x < strip[0]
    assert strip[1] < columns[4].x


def test_the_same_drawing_needs_no_paint_and_another_number_of_parts_all_of_it():
    assert changed(drawn(BEFORE), drawn(BEFORE), AIR) is None
    assert changed(drawn(BEFORE), drawn(BEFORE[:-1]), AIR) == EVERYWHERE


def test_an_edit_far_to_the_right_is_seen(qtbot: QtBot):
    nodes = tuple(Layer(number, f"layer{number}", Linear(16)) for number in range(1, 41))
    canvas = DiagramCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(600, 400)
    canvas.show_diagram(drawn(nodes))
    canvas.show_selection((30,))
    before = canvas.grab().toImage()
    changed_one = replace(nodes[29], kind=Linear(12))
    canvas.show_diagram(drawn((*nodes[:29], changed_one, *nodes[30:])))
    after = canvas.grab().toImage()
    assert before != after
    canvas.show_diagram(drawn(nodes))
    assert canvas.grab().toImage() == before


def test_lines_of_zero_have_the_colour_of_no_sign(qapp: QApplication):
    drawing = drawn(BEFORE[:2])
    live = Live({bundle.weight: np.zeros((16, 16)) for bundle in drawing.bundles})
    image = QImage(900, 700, QImage.Format.Format_RGB32)
    image.fill(theme.current().colour("canvas"))
    painter = QPainter(image)
    start = min(bundle.x0 for bundle in drawing.bundles)
    stop = max(bundle.x1 for bundle in drawing.bundles)
    paint(painter, drawing, live, frozenset(), QRectF(start, 0, stop - start, 700), 1.0)
    painter.end()
    negative = theme.current().colour("negative")
    assert negative.red() > negative.blue() + 20
    seen = {image.pixel(x, y) for x in range(0, image.width(), 2) for y in range(image.height())}
    assert len(seen) > 2
    assert not [each for each in map(QColor, seen) if each.red() > each.blue() + 20]


def test_weights_of_another_size_are_not_taken_for_those_of_a_layer(qapp: QApplication):
    wider = EDITS["wider"]
    before = Live({bundle.weight: np.ones((16, 16)) for bundle in wider.bundles})
    beside = {"layer2.weight", "layer3.weight"}
    kept = {name: matrix for name, matrix in before.weights.items() if name not in beside}
    assert looks(wider, 900, 700, before) == looks(wider, 900, 700, Live(kept))
    assert looks(wider, 900, 700, before) != looks(wider, 900, 700)


@pytest.mark.parametrize(("units", "next_units"), [(16, 16), (20, 30), (33, 7), (64, 64)])
def test_every_neuron_has_a_line_while_the_weights_are_awaited(units: int, next_units: int):
    drawing = drawn((Layer(1, "first", Linear(units)), Layer(2, "second", Linear(next_units))))
    bundle = next(each for each in drawing.bundles if each.weight == "second.weight")
    lines = list(Lines(drawing, Live()).ends(bundle))
    for column, end in ((bundle.source, 1), (bundle.target, 3)):
        there = {y for _, y in drawing.columns[column].neurons()}
        assert {line[end] for line in lines} == there
