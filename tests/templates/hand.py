"""The templates written a second time, by hand in torch: what they are held to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor, nn

from tests.templates import hand_convolutional as conv

Inputs = Callable[[], tuple[Tensor, ...]]


@dataclass(frozen=True)
class Referee:
    """A network by hand, and one sample for it."""

    make: Callable[[], nn.Module]
    inputs: Inputs


REFEREES = {
    "lenet-5": Referee(conv.LeNet5, lambda: conv.image(32, 1)),
    "alexnet": Referee(conv.alexnet, lambda: conv.image(224)),
    "vgg-16": Referee(conv.vgg_16, lambda: conv.image(224)),
    "resnet-18": Referee(lambda: conv.resnet(False, (2, 2, 2, 2)), lambda: conv.image(224)),
    "resnet-50": Referee(lambda: conv.resnet(True, (3, 4, 6, 3)), lambda: conv.image(224)),
    "mobilenet-v2": Referee(conv.mobilenet_v2, lambda: conv.image(224)),
}
