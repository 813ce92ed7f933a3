"""The built module and the written class are one network: equal to the bit in everything that torch shows."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from engine.catalogue.embedding import Embedding, EmbeddingBag
from engine.design.tree import Layer, Network, walk
from engine.runtime.build import build, construct
from engine.runtime.forward import Record
from engine.source.writer import write_module
from engine.views.shapes import infer
from tests.laws.designs import networks

# torch says so of odd bounds, which a design may have; the numbers are those of both sides.
pytestmark = pytest.mark.filterwarnings("ignore:mean is more than 2 std from")


def written_class(network: Network) -> type[nn.Module]:
    """The class of the written text, run as a person would import it."""
    space: dict[str, Any] = {}
    exec(compile(write_module(network), "<written>", "exec"), space)  # noqa: S102 - our own text
    return space[network.name]


def inputs_of(network: Network, batch: int = 4) -> list[Tensor]:
    """Random inputs; whole numbers stay below the smallest table that looks them up."""
    rows = [
        node.kind.num_embeddings
        for node in walk(network.body)
        if isinstance(node, Layer) and isinstance(node.kind, Embedding | EmbeddingBag)
    ]
    least = min([*rows, 3])
    return [
        torch.randint(0, least, (batch, *each.spec.shape))
        if each.spec.dtype == "int64"
        else torch.randn(batch, *each.spec.shape)
        for each in network.inputs
    ]


def all_of(result: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """What a network gives: the flow first, and the further values that it returns."""
    return result if isinstance(result, tuple) else (result,)


def same(a: Any, b: Any) -> bool:
    """Equal to the bit, where "not a number" equals itself; of several values all."""
    if isinstance(a, tuple):
        return isinstance(b, tuple) and len(a) == len(b) and all(map(same, a, b))
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    return torch.equal(a, b) or bool(((a == b) | (a.isnan() & b.isnan())).all())


def state_after(seed: int, run: Any) -> tuple[Any, Tensor]:
    """What a call gives under a seed, and torch's random state behind it."""
    torch.manual_seed(seed)
    return run(), torch.get_rng_state()


@given(networks(), st.integers(0, 2**32))
def test_built_and_written_agree_to_the_bit(network: Network, seed: int) -> None:
    theirs, their_state = state_after(seed, written_class(network))
    ours, our_state = state_after(seed, lambda: construct(network))
    assert torch.equal(their_state, our_state)
    assert_same_tensors(theirs.state_dict(), ours.state_dict())
    assert [name for name, _ in theirs.named_parameters()] == [
        name for name, _ in ours.named_parameters()
    ]
    assert [each.requires_grad for each in theirs.parameters()] == [
        each.requires_grad for each in ours.parameters()
    ]
    assert [name for name, _ in theirs.named_modules()] == [
        name for name, _ in ours.named_modules()
    ]
    given_values = inputs_of(network)
    for training in (True, False):
        theirs.train(training)
        ours.train(training)
        first, their_state = state_after(seed, lambda: theirs(*given_values))
        second, our_state = state_after(seed, lambda: ours(*given_values))
        assert same(first, second)
        assert torch.equal(their_state, our_state)
        assert_same_tensors(theirs.state_dict(), ours.state_dict())
        if training and any(each.requires_grad for each in all_of(first)):
            for result in (first, second):
                sums = [each.sum() for each in all_of(result) if each.requires_grad]
                torch.stack(sums).sum().backward()
            for a, b in zip(theirs.parameters(), ours.parameters(), strict=True):
                assert (a.grad is None) == (b.grad is None)
                assert a.grad is None or b.grad is None or same(a.grad, b.grad)


def assert_same_tensors(a: dict[str, Tensor], b: dict[str, Tensor]) -> None:
    """The same keys in the same order with the same numbers."""
    assert list(a) == list(b)
    for name, tensor in a.items():
        assert same(tensor, b[name]), name


@given(networks())
@settings(max_examples=25)
def test_building_leaves_the_random_numbers_of_others_alone(network: Network) -> None:
    torch.manual_seed(7)
    before = torch.get_rng_state()
    first, second = build(network, seed=3), build(network, seed=3)
    assert torch.equal(torch.get_rng_state(), before)
    assert_same_tensors(first.state_dict(), second.state_dict())
    torch.manual_seed(3)
    assert_same_tensors(first.state_dict(), written_class(network)().state_dict())


@given(networks())
@settings(max_examples=25)
def test_a_built_module_has_the_shapes_that_were_inferred(network: Network) -> None:
    facts = infer(network)
    module = build(network).eval()
    assert facts.output is not None
    with torch.no_grad():
        result, *others = all_of(module(*inputs_of(network, 2)))
    assert len(others) == len(network.outputs)
    assert tuple(result.shape) == (2, *facts.output.shape)
    assert str(result.dtype) == f"torch.{facts.output.dtype}"
    assert sum(each.numel() for each in module.parameters()) == facts.totals.parameters


@given(networks())
@settings(max_examples=25)
def test_recording_changes_nothing_and_notes_every_node(network: Network) -> None:
    module = build(network)
    values = inputs_of(network)
    record: Record = {}
    torch.manual_seed(1)
    noted = module(*values, record=record)
    torch.manual_seed(1)
    module_again = build(network)
    plain = module_again(*values)
    assert same(noted, plain)
    assert set(record) == {node.id for node in walk(network.body)}
    facts = infer(network)
    for node in walk(network.body):
        known = facts.facts(node.id)
        assert known is not None
        assert known.output is not None
        assert tuple(record[node.id][0].shape) == (4, *known.output.shape)
    assert same(record[network.body.nodes[-1].id][0], all_of(noted)[0])


@given(networks())
@settings(max_examples=25)
def test_a_copied_module_runs_its_own_weights(network: Network) -> None:
    module = build(network).eval()
    copied = copy.deepcopy(module)
    values = inputs_of(network)
    with torch.no_grad():
        before = build(network).eval()(*values)
        for each in copied.parameters():
            each.fill_(torch.nan)
        assert same(module(*values), before)
