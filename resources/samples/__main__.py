"""Writes the sample projects anew: `python -m resources.samples`."""

from __future__ import annotations

from pathlib import Path

from engine.catalogue import (
    ACTIVATIONS,
    DATASETS,
    INITIALIZERS,
    LOSSES,
    OPTIMIZERS,
    SCHEDULERS,
)
from engine.catalogue.dropout import Dropout
from engine.catalogue.linear import Linear
from engine.catalogue.shaping import Flatten
from engine.design.kind import Activation, Kind, TensorSpec
from engine.design.knob import Entry
from engine.design.placing import renumbered
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
        Linear(out_features=units),
        ACTIVATIONS[activation]() if activation else None,
        weight,
    )


def network(name: str, inputs: tuple[int, ...], layers: tuple[Layer, ...]) -> Network:
    """A plain stack; nodes are numbered from 1."""
    nodes, next_id = renumbered(layers, 1)
    return Network(name, (Input("x", TensorSpec(inputs)),), Stack(nodes), (), next_id)


def project(
    net: Network,
    data: Entry,
    notes: tuple[str, ...] = (),
    loss: str = "CrossEntropyLoss",
    epochs: int = 100,
    batch: int = 5,
    seed: int = 0,
) -> Project:
    """A project with the usual recipe; `notes` are paragraphs."""
    training = Training(
        LOSSES[loss](),
        OPTIMIZERS["AdamW"](lr=0.01),
        SCHEDULERS["CosineAnnealingLR"](),
        epochs=epochs,
    )
    return Project(net, Data(data), training, Forward(batch, seed), "\n\n".join(notes))


TUTORIAL_SEED = 49
"""With it both ReLU units of linear2 are open for some rows and closed for others; with 0 always closed."""

TUTORIAL = (
    "The network of the tutorial: 3 numbers in, 2 probabilities out, 12 + 8 + 6 = 26 parameters.",
    "Every layer makes another choice. linear1 is drawn by Xavier's rule, which suits the sigmoid behind it; linear2 "
    "by Kaiming's, which suits ReLU; out keeps torch's default. Its softmax makes two numbers that add up to 1.",
    "Try it: press Run forward and look at the output's rows. Then give linear1 a ReLU and see what the advice says.",
)
MOONS = (
    "Two interleaved half circles, which no straight line separates. The first hidden layer bends the plane, the "
    "second one bends it again.",
    "The last layer gives one number per class (logits) and has no activation: the cross entropy turns logits into "
    "probabilities by itself.",
    "Try it: give hidden1 no activation. Two linear layers in a row can do no more than one, and the advice says so.",
)
IRIS = (
    "150 flowers, four lengths each, three species: the classic first classifier (R. A. Fisher, 1936).",
    "Columns are standardised, because weights are drawn for inputs of about unit size.",
    "Try it: set the weights of hidden2 to zeros. All its units then compute the same, and go on doing so for ever.",
)
DIGITS = (
    "1,797 handwritten digits of 8 × 8 pixels, ten classes. Flatten lays the pixels of a picture in a row for the "
    "dense layers, which do not know what is next to what.",
    "Dropout switches off a fifth of hidden1's outputs at random while training, so that no unit can rely on another.",
    "Try it: double hidden1 and see in the summary where parameters come from.",
)


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
            layer("flatten", Flatten()),
            linear("hidden1", 64, "ReLU", "KaimingNormal"),
            layer("dropout", Dropout(p=0.2)),
            linear("hidden2", 32, "ReLU", "KaimingNormal"),
            linear("out", 10),
        ),
    )
    return {
        "empty": project(network("Net", (2,), ()), DATASETS["RandomInput"](), loss="MSELoss"),
        "tutorial": project(
            tutorial, DATASETS["RandomInput"](), TUTORIAL, loss="MSELoss", seed=TUTORIAL_SEED
        ),
        "moons": project(moons, DATASETS["Moons"](), MOONS, batch=32),
        "iris": project(iris, DATASETS["Iris"](), IRIS, batch=16),
        "digits": project(digits, DATASETS["Digits"](), DIGITS, batch=16),
    }


def main() -> None:
    """Write every sample beside this file."""
    for name, made in projects().items():
        (FOLDER / f"{name}.loom").write_bytes(dumps(made))


if __name__ == "__main__":
    main()
