"""Design → code → design: nothing is lost, whatever is done to the text on the way."""

from __future__ import annotations

import ast
import subprocess
import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.design.equality import equal_up_to_ids
from engine.design.tree import Network
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
    found = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", "-"],
        input=text.encode(),
        capture_output=True,
        check=True,
    )
    assert found.stdout.decode() == text


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
