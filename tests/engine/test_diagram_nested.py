"""Blocks fold, values taken from far before run over all that stands between, and no two parts touch."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalogue.decoding import CrossAttention
from engine.catalogue.norm import LayerNorm
from engine.design.kind import TensorSpec
from engine.design.tree import (
    Group,
    Input,
    Layer,
    Network,
    Parallel,
    Repeat,
    Stack,
    stacks_of,
    walk,
)
from engine.files.store import load
from engine.views.diagram import Diagram, Memory, Skip, diagram
from engine.views.diagram_folding import MOST_SHOWN, folded_at_first
from engine.views.diagram_svg import to_svg
from engine.views.shapes import infer
from tests.engine.test_diagram import apart, rectangles, shown_ids
from tests.laws.edits import networks

SAMPLES = sorted((Path(__file__).parents[2] / "resources" / "samples").glob("*.loom"))


def sample(path: Path) -> Network:
    return load(path).network


def blocks(network: Network) -> list[int]:
    return [node.id for node in walk(network.body) if isinstance(node, Group | Repeat)]


def segments(skip: Skip) -> list[tuple[float, float, float, float]]:
    """Left, top, right, bottom of a line's straight pieces, but for its last end."""
    return [
        (skip.x0, skip.over, skip.x0, skip.y0 - 1),
        (skip.x0, skip.over, skip.x1, skip.over),
        (skip.x1, skip.over, skip.x1, skip.y1 - 1),
    ]


def hold_the_laws(picture: Diagram) -> None:
    parts = list(rectangles(picture))
    ordered = sorted(parts)
    for place, one in enumerate(ordered):
        for other in ordered[place + 1 :]:
            if other[0] >= one[2]:
                break
            assert apart(one, other)
    for part in [*parts, *((f.x, f.y, f.x + f.width, f.y + f.height) for f in picture.frames)]:
        assert 0 <= part[0] <= part[2] <= picture.width
        assert 0 <= part[1] <= part[3] <= picture.height
    for skip in picture.skips:
        assert skip.x0 < skip.x1 <= skip.end
        assert all(apart(piece, part) for piece in segments(skip) for part in parts)
    for one, other in combinations(picture.frames, 2):
        a = (one.x, one.y, one.x + one.width, one.y + one.height)
        b = (other.x, other.y, other.x + other.width, other.y + other.height)
        inside = a[0] <= b[0] and a[1] <= b[1] and b[2] <= a[2] and b[3] <= a[3]
        assert inside or apart(a, b)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("folds", [True, False])
def test_no_part_of_a_known_network_touches_another(path: Path, folds: bool):
    network = sample(path)
    hold_the_laws(diagram(infer(network), None, folded_at_first(network) if folds else frozenset()))


@settings(max_examples=60)
@given(networks(), st.data())
def test_whatever_is_folded_parts_stay_apart_and_what_is_not_hidden_is_shown_once(
    network: Network, data: st.DataObject
):
    own = blocks(network)
    folded = frozenset(data.draw(st.sets(st.sampled_from(own)))) if own else frozenset[int]()
    analysis = infer(network)
    picture = diagram(analysis, None, folded)
    hold_the_laws(picture)
    if not analysis.valid:
        return  # what lies behind a fault is not known
    waiting, wanted = list(network.body.nodes), list[int]()
    while waiting:
        node = waiting.pop()
        wanted.append(node.id)
        if node.id not in folded:
            waiting.extend(each for stack in stacks_of(node) for each in stack.nodes)
    assert sorted(shown_ids(picture)) == sorted(wanted)


@settings(max_examples=60)
@given(networks(), st.data())
def test_folding_and_unfolding_with_a_memory_draws_what_a_fresh_drawing_is(
    network: Network, data: st.DataObject
):
    analysis, memory, own = infer(network), Memory(), blocks(network)
    for _ in range(3):
        folded = frozenset(data.draw(st.sets(st.sampled_from(own)))) if own else frozenset[int]()
        assert diagram(analysis, memory, folded) == diagram(analysis, None, folded)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_network_opens_with_no_more_than_can_be_read(path: Path):
    network = sample(path)
    folded = folded_at_first(network)
    picture = diagram(infer(network), None, folded)
    if picture.frames:
        assert len(picture.boxes) + len(picture.columns) <= MOST_SHOWN + 1  # the input


def test_the_skips_of_a_u_net_are_lines_of_their_own_height():
    network = sample(next(path for path in SAMPLES if path.stem == "u-net"))
    picture = diagram(infer(network))
    recalls = [
        branch
        for node in walk(network.body)
        if isinstance(node, Parallel)
        for branch in node.branches
        if branch.source
    ]
    assert len(picture.skips) == len(recalls) == len({skip.over for skip in picture.skips})
    assert not any(box.family == "recall" for box in picture.boxes)
    outer_first = sorted(picture.skips, key=lambda skip: skip.x0)
    assert [skip.over for skip in outer_first] == sorted(skip.over for skip in outer_first)


def test_a_folded_repeat_says_how_often_it_is_repeated_and_a_layer_what_follows_it():
    network = sample(next(path for path in SAMPLES if path.stem == "resnet-50"))
    picture = diagram(infer(network))
    badges = {box.node_id: box.badge for box in picture.boxes}
    for node in walk(network.body):
        if isinstance(node, Layer) and node.id in badges and node.activation is not None:
            assert badges[node.id] == node.activation.title()
    folded = diagram(infer(network), None, frozenset(blocks(network)))
    assert all(box.folded for box in folded.boxes if box.node_id in blocks(network))
    assert "ReLU" in to_svg(folded)


def test_what_a_block_is_handed_comes_to_it_on_a_line_and_is_named_inside():
    attend = Layer(4, "attend", CrossAttention(num_heads=2), others=("memory",))
    decoder = Repeat(3, "decoder", "Decoder", Stack((attend,)), 2, takes=("memory",), others=("a",))
    body = Stack((Layer(1, "a", LayerNorm()), Layer(2, "b", LayerNorm()), decoder))
    picture = diagram(infer(Network("Net", (Input("x", TensorSpec((6, 8))),), body, (), 9)))
    (skip,) = picture.skips
    (frame,) = picture.frames
    boxes = {box.name: box for box in picture.boxes}
    assert boxes["a"].x + boxes["a"].width < skip.x0 < boxes["b"].x
    assert frame.x < skip.x1 < frame.x + frame.width
    assert skip.y1 == frame.y
    assert "takes memory" in boxes["attend"].caption
    folded = diagram(
        infer(Network("Net", (Input("x", TensorSpec((6, 8))),), body, (), 9)), None, frozenset({3})
    )
    assert len(folded.skips) == 1
