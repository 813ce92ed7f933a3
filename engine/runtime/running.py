"""A training run with its folder: what the worker and the command line drive, a slice of time at once."""

from __future__ import annotations

import platform
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from typing import Any, NamedTuple, Self

import torch
from torch import Tensor

from engine.design.error import DesignError
from engine.design.project import Project
from engine.files import runs
from engine.files.store import remove_strays
from engine.runtime import checkpoint
from engine.runtime.checkpoint import Checkpoint
from engine.runtime.train import Epoch, Trainer
from engine.runtime.watch import Watch
from engine.version import version
from engine.views.health import Health
from engine.views.steering import steering

MOST_LINES = 10_000
"""A long run logs the mean of several steps in one line, so that about so many lines are enough."""

SHARE_OF_KEEPING = 0.02
"""A checkpoint is written when all before it together took at most this share of the time."""

SHARE_OF_LOOKING = 0.01
"""So much of the time, at most, goes into looking at the layers."""

LOOK_EVERY_S, LOOKS = 0.15, 500
"""At the soonest; and so many looks in the time from any moment to twice as long."""

AT_ONCE = 1024
"""Steps without a look at the clock."""

EVERY_S = 1.0
"""At the soonest; at most so much work, and 50 times what writing takes, is done twice after a crash."""


class Slice(NamedTuple):
    """What happened in one slice."""

    losses: list[float]
    """Of each step."""
    rates: list[float]
    """The learning rate of each step."""
    layers: list[tuple[int, list[Health]]]
    """Steps at which the layers were looked at, with what was seen."""
    epochs: list[Epoch]
    """That came to their end."""


