from torch import Tensor, nn


class EncoderLayer(nn.Module):
    """EncoderLayer: returns (batch, 9, 32)."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(
            32, 4, dim_feedforward=64, batch_first=True
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x)


class DecoderLayer(nn.Module):
    """DecoderLayer: returns (batch, 7, 32)."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.TransformerDecoderLayer(
            32, 4, dim_feedforward=64, batch_first=True
        )
        self.norm = nn.LayerNorm(32)

    def forward(self, x: Tensor, memory: Tensor) -> Tensor:
        x = self.layer(
            x,
            memory,
            tgt_mask=nn.Transformer.generate_square_subsequent_mask(
                x.size(1), device=x.device
            ),
        )
        return self.norm(x)


class Translator(nn.Module):
    """Translator.

    source: (batch, 9) int64
    target: (batch, 7) int64
    returns: (batch, 7, 120)
    """

    def __init__(self) -> None:
        super().__init__()
        self.source_embedding = nn.Embedding(100, 32)
        self.encoder = nn.Sequential(*[EncoderLayer() for _ in range(2)])
        self.target_embedding = nn.Embedding(120, 32)
        self.decoder = nn.ModuleList([DecoderLayer() for _ in range(3)])
        self.head = nn.Linear(32, 120)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        x = self.source_embedding(source)
        x = self.encoder(x)
        encoder = x
        x = target
        x = self.target_embedding(x)
        for block in self.decoder:
            x = block(x, encoder)
        return self.head(x)
