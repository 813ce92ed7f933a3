"""Tables of vectors, looked up by whole numbers."""

from __future__ import annotations

from engine.catalogue.bounds import FAR
from engine.design.distribution import Distribution, Mixture, Normal
from engine.design.kept import INDEX_BYTES, INPUT, Kept
from engine.design.kind import ANY, Dimensions, Kind, Mend, Misfit, SetField, Shape, TensorSpec
from engine.design.knob import flag, one_of, real, whole
from engine.design.reach import Reach


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
    keeps = INPUT

    def idle(self) -> frozenset[str]:
        return frozenset({"norm_type"}) if self.max_norm is None else frozenset()

    def dims_in(self) -> Dimensions:
        return (ANY,)

    def dims_out(self) -> Dimensions:
        return (ANY, "features")

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_rows(x, self.num_embeddings, self.padding_idx)
        return TensorSpec((*x.shape, self.embedding_dim))

    def reach(self, x: TensorSpec) -> Reach:
        return ()

    def weights(self, x: TensorSpec) -> dict[str, Shape]:
        return {"weight": (self.num_embeddings, self.embedding_dim)}

    def torch_default(self, tensor: str, x: TensorSpec) -> tuple[Distribution, str]:
        return table_default(tensor, self.num_embeddings, self.padding_idx)

    def brief(self, x: TensorSpec | None) -> str:
        return f"{self.num_embeddings} × {self.embedding_dim}"

    def formula(self, x: TensorSpec) -> str:
        return f"rows × dim = {self.num_embeddings} × {self.embedding_dim}"


class EmbeddingBag(Kind):
    """Every bag of whole numbers becomes one learned vector: the mean, sum or maximum of their rows in a table.
    For [N, L], a bag of L numbers per sample.

    For texts and baskets where the order does not matter: quicker than an Embedding with a mean behind it, as the
    single vectors are never kept. A value of num_embeddings or more stops the run. With `padding_idx` that row counts
    for nothing, so that bags of different size can be filled up.
    """

    num_embeddings: int = whole(
        1000, "Rows of the table: how many different values there are.", at_least=1
    )
    embedding_dim: int = whole(64, "Numbers in each vector.", at_least=1)
    mode: str = one_of("mean", "How a bag's vectors become one.", ("mean", "sum", "max"))
    padding_idx: int | None = whole(
        None, "Row that stands for filling: it stays zero and is left out.", optional=True
    )
    max_norm: float | None = real(
        None, "Longer vectors are shortened to this length in every forward pass.",
        above=0, at_most=FAR, optional=True,
    )  # fmt: skip
    norm_type: float = real(
        2.0, "Which norm measures that length; 2 is the usual one.", above=0, at_most=100
    )
    scale_grad_by_freq: bool = flag(
        False, "Divide a row's gradient by how often the batch uses the row; not with the maximum."
    )

    family = "embedding"
    aliases = ("bag of words", "lookup", "emb")
    module = "nn.EmbeddingBag"
    tensors = ("weight",)
    parameters = (
        "num_embeddings, embedding_dim, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, "
        "mode='mean', sparse=False, _weight=None, include_last_offset=False, padding_idx=None, "
        "device=None, dtype=None"
    )

    def idle(self) -> frozenset[str]:
        return frozenset({"norm_type"}) if self.max_norm is None else frozenset()

    def kept(self, x: TensorSpec) -> Kept:
        # Which row each index is of, where each bag begins and ends, and what is largest in it.
        return Kept(input=True, bytes=INDEX_BYTES * (x.elements + 3))

    def dims_in(self) -> Dimensions:
        return ("time",)

    def dims_out(self) -> Dimensions:
        return ("features",)

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_rows(x, self.num_embeddings, self.padding_idx)
        if len(x.shape) != 1:
            raise Misfit("a bag of whole numbers (L) per sample", str(x))
        if self.mode == "max" and self.scale_grad_by_freq:
            mend = Mend("Scale no gradients", SetField("scale_grad_by_freq", False))
            raise Misfit("no scale_grad_by_freq with the maximum", "scale_grad_by_freq", (mend,))
        return TensorSpec((self.embedding_dim,))

    def weights(self, x: TensorSpec) -> dict[str, Shape]:
        return {"weight": (self.num_embeddings, self.embedding_dim)}

    def torch_default(self, tensor: str, x: TensorSpec) -> tuple[Distribution, str]:
        return table_default(tensor, self.num_embeddings, self.padding_idx)

    def brief(self, x: TensorSpec | None) -> str:
        return f"{self.num_embeddings} × {self.embedding_dim}, {self.mode}"

    def formula(self, x: TensorSpec) -> str:
        return f"rows × dim = {self.num_embeddings} × {self.embedding_dim}"


def needs_rows(x: TensorSpec, rows: int, padding: int | None) -> None:
    """Raises Misfit unless `x` holds numbers of rows, and the padding is one of the rows."""
    if x.dtype != "int64":
        raise Misfit("whole numbers (int64), each the number of a row", f"{x.dtype} {x}")
    if padding is not None and not -rows <= padding < rows:
        raise Misfit(f"a padding_idx from 0 to {rows - 1}, one of its rows", str(padding), (
            Mend("Use row 0", SetField("padding_idx", 0)),
            Mend("No padding row", SetField("padding_idx", None)),
        ))  # fmt: skip


def table_default(tensor: str, rows: int, padding: int | None) -> tuple[Distribution, str]:
    """What torch fills a table with. Raises KeyError for another tensor."""
    if tensor != "weight":
        raise KeyError(tensor)
    if padding is None:
        return Normal(0.0, 1.0), "Normal with mean 0 and std 1, whatever the size of the table."
    law = Mixture(((0.0, 1 / rows),), Normal(0.0, 1.0), f"1/{rows}")
    return law, f"Normal with mean 0 and std 1; row {padding}, the padding, is zero."


KINDS = (Embedding, EmbeddingBag)
