"""Names: what may be printed as an identifier, and what an nn.Module keeps for itself."""

from __future__ import annotations

import keyword
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from torch import nn

from engine.design.names import (
    LONGEST,
    MODULE_ATTRIBUTES,
    WRITER_LETTERS,
    fault_of_class_name,
    fault_of_node_name,
    fault_of_variable,
    free_name,
)


def test_every_attribute_of_a_module_is_refused_as_a_node_name() -> None:
    for name in dir(nn.Module()):
        assert fault_of_node_name(name), name


def test_the_list_of_module_attributes_holds_nothing_made_up() -> None:
    assert {*dir(nn.Module()), "_extra_state"} >= MODULE_ATTRIBUTES


@pytest.mark.parametrize(
    "name",
    [
        "",
        "class",
        "__init__",
        "ℌ",
        "ﬁ",
        '"; import os',
        "a b",
        "1x",
        "a.b",
        "\ud800",
        "x\n",
        "a" * 65,
    ],
)
def test_what_is_no_plain_identifier_is_refused_everywhere(name: str) -> None:
    for rule in (fault_of_node_name, fault_of_class_name, fault_of_variable):
        assert rule(name)
        assert len(rule(name)) < 200


@pytest.mark.parametrize(
    "name", ["linear1", "Block", "_fc", "线性", "match", "x1", "conv_activation"]
)
def test_ordinary_names_are_fine_everywhere(name: str) -> None:
    for rule in (fault_of_node_name, fault_of_class_name, fault_of_variable):
        assert rule(name) == ""


def test_letters_of_the_writer_and_imports_are_no_variables() -> None:
    for name in (*WRITER_LETTERS, "torch", "Tensor", "nn", "F", "self", "super", "range"):
        assert fault_of_variable(name)


@given(st.text())
@example("ﬁ")
def test_a_name_without_fault_is_an_identifier_that_python_leaves_alone(name: str) -> None:
    if not fault_of_node_name(name):
        assert name.isidentifier()
        assert unicodedata.normalize("NFKC", name) == name
        assert not keyword.iskeyword(name)
        assert not hasattr(nn.Module(), name)


@given(st.text(), st.sets(st.sampled_from(["linear", "linear1", "linear2", "layer", "forward2"])))
@example("forward", {"forward1"})
@example("9" * 300, set())
@example("a" * 300, {"a" * 64})
@example("linear1", {"linear1"})
def test_a_free_name_is_free_and_fine(wanted: str, taken: set[str]) -> None:
    name = free_name(wanted, taken)
    assert name not in taken
    assert not fault_of_node_name(name)
    assert len(name) <= LONGEST


def test_a_free_name_keeps_what_was_wanted() -> None:
    assert free_name("hidden", set()) == "hidden"
    assert free_name("linear1", {"linear1"}) == "linear2"
    assert free_name("linear", {"linear"}) == "linear2"
    assert free_name("my layer", set()) == "my_layer"
