"""A project as a JSON document, and back (docs/file-format.md).

Kinds come from the closed tables of the catalogue and fields are typed and ranged, so a file can name no import, no
callable and no code. Every field is written, so that a default that changes later changes no file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, cast

from engine.catalogue import (
    ACTIVATIONS,
    DATASETS,
    INITIALIZERS,
    JOINS,
    KINDS,
    LOSSES,
    OPTIMIZERS,
    SCHEDULERS,
)  # fmt: skip
from engine.design import limits
from engine.design.error import DesignError
from engine.design.kind import Activation, TensorSpec
from engine.design.knob import Entry, Flag, OneOf, Real, Whole, shown
from engine.design.placing import renumbered
from engine.design.project import DEVICES, PRECISIONS, SCALINGS, Data, Forward, Project, Training
from engine.design.tree import (
    DEEPEST,
    Again,
    Group,
    Input,
    Layer,
    Network,
    Node,
    Parallel,
    Repeat,
    Stack,
    Tie,
    walk,
)  # fmt: skip

FORMAT = "layerloom"
VERSION = 1
RESERVED = ("id", "layer", "name", "activation", "initializers", "frozen", "note")
"""Keys of a layer in a file beside the fields of its kind."""

SEEDS = Whole(0, 2**63 - 1)
E = TypeVar("E", bound=Entry)
V = TypeVar("V")


# --- value to document -----------------------------------------------------------------------------------------------


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
            "batch_size": training.batch_size,
            "epochs": training.epochs,
            "seed": training.seed,
            "device": training.device,
            "precision": training.precision,
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
        case Repeat():
            document |= {"repeat": node.class_name, "name": node.name, "times": node.times}
            document["layers"] = nodes_document(node.body.nodes)
        case Again():
            document["again"] = node.of
            activation = node.activation
    if activation is not None:
        document["activation"] = entry_document(activation)
    if node.note:
        document["note"] = node.note
    return document


def _branch(stack: Stack) -> dict[str, Any]:
    document: dict[str, Any] = {"layers": nodes_document(stack.nodes)}
    if stack.source:
        document["source"] = stack.source
    if stack.name:
        document["name"] = stack.name
    return document


# --- document to value -----------------------------------------------------------------------------------------------


def from_document(document: object) -> Project:
    """The project in a document. Raises DesignError with the place, such as `network.layers[3].out_features`."""
    top = _mapping(
        document, {"format", "version", "network", "data", "training", "forward", "notes"}
    )
    if top.get("format") != FORMAT:
        raise DesignError(f"this is no Layerloom project: {shown(top.get('format'))} stands where "
                          f"{FORMAT!r} should", "format")  # fmt: skip
    version = _at("version", top.get("version", 1), Whole(1).checked)
    if cast(int, version) > VERSION:
        raise DesignError(f"this file is of format {version}, made by a newer Layerloom; "
                          f"this one reads up to {VERSION}", "version")  # fmt: skip
    for part in ("network", "data", "training"):
        if part not in top:
            raise DesignError("is missing; the file may be cut off", part)
    return Project(
        _at("network", top["network"], read_network),
        _at("data", top["data"], _data),
        _at("training", top["training"], _training),
        _at("forward", top.get("forward", {}), _forward),
        _at("notes", top.get("notes", ""), _text),
    )


def read_network(value: object) -> Network:
    """The network in its part of a document. Raises DesignError."""
    part = _mapping(value, {"name", "inputs", "layers", "ties", "next_id"})
    reader = _Nodes()
    body = Stack(_at("layers", part.get("layers", []), reader.nodes))
    inputs = _each("inputs", part.get("inputs", []), _input, 16)
    ties = _each("ties", part.get("ties", []), _tie, 1000)
    name = _at("name", part.get("name", "Net"), _text)
    given = cast(int, _at("next_id", part.get("next_id", 1), Whole(1, 2**53).checked))
    numbered, next_id = _numbered(body, given)
    return Network(name, inputs, numbered, ties, next_id)


def read_nodes(value: object) -> tuple[Node, ...]:
    """The nodes in a list of documents, as the clipboard holds them. Raises DesignError."""
    return _Nodes().nodes(value)


def read_activation(value: object) -> Activation:
    """The activation in its document. Raises DesignError."""
    return _entry(value, ACTIVATIONS, "activation")


def _numbered(body: Stack, given: int) -> tuple[Stack, int]:
    """The body with ids for nodes that came without one or with another's, and the id after the last."""
    from engine.design.placing import renumbered

    ids = [node.id for node in walk(body)]
    if all(ids) and len(set(ids)) == len(ids):
        return body, max([given, *(own + 1 for own in ids)])
    nodes, next_id = renumbered(body.nodes, 1)
    return Stack(nodes), max(given, next_id)


