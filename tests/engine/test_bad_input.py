"""What no designer would draw is a fault with a mend, or refused in words, and soon: never a crash, never a wait."""

from __future__ import annotations

import pytest

from engine.catalogue.joins import Add
from engine.catalogue.linear import Linear
from engine.catalogue.optimizers import SGD
from engine.catalogue.rectifiers import ReLU
from engine.design.address import Place
from engine.design.edit import (
    Duplicate,
    Edit,
    Insert,
    Move,
    Remove,
    Rename,
    SetField,
    SetTimes,
    apply,
)
from engine.design.error import DesignError
from engine.design.kind import TensorSpec
from engine.design.reach import EVERYTHING
from engine.design.tree import (
    DEEPEST,
    Group,
    Input,
    Layer,
    Network,
    Node,
    Parallel,
    Repeat,
    Stack,
    walk,
)
from engine.source.reader import read_module
from engine.views.details import details
from engine.views.memory import memory
from engine.views.pricing import priced
from engine.views.receptive_field import receptive_fields
from engine.views.shapes import infer
from engine.views.summary import summarize

TOWER = 10_000


def net(*nodes: Node) -> Network:
    return Network("Net", (Input("x", TensorSpec((4,))),), Stack(nodes), (), 10**6)


def tower(depth: int, *, branches: bool = False) -> Node:
    """Blocks inside one another, a layer with the id 1 in the innermost."""
    node: Node = Layer(1, "layer1", Linear(4))
    for own in range(2, depth + 2):
        inside = Stack((node,))
        if branches:
            node = Parallel(own, Add(), (Stack(), inside))
        else:
            node = Group(own, f"block{own}", f"Block{own}", inside)
    return node


@pytest.mark.parametrize("depth", [DEEPEST + 10, 500, TOWER])
@pytest.mark.parametrize("branches", [False, True])
def test_a_tower_of_blocks_is_a_fault_where_it_gets_too_deep(depth: int, branches: bool):
    network = net(tower(depth, branches=branches))
    (fault,) = priced(infer(network)).faults
    assert f"at most {DEEPEST} deep" in fault.sentence
    (mend,) = fault.mends
    mended = apply(network, mend.edit)
    assert all("deep" not in each.sentence for each in infer(mended).faults)
    assert sum(1 for _ in walk(mended.body)) <= DEEPEST + 2


@pytest.mark.parametrize(
    "edit",
    [
        SetField((1,), "bias", False),
        Remove((1,)),
        Rename(1, "other"),
        Duplicate((TOWER + 1,)),
        Move((1,), Place(0)),
        Insert((tower(TOWER),), Place(0)),
    ],
    ids=lambda edit: type(edit).__name__,  # pyright: ignore[reportUnknownLambdaType]
)
def test_an_edit_in_the_depth_of_a_tower_is_refused_in_words(edit: Edit):
    with pytest.raises(DesignError, match="deep"):
        apply(net(tower(TOWER)), edit)


@pytest.mark.parametrize("opening", ["nn.Sequential(", "self.layer1("])
def test_source_that_nests_like_a_tower_is_refused_in_words(opening: str):
    inside = opening * TOWER + "x" + ")" * TOWER
    source = f"from torch import nn\nclass Net(nn.Module):\n    def forward(self, x):\n        return {inside}\n"
    with pytest.raises(DesignError):
        read_module(source)


@pytest.mark.parametrize("times", [0, -5, 1025, 10**9])
def test_turns_beyond_all_bounds_are_a_fault_with_a_mend(times: int):
    body = Stack((Layer(1, "layer1", Linear(4), ReLU()),))
    network = net(Repeat(2, "blocks", "Block", body, times))
    (fault,) = priced(infer(network)).faults
    assert fault.node_id == 2
    (mend,) = fault.mends
    assert infer(apply(network, mend.edit)).valid
    assert mend.edit == SetTimes(2, min(max(times, 1), 1024))


def test_repeats_in_repeats_are_counted_and_never_walked():
    node: Node = Layer(1, "layer1", Linear(4), ReLU())
    for own in range(2, 22):
        node = Repeat(own, f"blocks{own}", f"Block{own}", Stack((node,)), 1000)
    network = net(node)
    for _ in range(25):
        faults = priced(infer(network)).faults
        if not faults:
            break
        assert all(each.mends for each in faults if each.node_id)
        network = apply(network, next(each for each in faults if each.mends).mends[0].edit)
    assert infer(network).valid


def test_a_faulty_design_has_a_summary_of_its_sound_part():
    sound = (Layer(1, "layer1", Linear(8)), Layer(2, "layer2", Linear(3)))
    body = Stack((Layer(3, "layer3", Linear(4)),))
    network = net(*sound, Repeat(4, "blocks", "Block", body, 10**9), Layer(5, "layer5", Linear(2)))
    assert infer(network).totals.parameters == (4 * 8 + 8) + (8 * 3 + 3)


@pytest.mark.parametrize("branches", [False, True])
def test_memory_and_receptive_fields_of_a_tower_and_of_endless_turns_are_there_at_once(
    branches: bool,
):
    body = Stack((Layer(1, "layer1", Linear(4)),))
    endless = Repeat(2, "blocks", "Block", body, 10**9)
    for node in (tower(TOWER, branches=branches), tower(500, branches=branches), endless):
        network = net(Layer(10**5, "sound", Linear(4)), node)
        analysis = infer(network)
        found = memory(analysis, SGD(), "float32")
        assert found.weights == 4 * analysis.totals.parameters
        assert len(details(analysis, summarize(network, 1, analysis).rows)) > 0
        sound = analysis.facts(10**5)
        assert sound is not None
        is_known = sound.output is not None
        assert (receptive_fields(analysis).of(10**5) is EVERYTHING) == is_known
