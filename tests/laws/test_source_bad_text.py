"""No text, however made, gets code run, hangs, or raises anything but the one documented error."""

from __future__ import annotations

import ast
import random
import re
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.design.equality import equal_up_to_ids
from engine.design.error import DesignError
from engine.source.reader import read_module
from engine.source.writer import write_module
from tests.laws.goldens import DESIGNS, tutorial

TEXTS = [write_module(made()) for made in DESIGNS.values()]
TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
ODD = [
    "\0", "\ud800", "9" * 5000, "1e999", "2**63", "10**9", "-", "(", "[", "{", "*", "**", "lambda: 0", "ℌ", "ﬁ", "#",
    "range(0)", "range(1025)", "1/0", "1//0", "nan", "True", "None", '"""', "\\\n", "\t", "\x0c", ":=", "->", "self",
    "import os\n", "async ", "await ", "del ", "yield ", "@x\n", "x", "if x else y", "f'{x}'", "b'a'", "1j", "...",
]  # fmt: skip


def read_or_refused(text: str) -> None:
    """Reading ends soon, in a design that writes and reads back, or in the one error."""
    began = time.process_time()
    network, refusal = None, ""
    try:
        network = read_module(text)
    except DesignError as error:
        refusal = str(error)
    assert time.process_time() - began < 10
    if network is None:
        assert 0 < len(refusal.encode("utf-8")) < 600
    else:
        assert equal_up_to_ids(read_module(write_module(network)), network)


@given(st.text(max_size=300))
@example("")
@example("\0")
@example("\ud800")
def test_random_text_is_refused_by_the_one_error(text: str) -> None:
    with pytest.raises(DesignError):
        read_module(text)


@given(st.binary(max_size=300))
def test_random_bytes_are_refused_by_the_one_error(content: bytes) -> None:
    with pytest.raises(DesignError):
        read_module(content.decode("utf-8", "surrogateescape"))


@given(st.sampled_from(TEXTS), st.randoms(use_true_random=False), st.integers(1, 6))
def test_text_with_other_tokens_is_read_or_refused(
    text: str, chance: random.Random, changes: int
) -> None:
    tokens = TOKEN.findall(text)
    for _ in range(changes):
        at = chance.randrange(len(tokens))
        match chance.randrange(4):
            case 0:
                tokens[at] = chance.choice(ODD + tokens)
            case 1:
                tokens.insert(at, chance.choice(ODD + tokens))
            case 2:
                tokens[at] = ""
            case _:
                other = chance.randrange(len(tokens))
                tokens[at], tokens[other] = tokens[other], tokens[at]
    read_or_refused("".join(tokens))


@given(st.sampled_from(TEXTS), st.randoms(use_true_random=False), st.integers(1, 3))
def test_text_with_other_statements_and_expressions_is_read_or_refused(
    text: str, chance: random.Random, changes: int
) -> None:
    tree = ast.parse(text)
    for _ in range(changes):
        places = [
            (node, name, position)
            for node in ast.walk(tree)
            for name, value in ast.iter_fields(node)
            for position in (range(len(value)) if isinstance(value, list) else [None])
            if isinstance(value if position is None else value[position], ast.expr | ast.stmt)
        ]
        node, name, position = chance.choice(places)
        other, its_name, its_position = chance.choice(places)
        value = getattr(other, its_name)
        new = value if its_position is None else value[its_position]
        old = getattr(node, name) if position is None else getattr(node, name)[position]
        if isinstance(new, ast.expr) is not isinstance(old, ast.expr) or any(
            each is old for each in ast.walk(new)
        ):
            continue
        if position is None:
            setattr(node, name, new)
        else:
            getattr(node, name)[position] = new
    read_or_refused(ast.unparse(ast.fix_missing_locations(tree)))


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000,
        "x = " + "-" * 200_000 + "1",
        "x = " + "a+" * 100_000 + "a",
        "x = " + "[" * 150 + "]" * 150,
        "x" + ".a" * 100_000,
        "".join(" " * depth + "if 1:\n" for depth in range(99)),
        "x = 9" * 20_000,
        "# " + "x" * 2_000_000,
        "x = '" + "\\N{DIGIT ONE}" * 50_000,
        "class A(nn.Module):\n" + "    def forward(self): pass\n" * 30_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_text_that_is_long_or_deep_is_refused_soon(text: str) -> None:
    began = time.process_time()
    with pytest.raises(DesignError):
        read_module(text)
    assert time.process_time() - began < 10


