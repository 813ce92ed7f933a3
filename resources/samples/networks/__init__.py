"""The networks of the samples, written so that a reader sees the architecture: a function a network."""

from __future__ import annotations

from engine.design.project import Project
from resources.samples.networks import (
    codes,
    convolutional,
    dense,
    first_steps,
    mixing,
    mobile,
    pairs_and_points,
    residual,
    sequences,
    transformers,
)
from resources.samples.networks.parts import Made


def projects() -> dict[str, Project]:
    """Every sample by its name."""
    made: Made = {}
    for module in (
        first_steps,
        convolutional,
        residual,
        mobile,
        dense,
        codes,
        sequences,
        pairs_and_points,
        transformers,
        mixing,
    ):
        made |= module.SAMPLES
    return {name: make() for name, make in made.items()}
