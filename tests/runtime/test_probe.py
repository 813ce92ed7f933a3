"""What the worker computes is what torch computes."""

from __future__ import annotations

from dataclasses import replace
from math import prod, sqrt

import pytest
import torch
from torch import nn

from engine.catalogue import ACTIVATIONS
from engine.catalogue.batch_norm import BatchNorm1d
from engine.catalogue.datasets import Iris, RandomInput
from engine.catalogue.dropout import Dropout
from engine.catalogue.embedding import Embedding
from engine.catalogue.fan_rules import KaimingNormal, XavierNormal
from engine.catalogue.joins import Add
from engine.catalogue.linear import Linear
from engine.catalogue.losses import CrossEntropyLoss
from engine.catalogue.optimizers import AdamW
from engine.catalogue.rectifiers import PReLU, ReLU
from engine.catalogue.schedulers import ConstantRate
from engine.catalogue.smooth import GELU
from engine.catalogue.squashers import Hardshrink, Sigmoid, Tanh
from engine.catalogue.vectors import GLU, Softmax, Softmax2d
from engine.design.error import DesignError
from engine.design.kind import Activation, Initializer, Kind, TensorSpec
from engine.design.knob import Entry
from engine.design.project import Data, Project, Training
from engine.design.tree import Group, Input, Layer, Network, Node, Parallel, Repeat, Stack, Tie
from engine.runtime import probe
from engine.runtime.build import build
from engine.runtime.live import Live

ids = iter(range(1, 10**9))
CURVES = [kind() for kind in ACTIVATIONS.values() if not kind.vector]
SCORES = [0.2, 0.02, 0.15, 0.15, 1.3, 0.5, 0.06, 1.1, 0.05, 3.75]


def layer(
    name: str, kind: Kind, activation: Activation | None = None, weight: Initializer | None = None
) -> Layer:
    return Layer(next(ids), name, kind, activation, (("weight", weight),) if weight else ())


def network(*nodes: Node, inputs: tuple[int, ...] = (3,), dtype: str = "float32") -> Network:
    return Network("Net", (Input("x", TensorSpec(inputs, dtype)),), Stack(nodes), (), next(ids))


def project(net: Network, data: Entry | None = None) -> Project:
    training = Training(CrossEntropyLoss(), AdamW(), ConstantRate())
    return Project(net, Data(data or RandomInput()), training)


def tutorial() -> Network:
    return network(
        layer("linear1", Linear(3), Sigmoid(), XavierNormal()),
        layer("linear2", Linear(2), ReLU(), KaimingNormal()),
        layer("out", Linear(2), Softmax()),
    )


# --- activations -----------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", CURVES, ids=lambda each: each.key())
def test_a_curve_is_torchs_own_with_its_slope(activation: Activation):
    found = probe.curve(activation, -8.0, 8.0, 801)
    assert found.y.tolist() == pytest.approx([activation.at(x) for x in found.x.tolist()], abs=1e-6)
    step = float(found.x[1] - found.x[0])
    by_hand = (found.y[2:] - found.y[:-2]) / (2 * step)
    smooth = (found.slope[2:] - found.slope[:-2]).abs() < 0.05
    assert torch.allclose(by_hand[smooth], found.slope[1:-1][smooth], atol=0.05)
    assert found.low == float(found.y.min())
    assert found.steepest >= float(found.slope.abs().max())


@pytest.mark.parametrize("activation", CURVES, ids=lambda each: each.key())
def test_the_mean_output_is_that_of_normal_inputs(activation: Activation):
    z = torch.randn(400_000, 1, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    module = probe_module(activation)
    with torch.no_grad():
        assert probe.curve(activation, -1, 1, 5).mean == pytest.approx(
            float(module(z).mean()), abs=0.01
        )


def probe_module(activation: Activation) -> nn.Module:
    from engine.runtime.curves import module

    return module(activation, TensorSpec((1,)))


def test_a_sigmoid_saturates_outside_about_6_and_is_never_steeper_than_a_quarter():
    found = probe.curve(Sigmoid(), -12.0, 12.0, 2401)
    (left, right) = found.saturated
    assert left == pytest.approx((-12.0, -6.0), abs=0.1)
    assert right == pytest.approx((6.0, 12.0), abs=0.1)
    assert found.steepest == pytest.approx(0.25)
    assert found.mean == pytest.approx(0.5)


def test_a_dead_half_and_a_dead_middle_are_saturated_and_a_turn_is_not():
    assert probe.curve(ReLU(), -4, 4, 801).saturated == (pytest.approx((-4, 0), abs=0.02),)
    assert probe.curve(Hardshrink(0.5), -4, 4, 801).saturated == (
        pytest.approx((-0.5, 0.5), abs=0.02),
    )
    (tail,) = probe.curve(GELU(), -6, 6, 4001).saturated
    assert tail[1] < -3


def test_the_steepest_slope_does_not_depend_on_what_is_plotted():
    assert probe.curve(Tanh(), 5, 9, 50).steepest == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("start", "stop"), [(1.0, 1.0), (2.0, -2.0), (float("nan"), 1.0), (0.0, float("inf"))]
)
def test_a_range_that_is_none_is_refused(start: float, stop: float):
    with pytest.raises(DesignError, match="from a smaller to a larger"):
        probe.curve(Tanh(), start, stop, 10)


