"""The values that a `forward` computes, each made of earlier ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.design.kind import Activation, Join, Kind


@dataclass(eq=False, slots=True)
class Start:
    """Where a branch begins: "" is what flows into the class, else an input or a node that is recalled."""

    origin: str
    depth: int = 0


@dataclass(eq=False, slots=True)
class Step:
    """A module applied to a value. `order` counts evaluations; `origin` and `depth` say how it hangs on its Start."""

    name: str
    before: Value
    kind: tuple[type[Kind], dict[str, Any]] | None
    """The kind of a layer with the fields that its form gives; None for a block."""
    again: bool
    order: int
    line: int
    origin: str
    depth: int
    activation: Activation | None = None
    module: str = ""
    """The attribute of an activation that is a module of its own."""
    others: tuple[str, ...] = ()
    """What the module takes beside the value, each by the name of what it recalls."""


@dataclass(eq=False, slots=True)
class Merge:
    """Several values joined; those from where the flow comes meet at `fork`."""

    join: Join
    operands: tuple[Operand, ...]
    fork: Value
    order: int
    line: int
    origin: str
    depth: int
    activation: Activation | None = None


@dataclass(frozen=True, slots=True)
class Operand:
    """One value that is joined, and the variable that it stood in where that is a branch's name."""

    value: Value
    name: str


Value = Start | Step | Merge


def previous(value: Step | Merge) -> Value:
    """The value that every way to this one passes last."""
    return value.before if isinstance(value, Step) else value.fork


def meeting(a: Value, b: Value) -> Value:
    """The last value that every way to both passes: where two branches part."""
    while a is not b:
        if a.depth >= b.depth and not isinstance(a, Start):
            a = previous(a)
        elif not isinstance(b, Start):
            b = previous(b)
        else:
            raise AssertionError("values of one origin have one Start")
    return a
