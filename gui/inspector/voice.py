"""How the parts of the inspector speak to the window."""

from __future__ import annotations

from collections.abc import Callable

from engine.design.project import ProjectEdit
from engine.design.value import value
from gui.asking import Ask


@value
class Voice:
    """What a part may say: an edit it wishes, the end of a drag, a command, another selection, a question."""

    wish: Callable[[ProjectEdit], None]
    seal: Callable[[], None]
    command: Callable[[str], None]
    select: Callable[[tuple[int, ...]], None]
    ask: Ask
