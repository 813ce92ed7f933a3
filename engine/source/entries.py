"""Entries of the catalogue by what code calls them, with the arguments that a call gives."""

from __future__ import annotations

import ast
from functools import cache
from typing import Any, TypeVar

from engine.catalogue import ACTIVATIONS, INITIALIZERS, KINDS
from engine.design.call import signature
from engine.design.error import DesignError
from engine.design.kind import Activation, Initializer, Kind
from engine.design.knob import Entry, Sizes
from engine.source.arguments import same
from engine.source.made import TorchModule
from engine.source.syntax import constant, full_name, unreadable

HARMLESS = frozenset({"inplace"})
"""Arguments that change no number, and are not kept."""


E = TypeVar("E", bound=Entry)


@cache
def kinds_by_module() -> dict[str, tuple[type[Kind], ...]]:
    """The kinds of layers by the full name of their torch class."""
    found: dict[str, tuple[type[Kind], ...]] = {}
    for kind in KINDS.values():
        if not kind.is_module():
            continue
        name = full_name(kind.module)
        found[name] = (*found.get(name, ()), kind)
    return found


@cache
def initializers_by_function() -> dict[str, type[Initializer]]:
    """The initializers by the full name of their function."""
    return {full_name(kind.function): kind for kind in INITIALIZERS.values()}


@cache
def activations_by_function() -> dict[str, type[Activation]]:
    """The activations by the full name of their function, where they have one."""
    return {full_name(kind.function): kind for kind in ACTIVATIONS.values() if kind.function}


@cache
def expressions() -> tuple[type[Kind], ...]:
    """The kinds of layers that are no modules."""
    return tuple(kind for kind in KINDS.values() if not kind.is_module())


def kind_of(module: TorchModule, chosen: type[Kind], form: dict[str, Any], line: int) -> Kind:
    """The kind of layer that a module is, its fields taken from the call and from its form in `forward`.

    Raises DesignError where an argument is out of range or is none that a design keeps.
    """
    fields = _fields(chosen, module.arguments) | chosen.implied(module.arguments)
    for name, needed in form.items():
        if name in fields and not same(fields[name], needed):
            unreadable(
                line,
                f"the way that forward uses this {chosen.module} needs {name}={needed!r}, "
                f"not {fields[name]!r}",
            )
    fields |= form
    return _made(chosen, chosen.module, fields, line)


def expression(kind: type[Kind], fields: dict[str, Any], line: int) -> Kind:
    """The layer that an expression is. Raises DesignError where a field is out of range."""
    for knob in kind.knobs:
        if isinstance(knob.range, Sizes) and isinstance(fields.get(knob.name), int):
            fields[knob.name] = (fields[knob.name],)  # one dimension is written as it is
    return _made(kind, kind.title(), fields, line)


def initializer(kind: type[Initializer], bound: dict[str, Any], where: ast.AST) -> Initializer:
    """The initializer with the arguments of its call. Raises DesignError where one is out of range."""
    return _made(kind, kind.function, _fields(kind, bound), where)


def activation(kind: type[Activation], found: dict[str, ast.expr], where: ast.AST) -> Activation:
    """The activation with its arguments.

    Raises DesignError where one is out of range, or where no field keeps it and it is not torch's default.
    """
    defaults = signature(kind.function_parameters).defaults
    fields: dict[str, Any] = {}
    for name, each in found.items():
        value = constant(each, {})
        if any(knob.name == name for knob in kind.knobs):
            fields[name] = value
        elif name not in defaults or (name not in HARMLESS and not same(value, defaults[name])):
            unreadable(where, f"{kind.function} has an argument {name} that is not kept here")
    return _made(kind, kind.function, fields, where)


def _fields(entry: type[Entry], arguments: dict[str, Any]) -> dict[str, Any]:
    return {knob.name: arguments[knob.name] for knob in entry.knobs if knob.name in arguments}


def _made(entry: type[E], called: str, fields: dict[str, Any], where: ast.AST | int) -> E:
    try:
        return entry(**fields)
    except DesignError as error:
        unreadable(where, f"{called}: {error}")


def differing(mine: dict[str, Any], theirs: dict[str, Any]) -> str:
    """The first argument that is not the same in two calls, "" where all are."""
    return next(
        (name for name in mine if name not in HARMLESS and not same(mine[name], theirs[name])), ""
    )
