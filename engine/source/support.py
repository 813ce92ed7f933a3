"""The classes of `engine/support` as text: what the writer pastes and the reader knows again."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parents[1] / "support"
_MEANT = {"torch": "torch", "nn": "torch.nn", "Tensor": "torch.Tensor"}
"""What these classes mean by the names that their file imports."""


@cache
def support_class(name: str) -> tuple[str, ...]:
    """The lines of a class of `engine/support`."""
    file = _FOLDER / (re.sub("(?<!^)(?=[A-Z])", "_", name).lower() + ".py")
    text = file.read_text(encoding="utf-8")
    node = next(each for each in ast.parse(text).body if isinstance(each, ast.ClassDef))
    return tuple(text.splitlines()[node.lineno - 1 : node.end_lineno])


def is_support_class(node: ast.ClassDef, imported: Mapping[str, str]) -> bool:
    """Whether a class called as one of those is it: however it is laid out and whatever its texts for people say."""
    if any(imported.get(each) != _MEANT[each] for each in _MEANT):
        return False
    return _meaning(ast.unparse(node)) == _meaning("\n".join(support_class(node.name)))


def _meaning(text: str) -> str:
    """What a text does: its tree without the docstrings."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            del node.body[0]
    return ast.dump(tree)
