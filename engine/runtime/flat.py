"""All trained parameters of a module as one vector, so that a step of the optimizer is one call and not one a layer."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.design.error import DesignError


class Flat:
    """The parameters of a module that are trained; each becomes a part of `values`, its gradient one of `gradient`.

    What the optimizers of the catalogue do to a number depends on that number alone, so they give the same as with
    every parameter for itself. Raises DesignError where nothing is to be trained.
    """

    def __init__(self, module: nn.Module) -> None:
        own = [each for each in module.parameters() if each.requires_grad]
        if not own:
            raise DesignError("there is nothing to train: no layer has weights, or all are frozen")
        values = torch.cat([each.detach().reshape(-1) for each in own])
        self.values = nn.Parameter(values)
        self.gradient = torch.zeros_like(values)
        self.values.grad = self.gradient
        self._parts: list[tuple[nn.Parameter, Tensor]] = []
        start = 0
        for each in own:
            stop = start + each.numel()
            each.data = self.values.data[start:stop].view_as(each)
            self._parts.append((each, self.gradient[start:stop].view_as(each)))
            start = stop
        self.clear()

    def clear(self) -> None:
        """Set all gradients to 0, in place: those of the parameters stay parts of the vector."""
        self.gradient.zero_()
        for each, part in self._parts:
            if each.grad is not part:
                each.grad = part
