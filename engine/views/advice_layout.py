"""Advice about dimensions that lie otherwise than a layer takes them: time or an image's rows for channels."""

from __future__ import annotations

from collections.abc import Hashable

from engine.catalogue.spatial import Spatial
from engine.design.address import Before, parent_of
from engine.design.edit import Insert, layer
from engine.design.kind import Kind
from engine.design.placing import numbered
from engine.design.tree import Node
from engine.views.advising import Advice, AdviceMend, Found, LayerRule
from engine.views.flow import Step
from engine.views.layout import laid_out_by, turning


def _ahead(step: Step) -> Node | None:
    return laid_out_by(step.run.nodes[index].node for index in range(step.at - 1, -1, -1))


def _turning(step: Step) -> Kind | None:
    """What should stand before a layer that works; a branch's own input may come from anywhere."""
    ahead = _ahead(step)
    if step.input is None or step.output is None or (ahead is None and step.run.join is not None):
        return None
    return turning(step.layer.kind, step.input, ahead)


def _lies_otherwise(step: Step) -> Hashable:
    return None if _turning(step) is None else step.layer.id


def _say_lies_otherwise(found: Found) -> Advice:
    step = found.first
    turn, ahead = _turning(step), _ahead(step)
    assert step.input is not None
    assert turn is not None
    mends = _inserting(found, turn)
    if ahead is None:
        rows, columns, last = step.input.shape
        return Advice(
            step.layer.id,
            "An image with its channels last",
            f"{found.name()} takes the {rows} rows for channels, and sees an image of {columns} × {last}.",
            "Files and arrays hold images as [N, H, W, C]; torch's layers want [N, C, H, W]. Nothing fails "
            "where the sizes are large enough, but the layer works along the wrong dimensions. A Permute "
            "in front of it brings the channels to where they belong; or say the input's shape as C, H, W "
            "and turn the data before.",
            mends,
        )
    steps, features = step.input.shape
    return Advice(
        step.layer.id,
        "Time taken for channels",
        f"{found.name()} takes the {steps} steps of {found.name(ahead)} for channels, and the {features} "
        "features of each for time.",
        "Embeddings, recurrent layers and attention give [N, T, E]: the time first, then features. "
        "Convolutions, poolings and batch norms of sequences want [N, C, L]: the channels first, then the "
        "time. Nothing fails, but the layer works along the wrong dimension. A Transpose between "
        "them turns it; a second one turns it back where features are wanted last again.",
        mends,
    )


def _inserting(found: Found, kind: Kind) -> tuple[AdviceMend, ...]:
    """The layer put in front, except in an nn.Sequential, which holds modules alone."""
    network, own = found.project.network, found.first.layer.id
    if numbered(network, parent_of(network.body, own)):
        return ()
    return (AdviceMend(f"Insert a {kind.title()}", Insert((layer(kind),), Before(own))),)


LAYOUT_RULES = (LayerRule((Spatial,), _lies_otherwise, _say_lies_otherwise),)
