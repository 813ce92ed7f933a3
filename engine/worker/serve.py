"""How the worker takes requests from its pipe and answers them, one after the other.

One thread listens, one beats, and the thread that calls `serve` computes. What answers a request is
a row of a table (`answers.py`) that is passed in: nothing here loads torch or knows a request.
"""

from __future__ import annotations

import os
import platform
import re
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from engine.design.error import DesignError
from engine.worker.frames import FrameReader, encode
from engine.worker.protocol import (
    PROTOCOL,
    Beat,
    Cancel,
    Dropped,
    Failure,
    Hello,
    Ping,
    Progress,
    ProtocolError,
    Ready,
    Reply,
    Request,
    Result,
    Started,
    Warm,
)

BEAT_S = 1.0
WARM_AFTER_S = 0.3
"""So long nothing must have been asked before the worker spends time on warming up."""

REPORTS_A_SECOND = 30

Send: TypeAlias = Callable[[Reply], None]


class Cancelled(Exception):
    """Raised in the middle of an answer that nobody waits for any more."""


class Job:
    """A request that waits or is being answered, and the way back for what is reported of it."""

    def __init__(self, request: Request, send: Send) -> None:
        self.request = request
        self._send = send
        self._cancelled = threading.Event()
        self._next_report = 0.0

    def cancel(self) -> None:
        self._cancelled.set()

    def report(self, done: int, total: int, text: str = "") -> None:
        """Say how far the answer is, at most 30 times a second; a long answer calls this often.

        Raises Cancelled when nobody waits for the answer any more.
        """
        if self._cancelled.is_set():
            raise Cancelled
        now = time.monotonic()
        if now >= self._next_report or done == total:
            self._next_report = now + 1 / REPORTS_A_SECOND
            self._send(Progress(self.request.request, done, total, text))


@dataclass(frozen=True, slots=True)
class Answer:
    """What answers one type of request; `activity` completes "The engine is busy with ..."."""

    activity: str
    call: Callable[[Any, Job], Result]


Answers: TypeAlias = Mapping[type[Request], Answer]


class Background(Protocol):
    """What goes on by itself between two answers, a short piece at once."""

    @property
    def activity(self) -> str:
        """What there is to be done, as in `Answer`; "" where there is nothing."""
        ...

    def work(self, send: Send) -> None:
        """A piece of it, of a few milliseconds; never raises."""
        ...

    def close(self) -> None:
        """Nobody waits for it any more: keep what is to be kept."""
        ...


@dataclass(frozen=True, slots=True)
class Service:
    """What a worker offers once it is loaded; requests are answered between two pieces of `background` or `warm_up`."""

    ready: Ready
    answers: Answers
    warm_up: Sequence[Callable[[], object]] = ()
    background: Background | None = None


class Outbox:
    """The way to the window; what is sent after it has gone is lost without a word."""

    def __init__(self, sink: int) -> None:
        self._sink = sink
        self._one_at_a_time = threading.Lock()

    def send(self, reply: Reply) -> None:
        """Raises ProtocolError when the reply is no message or too long; then nothing was sent."""
        rest = memoryview(encode(reply))
        with self._one_at_a_time:
            try:
                while rest:
                    rest = rest[os.write(self._sink, rest) :]
            except OSError:
                return  # The end of standard input will say the same and end the worker.


