"""Training in the worker: reported as it is, steered between two steps, and gone on with after any end."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import engine
import resources
from engine.design.project import Project
from engine.design.value import replace
from engine.files import runs
from engine.files.document import to_document
from engine.runtime.checkpoint import read
from engine.runtime.running import Run, weights_of
from engine.worker import protocol
from engine.worker.protocol import Array, Judge, Ping, Respond, Steer, Train, Training
from engine.worker.serve import Job
from engine.worker.training import TrainingRun
from tests.engine.test_worker import Window

TORCH = ("-m", "engine.worker.main")


def moons(epochs: int = 3, rate: float | None = None) -> Project:
    project = engine.load(resources.path("samples", "moons.loom"))
    training = replace(project.training, epochs=epochs)
    if rate is not None:
        training = replace(training, optimizer=training.optimizer.with_fields(lr=rate))
    return replace(project, training=training)


def weights(folder: Path, name: str = "last") -> dict[str, np.ndarray]:
    return {name: each.numpy() for name, each in weights_of(folder, name).items()}


def same(a: Path, b: Path) -> bool:
    one, other = weights(a), weights(b)
    return one.keys() == other.keys() and all(np.array_equal(one[k], other[k]) for k in one)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of three epochs that nobody disturbed."""
    folder = tmp_path_factory.mktemp("alone") / "run-1"
    with Run(moons(), folder) as run:
        while not run.is_done:
            run.advance(1.0)
    return folder


class Driven:
    """A TrainingRun without its process; `told` is what it reported."""

    def __init__(self) -> None:
        self.run = TrainingRun()
        self.told: list[Training] = []

    def ask(self, request: protocol.Request) -> protocol.Result:
        answer = self.run.answers()[type(request)]
        return answer.call(request, Job(request, lambda reply: None))

    def work(self) -> Training:
        """Until it stops by itself; the last report."""
        while self.run.activity:
            self.run.work(self._hear)
        return self.told[-1]

    def _hear(self, reply: protocol.Reply) -> None:
        assert isinstance(reply, Training)
        self.told.append(reply)


def train(project: Project, folder: Path, until: str = "end") -> Train:
    return Train(to_document(project), str(folder), until, request=7)


def test_reports_tell_every_step_and_epoch_once(tmp_path: Path, alone: Path) -> None:
    driven = Driven()
    said = driven.ask(train(moons(), tmp_path / "a")).values
    last = driven.work()
    assert (last.phase, last.epoch, last.step) == ("done", 3, 3 * said["steps_per_epoch"])
    assert {each.request for each in driven.told} == {7}
    losses = np.concatenate([each.losses.to_numpy() for each in driven.told])
    rates = np.concatenate([each.rates.to_numpy() for each in driven.told])
    epochs = np.concatenate([each.epochs.to_numpy() for each in driven.told])
    assert len(losses) == len(rates) == last.step
    steps = {line["step"]: line for line in runs.read_metrics(alone) if "rate" in line}
    assert len(epochs) == 3
    for row in epochs:
        assert steps[int(row[1])]["score"] == row[4]
    assert np.isfinite(losses).all()
    assert same(tmp_path / "a", alone)
    driven.run.close()


@pytest.mark.parametrize("until", ["step", "epoch"])
def test_pieces_come_to_what_the_whole_comes_to(tmp_path: Path, alone: Path, until: str) -> None:
    driven = Driven()
    said = driven.ask(train(moons(), tmp_path / "a", until=until)).values
    first = driven.work()
    assert first.phase == "paused"
    assert first.step == (1 if until == "step" else said["steps_per_epoch"])
    while driven.work().phase != "done":
        before = driven.told[-1].step
        driven.ask(Steer(until))
        driven.work()
        assert driven.told[-1].step - before <= said["steps_per_epoch"]
    assert same(tmp_path / "a", alone)
    driven.run.close()


def test_what_is_done_goes_no_further(tmp_path: Path) -> None:
    driven = Driven()
    driven.ask(train(moons(1), tmp_path / "a"))
    last = driven.work()
    driven.ask(Steer("end"))
    assert driven.work() == replace(last, rows_per_second=driven.told[-1].rows_per_second,
                                    losses=Array.of([]), rates=Array.of([]),
                                    epochs=Array("float64", (0, 7), b""),
                                    looks=Array.of([], "int64"), layers=Array("float64", (0, 3, 8), b""))  # fmt: skip
    driven.run.close()


def test_leaving_keeps_the_run_for_others(tmp_path: Path, alone: Path) -> None:
    driven = Driven()
    driven.ask(train(moons(), tmp_path / "a", until="step"))
    driven.work()
    driven.ask(Steer("leave"))
    with pytest.raises(engine.DesignError, match="no run is under way"):
        driven.ask(Steer("end"))
    with Run(moons(), tmp_path / "a", resume=True) as run:
        assert run.trainer.step == 1
        while not run.is_done:
            run.advance(1.0)
    assert same(tmp_path / "a", alone)


