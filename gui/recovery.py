"""What keeps a crash from costing work: the project as it stands, written beside the settings a second after an edit.

A window that ends well removes its file. One that did not leaves it, and the next start brings the work back. Whether
a window still lives is told by a lock file beside its work, which the system frees when the process is gone.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, QTimer, Signal

from engine.design.error import DesignError
from engine.design.project import Project
from engine.design.value import value
from engine.files import parse, store
from engine.files.document import to_document
from engine.files.hold import Hold, hold
from engine.files.reading import from_document
from gui.document import State

PAUSE_MS = 1000
"""After an edit; with the time to write it, less than the 2 s of work that a crash may cost."""


@value
class Rescued:
    """Work of a window that did not end well: the project, the file it belongs to, and when it was kept.

    It is `held` for the window that was told of it, so that no other one offers it at the same time.
    """

    project: Project
    path: Path | None
    kept_at: float
    file: Path
    held: Hold

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @property
    def title(self) -> str:
        """The file's name, or the network's where there is no file."""
        return self.path.name if self.path else self.project.network.name


def folder() -> Path:
    """Where work in progress is kept, beside the settings of this account."""
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
    return Path(place) / "layerloom" / "recovery"


class Recovery(QObject):
    """Keeps the unsaved state of one window on disk."""

    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = folder() / f"{os.getpid()}-{time.time_ns()}.loom"
        self._held: Hold | None = None
        self._wanted: State | None = None
        self._writing: threading.Thread | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._write)

    def follow(self, old: State | None, new: State) -> None:
        """Take note of a state; saved ones need no keeping."""
        if (
            old is not None
            and old.project is new.project
            and old.path == new.path
            and old.is_changed == new.is_changed
        ):
            return
        self._wanted = new
        if not self._timer.isActive():
            self._timer.start()

    def flush(self) -> bool:
        """Write now what waits, and wait for it. Whether there is something on the disk then."""
        self._timer.stop()
        if self._writing is not None:
            self._writing.join()
        self._write()
        if self._writing is not None:
            self._writing.join()
        return self._file.is_file()

    def end(self) -> None:
        """The window ends well: nothing is to be recovered."""
        self._timer.stop()
        self._wanted = None
        if self._writing is not None:
            self._writing.join()
        with contextlib.suppress(OSError):
            self._file.unlink(missing_ok=True)
        if self._held is not None:
            self._held.release()
            self._held = None

    def _write(self) -> None:
        """In a thread of its own: a disk may take longer than a frame. The state is a value; nothing changes it."""
        if self._writing is not None and self._writing.is_alive():
            self._timer.start()
            return
        state, self._wanted = self._wanted, None
        if state is not None:
            self._writing = threading.Thread(target=self._write_state, args=(state,), daemon=True)
            self._writing.start()

    def _write_state(self, state: State) -> None:
        try:
            if not state.is_changed:
                self._file.unlink(missing_ok=True)
                return
            self._file.parent.mkdir(parents=True, exist_ok=True)
            if self._held is None:
                # Before the work is there, so that no other window takes it for one that was left.
                self._held = hold(_lock_of(self._file))
            document = {"path": str(state.path or ""), "project": to_document(state.project)}
            store.atomic_save(self._file, store.dumped(document))
        except (DesignError, OSError) as error:
            self.failed.emit(str(error))


def rescued() -> list[Rescued]:
    """Work left by windows that are gone, the latest first. What cannot be read is left where it is."""
    found: list[Rescued] = []
    kept = [*folder().glob("*.loom"), *folder().glob("*.lock")]
    for lock in sorted({_lock_of(file) for file in kept}):
        with contextlib.suppress(OSError):
            if (held := hold(lock)) is None:
                continue
            # A lock without work is all that is left of a crash without unsaved work.
            if (work := _read(lock.with_suffix(".loom"), held)) is None:
                held.release()
            else:
                found.append(work)
    return sorted(found, key=lambda each: -each.kept_at)


def _read(file: Path, held: Hold) -> Rescued | None:
    try:
        document = parse.parsed(store.read_bytes(file, store.LARGEST_FILE))
        path = Path(document["path"]) if document["path"] else None
        project = from_document(document["project"])
        return Rescued(project, path, file.stat().st_mtime, file, held)
    except (DesignError, OSError, KeyError, TypeError):
        return None


def discard(work: Rescued) -> None:
    """Forget rescued work."""
    with contextlib.suppress(OSError):
        work.file.unlink(missing_ok=True)
    work.held.release()


def _lock_of(file: Path) -> Path:
    return file.with_suffix(".lock")
