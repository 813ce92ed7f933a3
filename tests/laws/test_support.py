"""Classes of `engine/support`: what they compute, that exported code brings them along, that reading knows them."""

from __future__ import annotations

import ast
import math
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from engine.catalogue import KINDS
from engine.catalogue.linear import Linear
from engine.catalogue.positions import SinusoidalPositions
from engine.design.equality import equal_up_to_ids
from engine.design.error import DesignError
from engine.design.kind import TensorSpec
from engine.design.names import SUPPORT, fault_of_class_name
from engine.design.tree import Group, Input, Layer, Network, Repeat, Stack
from engine.runtime.build import build
from engine.runtime.initialize import named
from engine.source.reader import read_module
from engine.source.support import support_class
from engine.source.writer import write_module

ENGINE = Path(__file__).parents[2] / "engine"


def network(*nodes: Layer | Group | Repeat, shape: tuple[int, ...] = (7, 6)) -> Network:
    return Network("Net", (Input("x", TensorSpec(shape)),), Stack(nodes), (), 20)


def positions(id: int = 1, name: str = "positions", base: float = 10_000.0) -> Layer:
    return Layer(id, name, SinusoidalPositions(base=base))


def of_the_text(text: str, name: str = "Net") -> nn.Module:
    space: dict[str, type[nn.Module]] = {}
    exec(text, space)  # noqa: S102 - text of our own writer, in a test
    return space[name]()


def test_each_is_a_kind_a_class_and_a_name_that_no_block_can_have():
    files = {file.stem for file in (ENGINE / "support").glob("*.py")} - {"__init__"}
    assert len(files) == len(SUPPORT)
    assert {kind.module for kind in KINDS.values() if kind.is_support()} == SUPPORT
    for name in SUPPORT:
        assert named(name).__name__ == name
        assert support_class(name)[0] == f"class {name}(nn.Module):"
        assert "something else" in fault_of_class_name(name)


@given(
    steps=st.integers(1, 40),
    features=st.integers(1, 33),
    base=st.floats(2, 1e6, allow_subnormal=False),
)
def test_positions_are_those_of_the_paper(steps: int, features: int, base: float):
    """PE(pos, 2i) = sin(pos / base^(2i/d)), PE(pos, 2i+1) = cos(pos / base^(2i/d)); Vaswani et al. 2017, 3.5."""
    found = named("SinusoidalPositions")(base=base)(torch.zeros(2, steps, features))
    for step in range(steps):
        for feature in range(features):
            angle = step / base ** ((feature - feature % 2) / features)
            wanted = math.cos(angle) if feature % 2 else math.sin(angle)
            assert found[:, step, feature].tolist() == pytest.approx([wanted] * 2, abs=2e-5)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_positions_keep_the_precision_of_what_comes_in(dtype: torch.dtype):
    assert named("SinusoidalPositions")()(torch.zeros(1, 3, 4, dtype=dtype)).dtype == dtype


def test_exported_code_brings_the_class_along_once_and_gives_the_same():
    inner = Stack((positions(4), Layer(5, "fc", Linear(6))))
    design = network(
        positions(), Group(2, "block", "Block", inner), Repeat(3, "turns", "Turn", inner_of(6), 2)
    )
    text = write_module(design)
    assert text.count("class SinusoidalPositions(nn.Module):") == 1
    assert "\n".join(support_class("SinusoidalPositions")) in text
    assert equal_up_to_ids(read_module(text), design)
    built, x = build(design, seed=3), torch.randn(2, 7, 6)
    torch.manual_seed(3)
    written = of_the_text(text)
    assert list(written.state_dict()) == list(built.state_dict())
    assert torch.equal(written(x), built(x))


def inner_of(first: int) -> Stack:
    return Stack((positions(first, base=50.0), Layer(first + 1, "fc", Linear(6))))


def test_code_without_it_brings_nothing_along():
    assert "Sinusoidal" not in write_module(network(Layer(1, "fc", Linear(6))))


def test_the_class_is_known_again_however_it_is_laid_out():
    text = write_module(network(positions()))
    for other in (
        ast.unparse(ast.parse(text)),
        text.replace("Adds to each step", "Anything"),
        text.replace("def forward", "# a remark\n    def forward"),
        text.replace("(angle.sin(), angle.cos())", "(\n            angle.sin(),\n angle.cos(),\n)"),
    ):
        assert other != text
        assert equal_up_to_ids(read_module(other), network(positions()))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("torch.arange(0, features, 2", "torch.arange(0, features, 3"),
        ("angle.sin(), angle.cos()", "angle.cos(), angle.sin()"),
        ("import torch\n", "import numpy as torch\n"),
        ("return x + waves", "return x - waves"),
        ("base: float = 10000.0", "base: float = 1000.0"),
    ],
)
def test_another_class_of_the_name_is_refused_with_its_line(before: str, after: str):
    text = write_module(network(positions()))
    with pytest.raises(
        DesignError, match=r"SinusoidalPositions is another class|imports"
    ) as refused:
        read_module(text.replace(before, after, 1))
    assert "line" in str(refused.value)


def test_an_imported_class_of_the_name_is_not_taken_for_it():
    text = write_module(network(positions()))
    start, end = text.index("class Sinusoidal"), text.index("class Net")
    for line in ("from positions import SinusoidalPositions", "import SinusoidalPositions"):
        with pytest.raises(DesignError, match="SinusoidalPositions"):
            read_module(text[:start] + line + "\n\n\n" + text[end:])


def test_only_the_runtime_reaches_the_live_class():
    script = "import sys, engine.source.writer, engine.source.reader; print('torch' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
