"""A digit that brings a fault into ResNet-50, its mends tried, and the digit taken back.

Run: python -m benchmarks.faults.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import engine
import resources
from engine.catalogue.convolution import Conv2d
from engine.design.edit import SetField, apply
from engine.design.tree import Layer, walk
from engine.views.facts import Analysis
from engine.views.pricing import priced
from engine.views.shapes import infer

ROUNDS = 100


def timed(times: list[float], run: Callable[[], Analysis]) -> Analysis:
    """What it gives; the milliseconds it took are noted down."""
    start = time.perf_counter()
    found = run()
    times.append((time.perf_counter() - start) * 1e3)
    return found


def main() -> None:
    """Print the medians."""
    sound = engine.load(resources.path("samples", "resnet-50.loom")).network
    layers = [node for node in walk(sound.body) if isinstance(node, Layer)]
    convolutions = [node for node in layers if isinstance(node.kind, Conv2d)]
    middle = convolutions[len(convolutions) // 2]
    assert isinstance(middle.kind, Conv2d)
    width = middle.kind.out_channels
    broken, tried, back = list[float](), list[float](), list[float]()
    analysis = infer(sound)
    for _ in range(ROUNDS):
        typed = apply(sound, SetField((middle.id,), "out_channels", 10 * width + 1))
        faulty = timed(broken, lambda: infer(typed, analysis))  # noqa: B023  (run at once)
        faulty = timed(tried, lambda: priced(faulty))  # noqa: B023
        sound = apply(typed, SetField((middle.id,), "out_channels", width))
        analysis = timed(back, lambda: infer(sound, faulty))  # noqa: B023
    for what, times in (("fault", broken), ("its mends", tried), ("taken back", back)):
        print(f"{what:12} {statistics.median(times):6.3f} ms")


if __name__ == "__main__":
    main()
