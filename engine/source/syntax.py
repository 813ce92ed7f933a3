"""Python text as a syntax tree within bounds, its names and its constants; nothing of it is ever run."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from engine.design.error import DesignError
from engine.design.knob import shown
from engine.design.names import BUILT_IN, SUPPORT

LONGEST_TEXT = 1_000_000
"""Characters: a class of a thousand layers has about 100,000."""
LARGEST_NUMBER = 2**63

Constants = Mapping[str, Any]
"""Arguments of a class, with their values in the use that is being read."""


def unreadable(where: ast.AST | int, reason: str) -> NoReturn:
    """Raise the one error of reading: what cannot be read, and in which line."""
    line = where if isinstance(where, int) else getattr(where, "lineno", 0)
    raise DesignError(reason, f"line {line}" if line else "")


def parsed(text: str) -> ast.Module:
    """The syntax tree of a text.

    Raises DesignError where it is no Python, or larger than any network is. Brackets nest at most 200 deep, blocks 100
    and operators as deep as Python can recurse: its own parser refuses more.
    """
    if len(text) > LONGEST_TEXT:
        raise DesignError(
            f"the file has {len(text):,} characters; at most {LONGEST_TEXT:,} are read"
        )
    try:
        with warnings.catch_warnings():
            # Python warns of odd escapes and comparisons; they are not ours to report.
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except SyntaxError as error:
        unreadable(error.lineno or 0, f"this is not Python: {error.msg}")
    except (ValueError, MemoryError, RecursionError, OverflowError) as error:
        reason = (
            "it is nested too deeply" if not isinstance(error, ValueError) else str(error)[:100]
        )
        raise DesignError(f"this cannot be read as Python: {reason}") from None
    return tree


@dataclass(slots=True)
class Names:
    """What the names of a file stand for: `nn` for `torch.nn`, and the classes that it defines."""

    imported: dict[str, str] = field(default_factory=dict[str, str])
    classes: frozenset[str] = frozenset()

    def imports(self, node: ast.Import | ast.ImportFrom) -> None:
        """Note what an import brings; modules beside torch are noted, too, and nothing is read from them."""
        if isinstance(node, ast.Import):
            for alias in node.names:
                root = alias.name.partition(".")[0]
                self.imported[alias.asname or root] = alias.name if alias.asname else root
        else:
            for alias in node.names:
                self.imported[alias.asname or alias.name] = (
                    f"{'.' * node.level}{node.module or ''}.{alias.name}"
                )

    def dotted(self, node: ast.expr) -> str:
        """The full name of what an expression such as `nn.Linear` stands for, "" where it is none."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self.imported:
            return ""
        return ".".join([self.imported[node.id], *reversed(parts)])

    def refuse_hiding(self, name: str, where: ast.AST, classes: bool = False) -> None:
        """Raises DesignError where a variable is called like something else that the code around it speaks of."""
        if name in self.imported or name in BUILT_IN or (classes and name in self.classes):
            unreadable(
                where,
                f"`{name}` means something else, and becomes a variable here; rename the variable",
            )


def full_name(short: str) -> str:
    """The full name of what the catalogue calls `nn.Linear` or `F.elu`, or of a class of `engine/support`."""
    if short in SUPPORT:
        return f"class {short}"  # a name that no import can bring
    root, _, rest = short.partition(".")
    roots = {"nn": "torch.nn", "F": "torch.nn.functional"}
    return f"{roots.get(root, root)}.{rest}"


def constant(node: ast.expr, known: Constants) -> Any:
    """The value of an expression of numbers, words, tuples and arguments of the class.

    Raises DesignError where it is anything else.
    """
    match node:
        case ast.Constant(value=None | bool() | int() | float() | str() as value):
            return _sensible(value, node)
        case ast.Name(id=name) if name in known:
            return known[name]
        case ast.Tuple(elts=items) | ast.List(elts=items):
            return tuple(constant(item, known) for item in items)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
            number = _number(operand, known)
            return -number if isinstance(sign, ast.USub) else number
        case ast.BinOp(left=left, op=operator, right=right):
            return _computed(node, operator, _number(left, known), _number(right, known))
        case _:
            unreadable(
                node,
                f"`{source(node)}` is not a number, and what it is cannot be told without running it",
            )


def _number(node: ast.expr, known: Constants) -> int | float:
    value = constant(node, known)
    if isinstance(value, bool) or not isinstance(value, int | float):
        unreadable(node, f"`{source(node)}` is not a number")
    return value


def _computed(
    node: ast.expr, operator: ast.operator, a: int | float, b: int | float
) -> int | float:
    try:
        match operator:
            case ast.Add():
                value = a + b
            case ast.Sub():
                value = a - b
            case ast.Mult():
                value = a * b
            case ast.FloorDiv():
                value = a // b
            case ast.Div():
                value = a / b
            case _:
                unreadable(
                    node,
                    f"`{source(node)}` is computed in a way that is not read; write the number itself",
                )
    except (ZeroDivisionError, OverflowError):
        unreadable(node, f"`{source(node)}` has no value")
    return _sensible(value, node)


def _sensible(value: Any, where: ast.AST) -> Any:
    """The value, unless it is a number beyond any size or a long text."""
    if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
        unreadable(where, "this number is larger than any size")
    if isinstance(value, str) and len(value) > 200:
        unreadable(where, f"{shown(value)} is too long for an argument")
    return value


def source(node: ast.AST) -> str:
    """A piece of the text as a message quotes it."""
    text = ast.unparse(node).replace("\n", " ")
    text = text if text.isprintable() else ascii(text)
    return text if len(text) <= 60 else f"{text[:57]}..."


def attribute_path(node: ast.expr) -> tuple[str, ...] | None:
    """`self.blocks[0].fc` as blocks, 0, fc; None where it is no such path."""
    parts: list[str] = []
    while True:
        match node:
            case ast.Attribute(value=inner, attr=name):
                parts.append(name)
                node = inner
            case ast.Subscript(value=inner, slice=ast.Constant(value=int() as index)) if (
                type(index) is int
            ):
                parts.append(str(index))
                node = inner
            case ast.Name(id="self") if parts:
                return tuple(reversed(parts))
            case _:
                return None
