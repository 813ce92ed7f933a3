"""The line above the panels: says one thing at a time, and falls silent when it no longer holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

from gui.widgets.pieces import Notice, Severity

About = Literal["", "an edit", "a file", "the engine"]
"""What a message is about, and so what ends it: the next edit, saving or opening, an engine that answers."""


class Sayer(Protocol):
    """Shows a line: its severity, its text, a button with what it does, and what it is about."""

    def __call__(
        self,
        severity: Severity,
        text: str,
        action: str = "",
        run: Callable[[], object] | None = None,
        about: About = "",
    ) -> None: ...


class Messages:
    """Shows messages in a Notice, with at most one thing to do about each."""

    def __init__(self, notice: Notice) -> None:
        self._notice = notice
        self._about: About = ""
        self._run: Callable[[], object] | None = None
        notice.acted.connect(self._act)

    def say(
        self,
        severity: Severity,
        text: str,
        action: str = "",
        run: Callable[[], object] | None = None,
        about: About = "",
    ) -> None:
        """Say something in place of what was said before."""
        self._run, self._about = run, about
        self._notice.show_message(severity, text, action if run else "")

    def over(self, about: About) -> None:
        """What was said about this no longer holds."""
        if self._about == about:
            self._notice.hide()

    def _act(self) -> None:
        run, self._run = self._run, None
        self._notice.hide()
        if run is not None:
            run()
