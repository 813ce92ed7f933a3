"""How long the stack of cards takes from an input to the paint that shows it.

Run: python -m benchmarks.stack [LAYERS]
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.catalogue import (
    ACTIVATIONS,
    DATASETS,
    INITIALIZERS,
    KINDS,
    LOSSES,
    OPTIMIZERS,
    SCHEDULERS,
)
from engine.catalogue.linear import Linear
from engine.design.address import Place
from engine.design.edit import Insert, Remove, SetField, apply, layer
from engine.design.project import Data, Project, Training
from engine.design.tree import Layer, Network
from gui import theme
from gui.document import Document, opened
from gui.launch import FUSION
from gui.stack.panel import StackPanel

ROUNDS = 60


def stack_of_layers(count: int) -> Project:
    """A dense network of so many layers."""
    relu, kaiming = ACTIVATIONS["ReLU"](), INITIALIZERS["KaimingNormal"]()
    nodes = tuple(
        Layer(0, f"layer{number}", Linear(out_features=16), relu, (("weight", kaiming),))
        for number in range(1, count + 1)
    )
    network = apply(Network(), Insert(nodes, Place(0)))
    first = {name: next(iter(table.values()))() for name, table in
             (("optimizer", OPTIMIZERS), ("scheduler", SCHEDULERS))}  # fmt: skip
    training = Training(LOSSES["CrossEntropyLoss"](), first["optimizer"], first["scheduler"])
    return Project(network, Data(next(iter(DATASETS.values()))()), training)


class Bench:
    """A panel with a document, and a clock around what is done to them."""

    def __init__(self, count: int) -> None:
        self.document = Document(opened(stack_of_layers(count)))
        self.panel = StackPanel()
        self.panel.complete()
        self.document.changed.connect(self.panel.show_state)
        self.panel.wished.connect(self.document.do)
        self.panel.selected.connect(self.document.select)
        self.panel.resize(372, 1000)
        self.panel.show()
        self.panel.show_state(None, self.document.state)
        self.panel.view.setFocus()
        QApplication.processEvents()

    def timed(self, act: Callable[[int], object]) -> list[float]:
        """Milliseconds of each round, until what it changed is painted."""
        times: list[float] = []
        for number in range(ROUNDS):
            start = time.perf_counter()
            act(number)
            QApplication.processEvents()
            times.append((time.perf_counter() - start) * 1000)
        return times

    def turn_wheel(self, number: int) -> None:
        """One notch of the wheel."""
        viewport = self.panel.view.viewport()
        at = QPointF(150, 400)
        event = QWheelEvent(
            at, viewport.mapToGlobal(at), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(viewport, event)

    def jump(self, number: int) -> None:
        """A drag of the scroll bar to somewhere else."""
        bar = self.panel.view.verticalScrollBar()
        bar.setValue((number * 7919) % max(bar.maximum(), 1))


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    application = QApplication([*FUSION])
    theme.apply(application, theme.DARK)
    start = time.perf_counter()
    bench = Bench(count)
    print(f"{count} layers, first shown in {(time.perf_counter() - start) * 1000:.0f} ms")
    ids = tuple(node.id for node in bench.document.state.network.body.nodes)
    do, select = bench.document.do, bench.document.select
    new = layer(KINDS["Dropout"]())
    acts: dict[str, Callable[[int], object]] = {
        "type a width of the first layer": lambda n: do(SetField(ids[:1], "out_features", 16 + n % 7)),
        "type a width in the middle": lambda n: do(SetField(ids[count // 2 :][:1], "out_features", 16 + n % 7)),
        "insert at the top": lambda n: do(Insert((new,), Place(1))),
        "remove it again": lambda n: do(Remove((bench.document.state.network.body.nodes[1].id,))),
        "undo": lambda n: bench.document.undo(),
        "select another layer": lambda n: select((ids[n % count],)),
        "arrow key": lambda n: QTest.keyClick(bench.panel.view, Qt.Key.Key_Down),
        "notch of the wheel": bench.turn_wheel,
        "jump of the scroll bar": bench.jump,
    }  # fmt: skip
    for title, act in acts.items():
        times = sorted(bench.timed(act))
        p95 = times[int(len(times) * 0.95)]
        print(f"  {title:34} median {statistics.median(times):6.2f} ms   p95 {p95:6.2f} ms")


if __name__ == "__main__":
    main()
