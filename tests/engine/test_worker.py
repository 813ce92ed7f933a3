"""The worker process serves its window, survives every answer and ends with it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.worker import protocol
from engine.worker.frames import FrameReader, encode
from engine.worker.protocol import Array, Cancel, Curve, Draw, Message, Ping, Vector

ROOT = Path(protocol.__file__).parents[2]
SMALL = ("-m", "tests.engine.small_worker")
PATIENCE_S = 60


class Window:
    """The other end of a worker's pipe."""

    def __init__(self, *command: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._reader = FrameReader()
        self._messages = self._read()

    def say(self, *messages: Any) -> None:
        assert self.process.stdin
        self.process.stdin.write(b"".join(map(encode, messages)))
        self.process.stdin.flush()

    def hear_until(self, wanted: Callable[[Message], bool]) -> list[Message]:
        """What comes up to the wanted message, but for heartbeats."""
        heard: list[Message] = []
        for message in self._messages:
            if not isinstance(message, protocol.Beat):
                heard.append(message)
            if wanted(message):
                return heard
        raise AssertionError(heard)

    def _read(self) -> Iterator[Message]:
        assert self.process.stdout
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end and (chunk := os.read(self.process.stdout.fileno(), 2**16)):
            yield from self._reader.feed(chunk)

    def answer_to(self, request: Any) -> Message:
        self.say(request)
        return self.hear_until(is_answer_to(request.request))[-1]

    def leave(self) -> tuple[int, str]:
        """Close the pipe; the worker's exit status and what it wrote to standard error."""
        assert self.process.stdin
        assert self.process.stderr
        self.process.stdin.close()
        self.process.stdin = None
        errors = self.process.stderr.read().decode()
        return self.process.wait(PATIENCE_S), errors


def is_answer_to(number: int) -> Callable[[Message], bool]:
    def check(message: Message) -> bool:
        match message:
            case protocol.Result() | protocol.Failure() | protocol.Dropped():
                return message.request == number
            case _:
                return False

    return check


@pytest.fixture
def window() -> Iterator[Window]:
    window = Window(*SMALL)
    yield window
    window.process.kill()
    window.process.communicate()


def draw(number: int, tensor: str) -> Draw:
    return Draw({}, tensor, 0, request=number)


def test_requests_are_answered_in_the_order_in_which_they_were_asked(window: Window) -> None:
    asked = [Vector({}, Array.of([float(each)]), request=each) for each in range(1, 20)]
    window.say(*asked)
    heard = window.hear_until(is_answer_to(19))
    results = [each for each in heard if isinstance(each, protocol.Result)]
    assert [each.arrays["result"] for each in results] == [each.values for each in asked]
    assert isinstance(heard[0], protocol.Ready)


def test_a_worker_says_what_it_works_on_before_it_answers(window: Window) -> None:
    window.say(Vector({}, Array.of([1.0]), request=7))
    heard = window.hear_until(is_answer_to(7))
    assert heard[-2] == protocol.Started(7, "echoing")


@pytest.mark.parametrize(
    ("tensor", "sentence"),
    [
        ("fault", "layers[3].out_features: 0 is below 1"),
        ("bug", "The engine failed while misbehaving: ValueError: no such thing"),
        ("exit", "The engine failed while misbehaving: SystemExit: 3"),
        (
            "memory",
            "There is not enough memory for misbehaving (40.0 GB more were needed). "
            "Use a smaller batch or smaller layers, or close other programs.",
        ),
        (
            "nonsense",
            "Result holds what JSON cannot say: Object of type object is not JSON serializable",
        ),
    ],
)
def test_an_answer_that_fails_gives_a_sentence_and_the_next_is_given(
    window: Window, tensor: str, sentence: str
) -> None:
    assert window.answer_to(draw(1, tensor)) == protocol.Failure(1, sentence)
    assert window.answer_to(Ping(request=2)) == protocol.Result(2)
    status, errors = window.leave()
    assert status == 0
    assert "Traceback" in errors


def test_a_request_that_nothing_answers_gives_a_sentence(window: Window) -> None:
    answer = window.answer_to(protocol.Parameters({}, 0, request=1))
    assert answer == protocol.Failure(1, "The engine knows no answer to Parameters.")


def test_stray_prints_and_children_reach_standard_error_and_never_the_frames(window: Window):
    assert isinstance(window.answer_to(draw(1, "print")), protocol.Result)
    assert isinstance(window.answer_to(Ping(request=2)), protocol.Result)
    _, errors = window.leave()
    for stray in ("a stray print", "a stray write", "a child that reads ''", "standard error"):
        assert stray in errors


def test_of_the_waiting_requests_on_a_channel_only_the_last_is_answered(window: Window) -> None:
    busy = Curve({}, 0.0, 0.3, 1, request=1)
    window.hear_until(lambda message: isinstance(message, protocol.Ready))
    window.say(busy)
    window.hear_until(lambda message: isinstance(message, protocol.Started))
    window.say(
        Curve({}, 0.0, 0.0, 2, request=2, channel="a"),
        Curve({}, 0.0, 0.0, 3, request=3, channel="b"),
        Curve({}, 0.0, 0.0, 4, request=4),
        Vector({}, Array.of([]), request=5, channel="a"),
        Curve({}, 0.0, 0.0, 6, request=6, channel="a"),
        Curve({}, 0.0, 0.0, 7, request=7),
    )
    heard = [
        message
        for message in window.hear_until(is_answer_to(7))
        if isinstance(message, protocol.Result | protocol.Dropped)
    ]
    assert heard[0] == protocol.Dropped(2)
    # The newer one has the place of the older, so that a busy panel cannot starve another.
    assert [message.request for message in heard[1:]] == [1, 6, 3, 4, 5, 7]


def test_a_request_can_be_cancelled_while_it_waits_and_while_it_is_answered(window: Window):
    long, waiting = Curve({}, 0.0, 20.0, 1, request=1), Ping(request=2)
    window.hear_until(lambda message: isinstance(message, protocol.Ready))
    window.say(long, waiting)
    window.hear_until(lambda message: isinstance(message, protocol.Progress))
    window.say(Cancel(2), Cancel(1), Cancel(99), Ping(request=3))
    heard = window.hear_until(is_answer_to(3))
    dropped = [each.request for each in heard if isinstance(each, protocol.Dropped)]
    assert dropped == [2, 1]


def test_progress_is_told_at_most_thirty_times_a_second(window: Window) -> None:
    start = time.monotonic()
    window.say(Curve({}, 0.0, 0.5, 1, request=1))
    heard = window.hear_until(is_answer_to(1))
    reports = [each for each in heard if isinstance(each, protocol.Progress)]
    assert 2 <= len(reports) <= 2 + 30 * (time.monotonic() - start)
    assert reports[0] == protocol.Progress(1, 0, 50, "still at it")


def test_a_heart_beats_while_an_answer_is_worked_on(window: Window) -> None:
    window.say(Curve({}, 0.0, 60.0, 1, request=1))
    window.hear_until(lambda message: message == protocol.Beat("drawing slowly"))


@pytest.mark.parametrize("asked", [[], [Curve({}, 0.0, 60.0, 1, request=1)]], ids=["idle", "busy"])
def test_a_worker_whose_window_has_gone_ends_at_once(window: Window, asked: list[Curve]) -> None:
    window.say(Ping(request=9), *asked)
    window.hear_until(is_answer_to(9))
    # 1 would mean that it had to be torn away from its answer after the grace.
    assert window.leave()[0] == 0


def test_a_worker_that_is_deep_in_an_answer_ends_all_the_same(window: Window) -> None:
    window.say(draw(1, "deaf"))
    window.hear_until(lambda message: isinstance(message, protocol.Started))
    start = time.monotonic()
    assert window.leave()[0] == 1
    assert time.monotonic() - start < 4


def test_a_worker_that_cannot_load_says_why_and_ends() -> None:
    window = Window(*SMALL, "fail")
    failure = window.hear_until(is_answer_to(0))[-1]
    sentence = "The engine failed while loading PyTorch: ImportError: No module named 'torch'"
    assert failure == protocol.Failure(0, sentence)
    assert window.process.wait(PATIENCE_S) == 1
    window.leave()
    window.process.communicate()


def test_bytes_that_are_no_frame_end_the_worker_with_a_sentence(window: Window) -> None:
    assert window.process.stdin
    window.process.stdin.write(b"GET / HTTP/1.1\r\n\r\n")
    window.process.stdin.flush()
    failure = window.hear_until(is_answer_to(0))[-1]
    assert isinstance(failure, protocol.Failure)
    assert failure.sentence.startswith("The engine did not understand the window: a frame starts")
    assert window.process.wait(PATIENCE_S) == 0


def test_a_window_of_another_version_is_told_to_open_anew(window: Window) -> None:
    failure = window.answer_to(protocol.Hello(protocol.PROTOCOL + 1))
    assert isinstance(failure, protocol.Failure)
    assert "Layerloom was updated while this window was open" in failure.sentence


def test_the_real_worker_answers_before_and_after_it_is_warm() -> None:
    window = Window("-m", "engine.worker.main")
    window.say(Ping(request=1))
    heard = window.hear_until(is_answer_to(1))
    ready = heard[0]
    assert isinstance(ready, protocol.Ready)
    assert ready.threads == 1
    assert ready.device == "cpu"
    assert protocol.Warm() not in heard
    window.hear_until(lambda message: message == protocol.Warm())
    assert window.answer_to(Ping(request=2)) == protocol.Result(2)
    assert window.leave() == (0, "")
    window.process.communicate()
