"""A choice is found by typing, explains what can't be chosen, and emits only for a person."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QListView, QWidget

from gui import theme
from gui.learn.choices import initializer_options
from gui.stack.choices import activation_options, kind_options
from gui.widgets.chip import chip_size
from gui.widgets.choice import Choice, popup_choice
from gui.widgets.choice_popup import ChoicePopup
from gui.widgets.options import Heading, Option, matches, rows

OPTIONS = (
    Option("relu", "ReLU", "the positive part", "", "Rectifiers"),
    Option("leaky_relu", "LeakyReLU", "a small slope below zero", "", "Rectifiers"),
    Option("tanh", "Tanh", "between −1 and 1", "", "Sigmoids"),
    Option("glu", "GLU", "a gate", "It halves the last dimension, and 3 is odd.", "Gates"),
    Option("softmax", "Softmax", "shares that sum to 1", "", "Vectors"),
)


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> None:
    theme.apply(qapp, theme.DARK)


@pytest.fixture
def choice(qtbot) -> Choice:
    made = Choice()
    made.setAccessibleName("activation")
    made.set_options(OPTIONS)
    made.set_current("tanh")
    qtbot.addWidget(made)
    made.show()
    return made


def opened(choice: Choice) -> ChoicePopup:
    popup = choice.findChild(ChoicePopup)
    assert popup is not None
    return popup


def search_line(popup: ChoicePopup) -> QLineEdit:
    line = popup.findChild(QLineEdit)
    assert line is not None
    return line


def listed(popup: ChoicePopup) -> QListView:
    view = popup.findChild(QListView)
    assert view is not None
    return view


def click(popup: ChoicePopup, row: int) -> None:
    view = listed(popup)
    place = view.visualRect(view.model().index(row, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def press(popup: ChoicePopup, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(search_line(popup), key)


def selected(popup: ChoicePopup) -> str:
    return listed(popup).currentIndex().data()


# What a search finds.


@pytest.mark.parametrize(
    ("options", "typed", "key"),
    [
        (activation_options(), "swish", "SiLU"),
        (initializer_options(((4, 4),)), "glorot", "XavierNormal"),
        (kind_options(), "dense", "Linear"),
    ],
)
def test_a_choice_is_found_by_its_other_names(options: Sequence[Option], typed: str, key: str):
    assert key in [option.key for option in matches(options, typed)[:2]]


def test_without_a_search_every_group_has_its_heading():
    shown = rows(OPTIONS, "")
    assert [row.title for row in shown if isinstance(row, Heading)] == [
        "Rectifiers", "Sigmoids", "Gates", "Vectors",
    ]  # fmt: skip
    assert [row for row in shown if isinstance(row, Option)] == list(OPTIONS)


def test_what_begins_with_the_query_comes_first():
    assert [option.key for option in matches(OPTIONS, "relu")] == ["relu", "leaky_relu"]
    assert [option.key for option in matches(OPTIONS, "lu")][-1] == "glu"
    assert [option.key for option in matches(OPTIONS, "below zero")] == ["leaky_relu"]


@given(st.text(max_size=12))
def test_a_search_only_takes_away(query):
    assert set(matches(OPTIONS, query)) <= set(OPTIONS)


@given(st.sampled_from(OPTIONS))
def test_every_option_is_found_by_its_title(option):
    assert matches(OPTIONS, option.title)[0] == option


# The button.


def test_showing_never_emits(choice: Choice):
    seen: list[str] = []
    choice.chosen.connect(seen.append)
    choice.highlighted.connect(seen.append)
    for key in ("relu", "softmax", "relu", "unknown"):
        choice.set_current(key)
        choice.set_options(OPTIONS)
    assert seen == []


def test_a_screen_reader_hears_what_is_chosen(choice: Choice):
    assert choice.accessibleName() == "activation: Tanh"
    choice.set_current("relu")
    assert choice.accessibleName() == "activation: ReLU"


def test_a_key_that_is_not_on_offer_is_shown_as_it_is(choice: Choice):
    choice.set_current("gone")
    assert choice.title() == "gone"


@pytest.mark.parametrize(
    ("key", "held"),
    [
        (Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier),
    ],
)
def test_the_keyboard_opens_the_list_at_the_chosen_option(choice: Choice, key, held):
    QTest.keyClick(choice, key, held)
    assert selected(opened(choice)) == "Tanh"


def test_typing_a_letter_starts_a_search(choice: Choice):
    QTest.keyClicks(choice, "s")
    popup = opened(choice)
    assert search_line(popup).text() == "s"
    assert selected(popup) == "Softmax"
    QTest.keyClicks(search_line(popup), "o")
    with_enter: list[str] = []
    choice.chosen.connect(with_enter.append)
    press(popup, Qt.Key.Key_Return)
    assert with_enter == ["softmax"]
    assert choice.current() == "softmax"


def test_escape_chooses_nothing(choice: Choice):
    seen: list[str] = []
    choice.chosen.connect(seen.append)
    choice.open()
    press(opened(choice), Qt.Key.Key_Down, Qt.Key.Key_Escape)
    assert seen == []
    assert choice.current() == "tanh"


def test_the_popup_is_gone_after_choosing(choice: Choice, qapp: QApplication, qtbot):
    choice.open()
    press(opened(choice), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: choice.findChild(ChoicePopup) is None)


def test_a_click_opens_and_a_click_chooses(choice: Choice):
    QTest.mouseClick(choice, Qt.MouseButton.LeftButton)
    popup = opened(choice)
    seen: list[str] = []
    choice.chosen.connect(seen.append)
    click(popup, 1)
    assert seen == ["relu"]


# The list.


def test_arrows_home_and_end_skip_headings_and_what_cannot_be_chosen(choice: Choice):
    choice.open()
    popup = opened(choice)
    press(popup, Qt.Key.Key_Down)
    assert selected(popup) == "Softmax"
    press(popup, Qt.Key.Key_Down)
    assert selected(popup) == "Softmax"
    press(popup, Qt.Key.Key_Home)
    assert selected(popup) == "ReLU"
    press(popup, Qt.Key.Key_Up)
    assert selected(popup) == "ReLU"
    press(popup, Qt.Key.Key_End)
    assert selected(popup) == "Softmax"


def test_a_disabled_option_says_why_and_is_not_chosen(choice: Choice):
    seen: list[str] = []
    choice.chosen.connect(seen.append)
    choice.open("glu")
    popup = opened(choice)
    row = listed(popup).model().index(0, 0)
    assert row.data(Qt.ItemDataRole.AccessibleDescriptionRole) == OPTIONS[3].disabled_reason
    click(popup, 0)
    press(popup, Qt.Key.Key_Return)
    assert seen == []
    popup.close()


def test_a_search_without_a_match_says_so(choice: Choice):
    choice.open("xyz")
    popup = opened(choice)
    press(popup, Qt.Key.Key_Return)
    said = [label.text() for label in popup.findChildren(QLabel) if label.isVisible()]
    assert said == ["Nothing is called “xyz”."]
    assert choice.current() == "tanh"
    popup.close()


def test_moving_through_the_list_previews(choice: Choice):
    seen: list[str] = []
    choice.highlighted.connect(seen.append)
    choice.open()
    press(opened(choice), Qt.Key.Key_Down, Qt.Key.Key_Home)
    assert seen[-2:] == ["softmax", "relu"]


def test_thumbnails_are_drawn_only_when_seen(qtbot):
    drawn: list[str] = []

    def thumbnail(key: str) -> QPixmap:
        drawn.append(key)
        return QPixmap(56, 32)

    many = [Option(str(number), f"option {number}", "a sentence") for number in range(500)]
    choice = Choice()
    qtbot.addWidget(choice)
    choice.set_options(many, thumbnail)
    choice.set_current("0")
    choice.show()
    assert drawn == []
    choice.open()
    opened(choice).grab()
    assert 0 < len(drawn) < 30
    opened(choice).close()


def test_a_painted_card_opens_the_same_list(qtbot):
    card = QWidget()
    qtbot.addWidget(card)
    card.resize(200, 80)
    card.show()
    seen: list[str] = []
    popup = popup_choice(
        card, OPTIONS, None, QRect(QPoint(10, 40), chip_size("ReLU")), seen.append, current="relu"
    )
    assert popup.x() == card.mapToGlobal(QPoint(10, 0)).x()
    press(popup, Qt.Key.Key_Down, Qt.Key.Key_Return)
    assert seen == ["leaky_relu"]


def test_the_list_stays_on_the_screen(qtbot, qapp: QApplication):
    owner = QWidget()
    qtbot.addWidget(owner)
    owner.show()
    screen = owner.screen().availableGeometry()
    for corner in (screen.topLeft(), screen.bottomRight(), screen.topRight(), screen.bottomLeft()):
        popup = ChoicePopup(owner, OPTIONS * 9, None)
        popup.open_at(QRect(corner - QPoint(20, 10), corner))
        assert screen.contains(popup.geometry())
        popup.close()
