"""Networks whose blocks put many results side by side: DenseNet, Inception."""

from __future__ import annotations

from engine.catalogue.activations import ReLU
from engine.catalogue.batch_norm import BatchNorm2d
from engine.catalogue.convolution import Conv2d
from engine.catalogue.dropout import Dropout
from engine.catalogue.initializers import KaimingNormal
from engine.catalogue.joins import Concat
from engine.catalogue.linear import Linear
from engine.catalogue.pooling import AvgPool2d, MaxPool2d
from engine.catalogue.shaping import Flatten
from engine.catalogue.sized_pooling import AdaptiveAvgPool2d
from engine.design.project import Project
from engine.design.tree import Group, Layer, Node, Repeat
from resources.samples.networks.parts import (
    Made,
    block,
    branch,
    images,
    layer,
    network,
    parallel,
    project,
    repeat,
    sequence,
)

GROWTH = 12
"""Channels that every layer of a dense block adds."""
DEPTH = 16
"""Layers of a dense block: (100 - 4) / 6 for 100 layers in all."""

DENSENET = (
    "DenseNet-BC with 100 layers and a growth of 12, for the small images of CIFAR.",
    "Every layer sees what all layers of its block have found, and adds only 12 channels to it, so it "
    "needs few weights. Between blocks a transition halves the channels and the image.",
    "Try it: double the growth in one block and follow the channels in the summary.",
)
INCEPTION = (
    "GoogLeNet with batch norms and without its auxiliary classifiers, as torchvision has it.",
    "A block looks at its input in four ways at once, and puts what they find side by side. "
    "Convolutions of 1 × 1 make it narrow first, so that the larger ones cost little. In the third "
    "branch torchvision has 3 × 3 where the paper has 5 × 5.",
    "Try it: take a branch out of one block, and see what the layers behind it need then.",
)


def conv(name: str, channels: int, kernel: int = 1) -> Layer:
    """A convolution that keeps the image's size; a batch norm has the bias."""
    kind = Conv2d(channels, kernel, padding=kernel // 2, bias=False)
    return layer(name, kind, weight=KaimingNormal())


def norm(name: str) -> Layer:
    """A batch norm with ReLU."""
    return layer(name, BatchNorm2d(), ReLU())


def dense_block(name: str) -> Repeat:
    """Layers that each add their channels to all that came before."""
    body = (
        norm("norm1"),
        conv("squeeze", 4 * GROWTH),
        norm("norm2"),
        conv("look", GROWTH, 3),
    )
    return repeat(name, "DenseLayer", DEPTH, parallel(Concat(), branch(), branch(*body)))


def transition(name: str, channels: int) -> Group:
    """Fewer channels, half the image."""
    pool = layer("pool", AvgPool2d(2))
    return block(name, "Transition", norm("norm"), conv("squeeze", channels), pool)


def densenet_bc() -> Project:
    """Three dense blocks; 24 + 16 × 12 = 216 channels are halved to 108, 300 to 150."""
    net = network(
        "DenseNetBC",
        images(3, 32),
        conv("stem", 2 * GROWTH, 3),
        dense_block("dense1"),
        transition("transition1", 108),
        dense_block("dense2"),
        transition("transition2", 150),
        dense_block("dense3"),
        norm("norm"),
        layer("pool", AdaptiveAvgPool2d(1)),
        layer("flatten", Flatten()),
        layer("classifier", Linear(10)),
    )
    return project(net, DENSENET, batch=4)


def unit(name: str, channels: int, kernel: int = 1, stride: int = 1) -> Group:
    """Convolution, batch norm, ReLU."""
    kind = Conv2d(channels, kernel, stride=stride, padding=kernel // 2, bias=False)
    seen = layer("conv", kind, weight=KaimingNormal())
    return block(name, "Unit", seen, layer("norm", BatchNorm2d(eps=0.001), ReLU()))


def inception(narrow: int, middle: tuple[int, int], wide: tuple[int, int], pooled: int) -> Group:
    """Four looks at once; the pairs are a squeeze and the look behind it."""
    pool = layer("pool", MaxPool2d(3, stride=1, padding=1))
    ways = (
        branch(unit("one", narrow)),
        branch(unit("three_squeeze", middle[0]), unit("three", middle[1], 3)),
        branch(unit("five_squeeze", wide[0]), unit("five", wide[1], 3)),
        branch(pool, unit("pooled", pooled)),
    )
    return block("", "Inception", parallel(Concat(), *ways))


def halved(name: str, window: int) -> Node:
    """A pool that keeps a last window over the edge."""
    return layer(name, MaxPool2d(window, stride=2, ceil_mode=True))


def inception_network() -> Project:
    """A stem, nine blocks in three stages, a dense layer (table 1 of the paper)."""
    stage3 = (
        inception(64, (96, 128), (16, 32), 32),
        inception(128, (128, 192), (32, 96), 64),
    )
    stage4 = (
        inception(192, (96, 208), (16, 48), 64),
        inception(160, (112, 224), (24, 64), 64),
        inception(128, (128, 256), (24, 64), 64),
        inception(112, (144, 288), (32, 64), 64),
        inception(256, (160, 320), (32, 128), 128),
    )
    stage5 = (
        inception(256, (160, 320), (32, 128), 128),
        inception(384, (192, 384), (48, 128), 128),
    )
    net = network(
        "GoogLeNet",
        images(3, 224),
        unit("stem1", 64, 7, stride=2),
        halved("pool1", 3),
        unit("stem2", 64),
        unit("stem3", 192, 3),
        halved("pool2", 3),
        sequence("stage3", *stage3),
        halved("pool3", 3),
        sequence("stage4", *stage4),
        halved("pool4", 2),
        sequence("stage5", *stage5),
        layer("avgpool", AdaptiveAvgPool2d(1)),
        layer("flatten", Flatten()),
        layer("dropout", Dropout(0.2)),
        layer("classifier", Linear(1000)),
    )
    return project(net, INCEPTION)


SAMPLES: Made = {"densenet-bc": densenet_bc, "inception": inception_network}
"""By name."""
