"""Opening a window: on the file that was asked for, on what was open last, or on the start page."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QApplication

import resources
from engine.design.error import DesignError
from engine.files import store
from gui.document import State, opened, read
from gui.preferences import Preferences
from gui.window import Window

AFTER_PAINT_MS = 15


def open_window(preferences: Preferences, path: Path | None = None) -> Window:
    """A window on the file named, else on what was open last, else on the start page; shown."""
    (state, on_disk), at_start, problem = first_state(preferences, path)
    window = Window(state, preferences, on_disk)
    window.show_document()
    if path is None and at_start:
        window.show_start()
    window.show()
    if problem:
        window.say("danger", problem, about="a file")
    # Behind the first paint, which is done in the event loop's first pass.
    QTimer.singleShot(AFTER_PAINT_MS, window, lambda: _begin(window, path))
    return window


def _begin(window: Window, asked_for: Path | None) -> None:
    """What the first paint did not wait for."""
    from PySide6.QtGui import QIcon

    from gui import recovery

    QApplication.setWindowIcon(QIcon(str(resources.path("icons", "layerloom-128.png"))))
    if (path := window.document.state.path) is not None:
        window.preferences.add_recent(path)
    window.begin(recovery.rescued(), asked_for)


def first_state(
    preferences: Preferences, path: Path | None
) -> tuple[tuple[State, bytes], bool, str]:
    """The first state with its file's bytes, if the start page comes first, and why a file was not opened."""
    last = path or (preferences.last if preferences.reopens_last else None)
    if last is not None:
        try:
            return read(last), False, ""
        except DesignError as error:
            why = QCoreApplication.translate("Files", "{name} was not opened: {why}")
            return _empty(), path is None, why.format(name=last.name, why=error)
    return _empty(), True, ""


def _empty() -> tuple[State, bytes]:
    return opened(store.load(resources.path("samples", "empty.loom"))), b""
