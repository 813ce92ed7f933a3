"""Python text as a design: all that the writer writes, however it was reformatted since.

The text is parsed and never run. What cannot be read is named with its line.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.design.error import DesignError
from engine.design.kind import DTYPES, TensorSpec
from engine.design.names import SUPPORT
from engine.design.tree import Input, Network, Stack
from engine.source.claims import line_of, verify
from engine.source.constructors import Constructor
from engine.source.dataflow import Dataflow
from engine.source.modules import SourceClass
from engine.source.structure import Claims, Ids, Structure
from engine.source.support import is_support_class
from engine.source.syntax import Constants, Names, constant, full_name, parsed, source, unreadable
from engine.views.shapes import infer

MOST_STATEMENTS = 100_000
"""Statements read in all, a class counting once for each use: what nests may multiply, and reading has to end."""
INPUT_LINE = re.compile(r"\s*(\w+): \(batch,?((?: ?[0-9]{1,18},?)*)\)(?: (\w+))?\s*")
"""How a docstring says an input: `image: (batch, 3, 224, 224) float32`."""


def read_module(text: str, class_name: str | None = None) -> Network:
    """The design that a file's class describes; of several classes the one that no other uses, or the last of those.

    Raises DesignError, and nothing else, where there is something that cannot be read; its place is the line.
    """
    try:
        return _File(text).network(class_name)
    except RecursionError:
        raise DesignError("this file is nested too deeply to be read") from None


@dataclass(slots=True)
class _File:
    """A file that is being read."""

    text: str
    names: Names = field(default_factory=Names)
    classes: dict[str, SourceClass] = field(default_factory=dict[str, SourceClass])
    ids: Ids = field(default_factory=Ids)
    statements: int = 0

    def network(self, class_name: str | None) -> Network:
        self._find_classes(parsed(self.text))
        root = self._root(class_name)
        claims: Claims = {}
        constructor, body, outputs = self._read(root, self._defaults(root), claims, 0)
        inputs = _inputs(root)
        ties = tuple(constructor.ties)
        network = Network(root.name, inputs, body, ties, self.ids.last + 1, outputs)
        analysis = infer(network)
        for fault in analysis.faults:
            unreadable(line_of(fault.node_id, claims) or root.line, fault.sentence)
        verify(analysis.body, claims)
        return network

    def spend(self, statements: int) -> None:
        """Count what has been read. Raises DesignError where it is more than any network has."""
        self.statements += statements
        if self.statements > MOST_STATEMENTS:
            raise DesignError("this file describes more layers than can be read")

    # --- classes -------------------------------------------------------------------------------------------------

    def _find_classes(self, tree: ast.Module) -> None:
        definitions: list[ast.ClassDef] = []
        for statement in tree.body:
            match statement:
                case ast.Import() | ast.ImportFrom():
                    self.names.imports(statement)
                case ast.ClassDef():
                    definitions.append(statement)
                case ast.Expr(ast.Constant(value=str())):
                    pass
                case ast.If(
                    ast.Compare(ast.Name("__name__"), [ast.Eq()], [ast.Constant("__main__")])
                ):
                    pass
                case _:
                    unreadable(statement, f"`{source(statement)}` is neither an import nor a class")
        self.names.classes = frozenset(each.name for each in definitions)
        for each in definitions:
            if each.name in self.classes or each.name in self.names.imported:
                unreadable(each, f"`{each.name}` is defined twice")
            if each.name in SUPPORT:
                if not is_support_class(each, self.names.imported):
                    unreadable(each, f"{each.name} is another class than the layer of this name")
                self.names.imported[each.name] = full_name(each.name)
            else:
                self.classes[each.name] = self._class(each)

    def _class(self, node: ast.ClassDef) -> SourceClass:
        if [self.names.dotted(base) for base in node.bases] != ["torch.nn.Module"] or node.keywords:
            unreadable(node, f"{node.name} is no subclass of nn.Module alone")
        if node.decorator_list:
            unreadable(node.decorator_list[0], "decorators are not read")
        functions: dict[str, ast.FunctionDef] = {}
        docstring = ast.get_docstring(node) or ""
        for statement in node.body:
            match statement:
                case ast.FunctionDef(name="__init__" | "forward" as name) if name not in functions:
                    functions[name] = statement
                case ast.Expr(ast.Constant(value=str())) | ast.Pass():
                    pass
                case ast.FunctionDef(name=name):
                    unreadable(
                        statement,
                        f"the method `{name}` is not read; only `__init__` and `forward` are",
                    )
                case _:
                    unreadable(
                        statement, f"`{source(statement)}` is neither `__init__` nor `forward`"
                    )
        for name in ("__init__", "forward"):
            if name not in functions:
                unreadable(node, f"{node.name} has no `{name}`")
        first, second = functions["__init__"], functions["forward"]
        inputs = self._parameters(second)
        if not inputs or any(default is not None for default in inputs.values()):
            unreadable(second, "`forward` needs at least one input, and none with a default")
        return SourceClass(
            node.name,
            node.lineno,
            docstring,
            self._parameters(first),
            tuple(first.body),
            tuple(inputs),
            tuple(second.body),
            second.lineno,
        )

    def _parameters(self, function: ast.FunctionDef) -> dict[str, ast.expr | None]:
        """The parameters behind self, with their defaults."""
        given = function.args
        if function.decorator_list:
            unreadable(function.decorator_list[0], "decorators are not read")
        if given.vararg or given.kwarg:
            unreadable(
                function,
                f"`{function.name}` takes any number of arguments; only named ones are read",
            )
        places = [*given.posonlyargs, *given.args]
        if not places or places[0].arg != "self":
            unreadable(function, f"the first parameter of `{function.name}` is not self")
        every = [each.arg for each in (*places, *given.kwonlyargs)]
        if len(set(every)) < len(every):
            unreadable(function, f"two parameters of `{function.name}` have one name")
        found: dict[str, ast.expr | None] = dict.fromkeys(each.arg for each in places)
        for each, default in zip(reversed(places), reversed(given.defaults), strict=False):
            found[each.arg] = default
        for each, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
            found[each.arg] = default
        del found["self"]
        for name in found:
            self.names.refuse_hiding(name, function, classes=function.name == "__init__")
        return found

    def _root(self, class_name: str | None) -> SourceClass:
        if class_name is not None:
            if class_name not in self.classes:
                raise DesignError(f"there is no class {class_name} in this file")
            return self.classes[class_name]
        if len(self.classes) == 1:
            return next(iter(self.classes.values()))
        used: set[str] = set()
        for each in self.classes.values():
            used.update(name for statement in each.constructor for name in _called(statement))
        free = [each for each in self.classes.values() if each.name not in used]
        if not free:
            raise DesignError("there is no class in this file that could be the network")
        return free[-1]

    def _defaults(self, root: SourceClass) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, default in root.parameters.items():
            if default is None:
                unreadable(root.line, f"{root.name} needs {name}; give it a default")
            found[name] = constant(default, {})
        return found

    # --- one use of a class --------------------------------------------------------------------------------------

    def _read(
        self, own: SourceClass, known: Constants, claims: Claims, depth: int
    ) -> tuple[Constructor, Stack, tuple[str, ...]]:
        """The constructor and the tree of one use of a class, and what it returns beside what flows out."""
        self.spend(1)
        constructor = Constructor(self.names, self.classes, known, self.spend)
        constructor.read(own.constructor)
        flow = Dataflow(self.names, constructor.attributes, own.inputs, self.spend)
        result = flow.read(own.forward, own.forward_line)
        structure = Structure(flow, claims, depth, self.ids, self._inner_body)
        return constructor, structure.body(result, own.forward_line), flow.outputs

    def _inner_body(
        self, class_name: str, arguments: dict[str, Any], claims: Claims, depth: int
    ) -> tuple[tuple[str, ...], Stack]:
        own = self.classes[class_name]
        constructor, body, outputs = self._read(own, arguments, claims, depth)
        if outputs:
            where = own.forward_line
            unreadable(where, f"{class_name} returns several values; only the network itself can")
        if constructor.ties:
            unreadable(own.line, f"{class_name} shares a parameter; only the network itself can")
        return own.inputs[1:], body


def _called(statement: ast.stmt) -> Iterator[str]:
    """The plain names that are called in what a statement sets an attribute to: the classes of the file among them."""
    ahead: list[ast.expr] = [statement.value] if isinstance(statement, ast.Assign) else []
    while ahead:
        match ahead.pop():
            case ast.Call(func=function, args=args):
                if isinstance(function, ast.Name):
                    yield function.id
                ahead += args
            case ast.Starred(value=inner) | ast.ListComp(elt=inner) | ast.GeneratorExp(elt=inner):
                ahead.append(inner)
            case _:
                pass


def _inputs(root: SourceClass) -> tuple[Input, ...]:
    """The inputs with the shapes that the docstring says."""
    said: dict[str, TensorSpec] = {}
    for line in root.docstring.splitlines():
        found = INPUT_LINE.fullmatch(line)
        if found and found[1] in root.inputs and found[1] not in said:
            dtype = found[3] or "float32"
            if dtype not in DTYPES:
                unreadable(
                    root.line, f"the input `{found[1]}` is {dtype}; it can be {' or '.join(DTYPES)}"
                )
            sizes = tuple(int(size) for size in re.findall("[0-9]+", found[2]))
            said[found[1]] = TensorSpec(sizes, dtype)
    for name in root.inputs:
        if name not in said:
            wanted = f"{name}: (batch, 3, 224, 224) float32"
            unreadable(
                root.line, f"the docstring does not say the shape of `{name}`, as in `{wanted}`"
            )
    return tuple(Input(name, said[name]) for name in root.inputs)
