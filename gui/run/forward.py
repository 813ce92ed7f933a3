"""What a forward pass gave, as a value (docs/worker-protocol.md, `Forward`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.design.project import Project
from engine.design.value import value
from engine.worker.protocol import Result

if TYPE_CHECKING:
    import numpy as np


@value
class NodeValues:
    """What one node gave: its statistics over the whole batch, a sample of the values, and those of the first row."""

    id: int
    name: str
    shape: tuple[int, ...]
    mean: float
    std: float
    low: float
    high: float
    sample: np.ndarray[Any, Any]
    first: np.ndarray[Any, Any]


@value
class ForwardValues:
    """A whole pass, with the project it belongs to: it holds only for that one's network."""

    project: Project
    where_from: str
    seconds: float
    class_names: tuple[str, ...]
    input: np.ndarray[Any, Any]
    output: np.ndarray[Any, Any]
    target: np.ndarray[Any, Any] | None
    nodes: tuple[NodeValues, ...]


def forward_in(result: Result, project: Project) -> ForwardValues:
    """The pass that answers a `Forward` request."""
    values, arrays = result.values, result.arrays
    nodes = tuple(
        NodeValues(
            each["id"],
            each["name"],
            tuple(each["shape"]),
            each["mean"],
            each["std"],
            each["min"],
            each["max"],
            arrays[f"node:{each['id']}"].to_numpy(),
            arrays[f"first:{each['id']}"].to_numpy(),
        )
        for each in values["nodes"]
    )
    return ForwardValues(
        project,
        str(values["where_from"]),
        float(values["seconds"]),
        tuple(values["class_names"]),
        arrays["input"].to_numpy(),
        arrays["output"].to_numpy(),
        arrays["target"].to_numpy() if "target" in arrays else None,
        nodes,
    )
