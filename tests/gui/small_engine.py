"""Answers what the inspector asks, in this process and without torch: closed forms and numpy.

It speaks the worker's own messages. Answers come by the event loop, or when a test lets them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QTimer

from engine.catalogue import ACTIVATIONS
from engine.design.distribution import Distribution
from engine.design.kind import Activation
from engine.design.tree import Layer
from engine.files.reading import from_document
from engine.views.shapes import infer
from engine.worker.protocol import Array, Curve, Draw, Progress, Request, Result, Vector
from gui.learn.curve import closed_curve
from gui.learn.law import law_of

OnResult = Callable[[Result], None]
OnFailure = Callable[[str], None]


@dataclass
class SmallEngine:
    """Keeps what was asked; on one channel only the last unanswered request stays."""

    holds: bool = False
    fails: str = ""
    asked: list[Request] = field(default_factory=list)
    waiting: dict[str, Callable[[], None]] = field(default_factory=dict)

    def ask(
        self,
        request: Request,
        on_result: OnResult,
        on_failure: OnFailure,
        channel: str = "",
        on_progress: Callable[[Progress], None] | None = None,
    ) -> SmallTicket:
        self.asked.append(request)

        def answer() -> None:
            if self.fails:
                on_failure(self.fails)
            else:
                on_result(answer_of(request))

        name = f"{type(request).__name__} {channel}"
        self.waiting[name] = answer
        if not self.holds:
            QTimer.singleShot(0, self.let)
        return SmallTicket(self, name)

    def let(self) -> None:
        """Answer what waits."""
        waiting, self.waiting = list(self.waiting.values()), {}
        for answer in waiting:
            answer()

    def close(self) -> None:
        """Answer nothing any more, as when the window has closed."""
        self.holds = True
        self.waiting = {}


@dataclass
class SmallTicket:
    """The right to change one's mind."""

    engine: SmallEngine
    name: str

    def cancel(self) -> None:
        self.engine.waiting.pop(self.name, None)


def answer_of(request: Request) -> Result:
    match request:
        case Curve():
            curve = closed_curve(
                _activation(request.activation), request.start, request.stop, request.points
            )
            arrays = {"x": curve.x, "y": curve.y, "slope": curve.slope}
            return Result(0, {}, {name: Array.of(row) for name, row in arrays.items()})
        case Vector():
            outputs = vector(_activation(request.activation), request.values.to_list())
            return Result(0, {"sum": sum(outputs)}, {"y": Array.of(outputs)})
        case Draw():
            return drawn(request)
        case _:
            raise AssertionError(request)


def _activation(document: object) -> Activation:
    match document:
        case str():
            return ACTIVATIONS[document]()
        case {"kind": str(key), **fields}:
            return ACTIVATIONS[key](**fields)
        case _:
            raise AssertionError(document)


def vector(activation: Activation, x: list[float]) -> list[float]:
    if activation.key() == "GLU":
        half = len(x) // 2
        return [a / (1 + math.exp(-b)) for a, b in zip(x[:half], x[half:])]
    signed = [-each for each in x] if activation.key() == "Softmin" else x
    parts = [math.exp(each - max(signed)) for each in signed]
    shares = [each / sum(parts) for each in parts]
    return [math.log(each) for each in shares] if activation.key() == "LogSoftmax" else shares


def drawn(request: Draw) -> Result:
    project = from_document(request.project)
    analysis = infer(project.network)
    for path, _, facts in analysis.places():
        if not isinstance(facts.node, Layer):
            continue
        for weight in facts.weights:
            prefix = path[: len(path) - len(facts.node.name)] if facts.node.name else f"{path}."
            if prefix + weight.path == request.tensor:
                law = law_of(facts.node, weight, facts.input).distribution
                assert law is not None
                size = min(math.prod(weight.shape), request.limit)
                values = sample(law, size, request.seed)
                said = {"shape": list(weight.shape), "total": math.prod(weight.shape),
                        "mean": float(values.mean()), "std": float(values.std())}  # fmt: skip
                return Result(0, said, {"values": Array.of_numpy(values)})
    raise AssertionError(request.tensor)


def sample(law: Distribution, size: int, seed: int) -> np.ndarray:
    """Values of a law by its density and its single values."""
    generator = np.random.default_rng(seed)
    low, high = law.support
    x = np.linspace(low, high, 2001)
    density = np.nan_to_num(np.array([law.density(each) for each in x]), posinf=0.0)
    if not density.any():
        density[:] = 1.0
    values = generator.choice(x, size, p=density / density.sum())
    left = generator.random(size)
    for value, share in law.atoms:
        values[left < share] = value
        left = np.where(left < share, 2.0, left - share)
    return values.astype(np.float32)
