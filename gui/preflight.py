"""Can there be a window here? Qt aborts the whole process when it cannot start, so this looks before it is asked."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

QT = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
"""What Qt needs in any window beside its own wheel, by the package of Debian and Ubuntu that has it."""

XCB = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
WAYLAND = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}

NO_DISPLAY = (
    "there is no display here; start it in a desktop session, or on a server under xvfb-run "
    "(apt-get install xvfb); the commands new, check, summary and export need no display"
)


def problem() -> str:
    """Why no window can be opened and what to install, in a line; "" where one can."""
    if not sys.platform.startswith("linux"):
        return _import_problem()
    platforms = _platforms(os.environ)
    if not platforms:
        return NO_DISPLAY
    # Importing what a window needs anyway is the quickest way to know that all is there.
    if why := _import_problem():
        return _missing(QT) or why
    return _first_problem(platforms)


def _platforms(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The platforms that Qt will try, in its order (QGuiApplicationPrivate::createPlatformIntegration)."""
    if chosen := environment.get("QT_QPA_PLATFORM"):
        return tuple(each.partition(":")[0].strip() for each in chosen.split(";"))
    session = environment.get("XDG_SESSION_TYPE") == "wayland"
    wayland = bool(environment.get("WAYLAND_DISPLAY")) or session
    found = {"wayland": wayland, "xcb": bool(environment.get("DISPLAY"))}
    return tuple(name for name, there in found.items() if there)


def _first_problem(platforms: Iterable[str]) -> str:
    """What is wrong with the first platform; "" where one of them works."""
    problems: list[str] = []
    for name in platforms:
        if not (found := _platform_problem(name)):
            return ""
        problems.append(found)
    return problems[0]


def _platform_problem(name: str) -> str:
    known = _NEEDS.get(name.partition("-")[0])
    libraries, unanswered = known or ({}, partial(_does_not_start, name))
    plugin = _folder() / f"libq{name}.so"
    if not plugin.exists():
        files = {
            file.stem.removeprefix("libq"): file for file in sorted(_folder().glob("libq*.so"))
        }
        same = [file for known, file in files.items() if known.split("-")[0] == name.split("-")[0]]
        elsewhere = os.environ.get("QT_QPA_PLATFORM_PLUGIN_PATH") or os.environ.get(
            "QT_PLUGIN_PATH"
        )
        if not same and files and not elsewhere:
            return f"Qt has no platform {name!r}; set QT_QPA_PLATFORM to one of {', '.join(files)}, or to nothing"
        if not same:
            return _missing(libraries) or unanswered()
        plugin = same[0]
    # What loads lacks nothing.
    if error := _plugin_error(plugin):
        return _missing(libraries) or _cannot_load(error)
    return unanswered()


def _folder() -> Path:
    """Where Qt has its platforms."""
    from PySide6.QtCore import QLibraryInfo

    return Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms"


def _plugin_error(plugin: Path) -> str:
    """Why a plugin cannot be loaded; "" where it can. By Qt, which is there already, as ctypes is slow to import."""
    from PySide6.QtCore import QLibrary

    return "" if QLibrary(str(plugin)).load() else _load_error(str(plugin))


def _missing(libraries: Mapping[str, str]) -> str:
    """Which libraries are missing and the packages that have them; "" where all are there."""
    errors = [error for library in libraries if (error := _load_error(library))]
    if not errors:
        return ""
    # One that is there may lack another: the error begins with the name of the one that is wanting.
    missing = list(dict.fromkeys(Path(error.partition(":")[0]).name for error in errors))
    if not all(name in libraries for name in missing):
        return _cannot_load(errors[0])
    packages = " ".join(libraries[library] for library in missing)
    return f"Qt needs {', '.join(missing)}; on Debian or Ubuntu: apt-get install {packages}"


def _load_error(library: str) -> str:
    import ctypes

    try:
        ctypes.CDLL(library)
    except OSError as error:
        return str(error)
    return ""


def _cannot_load(error: str) -> str:
    return f"Qt cannot be loaded: {error}; install that with your system's package manager"


def _import_problem() -> str:
    """Why PySide6 cannot be imported; "" where it can."""
    # PySide6 itself prints a line about its search path before it raises.
    heard, sys.stderr = sys.stderr, io.StringIO()
    try:
        from PySide6 import QtWidgets
    except ModuleNotFoundError:
        return (
            "PySide6 is missing from this Python; install it with: pip install PySide6-Essentials"
        )
    except ImportError as error:
        return _cannot_load(str(error))
    finally:
        sys.stderr = heard
    del QtWidgets
    return ""


def _no_x_server() -> str:
    """Why the X server that DISPLAY names cannot be used; "" where it answers."""
    import ctypes

    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    refused = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    if not refused:
        return ""
    display = os.environ.get("DISPLAY", "")
    if not display:
        return NO_DISPLAY
    return f"the display {display!r} (DISPLAY) does not answer; is that desktop session running, and yours?"


def _no_wayland() -> str:
    """Why the compositor that WAYLAND_DISPLAY names cannot be used; "" where it answers."""
    import socket

    display = os.environ.get("WAYLAND_DISPLAY", "wayland-0")
    place = Path(os.environ.get("XDG_RUNTIME_DIR", "/nowhere"), display)
    with socket.socket(socket.AF_UNIX) as compositor:
        try:
            compositor.connect(str(place))
        except OSError:
            return f"the display {str(place)!r} (WAYLAND_DISPLAY) does not answer; is that desktop session running?"
    return ""


def _nothing() -> str:
    return ""


START = """
import resource
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
from PySide6.QtGui import QGuiApplication
application = QGuiApplication([])
raise SystemExit(not application.screens())
"""


def _does_not_start(name: str) -> str:
    """Why one of Qt's rarer platforms cannot be used; "" where it starts. In a process of its own, as it may abort."""
    import subprocess

    try:
        done = subprocess.run(
            [sys.executable, "-c", START], env=os.environ | {"QT_QPA_PLATFORM": name},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=30, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    if done.returncode == 0:
        return ""
    return f"Qt's platform {name!r} finds no screen here; set QT_QPA_PLATFORM to another one, or to nothing"


_NEEDS: Mapping[str, tuple[Mapping[str, str], Callable[[], str]]] = {
    "xcb": (XCB, _no_x_server),
    "wayland": (WAYLAND, _no_wayland),
    "offscreen": ({}, _nothing),
    "minimal": ({}, _nothing),
}
"""By platform: its libraries, and what asks its server. Others are tried."""
