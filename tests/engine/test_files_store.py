"""Files on real disks: whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import os
import random
import signal
import stat
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

import engine
import resources
from engine.design.error import DesignError
from engine.design.project import Project
from engine.files.store import STRAY, atomic_save, dumps, load, remove_strays, save

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the laws of a POSIX file system")


@pytest.fixture(scope="module")
def project() -> Project:
    return load(resources.path("samples", "tutorial.loom"))


def strays(folder: Path) -> list[Path]:
    return list(folder.glob(f"{STRAY}*"))


def test_what_is_saved_is_on_the_disk_and_the_previous_one_beside_it(
    project: Project, tmp_path: Path
):
    file = tmp_path / "net.loom"
    engine.save(project, str(file))
    assert engine.load(str(file)) == project
    assert not (tmp_path / "net.loom.bak").exists()
    for notes in ("second", "third"):
        before = file.read_bytes()
        save(replace(project, notes=notes), file)
        assert load(file).notes == notes
        assert (tmp_path / "net.loom.bak").read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["net.loom", "net.loom.bak"]


def test_a_file_keeps_its_mode_and_a_link_stays_a_link(project: Project, tmp_path: Path):
    (tmp_path / "there").mkdir()
    real, link = tmp_path / "there" / "net.loom", tmp_path / "link.loom"
    save(project, real)
    real.chmod(0o640)
    link.symlink_to(real)
    save(replace(project, notes="by the link"), link)
    assert link.is_symlink()
    assert load(real).notes == "by the link"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_a_new_file_may_be_read_by_whom_the_mask_allows(project: Project, tmp_path: Path):
    mask = os.umask(0o027)
    try:
        save(project, tmp_path / "net.loom")
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "net.loom").stat().st_mode) == 0o640


def test_a_full_disk_leaves_the_old_file_and_says_so(project: Project, tmp_path: Path):
    file = tmp_path / "net.loom"
    save(project, file)
    before = file.read_bytes()
    # A limit on the size of files is the disk that fills up in the middle of a write, without being root.
    text = f"""
import resource, sys
from dataclasses import replace
from engine import DesignError, load, save
project = load({str(file)!r})
resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600))
try:
    save(replace(project, notes="x" * 100_000), {str(file)!r})
except DesignError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert (
        done.stdout
        == f"{file} was not saved: it would be larger than a file may be here; choose another disk\n"
    )
    assert file.read_bytes() == before
    assert strays(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_device_is_written_to_and_never_replaced(tmp_path: Path):
    for device in ("/dev/full", "/dev/null"):
        mode = Path(device).stat().st_mode
        if device == "/dev/full":
            with pytest.raises(DesignError, match="the disk is full; free some space"):
                atomic_save(Path(device), b"x")
        else:
            atomic_save(Path(device), b"x")
        assert Path(device).stat().st_mode == mode
        assert not Path(device).is_file()


@contextmanager
def as_nobody() -> Generator[None]:
    """Without root's rights, which no permission holds back."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def locked() -> Iterator[Path]:
    """A folder that all may read and nobody may write."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "net.loom").write_text("before")
        (folder / "net.loom").chmod(0o666)
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)


def test_a_read_only_folder_is_refused_and_nothing_changes(project: Project, locked: Path):
    with as_nobody(), pytest.raises(DesignError) as caught:
        save(project, locked / "net.loom")
    assert str(caught.value).endswith("this account may not do that here; choose another folder")
    assert (locked / "net.loom").read_text() == "before"
    assert len(list(locked.iterdir())) == 1


def test_a_read_only_file_is_not_overwritten_behind_its_owners_back(
    project: Project, tmp_path: Path
):
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        file = Path(name) / "net.loom"
        file.write_text("before")
        file.chmod(0o444)
        with as_nobody(), pytest.raises(DesignError, match="is read-only and was not saved"):
            save(project, file)
        assert file.read_text() == "before"


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("missing/net.loom", "there is no such file or folder"),
        ("file/net.loom", "a part of its path is a file"),
        ("folder", "it is a folder"),
        ("n" * 300 + ".loom", "the name is too long"),
        ("nu\0ll.loom", "is no name of a file"),
    ],
)
def test_a_place_that_cannot_be_written_is_named(
    project: Project, tmp_path: Path, place: str, words: str
):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(DesignError, match=words):
        save(project, tmp_path / place)
    with pytest.raises(DesignError):
        load(tmp_path / place)
    assert strays(tmp_path) == []


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("/dev/zero", "it is no file but a pipe, a socket or a device"),
        ("/dev/full", "it is no file but a pipe, a socket or a device"),
        ("net.loom", "its links lead back to themselves"),
        ("nowhere", "there is no such file or folder"),
    ],
)
def test_what_has_no_end_or_no_beginning_is_refused_at_once(
    tmp_path: Path, target: str, words: str
):
    (tmp_path / "net.loom").symlink_to(target)
    with pytest.raises(DesignError, match=f"cannot be read: {words}"):
        load(tmp_path / "net.loom")


def test_nobody_waits_for_a_pipe(tmp_path: Path):
    os.mkfifo(tmp_path / "net.loom")
    with pytest.raises(DesignError, match="it is no file but a pipe"):
        load(tmp_path / "net.loom")


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path):
    with (tmp_path / "net.loom").open("wb") as file:
        file.truncate(2**40)
    tracemalloc.start()
    try:
        with pytest.raises(DesignError, match="is larger than 67,108,864 bytes"):
            load(tmp_path / "net.loom")
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


def test_a_text_that_no_file_can_hold_is_refused_before_anything_is_written(
    project: Project, tmp_path: Path
):
    with pytest.raises(DesignError, match="half a character"):
        save(replace(project, notes="\ud800"), tmp_path / "net.loom")
    assert list(tmp_path.iterdir()) == []


def test_killed_in_the_middle_there_is_the_old_file_or_the_new_one(
    project: Project, tmp_path: Path
):
    file = tmp_path / "net.loom"
    notes = [letter * 400_000 for letter in "ab"]
    whole = {dumps(replace(project, notes=each)) for each in notes}
    save(replace(project, notes=notes[0]), file)
    text = f"""
from dataclasses import replace
from engine import load, save
project = load({str(file)!r})
print("saving", flush=True)
while True:
    for letter in "ab":
        save(replace(project, notes=letter * 400_000), {str(file)!r})
"""
    chance = random.Random(0)
    for _ in range(8):
        saving = subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE)
        assert saving.stdout is not None
        assert saving.stdout.readline() == b"saving\n"
        time.sleep(chance.uniform(0, 0.05))
        saving.send_signal(signal.SIGKILL)
        saving.wait()
        saving.stdout.close()
        assert file.read_bytes() in whole
        if (backup := tmp_path / "net.loom.bak").exists():
            assert backup.read_bytes() in whole
    remove_strays(tmp_path, older_than_s=0)
    assert strays(tmp_path) == []
    save(project, file)
    assert load(file) == project


def test_strays_of_a_crash_go_and_those_of_a_save_under_way_stay(project: Project, tmp_path: Path):
    old, fresh = tmp_path / f"{STRAY}old", tmp_path / f"{STRAY}fresh"
    for each in (old, fresh):
        each.write_text("half")
    an_hour_ago = time.time() - 3600
    os.utime(old, (an_hour_ago, an_hour_ago))
    save(project, tmp_path / "net.loom")
    assert not old.exists()
    assert fresh.exists()
