import torch
from torch import Tensor, nn


class Gate(nn.Module):
    """Gate.

    x: (batch, 8) float32
    returns: (batch, 2)
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Linear(8, 16)
        self.stem_activation = nn.PReLU()
        self.squeeze = nn.Linear(16, 4)
        self.excite = nn.Linear(4, 16)
        self.head = nn.Linear(16, 2)
        self.head.requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem_activation(self.stem(x))
        y = torch.relu(self.squeeze(x))
        y = torch.sigmoid(self.excite(y))
        x = x * y
        return self.head(x)
