"""The summary against torch: what the built module has, and what its layers really give."""

from __future__ import annotations

import dataclasses

import pytest
import torch
import torchinfo
from hypothesis import given, settings
from torch import nn

from engine.design.tree import Layer, Network, Node, Stack, Tie
from engine.runtime.build import build
from engine.views.shapes import infer
from engine.views.summary import summarize
from engine.views.table import BLOCKS
from tests.engine.test_summary import linear, net
from tests.laws.designs import networks

# torch says so of means far outside the bounds, which designs may have.
pytestmark = pytest.mark.filterwarnings("ignore:mean is more than 2 std from")


@settings(max_examples=40)
@given(networks())
def test_parameters_are_those_of_the_built_module(network: Network):
    module = build(network)
    totals = summarize(network).totals
    assert totals.parameters == sum(each.numel() for each in module.parameters())
    assert totals.trainable == sum(
        each.numel() for each in module.parameters() if each.requires_grad
    )
    paths = {name for name, _ in module.named_modules()}
    paths |= {name for name, _ in module.named_parameters(remove_duplicate=False)}
    rows = [
        row for row in summarize(network).rows if row.kind not in BLOCKS and "(" not in row.name
    ]
    assert {row.name for row in rows} <= paths


@settings(max_examples=25)
@given(networks())
def test_totals_are_those_of_torchinfo(network: Network):
    """But for shared weights, which it counts twice."""
    network = dataclasses.replace(network, ties=())
    inputs = [
        torch.zeros(3, *each.spec.shape, dtype=getattr(torch, each.spec.dtype))
        for each in network.inputs
    ]
    table = torchinfo.summary(build(network), input_data=inputs, device="cpu", verbose=0)
    totals = summarize(network).totals
    assert (table.total_params, table.trainable_params) == (totals.parameters, totals.trainable)


@settings(max_examples=40)
@given(networks())
def test_output_shapes_are_those_that_modules_give(network: Network):
    """Layers without an activation, called once: their module's output is the row's."""
    plain = {
        path: facts.output.shape
        for path, _, facts in infer(network).places()
        if isinstance(facts.node, Layer) and facts.node.activation is None and facts.output
    }
    given: dict[str, tuple[int, ...]] = {}
    module = build(network).eval()
    for path, inner in module.named_modules():
        if path in plain:
            inner.register_forward_hook(_keeping(given, path))
    inputs = [
        torch.zeros(3, *each.spec.shape, dtype=getattr(torch, each.spec.dtype))
        for each in network.inputs
    ]
    with torch.no_grad():
        module(*inputs)
    rows = {row.name: row.output_shape for row in summarize(network, 3).rows if row.name in plain}
    again = {row.name for row in summarize(network).rows if row.title.endswith(", again")}
    for path, shape in given.items():
        if path not in again and not any(path.startswith(f"{one}.") for one in again):
            assert rows[path] == shape


def _keeping(given: dict[str, tuple[int, ...]], path: str):
    def keep(_module: nn.Module, _inputs: object, output: object) -> None:
        if isinstance(output, torch.Tensor):
            given[path] = tuple(output.shape)

    return keep


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("second", [False, True])
def test_a_frozen_shared_weight_is_counted_as_torch_trains_it(first: bool, second: bool):
    nodes: tuple[Node, ...] = (linear(1, "first", frozen=first), linear(2, "second", frozen=second))
    for body in (nodes, _in_a_class(nodes)):
        prefix = "" if body is nodes else "block."
        network = net(*body, ties=(Tie(f"{prefix}second.weight", f"{prefix}first.weight"),))
        trained = [each.numel() for each in build(network).parameters() if each.requires_grad]
        assert summarize(network).totals.trainable == sum(trained)


def _in_a_class(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    from engine.design.tree import Group

    moved = tuple(dataclasses.replace(node, id=node.id + 10) for node in nodes)
    return (Group(1, "block", "Block", Stack(moved)),)
