"""Advice about a signal that vanishes or explodes on its way through many layers, before any training."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

from engine.catalogue.norm import GroupNorm, LayerNorm
from engine.design.address import Before
from engine.design.edit import Edit, Insert, SetInitializer, apply
from engine.design.edit import layer as new_layer
from engine.design.kind import Initializer
from engine.design.project import Project
from engine.design.tree import Layer
from engine.views.advice_weights import made_for
from engine.views.advising import Advice, AdviceMend, called, several
from engine.views.facts import Analysis
from engine.views.flow import Run, Step
from engine.views.shapes import infer
from engine.views.strength import strengths

WEAKEST, STRONGEST = 1e-8, 1e8
"""Strengths, a ten-thousandth and ten thousand times in size, beyond which a network hardly learns.

Far enough that networks of images with torch's default weights, which biases keep alive, pass.
"""
FEWEST = 4
"""Layers with weights from which depth is a topic; a single odd layer has advice of its own."""


def depth_advice(project: Project, analysis: Analysis, laid: list[Run]) -> Iterator[Advice]:
    """The first layer at which the signal is out of all bounds."""
    found = list(strengths(analysis.body))
    place = _beyond(found)
    if place is None or place + 1 < FEWEST:
        return
    layer, power = found[place]
    fades = power < 1
    word = "fades" if fades else "explodes"
    size = sqrt(power)
    by = f"{size:.0e}".replace("e-0", "e-").replace("e+0", "e")
    yield Advice(
        layer.id,
        f"The signal {word} with depth",
        f"At {called(analysis, layer)} it is about {by} times as large as at the input, before any training.",
        "Every layer multiplies the size of what passes by a factor that follows from its weights and its "
        "activation, and a residual sum adds what its branches give. Over many layers the factors "
        f"multiply: the signal {word}, the gradient on its way back does the same, and training hardly "
        "begins. Weights that suit the activation, or a norm every few layers, keep the factor at 1.",
        tuple(_mends(project, analysis, laid, layer)),
    )


def _beyond(found: list[tuple[Layer, float]]) -> int | None:
    """Where the strength first leaves its bounds; weights of zero are a choice and no weak signal."""
    for place, (_, power) in enumerate(found):
        if power > STRONGEST or 0 < power < WEAKEST:
            return place
    return None


def _mends(
    project: Project, analysis: Analysis, laid: list[Run], weak: Layer
) -> Iterator[AdviceMend]:
    """Weights made for the activation behind each layer, or a norm before the one that is out of bounds, if enough."""
    maps = {layer.id for layer, _ in strengths(analysis.body)}
    changes: dict[Initializer, list[int]] = {}
    done: set[int] = set()
    for run in laid:
        for at, facts in enumerate(run.nodes):
            node = facts.node
            if isinstance(node, Layer) and node.id in maps - done:
                done.add(node.id)
                better = made_for(Step(run, at, facts, node).activation())
                if node.initializer("weight") != better:
                    changes.setdefault(better, []).append(node.id)
    title = "Use weights that suit each layer"
    edits: tuple[Edit, ...] = tuple(
        SetInitializer(tuple(ids), "weight", better) for better, ids in changes.items()
    )
    if edits and _enough(project, analysis, edit := several(edits, title)):
        yield AdviceMend(title, edit)
        return
    facts = analysis.facts(weak.id)
    if facts is None or facts.input is None:
        return
    norm = LayerNorm() if len(facts.input.shape) < 3 else GroupNorm(1)
    insert = Insert((new_layer(norm),), Before(weak.id))
    if _enough(project, analysis, insert):
        yield AdviceMend(f"Insert a {norm.title()}", insert)


def _enough(project: Project, analysis: Analysis, edit: Edit) -> bool:
    after = infer(apply(project.network, edit), analysis)
    return after.valid and _beyond(list(strengths(after.body))) is None
