"""Networks of convolutions written by hand in torch, as papers and torchvision describe them."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class LeNet5(nn.Module):
    """Ten digits; 32 × 32 pixels."""

    def __init__(self) -> None:
        super().__init__()
        self.c1 = nn.Conv2d(1, 6, 5)
        self.c3 = nn.Conv2d(6, 16, 5)
        self.c5 = nn.Linear(16 * 5 * 5, 120)
        self.f6 = nn.Linear(120, 84)
        self.output = nn.Linear(84, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(F.relu(self.c1(x)), 2)
        x = F.max_pool2d(F.relu(self.c3(x)), 2).flatten(1)
        return self.output(F.relu(self.f6(F.relu(self.c5(x)))))


def alexnet() -> nn.Sequential:
    """One column, as of 2014."""
    return nn.Sequential(
        nn.Conv2d(3, 64, 11, 4, 2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(64, 192, 5, 1, 2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(192, 384, 3, 1, 1), nn.ReLU(),
        nn.Conv2d(384, 256, 3, 1, 1), nn.ReLU(),
        nn.Conv2d(256, 256, 3, 1, 1), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Flatten(),
        nn.Linear(9216, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 1000),
    )  # fmt: skip


def vgg_16() -> nn.Sequential:
    """Configuration D."""
    layers: list[nn.Module] = []
    into = 3
    for part in ([64] * 2, [128] * 2, [256] * 3, [512] * 3, [512] * 3):
        for width in part:
            layers += [nn.Conv2d(into, width, 3, padding=1), nn.ReLU()]
            into = width
        layers.append(nn.MaxPool2d(2))
    dense = [nn.Linear(25088, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU()]
    return nn.Sequential(*layers, nn.Flatten(), *dense, nn.Linear(4096, 1000))


def conv_norm(
    into: int, out: int, kernel: int, stride: int = 1, groups: int = 1
) -> list[nn.Module]:
    """A convolution without bias, and a batch norm."""
    conv = nn.Conv2d(into, out, kernel, stride, kernel // 2, groups=groups, bias=False)
    return [conv, nn.BatchNorm2d(out)]


class Residual(nn.Module):
    """relu(body(x) + way(x)), or without the ReLU."""

    def __init__(self, body: nn.Module, way: nn.Module | None = None, relu: bool = True) -> None:
        super().__init__()
        self.body, self.way, self.relu = body, way, relu

    def forward(self, x: Tensor) -> Tensor:
        total = self.body(x) + (x if self.way is None else self.way(x))
        return F.relu(total) if self.relu else total


def basic(into: int, width: int, stride: int) -> tuple[nn.Sequential, int]:
    """Two convolutions of 3 × 3, and the channels they give."""
    parts = [*conv_norm(into, width, 3, stride), nn.ReLU(), *conv_norm(width, width, 3)]
    return nn.Sequential(*parts), width


def bottleneck(into: int, width: int, stride: int) -> tuple[nn.Sequential, int]:
    """1 × 1, 3 × 3, 1 × 1, and the channels they give."""
    first = [*conv_norm(into, width, 1), nn.ReLU(), *conv_norm(width, width, 3, stride), nn.ReLU()]
    return nn.Sequential(*first, *conv_norm(width, 4 * width, 1)), 4 * width


def resnet(deep: bool, depths: tuple[int, ...]) -> nn.Sequential:
    """ResNet-18 has basic blocks, ResNet-50 bottlenecks."""
    layers = [*conv_norm(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    into = 64
    for number, depth in enumerate(depths):
        for turn in range(depth):
            stride = 2 if number and not turn else 1
            body, out = (bottleneck if deep else basic)(into, 64 << number, stride)
            same = stride == 1 and into == out
            way = None if same else nn.Sequential(*conv_norm(into, out, 1, stride))
            layers.append(Residual(body, way))
            into = out
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(into, 1000))


def mobilenet_v2() -> nn.Sequential:
    """Table 2 of the paper, width 1.0."""
    layers = [*conv_norm(3, 32, 3, 2), nn.ReLU6()]
    into = 32
    table = "1 16 1 1, 6 24 2 2, 6 32 3 2, 6 64 4 2, 6 96 3 1, 6 160 3 2, 6 320 1 1"
    for row in table.split(", "):
        times, out, depth, first = map(int, row.split())
        for turn in range(depth):
            stride = first if turn == 0 else 1
            wide = times * into
            widen = [*conv_norm(into, wide, 1), nn.ReLU6()] if times > 1 else []
            look = [*conv_norm(wide, wide, 3, stride, wide), nn.ReLU6()]
            body = nn.Sequential(*widen, *look, *conv_norm(wide, out, 1))
            layers.append(Residual(body, None, False) if stride == 1 and into == out else body)
            into = out
    end = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(1280, 1000)]
    return nn.Sequential(*layers, *conv_norm(into, 1280, 1), nn.ReLU6(), *end)


def image(side: int, channels: int = 3) -> tuple[Tensor, ...]:
    """One image on the device that is set."""
    return (torch.zeros(1, channels, side, side),)
