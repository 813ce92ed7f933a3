"""The weights of the run, asked for as they change while somebody sees them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from engine.worker.protocol import Held
from gui.document import Document, State

if TYPE_CHECKING:
    from engine.worker.protocol import Result
    from gui.run.trainer import Trainer

LARGEST = 64 * 64
"""Numbers of the largest matrix that is asked for, to be drawn."""

EVERY_MS = 150


class Weighing(QObject):
    """Asks after a report, no faster than it is answered, and only for the network that is open."""

    weighed = Signal(object)
    """A Result with the weights, or None where they are no longer those of the open design."""

    def __init__(self, trainer: Trainer, document: Document, is_wanted: Callable[[], bool]) -> None:
        super().__init__(trainer)
        self._trainer = trainer
        self._document = document
        self._is_wanted = is_wanted
        self._is_asking = self._is_shown = False
        self._soon = QTimer(self, interval=EVERY_MS, singleShot=True)
        self._soon.timeout.connect(self._ask)
        trainer.told.connect(self._hear)
        trainer.renewed.connect(self._check)
        document.changed.connect(self._follow)

    @property
    def _fits(self) -> bool:
        """Whether the run is of the network that is open."""
        project = self._trainer.run.project
        return project is not None and project.network == self._document.state.network

    def _hear(self, told: object) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _ask(self) -> None:
        if not self._is_asking and self._is_wanted() and self._fits:
            self._is_asking = True
            self._trainer.respond(Held(LARGEST), self._take, self._go_without)

    def _take(self, result: Result) -> None:
        self._is_asking = False
        if self._fits:
            self._is_shown = True
            self.weighed.emit(result)

    def _go_without(self, sentence: str) -> None:
        self._is_asking = False

    def _follow(self, old: State, new: State) -> None:
        if old.network is not new.network:
            self._check()

    def _check(self) -> None:
        """Take back what was shown of another network."""
        if self._is_shown and not self._fits:
            self._is_shown = False
            self.weighed.emit(None)
