"""Which edits are one step for the person who undoes them."""

from __future__ import annotations

from engine.design.branching import SetBranch
from engine.design.edit import (
    Edit,
    Rename,
    RenameClass,
    RenameNetwork,
    RenameTaken,
    SetActivation,
    SetField,
    SetInitializer,
    SetInputs,
    SetNote,
    SetTimes,
)


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
        case RenameTaken(), RenameTaken():
            return (before.id, before.place) == (after.id, after.place)
        case SetBranch(), SetBranch():  # its name is typed; another source is a step of its own
            return (before.id, before.branch, before.source) == (
                after.id,
                after.branch,
                after.source,
            )
        case (RenameNetwork(), RenameNetwork()) | (SetInputs(), SetInputs()):
            return True
        case _:
            return False
