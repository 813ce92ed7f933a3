"""Where no window can be, one line says what to do: in real processes with damaged surroundings."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gui.preflight import QT, WAYLAND, XCB

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="libraries of Linux")

MAIN = Path(__file__).parent.parent.parent / "main.py"
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_SESSION_TYPE")


def surroundings(**given: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in DISPLAYS}
    return kept | given


def started(**given: str) -> str:
    """What the program says when it cannot open a window."""
    done = subprocess.run(
        [sys.executable, str(MAIN)], env=surroundings(**given), capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    return done.stderr.removeprefix("layerloom: ").rstrip("\n")


def asked(**given: str) -> str:
    """What the preflight finds, where a window might open."""
    text = "from gui.preflight import problem; print(problem(), end='')"
    done = subprocess.run(
        [sys.executable, "-c", text], env=surroundings(PYTHONPATH=str(MAIN.parent), **given),
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return done.stdout


def without(folder: Path, *libraries: str) -> str:
    """A search path on which these libraries are broken."""
    for library in libraries:
        (folder / library).write_bytes(b"")
    return str(folder)


def test_without_a_display_it_says_how_to_get_one():
    assert "xvfb-run" in started()
    assert "need no display" in started()


@pytest.mark.parametrize("library", ["libEGL.so.1", "libdbus-1.so.3", "libxkbcommon.so.0"])
def test_without_a_library_of_qt_its_package_is_named(library: str, tmp_path: Path):
    said = started(QT_QPA_PLATFORM="offscreen", LD_LIBRARY_PATH=without(tmp_path, library))
    assert said == f"Qt needs {library}; on Debian or Ubuntu: apt-get install {QT[library]}"


def test_all_that_a_window_on_x_lacks_is_named_at_once(tmp_path: Path):
    lacking = ("libxcb-cursor.so.0", "libxcb-keysyms.so.1")
    said = started(DISPLAY=":0", LD_LIBRARY_PATH=without(tmp_path, *lacking))
    libraries, packages = said.removeprefix("Qt needs ").split(
        "; on Debian or Ubuntu: apt-get install "
    )
    named = libraries.split(", ")
    assert set(lacking) <= set(named), "and what else this machine has not"
    assert packages.split() == [XCB[library] for library in named]


def test_a_library_that_is_in_no_list_is_named_too(tmp_path: Path):
    said = started(QT_QPA_PLATFORM="offscreen", LD_LIBRARY_PATH=without(tmp_path, "libz.so.1"))
    assert said.startswith("Qt cannot be loaded: ")
    assert "libz.so.1" in said


@pytest.mark.parametrize("variable", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_a_display_that_does_not_answer_is_named(variable: str, tmp_path: Path):
    said = started(XDG_RUNTIME_DIR=str(tmp_path), **{variable: ":87"})
    if said.startswith("Qt needs"):
        pytest.skip(said)
    assert f":87' ({variable}) does not answer" in said


def test_a_platform_that_qt_does_not_have_is_named():
    assert started(QT_QPA_PLATFORM="cinema").startswith("Qt has no platform 'cinema'")


@pytest.mark.parametrize("platform", ["eglfs", "linuxfb", "minimalegl"])
def test_a_platform_that_finds_no_screen_is_named_and_nothing_aborts(platform: str):
    if asked(QT_QPA_PLATFORM=platform) == "":
        pytest.skip("this machine has such a screen")
    assert f"platform '{platform}' finds no screen here" in started(QT_QPA_PLATFORM=platform)


def test_x_without_a_display_says_how_to_get_one():
    said = started(QT_QPA_PLATFORM="xcb")
    if said.startswith("Qt needs"):
        pytest.skip(said)
    assert "xvfb-run" in said


def test_without_pyside_it_says_how_to_install_it(tmp_path: Path):
    (tmp_path / "PySide6.py").write_text("raise ModuleNotFoundError('PySide6')")
    said = started(QT_QPA_PLATFORM="offscreen", PYTHONPATH=str(tmp_path))
    assert said.endswith("pip install PySide6-Essentials")


@pytest.mark.parametrize(
    "platform", ["offscreen", "minimal", "offscreen:enable_fonts", "cinema;offscreen"]
)
def test_where_a_window_can_be_nothing_is_said(platform: str):
    assert asked(QT_QPA_PLATFORM=platform) == ""


def test_one_working_display_of_two_is_enough(tmp_path: Path):
    said = asked(QT_QPA_PLATFORM="xcb;offscreen", DISPLAY=":87")
    assert said == ""


def test_every_library_is_one_that_qt_really_needs():
    """Also those that come with others: a package named for nothing would be a wrong advice."""
    import PySide6

    folder = Path(PySide6.__path__[0]) / "Qt"
    needed = b"".join(
        file.read_bytes()
        for pattern in (
            "lib/libQt6Gui.so.6",
            "lib/libQt6DBus.so.6",
            "plugins/platforms/libq[wx]*.so",
        )
        for file in folder.glob(pattern)
    )
    for library in (*QT, *XCB, *WAYLAND):
        assert re.search(re.escape(library).encode(), needed), library
