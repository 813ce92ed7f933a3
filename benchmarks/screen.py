"""A real window for benchmarks: opened as the program opens it, its engine answering, acted on by real events.

`clocked` measures from an event to the end of the painting that it caused; `painted` counts the paints of each panel,
at once and later, in rounds of their own, because watching every event costs time itself.
"""

from __future__ import annotations

import gc
import os
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from engine.design.project import Project
    from gui.window import Window

PAUSE_S = (0.06, 0.26)
"""From one input to the next: what is done a moment later falls between them, and also onto the next."""

PATIENCE_S = 60.0

ROUNDS = 6
"""In which paints are counted."""

Act = Callable[[int], object]
"""One input, the turn being its number."""


class Taken(NamedTuple):
    """Milliseconds that a person waited, and that the window itself worked: on a busy machine these differ."""

    waited: float
    own: float


def nothing(turn: int) -> None:
    """No preparation."""


def stack_of(layers: int) -> Project:
    """A project of dense layers, each with an activation that has an argument."""
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


def network_of(name: str) -> Project:
    """A template by its name, or `flat-2000`: so many convolutions one after the other."""
    import engine
    import resources
    from engine.catalogue.convolution import Conv2d
    from engine.catalogue.rectifiers import ReLU
    from engine.design.address import Place
    from engine.design.edit import Insert, apply
    from engine.design.kind import TensorSpec
    from engine.design.tree import Input, Layer, Network
    from engine.design.value import replace

    if not name.startswith("flat-"):
        return engine.load(resources.path("samples", f"{name}.loom"))
    project = engine.load(resources.path("samples", "empty.loom"))
    nodes = tuple(
        Layer(0, f"conv{i}", Conv2d(out_channels=16 + i % 8, kernel_size=3, padding=1), ReLU())
        for i in range(int(name.removeprefix("flat-")))
    )
    empty = Network("Net", (Input("x", TensorSpec((3, 32, 32))),))
    return replace(project, network=apply(empty, Insert(nodes, Place(0))))


def application() -> QApplication:
    """The application, with settings of its own."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    home = tempfile.mkdtemp()
    os.environ |= {f"XDG_{each}_HOME": home for each in ("CONFIG", "DATA", "STATE", "CACHE")}
    from PySide6.QtCore import qInstallMessageHandler
    from PySide6.QtWidgets import QApplication

    from gui import theme

    qInstallMessageHandler(
        lambda kind, where, words: None
    )  # what this platform cannot do, a hundred times
    application = QApplication(["layerloom", "-style", "Fusion"])
    theme.apply(application, theme.DARK)
    return application


@contextmanager
def opened(project: Project) -> Generator[Window]:
    """A window on a file of that project, once it is complete and its engine has answered."""
    import engine
    from gui.application import open_window
    from gui.engine_process import State
    from gui.preferences import Preferences

    path = Path(tempfile.mkdtemp()) / "network.loom"
    engine.save(project, path)
    window = open_window(Preferences(), path)
    window.resize(1600, 1000)
    window.activateWindow()
    until(lambda: "run" in vars(window) and window.engine.state is State.READY)
    gc.freeze()  # as the program does, once it stands
    rest(2.0)
    yield window
    window.recovery.end()
    window.engine.closed.connect(lambda: setattr(window, "ended", True))
    window.engine.close()
    until(lambda: hasattr(window, "ended"))
    window.hide()
    window.deleteLater()
    rest(0.2)


def until(happened: Callable[[], bool]) -> None:
    """Run the event loop until something is so."""
    end = time.monotonic() + PATIENCE_S
    while not happened():
        if time.monotonic() > end:
            raise TimeoutError("the window did not get so far")
        rest(0.01)


def rest(seconds: float) -> None:
    """Run the event loop for a while."""
    run_until(time.perf_counter() + seconds)


def run_until(due: float) -> None:
    """Run the event loop up to that time of the clock, or longer where it is busy then."""
    from PySide6.QtWidgets import QApplication

    while time.perf_counter() < due:
        QApplication.processEvents()
        time.sleep(0.0005)


def clocked(
    rounds: int, act: Act, prepare: Act = nothing, pause_s: tuple[float, float] = PAUSE_S
) -> list[Taken]:
    """What each round took, from the time an input was due to the end of painting what it changed.

    What is due while the window is busy with something that it had put off waits for that, and the wait counts.
    """
    from PySide6.QtWidgets import QApplication

    pauses = random.Random(1)
    taken: list[Taken] = []
    for turn in range(rounds + 5):
        prepare(turn)
        due = time.perf_counter() + pauses.uniform(*pause_s)
        run_until(due)
        own = time.thread_time()
        act(turn)
        QApplication.processEvents()
        ended = time.perf_counter()
        taken.append(Taken(1000 * (ended - due), 1000 * (time.thread_time() - own)))
    return taken[5:]


def report(what: str, wanted: float, taken: list[Taken]) -> None:
    """One line of a table: an asterisk stands where the mark is missed."""
    waited, own = sorted(each.waited for each in taken), sorted(each.own for each in taken)
    high = int(0.95 * (len(taken) - 1))
    mark = " " if waited[high] <= wanted else "*"
    print(
        f"  {what:36s} median {statistics.median(waited):6.1f}   95 % {waited[high]:6.1f} {mark}"
        f"   of this the window's own work {statistics.median(own):6.1f}   95 % {own[high]:6.1f}"
    )


def paints(window: Window, act: Act, wanted: set[str], prepare: Act = nothing) -> None:
    """One line about what an input paints, at once and later. Raises RuntimeError if a panel is not painted at once."""
    at_once, later = painted(window, ROUNDS, act, prepare)
    said = ", ".join(f"{panel} {count / ROUNDS:.0f}" for panel, count in at_once.most_common())
    rest_of = ", ".join(f"{panel} {after:.0f} ms" for panel, after in later.items())
    print(f"      paints at once: {said or 'nothing'}; later: {rest_of or 'nothing'}")
    missing = wanted - set(at_once)
    if missing:
        raise RuntimeError(f"not painted: {', '.join(sorted(missing))}")


def painted(
    window: Window, rounds: int, act: Act, prepare: Act
) -> tuple[Counter[str], dict[str, float]]:
    """How often each panel was painted in the same pass, and which were painted later, with the last one's ms."""
    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtWidgets import QApplication, QWidget

    panels: dict[QWidget, str] = {
        window.stack: "stack", window.advice: "advice", window.centre: "centre",
        window.inspector: "inspector", window.run: "run", window.status: "status",
        window.head: "head",
    }  # fmt: skip
    at_once: Counter[str] = Counter()
    later: dict[str, float] = {}
    start, passed = 0.0, False

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                part = watched
                while part is not None and part not in panels:
                    part = part.parent()
                name = panels[part] if part is not None else type(watched).__name__  # type: ignore[index]
                if passed:
                    after = 1000 * (time.perf_counter() - start)
                    later[name] = max(later.get(name, 0.0), after)
                else:
                    at_once[name] += 1
            return False

    watch = Watch()
    for turn in range(rounds):
        prepare(turn)
        rest(0.4)  # so that nothing is left of what was before
        passed = False
        QApplication.instance().installEventFilter(watch)  # type: ignore[union-attr]
        start = time.perf_counter()
        act(turn)
        QApplication.processEvents()
        passed = True
        rest(0.4)
        QApplication.instance().removeEventFilter(watch)  # type: ignore[union-attr]
    return at_once, later
