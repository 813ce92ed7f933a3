"""Residual networks: stages of blocks, each with a way around it."""

from __future__ import annotations

from collections.abc import Callable

from engine.catalogue.activations import ReLU, Sigmoid
from engine.catalogue.batch_norm import BatchNorm2d
from engine.catalogue.convolution import Conv2d
from engine.catalogue.initializers import KaimingNormal
from engine.catalogue.joins import Add, Multiply
from engine.catalogue.linear import Linear
from engine.catalogue.pooling import MaxPool2d
from engine.catalogue.shaping import Flatten
from engine.catalogue.sized_pooling import AdaptiveAvgPool2d
from engine.design.project import Project
from engine.design.tree import Group, Layer, Network, Node
from resources.samples.networks.parts import (
    Made,
    block,
    branch,
    images,
    layer,
    network,
    parallel,
    project,
    residual,
    sequence,
)

EXPANSION = 4
"""Channels that come out of a bottleneck, for each one inside."""
REDUCTION = 16
"""Channels for each one in the middle of a squeeze and excitation."""
KAIMING = KaimingNormal(mode="fan_out")

Width = int
Stride = int
MakeBlock = Callable[[Width, Stride, bool], Group]
"""What makes a block of a stage; the last says whether the way around it needs a convolution."""

BASIC = (
    "ResNet-18: four stages of two residual blocks. 11,689,512 parameters.",
    "A block learns only what has to be added to what came in, so gradients have a way past every layer. "
    "Where the image is halved the way around has a convolution of 1 × 1, so that both ends fit.",
    "Try it: take the ways around out, and see what the advice says of the depth.",
)
BOTTLENECKS = (
    "ResNet-50: four stages of 3, 4, 6 and 3 bottlenecks. 25,557,032 parameters.",
    "A bottleneck squeezes the channels to a quarter with 1 × 1, looks at neighbours with 3 × 3, and "
    "widens them again. The stride is in the convolution of 3 × 3, as in torchvision; the paper has it in"
    " the first.",
    "Try it: fold the stages, and compare their parameters and MACs in the summary.",
)
SQUEEZED = (
    "ResNet-50 with a squeeze and excitation in every block: a tenth more parameters, hardly more MACs.",
    "Each channel is squeezed to its mean over the picture; two small layers make a number between 0 and "
    "1 of it for each channel, which says how much of that channel passes.",
    "Try it: change the reduce of one block to a single channel and compare the parameters.",
)


def conv(name: str, channels: int, kernel: int = 1, stride: int = 1) -> Layer:
    """A convolution that keeps the image's size but for its stride; the norm behind it has the bias."""
    kind = Conv2d(channels, kernel, stride=stride, padding=kernel // 2, bias=False)
    return layer(name, kind, weight=KAIMING)


def shortcut(channels: int, stride: int) -> Group:
    """A way around that gives as many channels as the block."""
    return sequence("downsample", conv("", channels, 1, stride), layer("", BatchNorm2d()))


def around(body: tuple[Node, ...], projection: Group | None) -> Node:
    """The body with a way around it, added up before the last ReLU."""
    if projection is None:
        return residual(*body, activation=ReLU())
    return parallel(Add(), branch(*body), branch(projection), activation=ReLU())


def basic(width: int, stride: int, projected: bool) -> Group:
    """Two convolutions of 3 × 3."""
    body = (
        conv("conv1", width, 3, stride),
        layer("bn1", BatchNorm2d(), ReLU()),
        conv("conv2", width, 3),
        layer("bn2", BatchNorm2d()),
    )
    class_name = "ProjectedBlock" if projected else "BasicBlock"
    return block("", class_name, around(body, shortcut(width, stride) if projected else None))


def bottleneck_body(width: int, stride: int) -> tuple[Node, ...]:
    """Squeeze by 1 × 1, look by 3 × 3, widen by 1 × 1."""
    return (
        conv("conv1", width),
        layer("bn1", BatchNorm2d(), ReLU()),
        conv("conv2", width, 3, stride),
        layer("bn2", BatchNorm2d(), ReLU()),
        conv("conv3", EXPANSION * width),
        layer("bn3", BatchNorm2d()),
    )


def bottleneck(width: int, stride: int, projected: bool) -> Group:
    """Three convolutions with a way around them."""
    class_name = "ProjectedBottleneck" if projected else "Bottleneck"
    projection = shortcut(EXPANSION * width, stride) if projected else None
    return block("", class_name, around(bottleneck_body(width, stride), projection))


def squeezed(width: int, stride: int, projected: bool) -> Group:
    """A bottleneck whose channels are weighed by what the whole picture says of them."""
    channels = EXPANSION * width
    weigh = (
        layer("pool", AdaptiveAvgPool2d(1)),
        layer("reduce", Conv2d(channels // REDUCTION, 1), ReLU()),
        layer("expand", Conv2d(channels, 1), Sigmoid()),
    )
    gate = parallel(Multiply(), branch(), branch(*weigh))
    projection = shortcut(channels, stride) if projected else None
    class_name = "ProjectedSEBottleneck" if projected else "SEBottleneck"
    body = (*bottleneck_body(width, stride), gate)
    return block("", class_name, around(body, projection))


def residual_network(
    name: str, make: MakeBlock, depths: tuple[int, ...], expansion: int
) -> Network:
    """A stem, four stages whose first block halves the image, and a dense layer; names as in torchvision."""
    stages: list[Group] = []
    channels = 64
    for number, depth in enumerate(depths, start=1):
        width = 64 * 2 ** (number - 1)
        stride = 1 if number == 1 else 2
        first = make(width, stride, stride != 1 or channels != expansion * width)
        others = [make(width, 1, False) for _ in range(depth - 1)]
        stages.append(sequence(f"layer{number}", first, *others))
        channels = expansion * width
    return network(
        name,
        images(3, 224),
        conv("conv1", 64, 7, stride=2),
        layer("bn1", BatchNorm2d(), ReLU()),
        layer("maxpool", MaxPool2d(3, stride=2, padding=1)),
        *stages,
        layer("avgpool", AdaptiveAvgPool2d(1)),
        layer("flatten", Flatten()),
        layer("fc", Linear(1000)),
    )


def resnet_18() -> Project:
    """Eight blocks of two convolutions."""
    return project(residual_network("ResNet18", basic, (2, 2, 2, 2), 1), BASIC)


def resnet_50() -> Project:
    """Sixteen blocks of three convolutions."""
    net = residual_network("ResNet50", bottleneck, (3, 4, 6, 3), EXPANSION)
    return project(net, BOTTLENECKS)


def se_resnet() -> Project:
    """Sixteen blocks that weigh their channels."""
    net = residual_network("SEResNet50", squeezed, (3, 4, 6, 3), EXPANSION)
    return project(net, SQUEEZED)


SAMPLES: Made = {"resnet-18": resnet_18, "resnet-50": resnet_50, "se-resnet": se_resnet}
"""Residual networks by name."""
