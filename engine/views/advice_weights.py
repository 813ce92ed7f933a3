"""Advice about what weights start from: alike, too large, too small, or made for another activation."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from math import sqrt

from engine.catalogue.fan_rules import (
    Kaiming,
    KaimingNormal,
    KaimingUniform,
    XavierNormal,
    XavierUniform,
)
from engine.catalogue.joins import Add
from engine.catalogue.linear import Linear
from engine.catalogue.matrix_rules import OrthogonalInit, Sparse
from engine.catalogue.plain_rules import (
    ConstantInit,
    NormalInit,
    Ones,
    TruncatedNormalInit,
    UniformInit,
    Zeros,
)
from engine.catalogue.rectifiers import SELU, LeakyReLU, PReLU, ReLU, ReLU6, RReLU
from engine.catalogue.squashers import Hardsigmoid, Hardtanh, Sigmoid, Softsign, Tanh
from engine.design.distribution import Constant, Distribution
from engine.design.edit import SetInitializer
from engine.design.fans import fans
from engine.design.kind import Activation, Initializer, Misfit, Shape
from engine.design.tree import Layer
from engine.views.advising import Advice, AdviceMend, Found, LayerRule, law
from engine.views.flow import Step, bears_weights
from engine.views.rules import applied

HALVING = (ReLU, ReLU6, LeakyReLU, PReLU, RReLU)
"""Activations that drop about half of the signal, which Kaiming's gain of √2 makes up for."""

S_SHAPED = (Tanh, Sigmoid, Softsign, Hardtanh, Hardsigmoid)
"""Activations that are flat on both sides."""

LOUD, QUIET = 3.0, 0.1
"""By how much one layer may make a signal larger or smaller at the start before advice speaks up."""

WEIGHT = "weight"
MANY = (64, 64)


@lru_cache(maxsize=4096)
def suited(chosen: Initializer, activation: Activation) -> Initializer | None:
    """The initializer of the same law that is made for this activation; None where the chosen one will do."""
    match chosen, activation:
        case (XavierNormal() | XavierUniform(), ReLU() | ReLU6() | LeakyReLU() | PReLU() | RReLU()):
            if chosen.gain > 1.2:
                return None
            kaiming = KaimingNormal if isinstance(chosen, XavierNormal) else KaimingUniform
            slope = _slope(activation)
            return kaiming(a=slope, nonlinearity="leaky_relu") if slope else kaiming()
        case (Kaiming(), Tanh() | Sigmoid() | Softsign() | Hardtanh() | Hardsigmoid()):
            if chosen.nonlinearity not in ("relu", "leaky_relu") or chosen.gain() < 1.2:
                return None
            return XavierNormal() if isinstance(chosen, KaimingNormal) else XavierUniform()
        case _:
            return None


def _slope(activation: Activation) -> float:
    """The slope for negative numbers that Kaiming takes as its a."""
    match activation:
        case LeakyReLU():
            return activation.negative_slope
        case PReLU():
            return activation.init
        case RReLU():
            return (activation.lower + activation.upper) / 2
        case _:
            return 0.0


def chosen_weight(step: Step) -> Initializer | None:
    """The initializer chosen for the layer's weight, None where torch's default stays."""
    for tensor, chosen in step.layer.initializers:
        if tensor == WEIGHT:
            return chosen
    return None


def _weight_shape(step: Step) -> Shape | None:
    """The shape of a map's weight; None for norms, tables and what has no weight of two dimensions."""
    if step.input is None or step.layer.kind.family == "embedding" or not bears_weights(step.facts):
        return None
    rule = applied(step.layer.kind, step.input)
    shape = None if isinstance(rule, Misfit) else rule.weights.get(WEIGHT)
    return shape if shape is not None and len(shape) >= 2 else None


def _law(step: Step, shape: Shape) -> Distribution | None:
    """What the weight is filled with, torch's default included."""
    chosen = chosen_weight(step)
    if chosen is not None:
        return law(chosen, shape)
    assert step.input is not None
    return step.layer.kind.torch_default(WEIGHT, step.input)[0]


def _better(step: Step) -> Initializer:
    """What to start this layer's weights from instead, by the activation behind it."""
    return made_for(step.activation())


