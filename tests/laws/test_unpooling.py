"""Max unpooling with its pooling partner: what a layer gives beside what flows on, and another takes."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import resources
from engine.catalogue import KINDS
from engine.catalogue.rectifiers import ReLU
from engine.design.edit import Rename, SetField, SetOthers, apply
from engine.design.equality import equal_up_to_ids
from engine.design.error import DesignError
from engine.design.kind import TensorSpec
from engine.design.tree import Group, Input, Layer, Network, Stack
from engine.design.value import replace
from engine.design.wrapping import AsGroup, Unwrap, Wrap
from engine.files import store
from engine.runtime.build import build
from engine.source.reader import read_module
from engine.source.writer import write_module
from engine.views.shapes import infer


def layer(number: int, name: str, kind: str, *others: str, relu: bool = False, **fields: Any) -> Layer:  # fmt: skip
    return Layer(number, name, KINDS[kind](**fields), ReLU() if relu else None, others=others)


def there_and_back(axes: int, kernels: tuple[int, ...], relu: bool) -> Network:
    """An image made smaller step by step, and larger again by the partners in the opposite order."""
    conv: dict[str, Any] = {"out_channels": 3, "kernel_size": 3, "padding": 1}
    nodes: list[Layer] = []
    for place, kernel in enumerate(kernels, start=1):
        pool: dict[str, Any] = {"kernel_size": kernel, "return_indices": True}
        nodes.append(layer(len(nodes) + 1, f"conv{place}", f"Conv{axes}d", **conv))
        nodes.append(layer(len(nodes) + 1, f"pool{place}", f"MaxPool{axes}d", relu=relu, **pool))
    for place, kernel in reversed(list(enumerate(kernels, start=1))):
        kind, name = f"MaxUnpool{axes}d", f"unpool{place}"
        nodes.append(layer(len(nodes) + 1, name, kind, f"pool{place}.indices", kernel_size=kernel))
    size = 1
    for kernel in kernels:
        size *= kernel
    image = Input("image", TensorSpec((2, *(size,) * axes)))
    return Network("There", (image,), Stack(tuple(nodes)), (), len(nodes) + 1)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    axes = draw(st.integers(1, 3))
    kernels = draw(st.lists(st.integers(2, 3), min_size=1, max_size=2))
    return there_and_back(axes, tuple(kernels), draw(st.booleans()))


def written(design: Network) -> torch.nn.Module:
    space: dict[str, Any] = {"__name__": "written"}
    exec(compile(write_module(design), "written.py", "exec"), space)  # noqa: S102
    torch.manual_seed(0)
    return space[design.name]()


@given(networks())
def test_it_gives_back_the_size_in_the_builder_and_in_code_alike(design: Network):
    analysis = infer(design)
    assert analysis.output == TensorSpec((3, *design.inputs[0].spec.shape[1:]))
    x = torch.randn(2, *design.inputs[0].spec.shape)
    assert torch.equal(build(design, seed=0)(x), written(design)(x))
    assert equal_up_to_ids(read_module(write_module(design)), design)


@given(networks(), st.data())
def test_a_block_around_the_unpoolings_is_handed_the_indices(design: Network, data: st.DataObject):
    ids = [node.id for node in design.body.nodes]
    first = data.draw(st.integers(1, len(ids) - 1))
    try_ids = tuple(ids[first:])
    wrapped = apply(design, Wrap(try_ids, AsGroup("Up", "up")))
    assert infer(wrapped).faults == ()
    x = torch.randn(2, *design.inputs[0].spec.shape)
    assert torch.equal(build(wrapped, seed=0)(x), written(wrapped)(x))
    assert equal_up_to_ids(read_module(write_module(wrapped)), wrapped)
    block = wrapped.body.nodes[-1]
    assert isinstance(block, Group)
    assert infer(apply(wrapped, Unwrap(block.id))).faults == ()


@given(networks())
def test_a_pooling_that_is_renamed_is_still_the_partner(design: Network):
    pool = next(
        node for node in design.body.nodes if isinstance(node, Layer) and node.name == "pool1"
    )
    renamed = apply(design, Rename(pool.id, "down"))
    assert infer(renamed).faults == ()
    assert "down_indices" in write_module(renamed)


@given(networks())
def test_a_click_brings_the_partner_back(design: Network):
    last = design.body.nodes[-1]
    pool = next(n for n in design.body.nodes if isinstance(n, Layer) and n.name == "pool1")
    broken = apply(design, SetOthers((last.id,), ()))
    for each in (broken, apply(broken, SetField((pool.id,), "return_indices", False))):
        (fault,) = infer(each).faults
        assert fault.node_id == last.id
        assert apply(each, fault.mends[0].edit) == design


def test_a_pooling_of_another_image_is_no_partner():
    design = there_and_back(2, (2, 2), relu=False)
    last = design.body.nodes[-1]
    for wrong in ("pool2.indices", "pool1", "conv1.indices", "image.indices", "nobody.indices"):
        (fault, *_) = infer(apply(design, SetOthers((last.id,), (wrong,)))).faults
        assert fault.node_id == last.id
    odd = Input("image", TensorSpec((2, 5, 4)))
    (fault,) = infer(Network("Odd", (odd,), design.body, (), 99)).faults
    assert "5×4" in fault.sentence


def test_indices_are_no_value_that_flows():
    design = there_and_back(2, (2,), relu=False)
    with_output = Network("Net", design.inputs, design.body, (), 99, ("pool1.indices",))
    assert infer(with_output).faults


@given(networks())
def test_a_file_keeps_it(design: Network):
    project = replace(store.load(resources.path("samples", "empty.loom")), network=design)
    assert store.loads(store.dumps(project)).network == design


@pytest.mark.parametrize("line", [
    "x, i, j = self.pool(image)", "i = self.pool(image)", "x, i = self.unpool(image, image)", "x, i = image",
])  # fmt: skip
def test_code_that_takes_other_values_apart_is_refused(line: str):
    module = f'''import torch
from torch import Tensor, nn


class Net(nn.Module):
    """image: (batch, 1, 4, 4)"""

    def __init__(self) -> None:
        super().__init__()
        self.pool = nn.MaxPool2d(2, return_indices=True)
        self.unpool = nn.MaxUnpool2d(2)

    def forward(self, image: Tensor) -> Tensor:
        {line}
        return self.unpool(x, i)
'''
    with pytest.raises(DesignError):
        read_module(module)
