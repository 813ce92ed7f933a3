"""Laws of blocks that are kept: what is put in again is what was kept, whatever else is in the network."""

from __future__ import annotations

from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from engine.catalogue.activations import ReLU
from engine.catalogue.joins import Add
from engine.catalogue.linear import Linear
from engine.design.address import Place
from engine.design.edit import apply
from engine.design.error import DesignError
from engine.design.kind import TensorSpec
from engine.design.tree import Group, Input, Layer, Network, Parallel, Stack, Tie, walk
from engine.design.value import replace
from engine.files import library, store
from engine.views.saved_block import brought_in, saved_block
from engine.views.shapes import infer
from tests.laws import designs
from tests.laws.test_wrapping import neighbours


@given(designs.networks(), st.data())
def test_a_kept_block_is_a_sound_network_and_comes_back_with_the_same_layers(
    network: Network, data: st.DataObject
):
    before = infer(network)
    runs = neighbours(network)
    if before.faults or not runs:
        return
    ids = data.draw(st.sampled_from(runs))
    try:
        block = saved_block(before, ids)
    except DesignError:
        return
    assert [node.id for node in walk(block.body) if node.id in ids] == list(ids)
    empty = Network(inputs=block.inputs)
    found = infer(apply(empty, brought_in(empty, block, Place(0))))
    assert [each.needs for each in found.faults] == [each.needs for each in infer(block).faults]
    assert found.totals.parameters == infer(block).totals.parameters
    assert kinds(found.network.body) == kinds(block.body)


@given(designs.networks())
def test_a_whole_network_put_into_itself_clashes_with_nothing(network: Network):
    before = infer(network)
    if before.faults or not network.body.nodes:
        return
    block = saved_block(before, tuple(node.id for node in network.body.nodes))
    assert infer(block).totals.parameters == before.totals.parameters
    twice = infer(apply(network, brought_in(network, block, Place(len(network.body.nodes)))))
    assert not twice.class_faults


def kinds(stack: Stack) -> list[object]:
    """Every node without its name and id."""
    return [node.kind if isinstance(node, Layer) else type(node) for node in walk(stack)]


def block_of(*nodes: Layer) -> Group:
    return Group(7, "block1", "Block", Stack(nodes))


def test_a_class_that_means_something_else_gets_another_name_and_one_that_is_alike_is_shared():
    kept = Network("Keep", (Input("x", TensorSpec((4,))),), Stack((block_of(Layer(1, "fc", Linear(4))),)))  # fmt: skip
    alike = replace(kept, body=Stack((block_of(Layer(1, "fc", Linear(9))),)))
    other = replace(kept, body=Stack((block_of(Layer(1, "fc", Linear(4), ReLU())),)))
    assert classes(alike, kept) == ["Block", "Block"]
    assert classes(other, kept) == ["Block", "Block2"]
    assert classes(replace(alike, name="Block"), kept)[-1] == "Block2"


def classes(network: Network, block: Network) -> list[str]:
    new = apply(network, brought_in(network, block, Place(1)))
    return [node.class_name for node in walk(new.body) if isinstance(node, Group)]


def test_ties_come_along_under_the_names_that_layers_get():
    layers = (Layer(1, "a", Linear(4)), Layer(2, "b", Linear(4)))
    ties = (Tie("b.weight", "a.weight"), Tie("gone.weight", "a.weight"))
    network = Network(inputs=(Input("x", TensorSpec((4,))),), body=Stack(layers), ties=ties, next_id=3)  # fmt: skip
    block = saved_block(infer(network), (1, 2))
    new = apply(network, brought_in(network, block, Place(2)))
    assert Tie("b2.weight", "a2.weight") in new.ties
    assert infer(new).totals.parameters == 2 * infer(network).totals.parameters


def test_what_is_read_from_outside_is_an_input_and_found_again_by_its_name():
    skip = Parallel(2, Add(), (Stack(), Stack((), "a")))
    layers = (Layer(1, "a", Linear(4)), Layer(4, "b", Linear(4)), skip)
    network = Network(inputs=(Input("x", TensorSpec((4,))),), body=Stack(layers), next_id=5)
    block = saved_block(infer(network), (2,))
    assert [each.name for each in block.inputs] == ["value", "a"]
    assert not infer(block).faults
    new = apply(network, brought_in(network, block, Place(3)))
    assert not infer(new).faults


# --- the folder ------------------------------------------------------------------------------------------------------

BLOCK = Network("Keep", (Input("x", TensorSpec((4,))),), Stack((block_of(Layer(1, "fc", Linear(4))),)))  # fmt: skip


def test_blocks_are_kept_renamed_deleted_and_brought_back(tmp_path: Path):
    folder = tmp_path / "not there yet"
    assert library.kept(folder) == ()
    library.keep(folder, "Wide block", BLOCK)
    (kept,) = library.kept(folder)
    assert (kept.name, kept.refusal) == ("Wide block", "")
    assert kept.block is not None
    assert kept.block.body.nodes[0].id
    library.rename(kept, "wide Block")
    (kept,) = library.kept(folder)
    assert kept.name == "wide Block"
    library.delete(kept)
    assert library.kept(folder) == ()
    library.restore(kept)
    assert [each.name for each in library.kept(folder)] == ["wide Block"]
    library.keep(folder, "WIDE BLOCK", BLOCK)
    assert len(library.kept(folder)) == 1


def test_a_file_of_a_block_is_a_project_and_travels(tmp_path: Path):
    library.keep(tmp_path / "mine", "Unit", BLOCK)
    (kept,) = library.kept(tmp_path / "mine")
    assert store.load(kept.path).network.name == "Keep"
    assert library.take_in(tmp_path / "theirs", kept.path) == "Unit"
    assert library.take_in(tmp_path / "theirs", kept.path) == "Unit 2"
    assert len(library.kept(tmp_path / "theirs")) == 2


@given(
    st.binary(max_size=200)
    | st.sampled_from([b"", b"{}", b'{"format": "layerloom"', b"[" * 100_000])
)
def test_a_broken_file_is_one_sentence_and_stays_where_it_is(content: bytes):
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "Odd.loom"
        path.write_bytes(content)
        (kept,) = library.kept(folder)
        assert kept.block is None
        assert kept.refusal
        assert "\n" not in kept.refusal
        assert path.read_bytes() == content
        with pytest.raises(DesignError):
            library.take_in(folder, path)


@pytest.mark.parametrize(
    "name", ["", " ", "../up", "a/b", "a\\b", ".hidden", "x" * 61, "end.", "nul\0", "a\nb"]
)
def test_a_name_that_no_file_should_have_is_refused(tmp_path: Path, name: str):
    with pytest.raises(DesignError):
        library.keep(tmp_path, name, BLOCK)
    assert list(tmp_path.iterdir()) == []


def test_another_block_is_not_overwritten_by_a_new_name(tmp_path: Path):
    for name in ("One", "Two"):
        library.keep(tmp_path, name, BLOCK)
    one, _ = library.kept(tmp_path)
    with pytest.raises(DesignError, match="Two already"):
        library.rename(one, "two")
    library.delete(one)
    library.keep(tmp_path, "One", BLOCK)
    with pytest.raises(DesignError, match="One already"):
        library.restore(one)
