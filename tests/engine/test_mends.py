"""Every mend that is offered takes its fault away or moves it on, and says what it costs."""

from __future__ import annotations

from itertools import count, islice

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.catalogue import JOINS, KINDS
from engine.catalogue.attention import MultiheadAttention
from engine.catalogue.convolution import Conv1d, Conv2d
from engine.catalogue.embedding import Embedding
from engine.catalogue.joins import Add, Concat, MatMul
from engine.catalogue.linear import Linear
from engine.catalogue.pooling import MaxPool2d
from engine.catalogue.rectifiers import ReLU
from engine.catalogue.recurrent import LSTM
from engine.catalogue.shaping import Flatten, Unflatten
from engine.design.address import Place
from engine.design.edit import Move, apply
from engine.design.error import DesignError
from engine.design.kind import Join, Kind, TensorSpec
from engine.design.tree import Group, Input, Layer, Network, Node, Parallel, Repeat, Stack, Tie
from engine.views.facts import Analysis, Fault, FaultMend
from engine.views.pricing import priced
from engine.views.shapes import infer
from tests.laws.designs import specs
from tests.laws.entries import entries


def net(spec: TensorSpec, *nodes: Node, ties: tuple[Tie, ...] = ()) -> Network:
    return Network("Net", (Input("x", spec),), Stack(nodes), ties, 1000)


def named(own: int, kind: Kind) -> Layer:
    """A layer with a name, where one of this kind has any."""
    return Layer(own, f"layer{own}" if kind.is_module() else "", kind)


def joined(join: Join, *branches: tuple[Kind, ...]) -> Parallel:
    """A Parallel with the kinds in its branches, ids from 101."""
    ids = iter(range(101, 200))
    stacks = tuple(Stack(tuple(named(next(ids), kind) for kind in branch)) for branch in branches)
    return Parallel(100, join, stacks)


def analysed(network: Network) -> Analysis:
    return priced(infer(network))


def only(network: Network) -> Fault:
    (fault,) = analysed(network).faults
    return fault


def helps(network: Network, fault: Fault, mend: FaultMend) -> bool:
    """Whether the very fault is gone after the mend; nothing may be raised."""
    after = infer(apply(network, mend.edit))
    return all(each.sentence != fault.sentence for each in after.faults_of(fault.node_id))


@st.composite
def faulty(draw: st.DrawFn) -> Network:
    """A short design of kinds and joins drawn without a look at shapes, which seldom fits."""
    ids = iter(range(1, 1000))
    kinds = st.sampled_from(sorted(KINDS)).flatmap(lambda key: entries(KINDS[key]))

    def layers(most: int) -> tuple[Layer, ...]:
        chosen = draw(st.lists(kinds, max_size=most))
        return tuple(Layer(own := next(ids), f"layer{own}", kind) for kind in chosen)

    nodes: list[Node] = list(layers(2))
    if draw(st.booleans()):
        join = draw(st.sampled_from(sorted(JOINS)).flatmap(lambda key: entries(JOINS[key])))
        branches = tuple(Stack(layers(2)) for _ in range(draw(st.integers(2, 3))))
        nodes.append(Parallel(next(ids), join, branches))
    nodes += layers(1)
    network = net(draw(specs()), *nodes)
    assume(infer(network).faults)
    return network


@given(faulty())
def test_every_mend_takes_its_fault_away_or_moves_it_on(network: Network):
    for fault in analysed(network).faults:
        assert fault.mends
        for mend in fault.mends:
            assert helps(network, fault, mend), (fault.sentence, mend.title)


def test_a_mend_that_leaves_its_layer_with_another_fault_is_offered_only_where_none_frees_it():
    long = net(TensorSpec((3, 4)), named(1, Conv1d(4, 30)))
    fault = only(long)
    assert fault.sentence.endswith("needs a window of at most 4 in the length, but gets 30.")
    assert all(infer(apply(long, mend.edit)).valid for mend in fault.mends)
    row = net(TensorSpec((12,)), named(1, Conv2d(4, 3)))
    (first,) = only(row).mends
    after = apply(row, first.edit)
    assert only(after).mends


def test_a_body_that_cuts_the_edges_away_gets_a_shortcut_that_does_so_too():
    body = (Conv2d(8, 3), Conv2d(8, 3))
    network = net(TensorSpec((3, 12, 12)), joined(Add(), (), body))
    assert [mend.title for mend in only(network).mends] == ["5×5 Conv2d on shortcut"]
    assert infer(apply(network, only(network).mends[0].edit)).valid


