"""What an initializer promises beyond the spread of single entries, with any arguments and shapes."""

from __future__ import annotations

from math import ceil, prod
from typing import TypeVar

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import assume, given, settings

from engine.catalogue import INITIALIZERS
from engine.catalogue.fan_rules import (
    NONLINEARITIES,
    ByFans,
    Kaiming,
    KaimingNormal,
    KaimingUniform,
)
from engine.catalogue.initializers import Dirac, OrthogonalInit, Sparse, TruncatedNormalInit
from engine.design.distribution import (
    Constant,
    Distribution,
    Mixture,
    Normal,
    TruncatedNormal,
    Uniform,
)
from engine.design.kind import Initializer, Shape
from engine.design.knob import Real
from tests.laws.entries import applied, assert_follows, entries, named

# torch says so of odd bounds, which are among those drawn here.
pytestmark = pytest.mark.filterwarnings("ignore:mean is more than 2 std from")

every_initializer = pytest.mark.parametrize("rule", INITIALIZERS.values(), ids=named)
R = TypeVar("R", bound=Initializer)
by_fans = [rule for rule in INITIALIZERS.values() if issubclass(rule, ByFans)]
shapes = st.lists(st.integers(1, 24), min_size=1, max_size=3).map(tuple) | st.lists(
    st.integers(1, 6), min_size=4, max_size=5
).map(tuple)
matrices = st.tuples(st.integers(1, 24), st.integers(1, 24))
kernels = st.lists(st.integers(1, 6), min_size=3, max_size=5).map(tuple)


def in_steps(rule: type[R]) -> st.SearchStrategy[R]:
    """Rules whose numbers are multiples of 1/8: no law so narrow that float32 has no numbers in it."""
    numbers: dict[str, st.SearchStrategy[float]] = {}
    for knob in rule.knobs:
        if isinstance(knob.range, Real):
            low, high = max(knob.range.at_least, -3), min(knob.range.at_most, 3)
            steps = st.integers(ceil(8 * low), int(8 * high))
            numbers[knob.name] = steps.map(lambda step: step / 8)
    return entries(rule, **numbers)


def drawn(rule: Initializer, shape: Shape) -> torch.Tensor:
    """What torch fills a tensor with, under one seed."""
    torch.manual_seed(3)
    return applied(rule.call(), torch.empty(shape))


@every_initializer
@settings(max_examples=8, derandomize=True)
@given(data=st.data(), shape=shapes)
def test_samples_follow_the_law_whatever_the_arguments(
    rule: type[Initializer], data: st.DataObject, shape: Shape
):
    chosen = data.draw(in_steps(rule))
    assume(not chosen.refusal(shape))
    torch.manual_seed(1)
    times = min(400, 1 + 6000 // prod(shape))
    tensors = [applied(chosen.call(), torch.empty(shape)) for _ in range(times)]
    values = torch.stack(tensors).double().flatten().numpy()
    assert_follows(values, chosen.distribution(shape))


@pytest.mark.parametrize("rule", by_fans, ids=named)
@given(data=st.data(), shape=st.lists(st.integers(1, 9), min_size=2, max_size=5).map(tuple))
def test_a_rule_by_fans_is_a_plain_draw_of_exactly_its_width(
    rule: type[Initializer], data: st.DataObject, shape: Shape
):
    chosen = data.draw(entries(rule))
    torch.testing.assert_close(drawn(chosen, shape), plain(chosen.distribution(shape), shape))


@pytest.mark.parametrize("nonlinearity", NONLINEARITIES)
@pytest.mark.parametrize("mode", ["fan_in", "fan_out"])
@pytest.mark.parametrize("slope", [0.0, 0.01, -0.3, 2.0])
@pytest.mark.parametrize("rule", [KaimingNormal, KaimingUniform], ids=named)
def test_kaiming_has_torchs_gain_for_every_activation_and_fan(
    rule: type[Kaiming], slope: float, mode: str, nonlinearity: str
):
    chosen = rule(a=slope, mode=mode, nonlinearity=nonlinearity)
    for shape in ((7, 5), (6, 4, 3), (3, 5, 2, 3)):
        torch.testing.assert_close(drawn(chosen, shape), plain(chosen.distribution(shape), shape))


def plain(law: Distribution, shape: Shape) -> torch.Tensor:
    """A tensor filled from a law under the same seed."""
    torch.manual_seed(3)
    match law:
        case Uniform(low, high):
            return torch.empty(shape).uniform_(low, high)
        case Normal(mean, std):
            return torch.empty(shape).normal_(mean, std)
        case Constant(value):
            return torch.full(shape, value)
        case _:
            raise AssertionError(f"{law} is no plain draw")


@every_initializer
@given(data=st.data(), shape=st.one_of(matrices, kernels))
@settings(max_examples=20)
def test_ones_and_zeros_are_exactly_as_many_as_is_said(
    rule: type[Initializer], data: st.DataObject, shape: Shape
):
    chosen = data.draw(in_steps(rule))
    assume(not chosen.refusal(shape))
    law, values = chosen.distribution(shape), drawn(chosen, shape)
    match law:
        case Constant(value):
            torch.testing.assert_close(values, torch.full(shape, value))
        case Mixture(atoms) if not isinstance(chosen, OrthogonalInit):
            for value, share in atoms:
                assert int((values == value).sum()) == pytest.approx(share * prod(shape))
        case _:
            pass


@given(data=st.data(), shape=st.one_of(matrices, kernels))
def test_the_rows_or_the_columns_are_orthogonal_and_of_length_gain(
    data: st.DataObject, shape: Shape
):
    chosen = data.draw(in_steps(OrthogonalInit))
    matrix = drawn(chosen, shape).flatten(1).double()
    short = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    wanted = chosen.gain**2 * torch.eye(len(short), dtype=torch.float64)
    torch.testing.assert_close(short @ short.T, wanted, atol=1e-4, rtol=1e-4)


@given(data=st.data(), shape=matrices)
def test_every_column_has_its_share_of_zeros(data: st.DataObject, shape: Shape):
    chosen = data.draw(in_steps(Sparse))
    assume(chosen.std > 0)
    zeros = (drawn(chosen, shape) == 0).sum(dim=0)
    assert (zeros == ceil(chosen.sparsity * shape[0])).all()


def test_the_identity_passes_its_input_through():
    values = torch.randn(4, 6)
    eye = INITIALIZERS["Eye"]()
    torch.testing.assert_close(values @ drawn(eye, (6, 6)).T, values)
    torch.testing.assert_close(values @ drawn(eye, (3, 6)).T, values[:, :3])


@pytest.mark.parametrize("groups", [1, 2, 3])
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_a_convolution_of_dirac_copies_its_channels_in_every_group(groups: int, axes: int):
    convolve = {1: torch.conv1d, 2: torch.conv2d, 3: torch.conv3d}[axes]
    kernel = drawn(Dirac(groups=groups), (6, 6 // groups, *(3,) * axes))
    image = torch.randn(2, 6, *(5,) * axes)
    torch.testing.assert_close(convolve(image, kernel, padding=1, groups=groups), image)


@given(data=st.data(), shape=shapes)
@settings(max_examples=30)
def test_no_number_lies_beyond_the_bounds_of_a_cut_bell(data: st.DataObject, shape: Shape):
    chosen = data.draw(in_steps(TruncatedNormalInit))
    assume(not chosen.refusal(shape))
    law, values = chosen.distribution(shape), drawn(chosen, shape)
    assert values.min() >= chosen.a
    assert values.max() <= chosen.b
    assert isinstance(law, TruncatedNormal | Constant)
