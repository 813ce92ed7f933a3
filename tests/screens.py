"""Every screen and state of the window as PNG files, to be looked at: `python -m tests.screens OUT`.

Each size is rendered by a process of its own, because the scale of a screen is set before Qt starts. The screen is as
large as the window, so that a list that would leave it is moved as on a person's screen. What the states are, is in
`screen_states.py`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtGui import QPixmap
    from PySide6.QtWidgets import QWidget

    from gui.window import Window

SIZES = {"1280x800": (1280, 800, 1), "1600x1000": (1600, 1000, 1), "2560x1440@2": (1280, 720, 2)}
"""Window size in logical pixels, and pixels to one of them: 2560×1440 at scale 2 is 1280×720."""
THEMES = ("dark", "light")


def main() -> int:
    """Render all sizes and themes below a folder, or those that are asked for; 1 if a screen could not be made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="folder for the pictures")
    parser.add_argument("--size", choices=SIZES)
    parser.add_argument("--theme", choices=THEMES)
    parser.add_argument("--only", default="", help="only screens whose name holds this")
    wanted = parser.parse_args()
    if wanted.size and wanted.theme:
        return render(wanted.out, wanted.size, wanted.theme, wanted.only)
    failed = 0
    for size in [wanted.size] if wanted.size else SIZES:
        for theme in [wanted.theme] if wanted.theme else THEMES:
            command = [sys.executable, "-m", "tests.screens", str(wanted.out), "--size", size,
                       "--theme", theme, "--only", wanted.only]  # fmt: skip
            failed += subprocess.run(command, check=False).returncode
    return 1 if failed else 0


def render(out: Path, size: str, theme_name: str, only: str) -> int:
    """All screens of one size and theme in this process; how many could not be made."""
    width, height, scale = SIZES[size]
    _prepare(Path(tempfile.mkdtemp(prefix="layerloom-screens-")), width, height, scale)
    from PySide6.QtWidgets import QApplication

    from gui import theme
    from gui.document import opened
    from gui.preferences import Preferences
    from gui.window import Window
    from tests.screen_states import close_all, quiet, sample, screens, until

    application = QApplication([])
    preferences = Preferences()
    preferences.theme = theme_name
    theme.apply(application, theme.THEMES[theme_name])
    window = Window(opened(sample("tutorial")), preferences)
    window.show_document()
    window.resize(width, height)
    window.show()
    window.begin([])
    window.stack.view.setFocus()
    folder = out / f"{theme_name}-{size}"
    folder.mkdir(parents=True, exist_ok=True)
    failed = 0
    for name, show in screens():
        if only not in name:
            continue
        try:
            close_all(window)
            found = show(window)
            picture = found or picture_of(window)
        except TimeoutError as error:
            print(f"{name}: {error}", file=sys.stderr)
            failed += 1
            picture = picture_of(window)
        picture.save(str(folder / f"{name}.png"))
        print(folder / f"{name}.png", flush=True)
    close_all(window)
    quiet(window)
    window.recovery.end()
    window.engine.close()
    until(lambda: not window.engine.process_id, "the engine has ended")
    return failed


def _prepare(home: Path, width: int, height: int, scale: int) -> None:
    """Settings of our own, and a screen of this size; before Qt is loaded."""
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        os.environ[variable] = str(home)
    screen = {"name": "screen", "x": 0, "y": 0, "width": width * scale, "height": height * scale,
              "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}  # fmt: skip
    file = home / "screens.json"
    file.write_text(json.dumps({"windowFrameMargins": False, "screens": [screen]}))
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={file}"
    os.environ["QT_SCALE_FACTOR"] = str(scale)


def picture_of(window: Window) -> QPixmap:
    """The window with all that is open above it, each where it is on the screen."""
    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QApplication

    picture = window.grab()
    painter = QPainter(picture)
    for widget in QApplication.topLevelWidgets():
        if widget is not window and widget.isVisible():
            _warn_if_outside(widget, window)
            painter.drawPixmap(window.mapFromGlobal(widget.geometry().topLeft()), widget.grab())
    painter.end()
    return picture


def _warn_if_outside(widget: QWidget, window: Window) -> None:
    if not window.screen().geometry().contains(widget.geometry()):
        print(f"outside the screen: {type(widget).__name__} {widget.geometry()}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
