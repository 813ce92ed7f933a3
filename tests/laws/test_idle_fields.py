"""A field that an entry calls idle has no effect: torch gives the same numbers whatever it holds."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import given, settings

from engine.catalogue import DATASETS, INITIALIZERS, KINDS
from engine.catalogue.batch_norm import BatchNorm1d
from engine.catalogue.datasets import RandomInput
from engine.catalogue.fan_rules import KaimingNormal
from engine.catalogue.reference import example
from engine.design.error import DesignError
from engine.design.kind import TensorSpec
from engine.design.knob import Entry
from engine.design.tree import Input
from engine.runtime.data import random_rows
from tests.laws.entries import applied, entries, field_values, made, named, sample

EVERY: list[type[Entry]] = [*KINDS.values(), *INITIALIZERS.values(), *DATASETS.values()]


@pytest.mark.parametrize("entry", EVERY, ids=named)
@settings(max_examples=20)
@given(data=st.data())
def test_idle_fields_are_fields_and_never_all_of_them(entry: type[Entry], data: Any):
    one = data.draw(entries(entry))
    names = {knob.name for knob in entry.knobs}
    assert one.idle() <= names
    assert not one.idle() or one.idle() < names
    # What decides is not idle itself, else nobody could bring a field back.
    assert _with_other_idle(data, one).idle() == one.idle()


def _with_other_idle(data: Any, entry: Any) -> Any:
    changed = {
        knob.name: data.draw(field_values(knob), label=knob.name)
        for knob in entry.knobs
        if knob.name in entry.idle()
    }
    return entry.with_fields(**changed)


@pytest.mark.parametrize(
    "rule", [each for each in INITIALIZERS.values() if each().idle()], ids=named
)
@settings(max_examples=30)
@given(data=st.data())
def test_initializers_draw_the_same_whatever_idle_fields_hold(rule: Any, data: Any):
    one = data.draw(entries(rule))
    other = _with_other_idle(data, one)
    drawn: list[torch.Tensor] = []
    for each in (one, other):
        torch.manual_seed(0)
        drawn.append(applied(each.call(), torch.empty(6, 4)))
    assert torch.equal(*drawn)
    assert one.distribution((6, 4)) == other.distribution((6, 4))


@pytest.mark.parametrize("kind", [k for k in KINDS.values() if k.key() in ("BatchNorm1d", "LayerNorm", "Embedding")],
                         ids=named)  # fmt: skip
@settings(max_examples=30)
@given(data=st.data())
def test_layers_compute_the_same_whatever_idle_fields_hold(kind: Any, data: Any):
    narrow = {"num_embeddings": st.just(8), "padding_idx": st.just(None), "dimensions": st.just(1)}
    has = {knob.name for knob in kind.knobs}
    one = data.draw(entries(kind, **{name: each for name, each in narrow.items() if name in has}))
    other = _with_other_idle(data, one)
    x = example(one)
    assert one.weights(x) == other.weights(x)
    assert one.buffers(x) == other.buffers(x)
    given_rows = sample(x, device="cpu")
    results: list[torch.Tensor] = []
    for each in (one, other):
        torch.manual_seed(0)
        module = made(each.call(x))
        module(given_rows)
        results.append(module.eval()(given_rows))
    assert torch.equal(*results)


@settings(max_examples=30)
@given(data=st.data())
def test_random_rows_are_the_same_whatever_idle_fields_hold(data: Any):
    one = data.draw(entries(RandomInput))
    other = _with_other_idle(data, one)
    inputs = (Input("x", TensorSpec((3,))),)
    try:
        expected = random_rows(inputs, one, 5, 0)
    except DesignError:
        return
    assert np.array_equal(expected.x, random_rows(inputs, other, 5, 0).x)


def test_examples():
    assert RandomInput().idle() == {"low", "high", "count"}
    assert RandomInput(distribution="uniform").idle() == {"count"}
    assert RandomInput(distribution="integers").idle() == {"high"}
    assert KaimingNormal().idle() == {"a"}
    assert KaimingNormal(nonlinearity="leaky_relu").idle() == frozenset()
    assert BatchNorm1d(affine=False).idle() == {"bias"}
