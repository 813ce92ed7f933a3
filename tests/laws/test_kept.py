"""What autograd keeps of every kind of layer, against what torch hands to its hooks."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.catalogue import KINDS
from engine.design.kept import INDEX_BYTES, NUMBER_BYTES
from engine.design.kind import Gathered, Kind, TensorSpec
from tests.laws.entries import Used, module_of, samples
from tests.laws.test_catalogue_kinds import examples, fitting

ROUGHLY = ("recurrent", "attention")
"""Families in which torch has several ways through a layer, so that only that with its defaults is held to the byte."""
OF_NUMBERS = [
    kind for kind in KINDS.values() if kind.family not in ROUGHLY and kind.key() != "EmbeddingBag"
]


def per_sample(layer: Kind, x: TensorSpec) -> float:
    """Bytes that torch keeps for each sample of a batch."""
    few, more = kept_of(layer, x, 2), kept_of(layer, x, 6)
    return (more - few) / 4


def kept_of(layer: Kind, x: TensorSpec, batch: int) -> int:
    torch.manual_seed(0)
    module = Used(layer, module_of(layer, x)).train()
    values = [each.requires_grad_(each.is_floating_point()) for each in samples(x, batch, "cpu")]
    owned = [*module.parameters(), *module.buffers()]
    own = {each.untyped_storage().data_ptr() for each in owned}
    storages: dict[int, Any] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        storages[storage.data_ptr()] = storage
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        result = module(*values)
    assert result is not None
    return sum(storage.nbytes() for place, storage in storages.items() if place not in own)


def declared(layer: Kind, x: TensorSpec) -> int:
    """Bytes that the kind says it keeps for each sample."""
    kept = layer.kept(x)
    others = x.others if isinstance(x, Gathered) else ()
    count = NUMBER_BYTES * kept.numbers + kept.bytes
    if kept.input or (kept.input_for_weights and layer.weights(x)):
        count += sum(map(size, (x, *others)))
    return count + size(layer.output(x)) if kept.output else count


def size(spec: TensorSpec) -> int:
    return spec.elements * (NUMBER_BYTES if spec.dtype == "float32" else INDEX_BYTES)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_layer_with_its_defaults_keeps_what_it_says(kind: type[Kind]):
    for layer, x in examples(kind)[:3]:
        assert per_sample(layer, x) == declared(layer, x)


@pytest.mark.parametrize("kind", OF_NUMBERS, ids=[kind.key() for kind in OF_NUMBERS])
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_so_does_a_layer_with_other_fields(kind: type[Kind], data: st.DataObject):
    layer, x, _ = fitting(data, kind)
    assert per_sample(layer, x) == declared(layer, x)
