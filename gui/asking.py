"""How panels ask the worker, without knowing its process."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from engine.worker.protocol import Progress, Request, Result


class Ticket(Protocol):
    """A question under way."""

    def cancel(self) -> None:
        """Nobody waits for the answer any more; no callback is called."""
        ...


class Ask(Protocol):
    """Brings a request to the worker; one of the callbacks is called later, never within."""

    def __call__(
        self,
        request: Request,
        on_result: Callable[[Result], None],
        on_failure: Callable[[str], None],
        channel: str = "",
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Ticket: ...
