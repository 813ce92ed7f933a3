"""Edits as values, and the one function that applies them: design and edit in, design out.

An edit can be logged, replayed, drawn at random by a test, named in the Undo menu and merged while a value is dragged.
One that does not apply (its node is gone, its name is taken) raises DesignError and changes nothing.
"""

from __future__ import annotations

from typing import Any, assert_never

from engine.design import limits
from engine.design.address import Before, Place, located, located_all, parent_of
from engine.design.branching import BranchEdit, branched
from engine.design.error import DesignError
from engine.design.keeping import with_ties_of
from engine.design.kind import Activation, Initializer, Join, Kind
from engine.design.names import free_name
from engine.design.naming import default_name, renamed, taken_names, taken_renamed
from engine.design.placing import Ids, changed, inserted, moved, removed
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
    Tie,
)
from engine.design.value import replace, value
from engine.design.wrapping import Unwrap, UseAgain, Wrap, unwrapped, used_again, wrapped


@value
class Insert:
    """Put nodes at a place. They get new ids, and new names where theirs are taken."""

    nodes: tuple[Node, ...]
    at: Place | Before
    ties: tuple[Tie, ...] = ()
    """Which of their parameters are one, by the paths that these would have in a network of them alone."""


@value
class Remove:
    """Take nodes away with all that is in them."""

    ids: Ids


@value
class Move:
    """Put nodes, in their order, at another place; a place counts before they are taken out."""

    ids: Ids
    to: Place


@value
class Duplicate:
    """Copy nodes to just behind the last of them."""

    ids: Ids


@value
class SetField:
    """Give a field of the kind another value, in all the layers that have it."""

    ids: Ids
    name: str
    value: Any


@value
class SetKind:
    """Make layers ones of another kind; initializers stay for tensors of the same name."""

    ids: Ids
    kind: Kind


@value
class SetActivation:
    """Give layers, joins and second uses another activation, or none."""

    ids: Ids
    activation: Activation | None


@value
class SetInitializer:
    """Give one tensor of layers another initializer; None is torch's default."""

    ids: Ids
    tensor: str
    initializer: Initializer | None


@value
class SetOthers:
    """Say what nodes take beside what flows in: names of inputs or of earlier nodes."""

    ids: Ids
    others: tuple[str, ...]


@value
class SetFrozen:
    """Freeze the weights of layers, or free them."""

    ids: Ids
    frozen: bool


@value
class SetNote:
    """Write a note on a node."""

    id: int
    note: str


@value
class Rename:
    """Give a node another name, and everything that speaks of it too."""

    id: int
    name: str


@value
class RenameClass:
    """Give a Group or Repeat another class name."""

    id: int
    class_name: str


@value
class SetJoin:
    """Join the branches of a Parallel in another way."""

    id: int
    join: Join


@value
class SetTakes:
    """Say what a Group or Repeat takes beside what flows in, by the names that it has inside."""

    id: int
    takes: tuple[str, ...]


@value
class RenameTaken:
    """Call otherwise, inside a Group or Repeat, one of the values that it takes, and what speaks of it there too."""

    id: int
    place: int
    name: str


@value
class SetTimes:
    """Repeat a body another number of times."""

    id: int
    times: int


@value
class SetInputs:
    """Change what the network takes."""

    inputs: tuple[Input, ...]


@value
class SetOutputs:
    """Change what the network returns beside what flows out."""

    outputs: tuple[str, ...]


@value
class RenameNetwork:
    """Give the network, and so its exported class, another name."""

    name: str


@value
class SetTies:
    """Change which parameters are one."""

    ties: tuple[Tie, ...]


@value
class Several:
    """Some edits that are one step for the person who undoes them."""

    edits: tuple[Edit, ...]
    title: str


Edit = (
    Insert | Remove | Move | Duplicate | SetField | SetKind | SetActivation | SetInitializer | SetFrozen | SetOthers
    | SetNote | Rename | RenameClass | RenameTaken | RenameNetwork | SetJoin | SetTimes | SetTakes | SetInputs
    | SetOutputs | SetTies | Wrap | Unwrap | UseAgain | BranchEdit | Several
)  # fmt: skip


def apply(network: Network, edit: Edit) -> Network:
    """The network after the edit; the very same value when nothing changes. Raises DesignError when it fits nowhere."""
    try:
        return _applied(network, edit)
    except RecursionError as error:
        # Only a tree that was made by hand gets this deep: files and edits that nest stop at DEEPEST.
        raise DesignError(f"blocks are nested too deep; {DEEPEST} is the most") from error


