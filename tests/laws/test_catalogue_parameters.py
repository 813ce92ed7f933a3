"""Layers that are parameters and no modules: their keys are their names, in the built network as in the written one."""

from __future__ import annotations

import pytest
import torch

from engine.catalogue.fan_rules import XavierUniform
from engine.catalogue.linear import Linear
from engine.catalogue.parameters import ClassToken, LayerScale, LearnedPositions, TokenTypes
from engine.catalogue.plain_rules import ConstantInit, NormalInit
from engine.catalogue.rectifiers import ReLU
from engine.catalogue.smooth import GELU
from engine.design.error import DesignError
from engine.design.kind import TensorSpec
from engine.design.tree import Again, Group, Input, Layer, Network, Repeat, Stack, Tie
from engine.runtime.build import build
from engine.source.reader import read_module
from engine.source.writer import write_module
from engine.views.shapes import infer
from engine.views.ties import tensors

BLOCK = Stack((
    Layer(7, "fc", Linear(8)),
    Layer(8, "gamma", LayerScale(), None, (("weight", ConstantInit(0.5)),)),
))  # fmt: skip
NETWORK = Network(
    inputs=(Input("x", TensorSpec((5, 8))),),
    body=Stack((
        Layer(1, "token", ClassToken(), ReLU()),
        Layer(2, "positions", LearnedPositions(), initializers=(("weight", NormalInit(std=0.02)),)),
        Layer(3, "more", LearnedPositions(), GELU()),
        Layer(4, "types", TokenTypes(3), frozen=True),
        Again(5, "more"),
        Repeat(6, "blocks", "Block", BLOCK, 2),
    )),
    ties=(Tie("more", "positions"),),
    next_id=9,
)  # fmt: skip


def test_code_and_built_network_agree_and_the_code_reads_back():
    text = write_module(NETWORK)
    assert read_module(text) == NETWORK
    names: dict[str, type[torch.nn.Module]] = {}
    exec(text, names)  # noqa: S102 - written by ourselves
    torch.manual_seed(3)
    written, built = names["Net"](), build(NETWORK, 3)
    assert list(built.state_dict()) == list(written.state_dict())
    assert set(tensors(infer(NETWORK).body)) == set(built.state_dict())
    assert {name for name, each in built.named_parameters() if not each.requires_grad} == {"types"}
    x = torch.randn(2, 5, 8)
    assert torch.equal(built(x), written(x))
    assert built.get_parameter("more") is built.get_parameter("positions")


def test_shared_positions_are_counted_once():
    built = build(NETWORK)
    totals = infer(NETWORK).totals
    assert totals.parameters == sum(each.numel() for each in built.parameters())


@pytest.mark.parametrize(
    ("made", "used", "kind"),
    [
        ("torch.zeros((5, 8))", "self.own + x", LearnedPositions()),
        ("torch.full((8,), 0.1)", "self.own * x", LayerScale(initial=0.1)),
        ("torch.full((5, 1), 1.0)", "x * self.own", LayerScale(initial=1.0, channels=True)),
        ("torch.zeros(4, 8)", "self.own[0] + x", TokenTypes(4)),
    ],
)
def test_other_ways_to_write_them_are_read(made: str, used: str, kind: object):
    layer = read_module(text_of(made, used)).body.nodes[0]
    assert isinstance(layer, Layer)
    assert layer.kind == kind


@pytest.mark.parametrize(
    ("made", "used", "reason"),
    [
        ("torch.zeros(6, 8)", "x + self.own", "line 11"),
        ("torch.rand(5, 8)", "x + self.own", "is not a number"),
        ("3", "x + self.own", "is not filled by"),
        ("torch.zeros(5, 8)", "x * self.own", "line 11"),
        ("torch.full((5, 8), 1.0)", "x + self.own", "line 11"),
        ("torch.full((5, 8), 1.0)", "x + self.own[0]", "line 11"),
        ("torch.zeros(1, 2, 3, 4)", "x + self.own", "takes"),
        ("torch.zeros(size=(5, 8))", "x + self.own", "by position alone"),
        ("torch.zeros(5, 8)", "self.own(x)", "that can be read"),
        ("torch.zeros(5, 8)", "x - self.own", "that can be read"),
    ],
)
def test_what_does_not_fit_is_named_with_its_line(made: str, used: str, reason: str):
    with pytest.raises(DesignError, match=reason) as refused:
        read_module(text_of(made, used))
    assert refused.value.place.startswith("line ")


def text_of(made: str, used: str) -> str:
    """A class with one parameter."""
    return f'''import torch
from torch import Tensor, nn
class Net(nn.Module):
    """Net.

    x: (batch, 5, 8) float32
    """

    def __init__(self) -> None:
        super().__init__()
        self.own = nn.Parameter({made})

    def forward(self, x: Tensor) -> Tensor:
        return {used}
'''


def test_an_nn_sequential_cannot_hold_one_and_says_so():
    inside = Group(1, "stem", "", Stack((Layer(2, "", LayerScale()),)))
    network = Network(inputs=NETWORK.inputs, body=Stack((inside,)), next_id=3)
    (fault,) = infer(network).faults
    assert "x * LayerScale" in fault.sentence


def test_an_initializer_that_needs_a_matrix_is_refused_for_a_row():
    layer = Layer(1, "gamma", LayerScale(), None, (("weight", XavierUniform()),))
    network = Network(inputs=NETWORK.inputs, body=Stack((layer,)), next_id=2)
    assert infer(network).faults
