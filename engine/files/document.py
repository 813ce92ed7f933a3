"""A project as a JSON document (docs/file-format.md); `engine.files.reading` is the way back.

Every field is written, so that a default that changes later changes no file.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from engine.design.knob import Entry
from engine.design.project import TRAINING_RANGES, Project
from engine.design.tree import (
    Again,
    Group,
    Layer,
    Network,
    Node,
    Parallel,
    Repeat,
    Stack,
    others_of,
)

FORMAT = "layerloom"
VERSION = 1
RESERVED = ("id", "layer", "name", "activation", "initializers", "frozen", "note", "others")
"""Keys of a layer in a file beside the fields of its kind."""


def to_document(project: Project) -> dict[str, Any]:
    """The project as plain JSON values."""
    network, data, training, forward = (
        project.network,
        project.data,
        project.training,
        project.forward,
    )
    return {
        "format": FORMAT,
        "version": VERSION,
        "network": network_document(network),
        "data": {
            "set": entry_document(data.set),
            "train_share": data.train_share,
            "stratified": data.stratified,
            "scaling": data.scaling,
            "seed": data.seed,
        },
        "training": {
            "loss": entry_document(training.loss),
            "optimizer": entry_document(training.optimizer),
            "scheduler": entry_document(training.scheduler),
            **{name: getattr(training, name) for name in TRAINING_RANGES},
        },
        "forward": {"batch_size": forward.batch_size, "seed": forward.seed},
        "notes": project.notes,
    }


def network_document(network: Network) -> dict[str, Any]:
    """A network as plain JSON values."""
    document: dict[str, Any] = {
        "name": network.name,
        "inputs": [
            {"name": each.name, "shape": list(each.spec.shape), "dtype": each.spec.dtype}
            for each in network.inputs
        ],
        "layers": nodes_document(network.body.nodes),
        "next_id": network.next_id,
    }
    if network.ties:
        document["ties"] = [{"path": tie.path, "owner": tie.owner} for tie in network.ties]
    if network.outputs:
        document["outputs"] = list(network.outputs)
    return document


def nodes_document(nodes: Iterable[Node]) -> list[dict[str, Any]]:
    """Nodes as plain JSON values; also what the clipboard carries."""
    return [_node_document(node) for node in nodes]


def entry_document(entry: Entry) -> str | dict[str, Any]:
    """An entry as its name, or with its fields where it has some."""
    if not entry.knobs:
        return entry.key()
    return {"kind": entry.key()} | _fields(entry)


def _fields(entry: Entry) -> dict[str, Any]:
    return {name: _plain(each) for name, each in entry.values().items()}


def _plain(each: Any) -> Any:
    return list(cast("tuple[int, ...]", each)) if isinstance(each, tuple) else each


def _node_document(node: Node) -> dict[str, Any]:
    document: dict[str, Any] = {"id": node.id}
    activation = None
    takes: tuple[str, ...] = ()
    match node:
        case Layer():
            document |= {"layer": node.kind.key(), "name": node.name} | _fields(node.kind)
            activation = node.activation
            if node.initializers:
                document["initializers"] = {
                    tensor: entry_document(each) for tensor, each in node.initializers
                }
            if node.frozen:
                document["frozen"] = True
        case Parallel():
            document |= {
                "parallel": entry_document(node.join),
                "branches": list(map(_branch, node.branches)),
            }
            activation = node.activation
        case Group():
            document |= {
                "group": node.class_name,
                "name": node.name,
                "layers": nodes_document(node.body.nodes),
            }
            takes = node.takes
        case Repeat():
            document |= {"repeat": node.class_name, "name": node.name, "times": node.times}
            document["layers"] = nodes_document(node.body.nodes)
            takes = node.takes
        case Again():
            document["again"] = node.of
            activation = node.activation
    if activation is not None:
        document["activation"] = entry_document(activation)
    if node.note:
        document["note"] = node.note
    if takes:
        document["takes"] = list(takes)
    if others := others_of(node):
        document["others"] = list(others)
    return document


def _branch(stack: Stack) -> dict[str, Any]:
    document: dict[str, Any] = {"layers": nodes_document(stack.nodes)}
    if stack.source:
        document["source"] = stack.source
    if stack.name:
        document["name"] = stack.name
    return document
