"""Edits as values, and the one function that applies them: design and edit in, design out.

An edit can be logged, replayed, drawn at random by a test, named in the Undo menu and merged while a value is dragged.
One that does not apply (its node is gone, its name is taken) raises DesignError and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, assert_never

from engine.design.address import (
    Before,
    Place,
    located,
    located_all,
    parent_of,
    spliced,
    stack_at,
    with_stack,
)
from engine.design.error import DesignError
from engine.design.kind import Activation, Initializer, Join, Kind
from engine.design.naming import Named, default_name, renamed, taken_names
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
)

Ids = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Insert:
    """Put nodes at a place. They get new ids, and new names where theirs are taken."""

    nodes: tuple[Node, ...]
    at: Place | Before


@dataclass(frozen=True, slots=True)
class Remove:
    """Take nodes away with all that is in them."""

    ids: Ids


@dataclass(frozen=True, slots=True)
class Move:
    """Put nodes, in their order, at another place; a place counts before they are taken out."""

    ids: Ids
    to: Place


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Copy nodes to just behind the last of them."""

    ids: Ids


@dataclass(frozen=True, slots=True)
class SetField:
    """Give a field of the kind another value, in all the layers that have it."""

    ids: Ids
    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class SetKind:
    """Make layers ones of another kind; initializers stay for tensors of the same name."""

    ids: Ids
    kind: Kind


@dataclass(frozen=True, slots=True)
class SetActivation:
    """Give layers, joins and second uses another activation, or none."""

    ids: Ids
    activation: Activation | None


@dataclass(frozen=True, slots=True)
class SetInitializer:
    """Give one tensor of layers another initializer; None is torch's default."""

    ids: Ids
    tensor: str
    initializer: Initializer | None


@dataclass(frozen=True, slots=True)
class SetFrozen:
    """Freeze the weights of layers, or free them."""

    ids: Ids
    frozen: bool


@dataclass(frozen=True, slots=True)
class SetNote:
    """Write a note on a node."""

    id: int
    note: str


