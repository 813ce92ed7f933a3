"""The store of training runs, readable by hand: a folder per run, beside the project they belong to.

    net.runs/run-1/run.json          the design it started from, what it was trained with, name, tags, how it ended
                   metrics.jsonl     a line per logged step, and one per epoch
                   layers.jsonl      now and then a line with the numbers of every layer (`engine.views.health.Health`)
                   last.safetensors  where it can go on; best.safetensors the best weights (`engine.runtime.checkpoint`)
                   previous/         the generation before

A line of steps has `step`, `loss` (the mean since the line before) and `rate`; one of an epoch has `epoch`, `step`,
`train_loss`, `validation`, `score`, `rate` and `seconds`. One process at a time may write a run.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from collections.abc import Generator, Iterable, Mapping
from math import isfinite, nan
from pathlib import Path
from typing import Any, NamedTuple, cast

from engine.design.error import DesignError
from engine.design.project import Project
from engine.design.value import field, replace, value
from engine.files.document import to_document
from engine.files.hold import hold
from engine.files.parse import LARGEST_FILE, parsed
from engine.files.reading import from_document
from engine.files.store import STRAY, atomic_save, dumped, read_bytes, reason

FACTS, METRICS, LAYERS = "run.json", "metrics.jsonl", "layers.jsonl"
LARGEST_METRICS = 2**30
_LOCK = "in-use.lock"
_NUMBERED = re.compile(r"run-(\d{1,9})")
Line = Mapping[str, float | int | None]


@value
class Facts:
    """What `run.json` holds."""

    project: Project
    name: str = ""
    tags: tuple[str, ...] = ()
    started: str = ""
    """In UTC, as 2026-01-31T12:00:00."""
    changes: tuple[str, ...] = ()
    """How it was steered: step 312: learning rate 0.01 → 0.001."""
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
                number = _NUMBERED.fullmatch(each.name)
                found.append((int(number[1]) if number else 0, each.name, each))
    return tuple(path for _, _, path in sorted(found))


def next_folder(runs: Path) -> Path:
    """Where the next run may lie; nothing is made. Raises DesignError."""
    try:
        names = [each.name for each in runs.iterdir()] if runs.exists() else []
    except OSError as error:
        raise DesignError(f"{runs} cannot hold a run: {reason(error)}") from None
    taken = (int(name[4:]) for name in names if _NUMBERED.fullmatch(name))
    return runs / f"run-{1 + max(taken, default=0)}"


@contextlib.contextmanager
def claimed(folder: Path) -> Generator[None, None, None]:
    """Be the only one who writes this run, whose folder is made where it is missing.

    Raises DesignError where another process does, or there can be no folder, or in it lies what is no run.
    """
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = hold(folder / _LOCK)
    except OSError as error:
        raise DesignError(f"{folder} cannot hold a run: {reason(error)}") from None
    if held is None:
        raise DesignError(
            f"the run in {folder} is going on in another window or command; stop it there first"
        )
    try:
        if not (folder / FACTS).is_file() and any(map(_is_strange, folder.iterdir())):
            raise DesignError(
                f"{folder} holds other files, and no {FACTS}; choose a new or an empty folder"
            )
        yield
    finally:
        held.release()
        # A run that never came to be leaves nothing.
        with contextlib.suppress(OSError):
            for each in missing:
                each.rmdir()


def _is_strange(path: Path) -> bool:
    """Whether a crash at the very beginning of a run cannot have left it."""
    return path.name != _LOCK and not path.name.startswith(STRAY)


def write_facts(folder: Path, facts: Facts) -> None:
    """Write `run.json`. Raises DesignError."""
    document = {
        "name": facts.name,
        "tags": list(facts.tags),
        "started": facts.started,
        "changes": list(facts.changes),
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
        made = said.get("made_with")
        return Facts(
            from_document(said.get("project")),
            str(said.get("name") or folder.name)[:200],
            _texts(said.get("tags"), 60),
            str(said.get("started") or "")[:40],
            _texts(said.get("changes"), 300),
            "done" if said.get("state") == "done" else "open",
            {str(k)[:60]: str(v)[:200] for k, v in cast("dict[Any, Any]", made).items()}
            if isinstance(made, dict)
            else {},
        )
    except DesignError as error:
        text = str(error)
        raise DesignError(text if str(path) in text else f"{path}: {text}") from None


def _texts(found: object, longest: int) -> tuple[str, ...]:
    if not isinstance(found, list):
        return ()
    return tuple(str(each)[:longest] for each in cast("list[object]", found))


class Overview(NamedTuple):
    """A run in a line of a list."""

    folder: Path
    facts: Facts
    epoch: int
    """Epochs behind it at its last checkpoint."""
    loss: float
    score: float
    """Of its last epoch; nan where none has ended."""


def overview(folder: Path) -> Overview:
    """What a list says of a run. Raises DesignError where its facts are damaged."""
    facts = read_facts(folder)
    said: dict[str, Any] = {}
    with contextlib.suppress(DesignError, ValueError):
        found = parsed(read_bytes(folder / "last.json", LARGEST_FILE))
        said = cast("dict[str, Any]", found) if isinstance(found, dict) else {}

    def number(name: str) -> float:
        given = said.get(name)
        return float(given) if isinstance(given, int | float) else nan

    epoch = number("epoch")
    return Overview(
        folder, facts, int(epoch) if isfinite(epoch) else 0, number("loss"), number("score")
    )


def change_facts(folder: Path, **changes: object) -> Facts:
    """Change some of what `run.json` says, such as `name` and `tags`, and give all. Raises DesignError."""
    facts = replace(read_facts(folder), **changes)
    write_facts(folder, facts)
    return facts


def delete(folder: Path) -> None:
    """Remove a run and all that is kept of it; nothing but a run. Raises DesignError."""
    if not (folder / FACTS).is_file() or folder.is_symlink():
        raise DesignError(f"{folder} is no run and was not deleted")
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise DesignError(f"{folder} was not deleted: {reason(error)}") from None


class Log:
    """A file of the run, `metrics.jsonl` or another, to which lines are added while it goes on."""

    def __init__(self, folder: Path, after: int = 0, name: str = METRICS) -> None:
        """Go on behind step `after`: what a run logged beyond its checkpoint will be logged once more."""
        self._path = folder / name
        kept = [line for line in _read(self._path) if (line.get("step") or 0) <= after]
        atomic_save(self._path, _written(kept))
        try:
            self._file = self._path.open("ab")
        except OSError as error:
            raise DesignError(f"{self._path} cannot be written: {reason(error)}") from None

    def add(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Add lines; on return they are on the disk. Raises DesignError."""
        try:
            self._file.write(_written(lines))
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise DesignError(f"{self._path} was not written: {reason(error)}") from None

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._file.close()


