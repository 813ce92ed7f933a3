"""The list of rows says what the tree says, whatever the tree; and every gap of it is a place of the tree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalogue import KINDS
from engine.catalogue.linear import Linear
from engine.catalogue.rectifiers import ReLU
from engine.design.address import Place
from engine.design.edit import Insert, SetActivation, apply, layer
from engine.design.error import DesignError
from engine.design.tree import Group, Layer, Network, Stack, find, node_name, stacks_of, walk
from engine.design.value import replace
from engine.views.shapes import infer
from gui.stack.gaps import gap_after, gap_at_depth, gaps_above, position
from gui.stack.model import RowsModel, Slot
from gui.stack.rows import (
    BranchRow,
    InputRow,
    NodeRow,
    OutputRow,
    Row,
    blocks_around,
    changed_rows,
    folded_at_first,
    is_block,
    key_of,
    layers_in,
    rows_of,
)
from gui.stack.selecting import outer, picked
from gui.stack.speech import spoken
from gui.stack.words import card_text
from tests.gui.stack_rig import moons, nested, project, project_of
from tests.laws.edits import edits_of, networks


def rows_for(network: Network, folded: frozenset[int] = frozenset()) -> list[Row]:
    return rows_of(project_of(network), infer(network), folded)


def seen(stack: Stack, folded: frozenset[int]) -> list[int]:
    """The ids that the tree says are in sight, by its own recursion."""
    ids: list[int] = []
    for node in stack.nodes:
        ids.append(node.id)
        if node.id not in folded:
            for inner in stacks_of(node):
                ids += seen(inner, folded)
    return ids


@st.composite
def networks_folded(draw: st.DrawFn) -> tuple[Network, frozenset[int]]:
    network = draw(networks())
    blocks = [node.id for node in walk(network.body) if is_block(node)]
    return network, frozenset(draw(st.lists(st.sampled_from(blocks)))) if blocks else frozenset()


@given(networks_folded())
def test_every_node_in_sight_has_one_row_in_the_order_of_the_code(drawn):
    network, folded = drawn
    rows = rows_for(network, folded)
    assert isinstance(rows[0], InputRow)
    assert isinstance(rows[-1], OutputRow)
    assert [row.node.id for row in rows if isinstance(row, NodeRow)] == seen(network.body, folded)
    assert len({key_of(row) for row in rows}) == len(rows)


@given(networks_folded())
def test_rows_know_the_stack_they_stand_in(drawn):
    network, folded = drawn
    for row in rows_for(network, folded):
        if isinstance(row, NodeRow):
            assert len(blocks_around(network, row.node.id)) == row.depth
            parent = find(network.body, row.parent)
            stack = stacks_of(parent)[row.branch] if parent else network.body
            assert stack.nodes[position(network, row)] is row.node


@given(networks(), st.data())
def test_what_is_the_same_at_both_ends_is_the_same(network: Network, data: st.DataObject):
    old = rows_for(network)
    try:
        network = apply(network, data.draw(edits_of(network)))
    except DesignError:
        return
    new = rows_for(network)
    start, end = changed_rows(old, new)
    assert start + end <= min(len(old), len(new))
    assert old[:start] == new[:start]
    assert end == 0 or old[-end:] == new[-end:]


@given(networks_folded())
def test_a_layer_put_into_a_gap_appears_right_there(drawn):
    network, folded = drawn
    rows = rows_for(network, folded)
    for index in range(1, len(rows)):
        for gap in gaps_above(rows, index, network):
            edited = apply(network, Insert((layer(KINDS["Identity"]()),), gap.place))
            ids = [row.node.id for row in rows_for(edited, folded) if isinstance(row, NodeRow)]
            above = [row.node.id for row in rows[:index] if isinstance(row, NodeRow)]
            assert ids.index(network.next_id) == len(above)
            new = next(row for row in rows_for(edited, folded)
                       if isinstance(row, NodeRow) and row.node.id == network.next_id)  # fmt: skip
            assert new.depth == gap.depth


@given(networks_folded(), st.data())
def test_a_layer_can_be_added_after_every_row(drawn, data: st.DataObject):
    network, folded = drawn
    rows = rows_for(network, folded)
    index = data.draw(st.integers(-1, len(rows)))
    place = gap_after(rows, index, network)
    assert apply(network, Insert((layer(KINDS["Identity"]()),), place)) is not network


@given(networks_folded(), st.data())
def test_picking_one_selects_it_alone_and_picking_up_to_it_all_between(drawn, data):
    network, folded = drawn
    rows = rows_for(network, folded)
    here, anchor = data.draw(st.tuples(*[st.integers(0, len(rows) - 1)] * 2))
    row = rows[here]
    one = picked(rows, (), anchor, here)
    assert one == ((row.node.id,) if isinstance(row, NodeRow) else one)
    span = picked(rows, (), anchor, here, extend=True)
    low, high = sorted((here, anchor))
    assert list(span) == [each.node.id for each in rows[low : high + 1] if isinstance(each, NodeRow)]  # fmt: skip
    twice = picked(rows, picked(rows, span, anchor, here, toggle=True), anchor, here, toggle=True)
    assert set(twice) == set(span)


@given(networks())
def test_every_card_can_be_read_out(network: Network):
    for row in rows_for(network):
        words = spoken(row)
        assert words
        if isinstance(row, NodeRow):
            assert words.startswith(card_text(row).title)


def test_a_linear_is_read_out_as_a_person_would():
    rows = rows_for(moons().network)
    assert spoken(rows[1]) == (
        "Linear, hidden1, 2 to 16, output N by 16, 48 parameters, "
        "activation Tanh, weights Xavier normal, no fault"
    )


def test_gaps_at_the_end_of_blocks_offer_every_level_and_the_mouse_chooses():
    network = nested().network
    rows = rows_for(network)
    behind = next(i for i, row in enumerate(rows) if isinstance(row, NodeRow) and row.node.id == 7)
    gaps = gaps_above(rows, behind, network)
    assert [gap.depth for gap in gaps] == [0, 1, 2]
    assert [gap.place.parent for gap in gaps] == [0, 2, 4]
    assert [gap_at_depth(gaps, depth).depth for depth in (0, 1, 2, 9)] == [0, 1, 2, 2]


def test_an_empty_branch_and_an_empty_network_take_a_layer():
    network = nested().network
    rows = rows_for(network)
    identity = next(i for i, row in enumerate(rows) if isinstance(row, BranchRow) and row.empty)
    assert gap_after(rows, identity, network).parent == 4
    empty = project().network
    assert isinstance(rows_for(empty)[1], BranchRow)
    assert [gap.place.index for gap in gaps_above(rows_for(empty), 2, empty)] == [0]


def test_left_goes_to_the_block_around():
    rows = rows_for(nested().network)
    wide = next(i for i, row in enumerate(rows) if isinstance(row, NodeRow) and row.node.id == 5)
    above = rows[outer(rows, wide)]
    assert isinstance(above, NodeRow)
    assert above.node.id == 4
    assert outer(rows, 1) == 1


@pytest.mark.parametrize(("count", "folds"), [(3, False), (80, True)])
def test_blocks_of_a_large_network_are_folded_when_it_is_opened(count: int, folds: bool):
    nodes = nested().network.body.nodes * count
    network = apply(Network(), Insert(nodes, gap_after([], -1, Network())))
    assert bool(folded_at_first(network)) is folds


def test_layers_are_counted_in_every_turn():
    assert layers_in(nested().network.body) == 1 + 3 * 3 + 1 + 1


def test_an_edit_inside_a_block_paints_only_the_cards_that_say_something_else():
    inner = Layer(0, "fc", Linear(4), None, ())
    block = Group(0, "block", "Block", Stack((inner, replace(inner, name="out"))))
    network = apply(Network(), Insert((block, replace(inner, name="head")), Place(0)))
    model = RowsModel()
    model.show_rows(rows_of(project_of(network), infer(network), frozenset()))
    for slot in model.slots:
        assert slot.text
    fc = next(node for node in walk(network.body) if node_name(node) == "fc")
    after = apply(network, SetActivation((fc.id,), ReLU()))
    rows = rows_of(project_of(after), infer(after), frozenset())
    change = model.show_rows(rows)
    assert [rows[index].node.id for index in change.touched] == [fc.id]  # pyright: ignore[reportAttributeAccessIssue]
    assert model.rows == rows
    assert [slot.text for slot in model.slots] == [Slot(row).text for row in rows]
