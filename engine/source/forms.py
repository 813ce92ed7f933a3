"""The forms of the catalogue as text: a layer, an activation and a join with their variables put in."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from functools import cache

from engine.design.kind import Activation, Join
from engine.design.scope_names import activation_name
from engine.source.arguments import behind_first, literal
from engine.source.classes import printable
from engine.source.layout import Call, Chain, Keyword, Listed, Method, Piece
from engine.source.unify import pattern

OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
}


def formed(form: str, module: str, value: str, taken: Mapping[str, str] | None = None) -> Piece:
    """How `forward` uses a module on variables, by a form that its kind declares and what it takes by its own names."""
    if form == "m(x)":
        return Call(module, (value,))
    return _shaped(pattern(form), {"m": module, "x": value, **(taken or {})})


def _shaped(form: ast.expr, values: Mapping[str, str]) -> Piece:
    """A form with the module and the variables put in: calls inside each other, perhaps with indices behind them."""
    match form:
        case ast.Name(hole) if hole in values:
            return values[hole]
        case ast.Constant(value=constant):
            return literal(constant)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return literal(-number)
        case ast.Call(
            func=ast.Attribute(value=ast.Call() as inner, attr=name), args=given, keywords=[]
        ):
            whole = _shaped(inner, values)
            assert isinstance(whole, Call)
            return Method(whole, name, tuple(_shaped(each, values) for each in given))
        case ast.Call(func=function, args=positional, keywords=named):
            head = (
                values[function.id] if isinstance(function, ast.Name) else _dotted(function, values)
            )
            items: list[Piece] = [_shaped(each, values) for each in positional]
            items += [Keyword(each.arg or "", _shaped(each.value, values)) for each in named]
            return Call(head, tuple(items))
        case ast.List(elts=listed):
            return Listed(tuple(_shaped(each, values) for each in listed))
        case ast.BinOp(left=left, op=operator, right=right):
            return Chain((_shaped(left, values), _shaped(right, values)), OPERATORS[type(operator)])
        case ast.Subscript(value=indexed):
            inner = _shaped(indexed, values)
            index = ast.unparse(form)[len(ast.unparse(indexed)) :]
            if isinstance(inner, str):
                return inner + index
            assert isinstance(inner, Call)
            return Call(inner.head, inner.items, inner.tail + index)
        case _:
            return _dotted(form, values)


def _dotted(form: ast.expr, values: Mapping[str, str]) -> str:
    """What is no call: a constant, or an attribute such as `x.device` of a variable."""
    match form:
        case ast.Attribute(value=ast.Name(hole), attr=name) if hole in values:
            return f"{values[hole]}.{name}"
        case _:
            return ast.unparse(form)


@cache
def is_call(form: str) -> bool:
    """Whether a form is a call, perhaps with an index behind it, so that it needs no brackets inside a join."""
    return re.fullmatch(r"m\([^()]*\)(\[[^][]*\])*", form) is not None


def activated(activation: Activation, value: Piece, layer: str = "") -> Piece:
    """The activation's function around a value, or its module where it has none."""
    if activation.function:
        return Call(activation.function, (value, *behind_first(activation)))
    return Call(f"self.{printable(activation_name(layer, activation))}", (value,))


def joined(join: Join, pieces: list[Piece]) -> Piece:
    """The join's form with the branches put in."""
    return _filled(join.form, join, pieces)


def _filled(form: str, join: Join, pieces: list[Piece]) -> Piece:
    if form == "a":
        return pieces[0]
    if binary := re.fullmatch(r"a (\S+) b", form):
        return Chain(tuple(pieces), binary[1])
    if pairwise := re.fullmatch(r"([\w.]+)\(a, b\)", form):
        first, *others = pieces
        for piece in others:
            first = Call(pairwise[1], (first, piece))
        return first
    if method := re.fullmatch(r"([\w.]+)\(all\)\.(\w+)\((.*)\)", form):
        return Method(Call(method[1], (Listed(tuple(pieces)),)), method[2], (method[3],))
    listed = re.fullmatch(r"([\w.]+)\(all(?:, (\w+)=f\.(\w+))?\)", form)
    assert listed is not None, form
    items: list[Piece] = [Listed(tuple(pieces))]
    if listed[2]:
        items.append(Keyword(listed[2], literal(join.values()[listed[3]])))
    return Call(listed[1], tuple(items))
