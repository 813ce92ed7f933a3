"""Which choices a card offers: chips for activation and initializer, and a number to type. Free of Qt."""

from __future__ import annotations

from functools import lru_cache

from engine.design.kind import Activation, Initializer, Kind, TensorSpec
from engine.design.knob import Knob, Real, Whole
from engine.design.tree import Again, Group, Layer, Node, Parallel, Repeat
from engine.views.rules import Rule, applied

TRIAL_INPUTS = tuple(
    TensorSpec((64,) * rank, dtype) for dtype in ("float32", "int64") for rank in (1, 2, 3, 4)
)


def has_chips(node: Node) -> bool:
    """Whether a card has a line of chips: a layer with a weight matrix, or anything with an activation."""
    match node:
        case Layer():
            return node.activation is not None or bool(main_tensor(node.kind))
        case Parallel() | Again():
            return node.activation is not None
        case Group() | Repeat():
            return False


@lru_cache(maxsize=4096)
def main_tensor(kind: Kind) -> str:
    """The tensor whose initializer a card offers: the first weight of the kind, "" where there is none.

    Known without the layer's input, so that a card keeps its chips while the design around it is faulty.
    """
    for x in TRIAL_INPUTS:
        rule = applied(kind, x)
        if isinstance(rule, Rule):
            return next((name for name in rule.weights if kind.role(name) == "weight"), "")
    # No trial fits, as twelve heads divide none of them: the tensors that it has with some choice of its fields.
    return next((name for name in kind.tensors if kind.role(name) == "weight"), "")


def activation_of(node: Node) -> Activation | None:
    """The activation that follows a node."""
    return node.activation if isinstance(node, Layer | Parallel | Again) else None


def initializer_of(node: Node) -> Initializer | None:
    """The initializer that a card shows; None is torch's default."""
    return node.initializer(main_tensor(node.kind)) if isinstance(node, Layer) else None


def key_knob(node: Node) -> Knob | None:
    """The field that a card lets a person type: the first whole number of the kind, else its first number."""
    if not isinstance(node, Layer):
        return None
    numbers = [knob for knob in node.kind.knobs if isinstance(knob.range, Whole)]
    numbers += [knob for knob in node.kind.knobs if isinstance(knob.range, Real)]
    return numbers[0] if numbers else None
