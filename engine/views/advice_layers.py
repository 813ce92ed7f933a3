"""Advice about activations between layers: missing, too flat in a row, or of the wrong kind."""

from __future__ import annotations

from collections.abc import Hashable

from engine.catalogue.batch_norm import BatchNorm1d
from engine.catalogue.linear import Linear
from engine.catalogue.rectifiers import ReLU
from engine.catalogue.squashers import Hardsigmoid, Hardtanh, Sigmoid, Softsign, Tanh
from engine.catalogue.vectors import AlongDim, LogSoftmax, Softmax, Softmin
from engine.design.edit import Edit, SetField, SetInitializer
from engine.design.kind import Activation, Initializer
from engine.design.tree import Layer, Network
from engine.views.advice_weights import suited
from engine.views.advising import Advice, AdviceMend, Found, LayerRule, several, wearing
from engine.views.flow import Step, bears_weights, passes

FLATTENING: dict[type[Activation], int] = {
    Sigmoid: 5,
    Hardsigmoid: 5,
    Tanh: 3,
    Softsign: 3,
    Hardtanh: 3,
}
ENOUGH = 15
"""How much each s-curve takes from a gradient, and how much in a row is worth a word: three sigmoids, whose slope is at
most 1/4, or five curves like tanh, whose slope is at most 1."""


def fitted(network: Network, layers: tuple[Layer, ...], activation: Activation, title: str) -> Edit:
    """Give layers another activation, and with it chosen initializers that suit it."""
    edits = list(wearing(network, layers, activation))
    changes: dict[Initializer, list[int]] = {}
    for each in layers:
        chosen = each.initializer("weight") if each.initializers else None
        better = suited(chosen, activation) if chosen is not None else None
        if better is not None:
            changes.setdefault(better, []).append(each.id)
    edits.extend(SetInitializer(tuple(ids), "weight", better) for better, ids in changes.items())
    return several(tuple(edits), title)


# --- activations -------------------------------------------------------------------------------------------------


def _two_maps(step: Step) -> Hashable:
    """A Linear whose result reaches the next one without an activation."""
    return True if _unbent(step) else None


def _unbent(step: Step) -> tuple[Layer, Layer] | None:
    """Where an activation could stand, and the Linear that comes next without one."""
    if step.layer.activation is not None:
        return None
    last = step.layer
    for facts in step.following():
        node = facts.node
        if not isinstance(node, Layer):
            return None
        if isinstance(node.kind, Linear):
            return (last, node)
        if isinstance(node.kind, BatchNorm1d) and node.activation is None:
            last = node
        elif not passes(node):
            return None
    return None


def _say_two_maps(found: Found) -> Advice:
    pairs = [pair for step in found.steps if (pair := _unbent(step)) is not None]
    holders = tuple(holder for holder, _ in pairs)
    return Advice(
        found.first.layer.id,
        "No activation between two linear layers",
        f"{found.name()} and {found.name(pairs[0][1])} compute no more than a single Linear could."
        + (f" {len(pairs) - 1} more places are like it." if len(pairs) > 1 else ""),
        "A linear layer is a matrix, and two matrices in a row multiply to one: whatever the two can "
        "compute, one could. An activation between them bends the result, and only then do more "
        "layers mean more. Without one it is only worth while as a deliberate bottleneck that saves "
        "parameters.",
        (AdviceMend("Add ReLU", fitted(found.project.network, holders, ReLU(), "Add ReLU")),),
        found.ids[1:],
    )


def _steep_stack(step: Step) -> tuple[int, ...] | None:
    """The ids of several s-curves in a row, for the first of them."""
    if _curve(step.layer) is None or _curve_before(step):
        return None
    ids: list[int] = [step.layer.id]
    taken = FLATTENING[type(_known_curve(step.layer))]
    for place, facts in enumerate(step.following(), start=step.at + 1):
        node = facts.node
        if not isinstance(node, Layer) or node.kind.family == "norm":
            break
        if (curve := _curve(node)) is not None:
            if step.run.last and place >= step.run.last_map:
                break
            ids.append(node.id)
            taken += FLATTENING[type(curve)]
        elif _bends(node):
            break
    return tuple(dict.fromkeys(ids)) if taken >= ENOUGH and len(set(ids)) > 2 else None


def _curve(node: Layer) -> Activation | None:
    """The s-curve that a layer is or ends in."""
    for entry in (node.activation, node.kind):
        if type(entry) in FLATTENING:
            assert isinstance(entry, Activation)
            return entry
    return None


def _known_curve(node: Layer) -> Activation:
    curve = _curve(node)
    assert curve is not None
    return curve


def _bends(node: Layer) -> bool:
    return node.activation is not None or isinstance(node.kind, Activation)


def _curve_before(step: Step) -> bool:
    """Whether the activation before this one is an s-curve too, with no norm between."""
    for index in range(step.at - 1, -1, -1):
        node = step.run.nodes[index].node
        if not isinstance(node, Layer) or node.kind.family == "norm":
            return False
        if _bends(node):
            return _curve(node) is not None
    return False


