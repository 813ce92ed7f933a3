"""Networks for what is no single picture: points without an order, and pairs."""

from __future__ import annotations

from engine.catalogue.activations import ReLU
from engine.catalogue.batch_norm import BatchNorm1d
from engine.catalogue.convolution import Conv1d, Conv2d
from engine.catalogue.dropout import Dropout
from engine.catalogue.initializers import KaimingNormal
from engine.catalogue.joins import Continue
from engine.catalogue.linear import Linear
from engine.catalogue.pairs import PairwiseDistance
from engine.catalogue.pooling import MaxPool2d
from engine.catalogue.shaping import Flatten
from engine.catalogue.sized_pooling import AdaptiveMaxPool1d
from engine.design.kind import TensorSpec
from engine.design.project import Project
from engine.design.tree import Again, Group, Layer
from engine.design.value import replace
from resources.samples.networks.parts import (
    Made,
    block,
    branch,
    images,
    layer,
    network,
    parallel,
    project,
)

POINTS = (
    "A PointNet without its transforms: 1,024 points in space, one of 40 shapes.",
    "The same small layers see every point alone, as convolutions of width 1. The maximum over all "
    "points then forgets their order, which means nothing.",
    "Try it: change the number of points of the input. No weight changes.",
)
SIAMESE = (
    "Two pictures in, the distance between them out: small for the same sign, large for another.",
    "One tower with one set of weights reads both, so the same picture always gives the same vector. "
    "The contrastive loss of the paper pulls pairs together or pushes them apart.",
    "Try it: make the vector 64 numbers long, and see that the parameters of the tower count once.",
)


def point_unit(number: int, channels: int) -> tuple[Layer, Layer]:
    """The same dense layer for every point, and a batch norm with ReLU."""
    kind = Conv1d(channels, 1, bias=False)
    seen = layer(f"conv{number}", kind, weight=KaimingNormal())
    return seen, layer(f"norm{number}", BatchNorm1d(), ReLU())


def dense_unit(number: int, units: int) -> tuple[Layer, Layer]:
    """A dense layer, and a batch norm with ReLU, which has the bias."""
    kind = Linear(units, bias=False)
    seen = layer(f"fc{number}", kind, weight=KaimingNormal())
    return seen, layer(f"fc_norm{number}", BatchNorm1d(), ReLU())


def pointnet() -> Project:
    """Points alone, the maximum over all, a decision."""
    widths = enumerate((64, 64, 64, 128, 1024), start=1)
    net = network(
        "PointNet",
        {"points": TensorSpec((3, 1024))},
        *(one for number, width in widths for one in point_unit(number, width)),
        layer("pool", AdaptiveMaxPool1d(1)),
        layer("flatten", Flatten()),
        *dense_unit(1, 512),
        *dense_unit(2, 256),
        layer("dropout", Dropout(0.3)),
        layer("classifier", Linear(40)),
    )
    return project(net, POINTS, batch=4)


def tower() -> Group:
    """From a picture to 32 numbers."""
    convolutions = [
        layer(name, Conv2d(channels, kernel), ReLU(), weight=KaimingNormal())
        for name, channels, kernel in (("conv1", 15, 6), ("conv2", 30, 9))
    ]
    return block(
        "tower",
        "Tower",
        convolutions[0],
        layer("pool1", MaxPool2d(3)),
        convolutions[1],
        layer("flatten", Flatten()),
        layer("vector", Linear(32)),
    )


def siamese() -> Project:
    """The same tower for two pictures, and the distance of what it gives."""
    picture = images(1, 46)["image"]
    distance = replace(layer("distance", PairwiseDistance()), others=("tower",))
    net = network(
        "Siamese",
        {"left": picture, "right": picture},
        tower(),
        parallel(Continue(), branch(source="right")),
        Again(0, "tower"),
        distance,
    )
    return project(net, SIAMESE, loss="MSELoss", batch=8)


SAMPLES: Made = {"pointnet": pointnet, "siamese": siamese}
"""By name."""
