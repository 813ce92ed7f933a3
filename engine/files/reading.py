"""A JSON document as a project (docs/file-format.md).

Kinds come from the closed tables of the catalogue and fields are typed and ranged, so a file can name no import, no
callable and no code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

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
from engine.design.knob import Entry, Flag, Range, Whole, shown
from engine.design.placing import renumbered
from engine.design.project import (
    DATA_RANGES,
    FORWARD_RANGES,
    TRAINING_RANGES,
    Data,
    Forward,
    Project,
    Training,
)
from engine.design.tree import (
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
from engine.files.checks import at, each, key_place, mapping
from engine.files.document import FORMAT, RESERVED, VERSION

E = TypeVar("E", bound=Entry)

ID = Whole(0, 2**53)

TOP = frozenset({"format", "version", "network", "data", "training", "forward", "notes"})
NETWORK = frozenset({"name", "inputs", "layers", "ties", "next_id", "outputs"})
LAYER = frozenset(RESERVED)
PARALLEL = frozenset({"id", "parallel", "branches", "activation", "note"})
BRANCH = frozenset({"layers", "source", "name"})
GROUP = frozenset({"id", "group", "name", "layers", "note", "takes", "others"})
REPEAT = frozenset({"id", "repeat", "name", "times", "layers", "note", "takes", "others"})
AGAIN = frozenset({"id", "again", "activation", "note", "others"})
INPUT = frozenset({"name", "shape", "dtype"})
TIE = frozenset({"path", "owner"})
SORTS = ("layer", "parallel", "group", "repeat", "again")


def from_document(document: object) -> Project:
    """The project in a document. Raises DesignError with the place, such as `network.layers[3].out_features`."""
    top = mapping(document)
    if top.get("format") != FORMAT:
        found = shown(top["format"]) if "format" in top else "nothing"
        raise DesignError(f"this is no Layerloom project: {found} stands where {FORMAT!r} should",
                          "format")  # fmt: skip
    version = at("version", top.get("version", 1), Whole(1).checked)
    if version != VERSION:
        raise DesignError(f"this file is of format {version}, made by a newer Layerloom; "
                          f"this one reads up to {VERSION}", "version")  # fmt: skip
    mapping(document, TOP)
    for part in ("network", "data", "training"):
        if part not in top:
            raise DesignError("is missing; the file may be cut off", part)
    return Project(
        at("network", top["network"], read_network),
        at("data", top["data"], _data),
        at("training", top["training"], _training),
        at("forward", top.get("forward", {}), _forward),
        at("notes", top.get("notes", ""), limits.text),
    )


def blank_project() -> Project:
    """A project in which nothing is chosen yet."""
    return Project(read_network({}), _data({}), _training({}))


def read_network(value: object) -> Network:
    """The network in its part of a document. Raises DesignError."""
    part = mapping(value, NETWORK)
    body = Stack(at("layers", part.get("layers", []), read_nodes))
    inputs = at("inputs", part.get("inputs", []), lambda all: each(all, _input, limits.MOST_INPUTS))
    ties = at("ties", part.get("ties", []), lambda all: each(all, _tie, limits.MOST_TIES))
    name = at("name", part.get("name", "Net"), limits.name)
    given: Any = at("next_id", part.get("next_id", 1), Whole(1, 2**53).checked)
    numbered, next_id = _numbered(body, given)
    return Network(name, inputs, numbered, ties, next_id, _names(part, "outputs"))


def _numbered(body: Stack, given: int) -> tuple[Stack, int]:
    """The body with ids for nodes that came without one or with another's, and the id after the last."""
    ids = [node.id for node in walk(body)]
    if all(ids) and len(set(ids)) == len(ids):
        return body, max([given, *(own + 1 for own in ids)])
    nodes, next_id = renumbered(body.nodes, 1)
    return Stack(nodes), max(given, next_id)


def read_nodes(value: object) -> tuple[Node, ...]:
    """The nodes in a list of documents, as the clipboard holds them. Raises DesignError."""
    return _Nodes().nodes(value)


class _Nodes:
    """Reads nodes, counting them and the blocks around it."""

    def __init__(self) -> None:
        self.blocks = -1
        self.count = 0

    def nodes(self, value: object) -> tuple[Node, ...]:
        self.blocks += 1
        limits.check_nesting(self.blocks)
        read = each(value, self.node)
        self.blocks -= 1
        return read

    def node(self, value: object) -> Node:
        self.count += 1
        limits.check_count(self.count)
        part = mapping(value)
        found = [sort for sort in SORTS if sort in part]
        if len(found) != 1:
            said = " and ".join(found) or "nothing"
            raise DesignError(f"says {said} where it should say one of {', '.join(SORTS)}")
        own: Any = at("id", part.get("id", 0), ID.checked)
        note = at("note", part.get("note", ""), limits.text)
        match found[0]:
            case "layer":
                return _layer(part, own, note)
            case "parallel":
                mapping(part, PARALLEL)
                join = at("parallel", part["parallel"], _entry_of(JOINS, "join"))
                branches = at("branches", part.get("branches", []), self._branches)
                return Parallel(own, join, branches, _activation(part), note)
            case "group":
                mapping(part, GROUP)
                class_name = at("group", part["group"], limits.name)
                given = _names(part, "takes"), _names(part, "others")
                return Group(own, _name(part), class_name, self._body(part), note, *given)
            case "repeat":
                mapping(part, REPEAT)
                class_name = at("repeat", part["repeat"], limits.name)
                times = at("times", part.get("times", 2), limits.times)
                given = _names(part, "takes"), _names(part, "others")
                return Repeat(own, _name(part), class_name, self._body(part), times, note, *given)
            case _:
                mapping(part, AGAIN)
                of = at("again", part["again"], limits.name)
                return Again(own, of, _activation(part), note, _names(part, "others"))

    def _body(self, part: Mapping[str, object]) -> Stack:
        return Stack(at("layers", part.get("layers", []), self.nodes))

    def _branches(self, value: object) -> tuple[Stack, ...]:
        return each(value, self._branch, limits.MOST_BRANCHES)

    def _branch(self, value: object) -> Stack:
        part = mapping(value, BRANCH)
        source = at("source", part.get("source", ""), limits.name)
        return Stack(at("layers", part.get("layers", []), self.nodes), source, _name(part))


