"""Somebody trains a network, watches, steers, loses the machine, and loses nothing."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton, QTabBar, QTableView

import engine
import resources
from engine.catalogue.schedulers import ConstantRate
from engine.design.edit import SetField
from engine.design.project import Project
from engine.design.value import replace
from engine.files import runs
from engine.files.store import save
from engine.runtime.running import Run, weights_of
from gui.run.trainer import unsaved_runs
from gui.widgets.field import FieldView
from gui.widgets.fields import IntegerField, RealField
from gui.widgets.image import MatrixImage
from gui.widgets.plot import Plot, Series
from tests.journeys.conftest import Come
from tests.journeys.person import CONTROL, SHIFT, Key, Person


def moons(epochs: int = 100, rate: float | None = None) -> Project:
    project = engine.load(resources.path("samples", "moons.loom"))
    training = replace(project.training, epochs=epochs)
    if rate is not None:
        training = replace(training, optimizer=training.optimizer.with_fields(lr=rate))
    return replace(project, training=training)


def written(project: Project, folder: Path) -> Path:
    path = folder / "moons.loom"
    save(project, path)
    return path


def phase(person: Person) -> str:
    return person.state.run.phase


def train(person: Person) -> None:
    """Press the button, once the engine is there."""
    person.wait_for_engine()
    person.click(person.named(QPushButton, "Train", person.window.head))


def drawn(person: Person, title: str) -> list[Series]:
    """The curves of a card."""
    return series(person.named(Plot, title))


def series(plot: Plot) -> list[Series]:
    return [mark for mark in plot._marks if isinstance(mark, Series)]  # pyright: ignore[reportPrivateUsage]


def last_folder(path: Path) -> Path:
    return runs.runs_in(runs.folder_of(path))[-1]


def same(a: Path, b: Path) -> bool:
    one, other = weights_of(a, "last"), weights_of(b, "last")
    return all(np.array_equal(one[name].numpy(), other[name].numpy()) for name in one)


def test_moons_are_told_apart_and_one_sees_it_happen(come: Come, tmp_path: Path) -> None:
    path = written(moons(), tmp_path)
    person = come(path)
    train(person)
    person.until(lambda: phase(person) == "done")
    person.until(lambda: len(drawn(person, "loss")[0].x) == 1000)
    (accuracy,) = drawn(person, "accuracy")
    assert accuracy.y[-1] >= 0.97
    raw, smooth, validation = drawn(person, "loss")
    assert len(raw.x) == len(smooth.x) == 1000
    assert len(validation.x) == 100
    person.until(lambda: person.named(FieldView, "decision boundary").shown.shares is not None)
    shown = person.named(FieldView, "decision boundary").shown
    assert [len(each.x) for each in shown.dots] == [320, 80]
    assert "epoch 100 / 100" in person.words()
    assert runs.read_facts(last_folder(path)).state == "done"


def test_pause_step_and_epoch_come_where_an_undisturbed_run_comes(
    come: Come, tmp_path: Path
) -> None:
    project = moons(100_000)
    path = written(project, tmp_path)
    person = come(path)
    trainer = person.window.trainer
    person.wait_for_engine()
    person.press(Key.Key_F9)
    person.until(lambda: phase(person) == "paused")
    assert len(trainer.curves.steps) == 1
    person.press(Key.Key_F9, SHIFT)
    person.until(lambda: phase(person) == "paused" and len(trainer.curves.epochs) == 1)
    person.press(Key.Key_Return, CONTROL)
    person.until(lambda: len(trainer.curves.epochs) > 5)
    person.press(Key.Key_Period, CONTROL)
    person.until(lambda: phase(person) == "paused")
    assert "paused" in person.words()
    before = trainer.curves.step
    train(person)
    person.until(lambda: trainer.curves.step > before)
    person.press(Key.Key_Period, CONTROL)
    person.until(lambda: phase(person) == "paused")
    steps = trainer.curves.steps.column(0)
    assert np.array_equal(steps, np.arange(1, len(steps) + 1))
    with Run(project, tmp_path / "alone") as run:
        run.advance(1e9, steps=len(steps))
        run.keep()
    assert same(last_folder(path), tmp_path / "alone")


def test_a_killed_engine_costs_nothing(come: Come, tmp_path: Path) -> None:
    person = come(written(moons(100_000), tmp_path))
    train(person)
    person.until(lambda: len(person.window.trainer.curves.epochs) > 20)
    os.kill(person.window.engine.process_id, signal.SIGKILL)
    person.until(lambda: phase(person) == "paused")
    assert "The engine stopped" in person.words()
    before = person.window.trainer.curves.step
    train(person)
    person.until(lambda: person.window.trainer.curves.step > before + 100)
    person.press(Key.Key_Period, CONTROL)
    person.until(lambda: phase(person) == "paused")
    steps = person.window.trainer.curves.steps.column(0)
    assert np.array_equal(steps, np.arange(1, len(steps) + 1))


def test_a_closed_window_goes_on_where_it_was(come: Come, tmp_path: Path) -> None:
    path = written(moons(100_000), tmp_path)
    first = come(path)
    train(first)
    first.until(lambda: first.window.trainer.curves.step > 500)
    with first.qtbot.waitSignal(first.window.engine.closed, timeout=10_000):
        first.window.close()
    before = first.window.trainer.curves.step
    second = come(path)
    second.until(lambda: phase(second) == "paused")
    second.until(lambda: bool(drawn(second, "loss")))
    train(second)
    second.until(lambda: phase(second) == "running" and second.window.trainer.curves.step > before)
    steps = second.window.trainer.curves.steps.column(0)
    assert (np.diff(steps) > 0).all()


def test_a_run_comes_along_when_its_project_gets_a_file(come: Come, tmp_path: Path) -> None:
    person = come()
    person.window.document.start(moons(900))
    person.window.leave_start()
    train(person)
    person.until(lambda: len(person.window.trainer.curves.epochs) > 5)
    assert len(runs.runs_in(unsaved_runs())) == 1
    path = tmp_path / "kept.loom"
    assert person.window.files.save_to(path)
    person.until(lambda: person.state.run.folder == runs.folder_of(path) / "run-1")
    person.until(lambda: phase(person) == "running")
    assert runs.runs_in(unsaved_runs()) == ()
    person.press(Key.Key_Period, CONTROL)
    person.until(lambda: phase(person) == "paused")
    steps = person.window.trainer.curves.steps.column(0)
    assert np.array_equal(steps, np.arange(1, len(steps) + 1))


def test_another_design_begins_another_run_and_reset_forgets_none(
    come: Come, tmp_path: Path
) -> None:
    path = written(moons(3), tmp_path)
    person = come(path)
    train(person)
    person.until(lambda: phase(person) == "done")
    person.named(IntegerField, "seed", person.window.run).edited.emit(7)
    person.until(lambda: "of an earlier design" in person.words())
    train(person)
    person.until(lambda: phase(person) == "done" and len(runs.runs_in(runs.folder_of(path))) == 2)
    person.press(Key.Key_Backspace, CONTROL | SHIFT)
    assert phase(person) == "none"
    assert "Nothing is trained yet" in person.words()
    assert len(runs.runs_in(runs.folder_of(path))) == 2


def test_a_rate_that_is_changed_while_it_trains_counts_at_once(come: Come, tmp_path: Path) -> None:
    project = moons(100_000)
    path = written(
        replace(project, training=replace(project.training, scheduler=ConstantRate())), tmp_path
    )
    person = come(path)
    train(person)
    person.until(lambda: len(person.window.trainer.curves.epochs) > 5)
    person.named(RealField, "learning rate", person.window.run).edited.emit(0.002)
    person.until(lambda: person.window.trainer.curves.steps.column(2)[-1] == 0.002)
    assert phase(person) == "running"
    person.press(Key.Key_Period, CONTROL)
    person.until(lambda: phase(person) == "paused")
    person.named(RealField, "learning rate", person.window.run).edited.emit(0.001)
    assert "of an earlier design" not in person.words()
    train(person)
    person.until(lambda: person.window.trainer.curves.steps.column(2)[-1] == 0.001)
    person.press(Key.Key_Period, CONTROL)
    person.until(lambda: phase(person) == "paused")
    rates = person.window.trainer.curves.steps
    assert np.array_equal(rates.column(0), np.arange(1, len(rates) + 1))
    assert len(runs.runs_in(runs.folder_of(path))) == 1
    changes = runs.read_facts(last_folder(path)).changes
    assert [each.split(": ")[1] for each in changes] == [
        "learning rate 0.01 → 0.002", "learning rate 0.002 → 0.001",
    ]  # fmt: skip


def test_a_rate_beyond_reason_pauses_with_one_sentence(come: Come, tmp_path: Path) -> None:
    person = come(written(moons(50, 1e6), tmp_path))
    train(person)
    person.until(lambda: phase(person) == "failed")
    assert "lower the learning rate of 1e+06" in person.words()
    rate = person.named(RealField, "learning rate", person.window.run)
    rate.edited.emit(0.01)
    train(person)
    person.until(lambda: phase(person) == "done")


def test_what_cannot_be_trained_says_why(come: Come, tmp_path: Path) -> None:
    project = moons()
    iris = engine.load(resources.path("samples", "iris.loom"))
    person = come(written(replace(project, data=iris.data), tmp_path))
    train(person)
    person.until(lambda: phase(person) == "failed")
    assert "It could not be trained" in person.words()
    assert "4 columns" in person.words()
    assert not runs.folder_of(tmp_path / "moons.loom").exists()


def test_a_project_that_was_opened_instead_is_not_followed_by_the_run(
    come: Come, tmp_path: Path
) -> None:
    path = written(moons(100_000), tmp_path)
    person = come(path)
    train(person)
    person.until(lambda: person.window.trainer.curves.step > 300)
    assert person.window.files.start_from("iris")
    person.until(lambda: phase(person) == "none")
    train(person)
    person.until(lambda: phase(person) == "done")
    assert person.window.files.open(path)
    person.until(lambda: phase(person) == "paused" and len(person.window.trainer.curves.steps) > 0)


@pytest.mark.parametrize(
    ("name", "picture"),
    [
        ("digits", "confusion"),
        ("lenet-5", "confusion"),
        ("tutorial", ""),
        ("siamese", "predicted against true"),
    ],
)
def test_every_kind_of_task_shows_what_is_learnt(come: Come, name: str, picture: str) -> None:
    """Made-up rows have a picture too; where there is none, the curves take its room."""
    person = come()
    assert person.window.files.start_from(name)
    person.window.leave_start()
    train(person)
    person.until(lambda: len(person.window.trainer.curves.epochs) > 2)
    person.press(Key.Key_Period, CONTROL)
    person.until(lambda: phase(person) in ("paused", "done"))
    tabs = person.named(QTabBar, "Results of the run")
    assert tabs.tabText(tabs.currentIndex()) == "Training"
    assert len(person.all(Plot, person.window.run)) == 2

    def seen() -> list[str]:
        pictures = [
            *person.all(FieldView, person.window.run),
            *person.all(MatrixImage, person.window.run),
        ]
        return [each.accessibleName() for each in pictures]

    person.until(lambda: seen() == ([picture] if picture else []))


def test_the_health_of_the_layers_is_said_and_is_there_again(come: Come, tmp_path: Path) -> None:
    path = written(moons(100_000), tmp_path)
    person = come(path)
    train(person)
    person.until(lambda: len(person.window.trainer.curves.looks) > 3)
    tabs = person.named(QTabBar, "Results of the run")
    tabs.setCurrentIndex(1)
    lines = person.named(Plot, "gradient, log10")
    person.until(lambda: [each.name for each in series(lines)] == ["hidden1", "hidden2", "out"])
    assert any(word in person.words() for word in ("All layers learn", "Lower the learning rate"))
    person.press(Key.Key_Period, CONTROL)
    person.until(lambda: phase(person) == "paused")
    with person.qtbot.waitSignal(person.window.engine.closed, timeout=10_000):
        person.window.close()
    second = come(path)
    second.until(lambda: phase(second) == "paused")
    second.named(QTabBar, "Results of the run").setCurrentIndex(1)
    again = second.named(Plot, "gradient, log10")
    assert [each.name for each in series(again)] == ["hidden1", "hidden2", "out"]


def test_two_runs_are_compared_renamed_and_deleted(come: Come, tmp_path: Path) -> None:
    path = written(moons(5), tmp_path)
    person = come(path)
    train(person)
    person.until(lambda: phase(person) == "done")
    person.named(IntegerField, "seed", person.window.run).edited.emit(7)
    train(person)
    person.until(lambda: len(runs.runs_in(runs.folder_of(path))) == 2 and phase(person) == "done")
    person.named(QTabBar, "Results of the run").setCurrentIndex(2)
    table = person.named(QTableView, "Runs")
    model = table.model()
    person.until(lambda: model.rowCount() == 2)
    table.selectAll()
    person.until(lambda: "seed 0 → 7" in person.words())
    plot = person.named(Plot, "loss of the runs")
    assert sorted(each.name for each in series(plot)) == ["run-1", "run-2"]
    assert all(len(each.x) == 5 for each in series(plot))
    row = next(row for row in range(2) if model.index(row, 0).data() == "run-1")
    assert model.setData(model.index(row, 0), "narrow")
    assert model.setData(model.index(row, 8), "first, first, slow")
    facts = runs.read_facts(runs.folder_of(path) / "run-1")
    assert (facts.name, facts.tags) == ("narrow", ("first", "slow"))
    table.clearSelection()
    table.selectRow(row)
    person.click(person.named(QPushButton, "Show", person.window.run))
    person.until(lambda: person.state.run.folder == runs.folder_of(path) / "run-1")
    person.click(person.named(QPushButton, "Delete", person.window.run))
    assert len(runs.runs_in(runs.folder_of(path))) == 2
    person.click(person.named(QPushButton, "Delete for good?", person.window.run))
    person.until(lambda: model.rowCount() == 1)
    assert [each.name for each in runs.runs_in(runs.folder_of(path))] == ["run-2"]
    assert phase(person) == "none"


def test_the_diagram_shows_what_training_makes_of_the_weights(come: Come, tmp_path: Path) -> None:
    path = written(moons(20), tmp_path)
    person = come(path)
    person.wait_for_engine()
    person.until(lambda: person.window.centre.wants_trained)
    train(person)
    person.until(lambda: phase(person) == "done")
    person.until(lambda: "trained, step 200" in person.words())
    with person.qtbot.waitSignal(person.window.engine.closed, timeout=10_000):
        person.window.close()
    second = come(path)
    second.until(lambda: "trained, step 200" in second.words())
    second.until(lambda: second.named(FieldView, "decision boundary").shown.shares is not None)
    layer = second.layer("hidden1")
    second.window.document.do(SetField((layer.id,), "out_features", 9))
    second.until(lambda: "trained, step" not in second.words())
