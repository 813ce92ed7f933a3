"""A diagram shows every node once, in its place, and leads each line to the weight that it stands for."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from hypothesis import given

from engine.catalogue.batch_norm import BatchNorm1d
from engine.catalogue.dropout import Dropout
from engine.catalogue.embedding import Embedding
from engine.catalogue.joins import Add, Concat, MatMul, Multiply, Subtract
from engine.catalogue.linear import Linear
from engine.catalogue.norm import LayerNorm
from engine.catalogue.rectifiers import LeakyReLU, ReLU
from engine.catalogue.shaping import Flatten
from engine.catalogue.squashers import Tanh
from engine.design.kind import Activation, Kind, TensorSpec
from engine.design.tree import (
    Again,
    Group,
    Input,
    Layer,
    Network,
    Node,
    Parallel,
    Repeat,
    Stack,
    walk,
)
from engine.views.diagram import Diagram, Memory, diagram
from engine.views.diagram_sizes import symbol
from engine.views.diagram_svg import to_svg
from engine.views.facts import walk_places
from engine.views.shapes import infer
from tests.laws.edits import networks

ids = iter(range(1, 10**9))


def layer(name: str, kind: Kind, activation: Activation | None = None) -> Layer:
    return Layer(next(ids), name, kind, activation)


def network(*nodes: Node, inputs: tuple[int, ...] = (2,), dtype: str = "float32") -> Network:
    return Network("Net", (Input("x", TensorSpec(inputs, dtype)),), Stack(nodes), (), next(ids))


MOONS = network(
    layer("hidden1", Linear(16), Tanh()),
    layer("hidden2", Linear(16), ReLU()),
    layer("drop", Dropout(0.1)),
    layer("norm", BatchNorm1d()),
    layer("out", Linear(2)),
)
DIGITS = network(
    layer("flatten", Flatten()),
    layer("wide", Linear(300), ReLU()),
    layer("out", Linear(10)),
    inputs=(1, 8, 8),
)
RESIDUAL = network(
    layer("first", Linear(8), ReLU()),
    Parallel(next(ids), Add(), (Stack(), Stack((layer("a", Linear(8), ReLU()), layer("b", Linear(8)))))),
    Again(next(ids), "a"),
    Parallel(next(ids), Concat(), (Stack(), Stack((layer("c", Linear(4)),), source="first"))),
    layer("out", Linear(3)),
)  # fmt: skip
NESTED = network(
    layer("embed", Embedding(100, 16)),
    Repeat(next(ids), "blocks", "Block", Stack((
        Parallel(next(ids), Add(), (Stack(), Stack((layer("norm", LayerNorm()), layer("up", Linear(16)))))),
    )), 4),
    Group(next(ids), "head", "", Stack((layer("", Flatten()), layer("", Linear(4)), layer("", ReLU())))),
    layer("out", Linear(3)),
    inputs=(5,), dtype="int64",
)  # fmt: skip
DESIGNS = {"moons": MOONS, "digits": DIGITS, "residual": RESIDUAL, "nested": NESTED}


def drawn(net: Network) -> Diagram:
    return diagram(infer(net))


def shown_ids(picture: Diagram) -> list[int]:
    parts = (picture.columns, picture.plates, picture.boxes, picture.frames, picture.joints)
    return [each.node_id for group in parts for each in group if each.node_id]


def lane_ends(picture: Diagram) -> list[float]:
    """How far to the right the lines of each column run straight."""
    ends = [column.x for column in picture.columns]
    for lanes in picture.lanes:
        assert lanes.x0 == ends[lanes.column]
        ends[lanes.column] = lanes.x1
    return ends


Rectangle = tuple[float, float, float, float]


def rectangles(picture: Diagram) -> Iterator[Rectangle]:
    """Left, top, right, bottom of all that must not overlap."""
    for column in picture.columns:
        half = column.height / 2 + column.radius
        yield column.x - column.radius, column.y - half, column.x + column.radius, column.y + half
    for plate in picture.plates:
        yield plate.x, plate.y, plate.x + plate.width, plate.y + plate.height
    for box in picture.boxes:
        yield box.x, box.y - box.height / 2, box.x + box.width, box.y + box.height / 2
    for joint in picture.joints:
        half, r = joint.width / 2, joint.radius
        yield joint.x - half, joint.y - r, joint.x + half, joint.y + r


def apart(a: Rectangle, b: Rectangle) -> bool:
    return a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


@pytest.mark.parametrize("name", DESIGNS)
def test_every_node_is_drawn_once(name: str):
    wanted = sorted(node.id for node in walk(DESIGNS[name].body))
    assert sorted(shown_ids(drawn(DESIGNS[name]))) == wanted


@pytest.mark.parametrize("name", DESIGNS)
def test_parts_stay_apart_and_inside_the_picture(name: str):
    picture = drawn(DESIGNS[name])
    parts = list(rectangles(picture))
    for a, b in combinations(parts, 2):
        assert apart(a, b)
    for left, top, right, bottom in parts:
        assert left >= 0
        assert top >= 0
        assert right <= picture.width
        assert bottom <= picture.height


@pytest.mark.parametrize("name", DESIGNS)
def test_lines_lead_to_the_right_and_end_where_they_say(name: str):
    picture = drawn(DESIGNS[name])
    assert all(wire.x1 > wire.x0 for wire in picture.wires)
    for bundle in picture.bundles:
        assert bundle.x1 > bundle.x0
        if bundle.source >= 0:
            assert bundle.x0 == lane_ends(picture)[bundle.source]
        if bundle.target >= 0:
            assert bundle.x1 == picture.columns[bundle.target].x


@pytest.mark.parametrize("name", DESIGNS)
def test_a_bundle_names_the_matrix_whose_entries_are_its_lines(name: str):
    analysis = infer(DESIGNS[name])
    shapes = {}
    for path, _, facts in walk_places(analysis.body, "", 0):
        for weight in facts.weights:
            shapes[f"{path}.{weight.tensor}"] = weight.shape
    picture = diagram(analysis)
    weighted = [bundle for bundle in picture.bundles if bundle.weight]
    assert weighted
    for bundle in weighted:
        columns = picture.columns
        sizes = (columns[bundle.target].units, columns[bundle.source].units)
        assert shapes[bundle.weight] == sizes


def test_frames_hold_what_is_inside_them():
    picture = drawn(NESTED)
    inside = {node.id for node in walk(NESTED.body.nodes[1].body)}  # type: ignore[union-attr]
    frame = next(each for each in picture.frames if each.badge == "× 4")
    for box in picture.boxes:
        held = frame.x < box.x and box.x + box.width < frame.x + frame.width
        assert held == (box.node_id in inside)


def test_a_dense_network_is_neurons_and_plates_alone():
    picture = drawn(MOONS)
    assert [column.name for column in picture.columns] == ["x", "hidden1", "hidden2", "out"]
    assert [column.caption for column in picture.columns] == ["2", "16 · Tanh", "16 · ReLU", "2"]
    assert [plate.name for plate in picture.plates] == ["drop", "norm"]
    assert not picture.boxes
    assert not picture.wires
    assert [bundle.weight for bundle in picture.bundles] == [
        "hidden1.weight", "hidden2.weight", "out.weight",
    ]  # fmt: skip
    assert lane_ends(picture)[2] == picture.plates[1].x + picture.plates[1].width


def test_neurons_are_as_far_apart_as_their_column_says():
    for column in (*drawn(MOONS).columns, drawn(DIGITS).columns[0]):
        ys = [y for _, y in column.neurons()]
        assert len(ys) == column.units
        assert all(b - a == pytest.approx(column.pitch) for a, b in pairwise(ys))
        assert 2 * column.radius < column.pitch or column.units == 1


def test_a_wide_layer_shows_its_first_and_last_neurons_and_counts_the_others():
    wide = next(column for column in drawn(DIGITS).columns if column.name == "wide")
    units = [unit for unit, _ in wide.neurons()]
    assert units == [*range(10), *range(290, 300)]
    assert wide.hidden == 280
    ys = [y for _, y in wide.neurons()]
    assert max(ys) - min(ys) == pytest.approx(wide.height)


def test_shapes_stand_on_the_wires():
    labels = [wire.label for wire in drawn(NESTED).wires if wire.label]
    assert "[N, 5, 16]" in labels


def test_an_operator_is_its_own_symbol():
    assert [symbol(join()) for join in (Add, Multiply, Subtract, MatMul, Concat)] == [
        "+",
        "×",
        "−",
        "@",
        "Concat",
    ]


def test_faulty_parts_are_marked_and_the_rest_is_drawn():
    broken = network(layer("a", Linear(4)), layer("e", Embedding()), layer("b", Linear(2)))
    picture = drawn(broken)
    assert [box.name for box in picture.boxes if box.faulty] == ["e"]
    assert sorted(shown_ids(picture)) == sorted(node.id for node in walk(broken.body))


def test_a_network_of_nothing_is_its_input():
    picture = drawn(network())
    assert [box.name for box in picture.boxes] == ["x"]
    assert drawn(replace(network(), inputs=())).boxes == ()


@given(networks())
def test_any_design_can_be_drawn(net: Network):
    picture = drawn(net)
    expected = [node.id for node in walk(net.body)]
    assert set(shown_ids(picture)) <= set(expected)
    ElementTree.fromstring(to_svg(picture))


@given(networks(), networks())
def test_a_drawing_that_remembers_the_last_one_is_the_one_made_anew(
    before: Network, after: Network
):
    memory = Memory()
    for net in (before, after, before):
        analysis = infer(net)
        assert diagram(analysis, memory) == diagram(analysis)


def test_an_edit_leaves_what_it_does_not_touch_as_it_was_drawn():
    names = [f"layer{number}" for number in range(6)]
    nodes = [layer(name, Linear(16)) for name in names]
    memory, before = Memory(), infer(network(*nodes))
    first = diagram(before, memory)
    nodes[3] = replace(nodes[3], kind=Linear(14))
    changed = replace(before.network, body=Stack(tuple(nodes)))
    second = diagram(infer(changed, before), memory)
    assert second == diagram(infer(changed))
    same = [old is new for old, new in zip(first.columns, second.columns, strict=True)]
    # Anew are the changed one and the next, which lines come to from it.
    assert same == [True, True, True, True, False, False, True]


def test_an_argument_of_an_activation_leaves_the_very_same_drawing():
    node = layer("hidden", Linear(16), activation=LeakyReLU())
    memory, before = Memory(), infer(network(node, layer("last", Linear(3))))
    changed = replace(node, activation=LeakyReLU(negative_slope=0.5))
    after = replace(before.network, body=Stack((changed, before.network.body.nodes[1])))
    assert diagram(infer(after, before), memory) is diagram(before, memory)


@pytest.mark.parametrize("name", DESIGNS)
def test_the_svg_is_xml_and_holds_every_name(name: str):
    text = "".join(ElementTree.fromstring(to_svg(drawn(DESIGNS[name]))).itertext())
    for node in walk(DESIGNS[name].body):
        if isinstance(node, Layer) and node.name:
            assert node.name in text


def test_names_of_any_kind_stay_text_in_the_svg():
    nasty = network(
        layer('<b>"&', Linear(2)), layer("x" * 90, Linear(2)), layer("\0\ud800", Linear(2))
    )
    assert '<b>"&' in list(ElementTree.fromstring(to_svg(drawn(nasty))).itertext())


def test_lines_are_coloured_by_the_sign_of_their_weight():
    one = network(layer("out", Linear(1)))
    svg = to_svg(drawn(one), {"out.weight": [[0.5, -1.0]]}, None, {one.body.nodes[0].id: [0.3]})
    strokes = [
        each.get("stroke")
        for each in ElementTree.fromstring(svg).iter()
        if each.get("stroke-opacity")
    ]
    assert strokes == ["#2f6fde", "#c2570c"]
