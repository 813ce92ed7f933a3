import torch
from torch import Tensor, nn


class LongSkip(nn.Module):
    """LongSkip.

    x: (batch, 8) float32
    returns: (batch, 2)
    """

    def __init__(self) -> None:
        super().__init__()
        self.encoder1 = nn.Linear(8, 8)
        self.encoder2 = nn.Linear(8, 8)
        self.down = nn.Linear(8, 4)
        self.up = nn.Linear(4, 8)
        self.decoder = nn.Linear(16, 8)
        self.head = nn.Linear(16, 2)

    def forward(self, x: Tensor) -> Tensor:
        y = x
        y = torch.relu(self.encoder1(y))
        encoder1 = y
        y = torch.relu(self.encoder2(y))
        z = torch.relu(self.down(y))
        z = torch.relu(self.up(z))
        y = y + z
        y = torch.cat([encoder1, y], dim=1)
        y = torch.relu(self.decoder(y))
        y = torch.cat([y, x], dim=1)
        return self.head(y)
