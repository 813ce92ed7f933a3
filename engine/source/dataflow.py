"""What a `forward` computes: values that are made of one another, whatever the variables between them are called."""

from __future__ import annotations

import ast
from collections.abc import Callable

from engine.design.tree import GIVEN
from engine.source.computed import Expressions
from engine.source.made import Attribute, Turns
from engine.source.syntax import Names, source, unreadable
from engine.source.values import Start, Step, Value
from engine.source.variables import Variables


class Dataflow:
    """Reads the forward of one use of a class, statement by statement."""

    def __init__(
        self,
        names: Names,
        attributes: dict[str, Attribute],
        inputs: tuple[str, ...],
        spend: Callable[[int], None],
    ) -> None:
        self.spend = spend
        self.variables = Variables(names, attributes, inputs)
        self.expressions = Expressions(self.variables)
        self.outputs: tuple[str, ...] = ()
        """What is returned beside the first value."""

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
                    result = self.expressions.value(value)
                    self.outputs = tuple(map(self.variables.recall, others))
                    if any(GIVEN in name for name in self.outputs):
                        unreadable(whole, "what a layer gives beside what flows on is not returned")
                    if isinstance(result, Start) and result.origin:
                        return self.variables.continued(result, value)
                    return result
                case ast.Assign(targets=[ast.Name(name)], value=ast.Name(other) as said):
                    self.variables.alias(name, other, said)
                case ast.Assign(targets=[ast.Name(name)], value=value):
                    self.variables.assign(name, self.expressions.value(value), statement)
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
        step = self.expressions.value(ast.fix_missing_locations(ast.copy_location(first, value)))
        kind = step.kind[0] if isinstance(step, Step) and step.kind and not step.again else None
        if kind is None or len(kind.gives_beside) != len(further) or not isinstance(step, Step):
            unreadable(value, f"`{source(value)}` is no layer that gives so many values")
        for given, variable in zip(kind.gives_beside, further, strict=True):
            if not isinstance(variable, ast.Name):
                unreadable(value, "only names can be given to what a layer gives")
            self.variables.give(variable.id, step, given, variable)
        self.variables.assign(name, step, value)

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
            ) if called == turn and target == value and turn not in self.variables.held:
                self.variables.names.refuse_hiding(turn, loop)
            case _:
                wanted = "for block in self.blocks: x = block(x)"
                unreadable(loop, f"only a loop such as `{wanted}` can be read")
        if not isinstance(self.variables.attribute(name, loop.iter).made, Turns):
            unreadable(loop, f"`self.{name}` is no list of equal blocks")
        given = tuple(map(self.variables.recall, others))
        before = self.variables.value(start)
        step = self.variables.step(name, before, None, call, given)
        self.variables.assign(target, step, loop)
