"""A drawing made out of the last one is, after any edits, the drawing made anew, and mostly of the very same parts."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import given, settings

from engine.catalogue.convolution import Conv2d
from engine.catalogue.dropout import Dropout
from engine.catalogue.joins import Add
from engine.catalogue.linear import Linear
from engine.catalogue.rectifiers import ReLU
from engine.catalogue.shaping import Flatten
from engine.design.address import Place
from engine.design.edit import Insert, SetField, apply
from engine.design.error import DesignError
from engine.design.kind import TensorSpec
from engine.design.tree import Group, Input, Layer, Network, Node, Parallel, Repeat, Stack, walk
from engine.views.diagram import Memory, diagram
from engine.views.shapes import infer
from tests.laws.edits import edits_of, networks

names = st.sampled_from(["a", "b", "first", "second", "a_rather_long_name", "memory"])
kinds = st.sampled_from([Linear(4), Linear(4), Linear(12), Linear(90), Dropout(), Flatten()])


def layers() -> st.SearchStrategy[Node]:
    activation = st.sampled_from([None, None, ReLU()])
    return st.builds(Layer, st.just(0), names, kinds, activation)


def stacks(depth: int, sources: st.SearchStrategy[str]) -> st.SearchStrategy[Stack]:
    return st.builds(Stack, st.lists(nodes(depth), max_size=4).map(tuple), sources)


def nodes(depth: int) -> st.SearchStrategy[Node]:
    """Layers that are drawn as neurons and plates, and blocks and branches of these."""
    if not depth:
        return layers()
    inside = st.deferred(lambda: stacks(depth - 1, st.just("")))
    branch = st.deferred(lambda: stacks(depth - 1, st.sampled_from(["", "", "a", "first"])))
    return st.one_of(
        layers(),
        layers(),
        st.builds(Group, st.just(0), names, st.sampled_from(["", "Block"]), inside),
        st.builds(Repeat, st.just(0), names, st.just("Block"), inside, st.integers(1, 3)),
        st.builds(
            Parallel, st.just(0), st.just(Add()), st.tuples(st.just(Stack()), branch, branch)
        ),
    )


def of_neurons() -> st.SearchStrategy[Network]:
    empty = Network("Net", (Input("x", TensorSpec((4,))),))
    several = st.lists(nodes(2), min_size=1, max_size=7).map(tuple)
    return several.map(lambda many: apply(empty, Insert(many, Place(0))))


@settings(max_examples=150)
@given(of_neurons() | networks(), st.data())
def test_after_any_edits_a_drawing_is_the_one_made_anew(network: Network, data: st.DataObject):
    memory, analysis = Memory(), infer(network)
    diagram(analysis, memory)
    for _ in range(5):
        try:
            network = apply(network, data.draw(edits_of(network)))
        except DesignError:
            continue
        analysis = infer(network, analysis)
        assert diagram(analysis, memory) == diagram(analysis)


@settings(max_examples=60)
@given(of_neurons(), st.data())
def test_a_field_in_the_middle_leaves_the_drawing_that_a_fresh_one_is(
    network: Network, data: st.DataObject
):
    memory, analysis = Memory(), infer(network)
    diagram(analysis, memory)
    dense = [
        node.id
        for node in walk(network.body)
        if isinstance(node, Layer) and isinstance(node.kind, Linear)
    ]
    for _ in range(4 if dense else 0):
        width = data.draw(st.sampled_from([4, 8, 13, 120]))
        network = apply(
            network, SetField((data.draw(st.sampled_from(dense)),), "out_features", width)
        )
        analysis = infer(network, analysis)
        assert diagram(analysis, memory) == diagram(analysis)


def test_what_stands_before_an_edit_is_the_very_same_and_what_stands_behind_is_moved():
    convolutions = tuple(
        Layer(0, f"conv{number}", Conv2d(out_channels=16, kernel_size=3, padding=1))
        for number in range(300)
    )
    empty = Network("Net", (Input("x", TensorSpec((3, 32, 32))),))
    network = apply(empty, Insert(convolutions, Place(0)))
    memory, analysis = Memory(), infer(network)
    before = diagram(analysis, memory)
    edited = apply(network, SetField((network.body.nodes[150].id,), "out_channels", 1_000_000))
    after = diagram(infer(edited, analysis), memory)
    same = [old is new for old, new in zip(before.boxes, after.boxes, strict=True)]
    assert same == [True] * 151 + [False] * 150
    further = {
        new.x - old.x for old, new in zip(before.boxes[153:], after.boxes[153:], strict=True)
    }
    assert len(further) == 1
