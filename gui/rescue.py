"""Work that a crash left, brought back into a window; the saved state stays one click away, and back again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from engine.design.error import DesignError
from gui.document import Document
from gui.files import Files
from gui.messages import Sayer
from gui.recovery import Recovery, Rescued, discard


class Rescue:
    """All that was left, of which a window shows one at a time; the start page lists the others."""

    def __init__(
        self,
        found: list[Rescued],
        document: Document,
        recovery: Recovery,
        files: Files,
        say: Sayer,
        show_start: Callable[[], None],
    ) -> None:
        self.waiting = found
        """What is not brought back yet, the latest first; it stays on the disk until it is."""
        self._document = document
        self._recovery = recovery
        self._files = files
        self._say = say
        self._show_start = show_start

    def begin(self, asked_for: Path | None) -> None:
        """Bring back the latest, but never in place of another file that was asked for."""
        of_file = [work for work in self.waiting if asked_for is None or work.path == asked_for]
        if of_file:
            self._bring_back(of_file[0])
        elif self.waiting:
            names = ", ".join(work.title for work in self.waiting[:3])
            text = _tr("Unsaved work was recovered after a window ended unexpectedly: {names}.")
            self._say("note", text.format(names=names), _tr("Show it"), self._show_start)

    def choose(self, work: Rescued) -> None:
        """Bring back what a person chose, unless the present project is to stay."""
        if work in self.waiting and self._files.may_leave():
            self._bring_back(work)

    def end(self) -> None:
        """The window ends: what waits is for the next one."""
        for work in self.waiting:
            work.held.release()

    def _bring_back(self, work: Rescued) -> None:
        """Show the work as unsaved, say so, and forget the old file once the work is kept anew."""
        self._document.recover(work.project, work.path)
        if self._recovery.flush():
            self.waiting.remove(work)
            discard(work)
        self._tell(work)

    def _tell(self, work: Rescued) -> None:
        text = _tr("Unsaved work on {name} was recovered after the window ended unexpectedly.")
        text = text.format(name=work.title)
        if self.waiting:
            text += " " + _tr("More of it waits on the start page.")
        if work.path is None or not work.path.is_file():
            self._note(text, _tr("Start something else"), self._show_start)
        else:
            self._note(
                text, _tr("Go back to the saved state"), partial(self._go_back, work, work.path)
            )

    def _go_back(self, work: Rescued, path: Path) -> None:
        document = self._document
        left = document.state.project
        try:
            document.open(path)
        except DesignError as error:
            why = _tr("{name} was not opened: {why}").format(name=path.name, why=error)
            self._say("danger", why, about="a file")
            return

        def recover() -> None:
            document.recover(left, path)
            self._tell(work)

        text = _tr("{name} is as it was saved.").format(name=path.name)
        self._note(text, _tr("Bring the recovered work back"), recover)

    def _note(self, text: str, action: str, run: Callable[[], object]) -> None:
        self._say("note", text, action, run, about="a file")


def _tr(text: str) -> str:
    return QCoreApplication.translate("rescue", text)