def _say_steep_stack(found: Found) -> Advice:
    ids = _steep_stack(found.first)
    assert ids is not None
    wanted = set(ids)
    layers = {
        facts.node.id: facts.node
        for facts in found.first.run.nodes
        if isinstance(facts.node, Layer) and facts.node.id in wanted
    }
    curve = _known_curve(found.first.layer)
    title = "Make them ReLU"
    return Advice(
        found.first.layer.id,
        f"{len(layers)} layers of {curve.title()} in a row",
        f"On their way back to {found.name()}, gradients shrink at every layer.",
        "The gradient that reaches a layer is a product with one slope for each activation behind it. "
        "A sigmoid is never steeper than 1/4, a tanh never steeper than 1, and both are nearly flat "
        "where they saturate, so that the product vanishes within a few layers. ReLU passes the gradient "
        "of its active units undiminished; a norm layer between them helps as well.",
        (AdviceMend(title, fitted(found.project.network, tuple(layers.values()), ReLU(), title)),),
        ids[1:],
    )


def _hidden_softmax(step: Step) -> Hashable:
    chosen = step.layer.activation or step.layer.kind
    if not isinstance(chosen, Softmax | LogSoftmax | Softmin):
        return None
    behind = step.next_acting()
    is_map = behind is not None and isinstance(behind.node, Layer) and bears_weights(behind)
    return type(chosen).title() if is_map else None


def _say_hidden_softmax(found: Found) -> Advice:
    chosen = found.first.layer.activation or found.first.layer.kind
    layers = tuple(step.layer for step in found.steps)
    return Advice(
        found.first.layer.id,
        f"{chosen.title()} between hidden layers",
        f"{found.name()} lets its units compete: together they pass on one unit's worth of signal."
        + found.more(),
        "A softmax makes its outputs positive with the sum 1. At the end of a classifier that is a "
        "probability; inside a network it makes every unit depend on all others, makes wide layers pass "
        "on tiny numbers, and has hardly any gradient once one unit is ahead. Hidden units should say "
        "what they found independently, as with ReLU.",
        (AdviceMend("Use ReLU", fitted(found.project.network, layers, ReLU(), "Use ReLU")),),
        found.ids[1:],
    )


def _softmax_of_one(step: Step) -> Hashable:
    chosen = step.layer.activation or step.layer.kind
    if not isinstance(chosen, Softmax | LogSoftmax | Softmin) or step.output is None:
        return None
    shape = step.output.shape
    axis = chosen.dim if chosen.dim < 0 else chosen.dim - 1
    return type(chosen).title() if shape and shape[axis] == 1 else None


def _say_softmax_of_one(found: Found) -> Advice:
    chosen = found.first.layer.activation or found.first.layer.kind
    assert isinstance(chosen, AlongDim)
    always = "0" if isinstance(chosen, LogSoftmax) else "1"
    layers = tuple(step.layer for step in found.steps)
    edits = wearing(found.project.network, layers, Sigmoid())
    return Advice(
        found.first.layer.id,
        f"{chosen.title()} of a single number",
        f"{found.name()} always gives {always}, whatever comes in.{found.more()}",
        "A softmax divides among the numbers along one dimension, and here that dimension has size 1: the "
        f"one number gets everything, so that the result is always {always} and its gradient is zero. For "
        "the probability of yes or no, a sigmoid of one number is what you want.",
        (AdviceMend("Use a sigmoid", several(edits, "Use a sigmoid")),),
        found.ids[1:],
    )


# --- sizes -----------------------------------------------------------------------------------------------------------


def _bottleneck(step: Step) -> Hashable:
    """A hidden Linear of one unit before a layer that makes more of it again."""
    kind = step.layer.kind
    assert isinstance(kind, Linear)
    if kind.out_features != 1 or step.input is None or step.input.elements < 2:
        return None
    for facts in step.following():
        if not isinstance(facts.node, Layer):
            return None
        if isinstance(facts.node.kind, Linear) and facts.input is not None:
            wider = facts.node.kind.out_features > 1 and facts.input.elements == 1
            return (step.layer.id,) if wider else None
    return None


def _say_bottleneck(found: Found) -> Advice:
    step = found.first
    assert step.input is not None
    units = min(max(step.input.shape[-1], 2), 16)
    return Advice(
        step.layer.id,
        "A hidden layer of one unit",
        f"All that the layers behind {found.name()} learn of a sample is a single number.",
        "What a layer does not pass on is lost to all layers behind it. Through one unit only one number "
        "per sample passes, so that what comes out lies on a single curve, however many units follow. "
        "That is right for a gate or a score, and hardly ever for a hidden layer.",
        (AdviceMend(f"Use {units} units", SetField((step.layer.id,), "out_features", units)),),
    )


LAYER_RULES = (
    LayerRule((Linear,), _two_maps, _say_two_maps),
    LayerRule(tuple(FLATTENING), _steep_stack, _say_steep_stack),
    LayerRule((Softmax, LogSoftmax, Softmin), _hidden_softmax, _say_hidden_softmax),
    LayerRule((Softmax, LogSoftmax, Softmin), _softmax_of_one, _say_softmax_of_one),
    LayerRule((Linear,), _bottleneck, _say_bottleneck),
)
