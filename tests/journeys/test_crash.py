"""A crash costs at most two seconds of work; the next start brings the rest back, and takes nobody else's."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QMessageBox

import engine
import resources
from engine.design.tree import node_name
from gui import recovery
from tests.journeys.conftest import Come
from tests.journeys.person import CONTROL, Key

ROOT = Path(__file__).parents[2]
PROMISED_S = 2.0
Begin = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def begin(home: Path) -> Iterator[Begin]:
    """Starts the application in a process of its own, returns when its layers are in."""
    begun: list[subprocess.Popen[str]] = []
    complaints = home / "stderr"

    def start(*arguments: str) -> subprocess.Popen[str]:
        with complaints.open("w", encoding="utf-8") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.journeys.crashed", *arguments],
                cwd=ROOT, stdout=subprocess.PIPE, stderr=stderr, text=True, env=os.environ.copy(),
            )  # fmt: skip
        begun.append(process)
        assert process.stdout is not None
        said = process.stdout.readline().strip()
        assert said.startswith("here"), said + complaints.read_text(encoding="utf-8")
        said = process.stdout.readline().strip()
        assert said == "done", said + complaints.read_text(encoding="utf-8")
        return process

    yield start
    for process in begun:
        process.kill()
        process.wait(60)
        assert process.stdout is not None
        process.stdout.close()


def crash(process: subprocess.Popen[str]) -> None:
    """Kill it without a chance to say goodbye, once the promised time has passed."""
    time.sleep(PROMISED_S)
    process.send_signal(signal.SIGKILL)
    process.wait(60)


@pytest.fixture
def net(tmp_path: Path) -> Path:
    return Path(shutil.copy(resources.path("samples", "moons.loom"), tmp_path / "net.loom"))


def test_edits_of_a_killed_window_come_back_and_the_saved_state_is_a_click_away(
    come: Come, begin: Begin, net: Path
):
    saved = net.read_bytes()
    crash(begin(str(net), "--layers", "2"))
    person = come()
    assert "Unsaved work on net.loom was recovered" in person.notice()
    assert person.names() == ["hidden1", "hidden2", "out", "linear1", "linear2"]
    assert person.window.isWindowModified()
    assert net.read_bytes() == saved

    person.click_button("Go back to the saved state")
    assert person.names() == ["hidden1", "hidden2", "out"]
    assert not person.window.isWindowModified()
    person.click_button("Bring the recovered work back")
    assert person.names() == ["hidden1", "hidden2", "out", "linear1", "linear2"]
    person.press(Key.Key_S, CONTROL)
    assert person.notice() == ""
    assert engine.load(net) == person.state.project
    person.window.close()
    assert come().notice() == ""


def test_work_that_was_never_saved_comes_back_too(come: Come, begin: Begin):
    crash(begin("--layers", "1"))
    person = come()
    assert "was recovered" in person.notice()
    assert person.names() == ["linear1"]
    assert person.state.path is None
    assert person.window.isWindowModified()
    person.click_button("Start something else")
    assert person.window.pages.currentWidget() is person.window.start


def test_recovered_work_survives_the_next_crash_as_well(come: Come, begin: Begin, net: Path):
    crash(begin(str(net), "--layers", "1"))
    crash(begin("--layers", "0"))
    person = come()
    assert "Unsaved work on net.loom was recovered" in person.notice()
    assert person.names() == ["hidden1", "hidden2", "out", "linear1"]


def test_work_of_several_windows_comes_back_one_after_another_and_none_is_lost(
    come: Come, begin: Begin, net: Path, tmp_path: Path
):
    other = Path(shutil.copy(resources.path("samples", "iris.loom"), tmp_path / "other.loom"))
    living = [begin(str(other), "--layers", "1"), begin("--layers", "1")]
    living.append(begin(str(net), "--layers", "1"))
    for process in living:
        crash(process)
    person = come()
    assert person.notice().startswith("Unsaved work on net.loom was recovered")
    assert "More of it waits on the start page." in person.notice()
    # Another window may start meanwhile; what the first one offers is not offered twice.
    second = come()
    assert second.notice() == ""
    second.window.close()

    person.come_to()
    person.press(Key.Key_N, CONTROL)
    assert "RECOVERED, NOT YET SAVED" in person.words(person.window.start)
    asked = person.answer(QMessageBox.StandardButton.Cancel)
    person.click_button("Bring back other.loom")
    assert asked == ["Save the changes to net.loom?"]
    assert person.state.path == net
    person.answer(QMessageBox.StandardButton.Save)
    person.click_button("Bring back other.loom")
    assert node_name(engine.load(net).network.body.nodes[-1]) == "linear1"
    assert person.state.path == other
    assert person.window.isWindowModified()
    person.answer(QMessageBox.StandardButton.Discard)
    person.window.close()

    last = come()
    assert last.names() == ["linear1"]
    assert last.state.path is None
    assert "More of it" not in last.notice()
    last.press(Key.Key_N, CONTROL)
    assert "RECOVERED" not in last.words(last.window.start)


def test_a_file_that_is_asked_for_comes_with_its_own_lost_work_and_no_others(
    come: Come, begin: Begin, net: Path, tmp_path: Path
):
    other = Path(shutil.copy(resources.path("samples", "iris.loom"), tmp_path / "other.loom"))
    crash(begin(str(net), "--layers", "1"))
    person = come(other)
    assert person.state.path == other
    assert person.notice().endswith("after a window ended unexpectedly: net.loom.")
    person.click_button("Show it")
    assert "Bring back net.loom" in [each.accessibleName() for each in person.all(QAbstractButton)]
    person.window.close()
    again = come(net)
    assert again.names() == ["hidden1", "hidden2", "out", "linear1"]
    assert again.notice().startswith("Unsaved work on net.loom was recovered")


def test_a_process_number_that_is_used_again_hides_no_work(come: Come, begin: Begin, net: Path):
    crash(begin(str(net), "--layers", "1"))
    (left,) = recovery.folder().glob("*.loom")
    left.rename(left.with_stem(f"{os.getpid()}-1"))
    assert come().notice().startswith("Unsaved work on net.loom was recovered")


def test_a_second_window_takes_nothing_from_one_that_still_runs(
    come: Come, begin: Begin, net: Path
):
    first = begin(str(net), "--layers", "1")
    time.sleep(PROMISED_S)
    kept = list(recovery.folder().glob("*.loom"))
    assert len(kept) == 1
    person = come()
    assert person.notice() == ""
    assert first.poll() is None
    assert list(recovery.folder().glob("*.loom")) == kept
    first.send_signal(signal.SIGKILL)
    first.wait(60)
    again = come()
    assert "Unsaved work on net.loom was recovered" in again.notice()


def test_a_window_that_ends_well_leaves_nothing_behind(come: Come, net: Path):
    person = come(net)
    person.click_card("out")
    person.write("linear")
    person.press(Key.Key_Return)
    person.until(lambda: list(recovery.folder().glob("*.loom")))
    person.press(Key.Key_S, CONTROL)
    person.until(lambda: not list(recovery.folder().glob("*.loom")))
    person.window.close()
    assert not list(recovery.folder().iterdir())
