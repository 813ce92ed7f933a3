"""Training without a window: a bar on standard error while it runs, a line about what came of it."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from engine.design.project import Project
from engine.design.value import replace
from engine.files import runs
from engine.runtime.running import Run

AT_ONCE_S = 0.1
WIDTH = 24
"""Characters of the bar."""


def headless(
    project: Project, file: Path, out: Path | None, epochs: int | None, seed: int | None, resume: bool
) -> str:  # fmt: skip
    """Train to the end and say what came of it. Ctrl+C keeps a checkpoint first. Raises DesignError."""
    training = project.training
    training = replace(training, epochs=epochs) if epochs is not None else training
    training = replace(training, seed=seed) if seed is not None else training
    run = Run(replace(project, training=training), _folder(file, out, resume), resume)
    bar = _Bar(run)
    try:
        while not run.is_done:
            run.advance(AT_ONCE_S)
            bar.show()
    finally:
        run.close()
        bar.end()
    last, best = run.trainer.history[-1], run.trainer.best
    where = "" if best is None else f", best at epoch {best.epoch:,}"
    return (
        f"{run.folder}: {last.epoch:,} epochs, loss {last.loss:.4g}, score {last.score:.4f}{where}"
    )


def _folder(file: Path, out: Path | None, resume: bool) -> Path:
    """Where the run lies: where it was wished, or beside the project, the latest or the next one there."""
    if out is not None:
        return out
    there = runs.runs_in(runs.folder_of(file))
    return there[-1] if resume and there else runs.new_folder(runs.folder_of(file))


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
            last = trainer.history[-1]
            text += f" · loss {last.loss:.4g} · score {last.score:.4f}"
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
