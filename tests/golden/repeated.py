import torch
from torch import Tensor, nn


class Shrink(nn.Module):
    """Shrink: returns (batch, 8)."""

    def __init__(self, in_features: int) -> None:
        super().__init__()
        self.linear = nn.Linear(in_features, 8)
        self.norm = nn.BatchNorm1d(8)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.linear(x))
        return self.norm(x)


class Mixer(nn.Module):
    """Mixer: returns (batch, 8)."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(8, 8, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + torch.tanh(self.hidden(x)))


class Dense(nn.Module):
    """Dense: used 4 times."""

    def __init__(self, in_features: int) -> None:
        super().__init__()
        self.grow = nn.Linear(in_features, 4)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x, torch.relu(self.grow(x))], dim=-1)


class Repeated(nn.Module):
    """Repeated.

    x: (batch, 16) float32
    returns: (batch, 2)
    """

    def __init__(self) -> None:
        super().__init__()
        self.shrink = nn.Sequential(
            *[Shrink(in_features) for in_features in (16, 8, 8)]
        )
        self.blocks = nn.Sequential(*[Mixer() for _ in range(12)])
        self.dense = nn.Sequential(
            *[Dense(in_features) for in_features in (8, 12, 16, 20)]
        )
        self.head = nn.Sequential(nn.Linear(24, 8, bias=False), nn.Dropout(p=0.2))
        self.out = nn.Linear(8, 2)
        nn.init.zeros_(self.head[0].weight)

    def forward(self, x: Tensor) -> Tensor:
        x = self.shrink(x)
        x = self.blocks(x)
        x = self.dense(x)
        x = self.head(x)
        return self.out(x)