@lru_cache(maxsize=1024)
def made_for(activation: Activation | None) -> Initializer:
    """The rule for weights whose result goes through this activation."""
    if isinstance(activation, SELU):
        return KaimingNormal(nonlinearity="linear")
    if activation is None or isinstance(activation, S_SHAPED):
        return XavierNormal()
    slope = _slope(activation)
    return KaimingNormal(a=slope, nonlinearity="leaky_relu") if slope else KaimingNormal()


def _normed(step: Step) -> bool:
    """Whether a norm takes the size of this layer's numbers away at once."""
    behind = next(step.following(), None)
    norm = (
        behind is not None and isinstance(behind.node, Layer) and behind.node.kind.family == "norm"
    )
    return norm and step.layer.activation is None


def _mend(found: Found, better: Initializer) -> AdviceMend:
    return AdviceMend(f"Use {better.title()}", SetInitializer(found.ids, WEIGHT, better))


# --- all alike -------------------------------------------------------------------------------------------------------


def _alike(step: Step) -> Hashable:
    """A hidden layer of several units whose weights are one number; the last of a residual branch may be zero."""
    chosen = chosen_weight(step)
    # Whether a rule gives one number alone hardly depends on the shape: most layers are done with here.
    if chosen is None or not isinstance(law(chosen, MANY), Constant):
        return None
    if (shape := _weight_shape(step)) is None or shape[0] < 2:
        return None
    all_one = law(chosen, shape)
    if not isinstance(all_one, Constant) or not step.is_hidden():
        return None
    if all_one.value == 0 and _ends_residual(step):
        return None
    return (all_one.value == 0, chosen, _better(step))


def _ends_residual(step: Step) -> bool:
    """Whether it is the last map of a branch that is added: at zero the whole starts as the identity."""
    join = step.run.join
    behind = any(bears_weights(each) for each in step.following())
    return join is not None and isinstance(join.join, Add) and not behind


def _say_alike(found: Found) -> Advice:
    chosen = chosen_weight(found.first)
    better = _better(found.first)
    assert chosen is not None
    shape = _weight_shape(found.first)
    assert shape is not None
    zero = law(chosen, shape) == Constant(0.0)
    number = "zero" if zero else "the same number"
    more = "At zero not even that: nothing of the input comes through. " if zero else ""
    return Advice(
        found.first.layer.id,
        "Weights of a hidden layer all alike",
        f"All weights of {found.name()} start at {number}, so its units have no reason to differ."
        + found.more(),
        "Units that start with the same weights compute the same, and together are worth one. "
        f"{more}Where the weights behind them are alike as well, they also get the same gradient and "
        "stay alike for ever: the symmetry never breaks. Random weights give every unit a start of its own.",
        (
            _mend(found, better),
            AdviceMend("Use torch's default", SetInitializer(found.ids, WEIGHT, None)),
        ),
        found.ids[1:],
    )


# --- made for another activation ---------------------------------------------------------------------------------


def _unsuited(step: Step) -> Hashable:
    chosen, activation = chosen_weight(step), step.activation()
    if chosen is None or activation is None or suited(chosen, activation) is None:
        return None
    return None if _normed(step) or _weight_shape(step) is None else (chosen, activation)


def _say_xavier(found: Found) -> Advice:
    chosen, better, activation = _pair(found)
    return Advice(
        found.first.layer.id,
        f"{chosen.title()} under {activation.title()}",
        f"{found.name()} starts with weights that are too small for {activation.title()}.{found.more()}",
        f"Xavier keeps the variance of a signal the same through layers of tanh. {activation.title()} drops "
        "about half of the signal, so that it gets weaker from layer to layer, and the gradient with it. "
        "Kaiming has a gain of √2, which makes up for that half.",
        (_mend(found, better),),
        found.ids[1:],
    )


def _say_kaiming(found: Found) -> Advice:
    chosen, better, activation = _pair(found)
    return Advice(
        found.first.layer.id,
        f"{chosen.title()} under {activation.title()}",
        f"{found.name()} starts with weights that are made for ReLU, not for {activation.title()}."
        + found.more(),
        "Kaiming has a gain of √2 because ReLU drops half of the signal. "
        f"{activation.title()} drops none, so that its inputs come out too large and units start nearer to "
        "the flat ends of the curve, where the gradient is small. Xavier is made for such curves.",
        (_mend(found, better),),
        found.ids[1:],
    )


