"""Where data, network and loss do not meet, each said in a sentence with the edit that mends it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.catalogue.datasets import RowFacts
from engine.catalogue.embedding import Embedding
from engine.catalogue.linear import Linear
from engine.catalogue.losses import (
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    Loss,
    MSELoss,
)  # fmt: skip
from engine.design.edit import SetField, SetInputs
from engine.design.kind import Activation, Shape, TensorSpec
from engine.design.project import Project, ProjectEdit, SetTraining
from engine.design.tree import Group, Input, Layer, Network
from engine.design.tuples import NamedTuple
from engine.design.value import replace
from engine.views.shapes import infer


class DataMisfit(NamedTuple):
    """One thing that does not meet, and what mends it; `edit` is None where nothing is offered."""

    sentence: str
    title: str = ""
    edit: ProjectEdit | None = None


def misfits(project: Project, facts: RowFacts, title: str) -> Iterator[DataMisfit]:
    """What does not meet, from the input on; the first mended, the next may come to light."""
    network = project.network
    if len(network.inputs) == 1:
        spec = network.inputs[0].spec
        if not _flows_in(facts.given, spec):
            wanted = facts.given
            first = Input(network.inputs[0].name, wanted)
            dtype = " of whole numbers" if wanted.dtype == "int64" else ""
            yield DataMisfit(
                f"A row of {title} is {_times(wanted.shape)}{dtype}, but the network takes {_times(spec.shape)}"
                f"{' of whole numbers' if spec.dtype == 'int64' else ''}.",
                f"Make the input {_times(wanted.shape)}",
                SetInputs((first,)),
            )
    small = small_table(network, facts)
    if small is not None:
        layer, table = small
        yield DataMisfit(
            f"Whole numbers from 0 to {facts.vocabulary - 1} flow in, but {layer.name or table.title()} has only "
            f"{table.num_embeddings} vectors.",
            f"Give it {facts.vocabulary}",
            SetField((layer.id,), "num_embeddings", facts.vocabulary),
        )
    if facts.target is None:
        return
    yield from _loss(project, facts, title)
    yield from _output(project, facts, title)


def _flows_in(given: TensorSpec, wanted: TensorSpec) -> bool:
    flat = len(given.shape) == 1 and given.elements == wanted.elements and given.dtype != "int64"
    return given.dtype == wanted.dtype and (flat or given.shape == wanted.shape)


def _loss(project: Project, facts: RowFacts, title: str) -> Iterator[DataMisfit]:
    loss = project.training.loss
    assert isinstance(loss, Loss)
    wanted: Loss | None = None
    if (facts.classes and loss.task == "regression") or (
        facts.classes and facts.target and loss.target != "class"
    ):
        wanted = CrossEntropyLoss()
    elif not facts.classes and loss.task != "regression":
        wanted = MSELoss()
    if wanted is None:
        return
    what = "classes" if facts.classes else "numbers"
    output = infer(project.network).output
    if facts.classes == 2 and output is not None and output.shape in ((), (1,)):
        wanted = BCEWithLogitsLoss()
    yield DataMisfit(
        f"{title} has {what} to predict, and {loss.title()} is for {'numbers' if facts.classes else 'classes'}.",
        f"Use {wanted.title()}",
        SetTraining(replace(project.training, loss=wanted)),
    )


def _output(project: Project, facts: RowFacts, title: str) -> Iterator[DataMisfit]:
    output, loss, wanted = infer(project.network).output, project.training.loss, facts.output
    assert isinstance(loss, Loss)
    if output is None or wanted is None:
        return
    fits = [wanted, (facts.classes, *(facts.target or ()))] if facts.classes else [wanted]
    if not facts.target and (
        not facts.classes or (facts.classes == 2 and loss.task == "yes or no")
    ):
        fits += [(), (1,)]
    if output.shape in fits:
        return
    last = last_map(project.network)
    title_, edit = "", None
    if last is not None and isinstance(last.kind, Linear) and output.shape[:-1] == wanted[:-1]:
        title_ = f"Give {last.name or 'the last layer'} {wanted[-1]} output{'s' if wanted[-1] > 1 else ''}"
        edit = SetField((last.id,), "out_features", wanted[-1])
    what = (
        f"{facts.classes} classes"
        if facts.classes
        else "1 number"
        if not facts.target
        else f"{_times(wanted)} numbers"
    )
    places = f" at each of {_times(facts.target)} places" if facts.target and facts.classes else ""
    yield DataMisfit(
        f"{title} has {what}{places} to predict, but the network gives {_times(output.shape)}.",
        title_,
        edit,
    )


def last_map(network: Network) -> Layer | None:
    """The layer at the end of the network's row behind which only activations come; None where another form does."""
    nodes = network.body.nodes
    while nodes:
        last = nodes[-1]
        if isinstance(last, Group):
            nodes = last.body.nodes
        elif isinstance(last, Layer) and isinstance(last.kind, Activation):
            nodes = nodes[:-1]
        else:
            return last if isinstance(last, Layer) else None
    return None


def small_table(network: Network, facts: RowFacts) -> tuple[Layer, Embedding] | None:
    """An Embedding right at the input that has no vector for some of the whole numbers that flow in."""
    nodes = network.body.nodes
    while nodes and isinstance(nodes[0], Group):
        nodes = nodes[0].body.nodes
    first = nodes[0] if nodes else None
    if (
        not facts.vocabulary
        or not isinstance(first, Layer)
        or not isinstance(first.kind, Embedding)
    ):
        return None
    return (first, first.kind) if first.kind.num_embeddings < facts.vocabulary else None


def _times(shape: Shape) -> str:
    return " × ".join(map(str, shape)) or "1"
