"""What the writer promises beyond reading back: refusals, names, arguments, and the order in which branches run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.catalogue.activations import GELU, PReLU, ReLU
from engine.catalogue.decoding import CrossAttention
from engine.catalogue.dropout import Dropout
from engine.catalogue.initializers import Zeros
from engine.catalogue.joins import Add, Concat
from engine.catalogue.linear import Linear
from engine.catalogue.norm import LayerNorm
from engine.design.edit import SetField, apply
from engine.design.equality import equal_up_to_ids, without_notes
from engine.design.error import DesignError
from engine.design.kind import TensorSpec
from engine.design.tree import Group, Input, Layer, Network, Parallel, Stack
from engine.source.reader import read_module
from engine.source.writer import write_module
from engine.views.shapes import infer
from tests.laws.goldens import group, layer, network, parallel, repeat, stack, tutorial


def test_an_empty_network_is_refused_with_what_to_do() -> None:
    with pytest.raises(DesignError, match="add a layer first"):
        write_module(Network())


def test_a_network_with_faults_is_refused_with_the_first() -> None:
    wrong = network("Net", {"x": ()}, layer("fc", Linear(2)))
    with pytest.raises(DesignError, match="fc needs"):
        write_module(wrong)


BAD_NAMES = ["class", "__init__", "ℌ", '"; import os', "a.b", "x\ny", "torch", "nn"]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_would_clash_or_is_none_is_never_written(name: str) -> None:
    fc = layer("fc", Linear(2))
    wrong = [
        network("Net", {"x": (2,)}, group("block", name, fc)),
        network(name, {"x": (2,)}, fc),
        network("Net", {name: (2,)}, fc),
        network("Net", {"x": (2,)}, parallel(Add(), Stack(), Stack((fc,), name=name))),
    ]
    if name not in ("torch", "nn"):
        wrong.append(network("Net", {"x": (2,)}, layer(name, Linear(2))))
    for each in wrong:
        with pytest.raises(DesignError):
            write_module(each)


@pytest.mark.parametrize("name", ["forward", "half", "training", "parameters", "fc.weight", ""])
def test_an_attribute_of_every_module_is_no_name_of_a_layer(name: str) -> None:
    with pytest.raises(DesignError):
        write_module(network("Net", {"x": (2,)}, layer(name, Linear(2))))


def test_notes_stay_in_the_project() -> None:
    noted = tutorial()
    first = replace(noted.body.nodes[0], note='"""\nimport os\n')
    noted = replace(noted, body=Stack((first, *noted.body.nodes[1:])))
    text = write_module(noted)
    assert "import os" not in text
    assert equal_up_to_ids(read_module(text), without_notes(noted))


def test_a_default_is_left_out_only_where_every_use_leaves_it_out() -> None:
    text = write_module(
        network(
            "Net",
            {"x": (4,)},
            group("a", "Part", layer("drop", Dropout()), layer("fc", Linear(4))),
            group("b", "Part", layer("drop", Dropout(0.1)), layer("fc", Linear(4, bias=False))),
        )
    )
    assert "def __init__(self, p: float, bias: bool) -> None:" in text
    assert "nn.Dropout(p=p)" in text
    assert "nn.Linear(4, 4, bias=bias)" in text
    assert "self.b = Part(p=0.1, bias=False)" in text


def test_widths_that_are_equal_in_every_use_are_one_argument_and_multiples_of_it_are_said_so() -> (
    None
):
    def part(name: str, wide: int) -> Group:
        return group(
            name,
            "Part",
            layer("norm", LayerNorm()),
            layer("up", Linear(3 * wide)),
            layer("down", Linear(wide)),
        )

    text = write_module(
        network("Net", {"x": (4,)}, part("a", 4), layer("mid", Linear(6)), part("b", 6))
    )
    assert "def __init__(self, in_features: int) -> None:" in text
    assert "nn.LayerNorm(in_features)" in text
    assert "nn.Linear(3 * in_features, in_features)" in text


def test_a_repeat_with_other_turns_in_another_use_gets_its_number_as_an_argument() -> None:
    def part(name: str, times: int) -> Group:
        return group(name, "Part", repeat("blocks", "Block", times, layer("fc", Linear(4))))

    made = network("Net", {"x": (4,)}, part("a", 2), part("b", 3))
    text = write_module(made)
    assert "nn.Sequential(*[Block() for _ in range(times)])" in text
    assert "self.b = Part(3)" in text
    assert equal_up_to_ids(read_module(text), made)


