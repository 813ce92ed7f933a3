"""The first sample that a person runs shows something."""

from __future__ import annotations

from math import isfinite

import pytest
import torch

import engine
import resources
from engine import runtime
from engine.catalogue.datasets import RandomInput
from engine.design.project import Project
from engine.design.value import replace
from engine.runtime.data import random_rows
from engine.runtime.train import Trainer
from engine.views.shapes import infer


def sample(name: str) -> Project:
    return engine.load(resources.path("samples", f"{name}.loom"))


def test_the_tutorial_shows_its_relu_open_for_some_rows_and_closed_for_others():
    project = sample("tutorial")
    module = runtime.build(project.network, seed=project.forward.seed)
    assert isinstance(project.data.set, RandomInput)
    forward = project.forward
    rows = random_rows(project.network.inputs, project.data.set, forward.batch_size, forward.seed)
    with torch.no_grad():
        x = torch.from_numpy(rows.x)
        first, second = module.get_submodule("linear1"), module.get_submodule("linear2")
        hidden = torch.relu(second(torch.sigmoid(first(x))))
        outputs = module(x)
    opened = (hidden > 0).float().mean(0)
    assert ((opened > 0) & (opened < 1)).all()
    assert torch.allclose(outputs.sum(1), torch.ones(5))
    assert float(outputs.std(0).min()) > 0.01


TRAINABLE = sorted(
    path.stem
    for path in resources.path("samples").glob("*.loom")
    if path.stem != "empty" and infer(sample(path.stem).network).totals.parameters <= 5_000_000
)


@pytest.mark.parametrize("name", TRAINABLE)
def test_every_template_of_up_to_5_million_parameters_trains_one_epoch(name: str) -> None:
    """As it is, but for the number of made-up rows: a few are enough to see that a step fits them."""
    project = sample(name)
    if isinstance(project.data.set, RandomInput):
        few = project.data.set.with_fields(samples=10)
        project = replace(project, data=replace(project.data, set=few))
    trainer = Trainer(replace(project, training=replace(project.training, epochs=1)))
    done = trainer.advance(trainer.steps_per_epoch)
    assert done is not None
    assert isfinite(done.loss)
    assert isfinite(done.validation)
    assert trainer.is_finite
