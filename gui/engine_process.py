"""The window's side of the worker: asks, is answered later, and outlives the worker's death."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from enum import Enum, auto
from functools import partial
from pathlib import Path
from typing import assert_never

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from engine.worker.protocol import (
    Beat,
    Cancel,
    Dropped,
    Failure,
    Hello,
    Progress,
    ProtocolError,
    Ready,
    Reply,
    Request,
    Result,
    Started,
    Training,
    Warm,
)
from gui.worker.log import WorkerLog
from gui.worker.pipe import COMMAND, WorkerPipe
from gui.worker.requests import Callbacks, OpenRequests, Ticket

SILENCE_S = 10
BUSY_AFTER_MS = 200
"""What is answered sooner never shows as busy, so that nothing flickers."""

PAUSES_MS = (0, 250, 1000, 2000)
"""Before each new start, by how often a worker has died within a minute; then it stays down."""


class State(Enum):
    """What the window can say of its worker."""

    STARTING = auto()
    READY = auto()
    BUSY = auto()
    HUNG = auto()
    """Nothing was heard for 10 s; `replace` helps."""
    GONE = auto()
    """Not started, or died: another is started at once, unless `stopped_because` says why not."""


class EngineProcess(QObject):
    """Keeps one worker alive and brings it requests; every answer comes through the event loop.

    A worker that dies is replaced at once and asked again what it has not answered, except for a
    request that it died of twice. `start` begins, `close` ends.
    """

    ready = Signal(str, str)
    """The worker answers from now on: torch's version and the device."""
    warmed = Signal()
    """The first training step would now start without delay."""
    state_changed = Signal(object)
    """The new State."""
    failed = Signal(str)
    """One sentence for the person: a worker died, or will not be started again."""
    died = Signal()
    """The worker has gone, whatever it was at; another may follow."""
    trained = Signal(object)
    """A Training: how the run goes."""
    closed = Signal()
    """After `close`: the worker has ended."""

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        command: Sequence[str] = COMMAND,
        log: Path | None = None,
        silence_s: int = SILENCE_S,
    ) -> None:
        super().__init__(parent)
        self.activity = ""
        """What the worker is busy with, "" for nothing."""
        self.stopped_because = ""
        """Why no worker is started any more, "" while one is; `restart` tries again."""
        self._command = tuple(command)
        self._log = WorkerLog(log)
        self._silence_s = silence_s
        self._state = State.GONE
        self._pipe: WorkerPipe | None = None
        self._is_loaded = False
        self._is_closing = False
        self._requests = OpenRequests(self._send)
        self._deaths: deque[float] = deque(maxlen=len(PAUSES_MS) + 1)
        self._silent_s = 0
        self._each_second = QTimer(self, interval=1000)
        self._each_second.timeout.connect(self._count_silence)
        self._busy_soon = QTimer(self, interval=BUSY_AFTER_MS, singleShot=True)
        self._busy_soon.timeout.connect(partial(self._show, State.BUSY))
        self._pause = QTimer(self, singleShot=True)
        self._pause.timeout.connect(self._begin)

    @property
    def state(self) -> State:
        return self._state

    @property
    def details(self) -> str:
        """The last 200 lines that workers wrote to their standard error."""
        return self._log.text

    @property
    def process_id(self) -> int:
        """The worker's, 0 where there is none."""
        return 0 if self._pipe is None else self._pipe.process_id

    def start(self) -> None:
        """Start the worker; requests may be asked before."""
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self._end_with_the_application)
        self.restart()

    def restart(self) -> None:
        """Start a worker where there is none and none comes by itself."""
        if self._pipe is None and not self._is_closing:
            self._deaths.clear()
            self._begin()

    def replace(self) -> None:
        """Kill the worker, for it hangs, and start another; what it was at fails, the rest waits."""
        if self._pipe is not None and not self._is_closing:
            self._part_with(self._pipe).kill()
            self._requests.fail_current(
                self.tr("This was not finished, because the engine was replaced.")
            )
            self._begin()

    def close(self) -> None:
        """End the worker within 2 s, without waiting; no callback is called any more."""
        self._is_closing = True
        self._requests.forget_all()
        for timer in (self._each_second, self._busy_soon, self._pause):
            timer.stop()
        if self._pipe is None:
            QTimer.singleShot(0, self, self.closed.emit)
        else:
            self._pipe.close()

    def ask(
        self,
        request: Request,
        on_result: Callable[[Result], None],
        on_failure: Callable[[str], None],
        channel: str = "",
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Ticket:
        """Bring a request to the worker; one of the callbacks is called later, never within.

        On a channel, a request replaces the one of its type that still waits, whose callbacks are
        then never called; one that is being answered already ends first.
        """
        return self._requests.ask(request, channel, Callbacks(on_result, on_failure, on_progress))

    # --- One worker after the other ------------------------------------------------------------

    def _begin(self) -> None:
        self._pause.stop()
        self.stopped_because = ""
        self._silent_s = 0
        pipe = WorkerPipe(self._command, self)
        pipe.received.connect(self._hear)
        pipe.said.connect(self._log.add)
        pipe.ended.connect(self._bury)
        self._pipe = pipe
        self._show(State.STARTING)
        self._each_second.start()
        pipe.start()
        self._send(Hello())
        self._requests.ask_again()

    def _part_with(self, pipe: WorkerPipe) -> WorkerPipe:
        """Hear no more of this worker; the pipe goes when its process has ended."""
        for signal in (pipe.received, pipe.said, pipe.ended):
            signal.disconnect()
        pipe.ended.connect(pipe.deleteLater)
        self._pipe = None
        self._is_loaded = False
        self.activity = ""
        self._each_second.stop()
        self._busy_soon.stop()
        self.died.emit()
        return pipe

    def _bury(self) -> None:
        """The worker has ended: start another, unless that is wished or happens too often."""
        if self._pipe is not None:
            self._part_with(self._pipe).deleteLater()
        if self._is_closing:
            self._show(State.GONE)
            self.closed.emit()
            return
        if self.stopped_because:
            self._stay_down(self.stopped_because)
            return
        deaths = self._deaths_within_a_minute()
        if deaths > len(PAUSES_MS):
            self._stay_down(
                self.tr(
                    "The engine stopped {count} times within a minute and is not started again "
                    "by itself."
                ).format(count=deaths)
            )
            return
        self._show(State.GONE)
        self._requests.bury(self.tr("The engine stopped twice while it worked on this."))
        self.failed.emit(self.tr("The engine stopped unexpectedly and is being started again."))
        self._pause.start(PAUSES_MS[deaths - 1])

    def _deaths_within_a_minute(self) -> int:
        now = time.monotonic()
        self._deaths.append(now)
        return sum(now - each < 60 for each in self._deaths)

    def _stay_down(self, sentence: str) -> None:
        self.stopped_because = sentence
        self._show(State.GONE)
        self._requests.fail_all(sentence)
        self.failed.emit(sentence)

    def _end_with_the_application(self) -> None:
        """No event loop runs any more, so this waits; an idle worker ends in 30 ms."""
        if self._pipe is not None:
            pipe = self._part_with(self._pipe)
            pipe.close()
            pipe.wait()

    # --- What is said and heard ----------------------------------------------------------------

    def _send(self, message: Request | Cancel) -> None:
        if self.stopped_because:
            self._fail_soon(message.request, self.stopped_because)
        elif self._pipe is not None:
            try:
                self._pipe.send(message)
            except ProtocolError as error:
                self._fail_soon(message.request, f"{error}.")

    def _fail_soon(self, number: int, sentence: str) -> None:
        QTimer.singleShot(0, self, partial(self._requests.hear, Failure(number, sentence)))

    def _hear(self, message: Reply) -> None:
        self._silent_s = 0
        match message:
            case Ready():
                self._is_loaded = True
                self.ready.emit(message.torch_version, message.device)
            case Warm():
                self.warmed.emit()
            case Beat():
                self.activity = message.busy_with
            case Failure(request=0):
                self._give_up(message.sentence)
            case Started():
                self.activity = message.busy_with
                self._requests.hear(message)
            case Training():
                self.trained.emit(message)
            case Progress() | Result() | Failure() | Dropped():
                self._requests.hear(message)
            case _:
                assert_never(message)
        self._show_what_it_does()

    def _give_up(self, sentence: str) -> None:
        """The worker cannot go on, and the next one could not either."""
        self.stopped_because = sentence
        if self._pipe is not None:
            self._pipe.close()

    # --- What is shown -------------------------------------------------------------------------

    def _show_what_it_does(self) -> None:
        if self._pipe is None or self._is_closing:
            return
        if self._requests.current is None:
            self._busy_soon.stop()
            self._show(State.READY if self._is_loaded else State.STARTING)
        elif self._state is State.HUNG:
            self._show(State.BUSY)
        elif self._state is State.READY and not self._busy_soon.isActive():
            self._busy_soon.start()

    def _show(self, state: State) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)

    def _count_silence(self) -> None:
        """Counts its own ticks, so that neither a suspended machine nor a busy window looks hung."""
        self._silent_s += 1
        if self._silent_s >= self._silence_s:
            self._show(State.HUNG)
