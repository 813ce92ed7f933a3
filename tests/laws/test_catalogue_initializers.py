"""What theory says of every initializer is what torch draws, and it refuses where torch refuses."""

from __future__ import annotations

from math import prod

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import given, settings

from engine.catalogue import INITIALIZERS
from engine.catalogue.fan_rules import NONLINEARITIES, Kaiming
from engine.catalogue.initializers import Dirac, TruncatedNormalInit, UniformInit, gain
from engine.design.distribution import (
    Constant,
    Mixture,
    Normal,
    Orthogonal,
    TruncatedNormal,
    Uniform,
    normal,
    uniform,
)
from engine.design.fans import fans
from engine.design.kind import Initializer, Shape
from tests.laws.entries import (
    applied,
    assert_follows,
    assert_signature,
    cumulative,
    entries,
    named,
    torch_object,
    torch_signature,
)

every_initializer = pytest.mark.parametrize("rule", INITIALIZERS.values(), ids=named)
few = settings(max_examples=settings().max_examples // 2)
shapes = st.lists(st.integers(1, 5), max_size=6).map(tuple)

SHAPES: list[Shape] = [
    (64, 48),
    (30, 90),
    (200, 7),
    (16, 8, 3),
    (8, 16, 3, 3),
    (8, 4, 2, 3, 2),
    (500,),
]
OTHERS = {
    "Uniform": [{"a": -0.5, "b": 2.0}, {"a": 1.0, "b": 1.0}],
    "Normal": [{"mean": 3.0, "std": 0.5}, {"std": 0.0}],
    "TruncatedNormal": [
        {"mean": 1.5, "std": 1.0},
        {"mean": -1.0, "std": 0.4, "a": -1.2, "b": 0.1},
        {"mean": 3.0, "std": 1.0, "a": 0.0, "b": 1.0},
        {"std": 50.0},
    ],
    "XavierUniform": [{"gain": 5 / 3}, {"gain": 0.0}],
    "XavierNormal": [{"gain": 5 / 3}],
    "KaimingUniform": [{"mode": "fan_out"}, {"nonlinearity": "leaky_relu", "a": 0.2}],
    "KaimingNormal": [{"mode": "fan_out", "nonlinearity": "tanh"}, {"nonlinearity": "selu"}],
    "Orthogonal": [{"gain": 2.0}, {"gain": -1.5}, {"gain": 0.0}],
    "Sparse": [{"sparsity": 0.9, "std": 1.0}, {"sparsity": 0.0}, {"sparsity": 1.0}],
    "Dirac": [{"groups": 2}],
    "Constant": [{"val": -2.5}],
}
"""Arguments beside the defaults that the samples are drawn with."""


def drawn(rule: Initializer, shape: Shape, entries_wanted: int = 6000) -> np.ndarray:
    """What torch draws, tensor after tensor, until there are enough entries."""
    times = -(-entries_wanted // prod(shape))
    tensors = [applied(rule.call(), torch.empty(shape)) for _ in range(times)]
    return torch.stack(tensors).double().flatten().numpy()


def test_these_are_all_rules_of_torch():
    from torch.nn import init

    ours = {rule.function.removeprefix("nn.init.") for rule in INITIALIZERS.values()}
    assert ours == {name for name in init.__all__ if name.endswith("_")}
    assert len(INITIALIZERS) == 14


@every_initializer
def test_its_signature_is_torchs(rule: type[Initializer]):
    assert_signature(rule.parameters, torch_object(rule.function))


@every_initializer
def test_its_fields_have_torchs_defaults_but_for_the_usual_activation(rule: type[Initializer]):
    theirs = torch_signature(torch_object(rule.function)).defaults
    for knob in rule.knobs:
        if isinstance(theirs[knob.name], float | int | str) and knob.name != "nonlinearity":
            assert knob.default == theirs[knob.name]
    assert not issubclass(rule, Kaiming) or rule.knob("nonlinearity").default == "relu"


@every_initializer
def test_samples_follow_the_law_that_theory_gives(rule: type[Initializer]):
    torch.manual_seed(1)
    for arguments in ({}, *OTHERS.get(rule.key(), [])):
        chosen = rule(**arguments)
        for shape in SHAPES:
            if not chosen.refusal(shape):
                assert_follows(drawn(chosen, shape), chosen.distribution(shape))


@pytest.mark.filterwarnings("ignore:mean is more than 2 std")
@every_initializer
@few
@given(data=st.data(), shape=shapes)
def test_it_refuses_exactly_where_torch_does(
    rule: type[Initializer], data: st.DataObject, shape: Shape
):
    chosen = data.draw(entries(rule))
    why = chosen.refusal(shape)
    if why:
        assert why[0].isupper()
        assert why.endswith(".")
    if isinstance(chosen, TruncatedNormalInit) and chosen.a <= chosen.b and why:
        return  # torch would draw on and on
    if why:
        with pytest.raises((ValueError, RuntimeError)):
            applied(chosen.call(), torch.empty(shape))
    else:
        law = chosen.distribution(shape)
        assert law.explained()
        values = applied(chosen.call(), torch.empty(shape)).double()
        low, high = (
            (law.low, law.high) if isinstance(law, Uniform | TruncatedNormal) else (-1e9, 1e9)
        )
        room = 1e-6 * max(1.0, abs(low), abs(high))
        assert ((values >= low - room) & (values <= high + room)).all()


def test_a_vector_has_the_six_rules_that_need_no_fans():
    fitting = {key for key, rule in INITIALIZERS.items() if not rule().refusal((8,))}
    assert fitting == {"Uniform", "Normal", "TruncatedNormal", "Constant", "Ones", "Zeros"}


def test_a_refusal_is_a_sentence_for_a_learner():
    assert (
        UniformInit(a=2.0).refusal((3,)) == "The lower bound a = 2 is above the upper bound b = 1."
    )
    assert Dirac().refusal((3, 2)) == (
        "It fills weights of convolutions, with 3 to 5 dimensions, and this tensor has 2 dimensions."
    )
    assert Dirac(groups=2).refusal((3, 2, 1)) == (
        "The number of groups, 2, does not divide that of outputs, 3."
    )


def test_a_truncated_normal_that_torch_would_draw_for_ever_is_refused():
    for hopeless in (
        TruncatedNormalInit(mean=10.0, std=0.01),
        TruncatedNormalInit(mean=-1.0, std=1.0, a=0.0, b=1e6),
        TruncatedNormalInit(mean=1e30, std=1e-6, a=-1e30, b=-1.0),
    ):
        assert "far tail" in hopeless.refusal((3, 3))
    assert TruncatedNormalInit(std=1e-6, a=-1e30, b=1e30).refusal((3,)) == ""


@given(st.sampled_from(NONLINEARITIES), st.floats(-10, 10))
def test_gains_are_torchs(nonlinearity: str, a: float):
    theirs = torch.nn.init.calculate_gain(nonlinearity, a)  # pyright: ignore[reportArgumentType]
    assert gain(nonlinearity, a) == pytest.approx(theirs)


@given(st.lists(st.integers(1, 9), min_size=2, max_size=5).map(tuple))
def test_fans_are_torchs(shape: Shape):
    theirs = torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(shape))
    assert (fans(shape).fan_in, fans(shape).fan_out) == theirs


# --- the laws themselves -------------------------------------------------------------------------

LAWS = [
    Uniform(-2, 3), Normal(1, 0.5), TruncatedNormal(0, 1, -2, 2), TruncatedNormal(5, 1, -1, 1),
    TruncatedNormal(0, 1e-3, -2, 2), Constant(-4), Orthogonal(2, 1), Orthogonal(3, 2), Orthogonal(64, 0.5),
    Mixture(((0.0, 0.25),), Normal(0, 2)), Mixture(((1.0, 0.1), (0.0, 0.9))),
]  # fmt: skip


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_density_and_atoms_add_up_to_one_and_have_mean_and_std(law: Normal):
    places, below = cumulative(law)
    mass = np.diff(below, prepend=0.0)
    share = sum(share for _, share in law.atoms)
    mean = float((places * mass).sum()) + sum(value * share for value, share in law.atoms)
    square = float((places**2 * mass).sum()) + sum(v * v * share for v, share in law.atoms)
    assert below[-1] + share == pytest.approx(1, abs=1e-3)
    assert mean == pytest.approx(law.mean, abs=2e-3)
    assert np.sqrt(max(0.0, square - mean**2)) == pytest.approx(law.std, abs=3e-3)


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_a_plot_of_a_law_has_a_width_and_shows_nearly_all_of_it(law: Normal):
    low, high = law.support
    assert low < high
    assert all(low <= value <= high for value, _ in law.atoms)
    assert low <= law.mean <= high
    assert law.density(low - 1) >= 0


def test_explanations_give_formula_and_number():
    assert Normal(0, 0.5774, "gain/√fan_in").explained() == "std = gain/√fan_in = 0.577"
    assert Uniform(-0.5, 0.5, "1/√fan_in").explained() == "bound = 1/√fan_in = 0.5"
    assert Uniform(0, 1).explained() == "uniform from 0 to 1"
    assert Normal(1, 2).explained() == "mean = 1, std = 2"
    assert Constant(0.25).explained() == "every entry is 0.25"
    assert Mixture(((1.0, 0.125), (0.0, 0.875)), formula="8/64").explained() == (
        "1 with probability 8/64 = 12.5 %; 0 with probability 87.5 %"
    )
    cut = TruncatedNormal(0, 1, -2, 2).explained()
    assert cut == "normal with mean 0 and std 1, cut at -2 and 2: std = 0.88"


def test_the_tutorial_networks_numbers():
    xavier = INITIALIZERS["XavierNormal"]().distribution((3, 3))
    kaiming = INITIALIZERS["KaimingNormal"]().distribution((2, 3))
    assert xavier.explained() == "std = gain·√(2/(fan_in + fan_out)) = 0.577"
    assert kaiming.explained() == "std = gain/√fan_in = 0.816"


def test_laws_without_a_width_are_constants():
    assert normal(2.0, 0.0) == Constant(2.0)
    assert uniform(1.0, 1.0) == Constant(1.0)
    assert uniform(0.0, 1.0) == Uniform(0.0, 1.0)
