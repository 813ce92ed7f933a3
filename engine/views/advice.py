"""What a good colleague would say about a design: nothing where it is sound, and each thing once.

Rules are declared one by one in the tables of the modules `advice_...`. A layer is shown
only to the rules that look at its kind, its activation or its initializers, so that a thousand layers take about as
long as their shapes.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import cache

from engine.design.kind import Activation
from engine.design.project import Project
from engine.design.tree import Again, Layer, Parallel
from engine.views.advice_depth import depth_advice
from engine.views.advice_field import field_advice
from engine.views.advice_images import IMAGE_RULES
from engine.views.advice_layers import LAYER_RULES
from engine.views.advice_layout import LAYOUT_RULES
from engine.views.advice_norms import NORM_RULES
from engine.views.advice_output import NETWORK_RULES
from engine.views.advice_residual import RESIDUAL_RULES
from engine.views.advice_weights import WEIGHT_RULES
from engine.views.advising import Advice, AdviceMend, Ending, Found, LayerRule
from engine.views.facts import Analysis
from engine.views.flow import Run, Step, bears_weights, passes, runs

__all__ = ["Advice", "AdviceMend", "advise"]

RULES: tuple[LayerRule, ...] = (
    *WEIGHT_RULES,
    *LAYER_RULES,
    *NORM_RULES,
    *IMAGE_RULES,
    *LAYOUT_RULES,
    *RESIDUAL_RULES,
)


def advise(project: Project, analysis: Analysis) -> tuple[Advice, ...]:
    """All advice about a design: of the whole network, then in the order of its layers, then of its output.

    `analysis` is `infer(project.network)`. Where shapes are unknown behind a fault, rules that need them are silent.
    """
    laid = runs(analysis.body)
    found: dict[tuple[int, Hashable], list[Step]] = {}
    for run in laid:
        for index, facts in enumerate(run.nodes):
            node = facts.node
            if isinstance(node, Layer) and (places := _places(node)):
                step = Step(run, index, facts, node)
                for place in places:
                    key = RULES[place].look(step)
                    if key is not None:
                        found.setdefault((place, key), []).append(step)
    said = [
        RULES[place].say(Found(_distinct(steps), project, analysis))
        for (place, _), steps in found.items()
    ]
    if not said:
        # Depth is the sum of what single layers do: where one of them is odd, its own advice comes first.
        said = list(depth_advice(project, analysis, laid))
    said += field_advice(analysis, laid[0])
    whole = list(_of_network(project, analysis, ending(laid[0])))
    first = [each for each in whole if not each.node_id]
    return (*first, *said, *(each for each in whole if each.node_id))


def _places(node: Layer) -> tuple[int, ...]:
    """Where in `RULES` those stand that look at this layer."""
    if not node.initializers:
        return _watching(type(node.kind), type(node.activation))
    chosen = (type(initializer) for _, initializer in node.initializers)
    return _watching(type(node.kind), type(node.activation), *chosen)


@cache
def _watching(*kinds: type) -> tuple[int, ...]:
    return tuple(
        place
        for place, rule in enumerate(RULES)
        if any(issubclass(kind, rule.on) for kind in kinds)
    )


def _distinct(steps: list[Step]) -> tuple[Step, ...]:
    """Each layer once, although the turns of a Repeat show it several times."""
    return tuple({step.layer.id: step for step in reversed(steps)}.values())[::-1]


def _of_network(project: Project, analysis: Analysis, end: Ending) -> Iterator[Advice]:
    for say in NETWORK_RULES:
        yield from say(project, analysis, end)


def ending(main: Run) -> Ending:
    """How the main run ends: what its output comes from, looking through what only passes on."""
    last = next((facts.node for facts in reversed(main.nodes) if not passes(facts.node)), None)
    weighted = next((f.node for f in reversed(main.nodes) if bears_weights(f)), None)
    activation: Activation | None = None
    match last:
        case Layer() | Parallel() | Again():
            activation = last.activation
            if isinstance(last, Layer) and activation is None and isinstance(last.kind, Activation):
                activation = last.kind
        case _:
            pass
    return Ending(last, activation, weighted if isinstance(weighted, Layer) else None)
