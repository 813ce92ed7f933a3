"""Pictures and numbers saved where a person says, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from engine.design.error import DesignError
from engine.files.store import atomic_save
from gui.preferences import Preferences

TITLES = {"png": "PNG", "svg": "SVG", "csv": "CSV", "npy": "NPY"}


class Savable(Protocol):
    """A widget that can leave as a file; `save_requested` says as which kind."""

    def exported(self, kind: str) -> bytes: ...


def file_name(name: str) -> str:
    """The name of a network or layer, which may hold anything, as one that a file can have."""
    kept = "".join(letter if letter.isalnum() or letter in "-_. " else "_" for letter in name[:60])
    return kept.strip(". ") or "unnamed"


def ask_path(parent: QWidget, title: str, suggested: str, kinds: str, suffix: str) -> Path | None:
    """Where a person wants to save something, its name ending in the suffix; None when they thought better of it.

    The system's own dialog asks before it overwrites what was typed, but does not know what the suffix makes of it.
    """
    chosen, _ = QFileDialog.getSaveFileName(parent, title, suggested, kinds)
    if not chosen or chosen.lower().endswith(suffix):
        return Path(chosen) if chosen else None
    path = Path(chosen + suffix)
    return path if not path.exists() or _may_overwrite(parent, path) else None


def _may_overwrite(parent: QWidget, path: Path) -> bool:
    say = QCoreApplication.translate
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(say("saving", "{name} is there already. Overwrite it?").format(name=path.name))
    buttons = QMessageBox.StandardButton
    box.setStandardButtons(buttons.Yes | buttons.Cancel)
    box.button(buttons.Yes).setText(say("saving", "Overwrite it"))
    box.setDefaultButton(buttons.Cancel)
    return box.exec() == buttons.Yes


def ask_and_save(parent: QWidget, name: str, kind: str, content: Callable[[], bytes]) -> str:
    """Ask where to, write, and say what came of it in a sentence; "" when the person thought better of it."""
    say = QCoreApplication.translate
    preferences = Preferences()
    suggested = str(Path(preferences.folder) / f"{file_name(name)}.{kind}")
    title = say("saving", "Save as {kind}").format(kind=TITLES[kind])
    path = ask_path(parent, title, suggested, f"{TITLES[kind]} (*.{kind})", f".{kind}")
    if path is None:
        return ""
    try:
        atomic_save(path, content())
    except DesignError as error:
        return str(error)
    preferences.folder = str(path.parent)
    return say("saving", "{name} is written.").format(name=path.name)