def test_classes_that_double_at_every_level_are_refused_soon() -> None:
    lines = ["from torch import Tensor, nn"]
    for level in range(40):
        inner = f"C{level - 1}()" if level else "nn.Linear(2, 2)"
        lines += [
            f"class C{level}(nn.Module):",
            '    """C.\n\n    x: (batch, 2) float32\n    """',
            "    def __init__(self) -> None:",
            "        super().__init__()",
            f"        self.a = {inner}",
            f"        self.b = {inner}",
            "    def forward(self, x: Tensor) -> Tensor:",
            "        return self.b(self.a(x))",
        ]
    began = time.process_time()
    with pytest.raises(DesignError):
        read_module("\n".join(lines))
    assert time.process_time() - began < 20


def test_reading_runs_nothing(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    call = f"__import__('pathlib').Path({str(canary)!r}).touch()"
    text = write_module(tutorial())
    places = [
        text + f"\n{call}\n",
        text.replace("import torch\n", f"import torch\n{call}\n"),
        text.replace("nn.Linear(3, 3)", f"nn.Linear(3, {call})"),
        text.replace("(self) -> None", f"(self, a={call}) -> None"),
        text.replace("(self) -> None", f"(self, a: {call} = 3) -> None"),
        text.replace("class Tutorial(nn.Module)", f"class Tutorial(nn.Module, metaclass={call})"),
        text.replace("class Tutorial", f"@{call}\nclass Tutorial"),
        text.replace("    def __init__", f"    {call}\n\n    def __init__"),
        text.replace("        super()", f"        {call}\n        super()"),
        text.replace("        return", f"        {call}\n        return"),
        text.replace("dim=-1", f"dim={call}"),
        text.replace("(batch, 3)", "(batch, {" + call + "})"),
        f'f"{{{call}}}"\n' + text,
    ]
    for place in places:
        assert place != text
        read_or_refused(place)
        assert not canary.exists()


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("nn.Linear(3, 2)", "nn.Linear(17, 2)", 15, "in_features = 17"),
        ("nn.Linear(3, 2)", "nn.Linear(3, 0)", 15, "out_features"),
        ("nn.Linear(3, 2)", "nn.Linear(3)", 15, "needs out_features"),
        ("nn.Linear(3, 2)", "nn.Lineal(3, 2)", 15, "nn.Lineal"),
        ("nn.Linear(3, 2)", "nn.Linear(3, 2, 4)", 15, "bias"),
        ("nn.Linear(3, 2)", "nn.Linear(3, width)", 15, "width"),
        ("self.linear2.weight", "self.linear9.weight", 18, "linear9"),
        ("self.linear2.weight", "self.linear2.wait", 15, "wait"),
        ("torch.relu(self.linear2(x))", "x.view(-1, 3)", 22, "x.view(-1, 3)"),
        ("torch.relu(self.linear2(x))", "torch.relu(torch.relu(self.linear2(x)))", 22, "ReLU"),
        ("torch.relu(self.linear2(x))", "torch.relu(self.linear2(y))", 22, "`y`"),
        ("torch.relu(self.linear2(x))", "torch.relu(x)", 22, "nn.ReLU()"),
        ("self.linear2(x)", "self.linear7(x)", 22, "linear7"),
        ("dim=-1", "dim=5", 16, "dim 5"),
        ("x: (batch, 3) float32", "", 5, "docstring"),
        ("(batch, 3) float32", "(batch, 3) complex64", 5, "complex64"),
        ("return torch", "if x: return torch", 23, "if x"),
        ("        super().__init__()\n", "", 13, "super"),
        ("x = torch.sigmoid(", "y = torch.sigmoid(", 21, "never used"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(
    old: str, new: str, line: int, said: str
) -> None:
    text = write_module(tutorial())
    assert text.count(old) == 1
    with pytest.raises(DesignError) as caught:
        read_module(text.replace(old, new))
    assert caught.value.place == f"line {line}"
    assert said in caught.value.sentence


def test_a_class_can_be_chosen_by_its_name() -> None:
    text = write_module(DESIGNS["siamese"]())
    with pytest.raises(DesignError, match="docstring"):
        read_module(text, "Tower")
    with pytest.raises(DesignError, match="no class Nothing"):
        read_module(text, "Nothing")
    assert read_module(text, "Siamese").name == "Siamese"
