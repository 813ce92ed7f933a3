"""The window's worker is asked, answers later, and is replaced when it dies; nothing blocks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from select import select
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from engine.worker import protocol
from engine.worker.protocol import Array, Curve, Draw, Ping, Progress, Request, Result, Vector
from gui.engine_process import EngineProcess, State
from gui.worker.requests import Ticket

SMALL = (sys.executable, "-P", "-m", "tests.engine.small_worker")
PATIENCE_MS = 60_000


@dataclass
class Answers:
    """What came back for the requests of one test."""

    results: list[Result] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    progress: list[Progress] = field(default_factory=list)

    def of(self, engine: EngineProcess, request: Request, channel: str = "") -> Ticket:
        return engine.ask(
            request, self.results.append, self.failures.append, channel, self.progress.append
        )


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def make(qtbot: QtBot) -> Iterator[Callable[..., EngineProcess]]:
    made: list[EngineProcess] = []

    def start(*argument: str, **options: Any) -> EngineProcess:
        engine = EngineProcess(command=(*SMALL, *argument), **options)
        made.append(engine)
        engine.start()
        return engine

    yield start
    for engine in made:
        with qtbot.waitSignal(engine.closed, timeout=PATIENCE_MS):
            engine.close()
        engine.deleteLater()


@pytest.fixture
def engine(make: Callable[..., EngineProcess], qtbot: QtBot) -> EngineProcess:
    engine = make()
    until(qtbot, lambda: engine.state is State.READY)
    return engine


def until(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=PATIENCE_MS)


def draw(tensor: str, **project: object) -> Draw:
    return Draw(project, tensor, 0)


def test_a_request_asked_before_the_worker_lives_is_answered(
    make: Callable[..., EngineProcess], qtbot: QtBot, answers: Answers
) -> None:
    engine = make()
    assert engine.state is State.STARTING
    answers.of(engine, Vector({}, Array.of([1.0, 2.0])))
    assert not answers.results
    until(qtbot, lambda: bool(answers.results))
    assert answers.results[0].arrays["result"].to_list() == [1.0, 2.0]


def test_large_arrays_come_whole(engine: EngineProcess, qtbot: QtBot, answers: Answers) -> None:
    answers.of(engine, draw("large"))
    answers.of(engine, Vector({}, Array("uint8", (2**23,), bytes(range(256)) * 2**15)))
    until(qtbot, lambda: len(answers.results) == 2)
    assert answers.results[1].arrays["result"].content == bytes(range(256)) * 2**15


def test_a_failure_is_one_sentence_for_its_asker_alone(
    engine: EngineProcess, qtbot: QtBot, answers: Answers
) -> None:
    answers.of(engine, draw("fault"))
    answers.of(engine, Ping())
    until(qtbot, lambda: bool(answers.results))
    assert answers.failures == ["layers[3].out_features: 0 is below 1"]
    assert engine.state is State.READY


def test_stray_prints_of_the_worker_land_in_the_details(
    engine: EngineProcess, qtbot: QtBot, answers: Answers
) -> None:
    answers.of(engine, draw("print"))
    until(qtbot, lambda: bool(answers.results))
    until(qtbot, lambda: "a stray line on standard error" in engine.details)
    assert "a stray print" in engine.details
    assert "a stray write" in engine.details


def test_a_request_that_cannot_be_sent_fails_later_and_not_within(
    engine: EngineProcess, qtbot: QtBot, answers: Answers
) -> None:
    answers.of(engine, Draw({"x": object()}, "linear1.weight", 0))
    assert not answers.failures
    until(qtbot, lambda: bool(answers.failures))
    assert "JSON cannot say" in answers.failures[0]


def test_after_cancel_no_callback_is_called(
    engine: EngineProcess, qtbot: QtBot, answers: Answers
) -> None:
    long, waiting = answers.of(engine, Curve({}, 0.0, 20.0, 1)), answers.of(engine, Ping())
    until(qtbot, lambda: bool(answers.progress))
    waiting.cancel()
    long.cancel()
    told = len(answers.progress)
    last = Answers()
    last.of(engine, Ping())
    until(qtbot, lambda: bool(last.results))
    assert not answers.results
    assert not answers.failures
    assert len(answers.progress) == told
    assert not long.is_open


def test_on_a_channel_only_what_runs_and_what_was_asked_last_are_answered(
    engine: EngineProcess, qtbot: QtBot, answers: Answers
) -> None:
    for points in range(1, 30):
        answers.of(engine, Curve({}, 0.0, 0.2, points), "curve")
    until(qtbot, lambda: any(each.values["points"] == 29 for each in answers.results))
    assert len(answers.results) <= 3
    assert not answers.failures


def test_a_callback_that_raises_costs_no_other_its_answer(
    engine: EngineProcess, qtbot: QtBot, answers: Answers
) -> None:
    def broken(result: Result) -> None:
        raise ZeroDivisionError

    with qtbot.captureExceptions() as caught:
        engine.ask(Ping(), broken, answers.failures.append)
        answers.of(engine, Ping())
        until(qtbot, lambda: bool(answers.results))
    assert [each[0] for each in caught] == [ZeroDivisionError]


def test_a_quick_answer_never_shows_as_busy_and_a_long_one_does(
    engine: EngineProcess, qtbot: QtBot, answers: Answers
) -> None:
    states: list[State] = []
    engine.state_changed.connect(states.append)
    for _ in range(20):
        answers.of(engine, Ping())
    until(qtbot, lambda: len(answers.results) == 20)
    assert states == []
    answers.of(engine, Curve({}, 0.0, 0.6, 1))
    until(qtbot, lambda: len(answers.results) == 21)
    assert states == [State.BUSY, State.READY]


def test_a_killed_worker_is_replaced_and_asked_again(
    engine: EngineProcess, qtbot: QtBot, answers: Answers
) -> None:
    sentences: list[str] = []
    states: list[State] = []
    engine.failed.connect(sentences.append)
    engine.state_changed.connect(states.append)
    answers.of(engine, Curve({}, 0.0, 1.0, 5))
    answers.of(engine, Vector({}, Array.of([3.0])))
    until(qtbot, lambda: bool(answers.progress))
    first = engine.process_id
    os.kill(first, signal.SIGKILL)
    until(qtbot, lambda: len(answers.results) == 2)
    assert engine.process_id not in (0, first)
    assert states[-4:] == [State.STARTING, State.READY, State.BUSY, State.READY]
    assert State.GONE in states
    assert sentences == ["The engine stopped unexpectedly and is being started again."]
    assert not answers.failures
    assert "Ended with signal 9" in engine.details


def test_a_request_that_killed_one_worker_gets_a_second_chance(
    engine: EngineProcess, qtbot: QtBot, answers: Answers, tmp_path: Path
) -> None:
    answers.of(engine, draw("die once", marker=str(tmp_path / "died")))
    until(qtbot, lambda: bool(answers.results))
    assert not answers.failures


def test_a_request_that_killed_two_workers_fails_and_the_rest_is_answered(
    engine: EngineProcess, qtbot: QtBot, answers: Answers
) -> None:
    answers.of(engine, draw("die"))
    answers.of(engine, Ping())
    until(qtbot, lambda: bool(answers.results))
    assert answers.failures == ["The engine stopped twice while it worked on this."]


def test_a_worker_that_dies_five_times_in_a_minute_stays_down_until_restarted(
    make: Callable[..., EngineProcess], qtbot: QtBot, answers: Answers
) -> None:
    engine = make("die")
    answers.of(engine, Ping())
    until(qtbot, lambda: bool(engine.stopped_because))
    assert engine.state is State.GONE
    assert engine.stopped_because.startswith("The engine stopped 5 times within a minute")
    assert answers.failures == [engine.stopped_because]
    answers.of(engine, Ping())
    assert len(answers.failures) == 1
    until(qtbot, lambda: len(answers.failures) == 2)
    engine.restart()
    assert engine.state is State.STARTING
    assert engine.stopped_because == ""


def test_a_worker_that_cannot_load_says_why_once_and_stays_down(
    make: Callable[..., EngineProcess], qtbot: QtBot, answers: Answers
) -> None:
    engine = make("fail")
    sentences: list[str] = []
    engine.failed.connect(sentences.append)
    answers.of(engine, Ping())
    until(qtbot, lambda: engine.state is State.GONE)
    assert sentences == answers.failures == [engine.stopped_because]
    assert "No module named 'torch'" in engine.stopped_because
    assert "Traceback" in engine.details


def test_a_program_that_is_not_there_leaves_the_window_alive(
    qtbot: QtBot, answers: Answers, tmp_path: Path
) -> None:
    engine = EngineProcess(command=(str(tmp_path / "no-python"),))
    answers.of(engine, Ping())
    engine.start()
    until(qtbot, lambda: bool(answers.failures))
    assert engine.state is State.GONE
    assert "no-python" in engine.details
    engine.close()


def test_a_silent_worker_shows_as_hung_and_can_be_replaced(
    make: Callable[..., EngineProcess], qtbot: QtBot, answers: Answers
) -> None:
    engine = make(silence_s=2)
    until(qtbot, lambda: engine.state is State.READY)
    answers.of(engine, draw("freeze"))
    answers.of(engine, Ping())
    until(qtbot, lambda: engine.state is State.HUNG)
    engine.replace()
    assert answers.failures == ["This was not finished, because the engine was replaced."]
    until(qtbot, lambda: bool(answers.results))
    assert engine.state is State.READY


def test_a_worker_that_is_heard_again_is_no_longer_hung(
    make: Callable[..., EngineProcess], qtbot: QtBot
) -> None:
    engine = make(silence_s=2)
    until(qtbot, lambda: engine.state is State.READY)
    os.kill(engine.process_id, signal.SIGSTOP)
    until(qtbot, lambda: engine.state is State.HUNG)
    os.kill(engine.process_id, signal.SIGCONT)
    until(qtbot, lambda: engine.state is State.READY)


def test_a_hung_worker_does_not_keep_the_window_from_closing(
    engine: EngineProcess, qtbot: QtBot
) -> None:
    os.kill(engine.process_id, signal.SIGSTOP)
    start = time.monotonic()
    with qtbot.waitSignal(engine.closed, timeout=PATIENCE_MS):
        engine.close()
        assert time.monotonic() - start < 0.5
    assert time.monotonic() - start < 4


def test_nothing_blocks_the_event_loop_while_workers_come_and_go(
    engine: EngineProcess, qtbot: QtBot, answers: Answers
) -> None:
    ticks: list[float] = []
    timer = QTimer(interval=5)
    timer.timeout.connect(lambda: ticks.append(time.monotonic()))
    timer.start()
    for _ in range(2):
        answers.of(engine, Curve({}, 0.0, 0.2, 1))
        until(qtbot, lambda: bool(answers.progress))
        os.kill(engine.process_id, signal.SIGKILL)
        until(qtbot, lambda: bool(answers.results))
        answers.progress.clear()
        answers.results.clear()
    timer.stop()
    assert max(b - a for a, b in pairwise(ticks)) < 0.5


def test_what_the_worker_complains_of_is_kept_and_logged(
    make: Callable[..., EngineProcess], qtbot: QtBot, answers: Answers, tmp_path: Path
) -> None:
    log = tmp_path / "logs" / "engine.log"
    engine = make(log=log)
    answers.of(engine, draw("bug"))
    until(qtbot, lambda: bool(answers.failures))
    until(qtbot, lambda: "and more that nobody reads" in engine.details)
    assert "ValueError: no such thing" in log.read_text(encoding="utf-8")


def test_a_log_that_cannot_be_written_costs_nothing_else(
    make: Callable[..., EngineProcess], qtbot: QtBot, answers: Answers, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    engine = make(log=tmp_path / "file" / "engine.log")
    answers.of(engine, draw("fault"))
    until(qtbot, lambda: bool(answers.failures))
    assert "is no longer written" in engine.details


WINDOW = """
import os, signal, sys
from PySide6.QtCore import QCoreApplication, QTimer
from engine.worker.protocol import Ping
from gui.engine_process import EngineProcess

