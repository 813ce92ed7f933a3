"""The requests that the worker has not answered yet, and whom to tell when it has."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from engine.worker.protocol import Cancel, Dropped, Failure, Progress, Request, Result, Started

T = TypeVar("T")

DEATHS_OF_ONE = 2
"""A request that so many workers died of is not asked again."""


@dataclass(frozen=True, slots=True)
class Callbacks:
    """Whom to tell. Never called while asking, nor after the answer, `cancel` or being superseded."""

    on_result: Callable[[Result], None]
    on_failure: Callable[[str], None]
    on_progress: Callable[[Progress], None] | None = None


@dataclass(slots=True)
class _Open:
    request: Request
    callbacks: Callbacks
    deaths: int = 0


class Ticket:
    """The right to change one's mind about a request."""

    def __init__(self, requests: OpenRequests, number: int) -> None:
        self._requests = requests
        self.number = number

    @property
    def is_open(self) -> bool:
        """Whether an answer may still come."""
        return self.number in self._requests

    def cancel(self) -> None:
        """From now on no callback is called; after the answer this does nothing."""
        self._requests.forget(self.number)


class OpenRequests:
    """Keeps requests in the order in which they were asked, for this worker and the next one.

    `send` brings a message to the worker of the moment, if there is one, and raises nothing.
    """

    def __init__(self, send: Callable[[Request | Cancel], None]) -> None:
        self.current: int | None = None
        """The request that the worker is working on."""
        self._send = send
        self._last_number = 0
        self._open: dict[int, _Open] = {}

    def __contains__(self, number: int) -> bool:
        return number in self._open

    def ask(self, request: Request, channel: str, callbacks: Callbacks) -> Ticket:
        """Number the request and send it."""
        self._last_number += 1
        numbered = replace(request, request=self._last_number, channel=channel)
        self._open[self._last_number] = _Open(numbered, callbacks)
        self._send(numbered)
        return Ticket(self, self._last_number)

    def forget(self, number: int) -> None:
        if self._open.pop(number, None) is not None:
            self._send(Cancel(number))

    def forget_all(self) -> None:
        self._open.clear()

    def ask_again(self) -> None:
        """Send everything that is open to a new worker."""
        for each in tuple(self._open.values()):
            self._send(each.request)

    def hear(self, reply: Started | Progress | Result | Failure | Dropped) -> None:
        """Tell whoever waits for it what the worker says of a request."""
        match reply:
            case Started():
                self.current = reply.request
            case Progress():
                waiting = self._open.get(reply.request)
                if waiting is not None and waiting.callbacks.on_progress is not None:
                    _call(waiting.callbacks.on_progress, reply)
            case Result():
                if (done := self._ended(reply.request)) is not None:
                    _call(done.on_result, reply)
            case Failure():
                if (done := self._ended(reply.request)) is not None:
                    _call(done.on_failure, reply.sentence)
            case Dropped():
                self._ended(reply.request)

    def _ended(self, number: int) -> Callbacks | None:
        if self.current == number:
            self.current = None
        done = self._open.pop(number, None)
        return None if done is None else done.callbacks

    def bury(self, sentence: str) -> None:
        """The worker died; a request that it died of once too often fails with this sentence."""
        suspect = self._open.get(self.current) if self.current is not None else None
        if suspect is not None:
            suspect.deaths += 1
            if suspect.deaths >= DEATHS_OF_ONE:
                self.hear(Failure(suspect.request.request, sentence))
        self.current = None

    def fail_current(self, sentence: str) -> None:
        if self.current is not None:
            self.hear(Failure(self.current, sentence))

    def fail_all(self, sentence: str) -> None:
        for number in tuple(self._open):
            self.hear(Failure(number, sentence))


def _call(callback: Callable[[T], None], value: T) -> None:
    """One panel's mistake is reported like any in a slot, and does not cost the others a reply."""
    try:
        callback(value)
    except Exception as error:  # noqa: BLE001 - see above
        sys.excepthook(type(error), error, error.__traceback__)
