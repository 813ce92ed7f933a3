"""What workers wrote to their standard error: the last lines for a person, all of it for a file."""

from __future__ import annotations

import time
from collections import deque
from pathlib import Path

LINES = 200
FILE_LIMIT = 2**20
"""Bytes. A file that is longer when a window starts begins anew."""


class WorkerLog:
    """Keeps the last lines, and adds each to a file where one is given and can be written."""

    def __init__(self, file: Path | None) -> None:
        self._lines: deque[str] = deque(maxlen=LINES)
        self._file = file
        if file is not None:
            self._begin(file)

    @property
    def text(self) -> str:
        return "\n".join(self._lines)

    def add(self, line: str) -> None:
        self._lines.append(line)
        if self._file is not None:
            self._write(self._file, f"{time.strftime('%Y-%m-%d %H:%M:%S')} {line}\n")

    def _begin(self, file: Path) -> None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            if file.exists() and file.stat().st_size > FILE_LIMIT:
                file.unlink()
        except OSError as error:
            self._give_up(error)

    def _write(self, file: Path, text: str) -> None:
        try:
            with file.open("a", encoding="utf-8", errors="replace") as stream:
                stream.write(text)
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        """A full disk must not cost the worker; the lines in memory stay."""
        self._lines.append(f"{self._file} is no longer written: {error.strerror}")
        self._file = None
