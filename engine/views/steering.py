"""What of a training run can be changed while it goes on, and what needs another run."""

from __future__ import annotations

from engine.catalogue.optimizers import Optimizer
from engine.catalogue.schedulers import Scheduler
from engine.design.error import DesignError
from engine.design.project import Project, Training
from engine.design.value import replace

STEERED = {"lr": "learning rate", "weight_decay": "weight decay"}
"""Fields of an optimizer that a run takes over at its next step, and their names."""


ENDS = {"clip_norm": "clip norm", "patience": "patience", "minutes": "minutes"}
"""Other fields of a recipe that a run takes over."""


def steering(own: Project, wanted: Project) -> tuple[str, ...]:
    """In words what changes in the run of a project that goes on as another; () where it is the same.

    The learning rate, the weight decay and what ends it early count from the next step, the batch size from the next
    epoch. Raises
    DesignError where the other one needs a run of its own.
    """
    if own is wanted:
        return ()
    before, after = own.training, wanted.training
    same = _steered(own, wanted)
    if own.network != wanted.network or own.data != wanted.data or same != after:
        raise DesignError(
            "the network, its data or its recipe has changed since the run began; begin a new run, or undo the change"
        )
    scheduler = before.scheduler
    assert isinstance(scheduler, Scheduler)
    if before.epochs != after.epochs and scheduler.is_planned():
        raise DesignError(
            f"the run was planned for {before.epochs:,} epochs, at whose end its schedule ({scheduler.title()}) ends "
            "too; begin a new run for another length"
        )
    if before.batch_size != after.batch_size and scheduler.every == "step":
        raise DesignError(
            f"the schedule of the run ({scheduler.title()}) counts its steps, which another batch size would change; "
            "begin a new run for it"
        )
    old, new = before.optimizer.values(), after.optimizer.values()
    said = [
        f"{name} {old[field]:g} → {new[field]:g}"
        for field, name in STEERED.items()
        if field in old and old[field] != new[field]
    ]
    if before.batch_size != after.batch_size:
        said.append(f"batch {before.batch_size:,} → {after.batch_size:,}")
    for field, name in ENDS.items():
        if getattr(before, field) != getattr(after, field):
            said.append(f"{name} {getattr(before, field):g} → {getattr(after, field):g}")
    if before.epochs != after.epochs:
        said.append(f"epochs {before.epochs:,} → {after.epochs:,}")
    return tuple(said)


def goes_on_as(own: Project, wanted: Project) -> bool:
    """Whether the run of a project can go on as another."""
    try:
        steering(own, wanted)
    except DesignError:
        return False
    return True


def _steered(own: Project, wanted: Project) -> Training:
    """The recipe of the run with all that can be steered taken over."""
    before, after = own.training, wanted.training
    optimizer = before.optimizer
    assert isinstance(optimizer, Optimizer)
    if type(optimizer) is type(after.optimizer):
        known = after.optimizer.values()
        optimizer = optimizer.with_fields(
            **{name: known[name] for name in STEERED if name in known}
        )
    taken = {field: getattr(after, field) for field in ("batch_size", "epochs", *ENDS)}
    return replace(before, optimizer=optimizer, **taken)
