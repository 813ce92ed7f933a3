"""What tells two runs apart is named by the field's own terms, and nothing else is."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings

import engine
import resources
from engine.catalogue import OPTIMIZERS
from engine.catalogue.toys import Xor
from engine.design.edit import Remove, SetField
from engine.design.project import Project, edited
from engine.design.tree import node_name, walk
from engine.design.value import replace
from engine.files import runs
from engine.views.run_difference import differences
from tests.laws.edits import projects


def moons() -> Project:
    return engine.load(resources.path("samples", "moons.loom"))


def told(before: Project, after: Project) -> list[str]:
    return [f"{each.field}: {each.before} → {each.after}" for each in differences(before, after)]


def test_the_recipe_and_the_data_are_told():
    one = moons()
    recipe = replace(one.training, seed=7, optimizer=one.training.optimizer.with_fields(lr=0.1))
    assert told(one, replace(one, training=recipe)) == [
        "learning rate: 0.01 → 0.1", "seed: 0 → 7",
    ]  # fmt: skip
    other = replace(one, training=replace(one.training, optimizer=OPTIMIZERS["SGD"]()))
    (found,) = differences(one, other)
    assert (found.field, found.after) == ("optimizer", "SGD")
    data = replace(one, data=replace(one.data, set=Xor(), seed=3))
    assert told(one, data) == ["data set: Two moons → XOR", "seed of the data: 0 → 3"]


def test_the_network_is_told_layer_by_layer():
    one = moons()
    ids = {node_name(node): node.id for node in walk(one.network.body)}
    wider = edited(one, SetField((ids["hidden1"],), "out_features", 32))
    assert "hidden1 out_features: 16 → 32" in told(one, wider)
    assert "hidden2:  → removed" in told(one, edited(one, Remove((ids["hidden2"],))))


@settings(max_examples=40)
@given(projects)
def test_a_project_differs_in_nothing_from_itself(project: Project):
    assert differences(project, project) == ()


def test_a_list_says_what_the_folder_holds(tmp_path: Path):
    folder = tmp_path / "run-1"
    folder.mkdir()
    runs.write_facts(folder, runs.Facts(moons(), "first", tags=("a",)))
    found = runs.overview(folder)
    assert (found.facts.name, found.epoch) == ("first", 0)
    (folder / "last.json").write_text('{"epoch": 3, "loss": 0.5, "score": null}')
    found = runs.overview(folder)
    assert (found.epoch, found.loss) == (3, 0.5)
    assert found.score != found.score
    (folder / "last.json").write_text("{")
    assert runs.overview(folder).epoch == 0
