"""Training: what is interrupted ends as what was left alone, steps are torch's own, and real data is learned."""

from __future__ import annotations

import io
from itertools import product
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

import engine
import resources
from engine.catalogue import DATASETS, LOSSES, OPTIMIZERS, SCHEDULERS
from engine.catalogue.datasets import Diabetes, Moons, RandomInput
from engine.catalogue.dropout import Dropout
from engine.catalogue.files import CsvFile
from engine.catalogue.linear import Linear
from engine.catalogue.losses import CrossEntropyLoss, Loss, MSELoss
from engine.catalogue.optimizers import AdamW, Optimizer
from engine.catalogue.rectifiers import ReLU
from engine.catalogue.schedulers import ConstantRate, Course, Scheduler
from engine.catalogue.squashers import Sigmoid
from engine.catalogue.vectors import LogSoftmax
from engine.design.error import DesignError
from engine.design.kind import TensorSpec
from engine.design.project import Data, Project, Training
from engine.design.tree import Input, Layer, Network, Stack
from engine.design.value import replace
from engine.runtime.build import build
from engine.runtime.examples import split, target
from engine.runtime.train import Trainer, batches, train


def small(loss: Loss, optimizer: Optimizer, scheduler: Scheduler, epochs: int = 3) -> Project:
    """A network with dropout on a few points, whose end suits the loss."""
    end = {"log_probabilities": LogSoftmax(dim=1), "probabilities": Sigmoid()}.get(loss.expects)
    outputs = 1 if loss.task != "classification" else 2
    layers = (
        Layer(1, "hidden", Linear(6), ReLU()),
        Layer(2, "dropout", Dropout(0.2)),
        Layer(3, "out", Linear(outputs), end),
    )
    network = Network("Net", (Input("x", TensorSpec((2,))),), Stack(layers), next_id=9)
    recipe = Training(loss, optimizer, scheduler, batch_size=8, epochs=epochs)
    return Project(network, Data(Moons(samples=30)), recipe)


def sample(name: str, **changes: Any) -> Project:
    project = engine.load(resources.path("samples", f"{name}.loom"))
    return replace(project, training=replace(project.training, **changes))


def run(trainer: Trainer) -> list[Tensor]:
    """To the end; all that it then holds."""
    while not trainer.is_done:
        trainer.advance(1000)
    kept = trainer.state()
    moments = [value for each in kept["optimizer"]["state"].values() for value in each.values()]
    return [*kept["module"].values(), *(each for each in moments if isinstance(each, Tensor))]


