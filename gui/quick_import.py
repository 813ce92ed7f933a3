"""Importing PySide6 in two thirds of its time, which is half of the window's start.

PySide6 carries a dozen modules as source text in one of its libraries and compiles them anew at every start, as its
wheel fits many Pythons. What was compiled is kept in the user's cache, as Python keeps its own byte code; the text
itself is the key, so another PySide6 finds nothing there and compiles as always.
"""

from __future__ import annotations

import builtins
import marshal
import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from importlib.util import source_hash
from pathlib import Path
from types import CodeType
from typing import Any

_CHECK = 8
"""Bytes of the checksum that the file begins with."""


_UNUSED = "shibokensupport/signature/lib/pyi_generator.py"
"""Writes type stubs, which no running program does. With what it imports it takes 10 ms, so it waits until it is
asked for something (PEP 562)."""

_WAITING = """
def __getattr__(name):
    globals().pop("__getattr__", None)
    exec(compile({source!r}, {filename!r}, "exec"), globals())
    if name in globals():
        return globals()[name]
    raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
"""


class _Kept:
    """Byte code by its file and source; stands in for `compile` while PySide6 is imported."""

    def __init__(self) -> None:
        self._compile: Callable[..., Any] = builtins.compile
        self._found = _read()
        self._used: dict[tuple[str, bytes], CodeType] = {}

    def compile(self, source: Any, filename: Any, mode: str, *more: Any, **named: Any) -> Any:
        if not isinstance(source, bytes) or mode != "exec" or more or named:
            return self._compile(source, filename, mode, *more, **named)
        key = (str(filename), source)
        text = source
        if filename == _UNUSED:
            text = _WAITING.format(source=source, filename=filename)
        code = self._found.get(key) or self._compile(text, filename, mode)
        self._used[key] = code
        return code

    def keep(self) -> None:
        """Write what was compiled, where that is news and byte code may be written."""
        if sys.dont_write_bytecode or self._used.keys() <= self._found.keys():
            return
        kept = marshal.dumps(self._used)
        place = _place()
        new = place.with_suffix(f".{os.getpid()}")
        with suppress(
            OSError
        ):  # a full disk or a read-only home costs a little time at the next start
            place.parent.mkdir(parents=True, exist_ok=True)
            new.write_bytes(_check(kept) + kept)
            new.replace(place)


_kept: _Kept | None = None


@contextmanager
def quickly() -> Generator[None]:
    """Import PySide6 inside, and nothing else before it; where it was imported already, this changes nothing."""
    global _kept
    if "PySide6" in sys.modules:
        yield
        return
    _kept = _Kept()
    compile_, flags = builtins.compile, _bind_lazily()
    builtins.compile = _kept.compile
    try:
        yield
    finally:
        builtins.compile = compile_
        _bind_as(flags)
        _plain_imports()


def keep() -> None:
    """Keep what was compiled for the next start; after the first paint, which it would put off."""
    if _kept is not None:
        _kept.keep()


def _plain_imports() -> None:
    """Give Python its own `__import__` back.

    WORKAROUND https://bugreports.qt.io/browse/PYSIDE-2029: PySide6's reads the source of every module that is imported
    after it, to see whether the module might wish for methods in snake_case. None of ours does, and a hundred of them
    would be an eighth of the window's start.
    """
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


def _bind_lazily() -> int | None:
    """Let a library's functions be found when they are called, not all when it is loaded; the flags before."""
    if not hasattr(sys, "setdlopenflags"):  # Windows
        return None
    flags = sys.getdlopenflags()
    sys.setdlopenflags(os.RTLD_LAZY)
    return flags


def _bind_as(flags: int | None) -> None:
    if flags is not None:
        sys.setdlopenflags(flags)


def _read() -> dict[tuple[str, bytes], CodeType]:
    """What an earlier start kept; nothing where that is not whole."""
    with suppress(OSError):
        content = _place().read_bytes()
        check, kept = content[:_CHECK], content[_CHECK:]
        if _check(kept) == check:
            return marshal.loads(kept)  # noqa: S302 - our own byte code, as in __pycache__
    return {}


def _check(kept: bytes) -> bytes:
    return source_hash(kept)


def _place() -> Path:
    """The file in the user's cache for this Python, whose byte code fits no other."""
    return (
        _cache() / "layerloom" / f"pyside6-{sys.implementation.cache_tag}-{sys.hexversion:x}.code"
    )


def _cache() -> Path:
    """The user's folder for what can be made anew. Qt, which knows it, is not there yet."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
