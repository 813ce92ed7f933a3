"""The words that the networks are written in: layers, blocks, stages, and projects around them."""

from __future__ import annotations

from collections.abc import Callable

from engine.catalogue import DATASETS, LOSSES, OPTIMIZERS, SCHEDULERS
from engine.catalogue.joins import Add
from engine.design.kind import Activation, Initializer, Join, Kind, TensorSpec
from engine.design.knob import Entry
from engine.design.placing import renumbered
from engine.design.project import Data, Forward, Project, Training
from engine.design.tree import Group, Input, Layer, Network, Node, Parallel, Repeat, Stack

Made = dict[str, Callable[[], Project]]
"""Samples by their names, and what makes each."""


def layer(
    name: str, kind: Kind, activation: Activation | None = None, **initializers: Initializer
) -> Layer:
    """A layer; initializers by their tensor, torch's default for the others."""
    return Layer(0, name, kind, activation, tuple(initializers.items()))


def branch(*nodes: Node, source: str = "", name: str = "") -> Stack:
    """A branch of a Parallel; empty, it is the identity."""
    return Stack(nodes, source, name)


def parallel(join: Join, *branches: Stack, activation: Activation | None = None) -> Parallel:
    """Branches side by side."""
    return Parallel(0, join, branches, activation)


def residual(*nodes: Node, activation: Activation | None = None) -> Parallel:
    """A way around these nodes, added to what they give."""
    return parallel(Add(), branch(), branch(*nodes), activation=activation)


def block(name: str, class_name: str, *nodes: Node) -> Group:
    """A part that becomes a class of its own."""
    return Group(0, name, class_name, Stack(nodes))


def sequence(name: str, *nodes: Node) -> Group:
    """A part that becomes an nn.Sequential; what is in it has no names."""
    return Group(0, name, "", Stack(nodes))


def repeat(name: str, class_name: str, times: int, *nodes: Node) -> Repeat:
    """The same several times over, each time with weights of its own."""
    return Repeat(0, name, class_name, Stack(nodes), times)


def network(name: str, inputs: dict[str, TensorSpec], *nodes: Node) -> Network:
    """A network of these inputs; nodes are numbered from 1."""
    numbered, next_id = renumbered(nodes, 1)
    given = tuple(Input(each, spec) for each, spec in inputs.items())
    return Network(name, given, Stack(numbered), (), next_id)


def real(*shape: int) -> dict[str, TensorSpec]:
    """One input `x` of real numbers."""
    return {"x": TensorSpec(shape)}


def images(channels: int, side: int) -> dict[str, TensorSpec]:
    """One input of square images."""
    return {"image": TensorSpec((channels, side, side))}


def project(
    net: Network,
    notes: tuple[str, ...] = (),
    data: Entry | None = None,
    loss: str = "CrossEntropyLoss",
    rate: float = 0.001,
    epochs: int = 100,
    batch: int = 2,
    seed: int = 0,
) -> Project:
    """A project with the usual recipe; `notes` are paragraphs, `data` are random numbers unless given."""
    training = Training(
        LOSSES[loss](),
        OPTIMIZERS["AdamW"](lr=rate),
        SCHEDULERS["CosineAnnealingLR"](),
        epochs=epochs,
    )
    chosen = Data(data or DATASETS["RandomInput"]())
    return Project(net, chosen, training, Forward(batch, seed), "\n\n".join(notes))
