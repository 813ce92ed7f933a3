"""Laws of shared weights: whatever is offered is sound, and parting gives back what was there."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import given, settings

from engine.design.edit import apply
from engine.design.tree import Layer, Network, walk
from engine.views.shapes import infer
from engine.views.sharing import candidates, tie_edit, tied_paths, untie_edit
from tests.laws import designs


@given(designs.networks(), st.data())
@settings(max_examples=25)
def test_what_is_offered_makes_no_fault_and_parts_again(network: Network, data: st.DataObject):
    layers = [node.id for node in walk(network.body) if isinstance(node, Layer)]
    before = infer(network)
    if before.faults or not layers:
        return
    layer = data.draw(st.sampled_from(layers))
    offered = [each for each in candidates(before, layer) if not each.refusal]
    if not offered:
        return
    pair = data.draw(st.sampled_from(offered))
    after = infer(apply(network, tie_edit(before, pair.own, pair.other)))
    assert after.faults == ()
    assert after.totals.parameters < before.totals.parameters
    (tie,) = set(after.network.ties) - set(network.ties)
    assert tie in tied_paths(after, layer)
    assert apply(after.network, untie_edit(after.network, tie)).ties == network.ties
