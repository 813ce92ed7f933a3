"""Training without a window: a bar on standard error while it runs, a line about what came of it."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import FrameType

from engine.catalogue.losses import Loss
from engine.design.error import DesignError
from engine.design.project import Project
from engine.design.value import replace
from engine.files import runs
from engine.runtime.running import Run
from engine.runtime.train import Epoch

AT_ONCE_S = 0.1
WIDTH = 24
"""Characters of the bar."""


class Stopped(DesignError):
    """Somebody stopped the training; it is kept."""


def headless(
    project: Project, file: Path, out: Path | None, epochs: int | None, seed: int | None, resume: bool
) -> str:  # fmt: skip
    """Train to the end and say what came of it. Raises DesignError, Stopped after Ctrl+C or a request to end."""
    folder = _folder(file, out, resume)
    training = project.training
    if seed is None and resume and (folder / runs.FACTS).is_file():
        seed = runs.read_facts(folder).project.training.seed
    training = replace(training, epochs=training.epochs if epochs is None else epochs)
    training = replace(training, seed=training.seed if seed is None else seed)
    with _stop_asked() as stop, Run(replace(project, training=training), folder, resume) as run:
        bar = _Bar(run)
        try:
            while not run.is_done and not stop.is_set():
                run.advance(AT_ONCE_S)
                bar.show()
        finally:
            bar.end()
        if not run.is_done:
            run.keep()
            raise Stopped(
                f"stopped in epoch {run.trainer.epoch + 1:,} of {run.project.training.epochs:,}; {folder} keeps all of "
                "it, and --resume goes on"
            )
    last, best = run.trainer.history[-1], run.trainer.best
    where = "" if best is None else f" · best in epoch {best.epoch:,}"
    return f"{folder}: epoch {last.epoch:,} · {_said(run, last)}{where}"


def _said(run: Run, epoch: Epoch) -> str:
    loss = run.project.training.loss
    assert isinstance(loss, Loss)
    rows = "" if run.trainer.rows.validation is None else "validation "
    return f"loss {epoch.loss:.4g} · {rows}{loss.measure()} {epoch.score:.3f}"


@contextmanager
def _stop_asked() -> Generator[Event, None, None]:
    """Set by Ctrl+C or a request to end, which otherwise would cut a step in two."""
    asked = Event()
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}

    def ask(number: int, frame: FrameType | None) -> None:
        asked.set()

    for each in before:
        signal.signal(each, ask)
    try:
        yield asked
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _folder(file: Path, out: Path | None, resume: bool) -> Path:
    """Where the run lies: where it was wished, or beside the project, the latest or the next one there."""
    if out is not None:
        return out
    there = runs.runs_in(runs.folder_of(file))
    return there[-1] if resume and there else runs.next_folder(runs.folder_of(file))


class _Bar:
    """Progress on a terminal; where standard error is a file, a line for every tenth of the way."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._began, self._from = time.monotonic(), run.trainer.step
        self._live = sys.stderr is not None and sys.stderr.isatty()
        self._tenth = -1

    def show(self) -> None:
        trainer = self._run.trainer
        total = trainer.project.training.epochs * trainer.steps_per_epoch
        share = trainer.step / total
        done = max(trainer.step - self._from, 1)
        left = (time.monotonic() - self._began) / done * (total - trainer.step)
        text = f"epoch {trainer.epoch:,} of {trainer.project.training.epochs:,}"
        if trainer.history:
            text += f" · {_said(self._run, trainer.history[-1])}"
        text += f" · {left:,.0f} s left"
        if self._live:
            full = round(WIDTH * share)
            _say(f"\r\x1b[K[{'#' * full}{'-' * (WIDTH - full)}] {text}")
        elif int(10 * share) > self._tenth:
            self._tenth = int(10 * share)
            _say(f"{text}\n")

    def end(self) -> None:
        if self._live:
            _say("\n")


def _say(text: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(text)
        sys.stderr.flush()
