"""A training run with its folder: what the worker and the command line drive, a slice of time at once."""

from __future__ import annotations

import platform
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn

from engine.design.error import DesignError
from engine.design.project import Project
from engine.design.value import replace
from engine.files import runs
from engine.runtime import checkpoint
from engine.runtime.checkpoint import Checkpoint
from engine.runtime.train import Epoch, NotFinite, Trainer
from engine.version import version

MOST_LINES = 10_000
"""A long run logs the mean of several steps in one line, so that about so many lines are enough."""

SHARE_OF_KEEPING = 0.02
"""A checkpoint is written when all before it together took at most this share of the time."""

EVERY_S = 1.0
"""At the soonest; at most so much work, and 50 times what writing takes, is done twice after a crash."""


class Slice(NamedTuple):
    """What happened in one slice."""

    losses: list[float]
    """Of each step."""
    epochs: list[Epoch]
    """That came to their end."""


class Run:
    """One run in progress; all that it does is in its folder before anybody is told that it is kept."""

    def __init__(self, project: Project, folder: Path, resume: bool = False) -> None:
        """Begin a run in an empty folder, or go on with the one that is there.

        Raises DesignError: the folder holds another run, the project cannot be trained, nothing can be written.
        """
        self.folder = folder
        kept = runs.read_facts(folder) if (folder / runs.FACTS).is_file() else None
        if kept is not None and not resume:
            raise DesignError(f"{folder} holds a run already; resume it, or choose another folder")
        found = checkpoint.read(folder, "last") if kept is not None else None
        if kept is not None and found is not None:
            project = _same_but_length(kept.project, project, folder)
        self.trainer = Trainer(project)
        self._every = max(1, project.training.epochs * self.trainer.steps_per_epoch // MOST_LINES)
        if found is not None:
            self._restore(found)
        self.facts = (
            runs.Facts(project, folder.name, started=_now(), made_with=_made_with())
            if kept is None
            else replace(kept, project=project)
        )
        if kept is None or self.facts != kept:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise DesignError(f"{folder} cannot be made: {error.strerror}") from None
            runs.write_facts(folder, self.facts)
        self._log = runs.Log(folder, self.trainer.step)
        self._lines: list[runs.Line] = []
        self._waiting: list[float] = self._waiting_of(found)
        self._kept_s = 0.0
        self._began = self._kept_at = time.monotonic()
        if found is None:
            self.keep()

    @property
    def project(self) -> Project:
        return self.facts.project

    @property
    def is_done(self) -> bool:
        return self.trainer.is_done

    def advance(self, seconds: float, steps: int | None = None) -> Slice:
        """Train for about so long, or so many steps; keep a checkpoint where one is due. Raises NotFinite.

        After NotFinite the run is where it was at its last checkpoint.
        """
        stop = time.perf_counter() + seconds
        done = Slice([], [])
        at_once = 1
        while not self.is_done and (steps is None or len(done.losses) < steps):
            epoch = self._some(done, at_once if steps is None else steps - len(done.losses))
            if epoch is not None:
                done.epochs.append(epoch)
                if self.is_done:
                    self.keep()
                    break
            if time.perf_counter() >= stop:
                break
            at_once = min(2 * at_once, 16)
        if not self.is_done and self._is_due():
            self.keep()
        return done

    def _some(self, done: Slice, steps: int) -> Epoch | None:
        before = len(self.trainer.losses)
        try:
            epoch = self.trainer.advance(steps)
        except NotFinite:
            self._go_back()
            raise
        new = self.trainer.losses[before:]
        done.losses.extend(new)
        self._note(new)
        if epoch is not None:
            self._note_epoch(epoch)
        self.trainer.losses.clear()
        return epoch

    def _note(self, losses: list[float]) -> None:
        step = self.trainer.step - len(losses)
        for loss in losses:
            step += 1
            self._waiting.append(loss)
            if step % self._every == 0:
                mean = sum(self._waiting) / len(self._waiting)
                self._lines.append({"step": step, "loss": mean, "rate": self.trainer.rate})
                self._waiting.clear()

    def _note_epoch(self, epoch: Epoch) -> None:
        line = {**epoch._asdict()}
        line["train_loss"] = line.pop("loss")
        self._lines.append(line)

    def _is_due(self) -> bool:
        now = time.monotonic()
        if now - self._kept_at < EVERY_S:
            return False
        return self._kept_s <= SHARE_OF_KEEPING * (now - self._began)

    def keep(self) -> None:
        """Write log, best weights and checkpoint. Raises DesignError; what was kept before is unharmed."""
        began = time.monotonic()
        self._log.add(self._lines)
        self._lines.clear()
        self._log.sync()
        if not self.trainer.is_finite:
            return
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
        rest = {"trainer": state, "waiting": list(self._waiting)}
        checkpoint.write(self.folder, "last", Checkpoint(weights, rest, about))
        state_now = "done" if self.is_done else "open"
        if self.facts.state != state_now:
            self.facts = replace(self.facts, state=state_now)
            runs.write_facts(self.folder, self.facts)
        self._kept_at = time.monotonic()
        self._kept_s += self._kept_at - began

    def close(self) -> None:
        """Keep what there is, and let go of the folder's files."""
        try:
            self.keep()
        finally:
            self._log.close()

    _best_kept = 0

    def _restore(self, found: Checkpoint) -> None:
        self.trainer.restore({"module": found.weights, **found.rest["trainer"]})
        best = self.trainer.best
        self._best_kept = 0 if best is None else best.epoch

    def _waiting_of(self, found: Checkpoint | None) -> list[float]:
        return [] if found is None else list(found.rest["waiting"])

    def _go_back(self) -> None:
        """To the last checkpoint, whose numbers are all finite."""
        found = checkpoint.read(self.folder, "last")
        if found is None:
            return
        self._restore(found)
        self._log.close()
        self._log = runs.Log(self.folder, self.trainer.step)
        self._lines.clear()
        self._waiting = self._waiting_of(found)
        self.trainer.losses.clear()


def weights_of(folder: Path, name: str = "best") -> dict[str, Tensor]:
    """The `state_dict` that a run kept, its last where it has no best one. Raises DesignError."""
    found = checkpoint.read(folder, name) or checkpoint.read(folder, "last")
    if found is None:
        raise DesignError(f"{folder} holds no weights")
    return found.weights


def trained_module(folder: Path, name: str = "best") -> nn.Module:
    """The network of a run with its weights, in evaluation mode. Raises DesignError."""
    from engine.runtime.build import build

    module = build(runs.read_facts(folder).project.network)
    try:
        module.load_state_dict(weights_of(folder, name))
    except RuntimeError:
        raise DesignError(
            f"the weights in {folder} are not those of the network in its {runs.FACTS}"
        ) from None
    return module.eval()


def _same_but_length(kept: Project, wanted: Project, folder: Path) -> Project:
    """The project to go on with: the kept one, or the wanted one where it is only longer. Raises DesignError."""
    training = replace(wanted.training, epochs=kept.training.epochs)
    same = kept.network == wanted.network and kept.data == wanted.data and kept.training == training
    if not same:
        raise DesignError(
            f"the network, its data or its recipe has changed since the run in {folder} began; begin a new run, or "
            "undo the change"
        )
    return wanted if wanted.training.epochs > kept.training.epochs else kept


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


__all__ = ["Run", "Slice", "trained_module", "weights_of"]