def _pair(found: Found) -> tuple[Initializer, Initializer, Activation]:
    chosen, activation = chosen_weight(found.first), found.first.activation()
    assert chosen is not None
    assert activation is not None
    better = suited(chosen, activation)
    assert better is not None
    return chosen, better, activation


# --- too large, too small, and SELU ------------------------------------------------------------------------------


def _factor(step: Step) -> float | None:
    """By how much the layer multiplies the size of its input at the start: rms of the weights times √fan_in."""
    shape = _weight_shape(step)
    chosen = None if shape is None else _law(step, shape)
    if shape is None or chosen is None or isinstance(chosen, Constant):
        return None
    return sqrt((chosen.mean**2 + chosen.std**2) * fans(shape).fan_in)


def _out_of_size(step: Step) -> Hashable:
    factor = _factor(step)
    if factor is None or _normed(step) or isinstance(step.activation(), SELU):
        return None
    if factor > LOUD:
        return ("loud", chosen_weight(step), _better(step))
    if factor < QUIET and step.is_hidden():
        return ("quiet", chosen_weight(step), _better(step))
    return None


def _say_out_of_size(found: Found) -> Advice:
    factor = _factor(found.first)
    chosen = chosen_weight(found.first)
    assert factor is not None
    assert chosen is not None
    loud = factor > LOUD
    change = f"about {factor:.1f} times larger" if loud else f"to about {factor:.2g} of its size"
    consequence = (
        "Several such layers in a row make it explode, and curves with flat ends start saturated."
        if loud
        else "Several such layers in a row make it fade away, and the gradient on its way back, too."
    )
    shape = _weight_shape(found.first)
    assert shape is not None
    return Advice(
        found.first.layer.id,
        f"Weights that start too {'large' if loud else 'small'}",
        f"{found.name()} makes the signal {change} at the start.{found.more()}",
        f"A unit adds up {fans(shape).fan_in} inputs, each times a weight, so the size of its result is that "
        f"of a weight times √{fans(shape).fan_in}. {chosen.title()} does not look at the number of inputs. "
        f"{consequence} Xavier and Kaiming choose the size of the weights to suit the layer.",
        (_mend(found, _better(found.first)),),
        found.ids[1:],
    )


def _selu(step: Step) -> Hashable:
    """A map before SELU whose weights have not the variance 1/fan_in that SELU is made for."""
    if not isinstance(step.activation(), SELU) or _normed(step):
        return None
    factor = _factor(step)
    return None if factor is None or 0.75 < factor**2 < 1.25 else True


def _say_selu(found: Found) -> Advice:
    better = KaimingNormal(nonlinearity="linear")
    return Advice(
        found.first.layer.id,
        "Weights that don't suit SELU",
        f"{found.name()} needs weights of variance 1/fan_in for SELU to keep its promise.{found.more()}",
        "SELU's two numbers are computed so that mean 0 and variance 1 hold from layer to layer, if "
        "weights are normal with mean 0 and variance 1/fan_in. torch's default has a third of that variance, "
        "Kaiming for ReLU twice as much. Kaiming normal with nonlinearity linear is exactly it.",
        (AdviceMend("Use Kaiming normal, linear", SetInitializer(found.ids, WEIGHT, better)),),
        found.ids[1:],
    )


FIXED = (UniformInit, NormalInit, TruncatedNormalInit, OrthogonalInit, Sparse)
MAY_BE_ONE_NUMBER = (*FIXED, ConstantInit, Zeros, Ones, XavierNormal, XavierUniform)

WEIGHT_RULES = (
    LayerRule(MAY_BE_ONE_NUMBER, _alike, _say_alike),
    LayerRule((XavierNormal, XavierUniform), _unsuited, _say_xavier),
    LayerRule((KaimingNormal, KaimingUniform), _unsuited, _say_kaiming),
    LayerRule(FIXED, _out_of_size, _say_out_of_size),
    LayerRule((Linear,), _selu, _say_selu),
)
