"""Where numbers of a network stop being numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, cast

import torch
from torch import Tensor, nn


def first_weight(module: nn.Module) -> str:
    """The first parameter that is not finite; "" where all are."""
    return next(
        (name for name, each in module.named_parameters() if not bool(each.isfinite().all())), ""
    )


def first_layer(module: nn.Module, forward: Callable[[], object]) -> str:
    """The first module that `forward` gets no finite numbers from; "" where all give some. Weights change nowhere."""
    found: list[str] = []

    def look(name: str, _: nn.Module, given: Any, output: Any) -> None:
        first: Any = cast("Any", output)[0] if isinstance(output, tuple) else output
        if not found and isinstance(first, Tensor) and not bool(first.isfinite().all()):
            found.append(name)

    inner = cast("Iterable[tuple[str, nn.Module]]", module.named_modules())
    hooks = [each.register_forward_hook(partial(look, name)) for name, each in inner if name]
    try:
        with torch.no_grad(), torch.random.fork_rng(devices=()):
            forward()
    finally:
        for hook in hooks:
            hook.remove()
    return found[0] if found else ""
