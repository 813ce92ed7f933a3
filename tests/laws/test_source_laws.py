"""Design → code → design: nothing is lost, whatever is done to the text on the way."""

from __future__ import annotations

import ast
import subprocess
import sys
import tempfile
from pathlib import Path

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine.catalogue.joins import Continue
from engine.design.equality import equal_up_to_ids
from engine.design.tree import Network, Parallel, walk
from engine.source.reader import read_module
from engine.source.writer import write_module
from tests.laws.designs import networks


@given(networks())
def test_what_is_written_reads_back_to_an_equal_design(network: Network) -> None:
    text = write_module(network)
    again = read_module(text)
    assert equal_up_to_ids(again, network)
    assert write_module(again) == text


@given(networks())
@settings(max_examples=25)
def test_reading_does_not_mind_how_the_text_is_laid_out(network: Network) -> None:
    text = write_module(network)
    plain = ast.unparse(ast.parse(text))
    assert equal_up_to_ids(read_module(plain), network)
    imports, _, classes = text.partition("\n\n\nclass")
    commented = classes.replace("\n        x = ", "  # a layer\n        x = ")
    reordered = "\n".join([*reversed(imports.splitlines()), "import math  # unused", "", "class"])
    assert equal_up_to_ids(read_module(reordered + commented), network)
    spelt_out = (
        text.replace("from torch.nn import functional as F", "import torch.nn.functional as F")
        .replace("import torch\n", "import torch as torch\n")
        .replace("from torch import Tensor, nn", "from torch import Tensor\nimport torch.nn as nn")
    )
    assert equal_up_to_ids(read_module(spelt_out), network)


@given(networks())
@settings(max_examples=25)
def test_reading_does_not_mind_whether_arguments_have_names(network: Network) -> None:
    named = ast.unparse(_NamedArguments().visit(ast.parse(write_module(network))))
    assert equal_up_to_ids(read_module(named), network)


class _NamedArguments(ast.NodeTransformer):
    """Gives the arguments of some torch calls their names, or takes them away."""

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        match node.func:
            case ast.Attribute(ast.Name("nn"), "Linear") if len(node.args) == 2:
                names = ("in_features", "out_features")
                given = [
                    ast.keyword(name, value) for name, value in zip(names, node.args, strict=True)
                ]
                node.args, node.keywords = [], [*node.keywords, *given]
            case ast.Attribute(ast.Name("torch"), "cat" | "stack") if node.keywords:
                node.args, node.keywords = [*node.args, node.keywords[0].value], []
            case ast.Attribute(ast.Name("F"), "leaky_relu" | "elu" | "celu") if node.keywords:
                node.args, node.keywords = [*node.args, node.keywords[0].value], []
            case _:
                pass
        return node


@given(networks())
@settings(max_examples=25)
def test_what_is_written_is_as_ruff_formats_it(network: Network) -> None:
    text = write_module(network)
    assert formatted(text) == text


def formatted(text: str, *style: str) -> str:
    """The text as `ruff format` leaves it."""
    command = [sys.executable, "-m", "ruff", "format", "--isolated", *style, "-"]
    return subprocess.run(
        command, input=text.encode(), capture_output=True, check=True
    ).stdout.decode()


@given(networks())
@settings(max_examples=15)
def test_reading_does_not_mind_another_formatter(network: Network) -> None:
    style = ["--config", "line-length = 40", "--config", "format.quote-style = 'single'"]
    style += ["--config", "format.indent-style = 'tab'"]
    reformatted = formatted(write_module(network), *style)
    assert equal_up_to_ids(read_module(reformatted), network)
    assert formatted(reformatted.replace("'", '"')) == formatted(reformatted)


@given(networks())
@settings(max_examples=25)
def test_reading_does_not_mind_how_torch_is_imported(network: Network) -> None:
    direct = _DirectNames()
    classes = ast.unparse(direct.visit(ast.parse(write_module(network))))
    lines = ["import torch.nn as neural", "from torch.nn import functional as functions"]
    lines += [f"from torch.nn import {name}" for name in sorted(direct.found)]
    assert equal_up_to_ids(read_module("\n".join([*lines, classes])), network)


class _DirectNames(ast.NodeTransformer):
    """Says `Linear` for `nn.Linear`, `init.zeros_` for `nn.init.zeros_`, `neural.Module` and `functions.gelu`."""

    def __init__(self) -> None:
        self.found: set[str] = set()

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.Attribute(ast.Name("nn"), "Module"):
                return ast.Attribute(ast.Name("neural"), "Module")
            case ast.Attribute(ast.Name("nn"), name):
                self.found.add(name)
                return ast.Name(name)
            case ast.Attribute(ast.Name("F"), name):
                return ast.Attribute(ast.Name("functions"), name)
            case _:
                return node


@given(st.lists(networks(), min_size=4, max_size=4))
@settings(max_examples=5, phases=(Phase.reuse, Phase.generate))  # ruff takes too long to shrink by
def test_what_is_written_is_what_a_strict_reviewer_lets_pass(found: list[Network]) -> None:
    """But for what the design chooses: names, how many layers there are, unused inputs, `bias: bool`.

    Where a design goes on from something earlier, what flowed up to there may be lost: the only variables not used.
    """
    left_to_the_design = "A,ARG002,COM812,CPY,D1,E501,FBT,INP,N,PLC2401,PLR09,RUF001,RUF002,RUF003"
    losing = [
        f"--per-file-ignores=module{number}.py:F841"
        for number, network in enumerate(found)
        if any(
            isinstance(each, Parallel) and isinstance(each.join, Continue)
            for each in walk(network.body)
        )
    ]
    with tempfile.TemporaryDirectory() as folder:
        for number, network in enumerate(found):
            Path(folder, f"module{number}.py").write_text(write_module(network), encoding="utf-8")
        checked = subprocess.run(
            [sys.executable, "-m", "ruff", "check", "--isolated", "--target-version", "py311",
             "--select", "ALL", "--ignore", left_to_the_design, *losing, folder],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert checked.returncode == 0, checked.stdout
    for network in found:
        ast.parse(write_module(network), feature_version=(3, 11))


@given(networks())
@settings(max_examples=25)
def test_what_is_written_imports_torch_alone_and_nothing_that_it_does_not_use(
    network: Network,
) -> None:
    tree = ast.parse(write_module(network))
    spoken = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = node.names[0].name if isinstance(node, ast.Import) else node.module or ""
            assert module.partition(".")[0] == "torch"
            assert {alias.asname or alias.name for alias in node.names} <= spoken


@given(st.data())
@settings(max_examples=10)
def test_two_designs_that_write_the_same_text_are_equal(data: st.DataObject) -> None:
    first, second = data.draw(networks(2, 2)), data.draw(networks(2, 2))
    same_text = write_module(first) == write_module(second)
    assert same_text == equal_up_to_ids(first, second)
