"""Laws of the summary: what its rows add up to, that edits keep it exact, and that every format holds all of it."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser

import hypothesis.strategies as st
import pytest
from hypothesis import given

import engine
from engine.catalogue.embedding import Embedding
from engine.catalogue.joins import Add, MatMul
from engine.catalogue.linear import Identity, Linear
from engine.design.edit import apply
from engine.design.error import DesignError
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
)
from engine.views.shapes import infer
from engine.views.summary import Summary, summarize
from engine.views.table import BLOCKS, FORMATS, Row
from tests.laws.edits import edits_of, networks


def net(*nodes: Node, shape: tuple[int, ...] = (4,), ties: tuple[Tie, ...] = ()) -> Network:
    return Network("Net", (Input("x", TensorSpec(shape)),), Stack(nodes), ties, 99)


def linear(own: int, name: str, size: int = 4, frozen: bool = False) -> Layer:
    return Layer(own, name, Linear(out_features=size), frozen=frozen)


def layer_rows(summary: Summary) -> list[Row]:
    return [row for row in summary.rows if row.kind not in BLOCKS]


# --- laws ------------------------------------------------------------------------------------------------------------


@given(networks(), st.integers(1, 7))
def test_rows_of_layers_add_up_to_the_totals_also_of_a_design_with_faults(
    network: Network, batch: int
):
    summary = summarize(network, batch)
    rows = layer_rows(summary)
    totals = summary.totals
    if summary.turns is None:
        assert sum(row.parameters for row in rows) == totals.parameters
        assert sum(row.trainable for row in rows) == totals.trainable
        assert sum(row.macs for row in rows) == totals.macs
    assert totals.parameter_bytes == 4 * totals.parameters
    assert all(0 <= row.trainable <= row.parameters and row.macs >= 0 for row in summary.rows)


@given(networks(), st.integers(1, 7))
def test_a_block_counts_what_the_rows_below_it_count(network: Network, batch: int):
    summary = summarize(network, batch)
    for place, row in enumerate(summary.rows):
        if row.is_block and summary.turns is None:
            below = []
            for each in summary.rows[place + 1 :]:
                if each.depth <= row.depth:
                    break
                below.append(each)
            inside = [each for each in below if not each.is_block]
            assert row.parameters == sum(each.parameters for each in inside)
            assert row.macs == sum(each.macs for each in inside)


@given(networks(), st.integers(2, 9))
def test_macs_and_activations_grow_with_the_batch_and_weights_do_not(network: Network, batch: int):
    one, many = summarize(network), summarize(network, batch)
    assert many.totals.parameters == one.totals.parameters
    assert many.totals.macs == batch * one.totals.macs
    assert many.totals.activation_bytes == batch * one.totals.activation_bytes
    for a, b in zip(one.rows, many.rows, strict=True):
        assert b.macs == batch * a.macs
        assert (a.output_shape is None) == (b.output_shape is None)
        if a.output_shape is not None and b.output_shape is not None:
            assert (a.output_shape[0], b.output_shape[0]) == (1, batch)
            assert a.output_shape[1:] == b.output_shape[1:]


@given(networks(), st.data())
def test_a_summary_after_edits_is_the_one_from_scratch(network: Network, data: st.DataObject):
    analysis = infer(network)
    summary = summarize(network, 3, analysis)
    for _ in range(5):
        try:
            network = apply(network, data.draw(edits_of(network)))
        except DesignError:
            continue
        analysis = infer(network, analysis)
        summary = summarize(network, 3, analysis, summary)
        fresh = summarize(network, 3)
        assert summary.rows == fresh.rows
        assert summary.totals == fresh.totals
        assert summary.faults == fresh.faults
        assert summary.to_text() == fresh.to_text()


class Page(HTMLParser):
    """Counts what a page holds and notes what it must not hold."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.cells: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        if tag != "meta":
            self.open.append(tag)
        if tag == "td":
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "td":
            self.cells[-1] += data


