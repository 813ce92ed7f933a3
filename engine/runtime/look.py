"""What a network gives for rows of its data, or for others that are scaled the same way: for pictures of a training."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from engine.catalogue.datasets import Dataset, RandomInput
from engine.design.error import DesignError
from engine.design.project import Project
from engine.runtime.build import Built
from engine.runtime.data import fitted, scale, scaler, training_rows
from engine.runtime.examples import Split
from engine.runtime.table import table
from engine.runtime.tabular import Numbers, Table
from engine.runtime.train import as_taken

AT_ONCE = 4096
"""Rows that go through together."""


class Judged(NamedTuple):
    """Rows before scaling, with gaps filled, their targets as the data have them, and what the network gives."""

    x: Numbers
    y: Numbers
    output: Tensor


class Look:
    """Knows a project's rows and how they are scaled; computed once, for many looks. Raises DesignError."""

    def __init__(self, project: Project, rows: Split) -> None:
        chosen = project.data.set
        assert isinstance(chosen, Dataset)
        self._inputs = project.network.inputs
        self._rows = rows
        self._table: Table | None = None
        if not isinstance(chosen, RandomInput):
            self._table = table(chosen)
            self._scale = scaler(self._table, project.data)
            self._training = training_rows(self._table, project.data)
            if self._table.has_gaps:
                self._means = scale(self._table, project.data)[2]

    def responses(self, module: Built, x: Numbers) -> Tensor:
        """What flows out for rows as they are before scaling, in evaluation mode. Raises DesignError."""
        found, first = self._table, self._inputs[0].spec
        wanted = first.shape if found is None else found.x.shape[1:]
        if x.shape[1:] != wanted or len(self._inputs) != 1:
            raise DesignError(f"rows of {wanted} are wanted, found {x.shape[1:]}")
        if found is None:
            dtype = torch.int64 if first.dtype == "int64" else torch.float32
            return _through(module, (torch.from_numpy(np.array(x)).to(dtype),))
        return _through(module, (torch.from_numpy(fitted(self._scale(np.array(x)), first, found)),))

    def judged(self, module: Built, part: str, limit: int) -> Judged:
        """The first of the rows that train or judge, in the order of the data. Raises DesignError."""
        found = self._table
        if found is None:
            judging = self._rows.validation if part == "validation" else None
            rows = (judging or self._rows.training).at(slice(limit))
            return Judged(rows.x[0].numpy(), rows.y.numpy(), _through(module, rows.x))
        places = self._training
        if part == "validation":
            rest = np.setdiff1d(np.arange(len(found.x)), places, assume_unique=True)
            places = rest if len(rest) else places
        places = places[:limit]
        x = np.array(found.x[places])
        if found.has_gaps:
            x = np.where(np.isnan(x), self._means, x)
        assert found.y is not None
        return Judged(x, np.array(found.y[places]), self.responses(module, x))


def _through(module: Built, inputs: tuple[Tensor, ...]) -> Tensor:
    """What flows out, in evaluation mode; the module is left as it was."""
    was_training = module.training
    module.eval()
    try:
        with torch.no_grad():
            parts = [
                module.outputs(
                    *as_taken(module, tuple(each[at : at + AT_ONCE] for each in inputs))
                )[0].float()
                for at in range(0, len(inputs[0]), AT_ONCE)
            ]
    finally:
        module.train(was_training)
    return torch.cat(parts)
