"""Activations as torch computes them: values by torch's own module, slopes by its autograd."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sqrt
from typing import cast

import torch
from torch import Tensor, nn

from engine.catalogue.vectors import AlongDim
from engine.design.error import DesignError
from engine.design.kind import Activation, Misfit, TensorSpec
from engine.runtime.initialize import arguments, named

FLAT = 0.01
"""A unit is saturated where its slope is less than this share of the largest."""

USUAL = 10.0
"""Inputs up to this size count when the largest slope is sought, whatever is plotted."""

MOST_POINTS = 100_000


@dataclass(frozen=True, eq=False)
class CurveValues:
    """An activation at evenly spaced points, in double precision.

    `low` and `high` are the smallest and largest value plotted, `steepest` the largest slope by size for inputs up to
    ±10 and those plotted, `mean` the mean output for inputs from N(0, 1). `saturated` lists [start, stop] of the flat
    parts of the plot: |f'| below 1 % of the steepest, but for the narrow turns where a curve goes from falling to
    rising.
    """

    x: Tensor
    y: Tensor
    slope: Tensor
    low: float
    high: float
    steepest: float
    mean: float
    saturated: tuple[tuple[float, float], ...]


def curve(activation: Activation, start: float, stop: float, points: int) -> CurveValues:
    """Value and derivative from `start` to `stop`. Raises DesignError for a vector activation or an empty range."""
    if activation.vector:
        raise DesignError(f"{activation.title()} works on vectors and has no curve")
    if not (-1e12 < start < stop < 1e12):
        raise DesignError("the range of a plot has to run from a smaller to a larger number")
    function = module(activation, TensorSpec((1,)))
    x = torch.linspace(start, stop, min(max(points, 2), MOST_POINTS), dtype=torch.float64)
    y, slope = _with_slope(function, x)
    _, usual = _with_slope(function, torch.linspace(-USUAL, USUAL, 2001, dtype=torch.float64))
    steepest = float(torch.cat([slope, usual]).abs().max())
    return CurveValues(
        x,
        y,
        slope,
        float(y.min()),
        float(y.max()),
        steepest,
        _mean(function),
        _flat_parts(x, slope, steepest),
    )


def module(activation: Activation, x: TensorSpec) -> nn.Module:
    """The activation as a module in evaluation and double precision. Raises DesignError when it does not fit `x`."""
    try:
        activation.output(x)
    except Misfit as misfit:
        raise DesignError(f"{activation.title()} needs {misfit.needs}") from None
    call = activation.call(x)
    positional, by_name = arguments(call)
    made: nn.Module = named(call.function)(*positional, **by_name)
    return made.double().eval()


def _with_slope(function: nn.Module, x: Tensor) -> tuple[Tensor, Tensor]:
    with torch.enable_grad():
        x = x.clone().requires_grad_()
        y: Tensor = function(x.unsqueeze(1)).squeeze(1)
        (slope,) = torch.autograd.grad(y.sum(), x)
    return y.detach(), slope


def _mean(function: nn.Module) -> float:
    """The mean of f(z) for z from N(0, 1), by the trapezoidal rule, which is exact to ten digits here."""
    z = torch.linspace(-9, 9, 18_001, dtype=torch.float64)
    with torch.no_grad():
        y: Tensor = function(z.unsqueeze(1)).squeeze(1)
    return float(torch.trapezoid(y * torch.exp(-z * z / 2) / sqrt(2 * pi), z))


def _flat_parts(x: Tensor, slope: Tensor, steepest: float) -> tuple[tuple[float, float], ...]:
    """Maximal runs of points whose slope is nearly zero and does not change its sign."""
    if steepest == 0:
        return ((float(x[0]), float(x[-1])),)
    relative = slope / steepest
    flat = torch.nn.functional.pad((relative.abs() < FLAT).to(torch.int8), (1, 1))
    edges = cast("list[int]", torch.diff(flat).nonzero().squeeze(1).tolist())
    found: list[tuple[float, float]] = []
    for first, after in zip(edges[::2], edges[1::2], strict=True):
        part = relative[first:after]
        turns = bool((part > 1e-6).any()) and bool((part < -1e-6).any())
        if after - first > 1 and not turns:
            found.append((float(x[first]), float(x[after - 1])))
    return tuple(found)


def vector(activation: Activation, values: list[float]) -> Tensor:
    """What a vector becomes, as one sample of a batch of one. Raises DesignError when it does not fit."""
    if not values:
        raise DesignError("a vector needs at least one number")
    channels = not isinstance(activation, AlongDim) and activation.vector
    shape = (len(values), 1, 1) if channels else (len(values),)
    along = activation.with_fields(dim=-1) if isinstance(activation, AlongDim) else activation
    function = module(along, TensorSpec(shape))
    x = torch.tensor(values, dtype=torch.float64).reshape(1, *shape)
    with torch.no_grad():
        y: Tensor = function(x)
    return y.reshape(-1)
