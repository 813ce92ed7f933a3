"""Every journey starts on a machine that has never seen the program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui import theme
from gui.preferences import account_settings
from tests.journeys.person import Person

Come = Callable[..., Person]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home folder of its own, with settings and work in progress inside."""
    place = tmp_path / "home"
    before = Path(account_settings().fileName()).parents[1]
    for variable, folder in {
        "HOME": "",
        "XDG_CONFIG_HOME": "config",
        "XDG_DATA_HOME": "share",
        "XDG_STATE_HOME": "state",
        "XDG_CACHE_HOME": "cache",
    }.items():
        (place / folder).mkdir(parents=True, exist_ok=True)
        monkeypatch.setenv(variable, str(place / folder))
    # Qt looks at the environment only once.
    form, user = QSettings.defaultFormat(), QSettings.Scope.UserScope
    QSettings.setPath(form, user, str(place / "config"))
    yield place
    QSettings.setPath(form, user, str(before))


@pytest.fixture
def come(qtbot: QtBot, qapp: QApplication, home: Path) -> Iterator[Come]:
    """Opens a window, on a file or on what comes by itself, and hands it to somebody."""
    theme.apply(qapp, theme.DARK)
    people: list[Person] = []

    def opened(path: Path | None = None) -> Person:
        people.append(Person(qtbot, path))
        return people[-1]

    yield opened
    for person in people:
        person.leave()


@pytest.fixture
def person(come: Come) -> Person:
    """Somebody who starts the program for the first time."""
    return come()
