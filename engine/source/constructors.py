"""What the `__init__` of a class makes: its attributes, how they are initialised, what is frozen and shared."""

from __future__ import annotations

import ast
from collections.abc import Callable

from engine.design.tree import Tie
from engine.source.entries import initializer, initializers_by_function
from engine.source.made import Attribute, Sequential, TorchModule
from engine.source.modules import Modules, SourceClass
from engine.source.syntax import Constants, Names, attribute_path, source, unreadable


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
        self.spend = spend
        self.modules = Modules(names, classes, known, spend)
        self.attributes: dict[str, Attribute] = {}
        self.ties: list[Tie] = []
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
                self.attributes[name] = Attribute(name, self.modules.made(value), value.lineno)
                return True
            case _:
                return False

    def tie(self, statement: ast.stmt) -> bool:
        """`self.head.weight = self.embedding.weight`"""
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            return False
        path, owner = attribute_path(statement.targets[0]), attribute_path(statement.value)
        if path is None or owner is None:
            return False
        if not all(len(each) > 1 or self._is_parameter(each) for each in (path, owner)):
            return False
        self.ties.append(Tie(".".join(path), ".".join(owner)))
        return True

    def initialization(self, statement: ast.stmt) -> bool:
        """`nn.init.zeros_(self.fc1.bias)`"""
        match statement:
            case ast.Expr(
                ast.Call(func=function, args=[target, *positional], keywords=keywords) as call
            ):
                kind = initializers_by_function().get(self.names.dotted(function))
                if kind is None:
                    return False
                path = attribute_path(target)
                if path is None or (len(path) < 2 and not self._is_parameter(path)):
                    unreadable(
                        call,
                        f"`{source(target)}` is no tensor of a layer, such as `self.fc1.weight`",
                    )
                found, tensor = self._layer_tensor(path, call)
                given = [target, *positional]
                bound = self.modules.bound(kind.parameters, call, given, keywords, skip=1)
                if any(tensor == taken for _, taken, _ in found.initializers):
                    unreadable(call, f"`{'.'.join(path)}` is initialised a second time")
                found.initializers.append((call.lineno, tensor, initializer(kind, bound, call)))
                return True
            case _:
                return False

    def guarded_initialization(self, statement: ast.stmt) -> bool:
        """`if self.fc1.bias is not None: nn.init.zeros_(self.fc1.bias)`, or `if hasattr(self.rnn, "bias_hh_l0"):`"""
        match statement:
            case ast.If(test, [ast.Expr(ast.Call(args=[target, *_])) as inner], []) if (
                (path := _asked(test)) and len(path) > 1 and path == attribute_path(target)
            ):
                if not self.initialization(inner):
                    return False
                found, tensor = self._layer_tensor(path, statement)
                found.guarded.add(tensor)
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

    # --- layers by their path ------------------------------------------------------------------------------------

    def _layer_tensor(self, path: tuple[str, ...], where: ast.AST) -> tuple[Attribute, str]:
        """The layer and its tensor that a path such as fc1, weight or attention, out_proj, bias means."""
        parts = 1
        found = self._at(path[:parts], where)
        while isinstance(found.made, Sequential) and parts < len(path) - 1:
            parts += 1
            found = self._at(path[:parts], where)
        if not isinstance(found.made, TorchModule):
            unreadable(where, f"`{'.'.join(path)}` is not a tensor of one layer")
        if found.made.kinds[0].is_parameter():
            if path[parts:]:
                unreadable(where, f"`{'.'.join(path)}` is no tensor: the parameter itself is one")
            return found, "weight"
        return found, ".".join(path[parts:])

    def _is_parameter(self, path: tuple[str, ...]) -> bool:
        """Whether a path is an attribute that is a parameter and no module."""
        found = self.attributes.get(".".join(path))
        made = found.made if found is not None else None
        return isinstance(made, TorchModule) and made.kinds[0].is_parameter()

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


def _asked(test: ast.expr) -> tuple[str, ...] | None:
    """The tensor that a condition asks for: `self.fc1.bias is not None`, `hasattr(self.rnn, "bias_hh_l0")`."""
    match test:
        case ast.Compare(target, [ast.IsNot()], [ast.Constant(value=None)]):
            return attribute_path(target)
        case ast.Call(
            ast.Name("hasattr"), args=[module, ast.Constant(value=str() as name)], keywords=[]
        ) if path := attribute_path(module):
            return (*path, name)
        case _:
            return None


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
