"""Pictures and numbers saved where a person says, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.design.error import DesignError
from engine.files.store import atomic_save
from gui.preferences import Preferences

TITLES = {"png": "PNG", "svg": "SVG", "csv": "CSV", "npy": "NPY"}


class Savable(Protocol):
    """A widget that can leave as a file; `save_requested` says as which kind."""

    def exported(self, kind: str) -> bytes: ...


def ask_and_save(parent: QWidget, name: str, kind: str, content: Callable[[], bytes]) -> str:
    """Ask where to, write, and say what came of it in a sentence; "" when the person thought better of it."""
    say = QCoreApplication.translate
    preferences = Preferences()
    suggested = str(Path(preferences.folder) / f"{name}.{kind}")
    title = say("saving", "Save as {kind}").format(kind=TITLES[kind])
    chosen, _ = QFileDialog.getSaveFileName(parent, title, suggested, f"{TITLES[kind]} (*.{kind})")
    if not chosen:
        return ""
    path = Path(chosen)
    path = path if path.suffix else path.with_suffix(f".{kind}")
    try:
        atomic_save(path, content())
    except DesignError as error:
        return str(error)
    preferences.folder = str(path.parent)
    return say("saving", "{name} is written.").format(name=path.name)