def test_softmax_of_the_tutorials_scores_sums_to_1():
    expected = torch.softmax(torch.tensor(SCORES, dtype=torch.float64), 0)
    assert torch.equal(probe.vector(Softmax(), SCORES), expected)
    assert float(probe.vector(Softmax(dim=1), SCORES).sum()) == pytest.approx(1)
    assert torch.allclose(probe.vector(Softmax2d(), SCORES), expected)


def test_glu_halves_a_vector_and_refuses_an_odd_one():
    assert len(probe.vector(GLU(), SCORES)) == 5
    with pytest.raises(DesignError, match="even size"):
        probe.vector(GLU(), SCORES[:9])


@pytest.mark.parametrize("key", [key for key, kind in ACTIVATIONS.items() if kind.vector])
def test_every_vector_activation_takes_the_scores(key: str):
    assert torch.isfinite(probe.vector(ACTIVATIONS[key](), SCORES)).all()


# --- weights ---------------------------------------------------------------------------------------


def test_a_drawn_tensor_is_that_of_the_built_network():
    net = tutorial()
    model = build(net, 5)
    for name, expected in model.state_dict().items():
        found = probe.draw(net, name, 5)
        assert found.exact
        assert torch.equal(found.values.reshape(found.shape), expected)
        assert found.statistics.std == pytest.approx(float(expected.std(correction=0)), rel=1e-5)


def test_of_a_large_tensor_only_the_first_numbers_are_given_with_the_statistics_of_all():
    net = network(layer("wide", Linear(1000, bias=False)), inputs=(500,))
    found = probe.draw(net, "wide.weight", 0, limit=1000)
    whole = build(net, 0).get_parameter("wide.weight")
    assert torch.equal(found.values, whole.reshape(-1)[:1000])
    assert found.statistics.count == 500_000
    assert found.statistics.high == float(whole.detach().max())


def too_large(net: Network) -> Network:
    """The network with 64 million parameters behind it."""
    wide = (layer("wide1", Linear(8000)), layer("wide2", Linear(8000)))
    return replace(net, body=Stack((*net.body.nodes, *wide)), next_id=next(ids))


def test_a_network_that_is_too_large_is_not_built_to_look_at_one_tensor():
    body = Stack((layer("norm", BatchNorm1d()), layer("act", Linear(4), PReLU())))
    numbered: Node = Group(next(ids), "head", "", Stack((layer("", Linear(5)),)))
    blocks = Repeat(next(ids), "blocks", "Block", body, 3)
    net = network(layer("first", Linear(4), None, XavierNormal()), blocks, numbered)
    for name, tensor in build(net, 0).named_parameters():
        found = probe.draw(too_large(net), name, 0)
        assert not found.exact
        assert found.shape == tuple(tensor.shape)
    std = probe.draw(too_large(net), "first.weight", 0).statistics.std
    assert 0 < std < 4 * sqrt(2 / 7)


def test_a_tied_tensor_drawn_alone_is_drawn_as_its_owner():
    net = network(
        layer("embed", Embedding(10, 4)),
        layer("head", Linear(10, bias=False)),
        inputs=(5,),
        dtype="int64",
    )
    tied = replace(too_large(net), ties=(Tie("head.weight", "embed.weight"),))
    assert torch.equal(
        probe.draw(tied, "head.weight", 1).values, probe.draw(tied, "embed.weight", 1).values
    )


def test_a_tensor_that_is_not_there_is_named():
    for call in (
        lambda: probe.draw(tutorial(), "nothing.weight", 0),
        lambda: probe.values(tutorial(), "linear1", 0),
    ):
        with pytest.raises(DesignError, match="no parameter"):
            call()


def test_parameters_are_named_counted_and_measured():
    net = tutorial()
    found = probe.parameters(net, 0)
    assert sum(prod(each.shape) for each in found) == 26
    model = build(net, 0)
    assert [each.name for each in found] == [name for name, _ in model.named_parameters()]
    for each in found:
        expected = model.get_parameter(each.name).detach()
        assert each.statistics.mean == pytest.approx(float(expected.mean()), abs=1e-6)
        assert torch.equal(probe.values(net, each.name, 0), expected)