@given(networks())
def test_every_format_holds_every_row_whatever_names_are(network: Network):
    summary = summarize(network, 2)
    rows = summary.rows
    document = json.loads(summary.to_json())
    assert [tuple(each.values())[:7] for each in document["rows"]] == [
        (*row[:3], row.output_shape and list(row.output_shape), *row[4:7]) for row in rows
    ]
    assert document["totals"] == summary.totals._asdict()
    given_bytes = [
        each["activation_bytes"] for each in document["rows"] if each["kind"] not in BLOCKS
    ]
    assert sum(given_bytes) == summary.totals.activation_bytes
    assert len(document["faults"]) == len(summary.faults)

    table = list(csv.DictReader(io.StringIO(summary.to_csv())))
    assert [int(each["parameters"]) for each in table] == [row.parameters for row in rows]

    page = Page()
    page.feed(summary.to_html())
    assert page.open == []
    assert page.seen.count("tr") == len(rows) + 1
    assert not {"script", "link", "img", "iframe"} & set(page.seen)
    assert [cell.strip() for cell in page.cells[::6]] == [
        row.label if row.label.isprintable() else ascii(row.label)[1:-1] for row in rows
    ]

    for form in FORMATS:
        assert all(line.isprintable() for line in summary.to(form).splitlines())
    assert len(re.findall(r"\\\\$", summary.to_latex(), re.M)) == len(rows) + 2
    assert summary.to_markdown().count("\n| ") == len(rows)


@given(networks())
def test_the_column_of_the_text_adds_up_to_its_total(network: Network):
    summary = summarize(network)
    if summary.turns is not None:
        return
    lines = summary.to_text().splitlines()
    start, stop = (place for place, line in enumerate(lines) if line and set(line) == {"="})
    counts = [line.split()[-1] for line in lines[start + 1 : stop]]
    added = sum(int(count.replace(",", "")) for count in counts if count != "--")
    assert lines[stop + 1] == f"Total params: {added:,}"
    widths = {len(line) for line in lines[: stop + 1]}
    assert len(widths) == 1


# --- examples --------------------------------------------------------------------------------------------------------


def test_the_tutorial_network_has_12_8_and_6_parameters():
    project = engine.load("resources/samples/tutorial.loom")
    summary = engine.summarize(project.network, batch_size=5)
    assert [(row.name, row.kind, row.output_shape, row.parameters) for row in summary.rows] == [
        ("linear1", "Linear", (5, 3), 12),
        ("linear2", "Linear", (5, 2), 8),
        ("out", "Linear", (5, 2), 6),
    ]
    assert summary.totals == (26, 26, 5 * (9 + 6 + 4), 104, 4 * 5 * 7)
    assert str(summary) == summary.to_text()


def test_behind_a_fault_shapes_are_unknown_and_the_fault_is_said():
    network = net(linear(1, "fine", 3), Layer(2, "wrong", Embedding()), linear(3, "after"))
    summary = summarize(network)
    assert [row.output_shape for row in summary.rows] == [(1, 3), None, None]
    assert summary.totals.parameters == 15
    text = summary.to_text()
    assert re.search(r"wrong \(Embedding\) +\? +0\n", text)
    assert f"Fault: {summary.faults[0].sentence}" in text
    assert summary.faults[0].sentence in json.loads(summary.to_json())["faults"]


def test_names_are_paths_of_the_state_dict_and_labels_stand_below_their_block():
    turn = Stack((Parallel(2, Add(), (Stack(), Stack((linear(3, "inner"),)))),))
    group = Group(
        5, "head", "", Stack((Layer(6, "", Linear(out_features=4)), Layer(7, "", Identity())))
    )
    summary = summarize(net(Repeat(1, "stage", "Turn", turn, 2), group))
    assert [(row.name, row.depth, row.kind, row.label) for row in summary.rows] == [
        ("stage", 0, "Repeat", "stage"),
        ("stage.0.(Add)", 1, "Parallel", "0.(Add)"),
        ("stage.0.inner", 2, "Linear", "inner"),
        ("stage.1.(Add)", 1, "Parallel", "1.(Add)"),
        ("stage.1.inner", 2, "Linear", "inner"),
        ("head", 0, "Group", "head"),
        ("head.0", 1, "Linear", "0"),
        ("head.1", 1, "Identity", "1"),
    ]
    assert [row.parameters for row in summary.rows] == [40, 20, 20, 20, 20, 20, 20, 0]


