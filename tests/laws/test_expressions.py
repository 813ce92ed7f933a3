"""Layers that are a line of forward: what no shape says about them, and names that come and go with them."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.catalogue.dropout import StochasticDepth
from engine.catalogue.expressions import Constant, MeanOver, Permute, Select
from engine.catalogue.joins import Add
from engine.catalogue.linear import Linear
from engine.catalogue.rectifiers import PReLU, ReLU
from engine.design.edit import Rename, SetActivation, SetFrozen, SetKind, apply
from engine.design.equality import equal_up_to_ids
from engine.design.error import DesignError
from engine.design.kind import Activation, Kind, TensorSpec
from engine.design.tree import Group, Input, Layer, Network, Parallel, Stack
from engine.runtime.build import build
from engine.source.reader import read_module
from engine.source.writer import write_module
from engine.views.shapes import infer


def net(*nodes: Any, shape: tuple[int, ...] = (4, 6)) -> Network:
    return Network("Net", (Input("given", TensorSpec(shape)),), Stack(nodes), (), 99)


def line(number: int, kind: Kind, activation: Activation | None = None) -> Layer:
    return Layer(number, "", kind, activation)


def written(design: Network, seed: int) -> torch.nn.Module:
    space: dict[str, Any] = {"__name__": "written"}
    exec(compile(write_module(design), "written.py", "exec"), space)  # noqa: S102
    torch.manual_seed(seed)
    return space[design.name]()


@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=4), st.floats(0, 0.9), st.integers(0, 2**31)
)
def test_stochastic_depth_keeps_or_drops_whole_samples(sizes: list[int], p: float, seed: int):
    design = net(line(1, StochasticDepth(p)), shape=tuple(sizes))
    model = build(design).train()
    x = torch.rand(50, *sizes) + 1
    torch.manual_seed(seed)
    result = model(x)
    for before, after in zip(x, result, strict=True):
        dropped = bool((after == 0).all())
        assert dropped or torch.allclose(after, before / (1 - p))
    assert torch.equal(model.eval()(x), x)


def test_it_drops_as_many_as_its_probability_says():
    model = build(net(line(1, StochasticDepth(0.3)), shape=(1,))).train()
    torch.manual_seed(0)
    dropped = (model(torch.ones(20_000, 1)) == 0).double().mean()
    assert dropped == pytest.approx(0.3, abs=0.02)


@given(st.integers(0, 2**31))
def test_builder_and_code_drop_the_same_samples(seed: int):
    block = Stack((Layer(3, "inner", Linear(6)), line(4, StochasticDepth(0.5))))
    design = net(Layer(1, "first", Linear(6)), Parallel(2, Add(), (Stack(), block)), shape=(6,))
    ours, theirs = build(design, seed=1).train(), written(design, 1).train()
    x = torch.randn(8, 6)
    torch.manual_seed(seed)
    one = ours(x)
    torch.manual_seed(seed)
    assert torch.equal(one, theirs(x))
    assert equal_up_to_ids(read_module(write_module(design)), design)


def test_a_layer_loses_its_name_as_it_becomes_a_line_and_gets_one_back():
    design = net(Layer(1, "linear1", Linear(6)), Layer(2, "second", Linear(6)))
    lined = apply(apply(design, SetFrozen((2,), True)), SetKind((2,), MeanOver((1,))))
    node = lined.body.nodes[1]
    assert isinstance(node, Layer)
    assert (node.name, node.frozen) == ("", False)
    assert infer(lined).valid
    back = apply(lined, SetKind((2,), Linear(3)))
    node = back.body.nodes[1]
    assert isinstance(node, Layer)
    assert node.name == "linear2"
    assert infer(back).valid


def test_a_name_frozen_weights_and_an_activation_without_a_function_are_faults_with_mends():
    named = apply(net(line(1, Permute())), Rename(1, "turned"))
    frozen = net(Layer(1, "", Permute(), frozen=True))
    learned = apply(net(line(1, Permute(), ReLU())), SetActivation((1,), PReLU()))
    for design in (named, frozen, learned):
        faults = infer(design).faults
        assert [fault.node_id for fault in faults] == [1]
    assert infer(net(line(1, Permute(), ReLU()))).valid
    (fault,) = infer(learned).faults
    assert infer(apply(learned, fault.mends[0].edit)).valid


def test_a_plain_sequential_cannot_hold_a_line():
    design = net(Group(1, "part", "", Stack((line(2, Select()),))))
    assert "a class name" in infer(design).faults[0].needs


def read(last: str) -> type[object]:
    """What the reader makes of a last line that has `x`, and perhaps `y`."""
    module = f'''import torch
from torch import Tensor, nn


class Net(nn.Module):
    """x: (batch, 4, 6) float32"""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(6, 6)
        {"self.second = nn.Linear(6, 6)" if "y" in last else ""}

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        {"y = self.second(x)" if "y" in last else ""}
        return {last}
'''
    node = read_module(module).body.nodes[-1]
    return type(node.kind if isinstance(node, Layer) else node)


@pytest.mark.parametrize("text", ["torch.stack([x, y]).mean(dim=0)", "x + y", "x * y", "x - y"])
def test_a_join_is_no_line(text: str):
    assert read(text) is Parallel


@pytest.mark.parametrize(("text", "kind"), [
    ("x[:, 0]", Select), ("x.select(1, 0)", Select), ("x * 0.5", Constant), ("x + -2", Constant),
    ("x.mean(dim=1)", MeanOver),
    ("x.mean(dim=(1, 2), keepdim=True)", MeanOver), ("x.permute(0, 2, 1)", Permute),
])  # fmt: skip
def test_a_line_is_read_as_its_layer(text: str, kind: type[Kind]):
    assert read(text) is kind


@pytest.mark.parametrize("text", [
    "x.permute(1, 0, 2)", "x[:, 9]", "x.mean(dim=0)", "x.permute(*y)", "x * True", "x[:, x]", "x.sum(dim=dim)",
])  # fmt: skip
def test_a_line_that_is_none_is_refused_with_its_place(text: str):
    with pytest.raises(DesignError) as caught:
        read(text)
    assert caught.value.place.startswith("line ")
