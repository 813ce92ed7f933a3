"""What an edit did, in a few words, for the menu that takes it back."""

from __future__ import annotations

from typing import assert_never

from PySide6.QtCore import QCoreApplication

from engine.design.branching import AddBranch, MoveBranch, RemoveBranch, SetBranch, SettleBranches
from engine.design.edit import (
    Duplicate,
    Edit,
    Insert,
    Move,
    Remove,
    Rename,
    RenameClass,
    RenameNetwork,
    RenameTaken,
    SetActivation,
    SetField,
    SetFrozen,
    SetInitializer,
    SetInputs,
    SetJoin,
    SetKind,
    SetNote,
    SetOthers,
    SetOutputs,
    SetTakes,
    SetTies,
    SetTimes,
    Several,
)
from engine.design.history import History
from engine.design.placing import Ids
from engine.design.project import Project, ProjectEdit, SetData, SetForward, SetNotes, SetTraining
from engine.design.tree import Network, Node, find, node_name
from engine.design.wrapping import AsBranches, AsGroup, AsRepeat, Unwrap, UseAgain, Wrap
from engine.views.facts import label

LONGEST = 48
"""Letters of a name or a title that has no bound of its own."""


def undone_by(history: History) -> str:
    """What an undo takes back: `insert Linear`; "" at the beginning."""
    step = history.step
    if step.edit is None or step.before is None:
        return ""
    return edit_name(step.edit, step.before.project)


def redone_by(history: History) -> str:
    """What a redo does again; "" where nothing is undone."""
    if history.redo_edit is None:
        return ""
    return edit_name(history.redo_edit, history.present)


def edit_name(edit: ProjectEdit, before: Project) -> str:
    """What an edit does to the project that it applies to."""
    match edit:
        case SetData():
            return _tr("change the data")
        case SetTraining():
            return _tr("change the training")
        case SetForward():
            return _tr("change the forward pass")
        case SetNotes():
            return _tr("change the notes")
        case _:
            return _of_network(edit, before.network)


def _of_network(edit: Edit, network: Network) -> str:
    match edit:
        case Insert():
            return _tr("insert {0}").format(_these(edit.nodes))
        case Remove():
            return _tr("delete {0}").format(_named(network, edit.ids))
        case Move():
            return _tr("move {0}").format(_named(network, edit.ids))
        case Duplicate():
            return _tr("duplicate {0}").format(_named(network, edit.ids))
        case SetField():
            return _tr("change {0} of {1}").format(edit.name, _named(network, edit.ids))
        case SetKind():
            return _tr("make {0} a {1}").format(_named(network, edit.ids), edit.kind.title())
        case SetActivation():
            return _tr("change the activation of {0}").format(_named(network, edit.ids))
        case SetInitializer():
            return _tr("change the initializer of {0}").format(_named(network, edit.ids))
        case SetOthers() | SetTakes():
            ids = edit.ids if isinstance(edit, SetOthers) else (edit.id,)
            return _tr("change what {0} takes").format(_named(network, ids))
        case SetFrozen(frozen=True):
            return _tr("freeze {0}").format(_named(network, edit.ids))
        case SetFrozen():
            return _tr("unfreeze {0}").format(_named(network, edit.ids))
        case SetNote():
            return _tr("change the note of {0}").format(_named(network, (edit.id,)))
        case Rename() | RenameClass():
            return _tr("rename {0}").format(_named(network, (edit.id,)))
        case RenameTaken():
            said = _tr("rename what {0} is handed")
            return said.format(_named(network, (edit.id,)))
        case SetTimes():
            return _tr("repeat {0} {1} times").format(_named(network, (edit.id,)), edit.times)
        case SetJoin():
            return _tr("join {0} by {1}").format(_named(network, (edit.id,)), edit.join.title())
        case SetInputs():
            return _tr("change the inputs")
        case SetOutputs():
            return _tr("change what is returned")
        case RenameNetwork():
            return _tr("rename the network")
        case SetTies():
            return _tr("change shared weights")
        case Several():
            return _cut(edit.title[:1].lower() + edit.title[1:])
        case _:
            return _of_block(edit, network)


def _of_block(
    edit: Wrap
    | Unwrap
    | UseAgain
    | AddBranch
    | RemoveBranch
    | MoveBranch
    | SetBranch
    | SettleBranches,
    network: Network,
) -> str:
    match edit:
        case Wrap(form=AsGroup()):
            return _tr("make a block of {0}").format(_named(network, edit.ids))
        case Wrap(form=AsRepeat()):
            return _tr("repeat {0}").format(_named(network, edit.ids))
        case Wrap(form=AsBranches(apart=True)):
            return _tr("put {0} side by side").format(_named(network, edit.ids))
        case Wrap():
            return _tr("branch around {0}").format(_named(network, edit.ids))
        case Unwrap():
            return _tr("unwrap {0}").format(_named(network, (edit.id,)))
        case UseAgain():
            return _tr("use {0} again").format(_named(network, (edit.of,)))
        case AddBranch():
            return _tr("add a branch to {0}").format(_named(network, (edit.id,)))
        case RemoveBranch():
            said = _tr("remove branch {0} of {1}")
            return said.format(edit.branch + 1, _named(network, (edit.id,)))
        case MoveBranch():
            said = _tr("move branch {0} of {1}")
            return said.format(edit.branch + 1, _named(network, (edit.id,)))
        case SetBranch():
            said = _tr("change branch {0} of {1}")
            return said.format(edit.branch + 1, _named(network, (edit.id,)))
        case SettleBranches():
            return _tr("order the branches of {0}").format(_named(network, (edit.id,)))
        case _:
            assert_never(edit)


def _named(network: Network, ids: Ids) -> str:
    """One node by its name or else by what it is, several by their number."""
    if len(ids) != 1:
        return _tr("{0} layers").format(len(ids))
    node = find(network.body, ids[0])
    return _tr("a layer") if node is None else _cut(node_name(node) or label(node))


def _these(nodes: tuple[Node, ...]) -> str:
    return _cut(label(nodes[0])) if len(nodes) == 1 else _tr("{0} layers").format(len(nodes))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _tr(text: str) -> str:
    return QCoreApplication.translate("edits", text)
