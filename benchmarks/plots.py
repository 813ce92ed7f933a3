"""How long plots take to be set and painted, against plain pyqtgraph in the same run.

`python -m benchmarks.plots` prints medians in milliseconds and how many times faster ours is.
Set QT_QPA_PLATFORM=offscreen to run it without a screen.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import pyqtgraph
from numpy.typing import NDArray
from PySide6.QtWidgets import QApplication, QWidget

from gui import theme
from gui.widgets.plot import Plot, Series, histogram

POINTS = (1_000, 10_000, 100_000, 1_000_000)
LIMIT_MS = 10.0
DRAG_LIMITS_MS = 8.0, 16.0  # median and 95th percentile
MAKING_LIMIT_MS = 12.0

Numbers = NDArray[np.float64]
Curves = Sequence[tuple[Numbers, Numbers]]
Draw = Callable[[Curves], None]


def ours() -> tuple[QWidget, Draw]:
    """Layerloom's plot."""
    plot = Plot("loss")

    def draw(curves: Curves) -> None:
        plot.display([Series(x, y, token=token) for token, (x, y) in zip(theme.SERIES, curves)])
        plot.repaint()

    return plot, draw


def plain_pyqtgraph() -> tuple[QWidget, Draw]:
    """pyqtgraph as its first example uses it."""
    plot = pyqtgraph.PlotWidget()
    drawn = [plot.plot(), plot.plot()]

    def draw(curves: Curves) -> None:
        for curve, (x, y) in zip(drawn, curves):
            curve.setData(x, y)
        plot.viewport().repaint()

    return plot, draw


def drawing_ms(
    made: tuple[QWidget, Draw], frames: Sequence[Curves], width: int = 800, height: int = 300
) -> list[float]:
    """The time that each frame took, after two to warm up."""
    widget, draw = made
    widget.resize(width, height)
    widget.show()
    QApplication.processEvents()
    took = [milliseconds(lambda curves=curves: draw(curves)) for curves in frames]
    widget.close()
    return took[2:]


def milliseconds(do: Callable[[], object]) -> float:
    """How long it takes to do something once."""
    start = time.perf_counter()
    do()
    return (time.perf_counter() - start) * 1e3


def curves_table() -> None:
    """One curve of ever more points, other values in each frame."""
    random = np.random.default_rng(0)
    print(f"{'curve':<14}{'points':>10}{'ours, ms':>10}{'pyqtgraph, ms':>15}{'ratio':>8}")
    slowest = 0.0
    for points in POINTS:
        x = np.arange(float(points))
        steps = random.normal(size=points)
        for name, y in (("random walk", steps.cumsum()), ("noise", steps)):
            frames = [[(x, y + number * 1e-3)] for number in range(13)]
            own = statistics.median(drawing_ms(ours(), frames))
            other = statistics.median(drawing_ms(plain_pyqtgraph(), frames))
            print(f"{name:<14}{points:>10,}{own:>10.1f}{other:>15.1f}{other / own:>7.1f}x")
            slowest = max(slowest, own)
    print(f"slowest of ours: {slowest:.1f} ms, wanted: at most {LIMIT_MS:.0f} ms\n")


def drag_line() -> None:
    """The argument of an activation is dragged: a curve and its slope, 400 points each."""
    x = np.linspace(-8, 8, 400)
    arguments = np.linspace(0.1, 3, 202).tolist()
    frames = [[(x, np.tanh(a * x)), (x, a / np.cosh(a * x) ** 2)] for a in arguments]
    median, late = middle_and_late(drawing_ms(ours(), frames, 320, 172))
    other, other_late = middle_and_late(drawing_ms(plain_pyqtgraph(), frames, 320, 172))
    print("dragging an activation's argument, ms: ours, pyqtgraph, wanted")
    print(f"    median{median:>22.1f}{other:>11.1f}{DRAG_LIMITS_MS[0]:>8.0f}")
    print(f"    95th percentile{late:>13.1f}{other_late:>11.1f}{DRAG_LIMITS_MS[1]:>8.0f}")


def middle_and_late(took: list[float]) -> tuple[float, float]:
    """The median and the 95th percentile."""
    return statistics.median(took), statistics.quantiles(took, n=20)[-1]


def making_line() -> None:
    """A widget is made; the first of each kind, which also loads fonts, does not count."""
    kept: list[QWidget] = [Plot(), pyqtgraph.PlotWidget()]
    own = statistics.median(milliseconds(lambda: kept.append(Plot())) for _ in range(30))
    other = statistics.median(
        milliseconds(lambda: kept.append(pyqtgraph.PlotWidget())) for _ in range(30)
    )
    print(f"making a plot, ms: ours {own:.1f}, pyqtgraph {other:.1f}, wanted {MAKING_LIMIT_MS:.0f}")


def histogram_line() -> None:
    """A histogram of 100,000 weights, counted and painted."""
    plot = Plot("weights")
    values = np.random.default_rng(0).normal(size=100_000)
    plot.resize(800, 300)
    plot.show()
    QApplication.processEvents()

    def draw(bins: int) -> None:
        plot.display([histogram(values, bins)])
        plot.repaint()

    took = [milliseconds(lambda bins=bins: draw(bins)) for bins in (60, 61) * 7]
    print(f"histogram of 100,000 values, ms: {statistics.median(took[2:]):.1f}")


def main() -> None:
    """Print the figures."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    theme.apply(application, theme.DARK)
    curves_table()
    drag_line()
    making_line()
    histogram_line()


if __name__ == "__main__":
    main()
