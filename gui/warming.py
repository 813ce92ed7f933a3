"""Imports that take longer than a person waits: in a thread, after the first paint and before anybody needs them."""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module
from threading import Thread

SLOW = ("gui.widgets.plot", "gui.widgets.image", "gui.run.training_page")
"""They need numpy and pyqtgraph: half a second, which the first selection of a layer would wait for."""


def warm() -> None:
    """Begin; whoever needs one of them at once waits for the rest of its import, as without this."""
    if not all(name in sys.modules for name in SLOW):
        Thread(target=_import_slowly, name="imports").start()


def _import_slowly() -> None:
    # What cannot be imported says so where it is needed.
    with suppress(ImportError):
        for name in SLOW:
            import_module(name)
