"""The samples: what their Python makes, without a fault and nothing that a colleague would mention."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import engine
import resources
from engine.design.kind import TensorSpec
from engine.design.tree import Layer
from engine.files.store import dumps
from engine.runtime.build import build
from engine.views.advice import advise
from engine.views.shapes import infer
from resources.samples import TEMPLATES, reference
from resources.samples.networks import projects


def test_every_template_has_a_file_and_every_file_is_a_template():
    files = {file.stem for file in resources.path("samples").glob("*.loom")}
    assert files == set(TEMPLATES) == set(projects())


@pytest.mark.parametrize("name", TEMPLATES)
def test_files_are_what_their_python_makes(name: str):
    written = resources.path("samples", f"{name}.loom").read_bytes()
    assert written == dumps(projects()[name]), "run: python -m resources.samples"


@pytest.mark.parametrize("name", TEMPLATES)
def test_samples_are_sound_and_leave_nothing_to_advise(name: str):
    project = projects()[name]
    analysis = infer(project.network)
    assert analysis.faults == ()
    assert advise(project, analysis) == ()


@pytest.mark.parametrize("name", [name for name in TEMPLATES if name != "empty"])
def test_samples_fit_their_data_and_speak_to_a_learner(name: str):
    project = projects()[name]
    chosen, network = project.data.set, project.network
    output = infer(network).output
    assert output is not None
    if (shape := getattr(chosen, "row_shape", None)) is not None:
        assert network.inputs[0].spec.shape == shape
    if (outputs := getattr(chosen, "outputs", lambda: None)()) is not None:
        assert output.shape == (outputs,)
    assert len(project.notes.split("\n\n")) == 3
    assert "Try it: " in project.notes
    assert TEMPLATES[name].sentence.endswith(".")


def test_the_tutorial_network_is_the_one_of_the_tutorial():
    project = engine.load(resources.path("samples", "tutorial.loom"))
    assert project.network.inputs[0].spec == TensorSpec((3,))
    assert project.forward.batch_size == 5
    said: list[tuple[str, str, str, list[str]]] = []
    for node in project.network.body.nodes:
        assert isinstance(node, Layer)
        chosen = [type(each).__name__ for _, each in node.initializers]
        said.append((node.name, repr(node.kind), type(node.activation).__name__, chosen))
    assert said == [
        ("linear1", "Linear(out_features=3)", "Sigmoid", ["XavierNormal"]),
        ("linear2", "Linear(out_features=2)", "ReLU", ["KaimingNormal"]),
        ("out", "Linear(out_features=2)", "Softmax", []),
    ]
    torch.manual_seed(0)
    rows = build(project.network)(torch.randn(5, 3))
    assert rows.shape == (5, 2)
    torch.testing.assert_close(rows.sum(dim=-1), torch.ones(5))


def test_the_page_of_templates_is_what_the_samples_say():
    page = Path(__file__).parents[2] / "docs" / "templates.md"
    wanted = reference.page()
    assert page.read_text(encoding="utf-8") == wanted, (
        "run: python -m resources.samples.reference > docs/templates.md"
    )
    assert all(f"`layerloom new {name}`" in wanted for name in TEMPLATES)
