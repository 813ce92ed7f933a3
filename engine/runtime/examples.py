"""The rows that train and those that judge, with targets as the loss wants them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engine.catalogue.datasets import Dataset, RandomInput, has_target
from engine.catalogue.losses import Loss
from engine.design.error import DesignError
from engine.design.kind import Shape
from engine.design.project import Project
from engine.runtime.data import prepared, training_rows
from engine.runtime.table import Numbers, table
from engine.views.shapes import infer


@dataclass(frozen=True, eq=False)
class Examples:
    """Rows in memory: `x` [rows, ...] as the network's input, `y` [rows, ...] as the loss takes its target."""

    x: Tensor
    y: Tensor

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True, eq=False)
class Split:
    """What trains, what judges (None where all rows train), and how many classes there are, 0 for numbers."""

    training: Examples
    validation: Examples | None
    classes: int


def split(project: Project) -> Split:
    """The project's rows, divided by its data's seed and scaled by what trains.

    Raises DesignError when there is nothing to learn from, or rows, network and loss do not fit one another.
    """
    chosen, loss = project.data.set, project.training.loss
    assert isinstance(chosen, Dataset)
    assert isinstance(loss, Loss)
    if isinstance(chosen, RandomInput) or not has_target(chosen):
        raise DesignError(
            f"{chosen.title()} has nothing to predict; choose data with a target to train on"
        )
    output = infer(project.network).output
    found = table(chosen)
    if output is None or found.y is None:
        raise DesignError(
            "the network has a fault, which has to be mended before it can be trained"
        )
    places = training_rows(found, project.data)
    rest = np.setdiff1d(np.arange(len(found.x)), places, assume_unique=True)
    classes = len(found.class_names)

    def part(rows: Numbers) -> Examples:
        given = prepared(project.network, project.data, found, rows, found.title)
        y = torch.from_numpy(np.asarray(found.y)[rows])
        return Examples(torch.from_numpy(given.x), target(loss, y, classes, output.shape))

    return Split(part(places), part(rest) if len(rest) else None, classes)


def target(loss: Loss, y: Tensor, classes: int, output: Shape) -> Tensor:
    """Targets as a loss takes them, for a network that gives `output` for a row. Raises DesignError where none fit.

    Classes are numbers [rows] for a loss of classes, else 0 and 1 (or -1 and 1) in the shape of the output: a single
    one for two classes, one for each class otherwise.
    """
    if loss.target == "class":
        if not classes:
            raise DesignError(
                f"{loss.title()} compares classes, and the target holds numbers; choose a loss for numbers"
            )
        if output != (classes,):
            raise DesignError(f"{classes} classes need {classes} numbers at the output, and the network gives "
                              f"{_said(output)}; change its last layer")  # fmt: skip
        return y.long()
    if not classes:
        if loss.task != "regression":
            raise DesignError(f"{loss.title()} judges answers of yes or no, and the target holds numbers; choose a "
                              "loss for numbers")  # fmt: skip
        if output not in ((), (1,)):
            raise DesignError(f"one number is to be predicted, and the network gives {_said(output)}; change its last "
                              "layer")  # fmt: skip
        return y.float().reshape(-1, *output)
    if output in ((), (1,)) and classes == 2:
        answers = y.float().reshape(-1, *output)
    elif output == (classes,):
        answers = torch.nn.functional.one_hot(y.long(), classes).float()
    else:
        one = "1 number or " if classes == 2 else ""
        raise DesignError(f"{classes} classes need {one}{classes} numbers at the output for {loss.title()}, and the "
                          f"network gives {_said(output)}; change its last layer")  # fmt: skip
    return 2 * answers - 1 if loss.target == "signs" else answers


def _said(output: Shape) -> str:
    return " × ".join(map(str, output)) or "1"
