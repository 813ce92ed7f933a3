"""Theme, sizes and hidden panels: changed at any moment, and found again at the next start."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton, QWidget

from gui import theme
from gui.widgets.fields import Switch
from gui.widgets.pieces import EmptyState
from tests.journeys.conftest import Come
from tests.journeys.person import CONTROL, Key, Person
from tests.journeys.projects import written


@pytest.fixture
def net(tmp_path: Path) -> Path:
    return written("tutorial", tmp_path)


def lightness(widget: QWidget) -> float:
    """How light a widget is painted, from 0 to 1: the middle of what its pixels have."""
    image = widget.grab().toImage()
    lights = sorted(
        image.pixelColor(x, y).lightnessF()
        for x in range(3, image.width(), 17)
        for y in range(3, image.height(), 17)
    )
    return lights[len(lights) // 2]


def test_every_view_takes_on_the_other_theme_while_it_is_open(come: Come, net: Path):
    person = come(net)
    person.wait_for_engine()
    person.click_card("linear1")
    person.press(Key.Key_F5)
    window = person.window
    person.until(lambda: not person.all(EmptyState, window.run))
    for tab in range(3):
        window.run.tabs.setCurrentIndex(tab)
        person.settle()
    panels: list[QWidget] = [window.stack, window.head, window.status, window.inspector, window.run]
    for view in range(4):
        window.show_view(view)
        person.settle()
        for light in (True, False):
            person.press(Key.Key_T, CONTROL)
            assert (theme.current() is theme.LIGHT) == light
            for panel in [*panels, window.centre]:
                assert (lightness(panel) > 0.5) == light, panel
    person.press(Key.Key_T, CONTROL)
    for view in range(4):
        window.show_view(view)
        person.settle()
        assert lightness(window.centre) > 0.5
    person.press(Key.Key_T, CONTROL)


@pytest.mark.parametrize("name", ["tutorial", "blocks", "faulty", "empty"])
def test_everything_fits_into_1280_by_800(come: Come, tmp_path: Path, name: str):
    person = come(written(name, tmp_path))
    window = person.window
    window.resize(1280, 800)
    for view in range(4):
        window.show_view(view)
        person.settle()
        assert (window.width(), window.height()) == (1280, 800)
        inside = window.rect()
        for panel in (
            window.head,
            window.stack,
            window.centre,
            window.inspector,
            window.run,
            window.status,
        ):
            corner = panel.mapTo(window, panel.rect().bottomRight())
            assert inside.contains(corner), panel
            assert panel.width() >= panel.minimumSizeHint().width(), panel


def test_the_window_fills_the_screen_and_comes_back(come: Come, net: Path):
    person = come(net)
    person.wait_for_engine()  # by then the window system has said all it has to say of the new window
    size = person.window.size()
    person.press(Key.Key_F11)
    assert person.window.isFullScreen()
    person.press(Key.Key_F11)
    assert not person.window.isFullScreen()
    assert person.window.size() == size


def test_panels_are_hidden_and_shown_again_at_their_size(come: Come, net: Path):
    person = come(net)
    window = person.window
    sizes = (window.inspector.width(), window.run.height())
    for key, panel in ((Key.Key_I, window.inspector), (Key.Key_J, window.run)):
        person.press(key, CONTROL)
        assert not panel.isVisible()
        person.press(key, CONTROL)
        assert panel.isVisible()
    assert (window.inspector.width(), window.run.height()) == sizes
    person.press(Key.Key_J, CONTROL)
    person.press(Key.Key_F5)
    assert window.run.isVisible()


def leave(person: Person) -> None:
    """Close the window as a person does."""
    assert person.window.close()


def test_sizes_theme_and_hidden_panels_are_kept_until_the_next_start(come: Come, net: Path):
    person = come(net)
    person.window.resize(1400, 900)
    person.window.frame.whole.setSizes([420, 980])
    person.window.frame.rows.setSizes([520, 260])
    person.settle()
    person.press(Key.Key_I, CONTROL)
    person.press(Key.Key_T, CONTROL)
    sizes = (person.window.frame.whole.sizes(), person.window.frame.rows.sizes())
    leave(person)

    again = come()
    assert again.state.path == net
    assert not again.window.inspector.isVisible()
    assert again.window.run.isVisible()
    assert again.window.preferences.theme == "light"
    again.window.resize(1400, 900)
    again.settle()
    assert (again.window.frame.whole.sizes(), again.window.frame.rows.sizes()) == sizes
    again.press(Key.Key_T, CONTROL)
    again.press(Key.Key_I, CONTROL)
    again.press(Key.Key_J, CONTROL)
    leave(again)

    third = come()
    assert third.window.inspector.isVisible()
    assert not third.window.run.isVisible()
    assert third.window.preferences.theme == "dark"


def test_what_was_open_last_and_what_was_open_lately_are_there_at_the_next_start(
    come: Come, tmp_path: Path
):
    files = [written(name, tmp_path) for name in ("blocks", "faulty", "tutorial")]
    for file in files:
        leave(come(file))
    person = come()
    assert person.state.path == files[-1]
    person.press(Key.Key_N, CONTROL)
    words = [button.text() for button in person.window.start.findChildren(QPushButton)]
    assert [word for word in words if word.endswith(".loom")] == [
        file.name for file in reversed(files)
    ]
    person.click_button("Open blocks.loom", person.window.start)
    assert person.state.path == files[0]

    person.press(Key.Key_Comma, CONTROL)
    dialog = person.dialog()
    person.click(person.named(Switch, "Open the last project at start", dialog))
    person.press(Key.Key_Escape)
    leave(person)
    fresh = come()
    assert fresh.window.pages.currentWidget() is fresh.window.start
