"""Writes the sample projects anew: `python -m resources.samples`."""

from __future__ import annotations

from pathlib import Path

from engine.catalogue import (
    ACTIVATIONS,
    DATASETS,
    INITIALIZERS,
    KINDS,
    LOSSES,
    OPTIMIZERS,
    SCHEDULERS,
)
from engine.design.kind import Activation, Kind, TensorSpec
from engine.design.knob import Entry
from engine.design.project import Data, Forward, Project, Training
from engine.design.tree import Input, Layer, Network, Stack
from engine.files.store import dumps

FOLDER = Path(__file__).parent


def layer(name: str, kind: Kind, activation: Activation | None = None, weight: str = "") -> Layer:
    """A layer; `weight` is the key of the initializer of its weight, "" for torch's default."""
    initializers = (("weight", INITIALIZERS[weight]()),) if weight else ()
    return Layer(0, name, kind, activation, initializers)


def linear(name: str, units: int, activation: str = "", weight: str = "") -> Layer:
    """A dense layer."""
    return layer(
        name,
        KINDS["Linear"](out_features=units),
        ACTIVATIONS[activation]() if activation else None,
        weight,
    )


def network(name: str, inputs: tuple[int, ...], layers: tuple[Layer, ...]) -> Network:
    """A plain stack; nodes are numbered from 1."""
    from engine.design.placing import renumbered

    nodes, next_id = renumbered(layers, 1)
    return Network(name, (Input("x", TensorSpec(inputs)),), Stack(nodes), (), next_id)


def project(
    net: Network,
    data: Entry,
    notes: str = "",
    loss: str = "CrossEntropyLoss",
    epochs: int = 100,
    batch: int = 5,
) -> Project:
    """A project with the usual recipe."""
    training = Training(
        LOSSES[loss](),
        OPTIMIZERS["AdamW"](lr=0.01),
        SCHEDULERS["CosineAnnealingLR"](),
        epochs=epochs,
    )
    return Project(net, Data(data), training, Forward(batch_size=batch), notes)


TUTORIAL_NOTES = """\
The network of the tutorial: 3 numbers in, 2 probabilities out.

Every layer makes another choice. linear1 is drawn by Xavier's rule, which suits the sigmoid behind it; linear2 by
Kaiming's, which suits ReLU; out keeps torch's default. Its softmax makes two numbers that add up to 1.

Try it: press Run forward, then give linear1 a ReLU and see what the advice says.
"""

MOONS_NOTES = """\
Two interleaved half circles, which no straight line separates. A hidden layer bends the plane; the second one bends
it again.

The last layer gives one number per class (logits); the cross entropy turns them into probabilities by itself.
"""

IRIS_NOTES = """\
150 flowers, four lengths each, three species: the classic first classifier (R. A. Fisher, 1936).

Columns are standardised, because weights are drawn for inputs of about unit size.
"""

DIGITS_NOTES = """\
1,797 handwritten digits of 8 × 8 pixels. Flatten lays the pixels of a picture in a row for the dense layers.
"""


def projects() -> dict[str, Project]:
    """Every sample by its name."""
    tutorial = network(
        "Tutorial",
        (3,),
        (
            linear("linear1", 3, "Sigmoid", "XavierNormal"),
            linear("linear2", 2, "ReLU", "KaimingNormal"),
            linear("out", 2, "Softmax"),
        ),
    )
    moons = network(
        "Moons",
        (2,),
        (
            linear("hidden1", 16, "Tanh", "XavierNormal"),
            linear("hidden2", 16, "ReLU", "KaimingNormal"),
            linear("out", 2),
        ),
    )
    iris = network(
        "Iris",
        (4,),
        (
            linear("hidden1", 16, "ReLU", "KaimingNormal"),
            linear("hidden2", 16, "ReLU", "KaimingNormal"),
            linear("out", 3),
        ),
    )
    digits = network(
        "Digits",
        (1, 8, 8),
        (
            layer("flatten", KINDS["Flatten"]()),
            linear("hidden1", 64, "ReLU", "KaimingNormal"),
            layer("dropout", KINDS["Dropout"](p=0.2)),
            linear("hidden2", 32, "ReLU", "KaimingNormal"),
            linear("out", 10),
        ),
    )
    return {
        "empty": project(network("Net", (2,), ()), DATASETS["RandomInput"](), loss="MSELoss"),
        "tutorial": project(tutorial, DATASETS["RandomInput"](), TUTORIAL_NOTES, loss="MSELoss"),
        "moons": project(moons, DATASETS["Moons"](), MOONS_NOTES, batch=32),
        "iris": project(iris, DATASETS["Iris"](), IRIS_NOTES, batch=16),
        "digits": project(digits, DATASETS["Digits"](), DIGITS_NOTES, batch=16),
    }


if __name__ == "__main__":
    for name, made in projects().items():
        (FOLDER / f"{name}.loom").write_bytes(dumps(made))
