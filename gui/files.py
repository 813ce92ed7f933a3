"""Opening and saving: what is asked, what is remembered, and what is said when it fails."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

import resources
from engine.design.error import DesignError
from engine.files import store
from gui.document import ChangedOnDisk, Document, read
from gui.messages import Sayer
from gui.preferences import Preferences
from gui.saving import ask_path, file_name

SUFFIX = ".loom"


class Files(QObject):
    """The window's dealings with project files."""

    def __init__(
        self, window: QWidget, document: Document, preferences: Preferences, say: Sayer
    ) -> None:
        super().__init__(window)
        self._window = window
        self._document = document
        self._preferences = preferences
        self._say = say

    def open(self, path: Path) -> bool:
        """Open a file; a line says why it could not be."""
        try:
            found = read(path)
        except DesignError as error:
            self._preferences.forget_recent(path)
            text = self.tr("{name} was not opened: {why}").format(name=path.name, why=error)
            self._say("danger", text, about="a file")
            return False
        if not self.may_leave():
            return False
        self._document.take(*found)
        self._remember(path)
        return True

    def ask_open(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("Open a project"), self._preferences.folder,
            self.tr("Layerloom projects (*.loom);;All files (*)"),
        )  # fmt: skip
        if chosen:
            self.open(Path(chosen))

    def start_from(self, sample: str) -> bool:
        """Go on with a copy of a template; it has no file yet."""
        if not self.may_leave():
            return False
        try:
            project = store.load(resources.path("samples", f"{sample}{SUFFIX}"))
        except (DesignError, FileNotFoundError) as error:
            self._say("danger", str(error))
            return False
        self._document.start(project)
        self._preferences.last = None
        return True

    def save(self) -> bool:
        """Save where the project came from, or ask. False when it is not on the disk afterwards."""
        path = self._document.state.path
        return self.ask_save() if path is None else self.save_to(path)

    def ask_save(self) -> bool:
        state = self._document.state
        name = state.path.name if state.path else f"{file_name(state.network.name).lower()}{SUFFIX}"
        suggested = str(Path(self._preferences.folder) / name)
        path = ask_path(
            self._window, self.tr("Save the project"), suggested,
            self.tr("Layerloom projects (*.loom)"), SUFFIX,
        )  # fmt: skip
        return path is not None and self.save_to(path, even_if_changed=True)

    def save_to(self, path: Path, even_if_changed: bool = False) -> bool:
        """Write the project to a file; a line says what came of it."""
        try:
            self._document.save(path, even_if_changed)
        except ChangedOnDisk:
            self._say(
                "warning",
                self.tr("{name} was changed by another program since it was opened; it was not saved, so "
                        "that nothing is lost. Save under another name, or").format(name=path.name),
                self.tr("Overwrite it"),
                lambda: self.save_to(path, even_if_changed=True),
                about="a file",
            )  # fmt: skip
            return False
        except DesignError as error:
            save_as = self.tr("Save as…")
            self._say("danger", str(error), save_as, lambda: self.ask_save(), about="a file")
            return False
        self._remember(path)
        return True

    def may_leave(self) -> bool:
        """Whether the present project may be left: it is saved, was never changed, or the person says so."""
        state = self._document.state
        if not state.is_changed:
            return True
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(self.tr("Save the changes to {name}?").format(name=state.title))
        box.setInformativeText(self.tr("Without saving they are lost."))
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        match box.exec():
            case buttons.Save:
                return self.save()
            case buttons.Discard:
                return True
            case _:
                return False

    def _remember(self, path: Path) -> None:
        self._preferences.add_recent(path)
        self._preferences.last = path
        self._preferences.folder = str(path.parent)
