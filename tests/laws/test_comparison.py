"""What a comparison of two designs says is what tells them apart, no more and no less."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

import resources
from engine.catalogue.linear import Linear
from engine.design.address import Place
from engine.design.edit import Insert, Move, Remove, Rename, SetField, apply
from engine.design.equality import equal_up_to_ids
from engine.design.error import DesignError
from engine.design.placing import renumbered
from engine.design.tree import Group, Layer, Network, Node, Repeat, Stack, node_name, walk
from engine.design.value import replace
from engine.files import store
from engine.views.comparison import Change, Comparison, compare, sums
from engine.views.matching import Match, aligned, by_id, shallow
from engine.views.shapes import infer
from engine.views.summary import summarize
from resources.samples import TEMPLATES
from tests.laws.edits import edits_of, networks

MATCHES = st.sampled_from([by_id, aligned])


def sample(name: str) -> Network:
    return store.load(resources.path("samples", f"{name}.loom")).network


def after(network: Network, edit: Any) -> Network:
    """The network after an edit, or the very same where it does not apply."""
    try:
        return apply(network, edit)
    except DesignError:
        return network


def renamed_ids(network: Network) -> Network:
    """The same design as another file would have it."""
    body, next_id = renumbered(network.body.nodes, 1000)
    return replace(network, body=replace(network.body, nodes=body), next_id=next_id)


def held(node: Node) -> set[int]:
    """The ids of a node and of all that is in it."""
    return {each.id for each in walk(Stack((node,)))}


def named(comparison: Comparison, what: str) -> set[int]:
    """Ids of the nodes whose rows say so, those inside a block that came or went included."""
    found: set[int] = set()
    for row in comparison.rows:
        if what in row.what:
            found |= held(row.side.node) if what in ("added", "removed") else {row.side.node.id}
    return found


@given(networks(), MATCHES)
def test_a_design_differs_in_nothing_from_itself(network: Network, match: Match):
    assert compare(network, network, match).is_empty
    assert compare(network, renamed_ids(network)).is_empty


@given(networks(), st.data())
def test_after_an_edit_the_comparison_names_what_the_edit_touched(
    network: Network, data: st.DataObject
):
    edited = after(network, data.draw(edits_of(network)))
    comparison = compare(network, edited, by_id)
    old = {node.id: node for node in walk(network.body)}
    new = {node.id: node for node in walk(edited.body)}
    both = old.keys() & new.keys()
    assert named(comparison, "removed") - new.keys() == old.keys() - new.keys()
    assert named(comparison, "added") - old.keys() == new.keys() - old.keys()
    touched = {own for own in both if shallow(old[own]) != shallow(new[own])}
    reordered = {
        row.after.node.id
        for row in comparison.rows
        if row.after and any(change.field == "order of branches" for change in row.changes)
    }
    assert touched <= named(comparison, "changed") <= touched | reordered
    assert comparison.is_empty == equal_up_to_ids(network, edited) or old.keys() != new.keys()


@given(networks(), networks(), MATCHES)
def test_swapping_two_designs_swaps_what_came_and_what_went(
    before: Network, network: Network, match: Match
):
    there, back = compare(before, network, match), compare(network, before, match)
    assert named(there, "added") == named(back, "removed")
    assert named(there, "removed") == named(back, "added")
    assert there.sums == back.sums[::-1]
    swapped = [Change(each.field, each.after, each.before) for each in back.network]
    assert list(there.network) == swapped


@given(networks(), networks())
def test_every_layer_of_both_designs_is_paired_or_came_or_went(before: Network, network: Network):
    comparison = compare(before, network)
    pairs = aligned(before, network)
    assert len({old.id for old, _ in pairs}) == len({new.id for _, new in pairs}) == len(pairs)
    lost = {node.id for node in walk(before.body)} - {old.id for old, _ in pairs}
    come = {node.id for node in walk(network.body)} - {new.id for _, new in pairs}
    assert lost <= named(comparison, "removed")
    assert come <= named(comparison, "added")


@given(networks(), st.data())
def test_totals_are_those_of_the_summary(network: Network, data: st.DataObject):
    edited = after(network, data.draw(edits_of(network)))
    for own, counted in zip((network, edited), compare(network, edited).sums, strict=True):
        totals = summarize(own).totals
        assert (counted.parameters, counted.trainable, counted.macs) == totals[:3]
        assert counted == sums(infer(own))


@pytest.mark.parametrize("name", ["lenet-5", "resnet-18", "autoencoder"])
def test_one_edit_of_a_known_network_is_one_row_also_between_files(name: str):
    network = sample(name)
    layer = next(node for node in walk(network.body) if isinstance(node, Layer) and node.name)
    more = Insert((replace(layer, name="more"),), Place(len(network.body.nodes)))
    for edit, what in (
        (Remove((layer.id,)), "removed"),
        (Rename(layer.id, "another"), "changed"),
        (more, "added"),
    ):
        edited = renamed_ids(apply(network, edit))
        rows = [row for row in compare(network, edited).rows if row.what != ("follows",)]
        assert [row.what for row in rows] == [(what,)]


def test_a_layer_that_stands_elsewhere_in_another_file_has_moved():
    network = sample("lenet-5")
    first = network.body.nodes[0]
    edited = renamed_ids(apply(network, Move((first.id,), Place(len(network.body.nodes)))))
    row = next(row for row in compare(network, edited).rows if "moved" in row.what)
    assert row.before is not None
    assert row.after is not None
    assert row.before.node.id == first.id
    assert row.changes == ()


def test_layers_that_were_not_touched_and_have_other_weights_follow():
    network = sample("lenet-5")
    conv, following = (node for node in network.body.nodes[:4] if node_name(node)[:4] == "conv")
    comparison = compare(network, apply(network, SetField((conv.id,), "out_channels", 8)), by_id)
    changed, follows = comparison.rows
    assert changed.changes == (Change("out_channels", "6", "8"),)
    assert (follows.what, follows.side.node.id) == (("follows",), following.id)
    before, now = comparison.sums
    told = [row.after.parameters - row.before.parameters for row in comparison.rows
            if row.after and row.before]  # fmt: skip
    assert sum(told) == now.parameters - before.parameters


def test_two_templates_compare_whatever_they_are():
    for one, other in pairwise(TEMPLATES):
        comparison = compare(sample(one), sample(other))
        assert not comparison.is_empty


def test_a_repeat_of_a_billion_turns_costs_what_its_body_costs():
    body = Stack((Layer(2, "linear", Linear(out_features=2)),))
    few, many = (
        Network(body=Stack((Repeat(1, "turns", "Turn", body, times),)), next_id=3)
        for times in (2, 10**9)
    )
    comparison = compare(few, many)
    assert comparison.rows[0].changes == (Change("times", "2", "1000000000"),)
    assert comparison.sums[1].depth == 10**9
    assert comparison.after.faults


def test_a_long_level_is_divided_by_names_before_it_is_weighed():
    def network(kept: range, width: int) -> Network:
        layers = [Layer(n + 1, f"linear{n}", Linear(out_features=width)) for n in kept]
        return Network(body=Stack(tuple(layers)), next_id=5000)

    comparison = compare(network(range(2000), 4), network(range(1, 2001), 5))
    assert [comparison.count(what) for what in ("added", "removed", "changed")] == [1, 1, 1999]


def test_a_tree_too_deep_to_be_walked_is_refused_in_a_sentence():
    node: Node = Layer(1, "linear", Linear(out_features=2))
    for own in range(2, 10_000):
        node = Group(own, "group", "", Stack((node,)))
    deep = Network(body=Stack((node,)), next_id=10_000)
    for match in (by_id, aligned):
        with pytest.raises(DesignError, match="nested too deep"):
            compare(deep, deep, match)
