"""From an input to everything visible repainted, in a real window: typing, moving, scrolling, dragging an argument.

Each round sends one event and runs the event loop until nothing waits to be painted. Timers that the
window sets for itself (the drawing of a large network, advice) come behind. Run: python -m benchmarks.keystroke
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.design.project import Project
    from gui.window import Window

WANTED_MS = {100: 16, 1000: 33}


def main() -> None:
    """Print median and 95th percentile of each input."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    rounds = parser.parse_args().rounds
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    home = tempfile.mkdtemp()
    os.environ |= {"XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home}
    from PySide6.QtWidgets import QApplication

    from gui import theme
    from gui.document import opened
    from gui.preferences import Preferences
    from gui.window import Window

    application = QApplication([])
    theme.apply(application, theme.DARK)
    for layers, wanted in WANTED_MS.items():
        window = Window(opened(stack_of(layers)), Preferences())
        window.show_document()
        window.resize(1600, 1000)
        window.show()
        window.complete()
        settle(1.5)
        middle = window.document.state.network.body.nodes[layers // 2].id
        window.document.select((middle,))
        settle(0.5)
        print(f"\n{layers} layers, ms (at most {wanted} wanted for 95 %)")
        report("type a width", wanted, measured(rounds, partial(edit_width, window, middle)))
        report("move up or down", wanted, measured(rounds, partial(move, window)))
        report("undo or redo", wanted, measured(rounds, partial(undo_redo, window)))
        report("select another", wanted, measured(rounds, partial(select, window)))
        report("scroll the cards", 16, measured(rounds, partial(scroll, window)))
        report("drag an argument", 16, measured(rounds, partial(drag, window, middle)))
        window.recovery.end()
        window.close()


def stack_of(layers: int) -> Project:
    """A project of dense layers."""
    import engine
    import resources
    from engine.catalogue import ACTIVATIONS
    from engine.catalogue.linear import Linear
    from engine.design.address import Place
    from engine.design.edit import Insert, apply
    from engine.design.tree import Layer
    from engine.design.value import replace

    project = engine.load(resources.path("samples", "empty.loom"))
    nodes = tuple(
        Layer(0, f"hidden{i}", Linear(out_features=16 + i % 8), ACTIVATIONS["LeakyReLU"]())
        for i in range(layers)
    )
    network = apply(project.network, Insert(nodes, Place(0)))
    return replace(project, network=network)


def edit_width(window: Window, node_id: int, turn: int) -> None:
    from engine.design.edit import SetField

    window.document.do(SetField((node_id,), "out_features", 10 + turn % 40))


def move(window: Window, turn: int) -> None:
    window.actions_table.run("layer.up" if turn % 2 else "layer.down")


def undo_redo(window: Window, turn: int) -> None:
    window.actions_table.run("edit.redo" if turn % 2 else "edit.undo")


def select(window: Window, turn: int) -> None:
    nodes = window.document.state.network.body.nodes
    window.document.select((nodes[(turn * 7) % len(nodes)].id,))


def scroll(window: Window, turn: int) -> None:
    bar = window.stack.view.verticalScrollBar()
    bar.setValue((turn * 37) % max(bar.maximum(), 1))


def drag(window: Window, node_id: int, turn: int) -> None:
    from engine.catalogue import ACTIVATIONS
    from engine.design.edit import SetActivation

    if turn == 0:
        window.document.select((node_id,))
    slope = ACTIVATIONS["LeakyReLU"]().with_fields(negative_slope=0.01 + turn / 100)
    window.document.do(SetActivation((node_id,), slope))


def measured(rounds: int, act: Callable[[int], None]) -> list[float]:
    """Milliseconds from the input to the end of what it had painted, the first five rounds left out."""
    from PySide6.QtWidgets import QApplication

    taken: list[float] = []
    for turn in range(rounds + 5):
        start = time.perf_counter()
        act(turn)
        QApplication.processEvents()
        taken.append(1000 * (time.perf_counter() - start))
    return taken[5:]


def settle(seconds: float) -> None:
    """Let the event loop run for a while."""
    from PySide6.QtWidgets import QApplication

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.002)


def report(what: str, wanted: float, taken: list[float]) -> None:
    """One line of the table."""
    ordered = sorted(taken)
    high = ordered[int(0.95 * (len(ordered) - 1))]
    print(
        f"  {what:20s} median {statistics.median(taken):6.1f}   95 % {high:6.1f}   wanted {wanted}"
    )


if __name__ == "__main__":
    main()
