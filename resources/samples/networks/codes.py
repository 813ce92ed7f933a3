"""Networks that squeeze what they see into a few numbers: autoencoder, variational encoder, U-Net."""

from __future__ import annotations

from engine.catalogue.activations import ReLU, Sigmoid, Tanh
from engine.catalogue.batch_norm import BatchNorm2d
from engine.catalogue.convolution import Conv2d, ConvTranspose2d
from engine.catalogue.initializers import KaimingNormal, XavierNormal
from engine.catalogue.joins import Concat
from engine.catalogue.joins import Stack as StackUp
from engine.catalogue.linear import Linear
from engine.catalogue.pooling import MaxPool2d
from engine.catalogue.shaping import Flatten, Unflatten
from engine.design.project import Project
from engine.design.tree import Group, Layer, Node
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

AUTOENCODER = (
    "An autoencoder for the digits of MNIST: 784 pixels become 30 numbers, and these 784 pixels again.",
    "The narrow middle forces the network to find what pictures have in common. What can't be told "
    "by 30 numbers is lost, and the loss says how much that is.",
    "Try it: make the code 2 numbers wide, as if it were to be drawn on a map.",
)
VARIATIONAL = (
    "The encoder of a variational autoencoder: for each of 20 hidden numbers a mean and the "
    "logarithm of a variance.",
    "Both heads see the same features. Their results are stacked: row 0 has the means, row 1 the "
    "logarithms, which may be negative as a variance may not.",
    "Try it: change both heads to two numbers, which can be drawn on a map.",
)
U_NET = (
    "U-Net for 256 × 256 pixels, each to be put into one of two classes, with padding and batch norms.",
    "On the way down the image is halved four times, on the way up it is doubled again. Each step up "
    "also sees what the way down had found at that size, so edges stay sharp.",
    "Try it: take one of the recalls out and see what the block behind it gets.",
)


def dense(name: str, units: int) -> Layer:
    """A dense layer with ReLU, drawn by the rule that suits it."""
    return layer(name, Linear(units), ReLU(), weight=KaimingNormal())


def autoencoder() -> Project:
    """784, 1000, 500, 250, 30 and back (the widths of the paper for MNIST)."""
    net = network(
        "Autoencoder",
        images(1, 28),
        layer("flatten", Flatten()),
        dense("encode1", 1000),
        dense("encode2", 500),
        dense("encode3", 250),
        layer("code", Linear(30), Tanh(), weight=XavierNormal()),
        dense("decode1", 250),
        dense("decode2", 500),
        dense("decode3", 1000),
        layer("pixels", Linear(784), Sigmoid()),
        layer("unflatten", Unflatten(1, (1, 28, 28))),
    )
    return project(net, AUTOENCODER, loss="MSELoss", batch=16)


def variational_encoder() -> Project:
    """One hidden layer, two heads."""
    heads = (branch(layer("mean", Linear(20))), branch(layer("log_variance", Linear(20))))
    net = network(
        "VariationalEncoder",
        images(1, 28),
        layer("flatten", Flatten()),
        dense("hidden", 400),
        parallel(StackUp(), *heads),
    )
    return project(net, VARIATIONAL, loss="MSELoss", batch=16)


def double_convolution(name: str, channels: int) -> Group:
    """Two looks at neighbours."""
    kind = Conv2d(channels, 3, padding=1, bias=False)
    return block(
        name,
        "DoubleConvolution",
        layer("conv1", kind, weight=KaimingNormal()),
        layer("norm1", BatchNorm2d(), ReLU()),
        layer("conv2", kind, weight=KaimingNormal()),
        layer("norm2", BatchNorm2d(), ReLU()),
    )


def u_net() -> Project:
    """Down to 1,024 channels of 16 × 16 and up again."""
    down: list[Node] = []
    up: list[Node] = []
    for level, channels in enumerate((64, 128, 256, 512), start=1):
        pool = layer(f"pool{level}", MaxPool2d(2))
        down += [double_convolution(f"encoder{level}", channels), pool]
        both = parallel(Concat(), branch(source=f"encoder{level}"), branch())
        larger = layer(f"up{level}", ConvTranspose2d(channels, 2, stride=2))
        up = [larger, both, double_convolution(f"decoder{level}", channels), *up]
    net = network(
        "UNet",
        images(3, 256),
        *down,
        double_convolution("bottom", 1024),
        *up,
        layer("classes", Conv2d(2, 1)),
    )
    return project(net, U_NET)


SAMPLES: Made = {
    "u-net": u_net,
    "autoencoder": autoencoder,
    "variational-encoder": variational_encoder,
}
"""By name."""
