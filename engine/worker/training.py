"""Training in the worker: a piece of the run between two answers, and reports of how it goes."""

from __future__ import annotations

import time
import traceback
from collections import deque
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from engine.design.error import DesignError
from engine.files.reading import from_document
from engine.runtime.look import Look
from engine.runtime.running import Run
from engine.views.health import NUMBERS
from engine.worker.protocol import (
    Array,
    Held,
    Judge,
    Request,
    Respond,
    Result,
    Steer,
    Train,
    Training,
)
from engine.worker.serve import REPORTS_A_SECOND, Answer, Job, Send, failure_sentence

if TYPE_CHECKING:
    from engine.runtime.train import Epoch
    from engine.views.health import Health

PIECE_S = 0.012
"""Of training between two answers; a single step that takes longer is one piece."""

PACE_OVER_S = 2.0
"""Over how long samples a second are counted."""

UNTIL = ("end", "epoch", "step", "now", "leave")


class TrainingRun:
    """The one run that a worker has, or none; its Background."""

    def __init__(self) -> None:
        self._under_way: _UnderWay | None = None

    def answers(self) -> dict[type[Request], Answer]:
        return {
            Train: Answer("preparing the training", self.train),
            Steer: Answer("steering the training", self.steer),
            Respond: Answer("asking the network", self.respond),
            Judge: Answer("judging the network", self.judge),
            Held: Answer("reading the weights", self.held),
        }

    # --- the background -----------------------------------------------------------------------

    @property
    def activity(self) -> str:
        return "training" if self._under_way is not None and self._under_way.goes_on else ""

    def work(self, send: Send) -> None:
        if self._under_way is not None:
            self._under_way.work(send)

    def close(self) -> None:
        if self._under_way is not None:
            try:
                self._under_way.leave()
            except DesignError:
                traceback.print_exc()  # What was kept before is whole; nobody is left to be told.
            finally:
                self._under_way = None

    # --- the answers --------------------------------------------------------------------------

    def train(self, request: Train, job: Job) -> Result:
        project = from_document(request.project)
        folder = Path(request.folder)
        present = self._under_way
        if present is not None and present.run.folder == folder:
            present.run.steer(project)
            present.number = request.request
        else:
            self._leave()
            present = _UnderWay(request.request, Run(project, folder, resume=True))
            self._under_way = present
        present.until(request.until)
        run, trainer = present.run, present.run.trainer
        said = {
            "step": present.told_step,
            "epoch": trainer.epoch,
            "epochs": run.project.training.epochs,
            "steps_per_epoch": trainer.steps_per_epoch,
            "rows": len(trainer.rows.training),
            "done": run.is_done,
            "layers": run.watch.names,
        }
        return Result(request.request, said)

    def steer(self, request: Steer, job: Job) -> Result:
        if request.until not in UNTIL:
            raise DesignError(f"a run goes on until {', '.join(UNTIL)}, found {request.until!r}")
        if request.until == "leave":
            self._leave()
        else:
            self._present().until(request.until)
        return Result(request.request)

    def respond(self, request: Respond, job: Job) -> Result:
        present = self._present()
        found = present.look.responses(present.run.trainer.module, request.x.to_numpy())
        said = {"step": present.run.trainer.step}
        return Result(request.request, said, {"output": Array.of_numpy(found.numpy())})

    def judge(self, request: Judge, job: Job) -> Result:
        present = self._present()
        found = present.look.judged(present.run.trainer.module, request.part, request.limit)
        arrays = {"x": found.x, "y": found.y, "output": found.output.numpy()}
        said = {"step": present.run.trainer.step}
        return Result(request.request, said, {k: Array.of_numpy(v) for k, v in arrays.items()})

    def held(self, request: Held, job: Job) -> Result:
        trainer = self._present().run.trainer
        named = trainer.module.named_parameters()
        found = {k: v.detach().float().numpy() for k, v in named if v.numel() <= request.limit}
        arrays = {name: Array.of_numpy(each) for name, each in found.items()}
        return Result(request.request, {"step": trainer.step}, arrays)

    def _present(self) -> _UnderWay:
        if self._under_way is None:
            raise DesignError("no run is under way; press Train")
        return self._under_way

    def _leave(self) -> None:
        """Keep the run and let go of its folder, also where keeping fails, which is then said."""
        present, self._under_way = self._under_way, None
        if present is not None:
            present.leave()


