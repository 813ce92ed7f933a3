"""Runs in folders: killed anywhere they end bit for bit as if left alone; nothing damaged is taken for whole."""

from __future__ import annotations

import json
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
from engine.design.error import DesignError
from engine.design.project import Project
from engine.design.value import replace
from engine.files import runs
from engine.runtime import checkpoint
from engine.runtime.build import build
from engine.runtime.running import Run, trained_module, weights_of
from engine.runtime.train import NotFinite

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
    to_its_end(run)
    run.close()
    return weights_of(run.folder, "last")


def same(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def test_a_run_left_off_and_resumed_ends_as_one_left_alone_and_logs_each_step_once(tmp_path: Path):
    whole = finished(Run(moons(), tmp_path / "a"))
    first = Run(moons(), tmp_path / "b")
    first.advance(9, steps=13)
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
    module = trained_module(tmp_path / "a", "last")
    fresh = build(run.project.network)
    fresh.load_state_dict(weights_of(tmp_path / "a", "last"))
    x = torch.randn(5, 2)
    assert torch.equal(module(x), fresh.eval()(x))
    best = run.trainer.best
    assert best is not None
    assert best.loss == min(each.validation for each in run.trainer.history)


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
    assert "400 epochs" in ended.stdout
    assert same(weights_of(tmp_path / "killed", "last"), whole)


def test_a_flipped_bit_is_noticed_and_the_generation_before_is_taken(tmp_path: Path):
    run = Run(moons(), tmp_path / "a")
    run.advance(9, steps=5)
    run.keep()
    run.advance(9, steps=5)
    run.close()
    path = tmp_path / "a" / "last.safetensors"
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(bytes(content))
    found = checkpoint.read(tmp_path / "a", "last")
    assert found is not None
    assert found.about["step"] < 10
    before = tmp_path / "a" / "previous" / "last.safetensors"
    before.write_bytes(before.read_bytes()[:100])
    with pytest.raises(DesignError, match="damaged"):
        Run(moons(), tmp_path / "a", resume=True)


def test_a_loss_that_is_no_number_names_step_and_layer_and_goes_back_to_what_is_finite(
    tmp_path: Path,
):
    run = Run(moons(50, 1e6), tmp_path / "a")
    recipe = run.project.training
    wild = recipe.optimizer.with_fields(lr=1e6)
    assert run.project.training.optimizer == wild
    for each in run.trainer.optimizer.param_groups:
        each["lr"] = 1e30
    with pytest.raises(NotFinite, match=r"the loss of step \d+ is .*lower the learning rate"):
        to_its_end(run)
    assert run.trainer.is_finite
    run.close()
    assert all(each.isfinite().all() for each in weights_of(tmp_path / "a", "last").values())


def test_a_run_is_not_overwritten_nor_gone_on_with_by_another_project(tmp_path: Path):
    finished(Run(moons(2), tmp_path / "a"))
    with pytest.raises(DesignError, match="holds a run already"):
        Run(moons(2), tmp_path / "a")
    with pytest.raises(DesignError, match="has changed since"):
        Run(moons(2, 0.5), tmp_path / "a", resume=True)
    longer = Run(moons(3), tmp_path / "a", resume=True)
    assert len(longer.trainer.history) == 2
    longer.close()


def test_folders_count_on_and_only_runs_are_deleted(tmp_path: Path):
    store = runs.folder_of(tmp_path / "net.loom")
    assert runs.runs_in(store) == ()
    first, second = runs.new_folder(store), runs.new_folder(store)
    assert (first.name, second.name) == ("run-1", "run-2")
    with pytest.raises(DesignError, match="is no run"):
        runs.delete(first)
    finished(Run(moons(1), second))
    runs.rename(second, "wider", ("good",))
    facts = runs.read_facts(second)
    assert (facts.name, facts.tags, facts.state) == ("wider", ("good",), "done")
    assert runs.runs_in(store) == (second,)
    runs.delete(second)
    assert runs.runs_in(store) == ()


def test_a_damaged_run_is_one_sentence(tmp_path: Path):
    for content in (b"", b"{", b"[]", b"{}", b"\xff\xfe\x00", b'{"project": 3}'):
        (tmp_path / "run.json").write_bytes(content)
        with pytest.raises(DesignError, match=r"run\.json"):
            runs.read_facts(tmp_path)
    (tmp_path / "metrics.jsonl").write_bytes(b'{"step": 1, "loss": 2}\n\xff\n{"step": 2, "lo')
    assert runs.read_metrics(tmp_path) == [{"step": 1, "loss": 2}]
    assert json.loads((tmp_path / "metrics.jsonl").read_bytes().split(b"\n")[0])["step"] == 1
