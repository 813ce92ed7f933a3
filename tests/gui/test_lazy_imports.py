"""What is slow to import comes after the first paint, and pyqtgraph is the affair of the plots alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEAVY = ("torch", "pyqtgraph", "numpy")

IMPORTED = f"""
import sys, gui.window
print(*(name for name in {HEAVY!r} if name in sys.modules))
"""

PAINTED = f"""
import sys
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
import resources
from gui import theme
from gui.application import open_window
from gui.launch import FUSION
from gui.preferences import Preferences

class Watch(QObject):
    painted = False
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and not self.painted:
            self.painted = True
            print("at the first paint:", *(name for name in {HEAVY!r} if name in sys.modules))
        return False

application = QApplication([*FUSION])
theme.apply(application, theme.DARK)
watch = Watch()
application.installEventFilter(watch)
window = open_window(Preferences(), resources.path("samples", "iris.loom"))
layer = next(node for node in window.document.state.network.body.nodes if node.activation)
window.document.select((layer.id,))
print("shown:", *(name for name in {HEAVY!r} if name in sys.modules))
while "pyqtgraph" not in sys.modules:
    application.processEvents()
print("in the end:", *(name for name in {HEAVY!r} if name in sys.modules))
window.close()
"""


def said(code: str, home: Path) -> list[str]:
    environment = os.environ | {"XDG_CONFIG_HOME": str(home), "XDG_DATA_HOME": str(home)}
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, cwd=ROOT, env=environment, timeout=60,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


def test_importing_the_window_loads_nothing_heavy(tmp_path):
    assert said(IMPORTED, tmp_path) == [""]


def test_pyqtgraph_comes_after_the_first_paint_and_torch_never(tmp_path):
    assert said(PAINTED, tmp_path) == [
        "shown:",
        "at the first paint:",
        "in the end: pyqtgraph numpy",
    ]


def test_only_the_canvas_of_plots_and_its_strokes_import_pyqtgraph():
    imports = re.compile(r"^\s*(import|from) pyqtgraph\b", re.MULTILINE)
    found = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "gui").rglob("*.py")
        if imports.search(path.read_text(encoding="utf-8"))
    }
    assert found == {"gui/widgets/plot_canvas.py", "gui/widgets/plot_strokes.py"}
