"""Advice about residual connections: what keeps their sum from passing a signal on unhindered."""

from __future__ import annotations

from collections.abc import Hashable

from engine.catalogue.joins import Add
from engine.catalogue.norm import Normalising
from engine.catalogue.rectifiers import ReLU, ReLU6
from engine.catalogue.smooth import Softplus
from engine.catalogue.squashers import Hardsigmoid, Sigmoid
from engine.design.edit import SetActivation
from engine.design.kind import Activation
from engine.design.tree import Layer, Parallel
from engine.views.advising import Advice, AdviceMend, Found, LayerRule, several, wearing
from engine.views.flow import Step, bears_weights, passes

NEVER_NEGATIVE = (ReLU, ReLU6, Softplus, Sigmoid, Hardsigmoid)


def _residual(step: Step) -> Parallel | None:
    """The residual sum that a step's run is the body of."""
    join = step.run.join
    if join is None or not isinstance(join.join, Add):
        return None
    return join if any(not branch.nodes for branch in join.branches) else None


def _only_adds(step: Step) -> Hashable:
    """An activation that is never negative as the last thing of a residual body."""
    last = step.layer.activation or step.layer.kind
    if not isinstance(last, NEVER_NEGATIVE) or _residual(step) is None:
        return None
    if any(not passes(facts.node) for facts in step.following()) or step.run.last_map < 0:
        return None
    return last


def _say_only_adds(found: Found) -> Advice:
    last = found.first.layer.activation or found.first.layer.kind
    assert isinstance(last, Activation)
    layers = tuple(step.layer for step in found.steps)
    title = f"Remove {last.title()}"
    return Advice(
        found.first.layer.id,
        f"{last.title()} right before a residual sum",
        f"{found.name()} can only add to what passes beside it, never take away.{found.more()}",
        f"What a residual body gives is added to its input. {last.title()} is never negative, so that the "
        "signal can only grow from block to block, and half of the corrections that the body could learn "
        "are impossible. The last layer of the body stays without an activation; one may follow the sum.",
        (AdviceMend(title, several(wearing(found.project.network, layers, None), title)),),
        found.ids[1:],
    )


def _bent_shortcut(step: Step) -> Hashable:
    """A body that begins with its norm, as in a pre-activation design, with an activation behind the sum."""
    if step.at != 0 or (join := _residual(step)) is None or join.activation is None:
        return None
    last = step.run.nodes[-1]
    is_map = bears_weights(last) and isinstance(last.node, Layer) and last.node.activation is None
    return join.activation if is_map else None


def _say_bent_shortcut(found: Found) -> Advice:
    joins = tuple(dict.fromkeys(j.id for step in found.steps if (j := _residual(step))))
    join = _residual(found.first)
    assert join is not None
    assert join.activation is not None
    title = f"Remove {join.activation.title()} behind the sum"
    return Advice(
        join.id,
        f"{join.activation.title()} behind a pre-activation sum",
        f"The body that begins with {found.name()} has its norm in front, and the sum is bent all the same."
        + found.more(),
        "In a pre-activation design norm and activation stand at the beginning of each body, so that the "
        "shortcuts of all blocks form one straight way through the network on which signal and gradient "
        "pass unchanged. An activation behind the sum interrupts it in every block.",
        (AdviceMend(title, SetActivation(joins, None)),),
        joins[1:],
    )


RESIDUAL_RULES = (
    LayerRule(NEVER_NEGATIVE, _only_adds, _say_only_adds),
    LayerRule((Normalising,), _bent_shortcut, _say_bent_shortcut),
)