def test_a_second_use_costs_work_but_no_weights():
    block = Group(1, "tower", "Tower", Stack((linear(2, "a"), linear(3, "b"))))
    summary = summarize(net(block, linear(4, "c"), Again(5, "tower"), Again(6, "c")))
    assert [(row.name, row.title, row.parameters, row.macs) for row in summary.rows] == [
        ("tower", "Tower", 40, 32),
        ("tower.a", "Linear", 20, 16),
        ("tower.b", "Linear", 20, 16),
        ("c", "Linear", 20, 16),
        ("tower", "Tower, again", 0, 32),
        ("tower.a", "Linear", 0, 16),
        ("tower.b", "Linear", 0, 16),
        ("c", "Linear, again", 0, 16),
    ]
    assert summary.totals[:3] == (60, 60, 96)


def test_a_join_that_costs_something_is_a_line_of_its_own():
    join = Parallel(1, MatMul(), (Stack(), Stack((linear(2, "key", 3),))))
    summary = summarize(net(join, shape=(3, 3)))
    assert summary.rows[-1][:7] == ("(Matrix product)", 1, "MatMul", (1, 3, 3), 0, 0, 27)
    assert summary.totals.macs == 27 + 27


@pytest.mark.parametrize("frozen", [(False, False), (True, False), (False, True), (True, True)])
def test_a_shared_weight_counts_once_and_is_frozen_for_all_or_for_none(frozen: tuple[bool, bool]):
    nodes = (linear(1, "first", frozen=frozen[0]), linear(2, "second", frozen=frozen[1]))
    network = net(*nodes, ties=(Tie("second.weight", "first.weight"),))
    summary = summarize(network)
    assert [row.parameters for row in summary.rows] == [20, 4]
    weight = 0 if any(frozen) else 16
    assert summary.totals.trainable == weight + sum(4 for each in frozen if not each)


def test_whole_numbers_take_eight_bytes():
    spec = TensorSpec((6,), "int64")
    network = Network("Net", (Input("x", spec),), Stack((Layer(1, "same", Identity()),)), (), 2)
    summary = summarize(network, 2)
    assert summary.input_bytes == summary.totals.activation_bytes == 2 * 6 * 8


def test_turns_without_end_are_a_fault_and_no_table_without_end():
    body = Stack((linear(1, "a"),))
    for level in range(2, 30):
        body = Stack((Repeat(level, f"r{level}", f"Turn{level}", body, 1000),))
    summary = summarize(net(*body.nodes))
    assert summary.faults
    assert len(summary.rows) < 100_000


def test_a_batch_that_is_none_and_a_format_that_is_none_are_refused():
    for batch in (0, -1, True, 1.5, 2**40):
        with pytest.raises(DesignError, match="a batch of"):
            summarize(net(), batch)  # pyright: ignore[reportArgumentType]
    with pytest.raises(DesignError, match="no format"):
        summarize(net()).to("xml")


def test_an_empty_network_has_an_empty_table():
    summary = summarize(net())
    assert summary.rows == ()
    assert "Total params: 0" in summary.to_text()
    assert json.loads(summary.to_json())["rows"] == []


def test_names_are_no_formulas_markup_or_commands():
    layers = [linear(1, '=HYPERLINK("x")'), linear(2, "<b>|`"), linear(3, "a_b#%&{}~^\\")]
    summary = summarize(net(*layers))
    assert "'=HYPERLINK" in summary.to_csv()
    assert "<b>" not in summary.to_html()
    assert r"&lt;b>\|\`" in summary.to_markdown()
    assert (
        r"a\_b\#\%\&\{\}\textasciitilde{}\textasciicircum{}\textbackslash{}" in summary.to_latex()
    )
