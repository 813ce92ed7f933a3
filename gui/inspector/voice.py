"""How the parts of the inspector speak to the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from engine.design.project import ProjectEdit
from engine.design.value import value
from engine.worker.protocol import Request, Result


class Ask(Protocol):
    """Brings a request to the worker; one of the callbacks is called later (`EngineProcess.ask`)."""

    def __call__(
        self,
        request: Request,
        on_result: Callable[[Result], None],
        on_failure: Callable[[str], None],
        channel: str = "",
    ) -> object: ...


@value
class Voice:
    """What a part may say: an edit it wishes, the end of a drag, a command, another selection, a question."""

    wish: Callable[[ProjectEdit], None]
    seal: Callable[[], None]
    command: Callable[[str], None]
    select: Callable[[tuple[int, ...]], None]
    ask: Ask
