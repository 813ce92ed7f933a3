"""Recurrent layers and attention: forms in forward beside the plain call, tensors with dots, and cost."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from engine.catalogue import KINDS
from engine.catalogue.activations import PReLU, ReLU
from engine.catalogue.attention import MultiheadAttention, TransformerEncoderLayer
from engine.catalogue.cells import LSTMCell
from engine.catalogue.initializers import Ones, XavierNormal, Zeros
from engine.catalogue.joins import Add
from engine.catalogue.linear import Linear
from engine.catalogue.recurrent import GRU, LAST, LSTM, RNN
from engine.catalogue.shaping import Flatten
from engine.catalogue.transformer import TransformerEncoder
from engine.design.equality import equal_up_to_ids
from engine.design.error import DesignError
from engine.design.kind import Gathered, Initializer, Kind, Misfit, TensorSpec
from engine.design.tree import Group, Input, Layer, Network, Stack, Tie
from engine.runtime.build import build, construct
from engine.source.reader import read_module
from engine.source.writer import write_module
from engine.views.shapes import infer
from tests.laws.entries import Used, entries, made, named, samples
from tests.laws.goldens import group, layer, network, parallel, stack
from tests.laws.test_build_laws import assert_same_tensors, same, state_after, written_class

SEQUENCE = {"x": (5, 8)}
kinds = pytest.mark.parametrize(
    "kind",
    [each for each in KINDS.values() if each.family in ("recurrent", "attention")],
    ids=named,
)


def with_initializers(node: Layer, **chosen: Initializer) -> Layer:
    """The layer with initializers for tensors in whose names `__` stands for a dot."""
    pairs = tuple((name.replace("__", "."), each) for name, each in chosen.items())
    return Layer(node.id, node.name, node.kind, node.activation, pairs, node.frozen)


def assert_one_network(design: Network) -> str:
    """The design is sound, comes back from its code, and runs to the bit like it, in training and in evaluation."""
    assert infer(design).valid, infer(design).faults
    text = write_module(design)
    assert equal_up_to_ids(read_module(text), design), text
    theirs, their_state = state_after(3, written_class(design))
    ours, our_state = state_after(3, lambda: construct(design))
    assert torch.equal(their_state, our_state)
    assert_same_tensors(theirs.state_dict(), ours.state_dict())
    x = torch.randn(4, *design.inputs[0].spec.shape)
    for training in (True, False):
        theirs.train(training)
        ours.train(training)
        first, their_state = state_after(4, lambda: theirs(x))
        second, our_state = state_after(4, lambda: ours(x))
        assert same(first, second)
        assert torch.equal(their_state, our_state)
    return text


@kinds
@settings(max_examples=15, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_multiply_accumulates_are_half_of_torchs_flops_for_all_fields(
    kind: type[Kind], data: st.DataObject
):
    steps = data.draw(st.integers(1, 8))
    features = data.draw(st.sampled_from((6, 2520) if kind.family == "recurrent" else (2520,)))
    x = TensorSpec((features,) if kind.key().endswith("Cell") else (steps, features))
    if kind.takes:
        seen = data.draw(st.integers(1, 8))
        x = Gathered(x.shape, x.dtype, (TensorSpec((seen, features)),) * len(kind.takes))
    chosen = data.draw(entries(kind))
    try:
        chosen.output(x)
    except Misfit:
        assume(False)
    with torch.device("meta"):
        module = Used(chosen, made(chosen.call(x)))
    with FlopCounterMode(display=False) as counter:
        module(*samples(x, batch=2))
    assert counter.get_total_flops() == 2 * 2 * chosen.macs(x)


@pytest.mark.parametrize("kind", [RNN, LSTM, GRU], ids=named)
def test_the_last_step_of_both_ways_is_the_end_of_both_walks(kind: type[RNN | LSTM | GRU]):
    x, rows = TensorSpec((5, 8)), torch.randn(3, 5, 8)
    chosen = kind(hidden_size=4, num_layers=2, bidirectional=True, gives=LAST)
    module = made(chosen.call(x))
    every = module(rows)[0]
    last = Used(chosen, module)(rows)
    assert torch.equal(last, torch.cat([every[:, -1, :4], every[:, 0, 4:]], dim=-1))
    forward = kind(hidden_size=4, gives=LAST)
    module = made(forward.call(x))
    assert torch.equal(Used(forward, module)(rows), module(rows)[0][:, -1])


def test_a_network_of_all_of_them_is_one_in_the_builder_and_in_code():
    text = assert_one_network(
        network(
            "Net",
            SEQUENCE,
            layer("lstm", LSTM(8, num_layers=2, dropout=0.3, proj_size=4, bidirectional=True)),
            parallel(Add(), stack(), stack(layer("attend", MultiheadAttention(2, dropout=0.2)))),
            layer("encoder", TransformerEncoderLayer(2, 16, inner_activation="gelu"), ReLU()),
            layer("walk", GRU(6, num_layers=2, dropout=0.5), PReLU()),
            layer("both", RNN(3, bidirectional=True, gives=LAST), PReLU()),
            layer("cell", LSTMCell(4), PReLU()),
        )
    )
    assert "x + self.attend(x, x, x, need_weights=False)[0]" in text
    assert "self.walk_activation(self.walk(x)[0])" in text
    assert "torch.cat(torch.unbind(self.both(x)[1][-2:]), dim=1)" in text


def test_tensors_inside_a_module_are_initialised_and_shared_like_others():
    first = layer("first", TransformerEncoderLayer(2, 16))
    attend = layer("attend", MultiheadAttention(2))
    design = network(
        "Net",
        SEQUENCE,
        with_initializers(first, self_attn__in_proj_weight=XavierNormal(), norm1__bias=Ones()),
        layer("second", TransformerEncoderLayer(2, 16), None, True),
        with_initializers(attend, out_proj__weight=XavierNormal(), in_proj_bias=Ones()),
        layer("walk", GRU(8)),
        layer("again", GRU(8)),
        ties=(
            Tie("second.self_attn.out_proj.weight", "first.self_attn.out_proj.weight"),
            Tie("again.weight_hh_l0", "walk.weight_hh_l0"),
        ),
    )
    text = assert_one_network(design)
    assert "nn.init.xavier_normal_(self.first.self_attn.in_proj_weight)" in text
    built = build(design)
    assert infer(design).totals.parameters == sum(each.numel() for each in built.parameters())
    assert bool((built.get_parameter("first.norm1.bias") == 1).all())


def test_a_tensor_that_some_uses_of_a_class_lack_is_asked_for():
    def block(name: str, layers: int) -> Group:
        walk = GRU(8, bias=layers > 1, num_layers=layers)
        filled = layer("walk", walk, weight_hh_l1=Zeros(), bias_hh_l0=Ones())
        return group(name, "Block", filled, layer("fc", Linear(8)))

    text = assert_one_network(network("Net", SEQUENCE, block("a", 2), block("b", 1)))
    assert 'if hasattr(self.walk, "weight_hh_l1"):' in text


def test_a_plain_sequential_cannot_hold_them():
    design = network("Net", SEQUENCE, group("body", "", layer("", LSTM(4)), layer("", Flatten())))
    assert "a class name" in str(infer(design).faults[0].needs)


@pytest.mark.parametrize(
    ("module", "used", "why"),
    [
        ("nn.GRU(8, 4, batch_first=True, bidirectional=True)", "self.walk(x)[0][:, -1]", "needs bidirectional=False"),
        ("nn.GRU(8, 4)", "self.walk(x)[0]", "batch_first"),
        ("nn.MultiheadAttention(8, 2, batch_first=True)",
         "self.walk(self.fc(x), self.fc(x), self.fc(x), need_weights=False)[0]", "computed several times"),
    ],
)  # fmt: skip
def test_code_that_would_mean_something_else_is_refused(module: str, used: str, why: str):
    text = write_module(network("Net", SEQUENCE, layer("fc", Linear(8)), layer("walk", GRU(4))))
    text = text.replace("nn.GRU(8, 4, batch_first=True)", module).replace("self.walk(x)[0]", used)
    with pytest.raises(DesignError, match=why):
        read_module(text)


@pytest.mark.parametrize("length", [1, 21, 31, 39, 46, 52])
def test_forms_with_names_of_any_length_are_as_ruff_formats_them(length: int):
    name = "l" * length
    design = network(
        "Net",
        SEQUENCE,
        layer(f"{name}1", LSTM(8)),
        parallel(Add(), stack(), stack(layer(f"{name}2", MultiheadAttention(2)))),
        layer(name, LSTM(8, bidirectional=True, gives=LAST), PReLU()),
    )
    text = write_module(design)
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "-"]
    found = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
    assert found.stdout.decode().splitlines() == text.splitlines()
    assert equal_up_to_ids(read_module(text), design)


def test_a_layer_deep_inside_another_module_is_initialised_where_the_code_says():
    encoder = TransformerEncoder(nhead=2, num_layers=2, dim_feedforward=8)
    filled = (("layers.1.linear1.weight", Zeros()),)
    inside = Layer(1, "encoder", encoder, None, filled)
    net = Network("Net", (Input("x", TensorSpec((5, 4))),), Stack((inside,)), (), 2)
    code = write_module(net)
    assert "nn.init.zeros_(self.encoder.layers[1].linear1.weight)" in code
    assert read_module(code) == net
    built = build(net)
    first, second = (built.get_parameter(f"encoder.layers.{n}.linear1.weight") for n in (0, 1))
    assert first.any()
    assert not second.any()
