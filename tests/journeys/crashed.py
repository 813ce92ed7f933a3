"""The real application in a process of its own, which adds layers by hand and waits to be killed.

    python -m tests.journeys.crashed [FILE] [--layers N]

Says "here" when its window is up and "done" when the layers are in.
"""

from __future__ import annotations

import argparse
import time

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from gui.launch import start
from gui.widgets.pieces import Notice


def say(word: str) -> None:
    print(word, flush=True)


def keyboard() -> QWidget:
    """What has the keyboard, once the window system has given it: a person sees the cursor before typing."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        popup = QApplication.activePopupWidget()
        found = popup.focusWidget() if popup is not None else QApplication.focusWidget()
        if found is not None:
            return found
        QApplication.processEvents()
    raise AssertionError(f"Nothing has the keyboard in {QApplication.activeWindow()}.")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("file", nargs="?")
    parser.add_argument("--layers", type=int, default=1)
    wanted = parser.parse_args()
    application, window = start(wanted.file)
    while "run" not in vars(window):
        application.processEvents()
    while not window.isActiveWindow():
        window.activateWindow()
        application.processEvents()
    notice = window.findChild(Notice)
    say("here" if notice is None or not notice.isVisible() else f"here: {notice.accessibleName()}")
    for _ in range(wanted.layers):
        QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        application.processEvents()
        QTest.keyClicks(keyboard(), "linear")
        QTest.keyClick(keyboard(), Qt.Key.Key_Return)
        application.processEvents()
    say("done")
    QTimer.singleShot(120_000, application.quit)  # should nobody kill it
    return application.exec()


if __name__ == "__main__":
    raise SystemExit(main())
