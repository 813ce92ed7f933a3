"""Filling tensors by the rules of torch.nn.init, from torch's own random generator."""

from __future__ import annotations

from functools import cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.design.call import REQUIRED, Call
from engine.design.kind import Initializer
from engine.source.arguments import same
from engine.support.sinusoidal_positions import SinusoidalPositions

ROOTS = {
    "torch": torch,
    "nn": nn,
    "F": functional,
    "SinusoidalPositions": SinusoidalPositions,
}
"""What the names of the catalogue start from, as in an exported file."""


@cache
def named(path: str) -> Any:
    """What the catalogue calls `nn.Linear` or `nn.init.zeros_`, or names as a class of `engine/support`."""
    root, *rest = path.split(".")
    found: Any = ROOTS[root]
    for part in rest:
        found = getattr(found, part)
    return found


def arguments(call: Call, first: bool = False) -> tuple[list[Any], dict[str, Any]]:
    """Positional and named arguments as the exported code gives them: what torch has as a default is left out.

    `first` leaves the first one out, which stands for the value or tensor.
    """
    positional: list[Any] = []
    by_name: dict[str, Any] = {}
    for position, (name, default) in enumerate(call.signature.defaults.items()):
        value = call.arguments[name]
        if first and position == 0:
            continue
        if default is REQUIRED:
            positional.append(_made(value))
        elif not same(value, default):
            by_name[name] = _made(value)
    return positional, by_name


def _made(value: Any) -> Any:
    """A constant as it is; a module that another one takes, as nn.TransformerEncoder does, made first."""
    return evaluated(value) if isinstance(value, Call) else value


def evaluated(call: Call) -> Any:
    """What a call of the catalogue gives."""
    positional, by_name = arguments(call)
    return named(call.function)(*positional, **by_name)


def initialize(tensor: Tensor, initializer: Initializer) -> None:
    """Fill a tensor in place; what is random comes from torch's global generator.

    Only for shapes that the initializer does not refuse.
    """
    call = initializer.call()
    positional, by_name = arguments(call, first=True)
    named(call.function)(tensor, *positional, **by_name)