def test_a_repeat_whose_turns_and_numbers_both_differ_gets_them_all_as_an_argument() -> None:
    def part(name: str, times: int) -> Group:
        grown = parallel(Concat(-1), stack(), stack(layer("fc", Linear(2))))
        return group(name, "Part", repeat("blocks", "Block", times, grown))

    made = network("Net", {"x": (4,)}, part("a", 2), part("b", 3))
    text = write_module(made)
    assert (
        "sizes: tuple[int, ...]" in text or "sizes: tuple[int, int] | tuple[int, int, int]" in text
    )
    assert equal_up_to_ids(read_module(text), made)


def test_blocks_of_one_name_that_differ_in_more_than_numbers_are_refused() -> None:
    wrong = network(
        "Net",
        {"x": (4,)},
        group("a", "Part", layer("fc", Linear(4), ReLU())),
        group("b", "Part", layer("fc", Linear(4), GELU())),
    )
    with pytest.raises(DesignError, match="class name"):
        write_module(wrong)


def test_an_initializer_of_a_bias_that_one_use_lacks_asks_for_it() -> None:
    made = network(
        "Net",
        {"x": (4,)},
        group("a", "Part", layer("fc", Linear(4), bias=Zeros())),
        group("b", "Part", layer("fc", Linear(4, bias=False), bias=Zeros())),
    )
    text = write_module(made)
    assert "if self.fc.bias is not None:\n            nn.init.zeros_(self.fc.bias)\n" in text
    assert equal_up_to_ids(read_module(text), made)


def test_a_branch_stands_inside_the_join_only_if_all_later_ones_do() -> None:
    long = stack(layer("b1", Linear(4)), layer("b2", Dropout()))
    short = stack(layer("a", Linear(4)))
    text = write_module(network("Net", {"image": (4,)}, parallel(Add(), short, long)))
    assert "y = self.a(image)\n" in text
    assert "return y + z" in text
    swapped = write_module(network("Net", {"image": (4,)}, parallel(Add(), long, short)))
    assert "return y + self.a(image)" in swapped


def test_an_activation_that_must_be_a_module_is_an_attribute_behind_its_layer() -> None:
    made = network("Net", {"x": (4,)}, layer("fc", Linear(4), PReLU()), layer("out", Linear(2)))
    text = write_module(made)
    assert text.index("self.fc_activation = nn.PReLU()") < text.index("self.out = ")
    assert "self.fc_activation(self.fc(x))" in text
    lone = network(
        "Net", {"x": (4,)}, layer("fc", Linear(4)), layer("act", PReLU()), layer("out", Linear(2))
    )
    assert "x = self.act(x)" in write_module(lone)
    assert equal_up_to_ids(read_module(write_module(lone)), lone)


def test_more_branches_than_letters_still_have_variables_of_their_own() -> None:
    branches = [
        stack(layer(f"a{number}", Linear(4)), layer(f"b{number}", Dropout()))
        for number in range(20)
    ]
    made = network("Net", {"image": (4,)}, parallel(Add(), *branches))
    text = write_module(made)
    assert "p_2" not in text
    assert "    y_2 = self.a" in text
    assert equal_up_to_ids(read_module(text), made)


def test_an_initializer_of_a_tensor_that_is_absent_waits_in_the_design_and_is_not_written() -> None:
    with_bias = network("Net", {"x": (2,)}, layer("fc", Linear(2), bias=Zeros()))
    node = with_bias.body.nodes[0]
    off = apply(with_bias, SetField((node.id,), "bias", False))
    again = read_module(write_module(off))
    plain = network("Net", {"x": (2,)}, layer("fc", Linear(2, bias=False)))
    assert equal_up_to_ids(again, plain)
    assert write_module(again) == write_module(off)
    assert apply(off, SetField((node.id,), "bias", True)) == with_bias


@pytest.mark.parametrize("start", ["x", "first"])
def test_a_branch_that_looks_at_its_own_start_is_not_read_as_looking_at_itself(
    start: str,
) -> None:
    look = Layer(3, "look", CrossAttention(num_heads=2), others=(start,))
    branches = (Stack(), Stack((look,), start))
    network = Network(
        "Net",
        (Input("x", TensorSpec((5, 8))),),
        Stack(
            (
                Layer(1, "first", Linear(8)),
                Layer(2, "next", Linear(8)),
                Parallel(4, Add(), branches),
            )
        ),
        (),
        10,
    )
    assert infer(network).faults == ()
    assert equal_up_to_ids(read_module(write_module(network)), network)
