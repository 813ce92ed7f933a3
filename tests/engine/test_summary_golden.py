"""Summaries as files, to be read and compared; `python -m tests.engine.test_summary_golden` writes them anew."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import engine
import resources
from engine.catalogue.embedding import Embedding
from engine.catalogue.joins import Add, MatMul
from engine.catalogue.linear import Linear
from engine.catalogue.norm import LayerNorm
from engine.design.kind import TensorSpec
from engine.design.tree import (
    Again,
    Group,
    Input,
    Layer,
    Network,
    Parallel,
    Repeat,
    Stack,
    Tie,
)
from engine.views.summary import Summary, summarize
from engine.views.table import BLOCKS

FOLDER = Path(__file__).parent.parent / "golden" / "summary"
ENDINGS = {
    "text": "txt",
    "markdown": "md",
    "csv": "csv",
    "json": "json",
    "html": "html",
    "latex": "tex",
}


def linear(own: int, name: str, size: int, frozen: bool = False) -> Layer:
    return Layer(own, name, Linear(out_features=size, bias=False), frozen=frozen)


def blocks() -> Network:
    """One of everything that a row can be: a decoder in small, with a shared and a frozen weight."""
    mixing = Parallel(11, MatMul(), (Stack(), Stack((linear(12, "mix", 8),))))
    residual = Parallel(13, Add(), (Stack(), Stack((linear(14, "up", 32), linear(15, "down", 8)))))
    turn = Stack((Layer(16, "norm", LayerNorm()), mixing, residual))
    body = (
        Layer(1, "tokens", Embedding(num_embeddings=100, embedding_dim=8)),
        Repeat(2, "blocks", "Block", turn, 2),
        Group(3, "tail", "", Stack((linear(17, "", 8, frozen=True),))),
        Again(4, "tail"),
        linear(5, "head", 100),
    )
    spec = TensorSpec((8,), "int64")
    return Network(
        "Decoder", (Input("x", spec),), Stack(body), (Tie("head.weight", "tokens.weight"),), 18
    )


def faulty() -> Network:
    body = (linear(1, "hidden", 16), Layer(2, "tokens", Embedding()), linear(3, "out", 2))
    return Network("Net", (Input("x", TensorSpec((4,))),), Stack(body), (), 4)


def summaries() -> dict[str, Summary]:
    tutorial = engine.load(resources.path("samples", "tutorial.loom")).network
    return {
        "tutorial": summarize(tutorial, 5),
        "blocks": summarize(blocks(), 2),
        "faulty": summarize(faulty()),
    }


@pytest.mark.parametrize("form", ENDINGS)
@pytest.mark.parametrize("name", ["tutorial", "blocks", "faulty"])
def test_summaries_are_what_was_read_and_found_good(name: str, form: str):
    file = FOLDER / f"{name}.{ENDINGS[form]}"
    assert summaries()[name].to(form) == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.csv")), ids=lambda file: file.stem)
def test_the_columns_of_every_file_add_up(file: Path):
    totals = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))["totals"]
    with file.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["kind"] not in BLOCKS]
    for column in ("parameters", "trainable", "macs"):
        assert sum(int(row[column]) for row in rows) == totals[column]


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for each, summary in summaries().items():
        for form, ending in ENDINGS.items():
            (FOLDER / f"{each}.{ending}").write_text(summary.to(form), encoding="utf-8")