class _Nodes:
    """Reads nodes, counting how deep it is."""

    def __init__(self) -> None:
        self.depth = 0

    def nodes(self, value: object) -> tuple[Node, ...]:
        if not isinstance(value, list):
            raise DesignError(f"{shown(value)} is not a list")
        self.depth += 1
        if self.depth > DEEPEST:
            raise DesignError(f"blocks are nested more than {DEEPEST} deep")
        items = cast("list[object]", value)
        read = tuple(
            _within(f"[{position}]", self.node, item) for position, item in enumerate(items)
        )
        self.depth -= 1
        return read

    def node(self, value: object) -> Node:
        part = _mapping(value)
        found = [key for key in ("layer", "parallel", "group", "repeat", "again") if key in part]
        if len(found) != 1:
            wanted = "one of layer, parallel, group, repeat and again"
            raise DesignError(
                f"says {' and '.join(found) or 'nothing'} where it should say {wanted}"
            )
        own = cast(int, _at("id", part.get("id", 0), Whole(0, 2**53).checked))
        note = _at("note", part.get("note", ""), _text)
        match found[0]:
            case "layer":
                return self._layer(part, own, note)
            case "parallel":
                _only(part, {"id", "parallel", "branches", "activation", "note"})
                join = _at("parallel", part["parallel"], lambda each: _entry(each, JOINS, "join"))
                branches = _each("branches", part.get("branches", []), self._stack, 64)
                return Parallel(own, join, branches, _activation(part), note)
            case "group":
                _only(part, {"id", "group", "name", "layers", "note"})
                return Group(
                    own, _name(part), _at("group", part["group"], _text), self._body(part), note
                )
            case "repeat":
                _only(part, {"id", "repeat", "name", "times", "layers", "note"})
                times = cast(int, _at("times", part.get("times", 2), Whole(1).checked))
                class_name = _at("repeat", part["repeat"], _text)
                return Repeat(own, _name(part), class_name, self._body(part), times, note)
            case _:
                _only(part, {"id", "again", "activation", "note"})
                return Again(own, _at("again", part["again"], _text), _activation(part), note)

    def _body(self, part: Mapping[str, object]) -> Stack:
        return Stack(_at("layers", part.get("layers", []), self.nodes))

    def _stack(self, value: object) -> Stack:
        part = _mapping(value, {"layers", "source", "name"})
        source, name = _at("source", part.get("source", ""), _text), _name(part)
        return Stack(_at("layers", part.get("layers", []), self.nodes), source, name)

    def _layer(self, part: Mapping[str, object], own: int, note: str) -> Layer:
        kind = _named(part["layer"], KINDS, "kind of layer", "layer")
        fields = {key: value for key, value in part.items() if key not in RESERVED}
        frozen = cast(bool, _at("frozen", part.get("frozen", False), Flag().checked))
        chosen = _at("initializers", part.get("initializers", {}), _mapping)
        initializers = tuple(
            (
                tensor,
                _at(
                    f"initializers.{tensor[:40]}",
                    each,
                    lambda one: _entry(one, INITIALIZERS, "initializer"),
                ),
            )
            for tensor, each in sorted(chosen.items())
        )
        return Layer(
            own, _name(part), kind(**fields), _activation(part), initializers, frozen, note
        )


def _activation(part: Mapping[str, object]) -> Activation | None:
    if part.get("activation") is None:
        return None
    return _at(
        "activation", part["activation"], lambda each: _entry(each, ACTIVATIONS, "activation")
    )


def _entry(value: object, table: Mapping[str, type[E]], what: str) -> E:
    """An entry from its name or its object with `kind` and fields."""
    if isinstance(value, str):
        return _named(value, table, what, "")()
    part = _mapping(value)
    made = _named(part.get("kind"), table, what, "kind")
    return made(**{key: each for key, each in part.items() if key != "kind"})


