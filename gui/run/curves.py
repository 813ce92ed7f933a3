"""The curves of a run, as they grow: the loss of every step, and what every epoch came to. Needs numpy."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from engine.files.runs import Layers, Line
from engine.views.health import NUMBERS
from engine.worker.protocol import Training

Floats = NDArray[np.float64]

EPOCH, STEP, LOSS, VALIDATION, SCORE, RATE, SECONDS = range(7)
"""Columns of an epoch's row, as `Training` has them."""

SMOOTHED_OVER = 40
"""The smoothed curve is the mean over so many steps, or a fortieth of all where that is more."""


class Grown:
    """A table of numbers to which rows are added at the end, in amortised constant time."""

    def __init__(self, columns: int) -> None:
        self._rows = np.empty((64, columns))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def columns(self) -> int:
        return self._rows.shape[1]

    def rows(self) -> Floats:
        """A view that later rows do not change."""
        return self._rows[: self._count]

    def add(self, rows: Floats) -> None:
        wanted = self._count + len(rows)
        if wanted > len(self._rows):
            larger = np.empty((max(wanted, 2 * len(self._rows)), self._rows.shape[1]))
            larger[: self._count] = self._rows[: self._count]
            self._rows = larger
        self._rows[self._count : wanted] = rows
        self._count = wanted

    def cut(self, count: int) -> None:
        """Keep the first rows alone."""
        self._count = min(count, self._count)

    def column(self, place: int) -> Floats:
        """A view that later rows do not change."""
        return self._rows[: self._count, place]


class Curves:
    """Steps with loss and rate, and epochs, both in order."""

    def __init__(self) -> None:
        self.steps = Grown(3)
        """Rows of step, loss, rate."""
        self.epochs = Grown(7)
        self.names: tuple[str, ...] = ()
        """Of the layers that are watched."""
        self._looks = Grown(1)
        """Rows of a step and the eight numbers of each layer (`engine.views.health`)."""

    @property
    def step(self) -> int:
        """The last step."""
        return int(self.steps.column(0)[-1]) if len(self.steps) else 0

    def hear(self, told: Training) -> None:
        """Add what a report tells; what a run that went back does once more replaces what was before."""
        losses, rates = told.losses.to_numpy(), told.rates.to_numpy()
        if len(losses):
            first = told.step - len(losses) + 1
            self.cut(first - 1)
            self.steps.add(np.stack((np.arange(first, told.step + 1.0), losses, rates), axis=1))
        if told.epochs.shape[0]:
            rows: Floats = told.epochs.to_numpy()
            first_end = float(rows[0, STEP])
            self.epochs.cut(int(np.searchsorted(self.epochs.column(STEP), first_end)))
            self.epochs.add(rows)

        if told.looks.shape[0]:
            self.look(told.looks.to_numpy(), told.layers.to_numpy())

    def look(self, steps: NDArray[np.int64], numbers: Floats) -> None:
        """Add looks at the layers, [look, layer, number]."""
        rows = np.concatenate(
            (steps[:, None].astype(float), numbers.reshape(len(steps), -1)), axis=1
        )
        if rows.shape[1] != self._looks.columns:
            self._looks = Grown(rows.shape[1])
        self._looks.cut(int(np.searchsorted(self._looks.column(0), float(steps[0]))))
        self._looks.add(rows)

    @property
    def looks(self) -> Floats:
        """The steps at which the layers were looked at."""
        return self._looks.column(0)

    def layers(self, number: int) -> Floats:
        """One number of all layers over time, [layer, look]."""
        rows = self._looks.rows()[:, 1:]
        return rows.reshape(len(rows), -1, NUMBERS)[:, :, number].T

    def last_look(self) -> Floats:
        """All numbers of the layers at the last look, [layer, number]."""
        rows = self._looks.rows()
        return rows[-1, 1:].reshape(-1, NUMBERS) if len(rows) else np.empty((0, NUMBERS))

    def cut(self, step: int) -> None:
        """Forget what came after a step."""
        for table, place in ((self.steps, 0), (self.epochs, STEP), (self._looks, 0)):
            table.cut(int(np.searchsorted(table.column(place), step, "right")))

    def in_epochs(self, steps: Floats, per_epoch: int) -> Floats:
        """Steps as epochs: by the ends of those that ended, and by `per_epoch` behind them."""
        if not len(self.epochs):
            return steps / per_epoch
        ends, numbers = self.epochs.column(STEP), self.epochs.column(EPOCH)
        within = np.interp(steps, np.concatenate(([0.0], ends)), np.concatenate(([0.0], numbers)))
        return np.where(steps > ends[-1], numbers[-1] + (steps - ends[-1]) / per_epoch, within)

    def epochs_done(self, per_epoch: int) -> float:
        """How many epochs are behind the last step, with the part of the present one."""
        return float(self.in_epochs(np.array([float(self.step)]), per_epoch)[0])

    @property
    def loss(self) -> float:
        """The mean of the last losses, where the smoothed curve ends; nan before the first step."""
        losses = self.steps.column(1)
        return float(losses[-_over(len(losses)) :].mean()) if len(losses) else float("nan")

    def smoothed(self) -> tuple[Floats, Floats]:
        """Steps, and the mean loss of the steps up to each."""
        steps, losses = self.steps.column(0), self.steps.column(1)
        over = _over(len(losses))
        sums = np.concatenate(([0.0], np.cumsum(losses)))
        ends = np.arange(1, len(losses) + 1)
        starts = np.maximum(ends - over, 0)
        return steps, (sums[ends] - sums[starts]) / (ends - starts)


def _over(count: int) -> int:
    """Over how many of so many steps the mean is taken."""
    return max(SMOOTHED_OVER, count // SMOOTHED_OVER)


def read(lines: Iterable[Line], layers: Layers | None = None) -> Curves:
    """The curves of a run that is kept, from the lines of its log."""
    found = Curves()
    steps: list[list[float]] = []
    epochs: list[list[float]] = []
    nan = float("nan")
    for line in lines:
        value = {key: nan if each is None else float(each) for key, each in line.items()}
        if "epoch" in value:
            names = ("epoch", "step", "train_loss", "validation", "score", "rate", "seconds")
            epochs.append([value.get(name, nan) for name in names])
        elif "step" in value:
            steps.append([value["step"], value.get("loss", nan), value.get("rate", nan)])
    if steps:
        found.steps.add(np.array(steps))
    if epochs:
        found.epochs.add(np.array(epochs))
    if layers is not None and layers.steps:
        found.names = layers.names
        found.look(np.array(layers.steps), np.array(layers.numbers))
    return found
