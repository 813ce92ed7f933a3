"""Every screen and state of the window as PNG files, to be looked at: `python -m tests.screens OUT`.

Each size is rendered by a process of its own, because the scale of a screen is set before Qt starts.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.design.project import Project
    from gui.window import Window

SIZES = {"1280x800": (1280, 800, 1), "1600x1000": (1600, 1000, 1), "2560x1440@2": (1280, 720, 2)}
"""Window size in logical pixels, and pixels to one of them: 2560×1440 at scale 2 is 1280×720."""

PATIENCE_S = 20.0


def main() -> int:
    """Render all sizes and themes below a folder; with `--size` and `--theme`, one of them in this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="folder for the pictures")
    parser.add_argument("--size", choices=SIZES)
    parser.add_argument("--theme", choices=("dark", "light"))
    parser.add_argument("--only", default="", help="only screens whose name holds this")
    wanted = parser.parse_args()
    if wanted.size and wanted.theme:
        render(wanted.out, wanted.size, wanted.theme, wanted.only)
        return 0
    failed = 0
    for size, (_, _, scale) in SIZES.items():
        for theme in ("dark", "light"):
            command = [
                sys.executable,
                "-m",
                "tests.screens",
                str(wanted.out),
                "--size",
                size,
                "--theme",
                theme,
            ]
            environment = os.environ | {"QT_SCALE_FACTOR": str(scale)}
            failed += subprocess.run(
                [*command, "--only", wanted.only], env=environment, check=False
            ).returncode
    return 1 if failed else 0