def _named(value: object, table: Mapping[str, type[E]], what: str, place: str) -> type[E]:
    if not isinstance(value, str) or value not in table:
        import difflib

        near = (
            difflib.get_close_matches(value, table, 1)
            if isinstance(value, str) and len(value) < 60
            else []
        )
        hint = f"; did you mean {near[0]}?" if near else ""
        raise DesignError(f"{shown(value)} is no {what} that this version knows{hint}", place)
    return table[value]


def _data(value: object) -> Data:
    part = _mapping(value, {"set", "train_share", "stratified", "scaling", "seed"})
    return Data(
        _at("set", part.get("set", "RandomInput"), lambda each: _entry(each, DATASETS, "data set")),
        cast(float, _at("train_share", part.get("train_share", 0.8), Real(0.05, 1.0).checked)),
        cast(bool, _at("stratified", part.get("stratified", True), Flag().checked)),
        cast(Any, _at("scaling", part.get("scaling", "standardised"), OneOf(SCALINGS).checked)),
        cast(int, _at("seed", part.get("seed", 0), SEEDS.checked)),
    )


def _training(value: object) -> Training:
    keys = {"loss", "optimizer", "scheduler", "batch_size", "epochs", "seed", "device", "precision"}
    part = _mapping(value, keys)
    return Training(
        _at(
            "loss", part.get("loss", "CrossEntropyLoss"), lambda each: _entry(each, LOSSES, "loss")
        ),
        _at(
            "optimizer",
            part.get("optimizer", "AdamW"),
            lambda each: _entry(each, OPTIMIZERS, "optimizer"),
        ),
        _at(
            "scheduler",
            part.get("scheduler", "ConstantRate"),
            lambda each: _entry(each, SCHEDULERS, "scheduler"),
        ),
        cast(int, _at("batch_size", part.get("batch_size", 32), Whole(1, 1_000_000).checked)),
        cast(int, _at("epochs", part.get("epochs", 100), Whole(1, 1_000_000).checked)),
        cast(int, _at("seed", part.get("seed", 0), SEEDS.checked)),
        cast(Any, _at("device", part.get("device", "auto"), OneOf(DEVICES).checked)),
        cast(Any, _at("precision", part.get("precision", "float32"), OneOf(PRECISIONS).checked)),
    )


def _forward(value: object) -> Forward:
    part = _mapping(value, {"batch_size", "seed"})
    return Forward(
        cast(int, _at("batch_size", part.get("batch_size", 5), Whole(1, 100_000).checked)),
        cast(int, _at("seed", part.get("seed", 0), SEEDS.checked)),
    )


def _input(value: object) -> Input:
    part = _mapping(value, {"name", "shape", "dtype"})
    shape = cast("tuple[int, ...]", _at("shape", part.get("shape"), Sizes(1, 0, 8).checked))
    dtype = cast(str, _at("dtype", part.get("dtype", "float32"), OneOf(DTYPES).checked))
    return Input(_name(part), TensorSpec(shape, dtype))


def _tie(value: object) -> Tie:
    part = _mapping(value, {"path", "owner"})
    return Tie(_at("path", part.get("path"), _text), _at("owner", part.get("owner"), _text))


def _name(part: Mapping[str, object]) -> str:
    return _at("name", part.get("name", ""), limits.name)


def _mapping(value: object, keys: set[str] | None = None) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise DesignError(f"{shown(value)} is not an object in braces")
    part = cast("dict[str, Any]", value)
    if keys is not None:
        _only(part, keys)
    return part


def _only(part: Mapping[str, object], keys: set[str]) -> None:
    for key in part:
        if key not in keys:
            raise DesignError(
                f"this key is not known here; there are {', '.join(sorted(keys))}", key[:40]
            )


def _each(place: str, value: object, read: Callable[[object], V], most: int) -> tuple[V, ...]:
    if not isinstance(value, list):
        raise DesignError(f"{shown(value)} is not a list", place)
    items = cast("list[object]", value)
    if len(items) > most:
        raise DesignError(f"{len(items)} entries are more than {most}", place)
    return tuple(_within(f"{place}[{position}]", read, item) for position, item in enumerate(items))


def _at(place: str, value: Any, read: Callable[[Any], V]) -> V:
    return _within(place, read, value)


def _within(place: str, read: Callable[[Any], V], value: object) -> V:
    try:
        return read(value)
    except DesignError as error:
        raise error.within(place) from None
