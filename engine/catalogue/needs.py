"""What several kinds ask of their input, with the mends that they have in common."""

from __future__ import annotations

from typing import NoReturn

from engine.catalogue.embedding import Embedding
from engine.catalogue.roles import ROLES
from engine.design.kind import (
    Gathered,
    InsertBefore,
    Kind,
    Mend,
    Misfit,
    SetField,
    TensorSpec,
    wrong_others,
)  # fmt: skip


def needs_numbers(x: TensorSpec) -> None:
    """Raises Misfit unless `x` holds real numbers; whole ones have to be embedded first."""
    if x.dtype != "float32":
        mends = (Mend("Insert an Embedding", InsertBefore(Embedding())),)
        raise Misfit("real numbers (float32)", f"{x.dtype} {x}", mends)


def needs_others(kind: Kind, x: TensorSpec) -> tuple[TensorSpec, ...]:
    """The further values that come with `x`. Raises Misfit unless they are as many as the kind takes."""
    if not isinstance(x, Gathered):
        raise wrong_others(kind.takes, 0)
    return x.others


def axis(x: TensorSpec, dim: int) -> int:
    """The place in `x.shape` of the dimension that torch calls `dim`, the batch being dimension 0.

    Raises Misfit when there is none, or when it is the batch: samples must not mix.
    """
    last = len(x.shape)
    index = dim + last + 1 if dim < 0 else dim
    if 0 < index <= last:
        return index - 1
    if not x.shape:
        raise Misfit("at least one dimension beside the batch", "a single number per sample")
    wrong_axis(x, f"{dim}, which is the batch" if index == 0 else str(dim))


def wrong_axis(x: TensorSpec, got: str) -> NoReturn:
    """Raises Misfit with the dimensions there are."""
    last = len(x.shape)
    needs = f"a dim from 1 to {last} for {x}" if last > 1 else f"dim 1 for {x}"
    if last > 1 and last in ROLES:
        needs = f"{needs} ({', '.join(ROLES[last])})"
    raise Misfit(f"{needs}, or counted from the end", f"dim {got}",
                 (Mend("Use the last dimension", SetField("dim", -1)),))  # fmt: skip
