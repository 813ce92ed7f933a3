"""What theory says of one tensor of a layer before it is drawn; without Qt or numpy."""

from __future__ import annotations

from engine.catalogue.fan_rules import Kaiming, XavierNormal, XavierUniform
from engine.catalogue.matrix_rules import OrthogonalInit
from engine.design.distribution import Distribution, Uniform
from engine.design.fans import Fans, fans
from engine.design.kind import Initializer, Misfit, TensorSpec
from engine.design.tree import Layer
from engine.design.value import value
from engine.views.facts import Weight
from engine.views.rules import applied

LARGEST_DRAWN = 2**29
"""Entries of a tensor that is still drawn to be looked at: 2 GB, and as much again while it is."""


@value
class TensorLaw:
    """The law of a tensor's entries; None where there is none. `refusal` says why a rule does not hold."""

    distribution: Distribution | None
    initializer: Initializer | None
    sentence: str
    refusal: str = ""


def law_of(layer: Layer, weight: Weight, x: TensorSpec | None) -> TensorLaw:
    """What fills a tensor of a layer that gets `x`: its initializer, or what torch itself does."""
    chosen = layer.initializer(weight.tensor)
    if chosen is None:
        return default_law(layer, weight, x)
    refusal = chosen.refusal(weight.shape)
    law = None if refusal else chosen.distribution(weight.shape)
    return TensorLaw(law, chosen, type(chosen).help(), refusal)


def default_law(layer: Layer, weight: Weight, x: TensorSpec | None) -> TensorLaw:
    """What torch's own constructor fills the tensor with."""
    owner, tensor, got = layer.kind, weight.tensor, x
    if tensor.startswith("activation.") and layer.activation is not None and x is not None:
        rule = applied(layer.kind, x)
        owner, tensor = layer.activation, tensor.removeprefix("activation.")
        got = None if isinstance(rule, Misfit) else rule.output
    if got is None:
        return TensorLaw(None, None, "")
    try:
        law, sentence = owner.torch_default(tensor, got)
    except KeyError:
        return TensorLaw(None, None, "")
    return TensorLaw(law, None, sentence)


def gain_of(initializer: Initializer | None) -> float | None:
    """The factor for the activation behind the layer, in rules that have one."""
    match initializer:
        case Kaiming():
            return initializer.gain()
        case XavierUniform() | XavierNormal() | OrthogonalInit():
            return initializer.gain
        case _:
            return None


def fans_of(shape: tuple[int, ...]) -> Fans | None:
    """The fans of a tensor; None for one of fewer than two dimensions, which has none."""
    return fans(shape) if len(shape) >= 2 else None


def density_points(law: Distribution, low: float, high: float) -> tuple[list[float], list[float]]:
    """The density as a line from `low` to `high`, with the upright sides of a box where it has some."""
    xs = [low + (high - low) * step / 240 for step in range(241)]
    start, stop = law.support
    for edge in (start, stop):
        if low < edge < high:
            xs += [edge * (1 - 1e-9) - 1e-12, edge, edge * (1 + 1e-9) + 1e-12]
    xs = sorted(x for x in xs if low <= x <= high)
    return xs, [law.density(x) for x in xs]


def is_box(law: Distribution) -> bool:
    """Whether the density ends in upright sides, so that a plot needs room beside them."""
    return isinstance(law, Uniform)
