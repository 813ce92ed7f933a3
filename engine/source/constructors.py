"""What the `__init__` of a class makes: its attributes, how they are initialised, what is frozen and shared."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from engine.catalogue import INITIALIZERS, KINDS
from engine.design.error import DesignError
from engine.design.kind import Initializer, Kind, signature
from engine.design.tree import Tie
from engine.source.arguments import same
from engine.source.syntax import (
    Constants,
    Names,
    attribute_path,
    constant,
    full_name,
    source,
    unreadable,
)
from engine.views.shapes import MOST_TURNS

HARMLESS = frozenset({"inplace"})
"""Arguments that change no number, and are not kept."""


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


class Constructor:
    """Reads the constructor of one use of a class."""

    def __init__(
        self,
        names: Names,
        classes: dict[str, SourceClass],
        known: Constants,
        spend: Callable[[int], None],
    ) -> None:
        self.names = names
        self.classes = classes
        self.known = known
        self.spend = spend
        self.attributes: dict[str, Attribute] = {}
        self.ties: list[Tie] = []
        self.initializations = 0
        self.begun = False
        """Whether `super().__init__()` has been read, before which a module cannot hold others."""

    def read(self, statements: tuple[ast.stmt, ...]) -> None:
        """Read all statements. Raises DesignError at the first that has no meaning here."""
        for statement in statements:
            self.spend(1)
            if not any(form(self, statement) for form in STATEMENT_FORMS):
                unreadable(
                    statement,
                    f"`{source(statement)}` is not a way to set up a layer that can be read",
                )

    # --- statements ----------------------------------------------------------------------------------------------

    def super_init(self, statement: ast.stmt) -> bool:
        """`super().__init__()`"""
        match statement:
            case ast.Expr(
                ast.Call(
                    ast.Attribute(ast.Call(ast.Name("super")), "__init__"), args=[], keywords=[]
                )
            ):
                if self.begun:
                    unreadable(
                        statement, "`super().__init__()` a second time forgets the layers before it"
                    )
                self.begun = True
                return True
            case _:
                return False

    def nothing(self, statement: ast.stmt) -> bool:
        """A text for people, or `pass`."""
        match statement:
            case ast.Pass() | ast.Expr(ast.Constant(value=str())):
                return True
            case _:
                return False

    def attribute(self, statement: ast.stmt) -> bool:
        """`self.fc1 = nn.Linear(3, 2)`"""
        match statement:
            case ast.Assign(
                targets=[ast.Attribute(ast.Name("self"), name)], value=ast.Call() as value
            ):
                if not self.begun:
                    unreadable(statement, "`super().__init__()` has to come before the first layer")
                if name in self.attributes:
                    unreadable(statement, f"`self.{name}` is set a second time")
                self.attributes[name] = Attribute(name, self.made(value), value.lineno)
                return True
            case _:
                return False

    def tie(self, statement: ast.stmt) -> bool:
        """`self.head.weight = self.embedding.weight`"""
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            return False
        path, owner = attribute_path(statement.targets[0]), attribute_path(statement.value)
        if path is None or owner is None or min(len(path), len(owner)) < 2:
            return False
        self.ties.append(Tie(".".join(path), ".".join(owner)))
        return True

    def initialization(self, statement: ast.stmt) -> bool:
        """`nn.init.zeros_(self.fc1.bias)`"""
        match statement:
            case ast.Expr(
                ast.Call(func=function, args=[target, *positional], keywords=keywords) as call
            ):
                kind = _initializers().get(self.names.dotted(function))
                if kind is None:
                    return False
                path = attribute_path(target)
                if path is None or len(path) < 2:
                    unreadable(
                        call,
                        f"`{source(target)}` is no tensor of a layer, such as `self.fc1.weight`",
                    )
                found, tensor = self._layer_tensor(path, call)
                bound = self._bound(kind.parameters, call, [target, *positional], keywords, skip=1)
                if any(tensor == taken for _, taken, _ in found.initializers):
                    unreadable(call, f"`{'.'.join(path)}` is initialised a second time")
                found.initializers.append((call.lineno, tensor, _entry(kind, bound, call)))
                return True
            case _:
                return False

    def guarded_initialization(self, statement: ast.stmt) -> bool:
        """`if self.fc1.bias is not None: nn.init.zeros_(self.fc1.bias)`"""
        match statement:
            case ast.If(
                ast.Compare(target, [ast.IsNot()], [ast.Constant(value=None)]),
                [ast.Expr(ast.Call(args=[same, *_])) as inner],
                [],
            ) if (
                (path := attribute_path(target)) and len(path) > 1 and path == attribute_path(same)
            ):
                if not self.initialization(inner):
                    return False
                self._at(path[:-1], statement).guarded.add(path[-1])
                return True
            case _:
                return False

    def freezing(self, statement: ast.stmt) -> bool:
        """`self.fc1.requires_grad_(False)`"""
        match statement:
            case ast.Expr(
                ast.Call(
                    ast.Attribute(target, "requires_grad_"),
                    args=[ast.Constant(value=False)],
                    keywords=[],
                )
            ):
                path = attribute_path(target)
                if path is None:
                    return False
                self._at(path, statement).frozen = True
                return True
            case _:
                return False

    # --- what a constructor call makes ---------------------------------------------------------------------------

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
        kinds = _kinds().get(name)
        if kinds is None:
            unreadable(call, f"`{source(call.func)}` is no layer that is known here")
        return TorchModule(kinds, self._bound(kinds[0].parameters, call, call.args, call.keywords))

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

    def _bound(
        self,
        parameters: str,
        call: ast.Call,
        positional: list[ast.expr],
        keywords: list[ast.keyword],
        skip: int = 0,
    ) -> dict[str, Any]:
        """Every argument of a torch call by name; the first `skip` stand for a tensor and are None."""
        values = [
            None if n < skip else constant(each, self.known) for n, each in enumerate(positional)
        ]
        named: dict[str, Any] = {}
        for keyword in keywords:
            if keyword.arg is None or keyword.arg in named:
                unreadable(call, f"`{source(keyword)}` is no argument that can be read")
            named[keyword.arg] = constant(keyword.value, self.known)
        try:
            return signature(parameters).bind(tuple(values), named)
        except TypeError as error:
            unreadable(call, f"{source(call.func)} {error}")

    # --- layers by their path ------------------------------------------------------------------------------------

    def _layer_tensor(self, path: tuple[str, ...], where: ast.AST) -> tuple[Attribute, str]:
        """The layer and its tensor that a path such as fc1, weight means."""
        found = self._at(path[:-1], where)
        if not isinstance(found.made, TorchModule):
            unreadable(where, f"`{'.'.join(path)}` is not a tensor of one layer")
        return found, path[-1]

    def _at(self, path: tuple[str, ...], where: ast.AST) -> Attribute:
        found = self.attributes.get(path[0])
        for part in path[1:]:
            inside = (
                found.made.children
                if found is not None and isinstance(found.made, Sequential)
                else []
            )
            found = next((child for child in inside if child.name == part), None)
        if found is None:
            unreadable(where, f"there is no layer `{'.'.join(path)}` before this line")
        return found


STATEMENT_FORMS: tuple[Callable[[Constructor, ast.stmt], bool], ...] = (
    Constructor.attribute,
    Constructor.initialization,
    Constructor.guarded_initialization,
    Constructor.freezing,
    Constructor.tie,
    Constructor.super_init,
    Constructor.nothing,
)
"""The statements of a constructor that can be read; each says whether one is of its form, having read it then."""


def kind_of(module: TorchModule, chosen: type[Kind], form: dict[str, Any], line: int) -> Kind:
    """The kind of layer that a module is, its fields taken from the call and from its form in `forward`.

    Raises DesignError where an argument is out of range or is none that a design keeps.
    """
    fields = {
        knob.name: module.arguments[knob.name]
        for knob in chosen.knobs
        if knob.name in module.arguments
    }
    try:
        return chosen(**fields, **chosen.implied(module.arguments), **form)
    except DesignError as error:
        unreadable(line, f"{chosen.module}: {error}")


def _entry(kind: type[Initializer], bound: dict[str, Any], where: ast.AST) -> Initializer:
    fields = {knob.name: bound[knob.name] for knob in kind.knobs if knob.name in bound}
    try:
        return kind(**fields)
    except DesignError as error:
        unreadable(where, f"{kind.function}: {error}")


def differing(mine: dict[str, Any], theirs: dict[str, Any]) -> str:
    """The first argument that is not the same in two calls, "" where all are."""
    return next(
        (name for name in mine if name not in HARMLESS and not same(mine[name], theirs[name])), ""
    )


def _speaks_of(call: ast.Call, target: ast.expr) -> bool:
    variables = {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}
    return any(isinstance(node, ast.Name) and node.id in variables for node in ast.walk(call))


@cache
def _kinds() -> dict[str, tuple[type[Kind], ...]]:
    """The kinds of layers by the full name of their torch class."""
    found: dict[str, tuple[type[Kind], ...]] = {}
    for kind in KINDS.values():
        name = full_name(kind.module)
        found[name] = (*found.get(name, ()), kind)
    return found


@cache
def _initializers() -> dict[str, type[Initializer]]:
    return {full_name(kind.function): kind for kind in INITIALIZERS.values()}