def _applied(network: Network, edit: Edit) -> Network:
    match edit:
        case Insert():
            at = edit.at
            at = parent_of(network.body, at.id) if isinstance(at, Before) else at
            after = inserted(network, edit.nodes, at)
            return with_ties_of(network, after, edit.nodes, edit.ties) if edit.ties else after
        case Remove():
            return removed(network, edit.ids)
        case Move():
            return moved(network, edit.ids, edit.to)
        case Duplicate():
            nodes = located_all(network.body, edit.ids)
            last = parent_of(network.body, nodes[-1].id)
            return inserted(network, nodes, replace(last, index=last.index + 1))
        case SetKind():
            new = changed(network, edit.ids, lambda node: _layer_changed(node, edit))
            return _with_names(new, edit.ids)
        case SetField() | SetActivation() | SetInitializer() | SetFrozen():
            return changed(network, edit.ids, lambda node: _layer_changed(node, edit))
        case SetOthers():
            others = limits.others(edit.others)
            return changed(network, edit.ids, lambda node: _taking(node, others))
        case SetNote():
            note = limits.text(edit.note)
            return changed(network, (edit.id,), lambda node: replace(node, note=note))
        case Rename():
            return renamed(network, edit.id, limits.name(edit.name))
        case RenameTaken():
            return taken_renamed(network, edit.id, edit.place, limits.name(edit.name))
        case RenameClass() | SetJoin() | SetTimes() | SetTakes():
            return changed(network, (edit.id,), lambda node: _block_changed(node, edit))
        case SetInputs():
            inputs = limits.inputs(edit.inputs)
            return network if inputs == network.inputs else replace(network, inputs=inputs)
        case SetOutputs():
            outputs = limits.others(edit.outputs)
            return network if outputs == network.outputs else replace(network, outputs=outputs)
        case RenameNetwork():
            name = limits.name(edit.name)
            return network if name == network.name else replace(network, name=name)
        case SetTies():
            ties = limits.ties(edit.ties)
            return network if ties == network.ties else replace(network, ties=ties)
        case Wrap():
            return wrapped(network, edit)
        case Unwrap():
            return unwrapped(network, edit)
        case UseAgain():
            return used_again(network, edit)
        case Several():
            for one in edit.edits:
                network = _applied(network, one)
            return network
        case _:
            return branched(network, edit)


LayerEdit = SetField | SetKind | SetActivation | SetInitializer | SetFrozen


def _layer_changed(node: Node, edit: LayerEdit) -> Node:
    """One node after an edit of layers. Several nodes may be selected, so what has no such field stays as it is."""
    if isinstance(edit, SetActivation) and isinstance(node, Parallel | Again):
        return replace(node, activation=edit.activation)
    if not isinstance(node, Layer):
        return node
    match edit:
        case SetField():
            if len(edit.ids) > 1 and all(knob.name != edit.name for knob in node.kind.knobs):
                return node
            return replace(node, kind=node.kind.with_fields(**{edit.name: edit.value}))
        case SetKind():
            new = replace(node, kind=edit.kind)
            if not edit.kind.is_module():  # it is no attribute of the class
                new = replace(new, name="", frozen=False)
            return _with_its_initializers(new)
        case SetActivation():
            return _with_its_initializers(replace(node, activation=edit.activation))
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
            return replace(node, frozen=edit.frozen and node.kind.is_module())
        case _:
            assert_never(edit)


def _with_names(network: Network, ids: Ids) -> Network:
    """The network where layers that have just become modules have names."""
    for node_id in ids:
        node = located(network.body, node_id)[1]
        at = parent_of(network.body, node_id)
        if isinstance(node, Layer) and not node.name and node.kind.is_module():
            if _is_numbered(network, at):
                continue
            free = free_name(default_name(node.kind), taken_names(network, at))
            network = renamed(network, node_id, free)
    return network


def _is_numbered(network: Network, at: Place) -> bool:
    """Whether a place is in an nn.Sequential, whose layers have no names."""
    if not at.parent:
        return False
    around = located(network.body, at.parent)[1]
    return isinstance(around, Group) and not around.class_name


def _taking(node: Node, others: tuple[str, ...]) -> Node:
    return replace(node, others=others) if not isinstance(node, Parallel) else node


def _with_its_initializers(node: Layer) -> Layer:
    """The layer without initializers for tensors that it can no longer have."""
    there = node.tensors()
    kept = tuple(pair for pair in node.initializers if pair[0] in there)
    return node if kept == node.initializers else replace(node, initializers=kept)


def _block_changed(node: Node, edit: RenameClass | SetJoin | SetTimes | SetTakes) -> Node:
    match edit, node:
        case RenameClass(), Group() | Repeat():
            return replace(node, class_name=limits.name(edit.class_name))
        case SetJoin(), Parallel():
            return replace(node, join=edit.join)
        case SetTimes(), Repeat():
            return replace(node, times=limits.times(edit.times))
        case SetTakes(), Group() | Repeat():
            return replace(node, takes=limits.others(edit.takes))
        case _:
            raise DesignError("that part of the network has no such property")


def layer(kind: Kind, name: str = "") -> Layer:
    """A new layer to insert; named after its kind where no name is given."""
    return Layer(0, name or default_name(kind), kind)
