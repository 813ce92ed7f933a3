"""Without a mouse and without seeing: everything has a name, and Tab comes to everything and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget

from gui.widgets.choice import Choice
from gui.widgets.pieces import EmptyState
from tests.journeys.conftest import Come
from tests.journeys.person import ALT, CONTROL, NONE, SHIFT, Key, Person
from tests.journeys.projects import written

MOST_STOPS = 400


def takes_tab(widget: QWidget) -> bool:
    """Whether Tab should stop here."""
    return (
        bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        and widget.isVisible()
        and widget.isEnabled()
        and widget.focusProxy() is None
    )


def stops(window: QWidget) -> list[QWidget]:
    return [
        each for each in window.findChildren(QWidget) if takes_tab(each) and each.window() is window
    ]


def called(widget: QWidget) -> str:
    """What a test says of a widget."""
    parent = widget.parentWidget()
    return f"{type(widget).__name__} {widget.accessibleName()!r} in {type(parent).__name__}"


def round_trip(
    person: Person, window: QWidget, key: Qt.Key, held: Qt.KeyboardModifier
) -> list[QWidget]:
    """Where the key comes to until it is back where it began."""
    first = QApplication.focusWidget()
    assert first is not None
    passed = [first]
    for _ in range(MOST_STOPS):
        person.press(key, held)
        here = QApplication.focusWidget()
        assert here is not None
        if here is first:
            return passed
        if here is not passed[-1]:
            assert here not in passed, (called(here), [called(each) for each in passed])
            passed.append(here)
    raise AssertionError(("no way back", [called(each) for each in passed[-6:]]))


def check(person: Person, window: QWidget) -> None:
    """Every stop is named, and passed once on the way round, in both directions."""
    wanted = stops(window)
    nameless = [called(each) for each in wanted if not each.accessibleName().strip()]
    assert nameless == []
    wanted[0].setFocus(Qt.FocusReason.TabFocusReason)
    there = round_trip(person, window, Key.Key_Tab, Qt.KeyboardModifier.NoModifier)
    missed = [called(each) for each in stops(window) if each not in there]
    assert missed == []
    back = round_trip(person, window, Key.Key_Backtab, SHIFT)
    assert "\n".join(map(called, back)) == "\n".join(map(called, [there[0], *there[:0:-1]]))


@pytest.mark.parametrize("view", range(4), ids=["diagram", "summary", "code", "data"])
def test_tab_goes_round_the_whole_window(come: Come, tmp_path: Path, view: int):
    person = come(written("tutorial", tmp_path))
    person.until(lambda: "advice" in vars(person.window))
    person.window.show_view(view)
    person.click_card("linear1")
    check(person, person.window)


def test_tab_goes_round_whatever_is_selected(come: Come, tmp_path: Path):
    person = come(written("blocks", tmp_path))
    person.click_stack()
    check(person, person.window)
    for name in ("blocks", "head", "stem"):
        person.click_card(name)
        check(person, person.window)
    person.press(Key.Key_A, CONTROL)
    check(person, person.window)


def test_tab_goes_round_with_faults_a_message_and_a_search(come: Come, tmp_path: Path):
    person = come(written("faulty", tmp_path))
    person.click_card("fold")
    person.window.say("warning", "Something happened.", "Do something", lambda: None)
    person.press(Key.Key_F, CONTROL)
    check(person, person.window)


@pytest.mark.parametrize("page", ["Output", "Layers", "Parameters"])
def test_tab_goes_round_after_a_run(come: Come, tmp_path: Path, page: str):
    person = come(written("tutorial", tmp_path))
    person.wait_for_engine()
    person.press(Key.Key_F5)
    tabs = person.window.run.tabs
    titles = [tabs.tabText(tab) for tab in range(tabs.count())]
    tabs.setCurrentIndex(titles.index(page))
    person.until(lambda: not person.all(EmptyState, person.window.run))
    person.settle()
    check(person, person.window)


def test_tab_goes_round_the_start_page(come: Come):
    person = come()
    check(person, person.window)


DIALOGS: dict[str, Callable[[Person], None]] = {
    "export": lambda person: person.press(Key.Key_E, CONTROL),
    "preferences": lambda person: person.press(Key.Key_Comma, CONTROL),
    "shortcuts": lambda person: person.press(Key.Key_Slash, CONTROL),
    "reference": lambda person: person.press(Key.Key_F1),
    "engine": lambda person: person.window.deeds.show_engine_log(),
    "about": lambda person: person.window.deeds.show_about(),
}


@pytest.mark.parametrize("name", DIALOGS)
def test_tab_goes_round_every_dialog(come: Come, tmp_path: Path, name: str):
    person = come(written("tutorial", tmp_path))
    DIALOGS[name](person)
    dialog = person.dialog()
    person.until(dialog.isActiveWindow)
    check(person, dialog)
    person.press(Key.Key_Escape)
    assert person.all(QDialog) == []


def test_drop_downs_open_by_a_key_and_choose_by_a_key(come: Come, tmp_path: Path):
    person = come(written("tutorial", tmp_path))
    person.click_card("linear1")
    choice = person.named(Choice, "activation", person.window.inspector)
    for key, held in ((Key.Key_Space, NONE), (Key.Key_Return, NONE), (Key.Key_Down, ALT)):
        choice.setFocus(Qt.FocusReason.TabFocusReason)
        before = person.layer("linear1").activation
        person.press(key, held)
        assert "GELU" in person.offered()
        person.press(Key.Key_Down)
        person.press(Key.Key_Return)
        assert QApplication.activePopupWidget() is None
        assert person.keyboard() is choice
        assert person.layer("linear1").activation != before


def test_every_menu_opens_and_chooses_by_keys(come: Come, tmp_path: Path):
    person = come(written("tutorial", tmp_path))
    person.click_card("linear1")
    bar = person.window.menuBar()
    for title in bar.actions():
        mnemonic = title.text()[title.text().index("&") + 1].upper()
        person.press(Key[f"Key_{mnemonic}"], ALT)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        assert menu.title() == title.text()
        person.press(Key.Key_Escape)
        person.press(Key.Key_Escape)
    assert len({title.text()[title.text().index("&") + 1] for title in bar.actions()}) == 8
    person.press(Key.Key_L, ALT)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    for _ in menu.actions():
        if menu.activeAction() is person.window.actions_table.action("layer.rename"):
            break
        person.press(Key.Key_Down)
    person.press(Key.Key_Return)
    person.write("first")
    person.press(Key.Key_Return)
    assert person.names()[0] == "first"