def read_metrics(folder: Path) -> list[Line]:
    """The lines of a run, without one that a crash cut short; none where there are none. Raises DesignError."""
    return [
        {key: each for key, each in line.items() if each is None or isinstance(each, int | float)}
        for line in _read(folder / METRICS)
    ]


class Layers(NamedTuple):
    """How the layers fared: `numbers` is [look][layer][number]."""

    names: tuple[str, ...]
    steps: list[int]
    numbers: list[list[list[float]]]


def read_layers(folder: Path) -> Layers:
    """The looks at the layers of a run; none where there are none. Raises DesignError."""
    found = Layers((), [], [])
    for line in _read(folder / LAYERS):
        step, seen = line.get("step"), line.get("layers")
        if not isinstance(step, int) or not isinstance(seen, dict):
            continue
        rows = cast("dict[str, list[Any]]", seen)
        if not found.steps:
            found = found._replace(names=tuple(rows))
        if tuple(rows) == found.names:
            found.steps.append(step)
            found.numbers.append(
                [[nan if n is None else float(n) for n in row] for row in rows.values()]
            )
    return found


def _read(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    found: list[dict[str, Any]] = []
    for line in read_bytes(path, LARGEST_METRICS).split(b"\n"):
        try:
            one = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(one, dict):
            found.append(cast("dict[str, Any]", one))
    return found


def plain(value: Any) -> Any:
    """The same as JSON can say it: what is no finite number is null."""
    match value:
        case float():
            return value if isfinite(value) else None
        case list():
            return [plain(each) for each in cast("list[Any]", value)]
        case dict():
            return {key: plain(each) for key, each in cast("dict[str, Any]", value).items()}
        case _:
            return value


def _written(lines: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(f"{json.dumps(plain(dict(line)))}\n" for line in lines).encode()