def render(out: Path, size: str, theme_name: str, only: str) -> None:
    """All screens of one size and theme."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    home = tempfile.mkdtemp(prefix="layerloom-screens-")
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        os.environ[variable] = home
    from PySide6.QtWidgets import QApplication, QWidget

    from gui import theme
    from gui.preferences import Preferences
    from gui.window import Window

    application = QApplication([])
    preferences = Preferences()
    preferences.theme = theme_name
    theme.apply(application, theme.LIGHT if theme_name == "light" else theme.DARK)
    width, height, _ = SIZES[size]
    from gui.document import opened

    window = Window(opened(_sample("tutorial")), preferences)
    window.show_document()
    window.resize(width, height)
    window.show()
    window.begin([])
    folder = out / f"{theme_name}-{size}"
    folder.mkdir(parents=True, exist_ok=True)
    for name, show in screens():
        if only in name:
            picture = show(window)
            settle(0.25)
            (picture if isinstance(picture, QWidget) else window).grab().save(
                str(folder / f"{name}.png")
            )
            print(folder / f"{name}.png")
    window.recovery.end()
    window.engine.close()
    until(lambda: not window.engine.process_id)


def settle(seconds: float) -> None:
    """Let the event loop run for a while."""
    from PySide6.QtWidgets import QApplication

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.005)


def until(holds: Callable[[], bool]) -> None:
    """Let the event loop run until something holds."""
    end = time.monotonic() + PATIENCE_S
    while not holds() and time.monotonic() < end:
        settle(0.05)


def answered(window: Window) -> None:
    """Let the event loop run until the engine is ready and no visible label waits for it."""
    from PySide6.QtWidgets import QLabel

    def waits() -> bool:
        labels = window.findChildren(QLabel)
        return any(
            each.isVisible() and each.text().startswith(("Waiting", "Drawing")) for each in labels
        )

    until(lambda: window.engine.state.name == "READY")
    settle(0.2)
    until(lambda: not waits())


def _sample(name: str) -> Project:
    import engine
    import resources

    return engine.load(resources.path("samples", f"{name}.loom"))


Screen = Callable[["Window"], object]


def screens() -> Iterator[tuple[str, Callable[[Window], object]]]:
    """Name and maker of each screen; a maker may return the widget to be taken instead of the window."""
    from engine.catalogue import ACTIVATIONS, INITIALIZERS

    yield "01-first-start", lambda w: w.show_start()
    yield "02-tutorial", _tutorial
    yield "03-tutorial-run-output", lambda w: _run(w, 0)
    yield "04-tutorial-run-layers", lambda w: _run(w, 1)
    yield "05-tutorial-run-parameters", lambda w: _run(w, 2)
    yield "06-summary", lambda w: w.show_view(1)
    yield "07-code", lambda w: w.show_view(2)
    yield "08-data", lambda w: w.show_view(3)
    yield "09-moons", _moons
    yield "10-moons-nothing-selected", lambda w: w.document.select(())
    yield "11-several-selected", lambda w: w.select_all()
    yield "12-digits", lambda w: _start(w, "digits")
    yield "13-fault", _fault
    yield "14-fault-code", lambda w: w.show_view(2)
    yield "15-advice", _advice
    yield "16-blocks", _blocks
    yield "17-empty", lambda w: _start(w, "empty")
    yield "18-message", lambda w: w.say("danger", "net.loom was not saved: the disk is full.", "Save as…",
                                        lambda: None)  # fmt: skip
    yield "19-export", _export
    yield "20-preferences", lambda w: _dialog(w, w.show_preferences)
    yield "21-shortcuts", lambda w: _dialog(w, w.show_shortcuts)
    yield "22-reference", lambda w: _dialog(w, w.show_reference)
    yield "23-about", lambda w: _dialog(w, w.show_about)
    yield "24-palette", _palette
    yield "30-thousand-layers", _thousand
    for key in ACTIVATIONS:
        yield f"activation-{key}", lambda w, key=key: _with_activation(w, key)
    for key in INITIALIZERS:
        yield f"initializer-{key}", lambda w, key=key: _with_initializer(w, key)
    yield "90-worker-gone", _worker_gone


def _close_dialogs(window: Window) -> None:
    from PySide6.QtWidgets import QDialog

    for dialog in window.findChildren(QDialog):
        dialog.close()
    window.notice.hide()


def _start(window: Window, sample: str) -> None:
    _close_dialogs(window)
    window.document.start(_sample(sample))
    window.show_view(0)
    answered(window)


def _select(window: Window, name: str) -> None:
    from engine.design.tree import node_name, walk

    ids = [node.id for node in walk(window.document.state.network.body) if node_name(node) == name]
    window.document.select(tuple(ids[:1]))


def _tutorial(window: Window) -> None:
    _start(window, "tutorial")
    until(lambda: window.engine.state.name == "READY")
    _select(window, "linear2")
    answered(window)


def _run(window: Window, tab: int) -> None:
    window.run_forward()
    window.run.tabs.setCurrentIndex(tab)
    settle(1.5)


def _moons(window: Window) -> None:
    _start(window, "moons")
    _select(window, "hidden2")
    window.run_forward()
    window.run.tabs.setCurrentIndex(0)
    settle(1.5)


def _fault(window: Window) -> None:
    from engine.catalogue import KINDS
    from engine.design.address import Place
    from engine.design.edit import Insert, layer

    _start(window, "moons")
    window.document.do(Insert((layer(KINDS["Dropout2d"]()),), Place(1)))
    answered(window)


def _advice(window: Window) -> None:
    from engine.catalogue import INITIALIZERS
    from engine.design.edit import SetActivation, SetInitializer

    _start(window, "moons")
    ids = tuple(node.id for node in window.document.state.network.body.nodes)
    window.document.do(SetInitializer(ids[:1], "weight", INITIALIZERS["Zeros"]()))
    window.document.do(SetActivation(ids[1:2], None))
    window.document.select(ids[:1])
    answered(window)


def _blocks(window: Window) -> None:
    from engine.catalogue import ACTIVATIONS, JOINS, KINDS
    from engine.catalogue.linear import Linear
    from engine.design.address import Place
    from engine.design.edit import Insert
    from engine.design.tree import Group, Layer, Parallel, Repeat, Stack

    def dense(name: str, size: int, active: bool = True) -> Layer:
        activation = ACTIVATIONS["ReLU"]() if active else None
        return Layer(0, name, Linear(out_features=size), activation)

    inner = Stack((dense("expand", 32), dense("contract", 8, False)))
    residual = Parallel(0, JOINS["Add"](), (Stack(), inner))
    block = Repeat(
        0, "blocks", "Block", Stack((Layer(0, "norm", KINDS["LayerNorm"]()), residual)), 3
    )
    head = Group(0, "head", "Head", Stack((dense("hidden", 8), dense("logits", 2, False))))
    _start(window, "empty")
    window.document.do(Insert((dense("stem", 8), block, head), Place(0)))
    window.document.select(())
    settle(0.4)


def _thousand(window: Window) -> None:
    from engine.catalogue import ACTIVATIONS
    from engine.catalogue.linear import Linear
    from engine.design.address import Place
    from engine.design.edit import Insert
    from engine.design.tree import Layer

    _start(window, "empty")
    nodes = tuple(
        Layer(0, f"hidden{i + 1}", Linear(out_features=16 + i % 8), ACTIVATIONS["ReLU"]())
        for i in range(1000)
    )
    window.document.do(Insert(nodes, Place(0)))
    _select(window, "hidden500")
    settle(1.0)


def _with_activation(window: Window, key: str) -> object:
    from engine.catalogue import ACTIVATIONS
    from engine.catalogue.linear import Linear
    from engine.design.edit import SetActivation, SetKind

    project = _sample("tutorial")
    _close_dialogs(window)
    window.document.start(project)
    first = project.network.body.nodes[0].id
    window.document.do(SetKind((first,), Linear(out_features=4)))
    window.document.do(SetActivation((first,), ACTIVATIONS[key]()))
    window.document.select((first,))
    answered(window)
    _scroll_to(window, "ActivationPart")
    return window.inspector


def _with_initializer(window: Window, key: str) -> object:
    from engine.catalogue import INITIALIZERS
    from engine.catalogue.linear import Linear
    from engine.design.edit import SetInitializer, SetKind

    project = _sample("tutorial")
    window.document.start(project)
    first = project.network.body.nodes[0].id
    window.document.do(SetKind((first,), Linear(out_features=128)))
    window.document.do(SetInitializer((first,), "weight", INITIALIZERS[key]()))
    window.document.select((first,))
    answered(window)
    _scroll_to(window, "WeightPart")
    return window.inspector


def _scroll_to(window: Window, part: str) -> None:
    """Bring the visible part of that class to the top of the inspector."""
    from PySide6.QtCore import QPoint
    from PySide6.QtWidgets import QWidget

    page = window.inspector.widget()
    assert page is not None
    for each in window.inspector.findChildren(QWidget):
        if type(each).__name__ == part and each.isVisible():
            bar = window.inspector.verticalScrollBar()
            bar.setValue(each.mapTo(page, QPoint(0, 0)).y())
            settle(0.3)
            answered(window)
            return


def _dialog(window: Window, show: Callable[[], None]) -> object:
    from PySide6.QtWidgets import QDialog

    _close_dialogs(window)
    settle(0.1)
    show()
    settle(0.3)
    return next(dialog for dialog in window.findChildren(QDialog) if dialog.isVisible())


def _export(window: Window) -> object:
    _start(window, "tutorial")
    return _dialog(window, window.show_export)


def _palette(window: Window) -> object:
    from gui.palette import open_palette

    _close_dialogs(window)
    popup = open_palette(
        window.head.search, window.document.state, window.insert_kind, window.actions_table.run
    )
    settle(0.3)
    return popup


def _worker_gone(window: Window) -> None:
    import signal

    _tutorial(window)
    os.kill(window.engine.process_id, signal.SIGKILL)
    until(lambda: window.engine.state.name != "READY")


if __name__ == "__main__":
    sys.exit(main())
