"""What Layerloom says of a network against torch: no difference over random designs, and each that is made is told."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import engine
import resources
from engine.catalogue.convolution import Conv2d
from engine.catalogue.joins import MatMul
from engine.catalogue.linear import Linear
from engine.catalogue.pairs import Bilinear
from engine.catalogue.shaping import Flatten, Unflatten
from engine.design.edit import SetField, apply
from engine.design.error import DesignError
from engine.design.kind import TensorSpec
from engine.design.tree import Again, Group, Input, Layer, Network, Parallel, Repeat, Stack
from engine.runtime.build import on_meta
from engine.runtime.verify import compared, verify
from engine.views.shapes import infer
from tests.laws.designs import networks


@settings(max_examples=60, deadline=None)
@given(networks())
def test_there_is_no_difference_over_random_designs(network: Network):
    found = verify(network)
    assert not found.differences
    assert found.comparisons > len(network.body.nodes)


@pytest.mark.parametrize(
    "name", ["lenet-5", "vgg-16", "resnet-50", "gru-tagger", "siamese", "u-net"]
)
def test_nor_in_a_known_network_whatever_its_size(name: str):
    found = verify(engine.load(resources.path("samples", f"{name}.loom")).network)
    assert (found.different, found.differences, found.torch) == (0, (), torch.__version__)


def blocks() -> Network:
    inside = Stack((Layer(4, "mix", Linear(8)), Parallel(5, MatMul(), (Stack(), Stack()))))
    nodes = (
        Layer(1, "first", Linear(8)),
        Repeat(2, "turns", "Turn", Stack((Layer(3, "fc", Linear(8)),)), 3),
        Group(6, "square", "Square", inside),
        Again(7, "square"),
        Again(8, "first"),
        Layer(9, "both", Bilinear(8), others=("x",)),
    )
    return Network("Net", (Input("x", TensorSpec((8, 8))),), Stack(nodes), next_id=10)


def test_turns_second_uses_joins_and_what_torch_does_not_count_are_compared():
    found = verify(blocks())
    assert not found.differences


def test_every_difference_is_told_with_its_layer_and_both_numbers():
    layers = (
        Layer(1, "conv", Conv2d(out_channels=4)),
        Layer(2, "flatten", Flatten()),
        Layer(3, "fc", Linear(5)),
    )
    network = Network("Net", (Input("x", TensorSpec((3, 8, 8))),), Stack(layers), next_id=4)
    analysis = infer(apply(network, SetField((3,), "out_features", 6)))
    found = compared(analysis, on_meta(network))
    assert "fc.weight: the tensor is [6, 144] here and [5, 144] in torch." in found.differences
    assert "fc: the output is [2, 6] here and [2, 5] in torch." in found.differences
    assert "fc: the number of parameters is 870 here and 725 in torch." in found.differences
    macs = "fc: the number of multiply-accumulates is 1,728 here and 1,440 in torch."
    assert macs in found.differences
    assert found.different == len(found.differences)
    assert not any(each.startswith("conv") for each in found.differences)


def test_a_layer_that_torch_does_not_have_is_missing():
    one = Network(
        "Net", (Input("x", TensorSpec((3,))),), Stack((Layer(1, "fc", Linear(5)),)), next_id=3
    )
    two = Stack((*one.body.nodes, Layer(2, "more", Linear(2))))
    found = compared(infer(Network("Net", one.inputs, two, next_id=3)), on_meta(one))
    assert "more.bias: the tensor is [2] here and missing in torch." in found.differences
    assert "more: the times that it runs are 1 here and 0 in torch." in found.differences


def test_a_network_that_no_machine_holds_is_compared_on_the_meta_device():
    layers = (Layer(1, "wide", Linear(10**6)), Layer(2, "wider", Linear(10**6)))
    network = Network("Net", (Input("x", TensorSpec((10,))),), Stack(layers), next_id=3)
    assert infer(network).totals.parameters > 10**12
    assert not verify(network).differences


def test_a_faulty_network_is_refused_with_its_fault():
    wrong = Stack((Layer(1, "split", Unflatten()),))
    with pytest.raises(DesignError, match="split"):
        verify(Network("Net", (Input("x", TensorSpec((3,))),), wrong, next_id=2))


class Enough(Exception):
    pass


@given(st.integers(1, 40))
def test_it_can_be_stopped_in_the_middle_of_a_pass(after: int):
    times = 0

    def report(done: int, total: int, text: str) -> None:
        nonlocal times
        times += 1
        if times > after:
            raise Enough

    fast = torch.backends.mha.get_fastpath_enabled()
    layers = tuple(Layer(number, f"fc{number}", Linear(4)) for number in range(1, 60))
    network = Network("Net", (Input("x", TensorSpec((4,))),), Stack(layers), next_id=60)
    with pytest.raises(Enough):
        verify(network, report)
    assert torch.backends.mha.get_fastpath_enabled() == fast
