"""MobileNetV2: much seen with little arithmetic, as every convolution of 3 × 3 looks at one channel alone."""

from __future__ import annotations

from engine.catalogue.activations import ReLU6
from engine.catalogue.batch_norm import BatchNorm2d
from engine.catalogue.convolution import Conv2d
from engine.catalogue.dropout import Dropout
from engine.catalogue.initializers import KaimingNormal
from engine.catalogue.linear import Linear
from engine.catalogue.shaping import Flatten
from engine.catalogue.sized_pooling import AdaptiveAvgPool2d
from engine.design.project import Project
from engine.design.tree import Group, Layer
from resources.samples.networks.parts import (
    Made,
    block,
    images,
    layer,
    network,
    project,
    residual,
    sequence,
)

STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
"""Expansion, channels, blocks and first stride of each stage (table 2 of the paper)."""

NOTES = (
    "MobileNetV2 at width 1.0, as torchvision has it. 3,504,872 parameters and 0.3 billion MACs, a "
    "thirteenth of ResNet-50's.",
    "A block widens the channels six times, looks at each of them alone with 3 × 3 (as many groups as "
    "channels), and squeezes them again without an activation, which would lose what does not fit. The "
    "way around joins the narrow ends.",
    "Try it: set the groups of one depthwise convolution to 1 and see what it costs.",
)


def conv(name: str, channels: int, kernel: int = 1, stride: int = 1, groups: int = 1) -> Layer:
    """A convolution that keeps the image's size but for its stride; the norm behind it has the bias."""
    kind = Conv2d(channels, kernel, stride=stride, padding=kernel // 2, groups=groups, bias=False)
    return layer(name, kind, weight=KaimingNormal(mode="fan_out"))


def norm(name: str) -> Layer:
    """A batch norm with the activation that telephones can round."""
    return layer(name, BatchNorm2d(), ReLU6())


def inverted_residual(expansion: int, into: int, channels: int, stride: int) -> Group:
    """Widen, look at each channel alone, squeeze; a way around where both ends are alike."""
    hidden = expansion * into
    widen = (conv("expand", hidden), norm("bn1"))
    look = (
        conv("depthwise", hidden, 3, stride, groups=hidden),
        norm("bn2"),
        conv("project", channels),
        layer("bn3", BatchNorm2d()),
    )
    if expansion == 1:
        return block("", "SeparableConvolution", *look)
    if stride == 1 and into == channels:
        return block("", "InvertedResidual", residual(*widen, *look))
    return block("", "InvertedBottleneck", *widen, *look)


def mobilenet_v2() -> Project:
    """A stem, seven stages, and a wide end."""
    stages: list[Group] = []
    into = 32
    for number, (expansion, channels, depth, first_stride) in enumerate(STAGES, start=1):
        blocks: list[Group] = []
        for turn in range(depth):
            stride = first_stride if turn == 0 else 1
            blocks.append(inverted_residual(expansion, into, channels, stride))
            into = channels
        stages.append(sequence(f"stage{number}", *blocks))
    net = network(
        "MobileNetV2",
        images(3, 224),
        conv("stem", 32, 3, stride=2),
        norm("stem_norm"),
        *stages,
        conv("last", 1280),
        norm("last_norm"),
        layer("avgpool", AdaptiveAvgPool2d(1)),
        layer("flatten", Flatten()),
        layer("dropout", Dropout(0.2)),
        layer("classifier", Linear(1000)),
    )
    return project(net, NOTES)


SAMPLES: Made = {"mobilenet-v2": mobilenet_v2}
"""By name."""
