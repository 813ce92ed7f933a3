"""Laws of the walk: whatever flows in, what follows is a result, and a fault says so in a sentence."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given

from engine.catalogue import ACTIVATIONS, JOINS, KINDS
from engine.catalogue.embedding import Embedding
from engine.catalogue.joins import Concat
from engine.catalogue.linear import Identity, Linear
from engine.design.edit import SetTimes, apply
from engine.design.error import DesignError
from engine.design.kind import DTYPES, Activation, Join, Kind, TensorSpec
from engine.design.tree import Group, Input, Layer, Network, Node, Parallel, Repeat, Stack
from engine.source.sound import sound
from engine.views.shapes import infer
from tests.laws.entries import entries

ENTRIES: dict[str, type[Kind]] = {**KINDS, **ACTIVATIONS}
sizes = st.sampled_from([1, 1, 2, 2, 3, 3, 4, 8, 2**20, 0, -1, 2**60])
specs = st.builds(
    TensorSpec, st.lists(sizes, max_size=9).map(tuple), st.sampled_from([*DTYPES, "complex64"])
)


def net(spec: TensorSpec, *nodes: Node) -> Network:
    return Network("Net", (Input("x", spec),), Stack(nodes), (), 99)


kinds = st.sampled_from(list(ENTRIES.values())).flatmap(entries)
activations = st.sampled_from(list(ACTIVATIONS.values())).flatmap(entries)
joins = st.sampled_from(list(JOINS.values())).flatmap(entries)


@given(specs, kinds, st.none() | activations, st.booleans())
def test_no_shape_makes_a_layer_raise(
    spec: TensorSpec, kind: Kind, after: Activation | None, frozen: bool
):
    analysis = infer(net(spec, Layer(1, "layer", kind, after, (), frozen)))
    for fault in analysis.faults:
        assert fault.sentence.endswith(".")


@given(specs, specs, joins, kinds)
def test_no_shapes_make_a_join_raise(first: TensorSpec, second: TensorSpec, join: Join, kind: Kind):
    branches = (Stack(), Stack((Layer(2, "layer", kind),), source="other"))
    inputs = (Input("main", first), Input("other", second))
    network = Network("Net", inputs, Stack((Parallel(1, join, branches),)), (), 99)
    for fault in infer(network).faults:
        assert fault.sentence.endswith(".")


@pytest.mark.parametrize("kind", ENTRIES.values(), ids=list(ENTRIES))
def test_a_single_number_per_sample_is_taken_or_refused_in_a_sentence(kind: type[Kind]):
    name = "layer" if kind.is_module() else ""
    analysis = infer(net(TensorSpec(()), Layer(1, name, kind())))
    assert analysis.valid == (analysis.output is not None)


def test_whole_numbers_mend_a_first_embedding_that_gets_real_ones():
    network = net(TensorSpec((6,)), Layer(1, "tokens", Embedding()))
    (fault,) = infer(network).faults
    assert [mend.title for mend in fault.mends] == ["Feed whole numbers"]
    assert infer(apply(network, fault.mends[0].edit)).valid


def test_a_network_whose_own_stack_is_a_branch_has_a_fault_before_it_is_written():
    for body in (
        Stack((Layer(1, "a", Identity()),), "x"),
        Stack((Layer(1, "a", Identity()),), "", "b"),
    ):
        network = Network("Net", (Input("x", TensorSpec((3,))),), body, (), 2)
        (fault,) = infer(network).faults
        assert "starts from its first input" in fault.sentence
        with pytest.raises(DesignError, match="starts from its first input"):
            sound(network)


def test_turns_that_never_come_to_rest_are_bounded_and_the_mend_repeats_them_less_often():
    grown = Parallel(2, Concat(dim=1), (Stack(), Stack((Layer(3, "one", Linear(out_features=1)),))))
    network = net(TensorSpec((4,)), Repeat(1, "grow", "Grow", Stack((grown,)), 1000))
    (fault,) = infer(network).faults
    assert isinstance(fault.mends[0].edit, SetTimes)
    assert infer(apply(network, fault.mends[0].edit)).valid


def test_blocks_in_blocks_are_walked_as_one():
    inner = Group(2, "inner", "Inner", Stack((Layer(3, "a", Linear(out_features=5)),)))
    outer = Repeat(1, "outer", "Outer", Stack((inner,)), 3)
    analysis = infer(net(TensorSpec((4,)), outer))
    assert analysis.output == TensorSpec((5,))
    assert analysis.totals.parameters == 25 + 30 + 30
