"""Which layer turns a value whose dimensions lie otherwise than the layer behind it takes them."""

from __future__ import annotations

from collections.abc import Iterable

from engine.catalogue.expressions import Permute, Transpose
from engine.catalogue.spatial import Spatial
from engine.design.kind import Kind, TensorSpec
from engine.design.tree import Layer, Node

COLOURS = (1, 3, 4)
"""Channels of images as files have them: grey, red, green and blue, and these with opacity."""
LEAST_ROWS = 8
_KEEPING = ("norm", "activation", "dropout")
_TIME_FIRST = ("embedding", "recurrent", "attention")


def laid_out_by(ahead: Iterable[Node]) -> Node | None:
    """What laid out the value that flows on, `ahead` being the nodes before from the nearest on; None for an input."""
    return next(
        (node for node in ahead if not (isinstance(node, Layer) and node.kind.family in _KEEPING)),
        None,
    )


def turning(kind: Kind, x: TensorSpec, ahead: Node | None) -> Kind | None:
    """The layer to put before `kind`; None where nothing says that `x` lies otherwise.

    `ahead` laid out `x`; where it is None, `x` is an input of the network.
    """
    if x.dtype != "float32" or not isinstance(kind, Spatial):
        return None
    if kind.axes == 1 and len(x.shape) == 2:
        return Transpose() if _gives_time_first(ahead) else None
    if kind.axes == 2 and len(x.shape) == 3 and ahead is None:
        rows, columns, last = x.shape
        if last in COLOURS and min(rows, columns) >= LEAST_ROWS:
            return Permute(dims=(3, 1, 2))
    return None


def turning_a_misfit(kind: Kind, x: TensorSpec, ahead: Node | None) -> Kind | None:
    """The same for a layer that `x` does not fit, as then also an input of two sizes may lie the other way round."""
    if isinstance(kind, Spatial) and kind.axes == 1 and len(x.shape) == 2 and ahead is None:
        return Transpose()
    return turning(kind, x, ahead)


def _gives_time_first(node: Node | None) -> bool:
    if not isinstance(node, Layer) or node.kind.family not in _TIME_FIRST:
        return False
    return node.kind.dims_out()[-1] == "features"
