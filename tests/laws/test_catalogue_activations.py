"""Every activation is the curve that torch computes, written as a module or as a function."""

from __future__ import annotations

import inspect
from math import isfinite, log

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given, settings

from engine.catalogue import ACTIVATIONS
from engine.catalogue.rectifiers import RReLU, Threshold
from engine.catalogue.squashers import Hardtanh, Sigmoid
from engine.catalogue.vectors import GLU, LogSoftmax, Softmax, Softmax2d, Softmin
from engine.design.call import signature
from engine.design.kind import Activation, Misfit, TensorSpec
from tests.laws.entries import applied, entries, made, named, torch_object, torch_signature

CURVES = {key: each for key, each in ACTIVATIONS.items() if not each.vector}
WITH_FUNCTION = {key: each for key, each in ACTIVATIONS.items() if each.function}
every_activation = pytest.mark.parametrize("kind", ACTIVATIONS.values(), ids=named)
every_curve = pytest.mark.parametrize("kind", CURVES.values(), ids=named)
every_function = pytest.mark.parametrize("kind", WITH_FUNCTION.values(), ids=named)
few = settings(max_examples=settings().max_examples // 3)
SCORES = [0.2, 0.02, 0.15, 0.15, 1.3, 0.5, 0.06, 1.1, 0.05, 3.75]


def module_of(activation: Activation, x: torch.Tensor) -> torch.nn.Module:
    """torch's module, in double precision."""
    return made(activation.call(TensorSpec(tuple(x.shape[1:])))).double().eval()


def test_these_are_all_activations_of_torch_that_take_one_value():
    modules = torch.nn.modules.activation
    wanted = {name for name in modules.__all__ if name != "MultiheadAttention"}
    assert set(ACTIVATIONS) == wanted
    assert len(wanted) == 28


@every_curve
@few
@given(data=st.data(), x=st.floats(-60, 60))
def test_its_closed_form_is_torchs_curve(kind: type[Activation], data: st.DataObject, x: float):
    activation = data.draw(entries(kind, num_parameters=st.just(1)))
    if fault(activation):
        return
    value = torch.tensor([[x]], dtype=torch.float64)
    expected = module_of(activation, value)(value).item()
    assert activation.at(x) == pytest.approx(expected, rel=1e-6, abs=1e-6)


def fault(activation: Activation) -> bool:
    """Whether its own arguments contradict one another."""
    try:
        activation.output(TensorSpec((4, 4, 4)))
    except Misfit:
        return True
    return False


@every_curve
@given(x=st.floats(-1e300, 1e300))
@few
def test_its_closed_form_never_overflows(kind: type[Activation], x: float):
    assert isfinite(kind().at(x))


@every_activation
def test_only_curves_have_a_closed_form(kind: type[Activation]):
    if kind.vector:
        with pytest.raises(TypeError, match="vectors"):
            kind().at(0.0)
    else:
        assert isinstance(kind().at(1.0), float)


@every_function
@few
@given(data=st.data())
def test_its_function_gives_what_its_module_gives(kind: type[Activation], data: st.DataObject):
    activation = data.draw(entries(kind, dim=st.sampled_from([-1, 1, 2, -2])))
    if fault(activation):
        return
    x = torch.linspace(-8, 8, 24, dtype=torch.float64).reshape(1, 4, 6)
    more = {"training": False} if activation.function_tail else {}
    assert torch.equal(applied(activation.function_call(), x, **more), module_of(activation, x)(x))


@every_function
def test_its_functions_signature_is_torchs(kind: type[Activation]):
    function = torch_object(kind.function)
    try:
        inspect.signature(function)
    except ValueError:
        return  # written in C: the test above calls it by these names
    ours, theirs = signature(kind.function_parameters).defaults, torch_signature(function).defaults
    assert list(ours) == list(theirs)
    assert all(ours[name] is theirs[name] or ours[name] == theirs[name] for name in ours)


@every_function
def test_functions_written_in_c_take_their_arguments_in_this_order(kind: type[Activation]):
    activation = kind()
    x = torch.linspace(-2, 2, 8, dtype=torch.float64).reshape(2, 4)
    by_position = signature(kind.function_parameters.partition("*")[0].rstrip(", ")).defaults
    in_order = [activation.values()[name] for name in by_position if name in activation.values()]
    function = torch_object(kind.function)
    assert torch.equal(function(x, *in_order), applied(activation.function_call(), x))


@every_activation
def test_one_without_a_function_says_so(kind: type[Activation]):
    assert bool(kind.function) == (kind.key() not in ("PReLU", "Softmax2d"))


def test_random_slopes_are_drawn_while_training_alone():
    assert RReLU.function_tail == "training=self.training"
    x = -torch.ones(1, 1000)
    torch.manual_seed(3)
    drawn = applied(RReLU().function_call(), x, training=True)
    torch.manual_seed(3)
    assert torch.equal(drawn, made(RReLU().call(TensorSpec((1000,)))).train()(x))


def test_bars_of_the_first_example_add_up():
    x = torch.tensor([SCORES], dtype=torch.float64)
    assert applied(Softmax().function_call(), x).sum().item() == pytest.approx(1)
    assert applied(Softmin().function_call(), x).sum().item() == pytest.approx(1)
    assert applied(LogSoftmax().function_call(), x).exp().sum().item() == pytest.approx(1)
    assert applied(GLU().function_call(), x).shape == (1, 5)


def test_softmax2d_wants_images_and_says_so():
    assert Softmax2d().output(TensorSpec((3, 4, 5))) == TensorSpec((3, 4, 5))
    with pytest.raises(Misfit) as caught:
        Softmax2d().output(TensorSpec((3,)))
    assert caught.value.needs == "channels, height and width (C, H, W) per sample"


def test_code_reads_as_an_engineer_writes_it():
    written = {str(kind().function_call()).replace("None", "x") for kind in WITH_FUNCTION.values()}
    assert {
        "torch.relu(x)", "torch.sigmoid(x)", "torch.tanh(x)", "torch.softmax(x, dim=-1)",
        "F.gelu(x)", "F.elu(x)", "F.log_softmax(x, dim=-1)", "F.threshold(x, 0.0, 0.0)", "F.glu(x)",
    } <= written  # fmt: skip


def test_arguments_that_contradict_one_another_are_faults_and_not_crashes():
    for wrong, right in (
        (Hardtanh(min_val=2.0, max_val=-1.0), "max_val above min_val"),
        (RReLU(lower=0.5, upper=0.1), "lower to be at most upper"),
    ):
        with pytest.raises(Misfit) as caught:
            wrong.output(TensorSpec((3,)))
        assert caught.value.needs == right
        assert caught.value.mends


def test_what_help_says_of_the_sigmoid_holds():
    sigmoid = Sigmoid()
    slope = (sigmoid.at(6.0001) - sigmoid.at(5.9999)) / 0.0002
    assert 0.0024 < slope < 0.0025
    assert (sigmoid.at(1e-4) - sigmoid.at(-1e-4)) / 2e-4 == pytest.approx(1 / 4, rel=1e-6)


def test_a_threshold_at_zero_is_relu_and_its_value_is_a_field():
    assert Threshold().at(-3.0) == 0.0
    assert Threshold(value=-log(2)).at(0.0) == -log(2)
