"""Rows, network and loss meet, or what mends them is said; and rows need not fit into memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

import resources
from engine.catalogue import DATASETS
from engine.catalogue.datasets import Dataset, Mnist, RandomInput
from engine.catalogue.embedding import Embedding
from engine.catalogue.files import FileSet, ImageFolder, NpyFile
from engine.catalogue.linear import Linear
from engine.catalogue.losses import CrossEntropyLoss, MSELoss
from engine.catalogue.optimizers import Adam
from engine.catalogue.recurrent import LSTM
from engine.catalogue.schedulers import ConstantRate
from engine.catalogue.sequence_sets import CopyTask, SampleText
from engine.catalogue.shaping import Flatten
from engine.design.error import DesignError
from engine.design.kind import Kind, TensorSpec
from engine.design.project import Data, Project, Training, edited
from engine.design.tree import Input, Layer, Network, Stack
from engine.design.value import replace
from engine.files.store import load
from engine.runtime.examples import Distant, split
from engine.runtime.table import table
from engine.runtime.train import Trainer, train
from engine.views.data_fit import misfits
from tests.runtime.test_files import picture

READY = [
    kind for kind in DATASETS.values() if kind is not RandomInput and not issubclass(kind, FileSet)
]


def sample(name: str) -> Project:
    return load(resources.path("samples", f"{name}.loom"))


def row(*kinds: Kind) -> Network:
    nodes = tuple(Layer(n, f"layer{n}", kind) for n, kind in enumerate(kinds, start=1))
    return Network("Net", (Input("x", TensorSpec((4,))),), Stack(nodes), next_id=len(kinds) + 1)


def mended(project: Project) -> Project:
    """The project after the mends that are offered, one after another."""
    chosen = project.data.set
    assert isinstance(chosen, Dataset)
    facts = table(chosen).facts()
    for _ in range(8):
        found = next((each for each in misfits(project, facts, chosen.title()) if each.edit), None)
        if found is None or found.edit is None:
            break
        project = edited(project, found.edit)
    return project


@pytest.mark.parametrize("kind", READY)
@pytest.mark.parametrize("loss", [CrossEntropyLoss(), MSELoss()])
def test_the_mends_that_are_offered_make_data_and_network_meet(kind: type[Dataset], loss):
    numbers = Training(loss, Adam(), ConstantRate(), epochs=1)
    facts = table(kind()).facts()
    kinds: tuple[Kind, ...] = (Linear(16), Linear(5))
    if facts.vocabulary:
        kinds = (Embedding(3, 8), LSTM(8), Linear(5))
    elif facts.given.elements != facts.given.shape[-1]:
        kinds = (Flatten(), *kinds)
    project = mended(Project(row(*kinds), Data(kind()), numbers))
    assert list(misfits(project, facts, "")) == []
    trainer = Trainer(project)
    trainer.advance(2)
    assert trainer.step == 2


def test_what_does_not_meet_is_said_in_the_order_of_mending():
    project = Project(row(Embedding(3, 8), LSTM(8), Linear(5)), Data(SampleText(length=10)),
                      Training(MSELoss(), Adam(), ConstantRate()))  # fmt: skip
    facts = table(SampleText(length=10)).facts()
    assert [each.title for each in misfits(project, facts, "Alice")][:3] == [
        "Make the input 10", "Give it 70", "Use Cross entropy",
    ]  # fmt: skip
    with pytest.raises(DesignError):
        split(project)


# --- more rows than fit into memory --------------------------------------------------------------


def test_rows_that_are_read_when_needed_train_to_the_same_weights():
    project = sample("moons")
    project = replace(project, training=replace(project.training, epochs=3, batch_size=50))
    far = split(project, in_memory=10)
    assert isinstance(far.training, Distant)
    ends = []
    for rows in (None, far):
        trainer = Trainer(project, rows)
        while not trainer.is_done:
            trainer.advance(3)
        ends.append((trainer.flat.values.detach().clone(), trainer.history[-1][:5]))
    assert torch.equal(ends[0][0], ends[1][0])
    assert ends[0][1] == ends[1][1]


def test_an_array_larger_than_is_kept_is_read_a_batch_at_a_time(tmp_path: Path):
    x = np.lib.format.open_memmap(tmp_path / "x.npy", "w+", np.float32, (5000, 40))
    x[:] = np.random.default_rng(0).normal(size=x.shape)
    np.save(tmp_path / "y.npy", (x[:, 0] > 0).astype(np.int64))
    chosen = NpyFile(path=str(tmp_path / "x.npy"), target_path=str(tmp_path / "y.npy"))
    project = mended(
        Project(
            row(Linear(2)), Data(chosen), Training(CrossEntropyLoss(), Adam(0.01), ConstantRate())
        )
    )
    trainer = Trainer(project, split(project, in_memory=1000))
    trainer.advance(10**6)
    assert trainer.history[-1].score > 0.8


def test_a_picture_that_vanishes_during_a_run_stops_it_with_its_name(tmp_path: Path):
    for name in ("a/1.png", "a/2.png", "a/3.png", "b/1.png", "b/2.png", "b/3.png"):
        picture(tmp_path / name, np.random.default_rng(1).integers(0, 255, (8, 8, 3)))
    project = Project(row(Flatten(), Linear(2)), Data(ImageFolder(path=str(tmp_path), size=8), scaling="none"),
                      Training(CrossEntropyLoss(), Adam(), ConstantRate()))  # fmt: skip
    rows = split(mended(project), in_memory=10)
    trainer = Trainer(mended(project), rows)
    assert rows.training is not None
    for each in tmp_path.glob("*/*.png"):
        each.unlink()
    with pytest.raises(DesignError, match="is not there any more"):
        trainer.advance(1)


# --- accuracy that any right implementation reaches ----------------------------------------------


def test_a_small_convolutional_network_reads_mnist():
    project = sample("lenet-5")
    project = mended(replace(
        project, data=Data(Mnist()),
        training=Training(CrossEntropyLoss(), Adam(0.002), ConstantRate(), batch_size=50, epochs=4),
    ))  # fmt: skip
    assert train(project).history[-1].score >= 0.95


def test_an_lstm_learns_to_copy():
    network = row(Embedding(6, 16), LSTM(48), Linear(5))
    chosen = CopyTask(symbols=4, length=2, gap=2, samples=1500)
    project = mended(
        Project(
            network,
            Data(chosen),
            Training(CrossEntropyLoss(), Adam(0.01), ConstantRate(), epochs=15),
        )
    )
    assert train(project).history[-1].score >= 0.95
