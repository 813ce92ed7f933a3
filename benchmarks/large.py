"""A network of 2,000 layers in blocks: opened in the window, written as code, edited a thousand times.

    python -m benchmarks.large [--layers 2000]

It is a residual network of bottleneck blocks with convolutions. Opening is timed from the wish to the end of the
painting; memory is what Python has allocated for the history, by tracemalloc.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import resources
from benchmarks.screen import application, network_of, opened, stack_of
from engine.catalogue.batch_norm import BatchNorm2d
from engine.catalogue.convolution import Conv2d
from engine.catalogue.joins import Add
from engine.catalogue.rectifiers import ReLU
from engine.design.address import Place
from engine.design.edit import Insert, SetField, apply
from engine.design.history import History
from engine.design.kind import TensorSpec
from engine.design.tree import Group, Input, Layer, Network, Node, Parallel, Stack, walk
from engine.design.value import replace
from engine.files import store
from engine.source.writer import write_module
from engine.views.diagram import Memory, diagram
from engine.views.shapes import infer
from engine.views.summary import summarize

WANTED_OPEN_MS, WANTED_CODE_MS, WANTED_UNDO_MB, WANTED_EDIT_US = 500, 50, 20, 50
WANTED_DRAWN_MS = 5
EDITS = 1000


def main() -> None:
    """Print each figure with what is wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layers", type=int, default=2000)
    network = residual(parser.parse_args().layers)
    layers = [node for node in walk(network.body) if isinstance(node, Layer)]
    print(f"{len(layers):,} layers, {infer(network).totals.parameters:,} parameters; medians")
    line("shapes", median(lambda: infer(network)), "ms")
    line("summary", median(lambda: summarize(network)), "ms")
    line("code", median(lambda: write_module(network)), "ms", WANTED_CODE_MS)
    print(
        f"  {'edit two levels deep':24s} {edit_us(network, layers):8.1f} µs, wanted {WANTED_EDIT_US}"
    )
    print(f"  {'1,000 undo steps':24s} {undo_mb(network, layers):8.1f} MB, wanted {WANTED_UNDO_MB}")
    for field, value in (("bias", False), ("out_channels", 128)):
        what = "moved on" if field == "out_channels" else "in its place"
        taken_ms = drawn_ms(f"flat-{len(layers)}", field, value)
        line(f"drawn again, {what}", taken_ms, "ms", WANTED_DRAWN_MS)
    opening(network)


def line(what: str, taken_ms: float, unit: str, wanted: float | None = None) -> None:
    """One line of the table."""
    print(f"  {what:24s} {taken_ms:8.1f} {unit}" + (f", wanted {wanted}" if wanted else ""))


def median(run: Callable[[], object], times: int = 7) -> float:
    """Milliseconds."""
    run()
    taken: list[float] = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append(1000 * (time.perf_counter() - start))
    return statistics.median(taken)


def conv(name: str, channels: int, kernel: int = 1) -> Layer:
    """A convolution that keeps height and width."""
    kind = Conv2d(out_channels=channels, kernel_size=kernel, padding=kernel // 2, bias=False)
    return Layer(0, name, kind)


def bottleneck(number: int, channels: int) -> Group:
    """Three convolutions with their norms beside a shortcut."""
    inner: list[Node] = []
    for place, (wide, kernel) in enumerate(((64, 1), (64, 3), (channels, 1)), start=1):
        inner.append(conv(f"conv{place}", wide, kernel))
        inner.append(Layer(0, f"norm{place}", BatchNorm2d(), ReLU() if place < 3 else None))
    both = Parallel(0, Add(), (Stack(), Stack(tuple(inner))), ReLU())
    return Group(0, f"block{number}", "Bottleneck", Stack((both,)))


def residual(layers: int) -> Network:
    """As many blocks as make that many layers."""
    stem = conv("stem", 256, 3)
    blocks = tuple(bottleneck(number, 256) for number in range(1, layers // 6 + 1))
    empty = Network("Net", (Input("x", TensorSpec((3, 32, 32))),))
    return apply(empty, Insert((stem, *blocks), Place(0)))


def edit_us(network: Network, layers: list[Layer]) -> float:
    """Microseconds for an edit of a field with the shapes that follow from it."""
    chosen = [layer for layer in layers if layer.name == "conv2"][:: len(layers) // 200 or 1]
    analysis, taken = infer(network), list[float]()
    for turn in range(4):
        for layer in chosen:
            edit = SetField((layer.id,), "padding", 1 if turn % 2 else (1, 1))
            start = time.perf_counter()
            network = apply(network, edit)
            analysis = infer(network, analysis)
            taken.append(1e6 * (time.perf_counter() - start))
    return statistics.median(taken)


def drawn_ms(name: str, field: str, value: object) -> float:
    """Milliseconds for the drawing of layers in a row after an edit of one in the middle, the shapes not counted."""
    network, memory = network_of(name).network, Memory()
    analysis, taken = infer(network), list[float]()
    diagram(analysis, memory)
    middle = len(network.body.nodes) // 2
    for node in network.body.nodes[middle : middle + 40]:
        network = apply(network, SetField((node.id,), field, value))
        analysis = infer(network, analysis)
        start = time.perf_counter()
        diagram(analysis, memory)
        taken.append(1000 * (time.perf_counter() - start))
    return statistics.median(taken)


def undo_mb(network: Network, layers: list[Layer]) -> float:
    """Megabytes that a thousand steps hold beside the design itself."""
    convolutions = [layer for layer in layers if layer.name == "conv2"]
    empty = store.load(resources.path("samples", "empty.loom"))
    tracemalloc.start()
    history = History.of(replace(empty, network=network))
    before = tracemalloc.get_traced_memory()[0]
    for turn in range(EDITS):
        layer = convolutions[turn * 7 % len(convolutions)]
        history = history.done(SetField((layer.id,), "dilation", 2 + turn))
    taken = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return taken / 1e6


def opening(network: Network) -> None:
    """From the wish to open the file to the end of its painting, the engine's answers not waited for."""
    from PySide6.QtWidgets import QApplication

    kept = application()
    with opened(stack_of(3)) as window:
        path = Path(tempfile.mkdtemp()) / "large.loom"
        project = replace(window.document.state.project, network=network)
        store.save(project, path)
        other = path.with_name("other.loom")
        store.save(stack_of(3), other)
        taken: list[float] = []
        for _ in range(5):
            start = time.perf_counter()
            assert window.files.open(path)
            QApplication.processEvents()
            taken.append(1000 * (time.perf_counter() - start))
            window.files.open(other)
            QApplication.processEvents()
        line("opened and painted", statistics.median(taken), "ms", WANTED_OPEN_MS)
    del kept


if __name__ == "__main__":
    main()
