"""What the `__init__` of a class makes: modules, and what is said of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine.design.kind import Initializer, Kind


@dataclass(slots=True)
class TorchModule:
    """A module of torch: the kinds that it may be, and every argument of its call."""

    kinds: tuple[type[Kind], ...]
    arguments: dict[str, Any]


@dataclass(slots=True)
class Sequential:
    """An nn.Sequential of modules; what they are initialised with is kept with each."""

    children: list[Attribute]


@dataclass(slots=True)
class OwnBlock:
    """A class of the same file with the values of its arguments."""

    class_name: str
    arguments: dict[str, Any]


@dataclass(slots=True)
class Turns:
    """The same several times over: the arguments of every turn."""

    class_name: str
    turns: list[dict[str, Any]]
    listed: bool = False
    """Whether it is an nn.ModuleList, which forward goes through in a loop."""


Made = TorchModule | Sequential | OwnBlock | Turns


@dataclass(slots=True)
class Attribute:
    """One module that a constructor makes; `name` is its number inside an nn.Sequential."""

    name: str
    made: Made
    line: int
    initializers: list[Initialization] = field(default_factory=list["Initialization"])
    guarded: set[str] = field(default_factory=set[str])
    """Tensors that are initialised only where they are there, which some uses of the class lack."""
    frozen: bool = False


Initialization = tuple[int, str, Initializer]
"""The place among all initialisations of the class, the tensor, and what it is filled with."""
