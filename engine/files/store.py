"""Files on disk: whole or not written at all, with the previous one kept beside as `.bak`."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from engine.design.error import DesignError
from engine.design.project import Project
from engine.files.document import to_document
from engine.files.parse import LARGEST_FILE, parsed
from engine.files.reading import from_document

STRAY = ".layerloom-part-"
"""How a temporary file begins that a crash may leave behind."""


def load(path: str | Path) -> Project:
    """The project in a file. Raises DesignError for anything that is not one; runs nothing from it."""
    return loads(read_bytes(Path(path), LARGEST_FILE))


def loads(content: bytes) -> Project:
    """The project in the bytes of a file. Raises DesignError."""
    try:
        return from_document(parsed(content))
    except RecursionError:
        raise DesignError("the file nests blocks too deeply to be a project") from None


def save(project: Project, path: str | Path) -> None:
    """Write the project; on return it is on the disk. Raises DesignError, the old file being untouched."""
    path = Path(path)
    remove_strays(path.parent)
    atomic_save(path, dumps(project), backup_of)


def dumps(project: Project) -> bytes:
    """The bytes of a project's file: readable JSON, one line a layer."""
    return dumped(to_document(project))


def dumped(document: object) -> bytes:
    """The bytes of any JSON document in the same layout."""
    try:
        return (_layout(document, "") + "\n").encode()
    except UnicodeEncodeError:
        raise DesignError(
            "a text holds half a character (a lone surrogate), which no file can hold"
        ) from None


def _layout(value: Any, indent: str) -> str:
    """JSON with an object on one line where it fits in 120 characters: a layer is a line, and a diff is small."""
    plain = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if len(indent) + len(plain) <= 118 or not isinstance(value, dict | list) or not value:
        return plain
    deeper = indent + "  "
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value).items()
        lines = [
            f"{json.dumps(key, ensure_ascii=False)}: {_layout(each, deeper)}"
            for key, each in members
        ]
        return "{\n" + ",\n".join(deeper + line for line in lines) + f"\n{indent}}}"
    items = [deeper + _layout(each, deeper) for each in cast("list[Any]", value)]
    return "[\n" + ",\n".join(items) + f"\n{indent}]"


def read_bytes(path: Path, most: int) -> bytes:
    """A file's bytes, refused beyond `most`. Raises DesignError in words about the file."""
    try:
        # Its size is asked for first: what is too large is not read at all.
        if size_of(path) <= most:
            with path.open("rb") as file:
                content = file.read(most + 1)
            if len(content) <= most:
                return content
    except OSError as error:
        raise DesignError(f"{path} cannot be read: {reason(error)}") from None
    except ValueError:
        raise DesignError(f"{str(path)!r} is no name of a file") from None
    raise DesignError(f"{path} is larger than {most:,} bytes, which is the most that is read")


def size_of(path: Path) -> int:
    """The bytes of a file. Raises OSError, also for what has no end or waits for somebody: a pipe, a device."""
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(
            "it is no file but a pipe, a socket or a device; copy what it gives into a file"
        )
    return status.st_size


def atomic_save(path: Path, content: bytes, previous: Callable[[Path], Path] | None = None) -> None:
    """Write a file whole or not at all: temporary beside it, flushed, read back, then put in its place.

    Qt's QSaveFile reports success after a short write on a full disk, hence this one. What is no file, such as
    /dev/stdout, is written to as it is. `previous` says where the file before is kept, of the path behind all
    links. Raises DesignError with the reason; what stood at either is then unharmed.
    """
    temporary: Path | None = None
    try:
        path = Path(os.path.realpath(path))
        if path.exists() and not path.is_file() and not path.is_dir():
            path.write_bytes(content)
            return
        if path.is_file() and not _writable(path):
            raise DesignError(f"{path} is read-only and was not saved; choose another name")
        handle, name = tempfile.mkstemp(prefix=STRAY, dir=path.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb", buffering=0) as file:
            view = memoryview(content)
            while view:
                view = view[file.write(view) :]
            os.fsync(file.fileno())
        if temporary.read_bytes() != content:
            raise OSError("what was written could not be read back")
        with contextlib.suppress(OSError):
            temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        if previous is not None and path.is_file():
            _keep(path, previous(path))
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise DesignError(f"{path} was not saved: {reason(error)}") from None
    except ValueError:
        raise DesignError(f"{str(path)!r} is no name of a file") from None
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def backup_of(path: Path) -> Path:
    """Where a saved project's file is kept as it was before."""
    return path.with_name(path.name + ".bak")


def _keep(path: Path, previous: Path) -> None:
    """Let the present file be the previous one too, so that `path` is never missing: by a second link, or a copy."""
    stray = previous.with_name(f"{STRAY}{os.getpid()}.previous")
    with contextlib.suppress(OSError):
        previous.parent.mkdir(exist_ok=True)
        stray.unlink(missing_ok=True)
        try:
            os.link(path, stray)
        except OSError:
            # A memory stick's file system knows no links.
            shutil.copy2(path, stray)
        stray.replace(previous)
        # Two links to one file are not renamed onto each other.
        stray.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    """Make the new name durable; not every system lets a folder be opened."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def remove_strays(folder: Path, older_than_s: float = 60.0) -> None:
    """Remove the temporaries that a crash left in a folder, not those of a save under way."""
    with contextlib.suppress(OSError):
        for stray in folder.glob(f"{STRAY}*"):
            with contextlib.suppress(OSError):
                if time.time() - stray.stat().st_mtime > older_than_s:
                    stray.unlink()


def reason(error: OSError) -> str:
    """An operating system's error in plain words, with what to do."""
    match error.errno:
        case errno.ENOENT:
            return "there is no such file or folder"
        case errno.EACCES | errno.EPERM:
            return "this account may not do that here; choose another folder"
        case errno.EROFS:
            return "the disk is read-only; choose another folder"
        case errno.ENOSPC | errno.EDQUOT:
            return "the disk is full; free some space or choose another disk"
        case errno.EFBIG:
            return "it would be larger than a file may be here; choose another disk"
        case errno.EISDIR:
            return "it is a folder"
        case errno.EEXIST:
            return "there is a file of that name; choose another one"
        case errno.ENOTDIR:
            return "a part of its path is a file, not a folder"
        case errno.ENAMETOOLONG:
            return "the name is too long"
        case errno.ELOOP:
            return "its links lead back to themselves"
        case _:
            return (error.strerror or str(error)).lower()
