"""What the variables of a `forward` stand for, line after line."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import Any

from engine.catalogue.joins import Continue
from engine.design.kind import Kind
from engine.design.names import WRITER_LETTERS
from engine.design.tree import GIVEN
from engine.source.made import Attribute
from engine.source.syntax import Names, source, unreadable
from engine.source.values import Merge, Operand, Start, Step, Value

LETTER = re.compile("[p-z](_[0-9]+)?")
"""Variables that are the writer's own, so that a branch called so has no name."""


class Variables:
    """The variables in the forward of one use of a class, and what has been computed so far."""

    def __init__(
        self, names: Names, attributes: dict[str, Attribute], inputs: tuple[str, ...]
    ) -> None:
        self.names = names
        self.attributes = attributes
        self.inputs = inputs
        self.starts: dict[str, Start] = {"": Start("")}
        self.held: dict[str, Value] = {inputs[0]: self.starts[""]}
        """The variables with their values."""
        for name in inputs[1:]:
            self.held[name] = self.start(name)
        self.further: dict[str, str] = {}
        """Variables of what layers give beside what flows on, each with the names of layer and value."""
        self.last: Value = self.starts[""]
        """What the last line computed."""
        self.recalled: dict[str, Step] = {}
        """Nodes that have a line such as `encoder1 = x`, with what they gave there."""
        self.aliases: set[str] = set()
        """Variables that are another name for what a variable held."""
        self.used: set[str] = set()
        """Attributes that have been called."""
        self.evaluations: list[ast.expr] = []
        """Everything computed, in order."""

    def assign(self, name: str, value: Value, where: ast.AST) -> None:
        """`x = self.fc1(x)`"""
        self.names.refuse_hiding(name, where)
        self.further.pop(name, None)
        self.held[name] = self.last = value
        self.aliases.discard(name)

    def give(self, name: str, step: Step, given: str, where: ast.AST) -> None:
        """`pool1_indices` in `x, pool1_indices = self.pool1(x)`"""
        self.names.refuse_hiding(name, where)
        self.further[name] = GIVEN.join((step.name, given))
        self.held.pop(name, None)

    def alias(self, name: str, other: str, where: ast.expr) -> None:
        """`encoder1 = x` makes a layer's output one that can be recalled; other such lines give a second name."""
        self.names.refuse_hiding(name, where)
        if other not in self.held:
            unreadable(where, f"`{other}` has no value here")
        value = self.held[other]
        if value is self.starts[""] and other == self.inputs[0] and LETTER.fullmatch(name):
            # The first line of a class that recalls its first input: the input's own name is the recall from here on.
            self.held[other] = self.start(other)
        elif (
            isinstance(value, Start)
            and value.origin
            and LETTER.fullmatch(name)
            and self.held.get(name) is self.last
        ):
            # `x = memory` where x holds what the last line gave: the flow goes on from there.
            self.held[name] = self.last = self.continued(value, where)
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
            value = self.start(name)
        self.held[name] = value
        self.aliases.add(name)

    def continued(self, start: Start, where: ast.expr) -> Merge:
        """The flow where it goes on from something that is recalled."""
        fork, order = self.last, self.counted(where)
        operands = (Operand(start, ""),)
        depth = fork.depth + 1
        return Merge(Continue(), operands, fork, order, where.lineno, fork.origin, depth)

    def value(self, node: ast.Name) -> Value:
        """What a variable holds now."""
        if node.id not in self.held:
            unreadable(node, f"`{node.id}` has no value here")
        return self.held[node.id]

    def recall(self, node: ast.expr) -> str:
        """The name of an input or of an earlier node that a further value of a layer is.

        One that a layer gives beside what flows on has its own name behind that of the layer.
        """
        if isinstance(node, ast.Name) and node.id in self.further:
            return self.further[node.id]
        value = self.value(node) if isinstance(node, ast.Name) else None
        if not isinstance(value, Start):
            unreadable(
                node,
                f"`{source(node)}` is taken beside what flows in: keep a layer's output under that layer's name "
                "for it, by a line such as `encoder1 = x`",
            )
        return value.origin or self.inputs[0]

    def start(self, name: str) -> Start:
        """The one place where what is recalled by that name begins."""
        return self.starts.setdefault(name, Start(name))

    def step(
        self,
        name: str,
        before: Value,
        kind: tuple[type[Kind], dict[str, Any]] | None,
        where: ast.expr,
        others: tuple[str, ...] = (),
    ) -> Step:
        """A module applied to a value here; again where it was applied before."""
        again = bool(name) and name in self.used
        self.used.add(name)
        order, line = self.counted(where), where.lineno
        found = Step(name, before, kind, again, order, line, before.origin, before.depth + 1)
        return replace(found, others=others) if others else found

    def counted(self, where: ast.expr) -> int:
        """How many values have been computed, this one among them."""
        self.evaluations.append(where)
        return len(self.evaluations)

    def attribute(self, name: str, where: ast.AST) -> Attribute:
        """What `__init__` has made under that name. Raises DesignError where that is nothing."""
        if name not in self.attributes:
            unreadable(where, f"`self.{name}` is not set in `__init__`")
        return self.attributes[name]

    def branch_name(self, value: Value, node: ast.expr, fork: Value) -> str:
        """The name that a branch has in the code, "" where it is a variable of the writer's, an input or a recall.

        An empty branch has one where a line such as `skip = x` gives it.
        """
        match node:
            case ast.Name(name) if not LETTER.fullmatch(name) and name not in self.inputs:
                known = value is fork and name not in self.aliases
                return "" if known or (isinstance(value, Start) and value.origin == name) else name
            case _:
                return ""


assert all(LETTER.fullmatch(letter) for letter in WRITER_LETTERS)
