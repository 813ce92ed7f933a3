import torch
from torch import Tensor, nn


class Up(nn.Module):
    """Up: returns (batch, 2, 16, 12)."""

    def __init__(self) -> None:
        super().__init__()
        self.unpool = nn.MaxUnpool2d(2)
        self.conv = nn.Conv2d(4, 2, 3, padding=1)

    def forward(self, x: Tensor, indices: Tensor) -> Tensor:
        x = self.unpool(x, indices)
        return torch.relu(self.conv(x))


class SegNet(nn.Module):
    """SegNet.

    image: (batch, 3, 16, 12) float32
    returns: (batch, 2, 16, 12)
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, padding=1)
        self.pool1 = nn.MaxPool2d(2, return_indices=True)
        self.conv2 = nn.Conv2d(4, 6, 3, padding=1)
        self.pool2 = nn.MaxPool2d(2, return_indices=True)
        self.unpool2 = nn.MaxUnpool2d(2)
        self.conv3 = nn.Conv2d(6, 4, 3, padding=1)
        self.up = Up()

    def forward(self, image: Tensor) -> Tensor:
        x = torch.relu(self.conv1(image))
        x, pool1_indices = self.pool1(x)
        x = torch.relu(self.conv2(x))
        x, pool2_indices = self.pool2(x)
        x = torch.relu(x)
        x = self.unpool2(x, pool2_indices)
        x = torch.relu(self.conv3(x))
        return self.up(x, pool1_indices)