@given(faulty())
def test_mends_are_ranked_by_faults_left_and_then_by_parameters(network: Network):
    for fault in analysed(network).faults:
        costs = [mend.cost for mend in fault.mends]
        known = list(islice((cost for cost in costs if cost is not None), len(costs)))
        assert known == sorted(known)
        assert costs == known + [None] * (len(costs) - len(known))


IMAGE = TensorSpec((64, 32, 32))
BODY = (Conv2d(128, 3, stride=2, padding=1), Conv2d(128, 3, padding=1))


def test_a_shortcut_gets_the_convolution_that_it_lacks():
    network = net(IMAGE, joined(Add(), (), BODY), Layer(1, "last", Conv2d(8, 1)))
    fault = only(network)
    assert fault.place == "Add"
    assert "channels, height and width" in fault.needs
    (mend,) = fault.mends
    assert mend.title == "1×1 Conv2d on shortcut"
    assert mend.cost == 64 * 128 + 128
    assert infer(apply(network, mend.edit)).valid


def test_the_cost_counts_every_turn_of_a_repeat():
    inner = joined(Add(), (), (Linear(32),))
    body = Stack((inner, Layer(1, "wide", Linear(64))))
    network = net(TensorSpec((64,)), Repeat(2, "blocks", "Block", body, 3))
    costs = {mend.title: mend.cost for mend in only(network).mends}
    narrow, wide = 64 * 32 + 32, 32 * 64 + 64
    # At 64 wide the sum also makes the layer behind it larger.
    assert costs["Linear on shortcut"] == 3 * narrow
    assert costs["Linear on branch 2"] == 3 * (wide + 32 * 64)


def test_branches_of_unlike_sizes_are_padded_for_a_concat():
    network = net(IMAGE, joined(Concat(), (Conv2d(8, 3),), (Conv2d(8, 5),)))
    titles = [mend.title for mend in only(network).mends]
    assert "Padding on branch 2" in titles
    for mend in only(network).mends:
        assert infer(apply(network, mend.edit)).valid


def test_an_image_is_flattened_beside_features():
    network = net(TensorSpec((3, 4, 4)), joined(Add(), (), (KINDS["Flatten"](),)))
    titles = [mend.title for mend in only(network).mends]
    assert titles == ["Flatten on shortcut"]


def test_of_sequences_the_features_are_mended_and_not_the_time():
    network = net(TensorSpec((7, 64)), joined(Add(), (), (Linear(32),)))
    assert all(mend.title.startswith("Linear") for mend in only(network).mends)


def test_a_matrix_is_turned_for_a_product():
    network = net(TensorSpec((7, 64)), joined(MatMul(), (Linear(16),), (Linear(16),)))
    fault = only(network)
    assert [mend.title for mend in fault.mends] == [
        "Transpose on branch 2",
        "Transpose on branch 1",
    ]
    for mend, shape in zip(fault.mends, ((7, 7), (16, 16)), strict=True):
        output = infer(apply(network, mend.edit)).output
        assert output is not None
        assert output.shape == shape


def test_a_branch_that_lies_the_other_way_round_is_turned():
    turned = (Linear(32), KINDS["Transpose"]())
    network = net(TensorSpec((7, 64)), joined(Add(), (Linear(32),), turned))
    assert {"Transpose on branch 1", "Transpose on branch 2"} <= {
        mend.title for mend in only(network).mends
    }


@pytest.mark.parametrize(
    ("spec", "before", "turned"),
    [
        (TensorSpec((100, 6)), (), True),
        (TensorSpec((40,), "int64"), (Embedding(50, 6), KINDS["Dropout"]()), True),
        (TensorSpec((40, 12)), (LSTM(6),), True),
        # Convolutions that have used the time up hold channels in front, however few steps are left.
        (TensorSpec((3, 20)), (Conv1d(64, 15),), False),
        # So do features that were folded into channels and a time.
        (TensorSpec((40,), "int64"), (Embedding(50, 6), Flatten(), Unflatten(1, (48, 5))), False),
        # What flows out of branches may lie any way.
        (TensorSpec((100, 6)), (joined(Add(), (Linear(6),), (Linear(6),)),), False),
    ],
)
def test_time_and_channels_are_swapped_where_something_says_so(
    spec: TensorSpec, before: tuple[Kind | Parallel, ...], turned: bool
):
    ahead = tuple(
        Layer(50 + n, f"before{n}", each) if isinstance(each, Kind) else each
        for n, each in enumerate(before)
    )
    network = net(spec, *ahead, Layer(1, "conv", Conv1d(8, 7)))
    fault = only(network)
    assert fault.node_id == 1
    titles = [mend.title for mend in fault.mends]
    assert ("Insert a Transpose" in titles) == turned
    for mend in fault.mends:
        assert infer(apply(network, mend.edit)).valid


