from torch import Tensor, nn
from torch.nn import functional as F


class Tied(nn.Module):
    """Tied.

    tokens: (batch, 6) int64
    returns: (batch, 6, 50)
    """

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(50, 16)
        self.mix = nn.Linear(16, 16)
        self.head = nn.Linear(16, 50, bias=False)
        self.head.weight = self.embedding.weight
        nn.init.normal_(self.embedding.weight, std=0.02)

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.embedding(tokens)
        x = F.gelu(self.mix(x))
        return self.head(x)
