"""What only one living process may have: the system lets go of it when that process ends, however it ends.

A process number says less: it may be used again, and asking for one is dangerous on Windows.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path


class Hold:
    """A lock file that this process holds until it is released or the process is gone."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        """Let go, and remove the lock file."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return
        # Windows removes no file that is open; elsewhere it goes first, so that nobody locks what is about to vanish.
        if sys.platform == "win32":
            os.close(descriptor)
        with contextlib.suppress(OSError):
            self._path.unlink()
        if sys.platform != "win32":
            os.close(descriptor)


def hold(path: Path) -> Hold | None:
    """The hold on a lock file, which is made where it is missing; None while somebody has it. Raises OSError."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not _locked(descriptor):
                os.close(descriptor)
                return None
            # Somebody may have removed the file between its opening and its locking.
            if _is_at(descriptor, path):
                return Hold(path, descriptor)
        except OSError:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _locked(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

else:
    import fcntl

    def _locked(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
