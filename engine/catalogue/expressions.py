"""Layers that are no modules: a line of `forward` that lays numbers out otherwise, picks some or sums some up."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any, ClassVar

from engine.catalogue.needs import axis, needs_numbers
from engine.design.kept import BOTH, NOTHING, VIEW
from engine.design.kind import (
    Kind,
    Mend,
    Misfit,
    SetField,
    Shape,
    TensorSpec,
)
from engine.design.knob import flag, one_of, real, sizes, whole
from engine.design.reach import Reach

DIM = "Dimension that it works on; 0 is the batch, 1 the first behind it, -1 the last."


class Expression(Kind):
    """A kind that is no attribute of its class, and so has no name: `x = x.permute(0, 2, 1)`."""

    family = "shaping"
    keeps = VIEW


# --- laid out otherwise ----------------------------------------------------------------------------------------------


class Permute(Expression):
    """The dimensions come in another order; the batch stays in front. The numbers stay what they are.

    Brings [N, C, H, W] to [N, H, W, C], as norms over channels of the last dimension want it, and back. To exchange
    two dimensions, Transpose says it more plainly.
    """

    dims: tuple[int, ...] = sizes(
        (2, 1),
        "The dimensions behind the batch in their new order, each counted from 1.",
        longest=8,
    )

    aliases = ("order", "axes", "channels last", "channels first", "rearrange")
    forms: ClassVar[Mapping[str, Mapping[str, Any]]] = {"x.permute(0, *f.dims)": {}}

    def output(self, x: TensorSpec) -> TensorSpec:
        count = len(x.shape)
        if sorted(self.dims) != list(range(1, count + 1)):
            wanted = tuple(range(1, count + 1))
            mends = (Mend("Keep their order", SetField("dims", wanted)),) if 1 <= count <= 8 else ()
            there = ", ".join(map(str, wanted)) or "none"
            raise Misfit(
                f"each dimension of {x} once ({there})", ", ".join(map(str, self.dims)), mends
            )
        return TensorSpec(tuple(x.shape[dim - 1] for dim in self.dims), x.dtype)

    def brief(self, x: TensorSpec | None) -> str:
        return ", ".join(map(str, (0, *self.dims)))


class Transpose(Expression):
    """Two dimensions change places. The numbers stay what they are.

    Between layers that count a sequence otherwise: embeddings and attention give [N, T, E], convolutions and batch
    norms want [N, C, T].
    """

    dim0: int = whole(1, "One of the two dimensions; 1 is the first behind the batch.")
    dim1: int = whole(2, "The other one; -1 is the last.")

    aliases = ("swap", "exchange", "channels last", "matrix")
    forms: ClassVar[Mapping[str, Mapping[str, Any]]] = {"x.transpose(f.dim0, f.dim1)": {}}

    def output(self, x: TensorSpec) -> TensorSpec:
        one, other = _axis(x, "dim0", self.dim0), _axis(x, "dim1", self.dim1)
        shape = list(x.shape)
        shape[one], shape[other] = shape[other], shape[one]
        return TensorSpec(tuple(shape), x.dtype)

    def brief(self, x: TensorSpec | None) -> str:
        return f"{self.dim0} and {self.dim1}"


class Reshape(Expression):
    """The same numbers in another shape, in the order in which they lie. The batch stays as it is.

    Splits features into heads, or undoes what a Flatten did. A size of -1 is what remains for it. It does not move
    numbers: to exchange dimensions take a Transpose.
    """

    shape: tuple[int, ...] = sizes(
        (-1,),
        "Sizes behind the batch; one of them may be -1: what remains.",
        at_least=-1,
        longest=8,
    )

    aliases = ("view", "heads", "unflatten")
    forms: ClassVar[Mapping[str, Mapping[str, Any]]] = {"x.reshape(x.shape[0], *f.shape)": {}}

    def output(self, x: TensorSpec) -> TensorSpec:
        known = prod(size for size in self.shape if size != -1)
        whole = (Mend("Make it one row", SetField("shape", (-1,))),) if self.shape != (-1,) else ()
        if self.shape.count(-1) > 1 or known < 1:
            raise Misfit("sizes of at least 1, and -1 at most once", _listed(self.shape), whole)
        if x.elements % known or (-1 not in self.shape and x.elements != known):
            needs = f"sizes whose product is {x.elements}, as {x} has it"
            raise Misfit(needs, f"{_listed(self.shape)} ({known})", whole)
        rest = x.elements // known
        return TensorSpec(tuple(rest if size == -1 else size for size in self.shape), x.dtype)

    def brief(self, x: TensorSpec | None) -> str:
        return " × ".join("?" if size == -1 else str(size) for size in self.shape)


class Squeeze(Expression):
    """A dimension of size 1 is taken away.

    Behind a layer with a single output, so that a loss gets one number per sample. Unsqueeze undoes it.
    """

    dim: int = whole(-1, DIM)

    aliases = ("drop dimension",)
    forms: ClassVar[Mapping[str, Mapping[str, Any]]] = {"x.squeeze(f.dim)": {}}

    def output(self, x: TensorSpec) -> TensorSpec:
        place = axis(x, self.dim)
        if x.shape[place] != 1:
            ones = [place + 1 for place, size in enumerate(x.shape) if size == 1]
            mends = tuple(Mend(f"Use dim = {one}", SetField("dim", one)) for one in ones[:1])
            raise Misfit(f"size 1 in dim {self.dim}", str(x), mends)
        return TensorSpec((*x.shape[:place], *x.shape[place + 1 :]), x.dtype)

    def brief(self, x: TensorSpec | None) -> str:
        return f"dim {self.dim}"


class Unsqueeze(Expression):
    """A dimension of size 1 is put in.

    Gives an image without colours its one channel, or makes a row fit where a table is wanted. Squeeze undoes it.
    """

    dim: int = whole(1, "Where the new dimension stands; 1 is just behind the batch, -1 the last.")

    aliases = ("add dimension", "expand")
    forms: ClassVar[Mapping[str, Mapping[str, Any]]] = {"x.unsqueeze(f.dim)": {}}

    def output(self, x: TensorSpec) -> TensorSpec:
        # Counted in the shape that comes out.
        place = axis(TensorSpec((*x.shape, 1), x.dtype), self.dim)
        return TensorSpec((*x.shape[:place], 1, *x.shape[place:]), x.dtype)

    def brief(self, x: TensorSpec | None) -> str:
        return f"dim {self.dim}"


# --- summed up -------------------------------------------------------------------------------------------------------


class Summing(Expression):
    """A kind that makes one number of all along some dimensions."""

    dim: tuple[int, ...] = sizes(
        (1,), "Dimensions that are gone through; 1 is the first behind the batch.", at_least=-8
    )
    keepdim: bool = flag(False, "Keep each of them as one of size 1.")

    family = "pooling"
    keeps = NOTHING

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_numbers(x)
        places = [_axis(x, "dim", dim, (-1,)) for dim in self.dim]
        if len(set(places)) < len(places):
            kept = tuple(place + 1 for place in sorted(set(places)))
            mend = Mend("Name each once", SetField("dim", kept))
            raise Misfit("each dimension once", _listed(self.dim), (mend,))
        shape = (1 if place in places else size for place, size in enumerate(x.shape))
        if not self.keepdim:
            shape = (size for place, size in enumerate(x.shape) if place not in places)
        return TensorSpec(tuple(shape), x.dtype)

    def brief(self, x: TensorSpec | None) -> str:
        return f"dim {_listed(self.dim)}"


def _summing(function: str) -> dict[str, dict[str, Any]]:
    return {
        f"x.{function}(dim=f.dim)": {"keepdim": False},
        f"x.{function}(dim=f.dim, keepdim=True)": {"keepdim": True},
    }


class MeanOver(Summing):
    """The mean over one or more dimensions: over height and width, one number for each channel.

    The end of most image networks. Also a plain way to make one row of a sequence, in which every step counts alike.
    """

    aliases = ("average", "global average pooling", "reduce")
    forms: ClassVar[Mapping[str, Mapping[str, Any]]] = _summing("mean")


class SumOver(Summing):
    """The sum over one or more dimensions.

    For sets, where how many there are matters: a mean would hide it. Grows with the sizes that it goes through.
    """

    aliases = ("add up", "reduce", "deep sets")
    forms: ClassVar[Mapping[str, Mapping[str, Any]]] = _summing("sum")


class MaxOver(Summing):
    """The largest number over one or more dimensions.

    Says of each feature how strongly it occurs anywhere: over the steps of a text, or the points of a cloud. Where the
    largest stood is lost.
    """

    keeps = BOTH
    aliases = ("largest", "global max pooling", "reduce", "pointnet")
    forms: ClassVar[Mapping[str, Mapping[str, Any]]] = _summing("amax")


# --- picked ----------------------------------------------------------------------------------------------------------


class Select(Expression):
    """One place along a dimension is picked, and the dimension is gone.

    Use it to read off the first step of a sequence, where a class token stands. Or the last one, which has seen all.
    """

    dim: int = whole(1, DIM)
    index: int = whole(0, "Place that is picked; 0 is the first, -1 the last.")

    aliases = ("index", "pick", "first step", "last step", "class token", "pooler")
    forms: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "x[:, f.index]": {"dim": 1},
        "x[:, :, f.index]": {"dim": 2},
        "x.select(f.dim, f.index)": {},
    }

    def output(self, x: TensorSpec) -> TensorSpec:
        place = axis(x, self.dim)
        size = x.shape[place]
        if not -size <= self.index < size:
            mends = (Mend("Take the last", SetField("index", -1)),)
            raise Misfit(f"an index from {-size} to {size - 1}", str(self.index), mends)
        return TensorSpec((*x.shape[:place], *x.shape[place + 1 :]), x.dtype)

    def brief(self, x: TensorSpec | None) -> str:
        return f"{self.index} of dim {self.dim}"


class Slice(Expression):
    """A run of places along a dimension is kept.

    For a part of the channels or of the steps. Two of them, one for each axis, crop an image to the size of another.
    """

    dim: int = whole(1, DIM)
    start: int = whole(0, "First place that is kept; 0 is the first, -1 the last.")
    length: int = whole(1, "How many places are kept.", at_least=1)

    aliases = ("narrow", "crop", "part")
    forms: ClassVar[Mapping[str, Mapping[str, Any]]] = {"x.narrow(f.dim, f.start, f.length)": {}}

    def output(self, x: TensorSpec) -> TensorSpec:
        place = axis(x, self.dim)
        size = x.shape[place]
        if not -size <= self.start < size:
            mend = Mend("Start with the first", SetField("start", 0))
            raise Misfit(f"a start from {-size} to {size - 1}", str(self.start), (mend,))
        rest = size - (self.start % size)
        if self.length > rest:
            mend = Mend(f"Keep {rest}", SetField("length", rest))
            raise Misfit(f"at most {rest} places from there on", str(self.length), (mend,))
        return TensorSpec((*x.shape[:place], self.length, *x.shape[place + 1 :]), x.dtype)

    def brief(self, x: TensorSpec | None) -> str:
        return f"{self.length} of dim {self.dim}"


class Chunk(Expression):
    """A dimension is cut into equal parts, of which one is kept.

    Takes queries, keys or values from a layer that makes all three at once. The number of parts has to divide the size.
    """

    chunks: int = whole(2, "Parts that it is cut into.", at_least=1)
    dim: int = whole(1, DIM)
    index: int = whole(0, "Which part is kept; 0 is the first, -1 the last.")

    aliases = ("split", "part", "half")
    forms: ClassVar[Mapping[str, Mapping[str, Any]]] = {"x.chunk(f.chunks, dim=f.dim)[f.index]": {}}

    def output(self, x: TensorSpec) -> TensorSpec:
        place = axis(x, self.dim)
        size = x.shape[place]
        if size % self.chunks:
            # torch gives a shorter last part, or fewer of them: then what is kept depends on which it is.
            fitting = max(
                count for count in range(1, min(self.chunks, size) + 1) if size % count == 0
            )
            mend = Mend(f"Cut into {fitting}", SetField("chunks", fitting))
            raise Misfit(f"a number of parts that divides {size}", str(self.chunks), (mend,))
        if not -self.chunks <= self.index < self.chunks:
            mend = Mend("Take the first", SetField("index", 0))
            raise Misfit(
                f"an index from {-self.chunks} to {self.chunks - 1}", str(self.index), (mend,)
            )
        return TensorSpec((*x.shape[:place], size // self.chunks, *x.shape[place + 1 :]), x.dtype)

    def brief(self, x: TensorSpec | None) -> str:
        return f"part {self.index} of {self.chunks}"


# --- calculated ------------------------------------------------------------------------------------------------------


class Constant(Expression):
    """Every number is changed by one and the same constant.

    Scales embeddings by the root of their size, brings pixels from 0 to 255 into 0 to 1, or turns a tanh into what lies
    between 0 and 1. Nothing is learned: for a learned scale there is LayerScale.
    """

    operation: str = one_of(
        "multiply", "What is done with the constant.", ("add", "subtract", "multiply", "divide")
    )
    value: float = real(1.0, "The constant.", at_least=-1e12, at_most=1e12)

    family = "linear"
    keeps = NOTHING
    aliases = ("scale", "shift", "rescale", "factor", "number")
    forms: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "x + f.value": {"operation": "add"},
        "x - f.value": {"operation": "subtract"},
        "x * f.value": {"operation": "multiply"},
        "x / f.value": {"operation": "divide"},
    }

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_numbers(x)
        if self.operation == "divide" and self.value == 0:
            mend = Mend("Divide by 1", SetField("value", 1.0))
            raise Misfit("something else than 0 to divide by", "0", (mend,))
        return x

    def reach(self, x: TensorSpec) -> Reach:
        return ()

    def brief(self, x: TensorSpec | None) -> str:
        signs = {"add": "+", "subtract": "−", "multiply": "×", "divide": "÷"}
        return f"{signs[self.operation]} {self.value:.6g}"


def _axis(x: TensorSpec, field: str, dim: int, instead: tuple[int, ...] | int = -1) -> int:
    """The place of a dimension that a field names. Raises Misfit where it is the batch or there is none."""
    try:
        return axis(x, dim)
    except Misfit as misfit:
        mends = (Mend("Use the last dimension", SetField(field, instead)),) if x.shape else ()
        got = misfit.got.replace("dim ", f"{field} ", 1)
        raise Misfit(misfit.needs, got, mends) from None


def _listed(numbers: Shape) -> str:
    return ", ".join(map(str, numbers))


SHAPING = (Permute, Transpose, Reshape, Squeeze, Unsqueeze, Select, Slice, Chunk)
SUMMING = (MeanOver, SumOver, MaxOver)
CALCULATING = (Constant,)
