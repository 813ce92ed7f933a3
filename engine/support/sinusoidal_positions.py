"""Positions as sines and cosines, after "Attention Is All You Need" (Vaswani et al. 2017), section 3.5."""

import torch
from torch import Tensor, nn


class SinusoidalPositions(nn.Module):
    """Adds to each step of (batch, steps, features) the sines and cosines of where it stands."""

    def __init__(self, base: float = 10000.0) -> None:
        super().__init__()
        self.base = base

    def forward(self, x: Tensor) -> Tensor:
        steps, features = x.shape[-2:]
        position = torch.arange(steps, device=x.device).unsqueeze(1)
        even = torch.arange(0, features, 2, device=x.device)
        angle = position * self.base ** (-even / features)
        waves = torch.stack((angle.sin(), angle.cos()), dim=-1).flatten(-2)
        return x + waves[:, :features].to(x.dtype)
