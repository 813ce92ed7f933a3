"""What the builder refuses before it allocates anything, and what of torch works on what it builds."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from engine.catalogue.activations import RReLU
from engine.catalogue.initializers import ConstantInit
from engine.catalogue.linear import Linear
from engine.design.error import DesignError
from engine.design.tree import Network
from engine.runtime.build import build
from engine.runtime.forward import Record
from engine.runtime.initialize import initialize
from engine.runtime.memory import (
    available_bytes,
    predicted_bytes,
    refuse_what_does_not_fit,
)
from engine.views.shapes import infer
from tests.laws.goldens import DESIGNS, layer, network, tutorial


def test_an_empty_or_faulty_network_is_not_built() -> None:
    with pytest.raises(DesignError, match="add a layer first"):
        build(Network())
    with pytest.raises(DesignError, match="fc needs"):
        build(network("Net", {"x": ()}, layer("fc", Linear(2))))


def test_what_does_not_fit_into_memory_is_refused_before_anything_is_allocated() -> None:
    wide = network("Wide", {"x": (100_000,)}, layer("fc", Linear(2_000_000)))
    with pytest.raises(DesignError, match="GB of memory"):
        build(wide)


def test_memory_is_predicted_with_the_measured_margin() -> None:
    facts = infer(tutorial())
    assert predicted_bytes(facts) == int(26 * 4 * 1.6)
    refuse_what_does_not_fit(facts, available=1000)
    with pytest.raises(DesignError, match="Tutorial"):
        refuse_what_does_not_fit(facts, available=100)
    free = available_bytes()
    assert free is None or free > 0


def test_torch_sees_the_layers_that_were_built() -> None:
    module = build(tutorial())
    assert [type(each) for each in module.children()] == [nn.Linear, nn.Linear, nn.Linear]
    assert list(module.state_dict())[:2] == ["linear1.weight", "linear1.bias"]
    called: list[str] = []
    module.get_submodule("linear2").register_forward_hook(lambda *_: called.append("linear2"))
    module(torch.randn(2, 3))
    assert called == ["linear2"]


def test_a_built_module_takes_as_many_inputs_as_its_design() -> None:
    module = build(DESIGNS["siamese"]())
    value = torch.randn(2, 12, 12)
    assert module(value, value).shape == (2, 1)
    with pytest.raises(TypeError, match="left, right"):
        module(value)
    with pytest.raises(TypeError, match="0 were given"):
        module()


def test_a_record_has_what_each_node_gave_behind_its_activation() -> None:
    design = tutorial()
    module = build(design)
    value = torch.randn(5, 3)
    record: Record = {}
    result = module(value, record=record)
    first, second, last = (node.id for node in design.body.nodes)
    assert torch.equal(record[last][0], result)
    assert torch.equal(record[first][0], torch.sigmoid(module.get_submodule("linear1")(value)))
    assert bool((record[second][0] >= 0).all())


def test_a_record_has_every_turn_of_a_repeat() -> None:
    design = DESIGNS["repeated"]()
    record: Record = {}
    build(design)(torch.randn(3, 16), record=record)
    turns = [len(found) for found in record.values()]
    assert sorted(set(turns)) == [1, 3, 4, 12]


def test_what_draws_in_training_draws_nothing_in_evaluation() -> None:
    module = build(network("Net", {"x": (4,)}, layer("fc", Linear(4), RReLU())))
    value = torch.randn(8, 4)
    assert not torch.equal(module(value), module(value))
    module.eval()
    assert torch.equal(module(value), module(value))


def test_a_tied_weight_is_one_parameter_under_two_names() -> None:
    module = build(DESIGNS["tied"]())
    assert module.get_parameter("head.weight") is module.get_parameter("embedding.weight")
    assert "head.weight" in module.state_dict()
    assert (
        sum(each.numel() for each in module.parameters())
        == infer(DESIGNS["tied"]()).totals.parameters
    )


def test_frozen_layers_get_no_gradient() -> None:
    module = build(DESIGNS["gate"]())
    module(torch.randn(3, 8)).sum().backward()
    assert module.get_parameter("head.weight").grad is None
    assert module.get_parameter("stem.weight").grad is not None


def test_other_seeds_give_other_weights() -> None:
    first, second = build(tutorial(), seed=0), build(tutorial(), seed=1)
    assert not torch.equal(first.get_parameter("out.weight"), second.get_parameter("out.weight"))


def test_an_initializer_fills_a_tensor_in_place() -> None:
    tensor = torch.zeros(2, 3)
    initialize(tensor, ConstantInit(0.5))
    assert bool((tensor == 0.5).all())
