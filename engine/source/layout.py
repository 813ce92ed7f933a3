"""Statements broken over lines exactly as `ruff format` breaks them, at its line length of 88."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

LINE_LENGTH = 88
INDENT = 4


@dataclass(frozen=True, slots=True)
class Call:
    """`head(items)`; `tail` is what follows the closing bracket, such as `[0]`."""

    head: str
    items: tuple[Piece, ...]
    tail: str = ""


@dataclass(frozen=True, slots=True)
class Method:
    """A method of what a call gives: `torch.stack([x, y]).mean(dim=0)`."""

    call: Call
    name: str
    items: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Keyword:
    """`name=value` among the items of a call."""

    name: str
    value: Piece


@dataclass(frozen=True, slots=True)
class Listed:
    """Items in square or round brackets."""

    items: tuple[Piece, ...]
    brackets: str = "[]"


@dataclass(frozen=True, slots=True)
class Chain:
    """Operands with one operator between them: `x + y + z`."""

    operands: tuple[Piece, ...]
    operator: str


@dataclass(frozen=True, slots=True)
class Loop:
    """`*[element for variables in values]`, or without the star."""

    element: Piece
    variables: str
    values: Piece
    star: str = "*"


Piece = str | Call | Method | Keyword | Listed | Chain | Loop


def width(text: str) -> int:
    """Columns that a text takes, wide characters counting twice."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def flat(piece: Piece) -> str:
    """The whole piece on one line."""
    match piece:
        case str():
            return piece
        case Call(head, items, tail):
            return f"{head}({', '.join(map(flat, items))}){tail}"
        case Method(call, name, items):
            return f"{flat(call)}.{name}({', '.join(map(flat, items))})"
        case Keyword(name, value):
            return f"{name}={flat(value)}"
        case Listed(items, brackets):
            comma = "," if len(items) == 1 and brackets == "()" else ""
            return f"{brackets[0]}{', '.join(map(flat, items))}{comma}{brackets[1]}"
        case Chain(operands, operator):
            return f" {operator} ".join(map(flat, operands))
        case Loop(element, variables, values, star):
            return f"{star}[{flat(element)} for {variables} in {flat(values)}]"


def fits(line: str) -> bool:
    """Whether a line, its indentation included, is short enough."""
    return width(line) <= LINE_LENGTH


def statement(piece: Piece, indent: int, target: str = "") -> list[str]:
    """The lines of a statement; `target` is what stands before the value, such as `x = ` or `return `."""
    margin = " " * indent
    whole = f"{margin}{target}{flat(piece)}"
    if fits(whole):
        return [whole]
    opened = f"{margin}{target}("
    opening = _opening(piece)
    # Round brackets of its own around a value: where the value's own brackets open too far right.
    own = not opening or isinstance(piece, Chain) or not fits(f"{margin}{target}{opening}")
    if (
        isinstance(piece, str)
        and "[" in target + piece
        and (lines := _path(piece, indent, target, not own))
    ):
        return lines
    if target and own and fits(opened):
        inner = broken(piece, indent + INDENT)
        if all(map(fits, inner)) or isinstance(piece, Chain):
            return [opened, *inner, f"{margin})"]
    return broken(piece, indent, target)


def condition(piece: Piece, indent: int) -> list[str]:
    """The line or lines of an `if` up to its colon."""
    margin = " " * indent
    whole = f"{margin}if {flat(piece)}:"
    if fits(whole):
        return [whole]
    return [f"{margin}if (", *broken(piece, indent + INDENT), f"{margin}):"]


def _path(path: str, indent: int, target: str, opens: bool) -> list[str]:
    """A statement that sets one path to another, such as `self.a[0].weight = self.b[1].c[2].weight`.

    `opens` says whether the line up to the first index of the value is short enough.
    """
    margin = " " * indent
    if path.count("].") > 1:
        # Two links or more stand in round brackets, each on a line of its own where one line is too short.
        whole = f"{margin}    {path}"
        links = (
            [whole]
            if fits(whole)
            else [f"{margin}    {link}" for link in re.split(r"(?<=\])(?=\.)", path)]
        )
        opening = _indexed(f"{target}(", margin)
        if fits(flat_end := opening[-1][:-1] + path):
            return [*opening[:-1], flat_end]
        if fits(opening[-1]) and (opens or fits(links[0])):
            return [*opening, *links, f"{margin})"]
    if "[" not in target and not opens:
        return []
    lines = _indexed(target + path, margin)
    if not all(map(fits, lines)) and "[" in target:
        at = next(number for number, line in enumerate(lines) if " = " in line)
        opening = lines[at].partition(" = ")[0]
        return [*lines[:at], f"{opening} = (", *_indexed(path, f"{margin}    "), f"{margin})"]
    return lines


