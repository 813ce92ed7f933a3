"""What the worker's results hold, as values (docs/worker-protocol.md)."""

from __future__ import annotations

from collections.abc import Sequence

from engine.design.value import value
from engine.worker.protocol import Array, Result
from gui.learn.curve import Curve


def curve_in(result: Result) -> Curve | None:
    """The curve that answers a `Curve` request; None when it is not whole."""
    arrays = result.arrays
    if not {"x", "y", "slope"} <= arrays.keys():
        return None
    x, y, slope = (arrays[name].to_list() for name in ("x", "y", "slope"))
    return Curve(x, y, slope) if len(x) == len(y) == len(slope) > 1 else None


def vector_in(result: Result) -> Sequence[float]:
    """The outputs that answer a `Vector` request."""
    return result.arrays["y"].to_list() if "y" in result.arrays else ()


@value
class Drawing:
    """The answer to a `Draw` request: values, those of the whole tensor in number, their statistics."""

    values: Array
    shape: tuple[int, ...]
    total: int
    mean: float
    std: float
    exact: bool = True
    """Whether they are those of the whole network, not of the layer alone."""


def drawing_in(result: Result) -> Drawing | None:
    """The drawn values that answer a `Draw` request; None when there are none."""
    values = result.arrays.get("values")
    if values is None:
        return None
    said = result.values
    return Drawing(
        values,
        tuple(said.get("shape", values.shape)),
        int(said.get("total", 0)),
        float(said.get("mean", 0.0)),
        float(said.get("std", 0.0)),
        bool(said.get("exact", True)),
    )
