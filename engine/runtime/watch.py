"""How each layer of a network fares while it is trained: its gradients, updates, weights and outputs, now and then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from engine.design.kind import Activation
from engine.design.tree import Layer, Network
from engine.runtime.build import Built
from engine.runtime.examples import Distant, Examples
from engine.runtime.forward import Record
from engine.runtime.train import as_taken
from engine.views.facts import walk_places
from engine.views.health import Health
from engine.views.shapes import infer

MOST_LAYERS = 120
MOST_ROWS = 128
"""Rows whose outputs are looked at, or fewer where they are large."""
MOST_NUMBERS = 2**18

NEAR = 0.02
"""An output is saturated when it is nearer to a bound of its activation than this share of their distance."""

FAR = 1e3


class Bounds(NamedTuple):
    """Between what an activation's outputs lie; None where it goes on."""

    low: float | None
    high: float | None


class Place(NamedTuple):
    """A layer that is watched: its path, the parameters that are trained, and where its outputs are recorded."""

    path: str
    parameters: tuple[nn.Parameter, ...]
    node: int
    turn: int
    bounds: Bounds
    channels_first: bool


class Watch:
    """Looks at the layers of a module that have weights to train, in the order of the code."""

    def __init__(self, module: Built, network: Network, rows: Examples | Distant) -> None:
        self.places = places_of(module, network)
        self._module = module
        few = max(2, min(MOST_ROWS, MOST_NUMBERS // max(rows.numbers, 1)))
        self._rows = rows.at(slice(few))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(each.path for each in self.places)

    def weights(self) -> list[Tensor]:
        """Copies of the weights, to be given to `look` after a step."""
        return [_joined(each.parameters) for each in self.places]

    def look(self, before: Sequence[Tensor]) -> list[Health]:
        """How the layers fare after a step, whose gradients are still there."""
        record: Record = {}
        self._module.eval()
        with torch.no_grad():
            self._module.outputs(*as_taken(self._module, self._rows.x), record=record)
        self._module.train()
        return [
            self._health(place, old, record) for place, old in zip(self.places, before, strict=True)
        ]

    def _health(self, place: Place, old: Tensor, record: Record) -> Health:
        now = _joined(place.parameters)
        slopes = torch.cat([_slope(each) for each in place.parameters])
        gradient = float(slopes.square().mean().sqrt())
        length = _length(old)
        update = _length(now - old) / length if length else float("nan")
        given = record.get(place.node, [])
        output = given[min(place.turn, len(given) - 1)] if given else None
        if output is None or not output.numel() or not output.is_floating_point():
            return Health(gradient, update, *_spread(now), *([float("nan")] * 4))
        return Health(
            gradient,
            update,
            *_spread(now),
            *_spread(output),
            _dead(output, place),
            _saturated(output, place),
        )


def places_of(module: Built, network: Network) -> tuple[Place, ...]:
    """The layers of a network that have weights to train in the module that `build` made of it."""
    by_layer: dict[str, list[nn.Parameter]] = {}
    for name, each in module.named_parameters():
        if each.requires_grad:
            by_layer.setdefault(name.rpartition(".")[0], []).append(each)
    turns: Counter[int] = Counter()
    places: list[Place] = []
    for path, _, facts in walk_places(infer(network).body, "", 0):
        node = facts.node
        turn = turns[node.id]
        turns[node.id] += 1
        if not isinstance(node, Layer):
            continue
        own = [
            p
            for key, found in by_layer.items()
            if key == path or key.startswith(f"{path}.")
            for p in found
        ]
        if own and len(places) < MOST_LAYERS:
            first = node.kind.family in ("convolution", "norm")
            places.append(Place(path, tuple(own), node.id, turn, bounds(node.activation), first))
    return tuple(places)


def bounds(activation: Activation | None) -> Bounds:
    """Between what the outputs of an activation lie, by its closed form."""
    if activation is None or activation.vector:
        return Bounds(None, None)

    def end(sign: int) -> float | None:
        near, far = activation.at(sign * FAR / 2), activation.at(sign * FAR)
        return far if abs(far - near) < 1e-6 else None

    below, above = end(-1), end(1)
    if below is not None and above is not None:
        return Bounds(min(below, above), max(below, above))
    return Bounds(below, None)


def _slope(parameter: nn.Parameter) -> Tensor:
    """Its gradient, which every parameter that is trained has after a step."""
    return cast(Tensor, parameter.grad).reshape(-1)


def _length(values: Tensor) -> float:
    return float(values.square().sum().sqrt())


def _joined(parameters: tuple[nn.Parameter, ...]) -> Tensor:
    return torch.cat([each.detach().reshape(-1) for each in parameters])


def _spread(values: Tensor) -> tuple[float, float]:
    flat = values.reshape(-1)
    return float(flat.mean()), float(flat.std(correction=0))


def _dead(output: Tensor, place: Place) -> float:
    low = place.bounds.low
    if low is None or output.dim() < 2:
        return float("nan")
    units = output.movedim(1 if place.channels_first else -1, 0).reshape(
        output.shape[1 if place.channels_first else -1], -1
    )
    return float((units.amax(dim=1) <= low + 1e-7).float().mean())


def _saturated(output: Tensor, place: Place) -> float:
    low, high = place.bounds
    if low is None or high is None:
        return float("nan")
    near = NEAR * (high - low)
    return float(((output < low + near) | (output > high - near)).float().mean())