def _indexed(text: str, margin: str) -> list[str]:
    """A line broken inside each index behind which the text up to the next one does not fit."""
    pieces = re.split(r"(\[\d+\])", text)
    lines: list[str] = []
    line = margin + pieces[0]
    for index, behind, following in zip(
        pieces[1::2], pieces[2::2], [*pieces[3::2], ""], strict=False
    ):
        if not fits(line + index + behind + following[:1]):
            lines += [f"{line}[", f"{margin}    {index[1:-1]}"]
            line = f"{margin}]{behind}"
        else:
            line += index + behind
    return [*lines, line]


def broken(piece: Piece, indent: int, before: str = "", after: str = "") -> list[str]:
    """The lines of a piece inside brackets, on one line where that fits."""
    margin = " " * indent
    whole = f"{margin}{before}{flat(piece)}{after}"
    if fits(whole):
        return [whole]
    match piece:
        case Call(_, _, tail) if tail.endswith("]") and fits(
            f"{(opening := whole[: len(whole) - len(after)].rpartition('[')[0])}["
        ):
            index = tail.rpartition("[")[2][:-1]
            return [f"{opening}[", f"{margin}    {index}", f"{margin}]{after}"]
        case Call(head, items, tail) if items:
            return _bracketed(f"{margin}{before}{head}(", items, f"){tail}{after}", indent)
        case Method(call, name, items):
            opening = f"{margin}{before}{flat(call)}.{name}("
            if fits(opening):
                return _bracketed(opening, items, f"){after}", indent)
            return broken(call, indent, before, f".{name}({', '.join(map(flat, items))}){after}")
        case Keyword(name, value):
            return broken(value, indent, f"{before}{name}=", after)
        case Listed(items, brackets):
            return _bracketed(
                f"{margin}{before}{brackets[0]}", items, brackets[1] + after, indent, False
            )
        case Chain(operands, operator):
            first, *others = operands
            lines = broken(first, indent, before)
            for operand in others:
                lines += broken(operand, indent, f"{operator} ")
            lines[-1] += after
            return lines
        case Loop(element, variables, values, star):
            inside = indent + INDENT
            clause = broken(values, inside, f"for {variables} in ")
            return [
                f"{margin}{before}{star}[",
                *broken(element, inside),
                *clause,
                f"{margin}]{after}",
            ]
        case str() if "[" in piece:
            head, _, rest = piece.rpartition("[")
            index, _, tail = rest.partition("]")
            return [f"{margin}{before}{head}[", f"{margin}    {index}", f"{margin}]{tail}{after}"]
        case _:
            return [whole]


def _bracketed(
    opening: str, items: Sequence[Piece], closing: str, indent: int, together: bool = True
) -> list[str]:
    """Items behind an opening bracket: on one further line if they may, or else one a line."""
    inside = f"{' ' * (indent + INDENT)}{', '.join(map(flat, items))}"
    if together and fits(inside):
        lines = [inside]
    else:
        comma = "" if len(items) == 1 else ","
        lines = [line for item in items for line in broken(item, indent + INDENT, after=comma)]
    return [opening, *lines, f"{' ' * indent}{closing}"]


def _opening(piece: Piece) -> str:
    """The piece up to its first bracket that can be broken at, "" where it has none."""
    match piece:
        case Call(head, items, _) if items:
            return f"{head}("
        case Method(call, _, _):
            return _opening(call)
        case Listed(_, brackets):
            return brackets[0]
        case str() if "[" in piece:
            return piece[: piece.index("[") + 1]
        case _:
            return ""
