import torch
from torch import Tensor, nn


class Tower(nn.Module):
    """Tower: returns (batch, 32)."""

    def __init__(self) -> None:
        super().__init__()
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(144, 32)

    def forward(self, x: Tensor) -> Tensor:
        x = self.flatten(x)
        return torch.relu(self.fc(x))


class Siamese(nn.Module):
    """Siamese.

    left: (batch, 12, 12) float32
    right: (batch, 12, 12) float32
    returns: (batch, 1)
    """

    def __init__(self) -> None:
        super().__init__()
        self.tower = Tower()
        self.head = nn.Linear(64, 1)

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        x = torch.cat([self.tower(left), self.tower(right)], dim=1)
        return torch.sigmoid(self.head(x))
