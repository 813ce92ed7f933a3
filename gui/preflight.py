"""Can there be a window here? Qt aborts the whole process when it cannot start, so this looks before it is asked."""

from __future__ import annotations

import os
import sys

PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
"""What a window on X needs beside PySide6, by the package of Debian and Ubuntu that has it."""

FOR_ALL, FOR_X = tuple(PACKAGES)[:6], tuple(PACKAGES)[6:]


def problem() -> str:
    """Why no window can be opened and what to install, in a line; "" where one can."""
    if not sys.platform.startswith("linux"):
        return _import_problem()
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    on_x = bool(os.environ.get("DISPLAY"))
    if not platform and not on_x and not os.environ.get("WAYLAND_DISPLAY"):
        return (
            "there is no display here: start it in a desktop session, or with xvfb-run on a server "
            "(apt-get install xvfb); the subcommands new, check, summary and export need no display"
        )
    # Qt itself is the quickest to say that its libraries are there; those for X it would look for too late.
    why = _import_problem()
    wanted = (*(FOR_ALL if why else ()), *(FOR_X if _uses_x(platform, on_x) else ()))
    missing = [library for library in wanted if not _loads(library)]
    if missing:
        packages = " ".join(PACKAGES[library] for library in missing)
        return f"Qt needs {', '.join(missing)}: apt-get install {packages}"
    return why or _display_problem(platform, on_x)


def _uses_x(platform: str, on_x: bool) -> bool:
    return platform.startswith("xcb") or (
        not platform and on_x and not os.environ.get("WAYLAND_DISPLAY")
    )


def _loads(library: str) -> bool:
    import ctypes

    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _import_problem() -> str:
    """Why PySide6 cannot be imported; "" where it can."""
    try:
        from PySide6 import QtWidgets
    except ImportError as error:
        what = str(error).split(":")[0]
        if "PySide6" in what:
            return "PySide6 is not installed in this environment: pip install PySide6-Essentials"
        return (
            f"Qt cannot be loaded, {what} is missing: install it with your system's package manager"
        )
    return (
        ""
        if QtWidgets
        else "PySide6 is incomplete: pip install --force-reinstall PySide6-Essentials"
    )


def _display_problem(platform: str, on_x: bool) -> str:
    """Why the X server named by DISPLAY does not answer; "" where it does or is not used."""
    if not _uses_x(platform, on_x):
        return ""
    import ctypes

    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return "Qt needs libxcb.so.1: apt-get install libxcb1"
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    refused = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    if refused:
        return f"the display {os.environ.get('DISPLAY', '')!r} does not answer; is the desktop session running?"
    return ""
