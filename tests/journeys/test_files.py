"""Saving and opening: "saved" is said exactly when it is so, and whatever fails says what to do."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QMessageBox

import engine
import resources
from gui.start_page import StartCard
from tests.journeys.conftest import Come
from tests.journeys.person import CONTROL, NONE, SHIFT, Key, Person

ROOT = Path(__file__).parents[2]
Buttons = QMessageBox.StandardButton


@pytest.fixture
def net(tmp_path: Path) -> Path:
    """A project of one's own on the disk."""
    folder = tmp_path / "work"
    folder.mkdir()
    return Path(shutil.copy(resources.path("samples", "moons.loom"), folder / "net.loom"))


def save_as(person: Person, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    person.press(Key.Key_S, CONTROL | SHIFT)


def change(person: Person) -> None:
    """One layer more."""
    person.click_card("out")
    person.write("drop")
    person.press(Key.Key_Return)


def is_marked(person: Person) -> bool:
    """Whether the title has its asterisk."""
    title = person.window.windowTitle()
    assert title.endswith("[*] — Layerloom")
    return person.window.isWindowModified()


def status(person: Person) -> str:
    return person.words(person.window.status)


# --- saved and unsaved -----------------------------------------------------------------------------------------------


def test_a_new_project_is_saved_where_one_says_and_comes_back_at_the_next_start(
    come: Come, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    person = come()
    person.click(person.named(StartCard, "Iris classifier"))
    assert not is_marked(person)
    change(person)
    assert is_marked(person)
    assert "not saved" in status(person)
    file = tmp_path / "flowers"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    person.press(Key.Key_S, CONTROL)
    saved = file.with_suffix(".loom")
    assert person.window.windowTitle().startswith("flowers.loom")
    assert not is_marked(person)
    assert "not saved" not in status(person)
    assert engine.load(saved) == person.state.project
    person.window.close()
    again = come()
    assert again.window.windowTitle().startswith("flowers.loom")
    assert again.state.project == person.state.project
    assert not is_marked(again)


def test_undo_across_a_save_tells_saved_from_unsaved(come: Come, net: Path):
    person = come(net)
    assert not is_marked(person)
    change(person)
    person.press(Key.Key_S, CONTROL)
    assert not is_marked(person)
    person.press(Key.Key_Z, CONTROL)
    assert is_marked(person)
    assert "not saved" in status(person)
    person.press(Key.Key_Z, CONTROL | SHIFT)
    assert not is_marked(person)
    change(person)
    assert is_marked(person)
    person.press(Key.Key_Z, CONTROL)
    assert not is_marked(person)


def test_a_template_that_is_undone_to_its_beginning_needs_no_saving(person: Person):
    person.click(person.named(StartCard, "Two moons"))
    change(person)
    person.press(Key.Key_Z, CONTROL)
    assert not is_marked(person)
    person.press(Key.Key_N, CONTROL)
    person.click(person.named(StartCard, "Iris classifier"))
    assert person.names()[0] == "hidden1"


# --- leaving ---------------------------------------------------------------------------------------------------------


def test_closing_asks_only_where_something_would_be_lost(come: Come, net: Path):
    person = come(net)
    change(person)
    asked = person.answer(Buttons.Cancel)
    assert not person.window.close()
    assert asked == ["Save the changes to net.loom?"]
    assert person.window.isVisible()
    before = net.read_bytes()
    person.answer(Buttons.Save)
    assert person.window.close()
    assert net.read_bytes() != before
    assert engine.load(net) == person.state.project


def test_discarding_leaves_the_file_as_it_was_and_nothing_to_recover(come: Come, net: Path):
    person = come(net)
    before = net.read_bytes()
    change(person)
    person.answer(Buttons.Discard)
    assert person.window.close()
    assert net.read_bytes() == before
    again = come()
    assert again.notice() == ""
    assert again.state.path == net


def test_a_save_that_fails_keeps_the_window_open(
    come: Come, net: Path, monkeypatch: pytest.MonkeyPatch
):
    person = come(net)
    change(person)
    shutil.rmtree(net.parent)
    person.answer(Buttons.Save)
    assert not person.window.close()
    assert person.window.isVisible()
    assert "net.loom was not saved: there is no such file or folder" in person.notice()


# --- what goes wrong -------------------------------------------------------------------------------------------------


def test_a_file_that_another_program_changed_is_overwritten_only_when_one_says_so(
    come: Come, net: Path
):
    person = come(net)
    change(person)
    shutil.copy(resources.path("samples", "iris.loom"), net)
    theirs = net.read_bytes()
    person.press(Key.Key_S, CONTROL)
    assert "net.loom was changed by another program" in person.notice()
    assert net.read_bytes() == theirs
    assert is_marked(person)
    person.click_button("Overwrite it")
    assert person.notice() == ""
    assert engine.load(net) == person.state.project
    assert not is_marked(person)


@pytest.mark.skipif(os.name != "posix", reason="folders are locked otherwise elsewhere")
def test_where_nothing_may_be_written_one_saves_elsewhere(
    come: Come, net: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    person = come(net)
    change(person)
    before = net.read_bytes()
    # Root may write anywhere, so the file is locked from the side of the file system's own answers.
    net.parent.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        if os.access(net.parent, os.W_OK):
            pytest.skip("this account may write everywhere")
        person.press(Key.Key_S, CONTROL)
        assert "was not saved" in person.notice()
        assert net.read_bytes() == before
        elsewhere = tmp_path / "elsewhere.loom"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(elsewhere), ""))
        person.click_button("Save as…")
        assert person.notice() == ""
        assert engine.load(elsewhere) == person.state.project
    finally:
        net.parent.chmod(stat.S_IRWXU)


def test_into_a_folder_that_is_a_file_nothing_is_saved_and_a_sentence_says_so(
    come: Come, net: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    person = come(net)
    change(person)
    save_as(person, net / "inside.loom", monkeypatch)
    assert "was not saved: a part of its path is a file, not a folder" in person.notice()
    assert is_marked(person)
    elsewhere = tmp_path / "elsewhere.loom"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(elsewhere), ""))
    person.click_button("Save as…")
    assert person.notice() == ""
    assert person.state.path == elsewhere
    assert engine.load(elsewhere) == person.state.project


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from gui.launch import start
file = Path(sys.argv[1])
application, window = start(str(file))
while "run" not in vars(window):
    application.processEvents()
