"""Laws of making blocks of layers and layers of blocks: the same network, said otherwise."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
from hypothesis import given

from engine.catalogue.joins import Add, Concat
from engine.catalogue.linear import Linear
from engine.design.address import Place
from engine.design.branching import AddBranch, MoveBranch, RemoveBranch, SetBranch
from engine.design.edit import Rename, apply
from engine.design.error import DesignError
from engine.design.keeping import troubles
from engine.design.kind import TensorSpec
from engine.design.tree import (
    Again,
    Group,
    Input,
    Layer,
    Network,
    Node,
    Parallel,
    Repeat,
    Stack,
    Tie,
    stacks_of,
    walk,
)  # fmt: skip
from engine.design.value import replace
from engine.design.wrapping import AsBranches, AsGroup, AsRepeat, Unwrap, UseAgain, Wrap
from engine.views.shapes import infer
from tests.laws import designs
from tests.laws.edits import edits_of, forms, networks


def after(network: Network, edit: Any) -> Network | None:
    try:
        return apply(network, edit)
    except DesignError:
        return None


def neighbours(network: Network) -> list[tuple[int, ...]]:
    """Every run of up to three neighbours."""
    stacks = [network.body, *(inner for node in walk(network.body) for inner in stacks_of(node))]
    return [
        tuple(node.id for node in stack.nodes[start:stop])
        for stack in stacks
        for start in range(len(stack.nodes))
        for stop in range(start + 1, min(start + 3, len(stack.nodes)) + 1)
    ]


BLOCK_EDITS = (Wrap, Unwrap, UseAgain, AddBranch, RemoveBranch, MoveBranch, SetBranch)


@given(networks() | designs.networks(), st.data())
def test_no_edit_of_blocks_breaks_the_normal_form(network: Network, data: st.DataObject):
    for _ in range(6):
        edit = data.draw(edits_of(network))
        new = after(network, edit)
        if new is not None and isinstance(edit, BLOCK_EDITS):
            assert not set(troubles(new)) - set(troubles(network))
        network = new or network


@given(designs.networks(), st.data())
def test_a_block_around_layers_changes_nothing_but_the_names(network: Network, data: st.DataObject):
    runs = neighbours(network)
    if not runs:
        return
    ids = data.draw(st.sampled_from(runs))
    times = data.draw(st.booleans())
    new = after(network, Wrap(ids, AsRepeat(times=1) if times else AsGroup()))
    before = infer(network)
    if new is None or before.faults:
        return
    found = infer(new)
    assert found.faults == ()
    assert (found.output, found.totals.parameters, found.totals.layers) == (
        before.output, before.totals.parameters, before.totals.layers,
    )  # fmt: skip


@given(designs.networks(), st.data())
def test_a_block_that_was_just_made_unwraps_to_what_was_there(
    network: Network, data: st.DataObject
):
    runs = neighbours(network)
    if not runs:
        return
    made = after(network, Wrap(data.draw(st.sampled_from(runs)), data.draw(forms)))
    if made is None:
        return
    block = next(node for node in walk(made.body) if node.id == network.next_id)
    back = after(made, Unwrap(block.id))
    if back is None:
        return
    assert [node.id for node in walk(back.body)] == [node.id for node in walk(network.body)]
    if not infer(network).faults:
        assert nameless(back.body) == nameless(network.body)
        assert back.ties == network.ties


def nameless(stack: Stack) -> Any:
    """A stack without names, which may have to give way."""
    return [
        (type(node), node.id, node.kind if isinstance(node, Layer) else [nameless(s) for s in stacks_of(node)])
        for node in stack.nodes
    ]  # fmt: skip


@given(designs.networks(), st.data())
def test_unwrapping_a_group_of_a_sound_network_leaves_it_sound(
    network: Network, data: st.DataObject
):
    groups = [node.id for node in walk(network.body) if isinstance(node, Group)]
    before = infer(network)
    if not groups or before.faults:
        return
    new = after(network, Unwrap(data.draw(st.sampled_from(groups))))
    if new is not None:
        found = infer(new)
        assert found.faults == ()
        assert (found.output, found.totals.parameters) == (before.output, before.totals.parameters)


# --- examples --------------------------------------------------------------------------------------------------------


def network_of(*nodes: Node, ties: tuple[Tie, ...] = ()) -> Network:
    highest = max(node.id for node in walk(Stack(nodes)))
    return Network("Net", (Input("x", TensorSpec((4,))),), Stack(nodes), ties, highest + 1)


def linear(node_id: int, size: int = 4) -> Layer:
    return Layer(node_id, f"linear{node_id}", Linear(size))


def refusal(network: Network, edit: Any) -> str:
    try:
        apply(network, edit)
    except DesignError as error:
        return str(error)
    raise AssertionError("it was not refused")


def test_what_is_recalled_from_outside_is_handed_in():
    recall = Parallel(3, Add(), (Stack(), Stack(source="linear1")))
    network = network_of(linear(1), linear(2), recall, linear(4))
    new = apply(network, Wrap((2, 3), AsGroup()))
    group = new.body.nodes[1]
    assert isinstance(group, Group)
    assert (group.takes, group.others) == (("linear1",), ("linear1",))
    assert infer(new).faults == ()
    assert apply(new, Unwrap(group.id)).body == network.body


def test_the_end_of_a_block_may_be_recalled_and_its_inside_not():
    recall = Parallel(4, Add(), (Stack(), Stack(source="linear2")))
    network = network_of(linear(1), linear(2), linear(3), recall)
    new = apply(network, Wrap((1, 2), AsGroup()))
    assert infer(new).faults == ()
    assert new.body.nodes[-1] == replace(recall, branches=(Stack(), Stack(source="block1")))
    assert "`linear2` is recalled further down" in refusal(network, Wrap((2, 3), AsGroup()))


def test_weights_that_are_used_twice_stay_in_one_class():
    network = network_of(linear(1), Again(2, "linear1"), linear(3))
    assert "select both or neither" in refusal(network, Wrap((2,), AsGroup()))
    assert "select both or neither" in refusal(network, Wrap((1,), AsGroup()))
    assert infer(apply(network, Wrap((1, 2), AsRepeat()))).faults == ()


def test_ties_follow_into_a_block_and_out_of_it():
    tie = Tie("linear3.weight", "linear1.weight")
    network = network_of(linear(1), linear(2), linear(3), ties=(tie,))
    new = apply(network, Wrap((1,), AsRepeat(times=2)))
    assert new.ties == (Tie("linear3.weight", "blocks.0.linear1.weight"),)
    assert infer(new).faults == ()
    assert apply(new, Unwrap(4)).ties == (tie,)


def test_one_of_two_blocks_that_was_alike_gets_a_class_of_its_own():
    first = Group(1, "first", "Block", Stack((linear(2), linear(3))))
    second = Group(4, "second", "Block", Stack((replace(linear(5), name="linear2"),
                                               replace(linear(6), name="linear3"))))  # fmt: skip
    network = network_of(first, second)
    new = apply(network, Wrap((5, 6), AsBranches(Add())))
    assert [node.class_name for node in new.body.nodes if isinstance(node, Group)] == [
        "Block", "Block2",
    ]  # fmt: skip
    assert infer(new).faults == ()


def test_only_neighbours_make_a_block():
    network = network_of(linear(1), linear(2), linear(3))
    assert "neighbours" in refusal(network, Wrap((1, 3), AsGroup()))


def branches_of(network: Network) -> list[list[str]]:
    parallel = next(node for node in network.body.nodes if isinstance(node, Parallel))
    return [[branch.source, *(n.name for n in branch.nodes if isinstance(n, Layer))]
            for branch in parallel.branches]  # fmt: skip


def test_branches_come_go_move_and_recall():
    network = network_of(linear(1), linear(2), linear(3))
    network = apply(network, Wrap((2,), AsBranches(Concat())))
    assert branches_of(network) == [[""], ["", "linear2"]]
    assert "empty branch already" in refusal(network, AddBranch(4, 2))
    network = apply(network, AddBranch(4, 2, (linear(0, 4),)))
    assert branches_of(network) == [[""], ["", "linear2"], ["", "linear0"]]
    network = apply(network, MoveBranch(4, 2, 1))
    assert branches_of(network) == [[""], ["", "linear0"], ["", "linear2"]]
    network = apply(network, Rename(1, "first"))
    assert "first" in refusal(network, SetBranch(4, 0, "first"))
    network = apply(network, SetBranch(4, 2, "x"))
    assert branches_of(network) == [[""], ["", "linear0"], ["x", "linear2"]]
    network = apply(network, RemoveBranch(4, 0))
    assert [n.id for n in network.body.nodes] == [1, 5, 4, 3]
    assert branches_of(network) == [[""], ["x", "linear2"]]
    assert "has to take what flows in" in refusal(network, RemoveBranch(4, 0))
    network = apply(network, RemoveBranch(4, 1))
    assert [n.id for n in network.body.nodes] == [1, 5, 3]


def test_a_layer_is_used_again_behind_itself_alone():
    network = network_of(linear(1), linear(2))
    new = apply(network, UseAgain(1, Place(2)))
    assert new.body.nodes[-1] == Again(3, "linear1")
    assert infer(new).totals.parameters == infer(network).totals.parameters
    assert "out of its reach" in refusal(network, UseAgain(2, Place(1)))


def test_a_repeat_of_a_layer_repeats_it():
    new = apply(network_of(linear(1)), Wrap((1,), AsRepeat(times=5)))
    assert isinstance(new.body.nodes[0], Repeat)
    assert infer(new).totals.parameters == 5 * 20
