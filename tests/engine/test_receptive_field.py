"""What one output sees: against the gradients of torch, against published numbers, and in the rows of a summary."""

from __future__ import annotations

from itertools import count
from math import ceil, floor

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import engine
import resources
from engine.catalogue.convolution import Conv1d, Conv2d, ConvTranspose1d
from engine.catalogue.expressions import MaxOver, MeanOver, Reshape, SumOver
from engine.catalogue.joins import Add, Concat
from engine.catalogue.linear import Linear
from engine.catalogue.padding import ZeroPad1d
from engine.catalogue.pooling import AvgPool1d
from engine.catalogue.rectifiers import ReLU
from engine.catalogue.resampling import Upsample
from engine.catalogue.shaping import Flatten
from engine.design.kind import Kind, TensorSpec
from engine.design.reach import EVERYTHING, OWN, Along, Reach, behind, repeated
from engine.design.tree import Again, Group, Input, Layer, Network, Node, Parallel, Repeat, Stack
from engine.runtime.build import build
from engine.views.receptive_field import receptive_fields
from engine.views.shapes import infer
from engine.views.summary import summarize
from tests.laws.designs import networks

SIZE = 240

shrinking = st.builds(
    Conv1d, out_channels=st.just(2), kernel_size=st.integers(1, 4), stride=st.integers(1, 2),
    padding=st.integers(0, 2), dilation=st.integers(1, 2),
) | st.builds(AvgPool1d, kernel_size=st.integers(2, 3))  # fmt: skip
keeping = st.builds(
    Conv1d, out_channels=st.just(2), kernel_size=st.sampled_from((1, 3, 5)), padding=st.just("same"),
    dilation=st.integers(1, 3),
) | st.just(ReLU())  # fmt: skip
growing = st.builds(
    ConvTranspose1d, out_channels=st.just(2), kernel_size=st.integers(3, 4), stride=st.integers(1, 3),
) | st.builds(
    Upsample, scale_factor=st.sampled_from((2.0, 1.5, 3.0)), mode=st.sampled_from(("nearest", "linear")),
    corners=st.just(False),
) | st.builds(ZeroPad1d, padding=st.tuples(st.integers(-1, 3), st.integers(0, 3)))  # fmt: skip


@st.composite
def walks(draw: st.DrawFn, kinds: st.SearchStrategy[Kind]) -> Network:
    """Networks along one axis with branches, recalls, repeats, groups and second uses."""
    ids = count(1)

    def layer(kind: Kind) -> Layer:
        number = next(ids)
        return Layer(number, f"layer{number}", kind)

    def kept(most: int) -> tuple[Node, ...]:
        return tuple(layer(kind) for kind in draw(st.lists(keeping, min_size=1, max_size=most)))

    nodes: list[Node] = [layer(Conv1d(out_channels=2, kernel_size=3, padding=1))]
    for _ in range(draw(st.integers(1, 4))):
        match draw(
            st.sampled_from(("layer", "layer", "residual", "recall", "repeat", "group", "again"))
        ):
            case "residual":
                nodes.append(Parallel(next(ids), Add(), (Stack(), Stack(kept(2)))))
            case "recall":
                named = layer(Conv1d(out_channels=2, kernel_size=1))
                joined = Parallel(next(ids), Concat(), (Stack(), Stack(kept(1), source=named.name)))
                nodes += [named, *kept(2), joined, layer(Conv1d(out_channels=2, kernel_size=1))]
            case "repeat":
                number = next(ids)
                body = Stack((Parallel(next(ids), Add(), (Stack(), Stack(kept(1)))), *kept(1)))
                nodes.append(
                    Repeat(number, f"turns{number}", f"Turn{number}", body, draw(st.integers(1, 4)))
                )
            case "group":
                number = next(ids)
                nodes.append(Group(number, f"group{number}", f"Part{number}", Stack(kept(2))))
            case "again":
                named = layer(Conv1d(out_channels=2, kernel_size=3, padding=1))
                nodes += [named, Again(next(ids), named.name)]
            case _:
                nodes.append(layer(draw(kinds)))
    return Network(
        "Net", (Input("x", TensorSpec((1, SIZE))),), Stack(tuple(nodes)), next_id=next(ids)
    )


def touched(network: Network, place: int) -> tuple[int, int]:
    """The first and the last number of the input that one output's gradient reaches, all weights being positive."""
    net = build(network, 0)
    for each in net.parameters():
        nn.init.constant_(each, 0.5)
    x = torch.ones(1, 1, SIZE, dtype=torch.float64, requires_grad=True)
    net.double()(x)[0, 0, place].backward()
    assert x.grad is not None
    places = x.grad[0, 0].nonzero().flatten().tolist()
    return places[0], places[-1]


def of_output(network: Network) -> Along:
    analysis = infer(network)
    assert not analysis.faults
    seen = receptive_fields(analysis).of(network.body.nodes[-1].id)
    assert isinstance(seen, tuple)
    (along,) = seen
    return along


@settings(max_examples=40, deadline=None)
@given(walks(shrinking))
def test_an_output_sees_the_inputs_that_its_gradient_reaches(network: Network):
    along = of_output(network)
    output = infer(network).output
    assert output is not None
    place = output.shape[1] // 2
    start = place * along.stride
    assert touched(network, place) == (start + along.first, start + along.last)


