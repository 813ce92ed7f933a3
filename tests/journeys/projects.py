"""Projects for journeys: nothing in it, the tutorial's, one with faults, and one with every sort of block."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import resources
from engine.catalogue import INITIALIZERS, KINDS
from engine.catalogue.linear import Linear
from engine.design.address import Place
from engine.design.edit import Insert, SetTies, apply
from engine.design.project import Project
from engine.design.tree import Again, Layer, Tie
from engine.design.value import replace
from engine.files import store
from engine.views.shapes import infer
from tests.gui.stack_rig import nested, project


def sample(name: str) -> Callable[[], Project]:
    """A shipped project."""
    return lambda: store.load(resources.path("samples", f"{name}.loom"))


def faulty() -> Project:
    """A layer named as none may be, and one that its input does not fit."""
    made = project((
        Layer(0, "hidden", Linear(out_features=6)),
        Layer(0, "fold", KINDS["Unflatten"]()),
        Layer(0, "out", Linear(out_features=2), None, (("weight", INITIALIZERS["Orthogonal"]()),)),
    ))  # fmt: skip
    hidden, fold, out = made.network.body.nodes
    assert isinstance(out, Layer)
    body = replace(made.network.body, nodes=(hidden, fold, replace(out, name="forward")))
    made = replace(made, network=replace(made.network, body=body))
    assert infer(made.network).faults
    return made


def blocks() -> Project:
    """A Repeat around a Parallel, a Group, a recall of the stem, and weights that two layers share."""
    made = nested()
    end = len(made.network.body.nodes) - 1
    network = apply(made.network, Insert((Again(0, "stem"),), Place(end)))
    network = apply(network, SetTies((Tie("head.mix.weight", "stem.weight"),)))
    assert not infer(network).faults
    return replace(made, network=network)


PROJECTS: dict[str, Callable[[], Project]] = {
    "empty": sample("empty"), "tutorial": sample("tutorial"), "faulty": faulty, "blocks": blocks,
}  # fmt: skip


def written(name: str, folder: Path) -> Path:
    """The file of one of these projects."""
    path = folder / f"{name}.loom"
    store.save(PROJECTS[name](), path)
    return path
