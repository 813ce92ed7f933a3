"""Layers that only give what they get another shape."""

from __future__ import annotations

from math import prod

from engine.catalogue.needs import axis
from engine.design.kept import VIEW
from engine.design.kind import ANY, Dimensions, Kind, Mend, Misfit, SetField, TensorSpec
from engine.design.knob import sizes, whole
from engine.design.reach import Reach


class Flatten(Kind):
    """Several dimensions become one: an image becomes a row of features. The batch stays.

    Put it between convolutions or an image input and the first Linear. The numbers keep their
    order, the last dimension running fastest. What was next to what is lost for the layers behind
    it.
    """

    start_dim: int = whole(
        1, "First dimension that is merged; 0 is the batch.", at_least=-64, at_most=64
    )
    end_dim: int = whole(
        -1, "Last dimension that is merged; -1 is the very last.", at_least=-64, at_most=64
    )

    family = "shaping"
    aliases = ("reshape", "view", "ravel")
    module = "nn.Flatten"
    parameters = "start_dim=1, end_dim=-1"
    keeps = VIEW

    def dims_in(self) -> Dimensions:
        return (ANY,)

    def dims_out(self) -> Dimensions:
        return ("features",) if (self.start_dim, self.end_dim) == (1, -1) else (ANY,)

    def output(self, x: TensorSpec) -> TensorSpec:
        if not x.shape:
            raise Misfit("at least one dimension beside the batch", "a single number per sample")
        start, end = self._ends(x)
        merged = prod(x.shape[start : end + 1])
        return TensorSpec((*x.shape[:start], merged, *x.shape[end + 1 :]), x.dtype)

    def reach(self, x: TensorSpec) -> Reach | None:
        return () if len(self.output(x).shape) == 1 else None

    def _ends(self, x: TensorSpec) -> tuple[int, int]:
        """Both ends as places in the shape. Raises Misfit where one is the batch, or missing, or
        behind the other.
        """
        last = len(x.shape)
        start, end = (dim + last + 1 if dim < 0 else dim for dim in (self.start_dim, self.end_dim))
        if 1 <= start <= end <= last:
            return start - 1, end - 1
        raise Misfit(
            f"a start_dim and an end_dim from 1 to {last}, the start not behind the end, for {x}",
            f"{self.start_dim} and {self.end_dim}",
            (Mend("Keep the batch alone", SetField("start_dim", 1)),) if end == last and start != 1
            else (Mend("Flatten to the last dimension", SetField("end_dim", -1)),) if 1 <= start <= last
            else (),
        )  # fmt: skip

    def brief(self, x: TensorSpec | None) -> str:
        default = (self.start_dim, self.end_dim) == (1, -1)
        return "" if default else f"dims {self.start_dim} to {self.end_dim}"


class Unflatten(Kind):
    """One dimension becomes several: a row of features becomes an image again. The reverse of
    Flatten.

    Put it between a Linear and the first convolution of a decoder. The product of the new sizes
    must be the size of the dimension that they replace.
    """

    dim: int = whole(1, "Dimension that is split; 0 is the batch.", at_least=-64, at_most=64)
    unflattened_size: tuple[int, ...] = sizes((8, 8), "Sizes that it is split into.")

    family = "shaping"
    aliases = ("reshape", "view")
    module = "nn.Unflatten"
    parameters = "dim, unflattened_size"
    keeps = VIEW

    def output(self, x: TensorSpec) -> TensorSpec:
        at = axis(x, self.dim)
        size, wanted = x.shape[at], prod(self.unflattened_size)
        if size != wanted:
            times = " × ".join(map(str, self.unflattened_size))
            needs = f"{wanted} numbers in dimension {self.dim} to make {times}"
            raise Misfit(needs, f"{size}", self._mends(size))
        return TensorSpec((*x.shape[:at], *self.unflattened_size, *x.shape[at + 1 :]), x.dtype)

    def _mends(self, size: int) -> tuple[Mend, ...]:
        """The same sizes with the first, or else the last, made to fit."""
        for fit in (first_fits, last_fits):
            changed = fit(self.unflattened_size, size)
            if changed:
                title = f"Split into {' × '.join(map(str, changed))}"
                return (Mend(title, SetField("unflattened_size", changed)),)
        return (Mend(f"Split into 1 × {size}", SetField("unflattened_size", (1, size))),)

    def brief(self, x: TensorSpec | None) -> str:
        return " × ".join(map(str, self.unflattened_size))


def first_fits(sizes: tuple[int, ...], size: int) -> tuple[int, ...]:
    """The sizes with another first one so that they multiply to `size`; () where none does."""
    others = prod(sizes[1:])
    return () if size % others else (size // others, *sizes[1:])


def last_fits(sizes: tuple[int, ...], size: int) -> tuple[int, ...]:
    """The same with another last one."""
    others = prod(sizes[:-1])
    return () if size % others else (*sizes[:-1], size // others)


KINDS = (Flatten, Unflatten)