@settings(max_examples=40, deadline=None)
@given(walks(shrinking | growing))
def test_its_gradient_reaches_nothing_outside_where_images_grow_as_well(network: Network):
    along = of_output(network)
    output = infer(network).output
    assert output is not None
    for place in (output.shape[1] // 2, output.shape[1] // 2 + 1):
        first, last = touched(network, place)
        start = place * along.stride
        assert ceil(start + along.first) <= first
        assert last <= floor(start + along.last)
        assert last - first + 1 <= along.size


@settings(max_examples=20, deadline=None)
@given(growing, st.integers(0, 1))
def test_one_layer_that_makes_an_image_larger_is_exact(kind: Kind, more: int):
    network = Network(
        "Net", (Input("x", TensorSpec((1, SIZE))),), Stack((Layer(1, "grow", kind),)), next_id=2
    )
    along = of_output(network)
    output = infer(network).output
    assert output is not None
    place = output.shape[1] // 2 + more
    start = place * along.stride
    first, last = touched(network, place)
    assert (first, last) == (ceil(start + along.first), floor(start + along.last))


@settings(max_examples=60, deadline=None)
@given(networks())
def test_every_row_of_a_summary_has_its_field_and_the_first_turn_says_the_same_alone(
    network: Network,
):
    analysis = infer(network)
    every, first = receptive_fields(analysis, every_turn=True), receptive_fields(analysis)
    rows = summarize(network, 1, analysis).rows
    listed: dict[int, int] = {}
    for row in rows:
        join = row.kind not in ("Parallel", "Group", "Repeat") and row.node_id in listed
        if not join or row.title.endswith("again"):
            listed[row.node_id] = listed.get(row.node_id, 0) + 1
    assert len(every.of_rows(rows)) == len(rows)
    assert {each: every.of(each) for each in first.by_id} == {
        each: first.of(each) for each in first.by_id
    }


@given(st.integers(0, 2000), st.integers(-3, 0), st.integers(0, 3))
def test_many_turns_see_as_far_as_one_after_the_other(times: int, first: int, last: int):
    here = (Along(first, last, 1),)
    seen: Reach | None = ()
    for _ in range(times):
        seen = behind(seen, here)
    assert repeated(here, times) == seen


def test_a_thousand_million_turns_are_counted_at_once():
    assert repeated((Along(-1, 1, 1),), 10**9) == (Along(-(10**9), 10**9, 1),)


# From Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks" (Distill, 2019). Their
# ResNet-50 steps at the last unit of each stage, torchvision's and ours at the first.
PUBLISHED = {"alexnet": (195, 32), "vgg-16": (212, 32), "mobilenet-v2": (491, 32)}


@pytest.mark.parametrize("name", PUBLISHED)
def test_known_networks_see_what_is_published_of_them(name: str):
    network = engine.load(resources.path("samples", f"{name}.loom")).network
    analysis = infer(network)
    rows = summarize(network, 1, analysis).rows
    seen = receptive_fields(analysis, every_turn=True).of_rows(rows)
    found = [each for each in seen if isinstance(each, tuple) and each]
    size, stride = PUBLISHED[name]
    assert [(each.size, each.stride) for each in found[-1]] == [(size, stride)] * 2


def test_a_linear_behind_a_flatten_sees_everything_and_behind_a_fault_nothing_is_known():
    layers = (
        Layer(1, "conv", Conv2d(out_channels=4, kernel_size=3)), Layer(2, "flatten", Flatten()),
        Layer(3, "fc", Linear(2)), Layer(4, "wrong", Conv2d()), Layer(5, "after", ReLU()),
    )  # fmt: skip
    network = Network("Net", (Input("x", TensorSpec((3, 8, 8))),), Stack(layers), next_id=6)
    fields = receptive_fields(infer(network))
    assert fields.of(1) == fields.of(2) == (Along(0, 2, 1),) * 2
    assert fields.of(3) is EVERYTHING
    assert fields.of(4) is fields.of(5) is None


@pytest.mark.parametrize(
    "taken", [MeanOver(dim=(2, 3)), MaxOver(dim=(-1, -2)), SumOver(dim=(1, 2, 3))]
)
def test_what_sums_over_all_places_sees_everything_and_so_does_what_follows(taken: Kind):
    layers = (
        Layer(1, "conv", Conv2d(out_channels=4)),
        Layer(2, "", taken),
        Layer(3, "", Reshape(shape=(-1, 1))),
    )
    network = Network("Net", (Input("x", TensorSpec((3, 8, 8))),), Stack(layers), next_id=4)
    fields = receptive_fields(infer(network))
    assert fields.of(2) is fields.of(3) is EVERYTHING


def test_branches_that_look_at_places_differently_far_apart_are_not_known():
    half = Stack(
        (Layer(2, "halved", AvgPool1d(kernel_size=2)), Layer(3, "pad", ZeroPad1d(padding=(0, 4))))
    )
    network = Network("Net", (Input("x", TensorSpec((1, 8))),),
                      Stack((Parallel(1, Add(), (Stack(), half)),)), next_id=4)  # fmt: skip
    analysis = infer(network)
    assert not analysis.faults
    assert receptive_fields(analysis).of(1) is None


def test_an_input_sees_its_own_place():
    assert (OWN.size, OWN.stride) == (1, 1)
