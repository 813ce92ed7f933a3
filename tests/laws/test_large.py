"""What holds for small networks holds for whole trees: 200 nodes and more, at least five deep."""

from __future__ import annotations

import pytest
import torch
import torchinfo
from hypothesis import given, settings
from hypothesis import strategies as st

import resources
from engine.design.equality import equal_up_to_ids
from engine.design.tree import Network, walk
from engine.design.value import replace
from engine.files.store import dumps, load, loads
from engine.runtime.build import build, construct
from engine.source.reader import read_module
from engine.source.writer import write_module
from engine.views.shapes import infer
from engine.views.summary import summarize
from tests.laws.edits import edits_of
from tests.laws.large import LEAST_DEPTH, LEAST_NODES, depth, large_networks, pieces
from tests.laws.test_build_laws import (
    assert_same_tensors,
    inputs_of,
    same,
    state_after,
    written_class,
)
from tests.laws.test_edits import after, anew, assert_same

pytestmark = [
    pytest.mark.xdist_group("large"),
    pytest.mark.filterwarnings("ignore:mean is more than 2 std from"),
    pytest.mark.filterwarnings("ignore:Generating overly large repr"),
]
few = settings(max_examples=8)


@pytest.fixture(scope="module", autouse=True)
def drawn() -> None:
    """The small networks, which have to be there before a test draws large ones."""
    pieces()


@given(large_networks())
@few
def test_it_is_written_read_and_saved_without_loss(network: Network) -> None:
    assert len(list(walk(network.body))) >= LEAST_NODES
    assert depth(network.body) >= LEAST_DEPTH
    assert infer(network).faults == ()
    assert equal_up_to_ids(read_module(write_module(network)), network)
    project = replace(load(resources.path("samples", "empty.loom")), network=network)
    assert loads(dumps(project)) == project


@given(large_networks(), st.integers(0, 2**32))
@few
def test_built_and_written_agree_to_the_bit(network: Network, seed: int) -> None:
    theirs, their_state = state_after(seed, written_class(network))
    ours, our_state = state_after(seed, lambda: construct(network))
    assert torch.equal(their_state, our_state)
    assert_same_tensors(theirs.state_dict(), ours.state_dict())
    values = inputs_of(network)
    first, their_state = state_after(seed, lambda: theirs(*values))
    second, our_state = state_after(seed, lambda: ours(*values))
    assert same(first, second)
    assert torch.equal(their_state, our_state)


@given(large_networks())
@few
def test_shapes_and_counts_are_those_of_torch(network: Network) -> None:
    facts, values = infer(network), inputs_of(network, 2)
    module = build(network).eval()
    with torch.no_grad():
        result = module(*values)
    assert facts.output is not None
    assert tuple(result.shape) == (2, *facts.output.shape)
    table = torchinfo.summary(module, input_data=values, verbose=0)
    assert table.total_params == facts.totals.parameters == summarize(network).totals.parameters


@given(large_networks(), st.data())
@few
def test_what_follows_after_an_edit_is_what_follows_from_scratch(
    network: Network, data: st.DataObject
) -> None:
    analysis = infer(network)
    for _ in range(5):
        network = after(network, data.draw(edits_of(network)))
        analysis = infer(network, analysis)
        assert_same(analysis, infer(anew(network)))
