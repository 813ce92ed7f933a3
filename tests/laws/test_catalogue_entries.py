"""What every entry of the catalogue declares is complete, and nobody has to say it twice."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from torch import nn

from engine.catalogue import (
    ACTIVATIONS,
    DATASETS,
    FAMILIES,
    INITIALIZERS,
    JOINS,
    KINDS,
    LOSSES,
    OPTIMIZERS,
    SCHEDULERS,
)
from engine.catalogue.reference import page
from engine.catalogue.search import find_kinds, found
from engine.design.error import DesignError
from engine.design.knob import Entry, Text
from tests.laws.entries import entries, named

TABLES: list[dict[str, type[Entry]]] = [
    dict(KINDS), dict(INITIALIZERS), dict(JOINS), dict(LOSSES), dict(OPTIMIZERS), dict(SCHEDULERS), dict(DATASETS),
]  # fmt: skip
EVERY = [entry for table in TABLES for entry in table.values()]
every_entry = pytest.mark.parametrize("entry", EVERY, ids=named)
RESERVED = {"id", "layer", "name", "activation", "initializers", "frozen", "note", "kind", "join"}
"""Keys of a node in a project file."""
PAGE = Path(__file__).parents[2] / "docs" / "reference.md"


@every_entry
def test_its_help_says_what_it_is_and_then_when_to_use_it(entry: type[Entry]):
    paragraphs = entry.help().split("\n\n")
    assert len(paragraphs) >= 2
    assert all(paragraph.endswith(".") for paragraph in paragraphs)
    assert len(re.split(r"(?<=\.)\s+", entry.help())) >= 3
    assert entry.sentence().endswith(".")
    assert len(entry.sentence()) <= 140
    assert "\n" not in entry.sentence()
    assert entry.__doc__ != (entry.__base__ or object).__doc__


@every_entry
def test_each_field_has_a_sentence_and_a_default_within_its_range(entry: type[Entry]):
    for knob in entry.knobs:
        assert knob.help.endswith(".")
        assert len(knob.help) <= 110
        assert knob.checked(knob.default) == knob.default
        assert type(knob.checked(knob.default)) is type(knob.default)


@every_entry
def test_no_field_hides_a_method_or_a_key_of_files(entry: type[Entry]):
    for knob in entry.knobs:
        assert not hasattr(entry, knob.name), knob.name
        assert knob.name not in RESERVED
        assert knob.name.isidentifier()


@every_entry
def test_titles_fit_a_drop_down(entry: type[Entry]):
    assert 2 <= len(entry.title()) <= 32
    assert entry.title()[0].isupper()


@every_entry
@settings(max_examples=8)
@given(data=st.data())
def test_its_fields_go_through_a_file_unharmed(entry: type[Entry], data: st.DataObject):
    value = data.draw(entries(entry))
    again = entry(**json.loads(json.dumps(value.changed())))
    assert again == value
    assert hash(again) == hash(value)
    assert value.with_fields(**value.values()) == value


@every_entry
def test_a_wrong_type_in_any_field_is_one_error_with_its_place(entry: type[Entry]):
    for knob in entry.knobs:
        for wrong in (object(), float("nan"), [[]], {"a": 1}, "x" * 10_000, 10**400):
            with pytest.raises(DesignError) as caught:
                entry(**{knob.name: wrong})
            assert caught.value.place == knob.name
            assert len(str(caught.value)) < 200
        if not isinstance(knob.range, Text):
            with pytest.raises(DesignError):
                entry(**{knob.name: "__import__('os')"})


@pytest.mark.parametrize("table", TABLES, ids=len)
def test_keys_and_titles_are_unique_within_their_table(table: dict[str, type[Entry]]):
    assert all(entry.key() == key for key, entry in table.items())
    assert len({entry.title() for entry in table.values()}) == len(table)
    assert all(key.isidentifier() and key.isascii() for key in table)


def test_every_layer_of_torch_is_in_the_catalogue():
    holders = {
        "Container", "DataParallel", "Module", "ModuleDict", "ModuleList", "ParameterDict", "ParameterList", "RNNBase",
        "RNNCellBase", "Sequential",
    }  # fmt: skip
    theirs = {
        name
        for name, made in vars(nn).items()
        if inspect.isclass(made) and issubclass(made, nn.Module)
        if not name.startswith("Lazy") and "Loss" not in name and name not in holders
    }
    ours = {kind.module.removeprefix("nn.") for kind in KINDS.values()}
    assert theirs <= ours
    assert len(theirs) == 116


def test_the_reference_page_is_the_one_that_the_catalogue_writes():
    written = PAGE.read_text(encoding="utf-8")
    assert written == page(), "run: python -m engine.catalogue.reference > docs/reference.md"


def test_the_reference_names_every_kind_and_every_field():
    text = page()
    for entry in (*KINDS.values(), *INITIALIZERS.values(), *JOINS.values()):
        assert f"</a>{entry.title()}\n" in text
        assert all(f"| `{knob.name}` |" in text for knob in entry.knobs)


def test_importing_the_catalogue_loads_neither_torch_nor_numpy_nor_qt():
    script = "import sys, engine.catalogue; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    roots = {name.partition(".")[0] for name in done.stdout.split()}
    assert not roots & {"torch", "numpy", "PySide6", "pyqtgraph", "sklearn"}


# --- search --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("lin", "Linear"), ("dense", "Linear"), ("fc", "Linear"), ("LINEAR", "Linear"),
        ("bn", "BatchNorm1d"), ("batch norm", "BatchNorm1d"), ("bn1", "BatchNorm1d"),
        ("rel", "ReLU"), ("leaky", "LeakyReLU"), ("leaky relu", "LeakyReLU"), ("swish", "SiLU"),
        ("dro", "Dropout"), ("emb", "Embedding"), ("fla", "Flatten"), ("unf", "Unflatten"),
        ("ln", "LayerNorm"), ("rms", "RMSNorm"), ("soft", "Softmax"), ("log soft", "LogSoftmax"),
        ("log-softmax", "LogSoftmax"), ("dropout1d", "Dropout1d"), ("tan", "Tanh"), ("ide", "Identity"),
    ],
)  # fmt: skip
def test_a_few_letters_find_the_layer_that_is_meant(typed: str, first: str):
    assert find_kinds(typed)[0].key() == first


@every_entry
def test_every_entry_is_found_by_its_title_its_key_and_its_other_names(entry: type[Entry]):
    table = next(table for table in TABLES if entry in table.values())
    for typed in (entry.title(), entry.key(), *entry.aliases):
        hits = found(table.values(), typed)
        assert entry in hits
    assert found(table.values(), entry.title())[0] is entry


@given(st.text(max_size=12))
def test_nothing_typed_breaks_the_search(typed: str):
    hits = find_kinds(typed)
    assert len(set(hits)) == len(hits)
    assert set(hits) <= set(KINDS.values())


def test_an_empty_search_shows_everything_in_the_order_of_the_palette():
    assert find_kinds("  ") == list(KINDS.values())
    families = [kind.family for kind in KINDS.values()]
    assert sorted(families, key=list(FAMILIES).index) == families
    assert set(families) == set(FAMILIES)
    assert list(ACTIVATIONS) == [key for key, kind in KINDS.items() if kind.family == "activation"]


def test_nonsense_finds_nothing():
    assert find_kinds("xyzzy") == []
