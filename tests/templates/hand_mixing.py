"""ConvNeXt and MLP-Mixer written by hand in torch."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class ChannelNorm(nn.LayerNorm):
    """A norm over the channels of images."""

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input.movedim(1, -1)).movedim(-1, 1)


class ConvBlock(nn.Module):
    """Each channel alone, then dense layers on each place."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 7, padding=3, groups=channels)
        self.norm = nn.LayerNorm(channels, eps=1e-6)
        self.dense = nn.Sequential(
            nn.Linear(channels, 4 * channels), nn.GELU(), nn.Linear(4 * channels, channels)
        )
        self.scale = nn.Parameter(torch.full((channels, 1, 1), 1e-6))

    def forward(self, x: Tensor) -> Tensor:
        y = self.dense(self.norm(self.conv(x).movedim(1, -1))).movedim(-1, 1)
        return x + self.scale * y


class ConvNeXt(nn.Module):
    """ConvNeXt-T."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(3, 96, 4, 4), ChannelNorm(96, eps=1e-6)]
        before = 96
        for channels, times in ((96, 3), (192, 3), (384, 9), (768, 3)):
            if channels != before:
                layers += [ChannelNorm(before, eps=1e-6), nn.Conv2d(before, channels, 2, 2)]
            layers += [ConvBlock(channels) for _ in range(times)]
            before = channels
        self.layers = nn.Sequential(*layers)
        self.norm = nn.LayerNorm(768, eps=1e-6)
        self.head = nn.Linear(768, 1000)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.norm(self.layers(x).mean((-1, -2))))


class MixerBlock(nn.Module):
    """Across patches, then across channels."""

    def __init__(self) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(512, eps=1e-6)
        self.patches = nn.Sequential(nn.Linear(196, 256), nn.GELU(), nn.Linear(256, 196))
        self.norm2 = nn.LayerNorm(512, eps=1e-6)
        self.channels = nn.Sequential(nn.Linear(512, 2048), nn.GELU(), nn.Linear(2048, 512))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.patches(self.norm1(x).mT).mT
        return x + self.channels(self.norm2(x))


class Mixer(nn.Module):
    """MLP-Mixer S/16."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 512, 16, 16)
        self.blocks = nn.Sequential(*[MixerBlock() for _ in range(8)])
        self.norm = nn.LayerNorm(512, eps=1e-6)
        self.head = nn.Linear(512, 1000)

    def forward(self, x: Tensor) -> Tensor:
        x = self.blocks(self.stem(x).flatten(2).mT)
        return self.head(self.norm(x).mean(1))
