"""Transformers written by hand in torch, their attention as a single line of torch's own."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Attention(nn.Module):
    """Queries, keys and values of one matrix, as nn.MultiheadAttention keeps them."""

    def __init__(self, wide: int, heads: int, causal: bool) -> None:
        super().__init__()
        self.heads, self.causal = heads, causal
        self.in_proj_weight = nn.Parameter(torch.empty(3 * wide, wide))
        self.in_proj_bias = nn.Parameter(torch.empty(3 * wide))
        self.out_proj = nn.Linear(wide, wide)

    def forward(self, x: Tensor) -> Tensor:
        batch, steps, wide = x.shape
        whole = F.linear(x, self.in_proj_weight, self.in_proj_bias)
        apart = whole.view(batch, steps, 3, self.heads, wide // self.heads)
        query, key, value = apart.permute(2, 0, 3, 1, 4)
        scores = query @ key.transpose(-1, -2) / (wide // self.heads) ** 0.5
        if self.causal:
            later = torch.ones(steps, steps, device=x.device).triu(1).bool()
            scores = scores.masked_fill(later, float("-inf"))
        seen = scores.softmax(-1) @ value
        return self.out_proj(seen.transpose(1, 2).reshape(batch, steps, wide))


class Block(nn.Module):
    """Norms before attention and before both dense layers."""

    def __init__(self, wide: int, heads: int, causal: bool, eps: float) -> None:
        super().__init__()
        self.first = nn.LayerNorm(wide, eps=eps)
        self.attention = Attention(wide, heads, causal)
        self.second = nn.LayerNorm(wide, eps=eps)
        self.dense = nn.Sequential(nn.Linear(wide, 4 * wide), nn.GELU(), nn.Linear(4 * wide, wide))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(self.first(x))
        return x + self.dense(self.second(x))


class VisionTransformer(nn.Module):
    """ViT-B/16."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 768, 16, 16)
        self.token = nn.Parameter(torch.zeros(1, 1, 768))
        self.positions = nn.Parameter(torch.zeros(197, 768))
        self.blocks = nn.Sequential(*[Block(768, 12, False, 1e-6) for _ in range(12)])
        self.norm = nn.LayerNorm(768, eps=1e-6)
        self.head = nn.Linear(768, 1000)

    def forward(self, x: Tensor) -> Tensor:
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat((self.token.expand(len(x), -1, -1), x), 1) + self.positions
        return self.head(self.norm(self.blocks(x))[:, 0])


class Encoder(nn.Module):
    """Norms behind each sum."""

    def __init__(self, wide: int, heads: int) -> None:
        super().__init__()
        self.attention = Attention(wide, heads, False)
        self.up, self.down = nn.Linear(wide, 4 * wide), nn.Linear(4 * wide, wide)
        self.first = nn.LayerNorm(wide, eps=1e-12)
        self.second = nn.LayerNorm(wide, eps=1e-12)

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x + self.attention(x))
        return self.second(x + self.down(F.gelu(self.up(x))))


class BERT(nn.Module):
    """Words, positions and types, twelve encoders, the first step through a tanh."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(30_522, 768, padding_idx=0)
        self.positions = nn.Parameter(torch.zeros(512, 768))
        self.types = nn.Parameter(torch.zeros(2, 768))
        self.norm = nn.LayerNorm(768, eps=1e-12)
        self.encoder = nn.Sequential(*[Encoder(768, 12) for _ in range(12)])
        self.pooler = nn.Linear(768, 768)

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.encoder(self.norm(self.words(tokens) + self.positions + self.types[0]))
        return torch.tanh(self.pooler(x[:, 0]))


class Writer(nn.Module):
    """GPT-2, large or small."""

    def __init__(
        self, steps: int, words: int, wide: int, depth: int, heads: int, *, tied: bool
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(words, wide)
        self.positions = nn.Parameter(torch.zeros(steps, wide))
        self.blocks = nn.Sequential(*[Block(wide, heads, True, 1e-5) for _ in range(depth)])
        self.norm = nn.LayerNorm(wide)
        self.head = nn.Linear(wide, words, bias=not tied)
        if tied:
            self.head.weight = self.embedding.weight

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.embedding(tokens) + self.positions
        return self.head(self.norm(self.blocks(x)))
