"""Points that are drawn: the same for the same seed, on their curves without noise, and of every class."""

from __future__ import annotations

import numpy as np
import pytest

import engine
import resources
from engine.catalogue.datasets import Dataset
from engine.catalogue.losses import MSELoss
from engine.catalogue.toys import TOYS, Checkerboard, Circles, Curve, Points, Spirals, Xor
from engine.design.edit import SetField
from engine.design.project import edited
from engine.design.tree import walk
from engine.design.value import replace
from engine.runtime.table import table
from engine.runtime.toys import drawn
from engine.runtime.train import train


@pytest.mark.parametrize("kind", TOYS)
def test_the_same_seed_gives_the_same_points_and_another_one_others(kind: type[Dataset]):
    one, again, other = (table(kind().with_fields(samples=301, seed=seed)) for seed in (4, 4, 5))
    assert one.x.shape == (301, *(kind.row_shape or ()))
    assert np.array_equal(one.x, again.x)
    assert not np.array_equal(one.x, other.x)
    assert one.x.dtype == np.float32
    assert one.class_names == kind.classes
    if kind.classes:
        assert one.y is not None
        counts = np.bincount(one.y, minlength=len(kind.classes))
        assert len(counts) == len(kind.classes)
        assert counts.min() > 301 / len(kind.classes) / 2


def test_without_noise_points_lie_where_they_should():
    x, y = drawn(Xor(noise=0.0))
    assert np.array_equal(y == 1, x[:, 0] * x[:, 1] < 0)
    x, y = drawn(Circles(noise=0.0, inner=0.3))
    assert np.allclose(np.linalg.norm(x, axis=1), np.where(y == 1, 0.3, 1.0), atol=1e-6)
    x, y = drawn(Checkerboard(squares=2))
    assert np.array_equal(y == 1, x[:, 0] * x[:, 1] < 0)
    x, y = drawn(Curve(noise=0.0))
    assert np.allclose(y, np.sin(2 * np.pi * x[:, 0]), atol=1e-5)
    assert (np.diff(x[:, 0]) >= 0).all()
    x, y = drawn(Spirals(noise=0.0))
    assert (np.linalg.norm(x, axis=1) <= 1 + 1e-6).all()


@pytest.mark.parametrize("kind", [Xor, Circles])
def test_a_small_network_tells_them_apart(kind: type[Points]):
    project = engine.load(resources.path("samples", "moons.loom"))
    done = train(replace(project, data=replace(project.data, set=kind(noise=0.05))))
    assert done.history[-1].score > 0.95


def test_a_small_network_fits_a_curve():
    project = engine.load(resources.path("samples", "moons.loom"))
    first = project.network.inputs[0]
    network = replace(project.network, inputs=(replace(first, spec=type(first.spec)((1,))),))
    last = list(walk(network.body))[-1]
    project = edited(replace(project, network=network), SetField((last.id,), "out_features", 1))
    training = replace(project.training, loss=MSELoss(), epochs=200)
    project = replace(project, training=training, data=replace(project.data, set=Curve()))
    assert train(project).history[-1].score > 0.8
