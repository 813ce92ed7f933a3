"""Calls of torch's classes and functions, with their signatures: one value for builder, writer and reader."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from typing import Any

from engine.design.value import value


class Required:
    """Stands for "no default" in a signature."""


REQUIRED = Required()


@value
class Signature:
    """The parameters of a torch class or function, in order, with their defaults."""

    defaults: Mapping[str, Any]

    def bind(self, positional: tuple[Any, ...], named: Mapping[str, Any]) -> dict[str, Any]:
        """Every parameter with its value. Raises TypeError, in Python's own words, when they do not fit."""
        if len(positional) > len(self.defaults):
            raise TypeError(f"takes {len(self.defaults)} arguments, not {len(positional)}")
        bound = dict(zip(self.defaults, positional, strict=False))
        for name, given in named.items():
            if name not in self.defaults:
                raise TypeError(f"has no argument {name}")
            if name in bound:
                raise TypeError(f"has two values for {name}")
            bound[name] = given
        for name, default in self.defaults.items():
            if name not in bound and default is REQUIRED:
                raise TypeError(f"needs {name}")
        return {name: bound.get(name, default) for name, default in self.defaults.items()}


@cache
def signature(text: str) -> Signature:
    """The signature that a text such as `in_features, out_features, bias=True` describes."""
    parsed = ast.parse(f"def f({text}): ...").body[0]
    assert isinstance(parsed, ast.FunctionDef)
    names = [argument.arg for argument in (*parsed.args.args, *parsed.args.kwonlyargs)]
    defaults: dict[str, Any] = dict.fromkeys(names, REQUIRED)
    with_default = names[len(parsed.args.args) - len(parsed.args.defaults) : len(parsed.args.args)]
    for name, node in zip(with_default, parsed.args.defaults, strict=True):
        defaults[name] = ast.literal_eval(node)
    for argument, node in zip(parsed.args.kwonlyargs, parsed.args.kw_defaults, strict=True):
        if node is not None:
            defaults[argument.arg] = ast.literal_eval(node)
    return Signature(defaults)


@value
class Call:
    """A call such as `nn.Linear(3, 2, bias=False)`: the builder evaluates it, the writer prints it, the reader unifies.

    `arguments` holds every parameter of the signature, given or default: constants, or the call of a module that this
    one takes.
    """

    function: str
    signature: Signature
    arguments: Mapping[str, Any]

    def __str__(self) -> str:
        """As the writer prints it: required arguments by position, others by name where they differ from torch's."""
        parts: list[str] = []
        for name, default in self.signature.defaults.items():
            value = self.arguments[name]
            text = str(value) if isinstance(value, Call) else repr(value)
            if default is REQUIRED:
                parts.append(text)
            elif value != default or type(value) is not type(default):
                parts.append(f"{name}={text}")
        return f"{self.function}({', '.join(parts)})"


PARAMETER = "nn.Parameter"
"""What a kind that torch has no module for may be: one tensor of the class itself."""
TENSORS = {
    "torch.zeros": ("features", "steps, features", "batch, steps, features"),
    "torch.full": ("", "size, fill_value"),
}
"""What may fill such a parameter, with the names of its arguments by how many there are."""


def tensor_call(function: str, *arguments: Any) -> Call:
    """The call that fills a parameter. Raises TypeError where it has another number of arguments."""
    known = TENSORS[function]
    names = signature(dict(enumerate(known, start=1)).get(len(arguments), ""))
    return Call(function, names, names.bind(arguments, {}))