def test_another_run_lets_go_of_the_one_before(tmp_path: Path) -> None:
    driven = Driven()
    driven.ask(train(moons(), tmp_path / "a", until="step"))
    driven.work()
    driven.ask(train(moons(), tmp_path / "b", until="step"))
    assert driven.work().step == 1
    driven.ask(train(moons(), tmp_path / "a", until="step"))
    assert driven.work().step == 2
    driven.run.close()


def test_a_rate_beyond_reason_pauses_and_says_where(tmp_path: Path) -> None:
    driven = Driven()
    driven.ask(train(moons(50, 1e6), tmp_path / "a"))
    last = driven.work()
    assert last.phase == "failed"
    assert "lower the learning rate of 1e+06" in last.sentence
    kept = read(tmp_path / "a", "last")
    assert kept is not None
    assert kept.about["step"] == last.step
    assert driven.run.activity == ""
    driven.ask(Steer("now"))
    assert driven.work().phase == "paused"
    driven.run.close()


def test_answers_are_of_the_rows_before_scaling(tmp_path: Path) -> None:
    driven = Driven()
    driven.ask(train(moons(40), tmp_path / "a"))
    driven.work()
    judged = driven.ask(Judge("validation"))
    x, y, output = (judged.arrays[name].to_numpy() for name in ("x", "y", "output"))
    assert len(x) == len(y) == len(output) == len(set(map(tuple, x.tolist())))
    kept = [line for line in runs.read_metrics(tmp_path / "a") if "score" in line][-1]
    assert float((output.argmax(1) == y).mean()) == pytest.approx(kept["score"])
    again = driven.ask(Respond(Array.of_numpy(x)))
    assert np.array_equal(again.arrays["output"].to_numpy(), output)
    with pytest.raises(engine.DesignError, match="rows of"):
        driven.ask(Respond(Array.of_numpy(np.zeros((3, 5)))))
    driven.run.close()


def test_a_full_disk_pauses_and_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    driven = Driven()
    driven.ask(train(moons(), tmp_path / "a", until="step"))
    driven.work()

    def full(folder: Path, *rest: object) -> None:
        raise engine.DesignError(f"{folder} was not written: the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("engine.runtime.checkpoint.write", full)
        driven.ask(Steer("step"))
        last = driven.work()
        assert (last.phase, last.step) == ("failed", 2)
        assert "the disk is full" in last.sentence
    driven.ask(Steer("step"))
    assert driven.work().step == 3
    driven.run.close()


@pytest.fixture
def window() -> Iterator[Window]:
    made = Window(*TORCH)
    yield made
    end(made)


def end(window: Window) -> None:
    window.process.kill()
    window.process.communicate()


def test_others_are_answered_while_it_trains_and_a_kill_loses_nothing(
    tmp_path: Path, window: Window
) -> None:
    project = moons(200)
    folder = tmp_path / "a"
    answer = window.answer_to(Train(to_document(project), str(folder), request=1))
    assert isinstance(answer, protocol.Result), answer
    window.hear_until(lambda each: isinstance(each, Training) and each.epoch > 3)
    assert isinstance(window.answer_to(Ping(request=2)), protocol.Result)
    window.answer_to(Judge("training", request=3))
    window.hear_until(lambda each: isinstance(each, Training) and each.phase == "running")
    os.kill(window.process.pid, signal.SIGKILL)
    other = Window(*TORCH)
    try:
        answer = other.answer_to(Train(to_document(project), str(folder), request=1))
        assert isinstance(answer, protocol.Result), answer
        heard = other.hear_until(lambda each: isinstance(each, Training) and each.phase == "done")
        told = [each for each in heard if isinstance(each, Training)]
        assert told[0].step - len(told[0].losses.to_list()) == answer.values["step"]
        assert other.leave()[0] == 0
    finally:
        end(other)
    with Run(project, tmp_path / "b") as run:
        while not run.is_done:
            run.advance(1.0)
    assert same(folder, tmp_path / "b")


def test_closing_the_window_keeps_the_run(tmp_path: Path, window: Window) -> None:
    project = moons(100_000)
    window.answer_to(Train(to_document(project), str(tmp_path / "a"), request=1))
    heard = window.hear_until(lambda each: isinstance(each, Training) and each.epoch > 3)
    assert window.leave()[0] == 0
    kept = read(tmp_path / "a", "last")
    assert kept is not None
    last = heard[-1]
    assert isinstance(last, Training)
    assert (kept.about["step"] or 0) >= last.step
