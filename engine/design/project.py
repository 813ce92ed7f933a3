"""All that a project file holds: the network, its data, how it is trained and run, and notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeVar

from engine.design import limits
from engine.design.edit import Edit, apply
from engine.design.error import DesignError
from engine.design.knob import Entry, Flag, OneOf, Range, Real, Whole
from engine.design.merging import merges
from engine.design.tree import Network
from engine.design.value import field, replace, value

Scaling = Literal["none", "standardised", "unit range"]
SCALINGS: tuple[Scaling, ...] = ("none", "standardised", "unit range")
Device = Literal["auto", "cpu", "cuda", "mps"]
DEVICES: tuple[Device, ...] = ("auto", "cpu", "cuda", "mps")
Precision = Literal["float32", "mixed", "bfloat16"]
PRECISIONS: tuple[Precision, ...] = ("float32", "mixed", "bfloat16")
"""Mixed: weights stay float32, and products are of bfloat16 or float16, as under torch.autocast."""

P = TypeVar("P", "Data", "Training", "Forward")

_SEED = Whole(0, 2**63 - 1)
_COUNT = Whole(1, 1_000_000)
DATA_RANGES: Mapping[str, Range] = {
    "train_share": Real(0.05, 1.0), "stratified": Flag(), "scaling": OneOf(SCALINGS), "seed": _SEED,
}  # fmt: skip
TRAINING_RANGES: Mapping[str, Range] = {
    "batch_size": _COUNT, "epochs": _COUNT, "seed": _SEED, "device": OneOf(DEVICES),
    "precision": OneOf(PRECISIONS), "clip_norm": Real(0.0, 1e9), "patience": Whole(0, 1_000_000),
    "minutes": Real(0.0, 1e6),
}  # fmt: skip
FORWARD_RANGES: Mapping[str, Range] = {"batch_size": Whole(1, 100_000), "seed": _SEED}
"""What the plain fields of each part of a project may be; the other fields are entries and know it themselves."""


@value
class Data:
    """Which rows the network sees: the data set, the share that trains, and how columns are scaled."""

    set: Entry
    train_share: float = 0.8
    stratified: bool = True
    scaling: Scaling = "standardised"
    seed: int = 0


@value
class Training:
    """The recipe of a training run."""

    loss: Entry
    optimizer: Entry
    scheduler: Entry
    batch_size: int = 32
    epochs: int = 100
    seed: int = 0
    device: Device = "auto"
    precision: Precision = "float32"
    clip_norm: float = 0.0
    """Longer gradients, of all weights together, are shortened to it; 0 leaves them."""
    patience: int = 0
    """Epochs without a lower validation loss after which training ends early; 0 waits for ever."""
    minutes: float = 0.0
    """Of training after which it ends early; 0 is no limit."""


@value
class Forward:
    """One forward pass: how many rows, and the seed of weights and rows."""

    batch_size: int = 5
    seed: int = 0


@value
class Project:
    """What a .loom file holds."""

    network: Network
    data: Data
    training: Training
    forward: Forward = field(default_factory=Forward)
    notes: str = ""


@value
class SetData:
    """Choose other data."""

    data: Data


@value
class SetTraining:
    """Change the recipe."""

    training: Training


@value
class SetForward:
    """Change the forward pass."""

    forward: Forward


@value
class SetNotes:
    """Write the project's notes."""

    notes: str


ProjectEdit = Edit | SetData | SetTraining | SetForward | SetNotes


def edited(project: Project, edit: ProjectEdit) -> Project:
    """The project after the edit; the very same value when nothing changes. Raises DesignError when it fits nowhere."""
    match edit:
        case SetData():
            data = _checked(edit.data, DATA_RANGES)
            return project if data == project.data else replace(project, data=data)
        case SetTraining():
            training = _checked(edit.training, TRAINING_RANGES)
            return project if training == project.training else replace(project, training=training)
        case SetForward():
            forward = _checked(edit.forward, FORWARD_RANGES)
            return project if forward == project.forward else replace(project, forward=forward)
        case SetNotes():
            notes = limits.text(edit.notes)
            return project if notes == project.notes else replace(project, notes=notes)
        case _:
            network = apply(project.network, edit)
            return project if network is project.network else replace(project, network=network)


def _checked(part: P, ranges: Mapping[str, Range]) -> P:
    """A part of a project whose plain fields are in range. Raises DesignError, its place the field's name."""
    for name, known in ranges.items():
        try:
            known.checked(getattr(part, name))
        except DesignError as error:
            raise error.within(name) from None
    return part


def goes_on(before: ProjectEdit, after: ProjectEdit) -> bool:
    """Whether `after` continues `before`, so that both are one step to undo."""
    match before, after:
        case (SetData(), SetData()) | (SetTraining(), SetTraining()) | (SetForward(), SetForward()) | (
            SetNotes(), SetNotes()
        ):  # fmt: skip
            return True
        case (SetData() | SetTraining() | SetForward() | SetNotes(), _):
            return False
        case (_, SetData() | SetTraining() | SetForward() | SetNotes()):
            return False
        case _:
            return merges(before, after)
