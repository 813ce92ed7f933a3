"""What a kind with a field `causal` or `is_causal` lets each step see, asked of torch."""

from __future__ import annotations

import pytest
import torch

from engine.catalogue import KINDS
from engine.catalogue.reference import gathered
from engine.design.kind import Kind, TensorSpec
from tests.laws.entries import Used, module_of, samples

STEPS, CHANGED = 6, 4
SEEING = [
    (kind, field)
    for kind in KINDS.values()
    for field in ("causal", "is_causal")
    if any(knob.name == field for knob in kind.knobs)
]


def test_all_kinds_that_look_at_other_steps_can_be_told_not_to_look_ahead():
    assert {kind.key() for kind, _ in SEEING} == {
        "MultiheadAttention", "TransformerEncoderLayer", "TransformerEncoder", "TransformerDecoderLayer",
        "TransformerDecoder", "Transformer", "ScaledDotProductAttention",
    }  # fmt: skip


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize(("kind", "field"), SEEING, ids=lambda each: getattr(each, "__name__", ""))
def test_a_change_of_a_later_step_reaches_those_before_unless_it_is_causal(
    kind: type[Kind], field: str, causal: bool
):
    torch.manual_seed(0)
    x = gathered(kind(), TensorSpec((STEPS, 8)))[0]
    layer = kind(**{field: causal})
    module = Used(layer, module_of(layer, x)).eval()
    values = samples(x, device="cpu")
    # What the mask is about: what is written so far, or for an attention without weights keys and values.
    masked = {"Transformer": [1], "ScaledDotProductAttention": [1, 2]}.get(kind.key(), [0])
    later = [each.clone() for each in values]
    for place in masked:
        later[place][:, CHANGED:] += 1.0 + torch.randn(8)
    with torch.no_grad():
        before, after = module(*values), module(*later)
    same = torch.isclose(before, after, atol=1e-5).all(dim=-1).all(dim=0)
    assert same.tolist()[:CHANGED] == [causal] * CHANGED
    assert not same[CHANGED:].any()
