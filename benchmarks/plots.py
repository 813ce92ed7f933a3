"""How long one curve takes to be set and painted, against plain pyqtgraph in the same run.

`python -m benchmarks.plots` prints medians in milliseconds and how many times faster ours is.
Set QT_QPA_PLATFORM=offscreen to run it without a screen.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QApplication, QWidget

from gui import theme
from gui.widgets.plot import Plot, Series, histogram

WIDTH, HEIGHT = 800, 300
POINTS = (1_000, 10_000, 100_000, 1_000_000)
LIMIT_MS = 10.0

Draw = Callable[[NDArray[np.float64], NDArray[np.float64]], None]


def ours() -> tuple[QWidget, Draw]:
    """Layerloom's plot."""
    plot = Plot("loss")

    def draw(x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        plot.display([Series(x, y)])
        plot.repaint()

    return plot, draw


def plain_pyqtgraph() -> tuple[QWidget, Draw]:
    """pyqtgraph as its first example uses it."""
    import pyqtgraph

    plot = pyqtgraph.PlotWidget()
    curve = plot.plot()

    def draw(x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        curve.setData(x, y)
        plot.viewport().repaint()

    return plot, draw


def median_ms(widget: QWidget, draw: Callable[[int], None], rounds: int = 11) -> float:
    """The median time of a drawing, after two to warm up."""
    widget.resize(WIDTH, HEIGHT)
    widget.show()
    QApplication.processEvents()
    took: list[float] = []
    for number in range(rounds + 2):
        start = time.perf_counter()
        draw(number)
        took.append((time.perf_counter() - start) * 1e3)
    widget.close()
    return statistics.median(took[2:])


def curve_ms(made: tuple[QWidget, Draw], x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """One curve, other values each time."""
    widget, draw = made
    return median_ms(widget, lambda number: draw(x, y + number * 1e-3))


def histogram_ms() -> float:
    """A histogram of 100,000 weights, counted and painted."""
    plot = Plot("weights")
    values = np.random.default_rng(0).normal(size=100_000)

    def draw(number: int) -> None:
        plot.display([histogram(values, 60 + number % 2)])
        plot.repaint()

    return median_ms(plot, draw)


def main() -> None:
    """Print the table."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    theme.apply(application, theme.DARK)
    random = np.random.default_rng(0)
    print(f"{'curve':<14}{'points':>10}{'ours, ms':>10}{'pyqtgraph, ms':>15}{'ratio':>8}")
    slowest = 0.0
    for points in POINTS:
        x = np.arange(float(points))
        steps = random.normal(size=points)
        for name, y in (("random walk", steps.cumsum()), ("noise", steps)):
            own = curve_ms(ours(), x, y)
            other = curve_ms(plain_pyqtgraph(), x, y)
            print(f"{name:<14}{points:>10,}{own:>10.1f}{other:>15.1f}{other / own:>7.1f}x")
            slowest = max(slowest, own)
    print(f"histogram of 100,000 values: {histogram_ms():.1f} ms")
    print(f"slowest of ours: {slowest:.1f} ms, wanted: at most {LIMIT_MS:.0f} ms")


if __name__ == "__main__":
    main()
