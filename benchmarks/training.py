"""Training against the usual loops: the same network, rows, recipe and epochs, in turn, in one run.

    python -m benchmarks.training [ROUNDS]

Ours trains in the window: pressed with a button, plotted while it goes, every run kept on the disk. "the engine alone"
is the same without a window. "a fixed batch" is the lower bound of a plain loop: forward, backward and a fused step,
no data moved, nothing judged. Rivals that are not installed are said to be missing (lightning, skorch, keras).
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("KERAS_BACKEND", "torch")

import numpy as np
import torch
from torch import nn

import engine
import resources
from benchmarks.rivals import exported
from engine.catalogue.convolution import Conv2d
from engine.catalogue.linear import Linear
from engine.catalogue.pooling import MaxPool2d
from engine.catalogue.rectifiers import ReLU
from engine.catalogue.schedulers import ConstantRate
from engine.catalogue.shaping import Flatten
from engine.design.placing import renumbered
from engine.design.project import Project
from engine.design.tree import Layer, Stack
from engine.design.value import replace
from engine.runtime.examples import Split, split
from engine.runtime.running import Run

torch.set_num_threads(1)
ROUNDS = 5


class Task(NamedTuple):
    """One network with its rows; the schedule is a constant rate, which all rivals have."""

    name: str
    project: Project


def tasks() -> list[Task]:
    return [
        Task("moons MLP", steady("moons", 60)),
        Task("digits MLP", without_dropout(steady("digits", 30))),
        Task("digits CNN", convolutional(steady("digits", 10))),
    ]


def steady(name: str, epochs: int) -> Project:
    project = engine.load(resources.path("samples", f"{name}.loom"))
    recipe = replace(project.training, epochs=epochs, scheduler=ConstantRate())
    return replace(project, training=recipe)


def without_dropout(project: Project) -> Project:
    """Scikit-learn has none."""
    nodes = tuple(
        node
        for node in project.network.body.nodes
        if not isinstance(node, Layer) or node.kind.family != "dropout"
    )
    return replace(project, network=replace(project.network, body=Stack(nodes)))


def convolutional(project: Project) -> Project:
    nodes, next_id = renumbered(
        (
            Layer(0, "conv1", Conv2d(16, (3, 3), padding=(1, 1)), ReLU()),
            Layer(0, "conv2", Conv2d(32, (3, 3), padding=(1, 1)), ReLU()),
            Layer(0, "pool", MaxPool2d((2, 2))),
            Layer(0, "flatten", Flatten()),
            Layer(0, "out", Linear(10)),
        ),
        1,
    )
    return replace(project, network=replace(project.network, body=Stack(nodes), next_id=next_id))


# --- the loops: each trains and gives the score on the rows that judge ---


def engine_alone(task: Task, rows: Split) -> float:
    with tempfile.TemporaryDirectory() as folder, Run(task.project, Path(folder) / "run-1") as run:
        while not run.is_done:
            run.advance(0.1)
        return run.trainer.history[-1].score


def plain_loop(task: Task, rows: Split) -> float:
    """As a tutorial of PyTorch writes it."""
    from torch.utils.data import DataLoader, TensorDataset

    recipe = task.project.training
    torch.manual_seed(recipe.seed)
    model = exported(task.project.network, "cpu")
    optimizer = torch.optim.AdamW(model.parameters(), **arguments(task))
    loss_function = nn.CrossEntropyLoss()
    assert rows.validation is not None
    training = DataLoader(
        TensorDataset(rows.training.x[0], rows.training.y), recipe.batch_size, shuffle=True
    )
    judging = DataLoader(TensorDataset(rows.validation.x[0], rows.validation.y), recipe.batch_size)
    score = 0.0
    for _ in range(recipe.epochs):
        model.train()
        for x, y in training:
            optimizer.zero_grad()
            loss = loss_function(model(x), y)
            loss.backward()
            optimizer.step()
            loss.item()
        model.eval()
        right = 0
        with torch.no_grad():
            for x, y in judging:
                right += int((model(x).argmax(1) == y).sum())
        score = right / len(rows.validation)
    return score


def fixed_batch(task: Task, rows: Split) -> float:
    recipe = task.project.training
    model = exported(task.project.network, "cpu")
    optimizer = torch.optim.AdamW(model.parameters(), **arguments(task), fused=True)
    loss_function = nn.CrossEntropyLoss()
    x, y = rows.training.x[0][: recipe.batch_size], rows.training.y[: recipe.batch_size]
    for _ in range(recipe.epochs * -(-len(rows.training) // recipe.batch_size)):
        optimizer.zero_grad()
        loss_function(model(x), y).backward()
        optimizer.step()
    return float("nan")


def lightning_loop(task: Task, rows: Split) -> float:
    lightning: Any = importlib.import_module("lightning")
    from torch.utils.data import DataLoader, TensorDataset

    recipe = task.project.training

    class Module(lightning.LightningModule):  # pyright: ignore[reportUntypedBaseClass]
        def __init__(self) -> None:
            super().__init__()
            self.model = exported(task.project.network, "cpu")
            self.score = 0.0

        def training_step(self, batch: Any, index: int) -> Any:
            return nn.functional.cross_entropy(self.model(batch[0]), batch[1])

        def validation_step(self, batch: Any, index: int) -> None:
            right = (self.model(batch[0]).argmax(1) == batch[1]).float().mean()
            self.log("score", right)

        def configure_optimizers(self) -> Any:
            return torch.optim.AdamW(self.parameters(), **arguments(task))

    assert rows.validation is not None
    training = DataLoader(
        TensorDataset(rows.training.x[0], rows.training.y), recipe.batch_size, shuffle=True
    )
    judging = DataLoader(TensorDataset(rows.validation.x[0], rows.validation.y), recipe.batch_size)
    trainer = lightning.Trainer(
        max_epochs=recipe.epochs, accelerator="cpu", logger=False, enable_checkpointing=False,
        enable_progress_bar=False, enable_model_summary=False, num_sanity_val_steps=0,
    )  # fmt: skip
    trainer.fit(Module(), training, judging)
    return float(trainer.callback_metrics["score"])


def skorch_loop(task: Task, rows: Split) -> float:
    skorch: Any = importlib.import_module("skorch")
    datasets: Any = importlib.import_module("skorch.dataset")
    helper: Any = importlib.import_module("skorch.helper")
    recipe = task.project.training
    assert rows.validation is not None
    net = skorch.NeuralNetClassifier(
        exported(task.project.network, "cpu"), criterion=nn.CrossEntropyLoss, optimizer=torch.optim.AdamW,
        lr=arguments(task)["lr"], optimizer__weight_decay=arguments(task)["weight_decay"],
        batch_size=recipe.batch_size, max_epochs=recipe.epochs, verbose=0, iterator_train__shuffle=True,
        train_split=helper.predefined_split(datasets.Dataset(rows.validation.x[0].numpy(), rows.validation.y.numpy())),
    )  # fmt: skip
    net.fit(rows.training.x[0].numpy(), rows.training.y.numpy())
    return float(net.history[-1]["valid_acc"])


def keras_loop(task: Task, rows: Split) -> float:
    keras: Any = importlib.import_module("keras")

    recipe = task.project.training
    assert rows.validation is not None
    layers = keras.layers
    shape = tuple(rows.training.x[0].shape[1:])
    if "CNN" in task.name:
        body = [
            layers.Permute((2, 3, 1)),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(), layers.Flatten(), layers.Dense(10),
        ]  # fmt: skip
    elif "digits" in task.name:
        body = [
            layers.Flatten(), layers.Dense(64, "relu"), layers.Dense(32, "relu"), layers.Dense(10),
        ]  # fmt: skip
    else:
        body = [layers.Dense(16, "tanh"), layers.Dense(16, "relu"), layers.Dense(2)]
    model = keras.Sequential([keras.Input(shape), *body])
    model.compile(
        keras.optimizers.AdamW(arguments(task)["lr"], weight_decay=arguments(task)["weight_decay"]),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"],
    )  # fmt: skip
    told = model.fit(
        rows.training.x[0].numpy(), rows.training.y.numpy(), recipe.batch_size, recipe.epochs, verbose=0,
        validation_data=(rows.validation.x[0].numpy(), rows.validation.y.numpy()),
    )  # fmt: skip
    return float(told.history["val_accuracy"][-1])


def sklearn_loop(task: Task, rows: Split) -> float:
    from sklearn.neural_network import MLPClassifier

    recipe = task.project.training
    assert rows.validation is not None
    sizes = (64, 32) if "digits" in task.name else (16, 16)
    made: Any = MLPClassifier
    model = made(
        sizes, learning_rate_init=arguments(task)["lr"], batch_size=recipe.batch_size, max_iter=recipe.epochs,
        tol=0, n_iter_no_change=10**6, random_state=0,
    )  # fmt: skip
    given = [
        np.asarray(each).reshape(len(each), -1)
        for each in (rows.training.x[0], rows.validation.x[0])
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(given[0], rows.training.y.numpy())
    return float(model.score(given[1], rows.validation.y.numpy()))


def arguments(task: Task) -> dict[str, Any]:
    values = task.project.training.optimizer.values()
    return {"lr": values["lr"], "weight_decay": values["weight_decay"]}


RIVALS: dict[str, tuple[str, Callable[[Task, Split], float]]] = {
    "plain DataLoader loop": ("torch", plain_loop),
    "a fixed batch": ("torch", fixed_batch),
    "Lightning": ("lightning", lightning_loop),
    "skorch": ("skorch", skorch_loop),
    "Keras 3 on torch": ("keras", keras_loop),
    "scikit-learn": ("sklearn", sklearn_loop),
}


class InWindow:
    """A window with its worker warm, which trains at the press of a button."""

    def __init__(self, folder: Path) -> None:
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QApplication

        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
            os.environ[name] = str(folder)
        self._folder = folder
        self._wait = QTest.qWait
        self.application = QApplication.instance() or QApplication([])
        from gui import theme
        from gui.application import open_window
        from gui.engine_process import State
        from gui.preferences import Preferences

        assert isinstance(self.application, QApplication)
        theme.apply(self.application, theme.DARK)
        self.window = open_window(Preferences(), None)
        self.window.resize(1600, 1000)
        warm: list[bool] = []
        self.window.engine.warmed.connect(lambda: warm.append(True))
        while not warm or self.window.engine.state is not State.READY:
            self._wait(20)

    def train(self, task: Task, rows: Split) -> float:
        window = self.window
        window.document.start(task.project)
        window.leave_start()
        self._wait(300)
        return self._timed()

    def _timed(self) -> float:
        """Seconds from the press to the last report."""
        window = self.window
        began = time.perf_counter()
        window.actions_table.run("run.train")
        while window.document.state.run.phase not in ("done", "failed"):
            self.application.processEvents()
            time.sleep(0.001)
        return time.perf_counter() - began

    def close(self) -> None:
        self.window.recovery.end()
        self.window.engine.close()
        self._wait(300)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    here = {
        name: run for name, (package, run) in RIVALS.items() if importlib.util.find_spec(package)
    }
    if gone := sorted(RIVALS.keys() - here.keys()):
        print("not installed:", ", ".join(gone))
    warnings.simplefilter("ignore")
    import logging

    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        window = InWindow(Path(folder))
        for task in tasks():
            measure(task, here, window, rounds)
        window.close()


def measure(
    task: Task, rivals: dict[str, Callable[[Task, Split], float]], window: InWindow, rounds: int
) -> None:
    rows = split(task.project)
    mine = (
        dict(rivals)
        if "CNN" not in task.name
        else {k: v for k, v in rivals.items() if k != "scikit-learn"}
    )
    mine = {"the engine alone": engine_alone, **mine}
    times: dict[str, list[float]] = {name: [] for name in ("in the window", *mine)}
    scores: dict[str, float] = {}
    for _ in range(rounds):
        times["in the window"].append(window.train(task, rows))
        for name, run in mine.items():
            began = time.perf_counter()
            scores[name] = run(task, rows)
            times[name].append(time.perf_counter() - began)
    own = statistics.median(times["in the window"])
    recipe = task.project.training
    print(f"\n{task.name}: {len(rows.training):,} rows, {recipe.epochs} epochs in batches of {recipe.batch_size}, "
          f"medians of {rounds}")  # fmt: skip
    for name, found in times.items():
        median = statistics.median(found)
        score = f"{scores[name]:.3f}" if name in scores and scores[name] == scores[name] else ""
        print(f"  {name:24} {median:7.2f} s  {median / own:5.2f} times ours  {score}", flush=True)


if __name__ == "__main__":
    main()
