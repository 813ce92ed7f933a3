"""The rows that train and those that judge, with targets as the loss wants them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np
import torch
from torch import Tensor

from engine.catalogue.datasets import Dataset, RandomInput
from engine.catalogue.losses import Loss
from engine.design.error import DesignError
from engine.design.kind import Shape
from engine.design.project import Project
from engine.design.tree import Network
from engine.runtime.build import build
from engine.runtime.data import (
    LARGEST_BATCH,
    fitted,
    one_input,
    random_rows,
    read,
    scaler,
    training_rows,
)  # fmt: skip
from engine.runtime.table import table
from engine.runtime.tabular import Numbers
from engine.views.data_fit import small_table
from engine.views.shapes import infer

FAULTY = "the network has a fault, which has to be mended before it can be trained"


IN_MEMORY = 2**28
"""Numbers of all rows together that are kept in memory, 1 GiB; of more, each batch is read when it is needed."""


@dataclass(frozen=True, eq=False)
class Examples:
    """Rows in memory: `x` has [rows, ...] for each input of the network, `y` [rows, ...] is as the loss takes it."""

    x: tuple[Tensor, ...]
    y: Tensor

    def __len__(self) -> int:
        return len(self.y)

    @property
    def numbers(self) -> int:
        """At the inputs for one row."""
        return sum(each[0].numel() for each in self.x)

    def at(self, places: Tensor | slice) -> Examples:
        """Some of the rows."""
        return Examples(tuple(each[places] for each in self.x), self.y[places])


class Distant:
    """Rows that are read when their `x` or `y` is asked for, as all together do not fit into memory."""

    def __init__(self, load: Callable[[Numbers], Examples], places: Numbers, numbers: int) -> None:
        self._load, self._places, self.numbers = load, places, numbers

    def __len__(self) -> int:
        return len(self._places)

    def at(self, places: Tensor | slice) -> Distant:
        """Some of the rows."""
        chosen = places if isinstance(places, slice) else places.numpy()
        return Distant(self._load, self._places[chosen], self.numbers)

    @cached_property
    def _rows(self) -> Examples:
        return self._load(self._places)

    @property
    def x(self) -> tuple[Tensor, ...]:
        return self._rows.x

    @property
    def y(self) -> Tensor:
        return self._rows.y


@dataclass(frozen=True, eq=False)
class Split:
    """What trains, what judges (None where all rows train), and how many classes there are, 0 for numbers."""

    training: Examples | Distant
    validation: Examples | Distant | None
    classes: int
    classes_last: bool = False
    """The network gives the scores of a row as [positions, classes], where a loss takes [classes, positions]."""


def split(project: Project, in_memory: int = IN_MEMORY) -> Split:
    """The project's rows, divided by its data's seed and scaled by what trains.

    Raises DesignError when there is nothing to learn from, or rows, network and loss do not fit one another.
    """
    chosen, loss = project.data.set, project.training.loss
    assert isinstance(chosen, Dataset)
    assert isinstance(loss, Loss)
    if isinstance(chosen, RandomInput):
        return made_up(project)
    if not chosen.predicts():
        raise DesignError(
            f"{chosen.title()} has nothing to predict; choose data with a target to train on"
        )
    output = infer(project.network).output
    found = table(chosen)
    targets = found.y
    if output is None or targets is None:
        raise DesignError(FAULTY)
    places = training_rows(found, project.data)
    rest = np.setdiff1d(np.arange(len(found.x)), places, assume_unique=True)
    classes = len(found.class_names)
    spec = one_input(project.network, found).spec
    scale = scaler(found, project.data)
    if small := small_table(project.network, found.facts()):
        layer, vectors = small
        raise DesignError(
            f"whole numbers from 0 to {found.vocabulary - 1} flow in, and {layer.name or vectors.title()} has only "
            f"{vectors.num_embeddings} vectors; give it {found.vocabulary}"
        )

    def load(rows: Numbers) -> Examples:
        x = fitted(read(found, rows, scale), spec, found)
        y = torch.from_numpy(np.array(targets[rows]))
        return Examples((torch.from_numpy(x),), target(loss, y, classes, output.shape))

    def part(rows: Numbers) -> Examples | Distant:
        load(rows[:1])  # which says at once where rows, network and loss do not fit
        if len(found.x) * spec.elements > in_memory:
            return Distant(load, rows, spec.elements)
        at_once = max(1, LARGEST_BATCH // max(spec.elements, 1))
        parts = [load(rows[at : at + at_once]) for at in range(0, len(rows), at_once)]
        if len(parts) == 1:
            return parts[0]
        return Examples(
            (torch.cat([each.x[0] for each in parts]),), torch.cat([each.y for each in parts])
        )

    last = bool(classes) and len(output.shape) > 1 and output.shape == (*targets.shape[1:], classes)
    return Split(part(places), part(rest) if len(rest) else None, classes, last)


MOST_MADE_UP = 2**22
"""Numbers at the inputs of made-up rows together: 27 rows for images of 224 by 224, all that is asked for elsewhere."""


TAUGHT_AT_ONCE = 64


def made_up(project: Project) -> Split:
    """Random rows for every input, with targets that can be learnt from them. Raises DesignError.

    Classes, for each row or each position, are a fixed random function of the input. Numbers are what the very network
    gives with other weights, so that they lie where it can reach them; or the input itself, where it gives what it
    takes. So any network can be trained before there are data.
    """
    chosen, loss, network = project.data.set, project.training.loss, project.network
    assert isinstance(chosen, RandomInput)
    assert isinstance(loss, Loss)
    output = infer(network).output
    if output is None or not network.inputs:
        raise DesignError(FAULTY)
    size = sum(each.spec.elements for each in network.inputs)
    count = max(min(chosen.samples, MOST_MADE_UP // max(size, 1)), 2)
    rows = random_rows(network.inputs, chosen, count, project.data.seed)
    inputs = tuple(torch.from_numpy(each) for each in rows.inputs)
    teacher = Teacher(inputs, torch.Generator().manual_seed(project.data.seed + 1))
    classes, last = 0, False
    if loss.target == "class":
        last = output.shape[:-1] == network.inputs[0].spec.shape and len(output.shape) > 1
        if not output.shape:
            raise DesignError(
                f"{loss.title()} needs a number for each class at the output, and the network gives one alone; "
                "change its last layer, or choose a loss for numbers"
            )
        classes = output.shape[-1] if last else output.shape[0]
        y = teacher.classes(classes, output.shape[:-1] if last else output.shape[1:])
    elif loss.task == "regression":
        same = output.shape == network.inputs[0].spec.shape and inputs[0].dtype == torch.float32
        y = inputs[0].clone() if same else _of_another(network, inputs, project.data.seed + 2)
        if not bool((y != y.flatten()[0]).any()):
            y = teacher.numbers(output.shape)
    else:
        y = (teacher.numbers(output.shape) > 0).float()
        y = 2 * y - 1 if loss.target == "signs" else y
    whole = Examples(inputs, y)
    judging = min(round(count * (1 - project.data.train_share)), count - 1)
    cut = count - judging
    validation = whole.at(slice(cut, None)) if judging else None
    return Split(whole.at(slice(cut)), validation, classes, last)


def _of_another(network: Network, inputs: tuple[Tensor, ...], seed: int) -> Tensor:
    """What a network of the same design with weights of another seed gives, a few rows at once."""
    module = build(network, seed).eval()
    with torch.no_grad():
        parts = [
            module.outputs(*(each[at : at + TAUGHT_AT_ONCE] for each in inputs))[0]
            for at in range(0, len(inputs[0]), TAUGHT_AT_ONCE)
        ]
    return torch.cat(parts)


class Teacher:
    """A fixed random function of rows, linear in what it looks at, for networks to find out."""

    LOOKS_AT = 64

    def __init__(self, inputs: tuple[Tensor, ...], generator: torch.Generator) -> None:
        self._inputs = inputs
        self._generator = generator

    def numbers(self, shape: Shape) -> Tensor:
        """[rows, *shape], each of about unit size."""
        seen = torch.cat([_seen(each, self.LOOKS_AT) for each in self._inputs], dim=1)
        rank = 4
        mixed = seen @ self._drawn(seen.shape[1], rank) / seen.shape[1] ** 0.5
        return (mixed @ self._drawn(rank, prod(shape)) / rank**0.5).reshape(-1, *shape)

    def classes(self, count: int, positions: Shape) -> Tensor:
        """[rows, *positions], whole numbers below `count`."""
        first = self._inputs[0]
        if positions and tuple(first.shape[1:]) == positions:
            table = torch.randint(count, (1009,), generator=self._generator)
            return table[first.long() % 1009]
        if positions and tuple(first.shape[2:]) == positions:
            weights = self._drawn(count, first.shape[1])
            scores = torch.einsum("kc,nc...->nk...", weights, first.float())
            return (scores + self._drawn(count, *(1 for _ in positions))).argmax(1)
        scores = self.numbers((count, *(1 for _ in positions)))
        return scores.argmax(1).expand(len(first), *positions).clone()

    def _drawn(self, *shape: int) -> Tensor:
        return torch.randn(shape, generator=self._generator)


def _seen(x: Tensor, most: int) -> Tensor:
    """[rows, at most so many]: the means of parts of each row, every column of mean 0 and unit size."""
    flat = x.reshape(len(x), -1).float()
    if flat.shape[1] > most:
        flat = torch.nn.functional.adaptive_avg_pool1d(flat[:, None], most)[:, 0]
    spread = flat.std(dim=0, correction=0)
    return (flat - flat.mean(dim=0)) / torch.where(spread == 0, 1.0, spread)


def target(loss: Loss, y: Tensor, classes: int, output: Shape) -> Tensor:
    """Targets as a loss takes them, for a network that gives `output` for a row. Raises DesignError where none fit.

    Classes are numbers [rows] or [rows, positions] for a loss of classes, else 0 and 1 (or -1 and 1) in the shape of
    the output: a single one for two classes, one for each class otherwise.
    """
    positions = tuple(y.shape[1:])
    if loss.target == "class":
        if not classes:
            raise DesignError(
                f"{loss.title()} compares classes, and the target holds numbers; choose a loss for numbers"
            )
        if output not in ((classes, *positions), (*positions, classes)):
            raise DesignError(_classes_need(classes, positions, output))
        return y.long()
    if not classes:
        if loss.task != "regression":
            raise DesignError(f"{loss.title()} judges answers of yes or no, and the target holds numbers; choose a "
                              "loss for numbers")  # fmt: skip
        if not positions and output not in ((), (1,)):
            raise DesignError(f"one number is to be predicted, and the network gives {_said(output)}; change its last "
                              "layer")  # fmt: skip
        if positions and output != positions:
            raise DesignError(f"{_said(positions)} numbers are to be predicted, and the network gives {_said(output)}; "
                              "change its last layer")  # fmt: skip
        return y.float().reshape(-1, *output)
    if positions:
        raise DesignError(f"a class at each of {_said(positions)} places is to be predicted, which {loss.title()} does "
                          "not judge; choose Cross entropy")  # fmt: skip
    if output in ((), (1,)) and classes == 2:
        answers = y.float().reshape(-1, *output)
    elif output == (classes,):
        answers = torch.nn.functional.one_hot(y.long(), classes).float()
    else:
        one = "1 number or " if classes == 2 else ""
        raise DesignError(f"{classes} classes need {one}{classes} numbers at the output for {loss.title()}, and the "
                          f"network gives {_said(output)}; change its last layer")  # fmt: skip
    return 2 * answers - 1 if loss.target == "signs" else answers


def _classes_need(classes: int, positions: Shape, output: Shape) -> str:
    if not positions:
        return (
            f"{classes} classes need {classes} numbers at the output, and the network gives {_said(output)}; change "
            "its last layer"
        )
    return (
        f"{classes} classes at each of {_said(positions)} places need {_said((*positions, classes))} numbers at the "
        f"output, and the network gives {_said(output)}; change its last layer"
    )


def _said(output: Shape) -> str:
    return " × ".join(map(str, output)) or "1"
