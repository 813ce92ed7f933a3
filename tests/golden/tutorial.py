import torch
from torch import Tensor, nn


class Tutorial(nn.Module):
    """Tutorial.

    x: (batch, 3) float32
    returns: (batch, 2)
    """

    def __init__(self) -> None:
        super().__init__()
        self.linear1 = nn.Linear(3, 3)
        self.linear2 = nn.Linear(3, 2)
        self.out = nn.Linear(2, 2)
        nn.init.xavier_normal_(self.linear1.weight)
        nn.init.kaiming_normal_(self.linear2.weight, nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:
        x = torch.sigmoid(self.linear1(x))
        x = torch.relu(self.linear2(x))
        return torch.softmax(self.out(x), dim=-1)
