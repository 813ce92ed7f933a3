"""Runs in folders: killed anywhere they end bit for bit as if left alone; nothing damaged is taken for whole."""

from __future__ import annotations

import json
import math
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from torch import Tensor

import engine
import resources
from engine.catalogue.files import CsvFile
from engine.catalogue.schedulers import ConstantRate
from engine.design.error import DesignError
from engine.design.project import Data, Project
from engine.design.value import replace
from engine.files import runs
from engine.runtime import checkpoint
from engine.runtime.build import build
from engine.runtime.running import Run, weights_of
from engine.runtime.train import NotFinite, Trainer

ROOT = Path(resources.__file__).parents[1]


def moons(epochs: int = 4, rate: float | None = None) -> Project:
    project = engine.load(resources.path("samples", "moons.loom"))
    training = replace(project.training, epochs=epochs)
    if rate is not None:
        training = replace(training, optimizer=training.optimizer.with_fields(lr=rate))
    return replace(project, training=training)


def to_its_end(run: Run) -> None:
    while not run.is_done:
        run.advance(0.01)


def finished(run: Run) -> dict[str, Tensor]:
    with run:
        to_its_end(run)
    return weights_of(run.folder, "last")


def same(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def test_a_run_left_off_and_resumed_ends_as_one_left_alone_and_logs_each_step_once(tmp_path: Path):
    whole = finished(Run(moons(), tmp_path / "a"))
    first = Run(moons(), tmp_path / "b")
    first.advance(9, steps=13)
    first.keep()
    first.close()
    assert same(finished(Run(moons(), tmp_path / "b", resume=True)), whole)
    for kind in ("step", "epoch"):
        one, other = (
            [line.get(kind) for line in runs.read_metrics(tmp_path / name) if kind in line]
            for name in "ab"
        )
        assert one == other == sorted(one, key=lambda at: at or 0)
    assert (tmp_path / "a" / "best.safetensors").read_bytes() == (
        tmp_path / "b" / "best.safetensors"
    ).read_bytes()
    assert runs.read_facts(tmp_path / "a").state == "done"


def test_weights_load_into_the_network_and_judge_as_the_history_says(tmp_path: Path):
    run = Run(moons(), tmp_path / "a")
    finished(run)
    fresh = build(run.project.network).eval()
    fresh.load_state_dict(weights_of(tmp_path / "a", "last"))
    x = torch.randn(5, 2)
    assert torch.equal(run.trainer.module.eval()(x), fresh(x))
    best = run.trainer.best
    assert best is not None
    assert best.loss == min(each.validation for each in run.trainer.history)


def test_a_line_of_the_log_has_the_rate_that_its_step_was_made_with(tmp_path: Path):
    run = Run(moons(4), tmp_path / "a")
    finished(run)
    lines = runs.read_metrics(tmp_path / "a")
    rates = {line["step"]: line["rate"] for line in lines if "epoch" not in line}
    length = run.trainer.steps_per_epoch
    start = rates[1]
    assert start is not None
    for step, rate in rates.items():
        assert step is not None
        share = (step - 1) // length / 4
        assert rate == pytest.approx(start * (1 + math.cos(math.pi * share)) / 2)
    assert len(rates) == 4 * length


def test_a_killed_run_ends_as_one_left_alone(tmp_path: Path):
    file = tmp_path / "moons.loom"
    project = moons(400)
    engine.save(project, file)
    whole = finished(Run(project, tmp_path / "whole"))
    chance = random.Random(7)
    command = [sys.executable, str(ROOT / "main.py"), "train", str(file), "--resume"]
    command += ["--out", str(tmp_path / "killed")]
    for _ in range(3):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        assert process.stderr is not None
        process.stderr.readline()
        time.sleep(chance.uniform(0, 0.8))
        process.send_signal(signal.SIGKILL)
        process.communicate()
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "epoch 400" in ended.stdout
    assert same(weights_of(tmp_path / "killed", "last"), whole)


def test_a_flipped_bit_is_noticed_and_the_generation_before_is_taken(tmp_path: Path):
    run = Run(moons(), tmp_path / "a")
    run.advance(9, steps=5)
    run.keep()
    run.advance(9, steps=5)
    run.keep()
    run.close()
    path = tmp_path / "a" / "last.safetensors"
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(bytes(content))
    found = checkpoint.read(tmp_path / "a", "last")
    assert found is not None
    assert found.about["step"] == 5
    before = tmp_path / "a" / "previous" / "last.safetensors"
    before.write_bytes(before.read_bytes()[:100])
    with pytest.raises(DesignError, match="damaged"):
        Run(moons(), tmp_path / "a", resume=True)


def test_a_loss_that_is_no_number_names_step_and_layer_and_goes_back_to_what_is_finite(
    tmp_path: Path,
):
    run = Run(moons(50, 1e6), tmp_path / "a")
    for each in run.trainer.optimizer.param_groups:
        each["lr"] = 1e30
    with pytest.raises(NotFinite, match=r"step \d+ .*(layer|weights) .*lower the learning rate"):
        to_its_end(run)
    assert run.trainer.is_finite
    run.keep()
    run.close()
    assert all(each.isfinite().all() for each in weights_of(tmp_path / "a", "last").values())


def test_a_run_is_not_overwritten_nor_gone_on_with_by_another_project(tmp_path: Path):
    finished(Run(moons(2), tmp_path / "a"))
    with pytest.raises(DesignError, match="holds a run already"):
        Run(moons(2), tmp_path / "a")
    reseeded = replace(moons(2), training=replace(moons(2).training, seed=5))
    with pytest.raises(DesignError, match="has changed since"):
        Run(reseeded, tmp_path / "a", resume=True)
    with pytest.raises(DesignError, match="planned for 2 epochs"):
        Run(moons(3), tmp_path / "a", resume=True)
    assert runs.read_facts(tmp_path / "a").project == moons(2)


def test_a_run_without_a_plan_goes_on_longer_as_if_it_had_been_meant_so_from_the_start(
    tmp_path: Path,
):
    def steady(epochs: int) -> Project:
        project = moons(epochs)
        return replace(project, training=replace(project.training, scheduler=ConstantRate()))

    finished(Run(steady(2), tmp_path / "a"))
    assert same(
        finished(Run(steady(4), tmp_path / "a", resume=True)),
        finished(Run(steady(4), tmp_path / "b")),
    )


def test_a_run_that_is_going_on_is_left_to_its_process_and_keeps_a_name_given_meanwhile(
    tmp_path: Path,
):
    with Run(moons(), tmp_path / "a") as run:
        with pytest.raises(DesignError, match="is going on in another"):
            Run(moons(), tmp_path / "a", resume=True)
        runs.change_facts(tmp_path / "a", name="narrow", tags=("first",))
        to_its_end(run)
    facts = runs.read_facts(tmp_path / "a")
    assert (facts.name, facts.tags, facts.state) == ("narrow", ("first",), "done")
    assert not list((tmp_path / "a").glob("*.lock"))


def test_weights_that_grow_beyond_all_numbers_in_the_very_last_step_are_noticed(tmp_path: Path):
    run = Run(moons(1), tmp_path / "a")
    run.advance(9, steps=run.trainer.steps_per_epoch - 1)
    for each in run.trainer.optimizer.param_groups:
        each["lr"] = float("inf")
    with pytest.raises(NotFinite, match=r"by step \d+ the weights"):
        run.advance(9)
    run.close()
    assert runs.read_facts(tmp_path / "a").state == "open"


def test_what_cannot_begin_leaves_nothing_and_what_is_no_run_is_not_touched(tmp_path: Path):
    untrainable = replace(moons(), data=Data(CsvFile("x.csv", has_target=False)))
    with pytest.raises(DesignError, match="nothing to predict"):
        Run(untrainable, tmp_path / "net.runs" / "run-1")
    assert not list(tmp_path.iterdir())
    (tmp_path / "metrics.jsonl").write_text("mine")
    with pytest.raises(DesignError, match="holds other files"):
        Run(moons(), tmp_path)
    assert [each.read_text() for each in tmp_path.iterdir()] == ["mine"]
    with pytest.raises(DesignError, match="cannot hold a run"):
        Run(moons(), tmp_path / "metrics.jsonl")


def test_a_damaged_checkpoint_never_takes_the_place_of_the_whole_one_before(tmp_path: Path):
    with Run(moons(), tmp_path / "a") as run:
        run.advance(9, steps=5)
        run.keep()
    last = tmp_path / "a" / "last.safetensors"
    last.write_bytes(last.read_bytes()[:-1])
    with Run(moons(), tmp_path / "a", resume=True) as run:
        assert run.trainer.step == 0
        run.advance(9, steps=5)
        run.keep()
    last.unlink()
    found = checkpoint.read(tmp_path / "a", "last")
    assert found is not None
    assert found.about["step"] == 0


@pytest.mark.skipif(
    sys.platform == "win32", reason="a process there is asked to end in another way"
)
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_who_stops_a_training_is_told_how_to_go_on_and_loses_nothing(
    tmp_path: Path, how: signal.Signals
):
    project = moons(2000)
    engine.save(project, tmp_path / "moons.loom")
    command = [sys.executable, str(ROOT / "main.py"), "train", str(tmp_path / "moons.loom")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        process.stderr.readline()
        process.send_signal(how)
        said = process.stderr.read()
    assert process.returncode == 2
    assert "--resume goes on" in said
    assert "Traceback" not in said
    (folder,) = runs.runs_in(tmp_path / "moons.runs")
    whole = Trainer(project)
    with Run(project, folder, resume=True) as run:
        while whole.step < run.trainer.step:
            whole.advance(run.trainer.step - whole.step)
        assert run.trainer.step > 0
        assert same(run.trainer.module.state_dict(), whole.module.state_dict())


def test_folders_count_on_and_only_runs_are_deleted(tmp_path: Path):
    store = runs.folder_of(tmp_path / "net.loom")
    assert runs.runs_in(store) == ()
    for number in (1, 2):
        assert runs.next_folder(store).name == f"run-{number}"
        finished(Run(moons(1), runs.next_folder(store)))
    first, second = runs.runs_in(store)
    (store / "run-7").mkdir()
    with pytest.raises(DesignError, match="is no run"):
        runs.delete(store / "run-7")
    runs.delete(first)
    assert runs.runs_in(store) == (second,)
    assert runs.next_folder(store).name == "run-8"


def test_a_damaged_run_is_one_sentence(tmp_path: Path):
    for content in (b"", b"{", b"[]", b"{}", b"\xff\xfe\x00", b'{"project": 3}'):
        (tmp_path / "run.json").write_bytes(content)
        with pytest.raises(DesignError, match=r"run\.json"):
            runs.read_facts(tmp_path)
    (tmp_path / "metrics.jsonl").write_bytes(b'{"step": 1, "loss": 2}\n\xff\n{"step": 2, "lo')
    assert runs.read_metrics(tmp_path) == [{"step": 1, "loss": 2}]
    assert json.loads((tmp_path / "metrics.jsonl").read_bytes().split(b"\n")[0])["step"] == 1


def steady(epochs: int, rate: float, size: int = 32) -> Project:
    project = moons(epochs, rate)
    training = replace(project.training, scheduler=ConstantRate(), batch_size=size)
    return replace(project, training=training)


@pytest.mark.parametrize("at", [1, 10, 17])
def test_a_run_that_was_steered_is_gone_on_with_bit_for_bit(tmp_path: Path, at: int):
    """The rate counts from the next step, the batch size from the next epoch, also over a stop between them."""
    for name, stops in (("a", ()), ("b", (at, at + 3))):
        with Run(steady(5, 0.01), tmp_path / name) as run:
            run.advance(9, steps=min(at, 10))
            run.advance(9, steps=at - run.trainer.step)
            run.steer(steady(6, 0.002, 64))
            assert run.trainer.rate == 0.002
            run.keep()
        for stop in stops:
            with Run(steady(6, 0.002, 64), tmp_path / name, resume=True) as run:
                run.advance(9, steps=max(stop - run.trainer.step, 0) or 1)
                run.keep()
        with Run(steady(6, 0.002, 64), tmp_path / name, resume=True) as run:
            to_its_end(run)
            assert run.trainer.epoch == 6
    assert same(weights_of(tmp_path / "a", "last"), weights_of(tmp_path / "b", "last"))
    changes = runs.read_facts(tmp_path / "a").changes
    assert changes == (f"step {at}: learning rate 0.01 → 0.002, batch 32 → 64, epochs 5 → 6",)


def test_a_schedule_keeps_its_course_at_another_rate(tmp_path: Path):
    with Run(moons(4, 0.01), tmp_path / "a") as plain, Run(moons(4, 0.01), tmp_path / "b") as run:
        for each in (plain, run):
            each.advance(9, steps=10)
        run.steer(moons(4, 0.03))
        while not run.is_done:
            assert run.trainer.rate == pytest.approx(3 * plain.trainer.rate)
            for each in (plain, run):
                each.advance(9, steps=10)
        with pytest.raises(DesignError, match="planned for 4 epochs"):
            run.steer(moons(5, 0.03))
    facts = runs.read_facts(tmp_path / "b")
    assert facts.project == moons(4, 0.03)