def through_a_file(state: dict[str, Any]) -> dict[str, Any]:
    """The state as another process finds it, read without running anything."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    buffer.seek(0)
    return torch.load(buffer, weights_only=True)


def makes_sense(optimizer: Optimizer, scheduler: Scheduler) -> bool:
    return not scheduler.refusal(Course(3, 3, optimizer.lr), optimizer)


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=lambda kind: kind.key())
def test_what_is_interrupted_anywhere_ends_bit_for_bit_as_what_was_left_alone(
    optimizer: type[Optimizer],
):
    generator = torch.Generator().manual_seed(1)
    for scheduler, loss in product(SCHEDULERS.values(), LOSSES.values()):
        chosen, plan = optimizer(), scheduler()
        if not makes_sense(chosen, plan):
            plan = plan.with_fields(cycle_momentum=False)
        project = small(loss(), chosen, plan)
        whole = run(Trainer(project))
        first = Trainer(project)
        for _ in range(int(torch.randint(1, 4, (), generator=generator))):
            first.advance(int(torch.randint(1, 4, (), generator=generator)))
        kept = through_a_file(first.state())
        first.advance(1)  # what goes on does not change what was kept
        second = Trainer(project)
        second.restore(kept)
        torch.rand(3)  # nor do random numbers of others
        assert all(map(torch.equal, whole, run(second))), (scheduler, loss)


def test_a_step_is_that_of_the_usual_loop():
    project = small(CrossEntropyLoss(), AdamW(lr=0.01), ConstantRate(), epochs=2)
    body = Stack(tuple(node for node in project.network.body.nodes if node.id != 2))
    project = replace(project, network=replace(project.network, body=body))
    trainer = Trainer(project)
    rows = split(project).training
    order = torch.Generator().manual_seed(project.training.seed)
    module = build(project.network, project.training.seed).train()
    optimizer = torch.optim.AdamW(module.parameters(), lr=0.01)
    for _ in range(2):
        places = torch.randperm(len(rows), generator=order)
        for start, stop in batches(len(rows), 8):
            optimizer.zero_grad()
            nn.functional.cross_entropy(
                module(rows.x[0][places[start:stop]]), rows.y[places[start:stop]]
            ).backward()
            optimizer.step()
        trainer.advance(1000)
    for own, usual in zip(trainer.module.parameters(), module.parameters(), strict=True):
        torch.testing.assert_close(own, usual, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "epochs", "least"), [("iris", 60, 0.93), ("moons", 60, 0.97), ("digits", 12, 0.95)]
)
def test_real_data_is_learned(name: str, epochs: int, least: float):
    told: list[int] = []
    trained = train(sample(name, epochs=epochs, seed=1), lambda epoch: told.append(epoch.epoch))
    assert told == list(range(1, epochs + 1))
    assert trained.history[-1].score >= least
    assert trained.history[-1].loss < trained.history[0].loss


def test_a_regression_beats_always_saying_the_mean():
    layers = (Layer(1, "hidden", Linear(16), ReLU()), Layer(2, "out", Linear(1)))
    network = Network("Net", (Input("x", TensorSpec((10,))),), Stack(layers), next_id=9)
    recipe = Training(MSELoss(), AdamW(lr=0.1), ConstantRate(), epochs=60)
    trained = train(Project(network, Data(Diabetes()), recipe))
    assert trained.history[-1].score > 0.25


@given(st.integers(1, 400), st.integers(1, 64))
@settings(max_examples=200)
def test_batches_hold_every_row_once_and_none_is_a_single_row_without_need(rows: int, size: int):
    bounds = batches(rows, min(size, rows))
    assert [row for start, stop in bounds for row in range(start, stop)] == list(range(rows))
    sizes = [stop - start for start, stop in bounds]
    assert max(sizes) <= size + 1
    if rows > 1 and size > 1:
        assert min(sizes) > 1


def refused(project: Project) -> str:
    with pytest.raises(DesignError) as error:
        Trainer(project)
    return str(error.value)


def test_values_that_are_returned_beside_the_output_change_nothing():
    project = small(CrossEntropyLoss(), AdamW(), ConstantRate())
    more = replace(project, network=replace(project.network, outputs=("hidden",)))
    assert all(map(torch.equal, run(Trainer(project)), run(Trainer(more))))


def test_what_cannot_be_trained_is_said_in_a_sentence():
    iris = sample("iris")
    assert "nothing to predict" in refused(
        replace(iris, data=Data(CsvFile("x.csv", has_target=False)))
    )
    assert "compares classes" in str(_refusal(CrossEntropyLoss(), torch.zeros(4), 0, (1,)))
    wide = replace(iris, data=Data(Moons()))
    assert "Two moons has 2 columns, but the network's input takes 4" in refused(wide)
    (*body, last) = iris.network.body.nodes
    assert isinstance(last, Layer)
    five = replace(last, kind=Linear(5))
    other = replace(iris, network=replace(iris.network, body=Stack((*body, five))))
    assert (
        refused(other)
        == "3 classes need 3 numbers at the output, and the network gives 5; change its last layer"
    )
    frozen = Stack(tuple(replace(node, frozen=True) for node in iris.network.body.nodes))
    assert "nothing to train" in refused(replace(iris, network=replace(iris.network, body=frozen)))


def _refusal(loss: Loss, y: Tensor, classes: int, output: tuple[int, ...]) -> DesignError:
    with pytest.raises(DesignError) as error:
        target(loss, y, classes, output)
    return error.value


def test_a_rate_beyond_allbatches_stops_with_the_step():
    project = sample("moons", optimizer=OPTIMIZERS["SGD"](lr=1e6), epochs=20)
    trainer = Trainer(project)
    with pytest.raises(
        DesignError, match=r"step \d+ .*(layer|weights) .*; lower the learning rate of 1e\+06"
    ):
        run(trainer)


def test_every_shipped_set_with_a_target_is_divided_without_a_row_twice():
    for kind in DATASETS.values():
        if not kind.resource:
            continue
        shape = kind.row_shape
        assert shape is not None
        network = Network("Net", (Input("x", TensorSpec(shape)),), Stack(), next_id=1)
        flat = Layer(1, "out", Linear(kind().outputs() or 1))
        body = Stack((flat,)) if len(shape) == 1 else Stack(())
        if not body.nodes:
            continue
        loss = CrossEntropyLoss() if kind.classes else MSELoss()
        recipe = Training(loss, AdamW(), ConstantRate())
        found = split(Project(replace(network, body=body), Data(kind()), recipe))
        assert found.validation is not None
        assert len(found.training) + len(found.validation) == kind.stored_rows
        together = torch.cat([found.training.x[0], found.validation.x[0]])
        assert abs(float(found.training.x[0].mean())) < 1e-4, "scaled by what trains"
        assert len(together) == kind.stored_rows


def test_what_is_made_up_can_be_learnt_and_is_the_same_every_time():
    """The teacher is linear in eight numbers, so a linear layer finds it out."""
    iris = sample("iris")
    (*_, last) = iris.network.body.nodes
    assert isinstance(last, Layer)
    network = replace(
        iris.network,
        inputs=(Input("x", TensorSpec((8,))),),
        body=Stack((replace(last, kind=Linear(4)),)),
    )
    project = replace(iris, network=network, data=Data(RandomInput(samples=2000)))
    done = train(project)
    assert done.history[-1].score > 0.9
    first, again = split(project), split(project)
    assert torch.equal(first.training.y, again.training.y)
    assert len(first.training) == 1600
    assert first.validation is not None
    assert len(first.validation) == 400
    numbers = replace(project, training=replace(project.training, loss=MSELoss()))
    assert train(numbers).history[-1].score > 0.9


@pytest.mark.parametrize("name", ["gru-tagger", "wavenet", "siamese", "autoencoder"])
def test_made_up_targets_have_the_shape_that_the_network_gives(name: str):
    project = sample(name)
    few = project.data.set.with_fields(samples=4)
    found = split(replace(project, data=replace(project.data, set=few)))
    match name:
        case "gru-tagger":
            assert found.classes_last
            assert found.training.y.shape == (3, 60)
        case "wavenet":
            assert not found.classes_last
            assert found.training.y.shape == (3, 1024)
        case "siamese":
            assert len(found.training.x) == 2
            assert found.training.y.shape == (3,)
        case _:
            assert torch.equal(found.training.y, found.training.x[0])
    if found.classes:
        assert 0 <= int(found.training.y.min()) <= int(found.training.y.max()) < found.classes


@pytest.mark.parametrize("precision", ["mixed", "bfloat16"])
def test_half_precision_learns_and_goes_on_bit_for_bit(precision: str):
    iris = sample("iris")
    project = replace(iris, training=replace(iris.training, precision=precision, epochs=40))
    whole = Trainer(project)
    run(whole)
    assert whole.history[-1].score > 0.9
    first = Trainer(project)
    first.advance(3)
    again = Trainer(project)
    again.restore(first.state())
    run(again)
    for name, each in whole.module.state_dict().items():
        assert torch.equal(each, again.module.state_dict()[name])
        assert each.dtype == (torch.bfloat16 if precision == "bfloat16" else torch.float32)


def test_gradients_are_clipped_as_torch_clips_them():
    iris = sample("iris")
    sgd = replace(iris.training, optimizer=OPTIMIZERS["SGD"](lr=1.0), scheduler=ConstantRate())
    clipped = Trainer(replace(iris, training=replace(sgd, clip_norm=1e-3)))
    before = clipped.flat.values.detach().clone()
    clipped.advance(1)
    moved = clipped.flat.values.detach() - before
    assert float(moved.square().sum().sqrt()) == pytest.approx(1e-3, rel=1e-2)
    loose, plain = (Trainer(replace(iris, training=replace(sgd, clip_norm=n))) for n in (1e6, 0.0))
    for each in (loose, plain):
        each.advance(5)
    assert torch.equal(loose.flat.values, plain.flat.values)


def test_training_ends_where_it_gets_no_better():
    iris = sample("iris")
    recipe = replace(iris.training, epochs=2000, patience=5, scheduler=ConstantRate())
    done = train(replace(iris, training=recipe)).trainer
    assert done.best is not None
    assert done.epoch == done.best.epoch + 5 < 2000
    short = train(replace(iris, training=replace(recipe, patience=0, minutes=0.002)))
    assert 0.1 < short.history[-1].seconds < 5


def test_a_device_that_is_not_there_is_said():
    iris = sample("iris")
    project = replace(iris, training=replace(iris.training, device="cuda"))
    with pytest.raises(DesignError, match="asks for cuda; choose auto or cpu"):
        Trainer(project)