application = QCoreApplication([])
engine = EngineProcess(command={command!r})
engine.start()

def end(result):
    {end}

engine.ask(Ping(), end, sys.exit)
sys.exit(application.exec())
"""


@pytest.mark.parametrize(
    ("end", "status"),
    [("application.quit()", 0), ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL)],
    ids=["quits", "is killed"],
)
def test_no_worker_outlives_its_window(end: str, status: int) -> None:
    # Window and worker inherit the writing end, so its reader sees the end when both have gone.
    reading, writing = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-c", WINDOW.format(command=SMALL, end=end)],
        cwd=Path(protocol.__file__).parents[2],
        stderr=subprocess.PIPE,
        pass_fds=[writing],
    ) as window:
        os.close(writing)
        assert window.communicate(timeout=60)[1] == b""
        assert window.returncode == status
        assert select([reading], [], [], 3.0)[0] == [reading]
    os.close(reading)


def test_the_real_worker_is_ready_again_soon_after_a_kill(
    qtbot: QtBot, answers: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A window may be started from anywhere, also from beside a file with a dangerous name.
    (tmp_path / "torch.py").write_text("raise SystemExit('not this one')")
    monkeypatch.chdir(tmp_path)
    engine = EngineProcess()
    versions: list[tuple[str, str]] = []
    engine.ready.connect(lambda *about: versions.append(about))
    with qtbot.waitSignal(engine.warmed, timeout=PATIENCE_MS):
        engine.start()
    os.kill(engine.process_id, signal.SIGKILL)
    until(qtbot, lambda: engine.state is State.STARTING)
    answers.of(engine, Ping())
    until(qtbot, lambda: bool(answers.results))
    assert len(versions) == 2
    assert versions[0][1] == "cpu"
    with qtbot.waitSignal(engine.closed, timeout=PATIENCE_MS):
        engine.close()
