"""Tables of vectors, looked up by whole numbers."""

from __future__ import annotations

from engine.catalogue.bounds import FAR
from engine.design.distribution import Distribution, Mixture, Normal
from engine.design.kind import Kind, Mend, Misfit, SetField, Shape, TensorSpec
from engine.design.knob import flag, real, whole


class Embedding(Kind):
    """Every whole number becomes a learned vector: the row of a table. Input values run from 0 to
    num_embeddings - 1.

    The first layer for words, characters or categories. It does the same as a Linear without bias
    on one-hot vectors, but looks a row up instead of multiplying. A value of num_embeddings or more
    stops the run, and a row that no training sample uses keeps its random start. With `padding_idx`
    that row stays zero and learns nothing, so that sentences of different length can be filled up.
    """

    num_embeddings: int = whole(
        1000, "Rows of the table: how many different values there are.", at_least=1
    )
    embedding_dim: int = whole(64, "Numbers in each vector.", at_least=1)
    padding_idx: int | None = whole(
        None, "Row that stands for filling: it stays zero and gets no gradient.", optional=True
    )
    max_norm: float | None = real(
        None, "Longer vectors are shortened to this length in every forward pass.",
        above=0, at_most=FAR, optional=True,
    )  # fmt: skip
    norm_type: float = real(
        2.0, "Which norm measures that length; 2 is the usual one.", above=0, at_most=100
    )
    scale_grad_by_freq: bool = flag(
        False, "Divide a row's gradient by how often the batch uses the row."
    )

    family = "embedding"
    aliases = ("lookup", "token", "word vectors", "emb")
    module = "nn.Embedding"
    tensors = ("weight",)
    parameters = (
        "num_embeddings, embedding_dim, padding_idx=None, max_norm=None, norm_type=2.0, "
        "scale_grad_by_freq=False, sparse=False, _weight=None, _freeze=False, "
        "device=None, dtype=None"
    )

    def idle(self) -> frozenset[str]:
        return frozenset({"norm_type"}) if self.max_norm is None else frozenset()

    def output(self, x: TensorSpec) -> TensorSpec:
        if x.dtype != "int64":
            raise Misfit("whole numbers (int64), each the number of a row", f"{x.dtype} {x}")
        rows, padding = self.num_embeddings, self.padding_idx
        if padding is not None and not -rows <= padding < rows:
            raise Misfit(f"a padding_idx from 0 to {rows - 1}, one of its rows", str(padding), (
                Mend("Use row 0", SetField("padding_idx", 0)),
                Mend("No padding row", SetField("padding_idx", None)),
            ))  # fmt: skip
        return TensorSpec((*x.shape, self.embedding_dim))

    def weights(self, x: TensorSpec) -> dict[str, Shape]:
        return {"weight": (self.num_embeddings, self.embedding_dim)}

    def torch_default(self, tensor: str, x: TensorSpec) -> tuple[Distribution, str]:
        if tensor != "weight":
            raise KeyError(tensor)
        if self.padding_idx is None:
            return Normal(0.0, 1.0), "Normal with mean 0 and std 1, whatever the size of the table."
        share = 1 / self.num_embeddings
        law = Mixture(((0.0, share),), Normal(0.0, 1.0), f"1/{self.num_embeddings}")
        return law, f"Normal with mean 0 and std 1; row {self.padding_idx}, the padding, is zero."

    def brief(self, x: TensorSpec | None) -> str:
        return f"{self.num_embeddings} × {self.embedding_dim}"

    def formula(self, x: TensorSpec) -> str:
        return f"rows × dim = {self.num_embeddings} × {self.embedding_dim}"


KINDS = (Embedding,)
