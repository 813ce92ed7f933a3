"""From the start of the process to the first complete paint, against a bare QMainWindow in the same run.

Both are started in turn, each in a process of its own. A paint is complete when the show event and one pass of
the event loop are done. Run: python -m benchmarks.start
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

BARE = """
import sys, time
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
window.resize(1600, 1000)
window.show()
application.processEvents()
print(time.time() - float(sys.argv[1]))
"""

OURS = """
import os, sys, time
def first_pass():
    from PySide6.QtWidgets import QApplication
    QApplication.processEvents()
    taken = time.time() - float(sys.argv[1])
    heavy = [name for name in ("torch", "pyqtgraph", "numpy") if name in sys.modules]
    assert not heavy, heavy
    print(taken, flush=True)
    from gui.launch import settle
    settle()
    os._exit(0)
import gui.preflight
problem = gui.preflight.problem
def looked():
    found = problem()
    from PySide6.QtWidgets import QApplication
    QApplication.exec = staticmethod(first_pass)
    return found
gui.preflight.problem = looked
from main import main
main([sys.argv[2]])
"""


def main() -> None:
    """Print medians in ms and the median of the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    import resources

    sample = str(resources.path("samples", "moons.loom"))
    bare: list[float] = []
    ours: list[float] = []
    with tempfile.TemporaryDirectory() as home:
        # The first pair is not counted: it leaves the byte code of both behind.
        for number in range(runs + 1):
            pair = (seconds(BARE, home), seconds(OURS, home, sample))
            if number:
                bare.append(pair[0])
                ours.append(pair[1])
    ratios = [b / a for a, b in zip(bare, ours, strict=True)]
    print(
        f"bare QMainWindow   {1000 * statistics.median(bare):6.0f} ms, best {1000 * min(bare):.0f}"
    )
    print(
        f"Layerloom, moons   {1000 * statistics.median(ours):6.0f} ms, best {1000 * min(ours):.0f}"
    )
    print(f"ratio, median of {runs} pairs: {statistics.median(ratios):.2f}; "
          f"of the best: {min(ours) / min(bare):.2f} (at most 1.6 wanted)")  # fmt: skip


def seconds(code: str, home: str, *arguments: str) -> float:
    """What one process prints: seconds since it was started."""
    environment = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_CONFIG_HOME": home,
        "XDG_DATA_HOME": home,
        "XDG_CACHE_HOME": home,
    }
    # A program that is installed finds its byte code; one that may never write it does not.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-c", code, repr(time.time()), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[0])


if __name__ == "__main__":
    main()
