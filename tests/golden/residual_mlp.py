import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Block(nn.Module):
    """Block: used 3 times."""

    def __init__(self, in_features: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(in_features)
        self.expand = nn.Linear(in_features, 4 * in_features)
        self.drop = nn.Dropout(p=0.1)
        self.contract = nn.Linear(4 * in_features, in_features)
        nn.init.kaiming_normal_(self.expand.weight, nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(x)
        y = F.gelu(self.expand(y))
        y = self.drop(y)
        y = self.contract(y)
        return x + y


class ResidualMLP(nn.Module):
    """ResidualMLP.

    features: (batch, 16) float32
    returns: (batch, 10)
    """

    def __init__(self) -> None:
        super().__init__()
        self.block1 = Block(16)
        self.widen = nn.Linear(16, 32)
        self.block2 = Block(32)
        self.block3 = Block(32)
        self.head = nn.Linear(32, 10)

    def forward(self, features: Tensor) -> Tensor:
        x = self.block1(features)
        x = torch.relu(self.widen(x))
        x = self.block2(x)
        x = self.block3(x)
        return self.head(x)