class Inbox:
    """The requests that wait, and the one that is being answered."""

    def __init__(self, send: Send) -> None:
        self.activity = ""
        self.closed = threading.Event()
        self._send = send
        self._changed = threading.Condition()
        self._waiting: list[Job] = []
        self._current: Job | None = None

    def put(self, message: Request | Cancel) -> None:
        """Queue a request, in the place of the one it supersedes, or forget one."""
        match message:
            case Cancel(request=number):
                dropped = self._forgotten(number)
            case _:
                dropped = self._superseded_by(message)
        if dropped is not None:
            self._send(Dropped(dropped.request.request))

    def take(self, timeout_s: float | None = None) -> Job | None:
        """The next request; None when none comes in time, or ever."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self.closed.is_set(), timeout_s)
            comes = self._waiting and not self.closed.is_set()
            self._current = self._waiting.pop(0) if comes else None
            return self._current

    def close(self) -> None:
        """Nobody waits for anything any more."""
        with self._changed:
            self.closed.set()
            if self._current is not None:
                self._current.cancel()
            self._changed.notify_all()

    def _superseded_by(self, request: Request) -> Job | None:
        job = Job(request, self._send)
        with self._changed:
            for place, older in enumerate(self._waiting):
                same_kind = type(older.request) is type(request)
                if request.channel and same_kind and older.request.channel == request.channel:
                    self._waiting[place] = job
                    return older
            self._waiting.append(job)
            self._changed.notify_all()
        return None

    def _forgotten(self, number: int) -> Job | None:
        with self._changed:
            for place, job in enumerate(self._waiting):
                if job.request.request == number:
                    return self._waiting.pop(place)
            if self._current is not None and self._current.request.request == number:
                self._current.cancel()
        return None


def listen(source: int, inbox: Inbox, send: Send) -> None:
    """Put what comes through the pipe into the inbox until the pipe ends; then close the inbox."""
    reader = FrameReader()
    try:
        while chunk := os.read(source, 2**20):
            for message in reader.feed(chunk):
                if not isinstance(message, Request | Cancel):
                    raise ProtocolError(f"{type(message).__name__} is not for the worker")
                inbox.put(message)
    except ProtocolError as error:
        send(Failure(0, f"The engine did not understand the window: {error}."))
    except OSError:
        traceback.print_exc()
    finally:
        inbox.close()


def beat(inbox: Inbox, send: Send) -> None:
    """Say each second that the worker lives, and what it is busy with."""
    send(Beat(inbox.activity))
    while not inbox.closed.wait(BEAT_S):
        send(Beat(inbox.activity))


def serve(service: Service, inbox: Inbox, send: Send) -> None:
    """Answer requests until the inbox is closed; between them go on with the background, and warm up."""
    answers = {**_ALWAYS, **service.answers}
    cold = deque(service.warm_up)
    background = service.background
    inbox.activity = ""
    send(service.ready)
    while not inbox.closed.is_set():
        goes_on = background is not None and bool(background.activity)
        job = inbox.take(0 if goes_on else WARM_AFTER_S if cold else None)
        if job is not None:
            _answer(job, answers, inbox, send)
        # After every answer too, so that many questions never bring it to a stop.
        if background is not None and background.activity and not inbox.closed.is_set():
            inbox.activity = background.activity
            background.work(send)
            inbox.activity = ""
        elif job is None and cold and not inbox.closed.is_set():
            _warm_up(cold.popleft(), inbox)
            if not cold:
                send(Warm())
    if background is not None:
        background.close()


def _answer(job: Job, answers: Answers, inbox: Inbox, send: Send) -> None:
    number = job.request.request
    answer = answers.get(type(job.request))
    if answer is None:
        send(Failure(number, f"The engine knows no answer to {type(job.request).__name__}."))
        return
    inbox.activity = answer.activity
    send(Started(number, answer.activity))
    try:
        send(answer.call(job.request, job))
    except Cancelled:
        send(Dropped(number))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - no answer may end the worker
        traceback.print_exc()
        send(Failure(number, failure_sentence(error, answer.activity)))
    finally:
        inbox.activity = ""


def _warm_up(step: Callable[[], object], inbox: Inbox) -> None:
    inbox.activity = "warming up"
    try:
        step()
    except Exception:  # noqa: BLE001 - who never trains needs no warm worker
        traceback.print_exc()
    finally:
        inbox.activity = ""


def failure_sentence(error: BaseException, activity: str) -> str:
    """What a person reads when an answer failed: one line, never a traceback."""
    match error:
        case DesignError() | ProtocolError():
            return str(error)
        case MemoryError():
            return _memory_sentence(activity, "")
        case RuntimeError() if "allocate memory" in str(error) or "enough memory" in str(error):
            return _memory_sentence(activity, str(error))
        case _:
            what = str(error).strip().partition("\n")[0]
            name = type(error).__name__
            return f"The engine failed while {activity}: {name}: {what}".removesuffix(": ")


def _memory_sentence(activity: str, message: str) -> str:
    """How much torch wanted at once stands in its message: "you tried to allocate 8 bytes"."""
    wanted = re.search(r"allocate (\d+) bytes", message)
    amount = f" ({int(wanted[1]) / 1e9:.1f} GB more were needed)" if wanted else ""
    return (
        f"There is not enough memory for {activity}{amount}. "
        "Use a smaller batch or smaller layers, or close other programs."
    )


def _hello(request: Hello, job: Job) -> Result:
    if request.protocol != PROTOCOL:
        raise ProtocolError(
            "Layerloom was updated while this window was open: "
            f"the window speaks protocol {request.protocol}, the engine {PROTOCOL}. "
            "Save your work, close the window and open it again."
        )
    about = {"protocol": PROTOCOL, "python": platform.python_version(), "process": os.getpid()}
    return Result(request.request, about)


def _ping(request: Ping, job: Job) -> Result:
    return Result(request.request)


_ALWAYS: Answers = {
    Hello: Answer("saying hello", _hello),
    Ping: Answer("answering", _ping),
}
