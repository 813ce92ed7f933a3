"""Somebody works while the engine is killed: nothing is lost, it is said once, and a new one answers."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QTableView

import resources
from gui.engine_process import State
from tests.journeys.conftest import Come
from tests.journeys.person import CONTROL, Key, Person

PROMISED_MS = 3000
"""Until another engine has been started; how long it then loads torch depends on the machine."""


@pytest.fixture
def person(come: Come, tmp_path: Path) -> Person:
    """Somebody with a network of their own and an engine that is ready."""
    net = tmp_path / "net.loom"
    net.write_bytes(resources.path("samples", "tutorial.loom").read_bytes())
    person = come(net)
    person.wait_for_engine()
    return person


@pytest.fixture
def sentences(person: Person) -> QSignalSpy:
    """What was said of the engine."""
    return QSignalSpy(person.window.engine.failed)


def kill(person: Person) -> None:
    """Take the engine's process away as the system does, and wait until it has been replaced."""
    engine = person.window.engine
    number = engine.process_id
    os.kill(number, signal.SIGKILL)
    person.until(lambda: engine.process_id not in (0, number), PROMISED_MS)


def told(person: Person) -> str:
    """How the engine is, at the top right."""
    return person.window.head.engine.text()


def test_a_killed_engine_is_replaced_while_one_goes_on_working(
    person: Person, sentences: QSignalSpy
):
    person.click_card("linear1")
    before = person.state
    kill(person)
    assert person.state is before
    assert sentences.count() == 1
    assert person.notice() == "The engine stopped unexpectedly and is being started again."
    person.wait_for_engine()
    assert told(person) == "CPU ready"
    assert person.notice() == ""


def test_edits_are_made_while_no_engine_is_there(person: Person):
    person.click_card("linear1")
    engine = person.window.engine
    os.kill(engine.process_id, signal.SIGKILL)
    person.until(lambda: engine.state is not State.READY)
    person.fill("out_features", "5")
    person.press(Key.Key_D, CONTROL)
    assert person.names() == ["linear1", "linear3", "linear2", "out"]
    assert "4 layers" in person.words(person.window.stack)
    person.press(Key.Key_Z, CONTROL, times=2)
    assert person.state.project == person.state.saved
    person.wait_for_engine()


def test_what_was_asked_of_a_killed_engine_is_asked_of_the_next(
    person: Person, sentences: QSignalSpy
):
    # Held, so that it is killed with the question unanswered however fast it is.
    os.kill(person.window.engine.process_id, signal.SIGSTOP)
    person.press(Key.Key_F5)
    assert not person.all(QTableView, person.window.run)
    kill(person)
    person.until(lambda: person.all(QTableView, person.window.run))
    assert "every row sums to 1" in person.words(person.window.run)
    assert sentences.count() == 1
    assert person.notice() == ""


def test_an_engine_that_is_killed_again_and_again_waits_for_somebody_to_start_it(
    person: Person, sentences: QSignalSpy
):
    engine = person.window.engine
    for _ in range(4):
        kill(person)
    os.kill(engine.process_id, signal.SIGKILL)
    person.until(lambda: engine.stopped_because)
    assert sentences.count() == 5
    assert "stopped 5 times" in person.notice()
    assert told(person) == "Engine stopped"
    person.press(Key.Key_F5)
    person.until(lambda: "stopped 5 times" in person.words(person.window.run))
    person.click_button("Start again")
    person.wait_for_engine()
    assert told(person) == "CPU ready"
    assert person.notice() == ""
    person.press(Key.Key_F5)
    person.until(lambda: person.all(QTableView, person.window.run))