def _layer(part: Mapping[str, object], own: int, note: str) -> Layer:
    kind = _named(part["layer"], KINDS, "kind of layer", "layer")
    fields = {key: value for key, value in part.items() if key not in LAYER}
    frozen: Any = at("frozen", part.get("frozen", False), Flag().checked)
    initializers = at("initializers", part.get("initializers", {}), _initializers)
    return Layer(
        own,
        _name(part),
        _made(kind, fields),
        _activation(part),
        initializers,
        frozen,
        note,
        _names(part, "others"),
    )


def _names(part: Mapping[str, object], key: str) -> tuple[str, ...]:
    given = part.get(key, [])
    return at(key, given, lambda all: each(all, limits.name, limits.MOST_OTHERS))


def _initializers(value: object) -> Any:
    """In the order of the file, which is that in which they draw random numbers."""
    return tuple(
        (at(key_place(tensor), tensor, limits.name), at(key_place(tensor), chosen, _initializer))
        for tensor, chosen in mapping(value).items()
    )


def _activation(part: Mapping[str, object]) -> Activation | None:
    if part.get("activation") is None:
        return None
    return at("activation", part["activation"], read_activation)


def _entry_of(table: Mapping[str, type[E]], what: str) -> Callable[[object], E]:
    """Reads an entry of one table from its name, or from its object with `kind` and fields."""

    def read(value: object) -> E:
        if isinstance(value, str):
            return _named(value, table, what, "")()
        part = mapping(value)
        entry = _named(part.get("kind"), table, what, "kind")
        return _made(entry, {key: each for key, each in part.items() if key != "kind"})

    return read


def _named(value: object, table: Mapping[str, type[E]], what: str, place: str) -> type[E]:
    near: list[str] = []
    if isinstance(value, str):
        if value in table:
            return table[value]
        import difflib

        near = difflib.get_close_matches(value[:60], table, 1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise DesignError(f"{shown(value)} is no {what} that this version knows{hint}", place)


def _made(entry: type[E], fields: dict[str, Any]) -> E:
    """The entry with these fields, the place of a wrong one being its name."""
    known = {knob.name for knob in entry.knobs}
    if not fields.keys() <= known:
        unknown = next(key for key in fields if key not in known)
        raise DesignError(f"{entry.title()} has no such field", key_place(unknown))
    return entry(**fields)


read_activation = _entry_of(ACTIVATIONS, "activation")
_initializer = _entry_of(INITIALIZERS, "initializer")
_dataset = _entry_of(DATASETS, "data set")
_loss = _entry_of(LOSSES, "loss")
_optimizer = _entry_of(OPTIMIZERS, "optimizer")
_scheduler = _entry_of(SCHEDULERS, "scheduler")


def _data(value: object) -> Data:
    part = mapping(value, frozenset({"set", *DATA_RANGES}))
    chosen = at("set", part.get("set", "RandomInput"), _dataset)
    return Data(chosen, **_plain(part, DATA_RANGES))


def _training(value: object) -> Training:
    part = mapping(value, frozenset({"loss", "optimizer", "scheduler", *TRAINING_RANGES}))
    return Training(
        at("loss", part.get("loss", "CrossEntropyLoss"), _loss),
        at("optimizer", part.get("optimizer", "AdamW"), _optimizer),
        at("scheduler", part.get("scheduler", "ConstantRate"), _scheduler),
        **_plain(part, TRAINING_RANGES),
    )


def _forward(value: object) -> Forward:
    return Forward(**_plain(mapping(value, frozenset(FORWARD_RANGES)), FORWARD_RANGES))


def _plain(part: Mapping[str, object], ranges: Mapping[str, Range]) -> dict[str, Any]:
    return {key: at(key, part[key], known.checked) for key, known in ranges.items() if key in part}


def _input(value: object) -> Input:
    part = mapping(value, INPUT)
    shape: Any = at("shape", part.get("shape"), limits.INPUT_SHAPE.checked)
    dtype: Any = at("dtype", part.get("dtype", "float32"), limits.INPUT_DTYPE.checked)
    return Input(_name(part), TensorSpec(shape, dtype))


def _tie(value: object) -> Tie:
    part = mapping(value, TIE)
    path, owner = (at(key, part.get(key), limits.path) for key in ("path", "owner"))
    return Tie(path, owner)


def _name(part: Mapping[str, object]) -> str:
    return at("name", part.get("name", ""), limits.name)
