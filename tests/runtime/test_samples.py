"""The first sample that a person runs shows something."""

from __future__ import annotations

import torch

import engine
import resources
from engine import runtime
from engine.catalogue.datasets import RandomInput
from engine.design.project import Project
from engine.runtime.data import random_rows


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