def test_channels_of_an_image_are_brought_to_the_front():
    network = net(TensorSpec((28, 28, 1)), Layer(1, "conv", Conv2d(8, 3)))
    mended = apply(network, only(network).mends[0].edit)
    output = infer(mended).output
    assert output is not None
    assert output.shape == (8, 26, 26)


TIED = (
    Layer(1, "tokens", Embedding(50, 8)),
    Layer(2, "hidden", Linear(16)),
    Layer(3, "head", Linear(40)),
)
TIE = Tie("head.weight", "tokens.weight")


def test_a_tensor_tied_to_one_of_another_shape_is_brought_to_it():
    network = net(TensorSpec((6,), "int64"), TIED[0], TIED[2], ties=(TIE,))
    fault = only(network)
    assert fault.node_id == 3
    assert [mend.title for mend in fault.mends] == [
        "Give tokens num_embeddings = 40",
        "Give head out_features = 50",
        "Let them differ",
    ]
    for mend in fault.mends:
        assert infer(apply(network, mend.edit)).valid


@pytest.mark.parametrize(
    "network",
    [
        net(TensorSpec((6,), "int64"), *TIED, ties=(TIE,)),
        net(IMAGE, joined(Concat(dim=7), (Conv2d(8, 1),), (Conv2d(8, 1),))),
        net(TensorSpec((3, 4, 4)), Layer(1, "conv", Conv2d(6, 7))),
        net(TensorSpec((3, 4, 4)), Layer(1, "pool", MaxPool2d(9))),
        net(TensorSpec((6, 8, 8)), Layer(1, "conv", Conv2d(8, 3, groups=4))),
        net(TensorSpec((7, 64)), Layer(1, "attention", MultiheadAttention(num_heads=5))),
        net(TensorSpec((6,)), Layer(1, "tokens", Embedding())),
        net(TensorSpec((6,)), Layer(1, "first", Linear(8)), Layer(2, "tokens", Embedding())),
        net(TensorSpec((0,)), Layer(1, "first", Linear(8))),
        net(
            TensorSpec((6,)),
            Repeat(1, "blocks", "Block", Stack((Layer(2, "linear", Linear(6), ReLU()),)), 10**9),
        ),
        net(TensorSpec((6,)), Group(1, "stage", "Stage", Stack())),
        net(TensorSpec((6,)), joined(Add(), (Linear(6),))),
        net(TensorSpec((6,)), joined(Add(), (Linear(6),), ())),
    ],
    ids=lambda network: network.body.nodes[0].id,  # pyright: ignore[reportUnknownLambdaType]
)
def test_bad_input_is_a_fault_on_its_layer_with_a_mend(network: Network):
    fault = only(network)
    assert fault.mends
    for mend in fault.mends:
        assert helps(network, fault, mend)


FREE = st.lists(st.integers(1, 2), min_size=1, max_size=2)
"""How many layers stand in each branch that is fed by the flow, beside an empty one."""


@given(FREE, st.integers(0, 2), st.booleans(), st.data())
def test_branches_that_a_drag_leaves_out_of_form_are_brought_back_into_it(
    free: list[int], recalling: int, empty: bool, data: st.DataObject
):
    ids = count(50)
    fed = [Stack(tuple(named(next(ids), ReLU()) for _ in range(size))) for size in free]
    recalls = [Stack((named(next(ids), ReLU()),), source="layer1") for _ in range(recalling)]
    if not recalls or len(fed) > 1:
        fed = [Stack()] * (empty or len(fed) == 1) + fed
    else:
        fed = [Stack()]
    parallel = Parallel(3, Add(), (*fed, *recalls))
    before = (named(1, Linear(out_features=4)), named(2, ReLU()))
    network = net(TensorSpec((4,)), *before, parallel)
    assert infer(network).valid
    inside = [node.id for branch in parallel.branches for node in branch.nodes]
    places = [Place(0), *(Place(0, 3, branch) for branch in range(len(parallel.branches)))]
    for _ in range(data.draw(st.integers(1, 2))):
        moved = data.draw(st.sampled_from([2, *inside]))
        try:
            network = apply(network, Move((moved,), data.draw(st.sampled_from(places))))
        except DesignError:
            continue
        analysis = analysed(network)
        for fault in analysis.faults_of(3):
            mend = fault.mends[0]
            assert mend.title != "Remove it", fault.sentence
            assert helps(network, fault, mend)
            network = apply(network, mend.edit)
            assert not infer(network).faults_of(3)
