"""The expressions of a `forward`: layers, activations and joins in every form that they are written in."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from engine.catalogue import JOINS
from engine.design.call import signature
from engine.design.error import DesignError
from engine.design.kind import Activation, Join, Kind
from engine.source.entries import activation, activations_by_function, expressions
from engine.source.made import Made, Sequential, TorchModule, Turns
from engine.source.syntax import constant, source, unreadable
from engine.source.unify import Holes, arguments, pattern, unified
from engine.source.values import Merge, Operand, Step, Value, meeting
from engine.source.variables import Variables


class Expressions:
    """Reads the expressions of one forward."""

    def __init__(self, variables: Variables) -> None:
        self.variables = variables
        self.names = variables.names
        self.unusual = [
            (name, made)
            for name, attribute in variables.attributes.items()
            if _is_unusual(made := attribute.made)
        ]

    def value(self, node: ast.expr) -> Value:
        """The value of an expression, by the first of the known forms that it has."""
        for form in EXPRESSION_FORMS:
            found = form(self, node)
            if found is not None:
                return found
        unreadable(
            node, f"`{source(node)}` is not a layer, a join or an activation that can be read"
        )

    def variable(self, node: ast.expr) -> Value | None:
        """`x`"""
        return self.variables.value(node) if isinstance(node, ast.Name) else None

    def layer(self, node: ast.expr) -> Value | None:
        """`self.fc1(x)`, or another form that the layer's kind declares."""
        match node:
            case ast.Call(
                ast.Attribute(ast.Name("self"), name), args=[each, *others], keywords=[]
            ) if not others or not self._is_torch(name, node):
                made = self.variables.attribute(name, node).made
                if not isinstance(made, TorchModule):
                    if isinstance(made, Turns) and (made.listed or others):
                        wanted = f"for block in self.{name}: x = block(x)"
                        unreadable(node, f"`self.{name}` is gone through in a loop: `{wanted}`")
                    if isinstance(made, Sequential) and others:
                        unreadable(node, f"`self.{name}` is an nn.Sequential and takes one value")
                    value = self.value(each)
                    return self.variables.step(
                        name, value, None, node, tuple(map(self.variables.recall, others))
                    )
                for kind in made.kinds:
                    if "m(x)" in kind.forms:
                        folded = self._activation_module(name, kind, each)
                        return folded or self.variables.step(
                            name, self.value(each), (kind, dict(kind.forms["m(x)"])), node
                        )
            case _:
                pass
        return self._other_form(node)

    def _other_form(self, node: ast.expr) -> Value | None:
        """`self.lstm(x)[0]`: forms beside the plain call."""
        for name, made in self.unusual:
            for kind in made.kinds if isinstance(made, TorchModule) else ():
                for form, fields in kind.forms.items():
                    holes = unified(form, node, self.names) if form != "m(x)" else None
                    if holes is not None and _is_module(holes.get("m"), name) and "x" in holes:
                        if not isinstance(holes["x"], ast.Name) and _repeats(form):
                            unreadable(
                                node,
                                f"`{source(holes['x'])}` is computed several times here; "
                                "give it a name in a line before",
                            )
                        chosen = {**fields, **self._fields(holes)}
                        others = tuple(self.variables.recall(holes[each]) for each in kind.takes)
                        before = self.value(holes["x"])
                        return self.variables.step(name, before, (kind, chosen), node, others)
        return None

    def _activation_module(self, name: str, kind: type[Kind], inner: ast.expr) -> Value | None:
        """`self.conv_activation(self.conv(x))`: the activation of that layer, a module because it has weights."""
        if not issubclass(kind, Activation) or kind.function:
            return None
        if not self._uses(name.removesuffix("_activation"), inner) or not name.endswith(
            "_activation"
        ):
            return None
        value = self.value(inner)
        if isinstance(value, Step) and value.kind and not value.again and value.activation is None:
            self.variables.used.add(name)
            return replace(value, module=name)
        unreadable(inner, f"`self.{name}` follows what is no layer of its own here")

    def _uses(self, name: str, node: ast.expr) -> bool:
        """Whether an expression is a module of that name in one of the forms of its kind, and nothing more."""
        match node:
            case ast.Call(ast.Attribute(ast.Name("self"), called)):
                return called == name
            case _:
                forms = [
                    form
                    for unusual, made in self.unusual
                    for kind in (
                        made.kinds if unusual == name and isinstance(made, TorchModule) else ()
                    )
                    for form in kind.forms
                ]
                found = [unified(form, node, self.names) or {} for form in forms]
                return any(_is_module(holes.get("m"), name) for holes in found)

    def activation(self, node: ast.expr) -> Value | None:
        """`torch.relu(x)`"""
        if not isinstance(node, ast.Call):
            return None
        kind = activations_by_function().get(self.names.dotted(node.func))
        if kind is None:
            return None
        found = dict(arguments(node, kind.function_parameters) or {})
        first = next(iter(signature(kind.function_parameters).defaults))
        if kind.function_tail:
            name, _, wanted = kind.function_tail.partition("=")
            if name not in found or ast.unparse(found.pop(name)) != wanted:
                unreadable(
                    node,
                    f"{kind.function} needs {kind.function_tail}, to do nothing random after training",
                )
        if first not in found:
            unreadable(node, f"`{source(node)}` has arguments that cannot be read")
        return self._activated(self.value(found.pop(first)), activation(kind, found, node), node)

    def _activated(self, value: Value, activation: Activation, where: ast.AST) -> Value:
        """The value with an activation, which belongs to the layer or join before it."""
        match value:
            case Step(activation=None, module="", kind=kind, again=again) if kind or again:
                return replace(value, activation=activation)
            case Merge(activation=None):
                return replace(value, activation=activation)
            case _:
                title = activation.title()
                unreadable(
                    where,
                    f"this {title} follows no layer directly; make it a layer, {activation.module}()",
                )

    def join(self, node: ast.expr) -> Value | None:
        """`x + y`, `torch.cat([x, y], dim=1)`"""
        for join in JOINS.values():
            if (found := self._operands(join, node)) is not None:
                operands, holes = found
                values = [(self.value(each), each) for each in operands]
                try:
                    return self._merge(join(**self._fields(holes)), values, node)
                except DesignError as error:
                    if error.place.startswith("line "):
                        raise
                    unreadable(node, str(error))
        return None

    def expression(self, node: ast.expr) -> Value | None:
        """`x.permute(0, 2, 1)`, `x * 0.5`: a layer that is no module."""
        for kind in expressions():
            for form, fields in kind.forms.items():
                holes = unified(form, node, self.names)
                if holes is None or not all(
                    _is_literal(each) for hole, each in holes.items() if hole.startswith("f.")
                ):
                    continue
                if "m" in holes and not _is_self(holes["m"]):
                    continue
                if not isinstance(holes["x"], ast.Name) and _repeats(form):
                    unreadable(
                        node,
                        f"`{source(holes['x'])}` is computed several times here; "
                        "give it a name in a line before",
                    )
                chosen = {**fields, **self._fields(holes)}
                others = tuple(self.variables.recall(holes[each]) for each in kind.takes)
                return self.variables.step("", self.value(holes["x"]), (kind, chosen), node, others)
        return None

    def _operands(self, join: type[Join], node: ast.expr) -> tuple[list[ast.expr], Holes] | None:
        """The texts that are joined, where an expression has the form of this join."""
        if type(node) is not type(pattern(join.form)):
            return None
        holes = unified(join.form, node, self.names)
        if holes is None:
            return None
        if "all" in holes:
            listed = holes["all"]
            if not isinstance(listed, ast.List | ast.Tuple):
                return None
            return list(listed.elts), holes
        if _is_number(holes["b"]):
            return None  # no branch: see `expression`
        last, inner, found = holes["b"], holes["a"], [holes["b"]]
        while join.at_most > 2 and len(found) < join.at_most:
            more = unified(join.form, inner, self.names)
            if more is None:
                break
            last, inner = more["b"], more["a"]
            found.append(last)
        return [inner, *reversed(found)], holes

    def _merge(self, join: Join, joined: list[tuple[Value, ast.expr]], where: ast.expr) -> Merge:
        values = [value for value, _ in joined]
        if len(values) < 2:
            unreadable(where, f"`{source(where)}` joins fewer than two values")
        origins = {value.origin for value in values}
        if "" not in origins and len(origins) > 1:
            unreadable(
                where, "of the values joined here none comes from what flows through the class"
            )
        origin = "" if "" in origins else origins.pop()
        fork, *free = [value for value in values if value.origin == origin]
        for value in free:
            fork = meeting(fork, value)
        operands = tuple(
            Operand(value, self.variables.branch_name(value, node, fork)) for value, node in joined
        )
        order = self.variables.counted(where)
        return Merge(join, operands, fork, order, where.lineno, origin, fork.depth + 1)

    def _is_torch(self, name: str, where: ast.AST) -> bool:
        return isinstance(self.variables.attribute(name, where).made, TorchModule)

    def _fields(self, holes: Holes) -> dict[str, Any]:
        return {
            hole[2:]: constant(each, {}) for hole, each in holes.items() if hole.startswith("f.")
        }


