import torch
from torch import Tensor, nn


class TwoInputs(nn.Module):
    """TwoInputs.

    tokens: (batch, 6) int64
    features: (batch, 3) float32
    returns: (batch, 2)
    """

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(100, 4)
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(3, 8)
        self.norm = nn.LayerNorm(8)
        self.head = nn.Linear(32, 2)

    def forward(self, tokens: Tensor, features: Tensor) -> Tensor:
        x = self.embedding(tokens)
        x = self.flatten(x)
        side = torch.relu(self.fc(features))
        side = self.norm(side)
        x = torch.cat([x, side], dim=1)
        return torch.softmax(self.head(x), dim=-1)
