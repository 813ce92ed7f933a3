"""Code that people have read and found good, kept as files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from engine.design.equality import equal_up_to_ids
from engine.runtime.build import build
from engine.source.reader import read_module
from engine.source.writer import write_module
from tests.laws.goldens import DESIGNS, tutorial

GOLDEN = Path(__file__).parent.parent / "golden"


@pytest.mark.parametrize("name", DESIGNS)
def test_the_code_of_a_known_design_is_as_it_was(name: str) -> None:
    assert write_module(DESIGNS[name]()) == (GOLDEN / f"{name}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DESIGNS)
def test_a_kept_file_reads_back_to_its_design(name: str) -> None:
    text = (GOLDEN / f"{name}.py").read_text(encoding="utf-8")
    assert equal_up_to_ids(read_module(text), DESIGNS[name]())


def test_kept_files_are_formatted_and_clean() -> None:
    ruff = [sys.executable, "-m", "ruff"]
    subprocess.run(
        [*ruff, "format", "--isolated", "--check", str(GOLDEN)], check=True, capture_output=True
    )
    rules = "F,I,UP,B,C4,E9,PIE"
    subprocess.run(
        [*ruff, "check", "--isolated", "--select", rules, str(GOLDEN)],
        check=True,
        capture_output=True,
    )


def test_the_tutorial_network_is_what_it_is_said_to_be() -> None:
    network = build(tutorial(), seed=0)
    assert [each.numel() for each in network.children() for each in [next(each.parameters())]] == [
        9,
        6,
        4,
    ]
    assert sum(each.numel() for each in network.parameters()) == 26
    result = network(torch.randn(5, 3))
    assert result.shape == (5, 2)
    assert torch.allclose(result.sum(dim=1), torch.ones(5))
