"""What answers each request: one row, and one function between the message and the runtime.

The functions here read documents and name what results hold (`docs/worker-protocol.md`); the
functions of `engine.runtime` compute, and know nothing of messages.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from engine.design.project import Project
from engine.files.reading import from_document, read_activation
from engine.runtime import data, probe, prove
from engine.runtime.live import Live
from engine.runtime.preview import preview
from engine.runtime.verify import verify
from engine.worker.protocol import (
    Array,
    Curve,
    Document,
    Draw,
    Forward,
    Parameters,
    Prove,
    Request,
    Result,
    Rows,
    Values,
    Vector,
    Verify,
    Weights,
)
from engine.worker.serve import Answer, Job

if TYPE_CHECKING:
    from torch import Tensor


def torch_answers() -> dict[type[Request], Answer]:
    """The table of a worker, without training (`engine.worker.training`)."""
    session = Session()
    return {
        Curve: Answer("drawing a curve", curve),
        Vector: Answer("computing an activation", vector),
        Draw: Answer("drawing weights", session.draw),
        Weights: Answer("drawing weights", session.weights),
        Rows: Answer("reading rows", session.rows),
        Forward: Answer("running the network", session.forward),
        Parameters: Answer("drawing parameters", session.parameters),
        Values: Answer("drawing a parameter", session.values),
        Prove: Answer("proving an export", session.prove),
        Verify: Answer("comparing with torch", session.verify),
    }


def curve(request: Curve, job: Job) -> Result:
    activation = read_activation(request.activation)
    found = probe.curve(activation, request.start, request.stop, request.points)
    said = {
        "low": found.low,
        "high": found.high,
        "steepest": found.steepest,
        "mean": found.mean,
        "saturated": found.saturated,
    }
    rows = {"x": _array(found.x), "y": _array(found.y), "slope": _array(found.slope)}
    return Result(request.request, said, rows)


def vector(request: Vector, job: Job) -> Result:
    y = probe.vector(read_activation(request.activation), request.values.to_list())
    return Result(request.request, {"sum": float(y.sum())}, {"y": _array(y)})


class Session:
    """Keeps what the last request read and built, for the next is mostly about the same network.

    No answer depends on what is kept: every request says all that its answer follows from.
    """

    def __init__(self) -> None:
        self._live = Live()
        self._document: Document | None = None
        self._project: Project | None = None

    def draw(self, request: Draw, job: Job) -> Result:
        network = self._read(request.project).network
        found = probe.draw(network, request.tensor, request.seed, request.limit, self._live)
        said = {"shape": found.shape, "total": found.statistics.count, "exact": found.exact}
        said |= _statistics(found.statistics)
        return Result(request.request, said, {"values": _array(found.values)})

    def weights(self, request: Weights, job: Job) -> Result:
        network = self._read(request.project).network
        found = probe.weights(network, request.seed, request.limit, self._live)
        return Result(request.request, {}, {name: _array(each) for name, each in found.items()})

    def rows(self, request: Rows, job: Job) -> Result:
        found = preview(self._read(request.project), request.count)
        arrays = {"x": Array.of_numpy(found.rows.x)}
        if found.rows.y is not None:
            arrays["y"] = Array.of_numpy(found.rows.y)
        facts = found.facts
        said = _described(found.rows) | {
            "count": found.count,
            "balance": found.balance,
            "ranges": [each._asdict() for each in found.ranges],
            "columns": found.columns,
            "target": found.target,
            "facts": None if facts is None else {
                "shape": facts.given.shape, "dtype": facts.given.dtype, "classes": facts.classes,
                "target": facts.target, "vocabulary": facts.vocabulary,
            },
        }  # fmt: skip
        return Result(request.request, said, arrays)

    def forward(self, request: Forward, job: Job) -> Result:
        project = self._read(request.project)
        found = probe.forward(project, request.batch_size, request.seed, self._live)
        said = _described(found.rows) | {
            "seconds": found.seconds,
            "nodes": [
                {"id": node.id, "name": node.name, "shape": node.shape}
                | _statistics(node.statistics)
                for node in found.nodes
            ],
        }
        arrays = {"input": Array.of_numpy(found.rows.x), "output": _array(found.output)}
        if found.rows.y is not None:
            arrays["target"] = Array.of_numpy(found.rows.y)
        for node in found.nodes:
            arrays[f"node:{node.id}"] = _array(node.sample)
            arrays[f"first:{node.id}"] = _array(node.first)
        return Result(request.request, said, arrays)

    def parameters(self, request: Parameters, job: Job) -> Result:
        found = probe.parameters(self._read(request.project).network, request.seed, self._live)
        rows = [
            {"name": each.name, "shape": each.shape, "trainable": each.trainable}
            | _statistics(each.statistics)
            for each in found
        ]
        return Result(request.request, {"parameters": rows})

    def values(self, request: Values, job: Job) -> Result:
        network = self._read(request.project).network
        found = probe.values(network, request.tensor, request.seed, self._live)
        return Result(request.request, {}, {"values": _array(found)})

    def prove(self, request: Prove, job: Job) -> Result:
        network = self._read(request.project).network
        found = prove.prove(network, request.module, request.seed, report=job.report)
        return Result(request.request, asdict(found))

    def verify(self, request: Verify, job: Job) -> Result:
        found = verify(self._read(request.project).network, job.report)
        return Result(request.request, asdict(found))

    def _read(self, document: Document) -> Project:
        """The project in a document: the very same value as long as the document is equal."""
        if self._project is None or document != self._document:
            self._project = from_document(document)
            self._document = document
        return self._project


def _statistics(found: probe.Statistics) -> Document:
    return {
        "count": found.count,
        "mean": found.mean,
        "std": found.std,
        "min": found.low,
        "max": found.high,
    }


def _described(rows: data.Rows) -> Document:
    return {
        "where_from": rows.where_from,
        "feature_names": rows.feature_names,
        "class_names": rows.class_names,
    }


def _array(tensor: Tensor) -> Array:
    return Array.of_numpy(tensor.detach().numpy())
