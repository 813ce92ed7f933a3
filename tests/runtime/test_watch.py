"""What is said of the layers is what a plain computation with torch gives."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from torch import Tensor

import engine
import resources
from engine.catalogue import ACTIVATIONS
from engine.design.project import Project
from engine.design.value import replace
from engine.files import runs
from engine.runtime.running import Run
from engine.runtime.train import Trainer
from engine.runtime.watch import Watch, bounds


def sample(name: str) -> Project:
    return engine.load(resources.path("samples", f"{name}.loom"))


def test_a_look_says_what_torch_gives_for_each_layer():
    trainer = Trainer(sample("moons"))
    trainer.advance(3)
    watch = Watch(trainer.module, trainer.project.network, trainer.rows.training)
    assert watch.names == ("hidden1", "hidden2", "out")
    before = watch.weights()
    trainer.advance(1)
    seen = watch.look(before)
    x: Tensor = trainer.rows.training.x[0][:128]
    module = trainer.module.eval()
    with torch.no_grad():
        one = torch.tanh(module.get_submodule("hidden1")(x))
        two = torch.relu(module.get_submodule("hidden2")(one))
        three = module.get_submodule("out")(two)
    for health, name, output, old in zip(seen, watch.names, (one, two, three), before, strict=True):
        layer = module.get_submodule(name)
        own = list(layer.parameters())
        gradient = torch.cat([each.grad.reshape(-1) for each in own if each.grad is not None])
        weights = torch.cat([each.detach().reshape(-1) for each in own])
        assert health.gradient == pytest.approx(float(gradient.square().mean().sqrt()))
        assert health.update == pytest.approx(float((weights - old).norm() / old.norm()))
        assert health.weight_std == pytest.approx(float(weights.std(correction=0)))
        assert (health.mean, health.std) == pytest.approx(
            (float(output.mean()), float(output.std(correction=0)))
        )
    assert seen[0].saturated == pytest.approx(float((one.abs() > 0.96).float().mean()))
    assert seen[1].dead == pytest.approx(float((two.amax(dim=0) == 0).float().mean()))
    assert math.isnan(seen[1].saturated)
    assert math.isnan(seen[2].dead)


def test_looking_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A run that is looked at in every step ends with the weights of one that is never looked at."""
    project = sample("digits")
    project = replace(project, training=replace(project.training, epochs=2))
    plain = Trainer(project)
    while not plain.is_done:
        plain.advance(1000)
    monkeypatch.setattr("engine.runtime.running.LOOK_EVERY_S", 0.0)
    monkeypatch.setattr("engine.runtime.running.SHARE_OF_LOOKING", 1.0)
    with Run(project, tmp_path / "a") as run:
        looks = [
            look
            for _ in iter(lambda: run.is_done, True)
            for look in run.advance(0.2, steps=1).layers
        ]
        watched = run.trainer
        names = run.watch.names
    for name, each in plain.module.state_dict().items():
        assert torch.equal(each, watched.module.state_dict()[name]), name
    kept = runs.read_layers(tmp_path / "a")
    assert kept.names == names
    assert kept.steps == [step for step, _ in looks]
    assert len(looks) > 10
    assert kept.numbers[-1][0][0] == pytest.approx(looks[-1][1][0].gradient, rel=1e-3)


@pytest.mark.parametrize("name", ["gru-tagger", "siamese", "lenet-5", "mobilenet-v2", "pointnet"])
def test_every_layer_that_learns_is_watched(name: str):
    project = sample(name)
    few = replace(project, data=replace(project.data, set=project.data.set.with_fields(samples=6)))
    trainer = Trainer(few)
    watch = Watch(trainer.module, project.network, trainer.rows.training)
    before = watch.weights()
    trainer.advance(1)
    seen = watch.look(before)
    assert len(seen) == len(watch.names) == len(set(watch.names)) > 2
    assert all(math.isfinite(each.gradient) and math.isfinite(each.mean) for each in seen)
    held = {id(p) for place in watch.places for p in place.parameters}
    if len(watch.places) < 120:
        assert held == {id(p) for p in trainer.module.parameters() if p.requires_grad}


@pytest.mark.parametrize("activation", [each for each in ACTIVATIONS.values() if not each.vector])
def test_bounds_hold_what_torch_gives(activation: type) -> None:
    chosen = activation()
    low, high = bounds(chosen)
    for x in (-900.0, -3.0, -0.2, 0.0, 0.7, 4.0, 900.0):
        y = chosen.at(x)
        assert high is None or y <= high + 1e-6
        # What dips before it levels off (SiLU, GELU) has its bound where it levels off.
        assert low is None or high is None or y >= low - 1e-6
