"""What a `forward` computes: values that are made of one another, whatever the variables between them are called."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from engine.catalogue import JOINS
from engine.catalogue.joins import Continue
from engine.design.call import signature
from engine.design.error import DesignError
from engine.design.kind import Activation, Join, Kind
from engine.design.names import WRITER_LETTERS
from engine.design.tree import GIVEN
from engine.source.entries import activation, activations_by_function, expressions
from engine.source.made import Attribute, Made, Sequential, TorchModule, Turns
from engine.source.syntax import Names, constant, source, unreadable
from engine.source.unify import Holes, arguments, pattern, unified
from engine.source.values import Merge, Operand, Start, Step, Value, meeting

LETTER = re.compile("[p-z](_[0-9]+)?")
"""Variables that are the writer's own, so that a branch called so has no name."""


class Dataflow:
    """Reads the forward of one use of a class."""

    def __init__(
        self,
        names: Names,
        attributes: dict[str, Attribute],
        inputs: tuple[str, ...],
        spend: Callable[[int], None],
    ) -> None:
        self.names = names
        self.attributes = attributes
        self.inputs = inputs
        self.spend = spend
        self.starts: dict[str, Start] = {"": Start("")}
        self.variables: dict[str, Value] = {inputs[0]: self.starts[""]}
        for name in inputs[1:]:
            self.variables[name] = self._start(name)
        self.further: dict[str, str] = {}
        """Variables of what layers give beside what flows on, each with the names of layer and value."""
        self.last: Value = self.starts[""]
        """What the last line computed."""
        self.recalled: dict[str, Step] = {}
        """Nodes that have a line such as `encoder1 = x`, with what they gave there."""
        self.aliases: set[str] = set()
        """Variables that are another name for what a variable held."""
        self.used: set[str] = set()
        self.outputs: tuple[str, ...] = ()
        """What is returned beside the first value."""
        self.evaluations: list[ast.expr] = []
        """Everything computed, in order."""
        self.unusual = [
            (name, made)
            for name, attribute in attributes.items()
            if _is_unusual(made := attribute.made)
        ]

    def read(self, statements: tuple[ast.stmt, ...], line: int) -> Value:
        """What is returned. Raises DesignError at the first statement that has no meaning here."""
        for position, statement in enumerate(statements):
            self.spend(1)
            match statement:
                case ast.Return(ast.expr() as whole):
                    several = isinstance(whole, ast.Tuple) and whole.elts
                    value, *others = several or [whole]
                    if position + 1 < len(statements):
                        unreadable(
                            statements[position + 1], "what stands behind `return` never runs"
                        )
                    result = self.value(value)
                    self.outputs = tuple(map(self._recall, others))
                    if any(GIVEN in name for name in self.outputs):
                        unreadable(whole, "what a layer gives beside what flows on is not returned")
                    if isinstance(result, Start) and result.origin:
                        return self._continued(result, value)
                    return result
                case ast.Assign(targets=[ast.Name(name)], value=ast.Name(other) as said):
                    self._alias(name, other, said)
                case ast.Assign(targets=[ast.Name(name)], value=value):
                    self.names.refuse_hiding(name, statement)
                    self.further.pop(name, None)
                    self.variables[name] = self.last = self.value(value)
                    self.aliases.discard(name)
                case ast.Assign(targets=[ast.Tuple([ast.Name(name), *further])], value=value) if (
                    further
                ):
                    self._several(name, further, value)
                case ast.For():
                    self._loop(statement)
                case ast.Expr(ast.Constant(value=str())):
                    pass
                case _:
                    unreadable(
                        statement,
                        f"`{source(statement)}` is not a step of `forward` that can be read",
                    )
        unreadable(line, "this `forward` returns nothing")

    def _several(self, name: str, further: list[ast.expr], value: ast.expr) -> None:
        """`x, pool1_indices = self.pool1(x)`: a layer that gives more than what flows on."""
        first = ast.Subscript(value, ast.Constant(0), ast.Load())
        step = self.value(ast.fix_missing_locations(ast.copy_location(first, value)))
        kind = step.kind[0] if isinstance(step, Step) and step.kind and not step.again else None
        if kind is None or len(kind.gives_beside) != len(further) or not isinstance(step, Step):
            unreadable(value, f"`{source(value)}` is no layer that gives so many values")
        for given, variable in zip(kind.gives_beside, further, strict=True):
            if not isinstance(variable, ast.Name):
                unreadable(value, "only names can be given to what a layer gives")
            self.names.refuse_hiding(variable.id, variable)
            self.further[variable.id] = GIVEN.join((step.name, given))
            self.variables.pop(variable.id, None)
        self.names.refuse_hiding(name, value)
        self.variables[name] = self.last = step
        self.aliases.discard(name)
        self.further.pop(name, None)

    def _loop(self, loop: ast.For) -> None:
        """`for block in self.blocks: x = block(x, memory)`: the turns of a Repeat, one after another."""
        match loop:
            case ast.For(
                target=ast.Name(turn),
                iter=ast.Attribute(ast.Name("self"), name),
                body=[
                    ast.Assign(
                        targets=[ast.Name(target)],
                        value=ast.Call(
                            ast.Name(called), args=[ast.Name(value) as start, *others], keywords=[]
                        ) as call,
                    )
                ],
                orelse=[],
            ) if called == turn and target == value and turn not in self.variables:
                self.names.refuse_hiding(turn, loop)
                self.names.refuse_hiding(target, loop)
            case _:
                wanted = "for block in self.blocks: x = block(x)"
                unreadable(loop, f"only a loop such as `{wanted}` can be read")
        if not isinstance(self._attribute(name, loop.iter).made, Turns):
            unreadable(loop, f"`self.{name}` is no list of equal blocks")
        given = tuple(map(self._recall, others))
        before = self.variable(start)
        assert before is not None
        self.variables[target] = self.last = self._step(name, before, None, call, given)
        self.aliases.discard(target)

    def value(self, node: ast.expr) -> Value:
        """The value of an expression, by the first of the known forms that it has."""
        for form in EXPRESSION_FORMS:
            found = form(self, node)
            if found is not None:
                return found
        unreadable(
            node, f"`{source(node)}` is not a layer, a join or an activation that can be read"
        )

    def _start(self, name: str) -> Start:
        return self.starts.setdefault(name, Start(name))

    def _continued(self, start: Start, where: ast.expr) -> Merge:
        """The flow where it goes on from something that is recalled."""
        fork, order = self.last, self._counted(where)
        operands = (Operand(start, ""),)
        depth = fork.depth + 1
        return Merge(Continue(), operands, fork, order, where.lineno, fork.origin, depth)

    def _alias(self, name: str, other: str, where: ast.expr) -> None:
        """`encoder1 = x` makes a layer's output one that can be recalled; other such lines give a second name."""
        self.names.refuse_hiding(name, where)
        if other not in self.variables:
            unreadable(where, f"`{other}` has no value here")
        value = self.variables[other]
        if value is self.starts[""] and other == self.inputs[0] and LETTER.fullmatch(name):
            # The first line of a class that recalls its first input: the input's own name is the recall from here on.
            self.variables[other] = self._start(other)
        elif (
            isinstance(value, Start)
            and value.origin
            and LETTER.fullmatch(name)
            and self.variables.get(name) is self.last
        ):
            # `x = memory` where x holds what the last line gave: the flow goes on from there.
            self.variables[name] = self.last = self._continued(value, where)
            self.aliases.discard(name)
            return
        elif (
            isinstance(value, Step)
            and value.name == name
            and not LETTER.fullmatch(name)
            and not value.again
            and name not in self.inputs
        ):
            self.recalled[name] = value
            value = self._start(name)
        self.variables[name] = value
        self.aliases.add(name)

    # --- forms of expressions ------------------------------------------------------------------------------------

    def variable(self, node: ast.expr) -> Value | None:
        """`x`"""
        if not isinstance(node, ast.Name):
            return None
        if node.id not in self.variables:
            unreadable(node, f"`{node.id}` has no value here")
        return self.variables[node.id]

    def layer(self, node: ast.expr) -> Value | None:
        """`self.fc1(x)`, or another form that the layer's kind declares."""
        match node:
            case ast.Call(
                ast.Attribute(ast.Name("self"), name), args=[each, *others], keywords=[]
            ) if not others or not self._is_torch(name, node):
                made = self._attribute(name, node).made
                if not isinstance(made, TorchModule):
                    if isinstance(made, Turns) and (made.listed or others):
                        wanted = f"for block in self.{name}: x = block(x)"
                        unreadable(node, f"`self.{name}` is gone through in a loop: `{wanted}`")
                    if isinstance(made, Sequential) and others:
                        unreadable(node, f"`self.{name}` is an nn.Sequential and takes one value")
                    value = self.value(each)
                    return self._step(name, value, None, node, tuple(map(self._recall, others)))
                for kind in made.kinds:
                    if "m(x)" in kind.forms:
                        folded = self._activation_module(name, kind, each)
                        return folded or self._step(
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
                        others = tuple(self._recall(holes[each]) for each in kind.takes)
                        before = self.value(holes["x"])
                        return self._step(name, before, (kind, chosen), node, others)
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
            self.used.add(name)
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
                others = tuple(self._recall(holes[each]) for each in kind.takes)
                return self._step("", self.value(holes["x"]), (kind, chosen), node, others)
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
            Operand(value, self._branch_name(value, node, fork)) for value, node in joined
        )
        order = self._counted(where)
        return Merge(join, operands, fork, order, where.lineno, origin, fork.depth + 1)

    # --- small things --------------------------------------------------------------------------------------------

    def _step(
        self,
        name: str,
        before: Value,
        kind: tuple[type[Kind], dict[str, Any]] | None,
        where: ast.expr,
        others: tuple[str, ...] = (),
    ) -> Step:
        again = bool(name) and name in self.used
        self.used.add(name)
        order, line = self._counted(where), where.lineno
        found = Step(name, before, kind, again, order, line, before.origin, before.depth + 1)
        return replace(found, others=others) if others else found

    def _recall(self, node: ast.expr) -> str:
        """The name of an input or of an earlier node that a further value of a layer is.

        One that a layer gives beside what flows on has its own name behind that of the layer.
        """
        if isinstance(node, ast.Name) and node.id in self.further:
            return self.further[node.id]
        value = self.variable(node)
        if not isinstance(value, Start):
            unreadable(
                node,
                f"`{source(node)}` is taken beside what flows in: keep a layer's output under that layer's name "
                "for it, by a line such as `encoder1 = x`",
            )
        return value.origin or self.inputs[0]

    def _counted(self, where: ast.expr) -> int:
        self.evaluations.append(where)
        return len(self.evaluations)

    def _is_torch(self, name: str, where: ast.AST) -> bool:
        return isinstance(self._attribute(name, where).made, TorchModule)

    def _attribute(self, name: str, where: ast.AST) -> Attribute:
        if name not in self.attributes:
            unreadable(where, f"`self.{name}` is not set in `__init__`")
        return self.attributes[name]

    def _branch_name(self, value: Value, node: ast.expr, fork: Value) -> str:
        """The name that a branch has in the code, "" where it is a variable of the writer's, an input or a recall.

        An empty branch has one where a line such as `skip = x` gives it.
        """
        match node:
            case ast.Name(name) if not LETTER.fullmatch(name) and name not in self.inputs:
                known = value is fork and name not in self.aliases
                return "" if known or (isinstance(value, Start) and value.origin == name) else name
            case _:
                return ""

    def _fields(self, holes: Holes) -> dict[str, Any]:
        return {
            hole[2:]: constant(each, {}) for hole, each in holes.items() if hole.startswith("f.")
        }


EXPRESSION_FORMS: tuple[Callable[[Dataflow, ast.expr], Value | None], ...] = (
    Dataflow.variable,
    Dataflow.layer,
    Dataflow.activation,
    Dataflow.join,
    Dataflow.expression,
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


assert all(LETTER.fullmatch(letter) for letter in WRITER_LETTERS)
