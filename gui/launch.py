"""Starting the program: one window, and errors that reach a person as a sentence."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QTimer
from PySide6.QtGui import QImageReader
from PySide6.QtWidgets import QApplication

from gui import quick_import

if TYPE_CHECKING:
    from gui.window import Window

AFTER_PAINT_MS = 30
FUSION = ("-style", "Fusion")
"""Arguments of the QApplication: the style that the sheet is written for.

`setStyle` would give a QStyle back, and to wrap that PySide makes 570 enum members, 6 ms of the start.
"""

_LETTERS = b"""\
<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">
<text y="9">Aa</text><text y="9" font-family="monospace">Aa</text></svg>"""


def run(path: str | None = None) -> int:
    """Open the window, on a file where one is named; returns when it is closed."""
    application, window = start(path)
    sys.excepthook = reporter(window)
    return application.exec()


def start(path: str | None = None) -> tuple[QApplication, Window]:
    """The application and its window, which the event loop's first pass paints."""
    application = QApplication([*sys.argv[:1], *FUSION])
    application.setApplicationName("Layerloom")
    application.setDesktopFileName("layerloom")
    Thread(target=_find_fonts, name="fonts").start()

    # Imported here, while the fonts are found: two thirds of what a start still takes.
    from gui import theme
    from gui.application import open_window
    from gui.preferences import Preferences

    preferences = Preferences()
    theme.wear(preferences.theme)
    window = open_window(preferences, Path(path).absolute() if path else None)
    QTimer.singleShot(AFTER_PAINT_MS, window, settle)
    return application, window


def _find_fonts() -> None:
    """Let Qt find the system's fonts, once for all threads: 10 ms in which this one goes on with Python.

    By reading a picture with letters in it, as that is what PySide does without Python's lock.
    """
    letters = QBuffer()
    letters.setData(_LETTERS)
    QImageReader(letters, b"svg").read()


def settle() -> None:
    """What main.window put off: to collect garbage, through which what stands now stays, and to ease the next start."""
    gc.freeze()
    gc.enable()
    quick_import.keep()


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
