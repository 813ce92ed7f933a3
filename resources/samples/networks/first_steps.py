"""The first five samples: dense layers on small tables."""

from __future__ import annotations

from engine.catalogue import DATASETS
from engine.catalogue.activations import ReLU, Sigmoid, Softmax, Tanh
from engine.catalogue.dropout import Dropout
from engine.catalogue.initializers import KaimingNormal, XavierNormal
from engine.catalogue.linear import Linear
from engine.catalogue.shaping import Flatten
from engine.design.kind import TensorSpec
from engine.design.project import Project
from engine.design.tree import Layer
from resources.samples.networks.parts import Made, layer, network, project, real

TUTORIAL_SEED = 49
"""With it both ReLU units of linear2 are open for some rows and closed for others; with 0 always closed."""

TUTORIAL = (
    "The network of the tutorial: 3 numbers in, 2 probabilities out, 12 + 8 + 6 = 26 parameters.",
    "Every layer makes another choice. linear1 is drawn by Xavier's rule, which suits the sigmoid behind "
    "it; linear2 by Kaiming's, which suits ReLU; out keeps torch's default. Its softmax makes two numbers"
    " that add up to 1.",
    "Try it: press Run forward and look at the output's rows. Then give linear1 a ReLU and see what the "
    "advice says.",
)
MOONS = (
    "Two interleaved half circles, which no straight line separates. The first hidden layer bends the "
    "plane, the second one bends it again.",
    "The last layer gives one number per class (logits) and has no activation: the cross entropy turns "
    "logits into probabilities by itself.",
    "Try it: give hidden1 no activation. Two linear layers in a row can do no more than one, and the "
    "advice says so.",
)
IRIS = (
    "150 flowers, four lengths each, three species: the classic first classifier (R. A. Fisher, 1936).",
    "Columns are standardised, because weights are drawn for inputs of about unit size.",
    "Try it: set the weights of hidden2 to zeros. All its units then compute the same, and go on doing so"
    " for ever.",
)
DIGITS = (
    "1,797 handwritten digits of 8 × 8 pixels, ten classes. Flatten lays the pixels of a picture in a row"
    " for the dense layers, which do not know what is next to what.",
    "Dropout switches off a fifth of hidden1's outputs at random while training, so that no unit can rely"
    " on another.",
    "Try it: double hidden1 and see in the summary where parameters come from.",
)


def dense(name: str, units: int) -> Layer:
    """A dense layer with ReLU, drawn by the rule that suits it."""
    return layer(name, Linear(units), ReLU(), weight=KaimingNormal())


def empty() -> Project:
    """Nothing but an input."""
    return project(network("Net", real(2)), loss="MSELoss", rate=0.01, batch=5)


def tutorial() -> Project:
    """12 + 8 + 6 parameters."""
    net = network(
        "Tutorial",
        real(3),
        layer("linear1", Linear(3), Sigmoid(), weight=XavierNormal()),
        layer("linear2", Linear(2), ReLU(), weight=KaimingNormal()),
        layer("out", Linear(2), Softmax()),
    )
    return project(net, TUTORIAL, loss="MSELoss", rate=0.01, batch=5, seed=TUTORIAL_SEED)


def moons() -> Project:
    """Two features, two classes."""
    net = network(
        "Moons",
        real(2),
        layer("hidden1", Linear(16), Tanh(), weight=XavierNormal()),
        dense("hidden2", 16),
        layer("out", Linear(2)),
    )
    return project(net, MOONS, DATASETS["Moons"](), rate=0.01, batch=32)


def iris() -> Project:
    """Four features, three classes."""
    net = network(
        "Iris", real(4), dense("hidden1", 16), dense("hidden2", 16), layer("out", Linear(3))
    )
    return project(net, IRIS, DATASETS["Iris"](), rate=0.01, batch=16)


def digits() -> Project:
    """64 pixels, ten classes."""
    net = network(
        "Digits",
        {"x": TensorSpec((1, 8, 8))},
        layer("flatten", Flatten()),
        dense("hidden1", 64),
        layer("dropout", Dropout(p=0.2)),
        dense("hidden2", 32),
        layer("out", Linear(10)),
    )
    return project(net, DIGITS, DATASETS["Digits"](), rate=0.01, batch=16)


SAMPLES: Made = {
    "empty": empty,
    "tutorial": tutorial,
    "moons": moons,
    "iris": iris,
    "digits": digits,
}
"""The first steps by name."""
