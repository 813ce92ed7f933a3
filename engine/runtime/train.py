"""The training loop: a project's recipe, step by step, to be stopped anywhere and gone on with bit for bit.

All that a step depends on is the trainer's own: weights, optimizer, schedule, the order of the rows and the random
numbers of dropout. `state` gives all of it and `restore` takes it back, so that a run that was interrupted ends with
the very weights of one that was left alone (same machine, CPU, one thread).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from copy import deepcopy
from math import ceil
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from engine.catalogue.losses import Loss
from engine.catalogue.optimizers import Optimizer
from engine.catalogue.schedulers import Course, Scheduler
from engine.design.error import DesignError
from engine.design.project import Project
from engine.runtime.build import build
from engine.runtime.examples import Distant, Examples, Split, split
from engine.runtime.flat import Flat
from engine.runtime.initialize import arguments, evaluated, named
from engine.runtime.not_finite import first_layer, first_weight
from engine.runtime.scores import Scores
from engine.views.steering import steering

AT_ONCE = 4096
"""Rows that are judged together, or fewer where they are large."""

NUMBERS_AT_ONCE = 2**20
"""Numbers at the inputs of rows that are judged together."""


class Epoch(NamedTuple):
    """What one epoch came to. Scores are the share of right classes, or for numbers R², 1 where all is right."""

    epoch: int
    """Counted from 1."""
    step: int
    """Steps in all."""
    loss: float
    """Mean over the rows that train, each with the weights of its own step."""
    validation: float
    """Mean over the rows that judge, nan where there are none."""
    score: float
    """Over the rows that judge, or those that train where there are none."""
    rate: float
    """The learning rate of its last step."""
    seconds: float
    """In all, of training alone."""


class Trained(NamedTuple):
    """What a training came to."""

    module: nn.Module
    """In evaluation mode."""
    history: tuple[Epoch, ...]
    trainer: Trainer


class Best(NamedTuple):
    """The weights of the epoch that judged best so far."""

    epoch: int
    step: int
    loss: float
    """The lowest validation loss, or loss where no rows judge."""
    weights: dict[str, Tensor]


class NotFinite(DesignError):
    """The loss is no finite number any more."""


class Trainer:
    """One run in progress. Raises DesignError when the project cannot be trained."""

    def __init__(self, project: Project, rows: Split | None = None) -> None:
        recipe = project.training
        assert isinstance(recipe.loss, Loss)
        assert isinstance(recipe.optimizer, Optimizer)
        assert isinstance(recipe.scheduler, Scheduler)
        self.project = project
        self.rows = split(project) if rows is None else rows
        if recipe.device not in ("auto", "cpu"):
            raise DesignError(
                f"training runs on the CPU in this version, and the recipe asks for {recipe.device}; choose auto or cpu"
            )
        self.module = build(project.network, recipe.seed).train()
        if recipe.precision == "bfloat16":
            self.module.to(torch.bfloat16)
        self.loss: nn.Module = evaluated(recipe.loss.call())
        self.flat = Flat(self.module)
        self._size = recipe.batch_size
        self._bounds = batches(len(self.rows.training), self._size)
        course = Course(recipe.epochs, len(self._bounds), recipe.optimizer.lr)
        if why := recipe.optimizer.refusal() or recipe.scheduler.refusal(course, recipe.optimizer):
            raise DesignError(why[:1].lower() + why[1:].rstrip("."))
        self.optimizer = _optimizer(recipe.optimizer, self.flat.values)
        call = recipe.scheduler.call(course)
        self._scheduler: Any = None
        if call is not None:
            positional, by_name = arguments(call, first=True)
            self._scheduler = named(call.function)(self.optimizer, *positional, **by_name)
        self._moves, self._watches = recipe.scheduler.every, recipe.scheduler.watches
        self._order = torch.Generator().manual_seed(recipe.seed)
        with torch.random.fork_rng(devices=()):
            torch.default_generator.manual_seed(recipe.seed)
            self._numbers = torch.get_rng_state()
        self.history: list[Epoch] = []
        self.losses: list[float] = []
        """Of each step of the last `advance`."""
        self.rates: list[float] = []
        """The learning rates of those steps."""
        self.best: Best | None = None
        self.step, self.at = 0, 0
        """Steps in all, and in this epoch."""
        self._sum = 0.0
        self._seconds = 0.0
        self._begin_epoch()

    @property
    def epoch(self) -> int:
        """How many epochs are behind it."""
        return len(self.history)

    @property
    def steps_per_epoch(self) -> int:
        return len(self._bounds)

    @property
    def is_done(self) -> bool:
        recipe, best = self.project.training, self.best
        waited = self.epoch - best.epoch if best is not None else 0
        return (
            self.epoch >= recipe.epochs
            or (recipe.patience > 0 and waited >= recipe.patience)
            or (recipe.minutes > 0 and self._seconds >= 60 * recipe.minutes)
        )

    @property
    def rate(self) -> float:
        """The learning rate of the next step."""
        return float(self.optimizer.param_groups[0]["lr"])

    @property
    def is_finite(self) -> bool:
        """Whether every trained number is one; a loss may be so a step longer than the weights."""
        return bool(torch.isfinite(self.flat.values).all())

    def _begin_epoch(self) -> None:
        """The rows in a new order, gathered once, in batches of the size that is wanted now."""
        self._divide(self.project.training.batch_size)
        self._order_then = self._order.get_state()
        self._gather()

    def _divide(self, size: int) -> None:
        if size != self._size:
            self._size = size
            self._bounds = batches(len(self.rows.training), size)

    def steer(self, project: Project) -> tuple[str, ...]:
        """Go on as another project from the next step, the batch size from the next epoch; in words what changes.

        Raises DesignError where that needs another run (`engine.views.steering`); nothing has changed then.
        """
        changes = steering(self.project, project)
        old, new = self.project.training.optimizer.values(), project.training.optimizer.values()
        for group in self.optimizer.param_groups:
            if "weight_decay" in group and "weight_decay" in new:
                group["weight_decay"] = new["weight_decay"]
            for name in ("lr", "initial_lr", "max_lr", "min_lr"):
                if name in group and old["lr"] != new["lr"]:
                    group[name] = _scaled(group[name], old["lr"], new["lr"])
        if old["lr"] != new["lr"] and self._scheduler is not None:
            for name in ("base_lrs", "max_lrs"):
                if hasattr(self._scheduler, name):
                    rates = [
                        _scaled(each, old["lr"], new["lr"])
                        for each in getattr(self._scheduler, name)
                    ]
                    setattr(self._scheduler, name, rates)
        self.project = project
        if self.at == 0:
            self._divide(project.training.batch_size)
        return changes

    def _gather(self) -> None:
        rows = self.rows.training
        places = torch.randperm(len(rows), generator=self._order)
        self._now = rows.at(places)

    def advance(self, steps: int) -> Epoch | None:
        """So many steps, but not beyond the end of an epoch, which is given then. Raises NotFinite."""
        began = time.perf_counter()
        self.losses.clear()
        self.rates.clear()
        with torch.random.fork_rng(devices=()):
            torch.set_rng_state(self._numbers)
            stop = min(self.at + steps, len(self._bounds))
            for place in range(self.at, stop):
                self._one_step(*self._bounds[place])
            self._numbers = torch.get_rng_state()
        self._seconds += time.perf_counter() - began
        return self._end_epoch() if self.at == len(self._bounds) else None

    def _one_step(self, start: int, stop: int) -> None:
        self.flat.clear()
        now = self._now.at(slice(start, stop))
        loss = self.loss(self._given(now), now.y)
        loss.backward()
        value = float(loss.detach())
        if not -float("inf") < value < float("inf"):
            raise self._loss_failed(start, stop, value)
        self.rates.append(self.rate)
        if self.project.training.clip_norm > 0:
            nn.utils.clip_grad_norm_([self.flat.values], self.project.training.clip_norm)
        self.optimizer.step()
        self._sum += value * (stop - start)
        self.losses.append(value)
        self.step += 1
        self.at += 1
        if self._scheduler is not None and self._moves == "step" and self.step < self._length:
            self._scheduler.step()

    def _given(self, rows: Examples | Distant) -> Tensor:
        """What flows out, which is what a loss speaks of, also where the network returns more beside it."""
        match self.project.training.precision:
            case "float32":
                output = self.module.outputs(*rows.x)[0]
            case "mixed":
                with torch.autocast("cpu", torch.bfloat16):
                    output = self.module.outputs(*rows.x)[0].float()
            case "bfloat16":
                output = self.module.outputs(*as_taken(self.module, rows.x))[0].float()
        return output.movedim(-1, 1) if self.rows.classes_last else output

    def _loss_failed(self, start: int, stop: int, value: float) -> NotFinite:
        """The step, and the weights or the first layer that are no numbers any more."""
        if failed := self._weights_failed():
            return failed
        what = "not a number" if value != value else str(value)
        layer = first_layer(self.module, lambda: self._given(self._now.at(slice(start, stop))))
        where = f": the first to go wrong is layer {layer}" if layer else ""
        return NotFinite(
            f"the loss of step {self.step + 1:,} is {what}{where}; lower the learning rate of {self.rate:g}"
        )

    def _weights_failed(self) -> NotFinite | None:
        if self.is_finite:
            return None
        return NotFinite(
            f"by step {self.step:,} the weights {first_weight(self.module)} have grown beyond all numbers; lower the "
            f"learning rate of {self.rate:g}"
        )

    @property
    def _length(self) -> int:
        """Steps of the whole training: a schedule by steps knows no more."""
        return self.project.training.epochs * len(self._bounds)

    def _end_epoch(self) -> Epoch:
        if failed := self._weights_failed():
            raise failed
        judged = self.rows.validation
        rate = self.rate
        loss, score = self.judged(judged or self.rows.training)
        validation = loss if judged is not None else float("nan")
        mean = self._sum / len(self.rows.training)
        done = Epoch(self.epoch + 1, self.step, mean, validation, score, rate, self._seconds)
        self.history.append(done)
        compared = mean if judged is None else loss
        if self.best is None or compared < self.best.loss:
            self.best = Best(done.epoch, done.step, compared, self._weights())
        if self._scheduler is not None and self._moves == "epoch":
            self._scheduler.step(*([loss] if self._watches else []))
        self.at, self._sum = 0, 0.0
        self._begin_epoch()
        return done

    def judged(self, rows: Examples | Distant) -> tuple[float, float]:
        """Mean loss and score over rows, in evaluation mode."""
        many = max(1, min(AT_ONCE, NUMBERS_AT_ONCE // max(rows.numbers, 1)))
        loss = self.project.training.loss
        assert isinstance(loss, Loss)
        total, scores = 0.0, Scores(loss)
        self.module.eval()
        with torch.no_grad():
            for at in range(0, len(rows), many):
                part = rows.at(slice(at, at + many))
                output = self._given(part)
                total += float(self.loss(output, part.y)) * len(part)
                scores.add(output, part.y)
        self.module.train()
        return total / len(rows), scores.score

    def _weights(self) -> dict[str, Tensor]:
        """The `state_dict`, each tensor in memory of its own."""
        return {name: each.clone() for name, each in self.module.state_dict().items()}

    def state(self) -> dict[str, Any]:
        """All that going on depends on; plain numbers and tensors of its own, which later steps do not change."""
        return {
            "module": self._weights(),
            "optimizer": deepcopy(self.optimizer.state_dict()),
            "scheduler": None
            if self._scheduler is None
            else deepcopy(self._scheduler.state_dict()),
            "order": self._order_then.clone(),
            "numbers": self._numbers.clone(),
            "step": self.step,
            "at": self.at,
            "size": self._size,
            "sum": self._sum,
            "seconds": self._seconds,
            "history": [tuple(each) for each in self.history],
            "best": None if self.best is None else self.best._asdict(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on where `state` was taken, of a trainer of the same project."""
        self.module.load_state_dict(state["module"])
        self.optimizer.load_state_dict(deepcopy(state["optimizer"]))
        if self._scheduler is not None:
            self._scheduler.load_state_dict(deepcopy(state["scheduler"]))
        self._divide(state["size"])
        self._order.set_state(state["order"])
        self._order_then = self._order.get_state()
        self._gather()
        self._numbers = state["numbers"].clone()
        self.step, self.at = state["step"], state["at"]
        self._sum, self._seconds = state["sum"], state["seconds"]
        self.history = [Epoch(*each) for each in state["history"]]
        best = state["best"]
        self.best = None if best is None else Best(**best)


