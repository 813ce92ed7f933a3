"""All that a project file holds: the network, its data, how it is trained and run, and notes."""

from __future__ import annotations

from dataclasses import field, replace
from typing import Literal

from engine.design.edit import Edit, apply, merges
from engine.design.knob import Entry
from engine.design.tree import Network
from engine.design.value import value

Scaling = Literal["none", "standardised", "unit range"]
SCALINGS: tuple[Scaling, ...] = ("none", "standardised", "unit range")
Device = Literal["auto", "cpu", "cuda", "mps"]
DEVICES: tuple[Device, ...] = ("auto", "cpu", "cuda", "mps")
Precision = Literal["float32", "bfloat16"]
PRECISIONS: tuple[Precision, ...] = ("float32", "bfloat16")


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
            return project if edit.data == project.data else replace(project, data=edit.data)
        case SetTraining():
            return (
                project
                if edit.training == project.training
                else replace(project, training=edit.training)
            )
        case SetForward():
            return (
                project
                if edit.forward == project.forward
                else replace(project, forward=edit.forward)
            )
        case SetNotes():
            return project if edit.notes == project.notes else replace(project, notes=edit.notes)
        case _:
            network = apply(project.network, edit)
            return project if network is project.network else replace(project, network=network)


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
