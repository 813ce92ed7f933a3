"""Losses, optimizers, schedules and data sets are what torch and the shipped files say they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given, settings

import resources
from engine.catalogue import DATASETS, LOSSES, OPTIMIZERS, SCHEDULERS
from engine.catalogue.datasets import Dataset, Moons, RandomInput
from engine.catalogue.files import CsvFile
from engine.catalogue.losses import Loss
from engine.catalogue.optimizers import SGD, Adagrad, Adam, Optimizer
from engine.catalogue.schedulers import ConstantRate, CosineAnnealingLR, Course, Scheduler
from engine.catalogue.sequence_sets import SEQUENCE_SETS
from engine.catalogue.toys import TOYS
from engine.design.call import REQUIRED
from tests.laws.entries import (
    applied,
    assert_signature,
    entries,
    made,
    named,
    torch_object,
    torch_signature,
)

few = settings(max_examples=settings().max_examples // 4)
every_loss = pytest.mark.parametrize("kind", LOSSES.values(), ids=named)
every_optimizer = pytest.mark.parametrize("kind", OPTIMIZERS.values(), ids=named)
every_scheduler = pytest.mark.parametrize("kind", SCHEDULERS.values(), ids=named)
every_dataset = pytest.mark.parametrize("kind", DATASETS.values(), ids=named)
SHIPPED = [kind for kind in DATASETS.values() if kind.resource]


def assert_defaults(knobs: Any, theirs: Mapping[str, Any]):
    """Fields that torch has a default for have that default."""
    for knob in knobs:
        if theirs.get(knob.name, REQUIRED) is not REQUIRED:
            assert knob.default == theirs[knob.name], knob.name


@every_loss
def test_a_losss_signature_and_defaults_are_torchs(kind: type[Loss]):
    assert_signature(kind.parameters, torch_object(kind.module))
    assert_defaults(kind.knobs, torch_signature(torch_object(kind.module)).defaults)


@every_loss
@few
@given(data=st.data())
def test_a_loss_takes_the_output_and_the_target_that_it_says(kind: type[Loss], data: st.DataObject):
    loss = data.draw(entries(kind))
    torch.manual_seed(0)
    output = torch.randn(6, 4, requires_grad=True)
    match kind.expects:
        case "logits" | "numbers":
            given_output = output
        case "log_probabilities":
            given_output = torch.log_softmax(output, 1)
        case "probabilities":
            given_output = torch.sigmoid(output)
    match kind.target:
        case "class":
            target = torch.randint(0, 4, (6,))
        case "like the output":
            target = torch.rand(6, 4)
        case "signs":
            target = torch.randint(0, 2, (6, 4)) * 2.0 - 1
    value = made(loss.call())(given_output, target)
    value.backward()
    assert value.shape == ()
    assert output.grad is not None


def test_a_cross_entropy_is_log_softmax_and_negative_log_likelihood():
    scores, target = torch.randn(5, 3), torch.tensor([0, 2, 1, 1, 0])
    one = made(LOSSES["CrossEntropyLoss"]().call())(scores, target)
    two = made(LOSSES["NLLLoss"]().call())(torch.log_softmax(scores, 1), target)
    assert torch.allclose(one, two)


@every_optimizer
def test_an_optimizers_signature_and_defaults_are_torchs(kind: type[Optimizer]):
    assert_signature(kind.parameters, torch_object(kind.function))
    theirs = torch_signature(torch_object(kind.function)).defaults
    assert_defaults(kind.knobs, theirs)
    if "betas" in theirs:
        assert (kind.knob("beta1").default, kind.knob("beta2").default) == theirs["betas"]
    assert kind.knob("lr").default == theirs["lr"]
    assert kind.knobs[0].name == "lr"


@every_optimizer
@few
@given(data=st.data())
def test_an_optimizer_is_refused_exactly_where_torch_refuses_it(
    kind: type[Optimizer], data: st.DataObject
):
    optimizer = data.draw(entries(kind))
    weights = [torch.nn.Parameter(torch.ones(3))]
    if optimizer.refusal():
        with pytest.raises(ValueError):
            applied(optimizer.call(), weights)
        return
    stepper = applied(optimizer.call(), weights)
    weights[0].sum().backward()
    stepper.step()
    assert stepper.param_groups[0]["lr"] == optimizer.lr


def test_nesterov_without_momentum_says_what_it_needs():
    assert SGD(nesterov=True).refusal() == "Nesterov needs a momentum above 0 and a dampening of 0."
    assert SGD(nesterov=True, momentum=0.9).refusal() == ""


@every_scheduler
def test_a_schedules_signature_and_defaults_are_torchs(kind: type[Scheduler]):
    if kind is ConstantRate:
        assert kind().call(Course(3, 10, 0.1)) is None
        return
    assert_signature(kind.parameters, torch_object(kind.function))
    assert_defaults(kind.knobs, torch_signature(torch_object(kind.function)).defaults)


@every_scheduler
@few
@given(data=st.data())
def test_a_schedule_runs_for_the_whole_training_unless_it_says_why_not(
    kind: type[Scheduler], data: st.DataObject
):
    schedule = data.draw(entries(kind, pct_start=st.sampled_from([0.0, 0.05, 0.3, 0.99])))
    optimizer = data.draw(st.sampled_from([SGD(momentum=0.9), Adam(), Adagrad()]))
    course = Course(epochs=4, steps_per_epoch=5, lr=0.1)
    if schedule.refusal(course, optimizer):
        with pytest.raises((ValueError, ZeroDivisionError)):
            scheduled(schedule, optimizer, course)
    else:
        assert all(rate >= 0 for rate in scheduled(schedule, optimizer, course))


def scheduled(schedule: Scheduler, optimizer: Optimizer, course: Course) -> list[float]:
    """The learning rate of every step of a training."""
    stepper = applied(optimizer.call(), [torch.nn.Parameter(torch.ones(1))])
    call = schedule.call(course)
    moving = applied(call, stepper) if call else None
    rates: list[float] = []
    for step in range(course.epochs * course.steps_per_epoch):
        rates.append(stepper.param_groups[0]["lr"])
        stepper.step()
        ends = (step + 1) % course.steps_per_epoch == 0
        if moving and (schedule.every == "step" or ends):
            moving.step(1.0) if schedule.watches else moving.step()
    return rates


def test_a_cosine_ends_at_its_end():
    rates = scheduled(CosineAnnealingLR(eta_min=0.01), SGD(lr=0.1), Course(7, 3, 0.1))
    assert rates[0] == pytest.approx(0.1)
    assert 0.01 < rates[-1] < 0.02
    assert rates == sorted(rates, reverse=True)


@pytest.mark.parametrize("kind", SHIPPED, ids=named)
def test_a_shipped_set_is_declared_as_its_description_has_it(kind: type[Dataset]):
    text = resources.path("data", f"{kind.resource}.json").read_text(encoding="utf-8")
    description = json.loads(text)
    declared = {
        "title": kind.title(),
        "task": kind.task,
        "rows": kind().rows(),
        "shape": list(kind.row_shape or ()),
        "classes": list(kind.classes),
    }
    assert declared == {key: description[key] for key in declared}
    assert kind().outputs() == (len(description["classes"]) or 1)


def test_every_shipped_set_is_declared():
    files = resources.path("data").glob("*.json")
    assert {kind.resource for kind in SHIPPED} == {file.stem for file in files}


def test_a_set_says_what_goes_in_and_out_without_being_read():
    said = {key: kind().brief() for key, kind in DATASETS.items()}
    assert said["Iris"] == "4 features → 3 classes"
    assert said["Digits"] == "8 × 8 pixels → 10 classes"
    assert said["Diabetes"] == "10 features → 1 number"
    assert said["Moons"] == "2 features → 2 classes"
    assert said["RandomInput"] == "normal"
    assert CsvFile(path="/home/me/my table.csv").brief() == "my table.csv"


@every_dataset
def test_what_only_the_file_knows_is_left_open(kind: type[Dataset]):
    known = kind().outputs() is not None
    assert known == bool(kind.resource or kind in (Moons, *TOYS, *SEQUENCE_SETS))
    assert (kind().rows() is not None) == known
    assert kind is not RandomInput or kind.task == "none"
