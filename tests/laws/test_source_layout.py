"""Statements of every form that the writer uses, with names of any length, break as ruff breaks them."""

from __future__ import annotations

import subprocess
import sys
from random import Random

import pytest

from engine.source.layout import (
    Call,
    Chain,
    Keyword,
    Listed,
    Loop,
    Method,
    Piece,
    fits,
    flat,
    statement,
    width,
)


class Statements:
    """Random statements of one seed."""

    def __init__(self, seed: int, longest: int) -> None:
        self.random = Random(seed)
        self.longest = longest

    def name(self, longest: int = 99) -> str:
        most = self.longest if self.random.random() < 0.6 else 8
        letter = self.random.choice("abcdefgh層")
        return letter + "b" * min(self.random.randint(0, most), longest)

    def number(self) -> Piece:
        many = ["3", "128", "0.2", "1e-05", "1e16", "-1", "True", "None", '"tanh"']
        return self.random.choice([*many, Chain(("4", self.name(40)), "*")])

    def numbers(self, least: int, most: int) -> list[Piece]:
        return [self.number() for _ in range(self.random.randint(least, most))]

    def keywords(self, most: int) -> list[Piece]:
        return [Keyword(self.name(25), self.number()) for _ in range(self.random.randint(0, most))]

    def layer(self) -> Call:
        kind = self.random.choice(["Linear", "Dropout", "BatchNorm1d"])
        return Call(f"nn.{kind}", (*self.numbers(0, 3), *self.keywords(4)))

    def block(self) -> Call:
        return Call(self.name().capitalize(), tuple(self.numbers(0, 6)))

    def repeat(self) -> Call:
        if self.random.random() < 0.5:
            return Call("nn.Sequential", (Loop(self.block(), "_", "range(12)"),))
        wide = self.random.randint(1, 3)
        turns = self.random.randint(2, 30)
        rows = [self.numbers(wide, wide) for _ in range(turns)]
        values = tuple(row[0] if wide == 1 else Listed(tuple(row), "()") for row in rows)
        names = ", ".join(self.name() for _ in range(wide))
        return Call("nn.Sequential", (Loop(self.block(), names, Listed(values, "()")),))

    def sequential(self, depth: int = 0) -> Call:
        makers = [self.layer, self.layer, self.block, self.repeat, self.unflatten]
        makers += [lambda: self.sequential(depth + 1)] if depth < 3 else []
        return Call(
            "nn.Sequential",
            tuple(self.random.choice(makers)() for _ in range(self.random.randint(1, 5))),
        )

    def unflatten(self) -> Call:
        sizes = [str(10 ** self.random.randint(1, 12)) for _ in range(self.random.randint(1, 8))]
        return Call("nn.Unflatten", ("1", Listed(tuple(sizes), "()")))

    def variable(self) -> str:
        return self.random.choice(["x", "y", self.name()])

    def activated(self, piece: Piece) -> Piece:
        named = Call("F.leaky_relu", (piece, Keyword("negative_slope", "0.2")))
        return self.random.choice(
            [Call("torch.relu", (piece,)), named, Call(f"self.{self.name()}", (piece,))]
        )

    def joined(self, pieces: list[Piece]) -> Piece:
        first = pieces[0]
        for piece in pieces[1:]:
            first = Call("torch.maximum", (first, piece))
        return self.random.choice([
            Chain(tuple(pieces), self.random.choice("+*-@")),
            Call("torch.cat", (Listed(tuple(pieces)), Keyword("dim", "1"))),
            Method(Call("torch.stack", (Listed(tuple(pieces)),)), "mean", ("dim=0",)),
            first,
        ])  # fmt: skip

    def join(self, target: str) -> Piece:
        """Variables joined, and layers where the line is short enough, as the writer puts them in."""
        variables = [self.variable() for _ in range(self.random.randint(2, 6))]
        layers = [Call(f"self.{self.name()}", (each,)) for each in variables]
        inside = self.activated(self.joined([variables[0], *layers[1:]]))
        if fits(f"        {target}{flat(inside)}"):
            return inside
        plain = self.joined(list(variables))
        return self.activated(plain) if self.random.random() < 0.3 else plain

    def path(self, *more: str) -> str:
        return f"self.{self.name()}{self.random.choice(['', '[0]', '[0][1]', *more])}.weight"

    def tie(self) -> list[str]:
        links = ("[0].fc", "[0].fc[1]", "[10].fc[1].cc", "[1][0].cc")
        return statement(self.path(*links), 8, f"{self.path(*links)} = ")

    def statement(self) -> list[str]:
        constructor = self.random.choice([self.layer, self.block, self.repeat, self.sequential])
        function = self.random.choice(["ones_", "kaiming_normal_"])
        target = self.random.choice(["return ", f"{self.variable()} = "])
        call = Call(f"self.{self.name()}", (self.variable(),))
        makers = [
            lambda: statement(constructor(), 8, f"self.{self.name()} = "),
            lambda: statement(Call(f"nn.init.{function}", (self.path(), *self.keywords(3))), 8),
            lambda: statement(Call(f"self.{self.name()}.requires_grad_", ("False",)), 8),
            self.tie,
            lambda: statement("x", 8, f"{self.name()} = "),
            lambda: statement(self.activated(call), 8, target),
            lambda: statement(call, 8, target),
            lambda: statement(self.join(target), 8, target),
        ]
        return self.random.choice(makers)()

    def signature(self) -> list[str]:
        each = [
            f"{self.name(40)}: {self.random.choice(['Tensor', 'int | float'])}"
            for _ in range(self.random.randint(1, 5))
        ]
        return statement(Call("def forward", ("self", *each), " -> Tensor:"), 4)


@pytest.mark.parametrize("longest", [10, 30, 45, 62])
def test_every_statement_is_as_ruff_formats_it(longest: int) -> None:
    made = Statements(longest, longest)
    lines = ["class A:"]
    for _ in range(250):
        lines += [*made.signature(), *made.statement(), *made.statement(), *made.statement(), ""]
    text = "\n".join(lines[:-1]) + "\n"
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "-"]
    found = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
    assert found.stdout.decode().splitlines() == text.splitlines()


def test_wide_characters_take_two_columns() -> None:
    assert width("層") == 2
    assert width("слой") == 4
    assert width("e\u0301") == 1