@dataclass(frozen=True, slots=True)
class Rename:
    """Give a node another name, and everything that speaks of it too."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class RenameClass:
    """Give a Group or Repeat another class name."""

    id: int
    class_name: str


@dataclass(frozen=True, slots=True)
class SetJoin:
    """Join the branches of a Parallel in another way."""

    id: int
    join: Join


@dataclass(frozen=True, slots=True)
class SetTimes:
    """Repeat a body another number of times."""

    id: int
    times: int


@dataclass(frozen=True, slots=True)
class SetInputs:
    """Change what the network takes."""

    inputs: tuple[Input, ...]


@dataclass(frozen=True, slots=True)
class RenameNetwork:
    """Give the network, and so its exported class, another name."""

    name: str


@dataclass(frozen=True, slots=True)
class SetTies:
    """Change which parameters are one."""

    ties: tuple[Tie, ...]


@dataclass(frozen=True, slots=True)
class Several:
    """Some edits that are one step for the person who undoes them."""

    edits: tuple[Edit, ...]
    title: str


Edit = (
    Insert | Remove | Move | Duplicate | SetField | SetKind | SetActivation | SetInitializer | SetFrozen | SetNote
    | Rename | RenameClass | SetJoin | SetTimes | SetInputs | RenameNetwork | SetTies | Several
)  # fmt: skip


def apply(network: Network, edit: Edit) -> Network:
    """The network after the edit; the very same value when nothing changes. Raises DesignError when it fits nowhere."""
    match edit:
        case Insert():
            at = edit.at
            at = parent_of(network.body, at.id) if isinstance(at, Before) else at
            return _inserted(network, edit.nodes, at)
        case Remove():
            return _removed(network, edit.ids)
        case Move():
            return _moved(network, edit.ids, edit.to)
        case Duplicate():
            nodes = located_all(network.body, edit.ids)
            last = parent_of(network.body, nodes[-1].id)
            return _inserted(network, nodes, replace(last, index=last.index + 1))
        case SetField() | SetKind() | SetActivation() | SetInitializer() | SetFrozen():
            return _layers_changed(network, edit)
        case SetNote():
            return _changed(network, edit.id, lambda node: replace(node, note=edit.note))
        case Rename():
            return renamed(network, edit.id, edit.name)
        case RenameClass() | SetJoin() | SetTimes():
            return _changed(network, edit.id, lambda node: _block_changed(node, edit))
        case SetInputs():
            return (
                network if edit.inputs == network.inputs else replace(network, inputs=edit.inputs)
            )
        case RenameNetwork():
            return network if edit.name == network.name else replace(network, name=edit.name)
        case SetTies():
            return network if edit.ties == network.ties else replace(network, ties=edit.ties)
        case Several():
            for one in edit.edits:
                network = apply(network, one)
            return network
        case _:
            assert_never(edit)


def merges(before: Edit, after: Edit) -> bool:
    """Whether `after` goes on with what `before` did, as the next value of a dragged spin box does."""
    match before, after:
        case SetField(), SetField():
            return (before.ids, before.name) == (after.ids, after.name)
        case (SetActivation(activation=a), SetActivation(activation=b)) if before.ids == after.ids:
            return type(a) is type(b)
        case (SetInitializer(initializer=a), SetInitializer(initializer=b)) if (
            before.ids == after.ids
        ):
            return before.tensor == after.tensor and type(a) is type(b)
        case (
            (SetNote(), SetNote())
            | (Rename(), Rename())
            | (RenameClass(), RenameClass())
            | (SetTimes(), SetTimes())
        ):
            return before.id == after.id
        case (RenameNetwork(), RenameNetwork()) | (SetInputs(), SetInputs()):
            return True
        case _:
            return False


def _changed(network: Network, node_id: int, change: Callable[[Node], Node]) -> Network:
    """The network with one node replaced by what `change` makes of it."""
    address, node = located(network.body, node_id)
    new = change(node)
    if new == node:
        return network
    return replace(network, body=spliced(network.body, address, (new,)))


LayerEdit = SetField | SetKind | SetActivation | SetInitializer | SetFrozen


def _layers_changed(network: Network, edit: LayerEdit) -> Network:
    for node_id in edit.ids:
        network = _changed(network, node_id, lambda node: _layer_changed(node, edit))
    return network


def _layer_changed(node: Node, edit: LayerEdit) -> Node:
    """One node after an edit of layers. Several nodes may be selected, so what has no such field stays as it is."""
    if isinstance(edit, SetActivation) and isinstance(node, Parallel | Again):
        return replace(node, activation=edit.activation)
    if not isinstance(node, Layer):
        return node
    match edit:
        case SetField():
            if all(knob.name != edit.name for knob in node.kind.knobs) and len(edit.ids) > 1:
                return node
            return replace(node, kind=node.kind.with_fields(**{edit.name: edit.value}))
        case SetKind():
            return replace(node, kind=edit.kind)
        case SetActivation():
            kept = tuple(
                pair for pair in node.initializers if not pair[0].startswith("activation.")
            )
            return replace(node, activation=edit.activation, initializers=kept)
        case SetInitializer():
            others = {
                tensor: chosen for tensor, chosen in node.initializers if tensor != edit.tensor
            }
            if edit.initializer is not None:
                others[edit.tensor] = edit.initializer
            return replace(
                node, initializers=tuple(sorted(others.items(), key=lambda pair: pair[0]))
            )
        case SetFrozen():
            return replace(node, frozen=edit.frozen)
        case _:
            assert_never(edit)


def _block_changed(node: Node, edit: RenameClass | SetJoin | SetTimes) -> Node:
    match edit, node:
        case RenameClass(), Group() | Repeat():
            return replace(node, class_name=edit.class_name)
        case SetJoin(), Parallel():
            return replace(node, join=edit.join)
        case SetTimes(), Repeat():
            return replace(node, times=edit.times)
        case _:
            raise DesignError("that part of the network has no such property")


def _inserted(network: Network, nodes: tuple[Node, ...], at: Place) -> Network:
    stack = stack_at(network.body, at)
    if not 0 <= at.index <= len(stack.nodes):
        raise DesignError("that place is no longer in the network")
    fresh, next_id = renumbered(nodes, network.next_id)
    named = _named_for(network, fresh, at)
    body = with_stack(
        network.body,
        at,
        replace(stack, nodes=stack.nodes[: at.index] + named + stack.nodes[at.index :]),
    )
    return replace(network, body=body, next_id=next_id)


def _named_for(network: Network, nodes: tuple[Node, ...], at: Place) -> tuple[Node, ...]:
    """The nodes with names that are free where they go; without any in an nn.Sequential, which numbers its children."""
    if _numbered(network, at):
        return tuple(
            replace(node, name="") if isinstance(node, Layer | Group | Repeat) else node
            for node in nodes
        )
    return Named(taken_names(network, at)).all(nodes)


def _numbered(network: Network, at: Place) -> bool:
    if not at.parent:
        return False
    _, node = located(network.body, at.parent)
    return isinstance(node, Group) and not node.class_name


def renumbered(nodes: tuple[Node, ...], next_id: int) -> tuple[tuple[Node, ...], int]:
    """The nodes with ids from `next_id` on, parents first, and the id after the last."""
    done: list[Node] = []
    for node in nodes:
        own, next_id = next_id, next_id + 1
        match node:
            case Parallel():
                branches: list[Stack] = []
                for branch in node.branches:
                    inner, next_id = renumbered(branch.nodes, next_id)
                    branches.append(replace(branch, nodes=inner))
                done.append(replace(node, id=own, branches=tuple(branches)))
            case Group() | Repeat():
                inner, next_id = renumbered(node.body.nodes, next_id)
                done.append(replace(node, id=own, body=replace(node.body, nodes=inner)))
            case _:
                done.append(replace(node, id=own))
    return tuple(done), next_id


def _removed(network: Network, ids: Ids) -> Network:
    body = network.body
    for node in located_all(body, ids):
        address, _ = located(body, node.id)
        body = spliced(body, address, ())
    return replace(network, body=body)


def _moved(network: Network, ids: Ids, to: Place) -> Network:
    """Taken out and put in again, keeping ids; a name that is taken where they go changes."""
    nodes = located_all(network.body, ids)
    if any(inner.id == to.parent for node in nodes for inner in walk(Stack((node,)))):
        raise DesignError("a block cannot be moved into itself")
    target = stack_at(network.body, to)
    moving = {node.id for node in nodes}
    before = sum(node.id in moving for node in target.nodes[: to.index])
    without = _removed(network, ids)
    at = replace(to, index=to.index - before)
    stack = stack_at(without.body, at)
    named = _named_for(without, nodes, at)
    nodes_there = stack.nodes[: at.index] + named + stack.nodes[at.index :]
    if target.nodes == nodes_there:
        return network
    return replace(without, body=with_stack(without.body, at, replace(stack, nodes=nodes_there)))


def layer(kind: Kind, name: str = "") -> Layer:
    """A new layer to insert; named after its kind where no name is given."""
    return Layer(0, name or default_name(kind), kind)
