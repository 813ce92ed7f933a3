"""Starting the program: one window, what was open last, and errors that reach a person as a sentence."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QApplication

import resources
from engine.design.error import DesignError
from engine.files import store
from gui import theme
from gui.document import State, opened, read
from gui.preferences import Preferences
from gui.window import Window

AFTER_PAINT_MS = 15


def run(path: str | None = None) -> int:
    """Open the window, on a file where one is named; returns when it is closed."""
    application, window = start(path)
    sys.excepthook = reporter(window)
    return application.exec()


def start(path: str | None = None) -> tuple[QApplication, Window]:
    """The application and its window, which the event loop's first pass paints."""
    application = QApplication([*sys.argv[:1], *theme.FUSION])
    application.setApplicationName("Layerloom")
    application.setDesktopFileName("layerloom")
    preferences = Preferences()
    theme.apply(application, theme.LIGHT if preferences.theme == "light" else theme.DARK)
    window = open_window(preferences, Path(path).absolute() if path else None)
    QTimer.singleShot(2 * AFTER_PAINT_MS, window, collect_garbage)
    return application, window


def collect_garbage() -> None:
    """Begin to collect, which main.window put off; what stands now stays and is not looked through again."""
    gc.freeze()
    gc.enable()


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
    QTimer.singleShot(AFTER_PAINT_MS, window, lambda: _begin(window, at_start=path is None))
    return window


def _begin(window: Window, at_start: bool) -> None:
    """What the first paint did not wait for; a file that was asked for is not pushed aside by rescued work."""
    from PySide6.QtGui import QIcon

    from gui import recovery

    QApplication.setWindowIcon(QIcon(str(resources.path("icons", "layerloom-128.png"))))
    if (path := window.document.state.path) is not None:
        window.preferences.add_recent(path)
    window.begin(recovery.rescued() if at_start else [])


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


def reporter(
    window: Window,
) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    """What an error of our own making does: into the log whole, to the person as a line; the work stays."""

    def report(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        import logging

        logging.getLogger("layerloom").error("unexpected", exc_info=(kind, error, trace))
        window.recovery.flush()
        window.say("danger", window.tr("Something went wrong here: {what}. Your work is kept; please "
                                       "save it and go on.").format(what=f"{kind.__name__}: {error}"))  # fmt: skip

    return report