def as_taken(module: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Inputs in the precision of a module's weights; whole numbers as they are."""
    first = next(module.parameters(), None)
    if first is None or first.dtype != torch.bfloat16:
        return inputs
    return tuple(each.to(first.dtype) if each.is_floating_point() else each for each in inputs)


def _scaled(rate: float, old: float, new: float) -> float:
    """A rate of a schedule after its first one was changed; the schedule's course stays."""
    return rate * (new / old) if old else new


def train(project: Project, on_event: Callable[[Epoch], object] | None = None) -> Trained:
    """Train a project by its recipe; `on_event` is called with each epoch. Raises DesignError when it cannot be."""
    trainer = Trainer(project)
    while not trainer.is_done:
        done = trainer.advance(trainer.steps_per_epoch)
        if done is not None and on_event is not None:
            on_event(done)
    return Trained(trainer.module.eval(), tuple(trainer.history), trainer)


def batches(rows: int, size: int) -> list[tuple[int, int]]:
    """Where batches begin and end; a last one of a single row, which no batch norm takes, joins the one before."""
    size = min(size, rows)
    count = max(ceil(rows / size), 1)
    if count > 1 and size > 1 and rows - (count - 1) * size == 1:
        count -= 1
    starts = [size * place for place in range(count)]
    return list(zip(starts, [*starts[1:], rows], strict=True))


def _optimizer(chosen: Optimizer, values: nn.Parameter) -> torch.optim.Optimizer:
    """The optimizer over one vector, in one fused call where torch has it."""
    call = chosen.call()
    positional, by_name = arguments(call, first=True)
    if "fused" in call.signature.defaults:
        by_name["fused"] = True
    return named(call.function)([values], *positional, **by_name)