while not window.isActiveWindow():
    window.activateWindow()
    application.processEvents()
before = file.read_bytes()
window.deeds.select_all()
QTest.keyClick(window.stack.view, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (600, resource.RLIM_INFINITY))
QTest.keyClick(window.stack.view, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(window.notice.accessibleName())
print(file.read_bytes() == before, window.isWindowModified(), sorted(each.name for each in file.parent.iterdir()))
QTest.keyClick(window.stack.view, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
print(file.read_bytes() == before, window.isWindowModified(), window.notice.isVisible())
window.close()
"""


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
def test_on_a_full_disk_the_file_stays_whole_and_the_next_save_succeeds(home: Path, net: Path):
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(net)],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said, failed, saved = done.stdout.splitlines()
    assert (
        said
        == f"{net} was not saved: it would be larger than a file may be here; choose another disk"
    )
    assert failed == "True True ['net.loom']"
    assert saved == "False False False"


# --- opening what cannot be opened -----------------------------------------------------------------------------------


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A project with a layer of no width."""
    text = resources.path("samples", "moons.loom").read_text()
    file = tmp_path / "broken.loom"
    file.write_text(text.replace('"out_features": 16', '"out_features": 0', 1))
    return file


def stays(person: Person, wanted: str) -> None:
    assert wanted in person.notice()
    assert person.names() == ["hidden1", "hidden2", "out"]
    assert person.state.path is not None
    assert person.state.path.name == "net.loom"


WHY = "broken.loom was not opened: network.layers[0].out_features: 0 is below 1"


def test_a_broken_file_from_the_recent_list_leaves_the_present_project(
    come: Come, net: Path, broken: Path
):
    person = come(net)
    person.window.preferences.add_recent(broken)
    person.press(Key.Key_N, CONTROL)
    person.click_button("Open broken.loom")
    stays(person, WHY)
    person.press(Key.Key_N, CONTROL)
    buttons = [each.accessibleName() for each in person.all(QAbstractButton)]
    assert "Open net.loom" in buttons
    assert "Open broken.loom" not in buttons


def drop(person: Person, file: Path) -> bool:
    """Drop a file from outside onto the middle of the window; whether it was taken."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file))])
    action, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    middle = person.window.rect().center()
    entered = QDragEnterEvent(middle, action, mime, left, NONE)
    entered.ignore()
    QApplication.sendEvent(person.window, entered)
    if entered.isAccepted():
        QApplication.sendEvent(person.window, QDropEvent(QPointF(middle), action, mime, left, NONE))
    person.settle()
    return entered.isAccepted()


def test_a_file_is_opened_by_dropping_it_and_a_broken_one_leaves_the_present_project(
    come: Come, net: Path, broken: Path, tmp_path: Path
):
    person = come(net)
    assert drop(person, broken)
    stays(person, WHY)
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG")
    assert not drop(person, picture)
    iris = Path(shutil.copy(resources.path("samples", "iris.loom"), tmp_path / "iris.loom"))
    assert drop(person, iris)
    assert person.state.path == iris
    assert person.notice() == ""


def test_a_broken_file_is_opened_before_anything_is_asked_about_the_present_one(
    come: Come, net: Path, broken: Path
):
    person = come(net)
    change(person)
    assert drop(person, broken)
    assert "broken.loom was not opened" in person.notice()
    assert is_marked(person)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b'{"layerloom": 1, "network": ' + b"[" * 100_000,
        b'{"layerloom": NaN}',
        b'{"layerloom": 1, "layerloom": 2}',
        b'{"network": {}}',
    ],
)
def test_a_file_on_the_command_line_that_is_no_project_says_so_in_the_window(
    come: Come, tmp_path: Path, content: bytes
):
    file = tmp_path / "what.loom"
    file.write_bytes(content)
    person = come(file)
    assert person.notice().startswith("what.loom was not opened: ")
    assert len(person.notice().splitlines()) == 1
    assert len(person.notice()) < 200
    person.click_stack()
    person.write("lin")
    person.press(Key.Key_Return)
    assert person.names() == ["linear1"]
    assert file.read_bytes() == content


@pytest.mark.skipif(os.name != "posix", reason="what a POSIX file system can hold")
@pytest.mark.parametrize("what", ["pipe", "folder", "endless", "ring", "utf-16", "too large"])
def test_what_is_no_project_file_at_all_is_refused_at_every_door_of_the_window(
    come: Come, net: Path, tmp_path: Path, what: str
):
    file = tmp_path / "what.loom"
    match what:
        case "pipe":
            os.mkfifo(file)
        case "folder":
            file.mkdir()
        case "endless":
            file.symlink_to("/dev/zero")
        case "ring":
            file.symlink_to(file)
        case "utf-16":
            file.write_text(net.read_text(encoding="utf-8"), encoding="utf-16")
        case _:
            with file.open("wb") as content:
                content.truncate(2**33)
    assert come(file).notice().startswith("what.loom was not opened: ")
    person = come(net)
    assert drop(person, file)
    stays(person, "what.loom was not opened: ")
    assert len(person.notice()) < 250


def test_a_file_that_vanished_while_it_was_open_is_written_again(come: Come, net: Path):
    person = come(net)
    change(person)
    net.unlink()
    person.press(Key.Key_S, CONTROL)
    assert person.notice() == ""
    assert engine.load(net) == person.state.project


def test_a_file_that_became_a_folder_is_left_alone_and_one_saves_elsewhere(
    come: Come, net: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    person = come(net)
    change(person)
    net.unlink()
    net.mkdir()
    person.press(Key.Key_S, CONTROL)
    assert "net.loom cannot be read: it is a folder" in person.notice()
    assert is_marked(person)
    elsewhere = tmp_path / "elsewhere.loom"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(elsewhere), ""))
    person.click_button("Save as…")
    assert engine.load(elsewhere) == person.state.project


def test_a_name_without_its_suffix_overwrites_nothing_without_a_question(
    come: Come, net: Path, monkeypatch: pytest.MonkeyPatch
):
    person = come(net)
    change(person)
    theirs = Path(shutil.copy(resources.path("samples", "iris.loom"), net.parent / "v1.2.loom"))
    before = theirs.read_bytes()
    asked = person.answer(Buttons.Cancel)
    save_as(person, net.parent / "v1.2", monkeypatch)
    assert asked == ["v1.2.loom is there already. Overwrite it?"]
    assert theirs.read_bytes() == before
    assert is_marked(person)
    person.come_to()
    person.answer(Buttons.Yes)
    save_as(person, net.parent / "v1.2", monkeypatch)
    assert engine.load(theirs) == person.state.project


def test_a_file_on_the_command_line_that_is_not_there_says_so_in_the_window(
    come: Come, tmp_path: Path
):
    person = come(tmp_path / "nowhere.loom")
    assert "nowhere.loom" in person.notice()
    assert "there is no such file" in person.notice()
