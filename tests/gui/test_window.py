"""The window as a whole: nothing of it appears apart from it, and its title says what is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

import resources
from engine.design.edit import Remove, Rename
from engine.files import store
from gui import theme
from gui.document import opened, read
from gui.preferences import Preferences
from gui.window import Window

Make = Callable[[str], Window]


class Appearances(QObject):
    """Watches the whole application for windows that appear."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self.seen: list[QWidget] = []
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(watched)
        return False


@pytest.fixture
def appearances(qapp: QApplication) -> Iterator[Appearances]:
    watching = Appearances(qapp)
    yield watching
    qapp.removeEventFilter(watching)
    watching.deleteLater()


@pytest.fixture
def make(qapp: QApplication) -> Iterator[Make]:
    """Makes windows on a template, without a worker, and takes them away afterwards."""
    theme.apply(qapp, theme.DARK)
    made: list[Window] = []

    def window_on(sample: str) -> Window:
        state = opened(store.load(resources.path("samples", f"{sample}.loom")))
        made.append(Window(state, Preferences()))
        return made[-1]

    yield window_on
    for window in made:
        window.recovery.end()
        window.hide()
        window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # pyright: ignore[reportArgumentType]


@pytest.fixture
def window(make: Make, qapp: QApplication) -> Window:
    """A window on the tutorial's network, complete and shown."""
    window = make("tutorial")
    window.show_document()
    window.show()
    window.complete()
    qapp.processEvents()
    return window


@pytest.mark.parametrize("sample", ["tutorial", "empty", "moons"])
def test_nothing_appears_while_starting_but_the_window(
    make: Make, qapp: QApplication, appearances: Appearances, sample: str
):
    window = make(sample)
    window.show_document()
    window.show()
    qapp.processEvents()
    window.complete()
    qapp.processEvents()
    assert appearances.seen == [window]


def test_the_views_the_advice_and_the_start_page_come_up_inside_the_window(
    qapp: QApplication, window: Window, appearances: Appearances, qtbot: QtBot
):
    for view in range(4):
        window.show_view(view)
        qapp.processEvents()
    window.document.select((window.document.state.network.body.nodes[0].id,))
    window.document.select(tuple(node.id for node in window.document.state.network.body.nodes))
    qtbot.waitUntil(lambda: "advice" in vars(window))
    window.say("note", "something")
    qapp.processEvents()
    window.show_start()
    qapp.processEvents()
    assert appearances.seen == []


def test_the_title_and_its_mark_follow_the_document(window: Window, tmp_path: Path):
    document = window.document
    first, *_ = document.state.network.body.nodes

    named = f"{document.state.network.name}[*] — Layerloom"

    def title() -> tuple[str, bool]:
        return window.windowTitle(), window.isWindowModified()

    assert title() == (named, False)
    document.do(Rename(first.id, "begin"))
    assert title() == (named, True)
    document.undo()
    assert title() == (named, False)
    document.redo()
    document.save(tmp_path / "mine.loom")
    assert title() == ("mine.loom[*] — Layerloom", False)
    document.do(Remove((first.id,)))
    assert title() == ("mine.loom[*] — Layerloom", True)
    document.undo()
    assert title() == ("mine.loom[*] — Layerloom", False)
    document.do(Remove((first.id,)))
    document.save(tmp_path / "other.loom")
    assert title() == ("other.loom[*] — Layerloom", False)
    document.open(tmp_path / "mine.loom")
    assert title() == ("mine.loom[*] — Layerloom", False)
    document.start(store.load(resources.path("samples", "tutorial.loom")))
    assert title() == (named, False)


def test_a_project_that_was_saved_stays_unmarked_through_selecting(window: Window, tmp_path: Path):
    window.document.save(tmp_path / "mine.loom")
    window.deeds.select_all()
    window.document.seal()
    assert not window.isWindowModified()


def test_showing_a_state_again_emits_nothing(window: Window, qapp: QApplication):
    state = window.document.state
    panels = (window.stack, window.centre, window.inspector, window.run)
    spies = [
        QSignalSpy(getattr(panel, signal))
        for panel in panels
        for signal in ("wished", "selected", "sealed", "commanded")
        if hasattr(panel, signal)
    ]
    changes = QSignalSpy(window.document.changed)
    for view in range(4):
        window.show_view(view)
        for old in (None, state):
            window._show(old, state)  # pyright: ignore[reportPrivateUsage]
            qapp.processEvents()
    assert [spy.count() for spy in spies] == [0] * len(spies)
    assert changes.count() == 0
    assert window.document.state is state


@pytest.mark.parametrize("sample", ["iris", "moons", "digits", "empty"])
def test_no_state_of_another_project_makes_a_panel_wish_something(
    window: Window, qapp: QApplication, sample: str, tmp_path: Path
):
    path = tmp_path / f"{sample}.loom"
    path.write_bytes(resources.path("samples", f"{sample}.loom").read_bytes())
    found, on_disk = read(path)
    wishes = [
        QSignalSpy(panel.wished)
        for panel in (window.stack, window.centre, window.inspector, window.run)
    ]
    window.document.take(found, on_disk)
    qapp.processEvents()
    window.deeds.select_all()
    qapp.processEvents()
    assert [spy.count() for spy in wishes] == [0] * len(wishes)
    assert window.document.state.project is found.project
    assert not window.isWindowModified()
