"""The window: it shows values of the engine and sends back edits."""

from __future__ import annotations

import builtins


def plain_imports() -> None:
    """Give Python its own `__import__` back, once PySide6 is imported.

    WORKAROUND https://bugreports.qt.io/browse/PYSIDE-2029: PySide6's reads the source of every module that is imported
    after it, to see whether the module might wish for methods in snake_case. None of ours does, and a hundred of them
    would be an eighth of the window's start.
    """
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