class Run:
    """One run in progress; all that it does is in its folder before anybody is told that it is kept.

    A context: on leaving it, the folder is let go. What is to be kept then is kept before, by `keep`, so that a step
    which an exception cut short is never taken for a whole one.
    """

    def __init__(self, project: Project, folder: Path, resume: bool = False) -> None:
        """Begin a run in an empty folder, or go on with the one that is there.

        Raises DesignError: the folder holds another run, the project cannot be trained, nothing can be written.
        """
        self.folder = folder
        self._context = ExitStack()
        self._context.enter_context(runs.claimed(folder))
        try:
            self._begin(project, resume)
        except BaseException:
            self._context.close()
            raise

    def _begin(self, project: Project, resume: bool) -> None:
        folder = self.folder
        for each in (folder, folder / checkpoint.PREVIOUS):
            remove_strays(each)
        kept = runs.read_facts(folder) if (folder / runs.FACTS).is_file() else None
        if kept is not None and not resume:
            raise DesignError(f"{folder} holds a run already; resume it, or choose another folder")
        found = None if kept is None else checkpoint.recover(folder, "last")
        wanted = project
        if kept is not None and found is not None:
            project = kept.project
            steering(project, wanted)  # which says now what stands against it
        self.trainer = Trainer(project)
        self._every = max(1, project.training.epochs * self.trainer.steps_per_epoch // MOST_LINES)
        if kept is None:
            made = runs.Facts(project, folder.name, started=_now(), made_with=_made_with())
            runs.write_facts(folder, made)
        self._lines: list[runs.Line] = []
        """That are not in the log yet."""
        self._layer_lines: list[dict[str, Any]] = []
        self._looked_at, self._looking_s = -inf, 0.0
        self.watch = Watch(self.trainer.module, project.network, self.trainer.rows.training)
        self._waiting: list[float] = []
        """Losses of steps that are not in a line yet."""
        self._state = "open" if kept is None else kept.state
        self._best_kept = 0
        self._kept_s = 0.0
        self._began = self._kept_at = time.monotonic()
        if found is not None:
            self._restore(found)
        self._open_log()
        if found is None:
            self.keep()
        else:
            self.steer(wanted)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the folder; nothing is kept by it."""
        self._close_logs()
        self._context.close()

    @property
    def project(self) -> Project:
        """What it trains, as it was steered to."""
        return self.trainer.project

    def steer(self, project: Project) -> None:
        """Go on as another project that differs in what can be steered. Raises DesignError."""
        if project == self.project:
            return
        step = self.trainer.step
        changes = self.trainer.steer(project)
        self.keep()
        if changes:
            kept = runs.read_facts(self.folder).changes
            said = f"step {step:,}: {', '.join(changes)}"
            runs.change_facts(self.folder, project=project, changes=(*kept, said))

    @property
    def is_done(self) -> bool:
        return self.trainer.is_done

    def advance(self, seconds: float, steps: int | None = None) -> Slice:
        """Train for about so long, or so many steps at most; keep a checkpoint where one is due. Raises NotFinite.

        After a step that fails the run is where it was at its last checkpoint.
        """
        began = time.perf_counter()
        done = Slice([], [], [], [])
        while not self.is_done:
            passed = time.perf_counter() - began
            count = len(done.losses)
            # As many as fit into what is left of the time, by what those before took.
            at_once = 1 if not count else int(count * (seconds - passed) / passed)
            at_once = min(at_once, AT_ONCE if steps is None else steps - count)
            if at_once < 1:
                break
            if self._is_to_look():
                self._look(done)
            else:
                self._some(done, at_once)
        if self.is_done or self._is_due():
            self.keep()
        return done

    def _some(self, done: Slice, steps: int) -> None:
        try:
            epoch = self.trainer.advance(steps)
        except Exception:
            # The step may be half done: such a one is never kept.
            self._go_back()
            raise
        done.losses.extend(self.trainer.losses)
        done.rates.extend(self.trainer.rates)
        self._note()
        if epoch is not None:
            done.epochs.append(epoch)
            line = epoch._asdict()
            line["train_loss"] = line.pop("loss")
            self._lines.append(line)

    def _is_to_look(self) -> bool:
        """Whether the layers are to be looked at: seldom, and ever more so, as a long run would fill the disk."""
        now = time.monotonic()
        every = max(LOOK_EVERY_S, (now - self._began) / LOOKS)
        return now - self._looked_at >= every and self._looking_s <= SHARE_OF_LOOKING * (
            now - self._began
        )

    def _look(self, done: Slice) -> None:
        """One step, with a look at what it did to every layer."""
        began = time.monotonic()
        before = self.watch.weights()
        self._some(done, 1)
        step = self.trainer.step
        seen = self.watch.look(before)
        done.layers.append((step, seen))
        rows = {
            name: [float(f"{number:.4g}") for number in each]
            for name, each in zip(self.watch.names, seen, strict=True)
        }
        self._layer_lines.append({"step": step, "layers": rows})
        self._looked_at = time.monotonic()
        self._looking_s += self._looked_at - began

    def _note(self) -> None:
        losses = self.trainer.losses
        first = self.trainer.step - len(losses) + 1
        for step, (loss, rate) in enumerate(zip(losses, self.trainer.rates, strict=True), first):
            self._waiting.append(loss)
            if step % self._every == 0:
                mean = sum(self._waiting) / len(self._waiting)
                self._lines.append({"step": step, "loss": mean, "rate": rate})
                self._waiting.clear()

    def _is_due(self) -> bool:
        now = time.monotonic()
        if now - self._kept_at < EVERY_S:
            return False
        return self._kept_s <= SHARE_OF_KEEPING * (now - self._began)

    def keep(self) -> None:
        """Write log, best weights and checkpoint. Raises DesignError; what was kept before is unharmed.

        Weights that are not finite are not kept: the next step says what is wrong with them.
        """
        if not self.trainer.is_finite:
            return
        began = time.monotonic()
        self._log.add(self._lines)
        self._lines.clear()
        self._layer_log.add(self._layer_lines)
        self._layer_lines.clear()
        state = self.trainer.state()
        weights: dict[str, Tensor] = state.pop("module")
        best = self.trainer.best
        if best is not None and best.epoch != self._best_kept:
            about = {"epoch": best.epoch, "step": best.step, "validation": best.loss}
            checkpoint.write(self.folder, "best", Checkpoint(best.weights, None, about))
            self._best_kept = best.epoch
        history = self.trainer.history
        about = {"epoch": self.trainer.epoch, "step": self.trainer.step}
        if history:
            about |= {"loss": history[-1].loss, "score": history[-1].score}
        rest = {"trainer": state, "waiting": self._waiting}
        checkpoint.write(self.folder, "last", Checkpoint(weights, rest, about))
        state_now = "done" if self.is_done else "open"
        if state_now != self._state:
            self._state = runs.change_facts(self.folder, state=state_now).state
        self._kept_at = time.monotonic()
        self._kept_s += self._kept_at - began

    def _restore(self, found: Checkpoint) -> None:
        self.trainer.restore({"module": found.weights, **found.rest["trainer"]})
        self._waiting = found.rest["waiting"]
        self._best_kept = 0 if self.trainer.best is None else self.trainer.best.epoch

    def _open_log(self) -> None:
        self._log = runs.Log(self.folder, self.trainer.step)
        self._layer_log = runs.Log(self.folder, self.trainer.step, runs.LAYERS)

    def _close_logs(self) -> None:
        self._log.close()
        self._layer_log.close()

    def _go_back(self) -> None:
        """To the last checkpoint, whose numbers are all finite."""
        found = checkpoint.read(self.folder, "last")
        if found is None:
            raise DesignError(f"{self.folder} has lost its checkpoint; begin a new run")
        self._close_logs()
        self._lines.clear()
        self._layer_lines.clear()
        self._restore(found)
        self._open_log()


def weights_of(folder: Path, name: str = "best") -> dict[str, Tensor]:
    """The `state_dict` that a run kept, its last where it has no best one. Raises DesignError."""
    found = checkpoint.read(folder, name) or checkpoint.read(folder, "last")
    if found is None:
        raise DesignError(f"{folder} holds no weights")
    return found.weights


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _made_with() -> dict[str, str]:
    return {
        "layerloom": version(),
        "torch": torch.__version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "threads": str(torch.get_num_threads()),
    }
