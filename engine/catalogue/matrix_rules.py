"""Initializers that give a matrix a structure: orthogonal rows, few connections, the identity."""

from __future__ import annotations

from math import ceil, prod

from engine.catalogue.bounds import FAR
from engine.design.distribution import Constant, Distribution, Mixture, Normal, Orthogonal, normal
from engine.design.kind import Initializer, Shape
from engine.design.knob import real, whole


class OrthogonalInit(Initializer):
    """A random matrix whose rows, or columns, are orthogonal and of length gain.

    Lengths pass through it unchanged, so that very deep and recurrent networks start stable.
    Dimensions beyond the second are taken together. For large layers filling takes long: it needs a
    QR decomposition.
    """

    gain: float = real(1.0, "Length of every row or column.", at_least=-FAR, at_most=FAR)

    function = "nn.init.orthogonal_"
    parameters = "tensor, gain=1.0"

    @classmethod
    def key(cls) -> str:
        return "Orthogonal"

    def refusal(self, shape: Shape) -> str:
        return (
            ""
            if len(shape) >= 2
            else "It fills matrices, and this tensor has fewer than two dimensions."
        )

    def distribution(self, shape: Shape) -> Distribution:
        size = max(shape[0], prod(shape[1:]))
        length = abs(self.gain)
        if length == 0:
            return Constant(0.0)
        if size == 1:
            return Mixture(((-length, 0.5), (length, 0.5)), formula="1/2")
        side = "rows" if shape[0] >= prod(shape[1:]) else "columns"
        return Orthogonal(size, length, f"gain/√{side}")


class Sparse(Initializer):
    """In every column a share of the entries is zero; the others are normal.

    A column belongs to one input: each input reaches only some of the units at first, so that units
    differ from the start. The zeros are a start alone: training fills them. The share is rounded up,
    so that a layer of one or two units may get nothing but zeros.
    """

    sparsity: float = real(
        0.5, "Share of each column that is zero, rounded up.", at_least=0, at_most=1
    )
    std: float = real(0.01, "Standard deviation of the others.", at_least=0, at_most=FAR)

    function = "nn.init.sparse_"
    parameters = "tensor, sparsity, std=0.01"

    def refusal(self, shape: Shape) -> str:
        return no_matrix(shape)

    def distribution(self, shape: Shape) -> Distribution:
        rows = shape[0]
        zeros = ceil(self.sparsity * rows)
        if zeros == 0:
            return normal(0.0, self.std)
        if zeros >= rows or self.std == 0:
            return Constant(0.0)
        return Mixture(((0.0, zeros / rows),), Normal(0.0, self.std), "⌈sparsity · rows⌉/rows")


class Eye(Initializer):
    """The identity matrix: ones on the diagonal, zeros elsewhere.

    A Linear starts by passing its inputs through, as many as there are outputs. For recurrent
    weights and for layers that are to change little at first. Several such layers in a row start
    without any randomness.
    """

    aliases = ("identity",)
    function = "nn.init.eye_"
    parameters = "tensor"

    def refusal(self, shape: Shape) -> str:
        return no_matrix(shape)

    def distribution(self, shape: Shape) -> Distribution:
        return ones_among_zeros(min(shape), prod(shape))


class Dirac(Initializer):
    """The identity of convolutions: each output channel starts as a copy of one input channel.

    For convolutions that are to change little at first. As many channels are kept as there are
    outputs in a group; the others start at zero.
    """

    groups: int = whole(1, "Groups of the convolution; each keeps its own channels.", at_least=1)

    function = "nn.init.dirac_"
    parameters = "tensor, groups=1"

    def refusal(self, shape: Shape) -> str:
        if len(shape) not in (3, 4, 5):
            wanted = "It fills weights of convolutions, with 3 to 5 dimensions"
            return f"{wanted}, and this tensor has {dimensions(shape)}."
        if shape[0] % self.groups:
            return (
                f"The number of groups, {self.groups}, does not divide that of outputs, {shape[0]}."
            )
        return ""

    def distribution(self, shape: Shape) -> Distribution:
        kept = self.groups * min(shape[0] // self.groups, shape[1])
        return ones_among_zeros(kept, prod(shape))


def no_matrix(shape: Shape) -> str:
    """Why a rule for matrices refuses a tensor; "" for a matrix."""
    if len(shape) != 2:
        return f"It fills matrices alone, and this tensor has {dimensions(shape)}."
    return ""


def dimensions(shape: Shape) -> str:
    """How many dimensions a tensor has, in words."""
    return "1 dimension" if len(shape) == 1 else f"{len(shape)} dimensions"


def ones_among_zeros(ones: int, entries: int) -> Distribution:
    """The law of a tensor with so many ones, all else zero."""
    if ones == entries:
        return Constant(1.0)
    share = ones / entries
    return Mixture(((1.0, share), (0.0, 1 - share)), formula=f"{ones}/{entries}")
