"""What the open design is compared with, and the comparison itself, worked out in a thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Thread

from PySide6.QtCore import QObject, QTimer

import resources
from engine.design.error import DesignError
from engine.design.tree import Network
from engine.design.tuples import NamedTuple
from engine.design.value import value
from engine.files import store
from engine.source.line_diff import DiffLine, line_diff
from engine.views.comparison import Comparison, compare
from engine.views.matching import aligned, by_id

POLL_MS = 15


@value
class Saved:
    """The design as it was last saved; it shares its nodes with what edits have made of it."""

    network: Network


@value
class Template:
    """A network of the gallery, by its key."""

    name: str


@value
class File:
    """Another project file, or a Python file with a network in it."""

    path: Path


Source = Saved | Template | File


class Code(NamedTuple):
    """The lines that tell the written classes apart, or why one of them cannot be written."""

    lines: tuple[DiffLine, ...]
    why_not: str = ""


class Compared(NamedTuple):
    """All that the dialog shows of one comparison."""

    comparison: Comparison
    code: Code


Answer = Compared | DesignError


def compared(source: Source, network: Network) -> Compared:
    """What tells the open design from another one. Raises DesignError where that cannot be read."""
    match source:
        case Saved():
            other, match = source.network, by_id
        case Template():
            other, match = (
                store.load(resources.path("samples", f"{source.name}.loom")).network,
                aligned,
            )
        case File():
            other, match = read(source.path), aligned
    return Compared(compare(other, network, match), _code(other, network))


def read(path: Path) -> Network:
    """The network of a file: a project, or Python where its name says so. Raises DesignError."""
    if path.suffix.lower() != ".py":
        return store.load(path).network
    from engine import read_module

    content = store.read_bytes(path, store.LARGEST_FILE)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DesignError("this file is no text in UTF-8") from None
    return read_module(text)


def _code(other: Network, network: Network) -> Code:
    from engine import write_module

    try:
        return Code(line_diff(write_module(other), write_module(network)))
    except DesignError as error:
        return Code((), str(error))


class Comparing(QObject):
    """Works out one comparison at a time; a new question takes the one before back.

    Everything it works on is a value, so that the thread needs no lock, and it may end when nobody waits any more.
    """

    def __init__(self, parent: QObject, show: Callable[[Answer], None]) -> None:
        super().__init__(parent)
        self._show = show
        self._answers: list[Answer] = []
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._look)

    def begin(self, source: Source, network: Network) -> None:
        """Start; `show` is called with what comes of it."""
        answers: list[Answer] = []
        self._answers = answers
        work = Thread(
            target=_answer, args=(source, network, answers), name="comparison", daemon=True
        )
        work.start()
        self._timer.start()

    def _look(self) -> None:
        if self._answers:
            self._timer.stop()
            self._show(self._answers[0])


def _answer(source: Source, network: Network, answers: list[Answer]) -> None:
    try:
        answers.append(compared(source, network))
    except DesignError as error:
        answers.append(error)
