"""Networks of sequences, points and pairs written by hand in torch."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class WaveNet(nn.Module):
    """Ten causal gates; the last has no way around it, as nothing follows but its skip."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv1d(1, 32, 2)
        self.blocks = nn.ModuleList()
        for number in range(10):
            pair = [nn.Conv1d(32, 32, 2, dilation=2**number) for _ in range(2)]
            mix = [nn.Conv1d(32, 32, 1)] if number < 9 else []
            self.blocks.append(nn.ModuleList(pair + mix))
        self.last_skip = nn.Conv1d(32, 256, 1)
        self.skips = nn.ModuleList([nn.Conv1d(32, 256, 1) for _ in range(9)])
        self.head = nn.Sequential(nn.ReLU(), nn.Conv1d(256, 256, 1), nn.ReLU(), nn.Conv1d(256, 256, 1))  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(F.pad(x, (1, 0)))
        total = torch.zeros((), device=x.device)
        for number, block in enumerate(self.blocks):
            pair = list(block.children())
            past = F.pad(x, (2**number, 0))
            gated = torch.tanh(pair[0](past)) * torch.sigmoid(pair[1](past))
            if number == 9:
                return self.head(total + self.last_skip(gated))
            total = total + self.skips[number](gated)
            x = x + pair[2](gated)
        raise AssertionError


class LSTMClassifier(nn.Module):
    """The last hidden state decides."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(20_000, 128)
        self.lstm = nn.LSTM(128, 128, batch_first=True)
        self.fc = nn.Linear(128, 2)

    def forward(self, words: Tensor) -> Tensor:
        _, (state, _) = self.lstm(self.embedding(words))
        return self.fc(state[-1])


class GRUTagger(nn.Module):
    """Every step decides."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(20_000, 100)
        self.gru = nn.GRU(100, 128, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(256, 17)

    def forward(self, words: Tensor) -> Tensor:
        states, _ = self.gru(self.embedding(words))
        return self.fc(states)


class PointNet(nn.Module):
    """Without transforms."""

    def __init__(self) -> None:
        super().__init__()
        shared: list[nn.Module] = []
        into = 3
        for width in (64, 64, 64, 128, 1024):
            shared += [nn.Conv1d(into, width, 1, bias=False), nn.BatchNorm1d(width), nn.ReLU()]
            into = width
        self.shared = nn.Sequential(*shared)
        self.head = nn.Sequential(
            nn.Linear(1024, 512, bias=False), nn.BatchNorm1d(512), nn.ReLU(),
            nn.Linear(512, 256, bias=False), nn.BatchNorm1d(256), nn.ReLU(),
            nn.Dropout(0.3), nn.Linear(256, 40),
        )  # fmt: skip

    def forward(self, points: Tensor) -> Tensor:
        return self.head(self.shared(points).amax(2))


class Siamese(nn.Module):
    """Two pictures, one tower."""

    def __init__(self) -> None:
        super().__init__()
        self.tower = nn.Sequential(
            nn.Conv2d(1, 15, 6), nn.ReLU(), nn.MaxPool2d(3), nn.Conv2d(15, 30, 9), nn.ReLU(),
            nn.Flatten(), nn.Linear(750, 32),
        )  # fmt: skip

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        return F.pairwise_distance(self.tower(right), self.tower(left))


def words(count: int) -> tuple[Tensor, ...]:
    """One text."""
    return (torch.zeros(1, count, dtype=torch.int64),)