def test_weights_up_to_a_size_are_given_together():
    found = probe.weights(tutorial(), 0, 4)
    assert set(found) == {"linear1.bias", "linear2.bias", "out.weight", "out.bias"}


# --- forward ---------------------------------------------------------------------------------------


def test_the_tutorial_network_gives_probabilities():
    found = probe.forward(project(tutorial()), 5, 0)
    assert tuple(found.output.shape) == (5, 2)
    assert torch.allclose(found.output.sum(1), torch.ones(5))
    x = torch.randn(5, 3, generator=torch.Generator().manual_seed(0))
    assert torch.equal(found.output, build(tutorial(), 0).eval()(x))


def test_every_node_is_recorded_with_what_it_gave():
    net = tutorial()
    found = probe.forward(project(net), 5, 3)
    assert [each.name for each in found.nodes] == ["linear1", "linear2", "out"]
    model = build(net, 3).eval()
    x = torch.from_numpy(found.rows.x)
    hidden = torch.sigmoid(model.get_submodule("linear1")(x))
    first = found.nodes[0]
    assert torch.equal(first.sample, hidden.detach().reshape(-1))
    assert torch.equal(first.first, hidden[0].detach())
    assert first.shape == (5, 3)
    assert found.nodes[-1].statistics.mean == pytest.approx(0.5)


def test_blocks_and_their_turns_are_recorded_too():
    body = Stack((layer("linear", Linear(3), ReLU()),))
    skip = Parallel(next(ids), Add(), (Stack(), Stack((layer("side", Linear(3)),))))
    net = network(Repeat(next(ids), "blocks", "Block", body, 3), skip)
    found = probe.forward(project(net), 4, 0)
    assert [each.name for each in found.nodes] == ["blocks", "blocks.0.linear", "(Add)", "side"]
    assert found.nodes[1].statistics.count == 3 * 4 * 3
    assert torch.equal(found.nodes[2].first, found.output[0])


def test_a_forward_pass_evaluates_and_leaves_the_random_numbers_of_others_alone():
    net = network(layer("drop", Dropout(0.5)), layer("norm", BatchNorm1d()))
    torch.manual_seed(1)
    expected = torch.randn(3)
    torch.manual_seed(1)
    found = probe.forward(project(net), 4, 0)
    assert torch.equal(torch.randn(3), expected)
    assert torch.allclose(found.output, torch.from_numpy(found.rows.x), atol=1e-4)


def test_real_rows_bring_their_targets():
    net = network(layer("out", Linear(3)), inputs=(4,))
    found = probe.forward(project(net, Iris()), 6, 0)
    assert found.rows.y is not None
    assert len(found.rows.y) == 6
    assert found.rows.class_names == ("setosa", "versicolor", "virginica")


def test_samples_for_histograms_are_bounded():
    found = probe.forward(project(network(layer("wide", Linear(64)))), 2000, 0)
    assert 50_000 < found.nodes[0].sample.numel() <= 100_000
    assert found.nodes[0].statistics.count == 128_000


def test_numbers_beyond_an_embedding_are_a_sentence():
    net = network(layer("embed", Embedding(4, 2)), inputs=(6,), dtype="int64")
    with pytest.raises(DesignError, match="no row in an embedding"):
        probe.forward(project(net, RandomInput(count=50)), 5, 0)


def test_a_faulty_network_is_not_run():
    with pytest.raises(DesignError, match="embed needs whole numbers"):
        probe.forward(project(network(layer("embed", Embedding()))), 5, 0)


def test_a_batch_beyond_memory_is_refused_before_anything_is_allocated():
    with pytest.raises(DesignError, match="smaller batch"):
        probe.forward(project(tutorial()), 10**12, 0)


def test_statistics_of_whole_numbers_of_one_and_of_none():
    found = probe.statistics(torch.tensor([1, 2, 3, 4]))
    assert (found.mean, found.low, found.high, found.count) == (2.5, 1, 4, 4)
    assert found.std == pytest.approx(sqrt(1.25))
    assert probe.statistics(torch.tensor([7.0])).std == 0
    assert probe.statistics(torch.tensor([])).count == 0


# --- the live network ------------------------------------------------------------------------------


def test_the_live_network_is_kept_while_network_and_seed_stay():
    live = Live()
    net = tutorial()
    model = live.model(net, 0)
    assert live.holds(net, 0)
    assert live.model(replace(net), 0) is model
    assert live.model(net, 1) is not model


def test_weights_are_those_of_the_design_whatever_was_edited_before():
    live = Live()
    live.model(tutorial(), 0)
    wider = network(layer("linear1", Linear(4), Sigmoid()), layer("out", Linear(2)))
    expected = build(wider, 0).state_dict()
    for name, tensor in live.model(wider, 0).state_dict().items():
        assert torch.equal(tensor, expected[name])