EXPRESSION_FORMS: tuple[Callable[[Expressions, ast.expr], Value | None], ...] = (
    Expressions.variable,
    Expressions.layer,
    Expressions.activation,
    Expressions.join,
    Expressions.expression,
)
"""The expressions of a forward that can be read; each gives None for one that is not of its form."""


def _is_unusual(made: Made) -> bool:
    """Whether a module may stand in `forward` in another form than a plain call."""
    return isinstance(made, TorchModule) and any(
        tuple(kind.forms) != ("m(x)",) for kind in made.kinds
    )


def _is_literal(node: ast.expr) -> bool:
    """Whether it is a number, a word or several of them."""
    match node:
        case ast.Tuple(elts=items) | ast.List(elts=items):
            return all(map(_is_literal, items))
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return _is_number(inner)
        case _:
            return isinstance(node, ast.Constant)


def _is_number(node: ast.expr) -> bool:
    """Whether it is a number as it stands there."""
    match node:
        case ast.Constant(value=int() | float()):
            return True
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return _is_number(inner)
        case _:
            return False


def _repeats(form: str) -> bool:
    """Whether a form has its value in several places, as attention has for query, key and value."""
    return (
        sum(isinstance(each, ast.Name) and each.id == "x" for each in ast.walk(pattern(form))) > 1
    )


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _is_module(node: ast.expr | None, name: str) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr == name
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    )
