"""Work that a crash left, brought back into a window; the saved state stays one click away, and back again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from engine.design.error import DesignError
from gui.document import Document
from gui.files import Sayer
from gui.recovery import Recovery, Rescued, discard


def bring_back(
    work: Rescued,
    document: Document,
    recovery: Recovery,
    say: Sayer,
    show_start: Callable[[], None],
) -> None:
    """Show the work as unsaved, say so, and forget the old file once the work is kept anew."""
    document.recover(work.project, work.path)
    if recovery.flush():
        discard(work)
    path = work.path
    if path is None or not path.is_file():
        _tell(say, document.state.title, _tr("Start something else"), show_start)
        return

    def go_back() -> None:
        try:
            document.open(path)
        except DesignError as error:
            say("danger", _tr("{name} was not opened: {why}").format(name=path.name, why=error),
                about="a file")  # fmt: skip
            return
        text = _tr("{name} is as it was saved.").format(name=path.name)
        say("note", text, _tr("Bring the recovered work back"), recover, about="a file")

    def recover() -> None:
        document.recover(work.project, path)
        _tell(say, path.name, _tr("Go back to the saved state"), go_back)

    _tell(say, path.name, _tr("Go back to the saved state"), go_back)


def _tell(say: Sayer, name: str, action: str, run: Callable[[], None]) -> None:
    text = _tr("Unsaved work on {name} was recovered after the window ended unexpectedly.")
    say("note", text.format(name=name), action, run, about="a file")


def _tr(text: str) -> str:
    return QCoreApplication.translate("rescue", text)