class _UnderWay:
    """A run, how far it is to go, and what is not reported of it yet."""

    def __init__(self, number: int, run: Run) -> None:
        self.run = run
        self.number = number
        self._until = "now"
        self._is_told = True
        """Whether the last report still says how it is."""
        self._losses: list[float] = []
        self._rates: list[float] = []
        self._epochs: list[Epoch] = []
        self._layers: list[tuple[int, list[Health]]] = []
        self._reported_at = 0.0
        self._pace: deque[tuple[float, int]] = deque()

    @cached_property
    def look(self) -> Look:
        return Look(self.run.project, self.run.trainer.rows)

    @property
    def told_step(self) -> int:
        """The last step of which the window knows, or will know from the folder."""
        return self.run.trainer.step - len(self._losses)

    @property
    def goes_on(self) -> bool:
        return self._until != "now" or not self._is_told

    def until(self, until: str) -> None:
        self._until = "now" if self.run.is_done else until
        self._is_told = False
        self._pace.clear()

    def leave(self) -> None:
        with self.run:
            self.run.keep()

    def work(self, send: Send) -> None:
        """Never raises: what goes wrong pauses the run, and is told."""
        sentence = ""
        try:
            self._go_on()
        except Exception as error:  # noqa: BLE001 - no run may end the worker
            if not isinstance(error, DesignError):
                traceback.print_exc()
            sentence = failure_sentence(error, "training")
            self._until = "now"
            self._losses.clear()
            self._rates.clear()
        now = time.monotonic()
        stops = self._until == "now"
        if stops or now - self._reported_at >= 1 / REPORTS_A_SECOND:
            self._reported_at = now
            self._is_told = stops
            send(self._report(sentence))

    def _go_on(self) -> None:
        if self._until != "now":
            trainer = self.run.trainer
            left = trainer.steps_per_epoch - trainer.at
            steps = {"end": None, "epoch": left, "step": 1}[self._until]
            before = trainer.epoch
            done = self.run.advance(PIECE_S, steps)
            self._losses += done.losses
            self._rates += done.rates
            self._epochs += done.epochs
            self._layers += done.layers
            self._count()
            reached = self._until == "step" or (self._until == "epoch" and trainer.epoch > before)
            if reached or self.run.is_done:
                self._until = "now"
        if self._until == "now":
            self.run.keep()

    def _count(self) -> None:
        now = time.monotonic()
        self._pace.append((now, self.run.trainer.step))
        while len(self._pace) > 2 and now - self._pace[0][0] > PACE_OVER_S:
            self._pace.popleft()

    @property
    def _rows_per_second(self) -> float:
        trainer = self.run.trainer
        if len(self._pace) < 2:
            return float("nan")
        (began, first), (ended, last) = self._pace[0], self._pace[-1]
        rows = (last - first) * len(trainer.rows.training) / trainer.steps_per_epoch
        return rows / (ended - began) if ended > began else float("nan")

    def _report(self, sentence: str) -> Training:
        trainer = self.run.trainer
        goes_on = self._until != "now"
        phase = (
            "failed"
            if sentence
            else "running"
            if goes_on
            else "done"
            if self.run.is_done
            else "paused"
        )
        told = Training(
            self.number,
            phase,
            trainer.step,
            trainer.epoch,
            trainer.steps_per_epoch,
            trainer.rate,
            self._rows_per_second,
            sentence,
            Array.of(self._losses),
            Array.of(self._rates),
            _table(self._epochs),
            Array.of([step for step, _ in self._layers], "int64"),
            self._seen(),
        )
        self._losses.clear()
        self._rates.clear()
        self._epochs.clear()
        self._layers.clear()
        return told

    def _seen(self) -> Array:
        numbers = Array.of([number for _, seen in self._layers for each in seen for number in each])
        shape = (len(self._layers), len(self.run.watch.places), NUMBERS)
        return Array(numbers.dtype, shape, numbers.content)


def _table(epochs: list[Epoch]) -> Array:
    numbers = Array.of([float(number) for epoch in epochs for number in epoch])
    return Array(numbers.dtype, (len(epochs), 7), numbers.content)
