"""Networks of blocks written by hand in torch: squeeze and excitation, DenseNet, GoogLeNet, U-Net, autoencoders."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests.templates.hand_convolutional import Residual, bottleneck, conv_norm


class Excitation(nn.Module):
    """Channels weighed by a number between 0 and 1."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.fc1 = nn.Conv2d(channels, channels // 16, 1)
        self.fc2 = nn.Conv2d(channels // 16, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        weight = F.adaptive_avg_pool2d(x, 1)
        return x * torch.sigmoid(self.fc2(F.relu(self.fc1(weight))))


def se_resnet_50() -> nn.Sequential:
    """ResNet-50 with an excitation before each sum."""
    layers = [*conv_norm(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    into = 64
    for number, depth in enumerate((3, 4, 6, 3)):
        for turn in range(depth):
            stride = 2 if number and not turn else 1
            body, out = bottleneck(into, 64 << number, stride)
            way = nn.Sequential(*conv_norm(into, out, 1, stride)) if turn == 0 else None
            layers.append(Residual(nn.Sequential(*body, Excitation(out)), way))
            into = out
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(into, 1000))


class Grown(nn.Module):
    """What came in, and what a body adds to it, side by side."""

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat((x, self.body(x)), 1)


def densenet_bc(growth: int = 12, depth: int = 100) -> nn.Sequential:
    """Bottlenecks and compression by a half, for CIFAR."""
    channels = 2 * growth
    layers: list[nn.Module] = [nn.Conv2d(3, channels, 3, padding=1, bias=False)]
    for number in range(3):
        for _ in range((depth - 4) // 6):
            squeeze = [
                nn.BatchNorm2d(channels),
                nn.ReLU(),
                nn.Conv2d(channels, 4 * growth, 1, bias=False),
            ]
            look = [
                nn.BatchNorm2d(4 * growth),
                nn.ReLU(),
                nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False),
            ]
            layers.append(Grown(nn.Sequential(*squeeze, *look)))
            channels += growth
        layers += [nn.BatchNorm2d(channels), nn.ReLU()]
        if number < 2:
            layers += [nn.Conv2d(channels, channels // 2, 1, bias=False), nn.AvgPool2d(2)]
            channels //= 2
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10))  # fmt: skip


def unit(into: int, out: int, kernel: int, stride: int = 1) -> nn.Sequential:
    """torchvision's BasicConv2d."""
    conv = nn.Conv2d(into, out, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(out, eps=0.001), nn.ReLU())


class Branches(nn.Module):
    """Several looks side by side."""

    def __init__(self, *branches: nn.Module) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([branch(x) for branch in self.branches], 1)


INCEPTIONS = (
    (192, 64, 96, 128, 16, 32, 32), (256, 128, 128, 192, 32, 96, 64), None,
    (480, 192, 96, 208, 16, 48, 64), (512, 160, 112, 224, 24, 64, 64),
    (512, 128, 128, 256, 24, 64, 64), (512, 112, 144, 288, 32, 64, 64),
    (528, 256, 160, 320, 32, 128, 128), None,
    (832, 256, 160, 320, 32, 128, 128), (832, 384, 192, 384, 48, 128, 128),
)  # fmt: skip
"""Channels in, and of each convolution; None halves the image."""


def googlenet() -> nn.Sequential:
    """With batch norms, without auxiliary classifiers."""
    layers: list[nn.Module] = [
        unit(3, 64, 7, 2), nn.MaxPool2d(3, 2, ceil_mode=True),
        unit(64, 64, 1), unit(64, 192, 3), nn.MaxPool2d(3, 2, ceil_mode=True),
    ]  # fmt: skip
    for row in INCEPTIONS:
        if row is None:
            window = 3 if len(layers) < 9 else 2
            layers.append(nn.MaxPool2d(window, 2, ceil_mode=True))
            continue
        into, one, three1, three2, five1, five2, pooled = row
        layers.append(Branches(
            unit(into, one, 1),
            nn.Sequential(unit(into, three1, 1), unit(three1, three2, 3)),
            nn.Sequential(unit(into, five1, 1), unit(five1, five2, 3)),
            nn.Sequential(nn.MaxPool2d(3, 1, 1), unit(into, pooled, 1)),
        ))  # fmt: skip
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1024, 1000))


def twice(into: int, out: int) -> nn.Sequential:
    """Two convolutions with batch norms."""
    first, second = conv_norm(into, out, 3), conv_norm(out, out, 3)
    return nn.Sequential(*first, nn.ReLU(), *second, nn.ReLU())


class UNet(nn.Module):
    """Four steps down, four up."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.ModuleList([twice(3, 64), twice(64, 128), twice(128, 256), twice(256, 512)])
        self.bottom = twice(512, 1024)
        self.up = nn.ModuleList()
        for width in (512, 256, 128, 64):
            self.up += [nn.ConvTranspose2d(2 * width, width, 2, 2), twice(2 * width, width)]
        self.out = nn.Conv2d(64, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        kept: list[Tensor] = []
        for block in self.down:
            kept.append(block(x))
            x = F.max_pool2d(kept[-1], 2)
        x = self.bottom(x)
        for number in range(0, 8, 2):
            x = torch.cat((kept.pop(), self.up[number](x)), 1)
            x = self.up[number + 1](x)
        return self.out(x)


def autoencoder() -> nn.Sequential:
    """784 to 30 and back."""
    layers: list[nn.Module] = [nn.Flatten()]
    widths = (784, 1000, 500, 250, 30, 250, 500, 1000, 784)
    bends = ("ReLU", "ReLU", "ReLU", "Tanh", "ReLU", "ReLU", "ReLU", "Sigmoid")
    for into, out, bend in zip(widths, widths[1:], bends, strict=False):
        layers += [nn.Linear(into, out), getattr(nn, bend)()]
    return nn.Sequential(*layers, nn.Unflatten(1, (1, 28, 28)))


class VariationalEncoder(nn.Module):
    """Means and logarithms of variances."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(784, 400)
        self.fc21 = nn.Linear(400, 20)
        self.fc22 = nn.Linear(400, 20)

    def forward(self, x: Tensor) -> Tensor:
        h1 = F.relu(self.fc1(x.view(-1, 784)))
        return torch.stack((self.fc21(h1), self.fc22(h1)), 1)
