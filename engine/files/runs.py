"""The store of training runs, readable by hand: a folder per run, beside the project they belong to.

    net.runs/run-1/run.json          the design it started from, what it was trained with, name, tags, how it ended
                   metrics.jsonl     a line per logged step, and one per epoch
                   last.safetensors  where it can go on; best.safetensors the best weights (`engine.runtime.checkpoint`)
                   previous/         the generation before

Lines of steps have `step`, `loss` (the mean since the line before) and `rate`; lines of epochs have `epoch` beside.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from math import isfinite
from pathlib import Path
from typing import Any, cast

from engine.design.error import DesignError
from engine.design.project import Project
from engine.design.value import field, replace, value
from engine.files.document import to_document
from engine.files.parse import LARGEST_FILE, parsed
from engine.files.reading import from_document
from engine.files.store import atomic_save, dumped, read_bytes, reason

FACTS, METRICS = "run.json", "metrics.jsonl"
LARGEST_METRICS = 2**30
Line = Mapping[str, float | int | None]


@value
class Facts:
    """What `run.json` holds."""

    project: Project
    name: str = ""
    tags: tuple[str, ...] = ()
    started: str = ""
    """In UTC, as 2026-01-31T12:00:00."""
    state: str = "open"
    """`open` until its last epoch, then `done`; a run that was killed stays open."""
    made_with: dict[str, str] = field(default_factory=dict[str, str])
    """Versions, machine and threads, by name."""


def folder_of(project: Path) -> Path:
    """Where the runs of a project's file lie: `net.runs` beside `net.loom`."""
    return project.with_suffix(".runs")


def runs_in(folder: Path) -> tuple[Path, ...]:
    """The folders of the runs in it, the newest last; none where there is no such folder."""
    found: list[tuple[int, str, Path]] = []
    with contextlib.suppress(OSError):
        for each in folder.iterdir():
            if (each / FACTS).is_file():
                number = re.fullmatch(r"run-(\d{1,9})", each.name)
                found.append((int(number[1]) if number else 0, each.name, each))
    return tuple(path for _, _, path in sorted(found))


def new_folder(runs: Path) -> Path:
    """Make the folder of the next run. Raises DesignError."""
    try:
        runs.mkdir(parents=True, exist_ok=True)
        taken = {each.name for each in runs.iterdir()}
        number = 1 + max(
            (int(name[4:]) for name in taken if re.fullmatch(r"run-\d{1,9}", name)), default=0
        )
        folder = runs / f"run-{number}"
        folder.mkdir()
    except OSError as error:
        raise DesignError(f"{runs} cannot hold a new run: {reason(error)}") from None
    return folder


def write_facts(folder: Path, facts: Facts) -> None:
    """Write `run.json`. Raises DesignError."""
    document = {
        "name": facts.name,
        "tags": list(facts.tags),
        "started": facts.started,
        "state": facts.state,
        "made_with": facts.made_with,
        "project": to_document(facts.project),
    }
    atomic_save(folder / FACTS, dumped(document))


def read_facts(folder: Path) -> Facts:
    """What `run.json` says. Raises DesignError when it is damaged or is none."""
    path = folder / FACTS
    try:
        found = parsed(read_bytes(path, LARGEST_FILE))
        if not isinstance(found, dict):
            raise DesignError("it is no JSON object")
        said = cast("dict[str, Any]", found)
        tags = said.get("tags")
        made = said.get("made_with")
        return Facts(
            from_document(said.get("project")),
            str(said.get("name") or folder.name)[:200],
            tuple(str(tag)[:60] for tag in cast("list[Any]", tags))
            if isinstance(tags, list)
            else (),
            str(said.get("started") or "")[:40],
            "done" if said.get("state") == "done" else "open",
            {str(k)[:60]: str(v)[:200] for k, v in cast("dict[Any, Any]", made).items()}
            if isinstance(made, dict)
            else {},
        )
    except DesignError as error:
        text = str(error)
        raise DesignError(text if str(path) in text else f"{path}: {text}") from None


def rename(folder: Path, name: str, tags: tuple[str, ...]) -> None:
    """Give a run another name and tags. Raises DesignError."""
    write_facts(folder, replace(read_facts(folder), name=name, tags=tags))


def delete(folder: Path) -> None:
    """Remove a run and all that is kept of it; nothing but a run. Raises DesignError."""
    if not (folder / FACTS).is_file() or folder.is_symlink():
        raise DesignError(f"{folder} is no run and was not deleted")
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise DesignError(f"{folder} was not deleted: {reason(error)}") from None


class Log:
    """`metrics.jsonl`, to which lines are added while a run goes on."""

    def __init__(self, folder: Path, after: int = 0) -> None:
        """Go on behind step `after`: what a run logged beyond its checkpoint will be logged once more."""
        self._path = folder / METRICS
        kept = [line for line in read_metrics(folder) if (line.get("step") or 0) <= after]
        atomic_save(self._path, _written(kept))
        try:
            self._file = self._path.open("ab")
        except OSError as error:
            raise DesignError(f"{self._path} cannot be written: {reason(error)}") from None

    def add(self, lines: Iterable[Line]) -> None:
        """Add lines, not yet durably. Raises DesignError."""
        try:
            self._file.write(_written(lines))
            self._file.flush()
        except OSError as error:
            raise DesignError(f"{self._path} was not written: {reason(error)}") from None

    def sync(self) -> None:
        """Make durable what was added. Raises DesignError."""
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise DesignError(f"{self._path} was not written: {reason(error)}") from None

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._file.close()


def read_metrics(folder: Path) -> list[Line]:
    """The lines of a run, without one that a crash cut short; none where there are none. Raises DesignError."""
    path = folder / METRICS
    if not path.exists():
        return []
    found: list[Line] = []
    for line in read_bytes(path, LARGEST_METRICS).split(b"\n"):
        try:
            one = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(one, dict):
            items = cast("dict[str, Any]", one).items()
            found.append(
                {key: each for key, each in items if each is None or isinstance(each, int | float)}
            )
    return found


def _written(lines: Iterable[Line]) -> bytes:
    """A line each; what is no finite number is null, as JSON has no other word for it."""
    text = [
        json.dumps({k: v if v is None or isfinite(v) else None for k, v in line.items()}) + "\n"
        for line in lines
    ]
    return "".join(text).encode()
