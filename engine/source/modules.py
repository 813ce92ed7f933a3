"""The modules that the calls of a constructor make: layers of torch, nn.Sequential, classes of the same file."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from engine.design.call import TENSORS, Call, signature, tensor_call
from engine.source.entries import kinds_by_module
from engine.source.made import Attribute, Made, OwnBlock, Sequential, TorchModule, Turns
from engine.source.syntax import Constants, Names, constant, source, unreadable
from engine.views.shapes import MOST_TURNS


@dataclass(frozen=True, slots=True)
class SourceClass:
    """A class of the file, not yet looked into; `parameters` have their default, REQUIRED or an expression."""

    name: str
    line: int
    docstring: str
    parameters: dict[str, ast.expr | None]
    constructor: tuple[ast.stmt, ...]
    inputs: tuple[str, ...]
    forward: tuple[ast.stmt, ...]
    forward_line: int


@dataclass(frozen=True, slots=True)
class Modules:
    """Reads calls in one use of a class; `known` are the values of its arguments, `spend` counts what is read."""

    names: Names
    classes: dict[str, SourceClass]
    known: Constants
    spend: Callable[[int], None]

    def made(self, call: ast.expr) -> Made:
        """What a call gives. Raises DesignError where it is neither a module of torch nor a class of this file."""
        if not isinstance(call, ast.Call):
            unreadable(call, f"`{source(call)}` is not a module, such as nn.Linear(3, 2)")
        self.spend(1)
        if isinstance(call.func, ast.Name) and call.func.id in self.classes:
            return OwnBlock(call.func.id, self._own_arguments(call, self.known))
        name = self.names.dotted(call.func)
        if name == "torch.nn.Sequential":
            return self._sequential(call)
        if name == "torch.nn.ModuleList":
            return self._list(call)
        kinds = kinds_by_module().get(name)
        if kinds is None:
            unreadable(call, f"`{source(call.func)}` is no layer that is known here")
        found = self.bound(kinds[0].parameters, call, call.args, call.keywords)
        if kinds[0].is_parameter() and not isinstance(found["data"], Call):
            unreadable(call, f"`{source(call)}` is not filled by {' or '.join(TENSORS)}")
        return TorchModule(kinds, found)

    def _sequential(self, call: ast.Call) -> Made:
        if call.keywords:
            unreadable(call, "nn.Sequential takes no named arguments")
        match call.args:
            case [ast.Starred(ast.ListComp() | ast.GeneratorExp() as loop)]:
                return self._turns(loop)
            case []:
                unreadable(call, "an empty nn.Sequential does nothing")
            case _:
                children = [
                    Attribute(str(number), self.made(each), each.lineno)
                    for number, each in enumerate(call.args)
                ]
                return Sequential(children)

    def _list(self, call: ast.Call) -> Made:
        match call.args:
            case [ast.ListComp() as loop] if not call.keywords:
                return replace(self._turns(loop), listed=True)
            case _:
                wanted = "nn.ModuleList([Block(64) for _ in range(3)])"
                unreadable(call, f"`{source(call)}` is no list of equal blocks, such as {wanted}")

    def _turns(self, loop: ast.ListComp | ast.GeneratorExp) -> Turns:
        """`[Block(width) for width in (64, 32)]`"""
        match loop:
            case ast.ListComp(
                ast.Call(ast.Name(name)) as call, [ast.comprehension(target, values, [], 0)]
            ) | (
                ast.GeneratorExp(
                    ast.Call(ast.Name(name)) as call, [ast.comprehension(target, values, [], 0)]
                )
            ) if name in self.classes:
                pass
            case _:
                unreadable(
                    loop,
                    "only a class of this file can be repeated, as in [Block(64) for _ in range(3)]",
                )
        turns: list[dict[str, Any]] = []
        rows = self._rows(values)
        settled = None if _speaks_of(call, target) else self._own_arguments(call, self.known)
        for row in rows:
            if settled is None:
                self.spend(1)
                turns.append(
                    self._own_arguments(call, {**self.known, **self._taken_apart(target, row)})
                )
            else:
                turns.append(settled)
        return Turns(name, turns)

    def _rows(self, values: ast.expr) -> list[Any]:
        """What a loop runs over, one entry a turn."""
        match values:
            case ast.Call(ast.Name("range"), args=[each], keywords=[]):
                times = constant(each, self.known)
                if type(times) is not int or not 1 <= times <= MOST_TURNS:
                    unreadable(values, f"range needs a whole number from 1 to {MOST_TURNS}")
                return list(range(times))
            case _:
                rows = constant(values, self.known)
                if not isinstance(rows, tuple) or not 1 <= len(rows) <= MOST_TURNS:  # pyright: ignore[reportUnknownArgumentType]
                    unreadable(values, f"a loop needs from 1 to {MOST_TURNS} turns")
                return list(rows)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]

    def _taken_apart(self, target: ast.expr, row: Any) -> dict[str, Any]:
        match target:
            case ast.Name(name):
                self.names.refuse_hiding(name, target, classes=True)
                return {name: row}
            case ast.Tuple(elts) if isinstance(row, tuple) and len(row) == len(elts):  # pyright: ignore[reportUnknownArgumentType]
                found: dict[str, Any] = {}
                for each, value in zip(elts, row, strict=True):  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
                    found |= self._taken_apart(each, value)
                return found
            case _:
                unreadable(target, f"`{source(target)}` does not fit what the loop runs over")

    # --- arguments -----------------------------------------------------------------------------------------------

    def _own_arguments(self, call: ast.Call, known: Constants) -> dict[str, Any]:
        """The arguments of a class of this file."""
        assert isinstance(call.func, ast.Name)
        own = self.classes[call.func.id]
        if len(call.args) > len(own.parameters):
            unreadable(
                call, f"{own.name} takes {len(own.parameters)} arguments, not {len(call.args)}"
            )
        given = dict(zip(own.parameters, call.args, strict=False))
        for keyword in call.keywords:
            if keyword.arg is None or keyword.arg not in own.parameters or keyword.arg in given:
                unreadable(call, f"{own.name} has no argument that `{source(keyword)}` could be")
            given[keyword.arg] = keyword.value
        found: dict[str, Any] = {}
        for name, default in own.parameters.items():
            value = given.get(name, default)
            if value is None:
                unreadable(call, f"{own.name} needs {name}")
            found[name] = constant(value, known if name in given else {})
        return found

    def bound(
        self,
        parameters: str,
        call: ast.Call,
        positional: list[ast.expr],
        keywords: list[ast.keyword],
        skip: int = 0,
    ) -> dict[str, Any]:
        """Every argument of a torch call by name; the first `skip` stand for a tensor and are None."""
        values = [None if n < skip else self._argument(each) for n, each in enumerate(positional)]
        named: dict[str, Any] = {}
        for keyword in keywords:
            if keyword.arg is None or keyword.arg in named:
                unreadable(call, f"`{source(keyword)}` is no argument that can be read")
            named[keyword.arg] = self._argument(keyword.value)
        try:
            return signature(parameters).bind(tuple(values), named)
        except TypeError as error:
            unreadable(call, f"{source(call.func)} {error}")

    def _argument(self, each: ast.expr) -> Any:
        """A constant, or the call of a module that another one takes, as nn.TransformerEncoder does."""
        if not isinstance(each, ast.Call):
            return constant(each, self.known)
        name = self.names.dotted(each.func)
        if name in TENSORS:
            return self._tensor(name, each)
        kinds = kinds_by_module().get(name, ())
        if not kinds:
            return constant(each, self.known)
        known = kinds[0].parameters
        found = self.bound(known, each, each.args, each.keywords)
        return Call(kinds[0].module, signature(known), found)

    def _tensor(self, function: str, call: ast.Call) -> Call:
        """What fills a parameter: `torch.zeros(3, 2)`, also with its sizes in brackets."""
        if call.keywords:
            unreadable(call, f"the arguments of {function} are read by position alone")
        values = [constant(each, self.known) for each in call.args]
        if function == "torch.zeros" and len(values) == 1 and isinstance(values[0], tuple):
            values = list(values[0])  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        try:
            return tensor_call(function, *values)
        except TypeError as error:
            unreadable(call, f"{function} {error}")


def _speaks_of(call: ast.Call, target: ast.expr) -> bool:
    variables = {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}
    return any(isinstance(node, ast.Name) and node.id in variables for node in ast.walk(call))
