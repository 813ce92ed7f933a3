"""Networks that are one long stack of convolutions, pools and dense layers."""

from __future__ import annotations

from engine.catalogue.activations import ReLU
from engine.catalogue.convolution import Conv2d
from engine.catalogue.dropout import Dropout
from engine.catalogue.initializers import KaimingNormal
from engine.catalogue.linear import Linear
from engine.catalogue.pooling import MaxPool2d
from engine.catalogue.shaping import Flatten
from engine.catalogue.sized_pooling import AdaptiveAvgPool2d
from engine.design.project import Project
from engine.design.tree import Layer
from resources.samples.networks.parts import Made, images, layer, network, project

CLASSES = 1000
"""Of ImageNet."""
VGG_STAGES = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
"""Channels and convolutions of each stage (configuration D of the paper's table 1)."""

LENET = (
    "LeNet-5 of 1998, as it is taught today: ReLU where it had tanh, max pooling where it had subsampling"
    " with weights. 61,706 parameters.",
    "Two convolutions look for small patterns, each followed by a pool that halves the image; three dense"
    " layers decide. Nine tenths of the parameters are in the dense ones.",
    "Try it: set the padding of conv1 to 2 and see in the diagram how every image behind it grows.",
)
ALEXNET = (
    "AlexNet in the form of 2014, one column of layers, as torchvision has it. 61,100,840 parameters.",
    "The first kernel is 11 × 11 and takes steps of 4, so that the large image becomes small at once. "
    "Dropout guards the two wide dense layers, which hold 58 of the 61 million parameters.",
    "Try it: make fc1 and fc2 half as wide and see what is left.",
)
VGG = (
    "VGG-16: thirteen convolutions, all of 3 × 3, and three dense layers. 138,357,544 parameters.",
    "Two kernels of 3 × 3 in a row see as much as one of 5 × 5, with fewer weights and one more ReLU "
    "between. Channels double whenever the image is halved.",
    "Try it: put an AdaptiveAvgPool2d of size 1 before flatten, and 103 million parameters are gone.",
)


def conv(name: str, channels: int, kernel: int, stride: int = 1, padding: int = 0) -> Layer:
    """A convolution with ReLU, drawn by the rule that suits it."""
    kind = Conv2d(channels, kernel, stride=stride, padding=padding)
    return layer(name, kind, ReLU(), weight=KaimingNormal())


def dense(name: str, units: int) -> Layer:
    """A dense layer with ReLU, drawn by the rule that suits it."""
    return layer(name, Linear(units), ReLU(), weight=KaimingNormal())


def lenet_5() -> Project:
    """Convolution, pool, convolution, pool, three dense layers."""
    net = network(
        "LeNet5",
        images(1, 32),
        conv("conv1", 6, 5),
        layer("pool1", MaxPool2d(2)),
        conv("conv2", 16, 5),
        layer("pool2", MaxPool2d(2)),
        layer("flatten", Flatten()),
        dense("fc1", 120),
        dense("fc2", 84),
        layer("out", Linear(10)),
    )
    return project(net, LENET, batch=16)


def alexnet() -> Project:
    """Five convolutions, three dense layers."""
    net = network(
        "AlexNet",
        images(3, 224),
        conv("conv1", 64, 11, stride=4, padding=2),
        layer("pool1", MaxPool2d(3, stride=2)),
        conv("conv2", 192, 5, padding=2),
        layer("pool2", MaxPool2d(3, stride=2)),
        conv("conv3", 384, 3, padding=1),
        conv("conv4", 256, 3, padding=1),
        conv("conv5", 256, 3, padding=1),
        layer("pool5", MaxPool2d(3, stride=2)),
        layer("avgpool", AdaptiveAvgPool2d(6)),
        layer("flatten", Flatten()),
        layer("dropout1", Dropout(0.5)),
        dense("fc1", 4096),
        layer("dropout2", Dropout(0.5)),
        dense("fc2", 4096),
        layer("out", Linear(CLASSES)),
    )
    return project(net, ALEXNET)


def vgg_16() -> Project:
    """Five stages of convolutions, a pool behind each, and three dense layers."""
    layers: list[Layer] = []
    for stage, (channels, depth) in enumerate(VGG_STAGES, start=1):
        names = [f"conv{stage}_{turn}" for turn in range(1, depth + 1)]
        layers += [conv(name, channels, 3, padding=1) for name in names]
        layers.append(layer(f"pool{stage}", MaxPool2d(2)))
    net = network(
        "VGG16",
        images(3, 224),
        *layers,
        layer("avgpool", AdaptiveAvgPool2d(7)),
        layer("flatten", Flatten()),
        dense("fc1", 4096),
        layer("dropout1", Dropout(0.5)),
        dense("fc2", 4096),
        layer("dropout2", Dropout(0.5)),
        layer("out", Linear(CLASSES)),
    )
    return project(net, VGG)


SAMPLES: Made = {"lenet-5": lenet_5, "alexnet": alexnet, "vgg-16": vgg_16}
"""Plain stacks by name."""
