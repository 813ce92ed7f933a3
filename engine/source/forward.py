"""The lines of an exported `forward`: one for each layer, branches beside it in variables of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

from engine.design.error import DesignError
from engine.design.kind import FIRST, Join
from engine.design.names import WRITER_LETTERS, fault_of_variable
from engine.design.scope_names import given_name, variables_taken
from engine.design.tree import (
    Again,
    Group,
    Layer,
    Node,
    Parallel,
    Repeat,
    Stack,
    node_name,
    others_of,
    scope,
)
from engine.source.classes import printable
from engine.source.forms import activated, formed, is_call, joined
from engine.source.layout import INDENT, Call, Listed, Piece, fits, flat

MARGIN = " " * (2 * INDENT)


class Line(NamedTuple):
    """A value and what it is assigned to, "" for what is returned; `over` is the head of a loop that it stands in."""

    target: str
    piece: Piece
    over: str = ""


@dataclass(slots=True)
class Forward:
    """Writes the forward of one class."""

    body: Stack
    inputs: tuple[str, ...]
    outputs: tuple[str, ...] = ()
    """What is returned beside what flows out."""
    lines: list[Line] = field(default_factory=list[Line])
    nodes: dict[str, Node] = field(default_factory=dict[str, Node])
    recalled: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    """Variables that are spoken for: inputs, recalled nodes and branches with a name."""

    def write(self) -> list[Line]:
        self.nodes = {name: node for node in scope(self.body) if (name := node_name(node))}
        self.recalled = frozenset((*sources(self.body), *self.outputs))
        named = {branch.name for branch in _branches(self.body) if branch.name}
        self.names = frozenset({*self.inputs, *self.recalled, *named})
        for name in self.names - {"x"}:
            if fault := fault_of_variable(name):
                raise DesignError(fault)
        first = self.inputs[0]
        kept = first in self.recalled or self._loops_first()
        taken = {*self.recalled, first} if kept else self.recalled
        flow = next(letter for letter in WRITER_LETTERS if letter not in taken)
        if kept:
            # The line that tells a recall of the input from a branch beside what flows: see reading.py.
            self.lines.append(Line(flow, first))
        self._stack(self.body, flow if kept else first, flow, frozenset({flow}), not self.outputs)
        last = self.lines[-1]
        if self.outputs:
            return [*self.lines, Line("", _several((flow, *self.outputs)))]
        return (
            [*self.lines, Line("", last.target)]
            if last.over
            else [*self.lines[:-1], Line("", last.piece)]
        )

    def _loops_first(self) -> bool:
        """Whether a loop starts a branch, or the whole from another variable than its own.

        It then starts with a line such as `y = x`, which must not read as a recall of the input.
        """
        branches = [branch for branch in _branches(self.body) if branch.nodes]
        if any(self._loops(branch.nodes[0]) for branch in branches):
            return True
        return self.inputs[0] != "x" and self._loops(self.body.nodes[0])

    def _loops(self, node: Node) -> bool:
        """Whether a node is written as a loop over its turns."""
        if isinstance(node, Again):
            node = self.nodes[node.of]
        return isinstance(node, Repeat) and bool(node.takes)

    def _loop(self, node: Node, value: str, target: str) -> None:
        """The lines of a Repeat whose turns take further values, or of such a one again."""
        assert isinstance(node, Repeat | Again)
        name = node.name if isinstance(node, Repeat) else node.of
        if value != target:
            self.lines.append(Line(target, value))
        turn = next(word for word in _turn_words() if word not in self.names)
        over = f"for {turn} in self.{printable(name)}:"
        self.lines.append(Line(target, Call(turn, (target, *variables_taken(node))), over))
        if isinstance(node, Again) and node.activation is not None:
            self.lines.append(Line(target, activated(node.activation, target)))

    def _stack(
        self, stack: Stack, value: str, target: str, live: frozenset[str], last: bool = False
    ) -> str:
        """Write the lines of a stack that starts from the variable `value`; gives the one that holds its result."""
        ahead: Piece | None = None
        for position, node in enumerate(stack.nodes):
            final = last and position == len(stack.nodes) - 1
            if ahead is None and position + 1 < len(stack.nodes):
                before = _prefix(target, last and position == len(stack.nodes) - 2)
                ahead = self._drawn_in(node, stack.nodes[position + 1], value, before)
                if ahead is not None:
                    continue
            if isinstance(node, Parallel):
                whole = self._parallel(node, ahead or value, target, live, final)
                self.lines.append(Line(target, whole))
            elif self._loops(node):
                self._loop(node, value, target)
            elif further := self._unpacked(node):
                self._several_of(node, value, target, further)
            else:
                self.lines.append(Line(target, self._single(node, value)))
            ahead, value = None, target
            if (name := node_name(node)) in self.recalled:
                self.lines.append(Line(name, target))
        return value

    def _unpacked(self, node: Node) -> list[str]:
        """Variables of the further values that a layer gives, where something takes one of them."""
        if not isinstance(node, Layer) or not node.kind.gives_beside:
            return []
        found = [given_name(node.name, given) for given in node.kind.given()]
        return found if any(name in self.recalled for name in found) else []

    def _several_of(self, node: Node, value: str, target: str, further: list[str]) -> None:
        """The lines of a layer that gives several values: `x, pool1_indices = self.pool1(x)`."""
        assert isinstance(node, Layer)
        whole = node.kind.form().removesuffix(FIRST)
        piece = formed(whole, f"self.{printable(node.name)}", value)
        self.lines.append(Line(", ".join((target, *further)), piece))
        if node.activation is not None:
            self.lines.append(Line(target, activated(node.activation, target, node.name)))

    def _drawn_in(self, node: Node, follower: Node, value: str, before: str) -> Piece | None:
        """A layer's text where it stands inside the join behind it, as in `torch.cat([self.a(left), self.a(right)])`.

        So it does where all others there are layers, too, that take another input: the two sides then look alike.
        """
        if not isinstance(follower, Parallel) or not self._stands_inside(node):
            return None
        first, *others = follower.branches
        if first != Stack() or not all(
            branch.source
            and self._inside(branch)
            and branch.nodes
            and not _late(follower.join, branch, position)
            for position, branch in enumerate(others, start=1)
        ):
            return None
        piece = self._single(node, value)
        pieces = [piece, *(self._single(branch.nodes[0], branch.source) for branch in others)]
        line = joined(follower.join, pieces)
        whole = line if follower.activation is None else activated(follower.activation, line)
        return piece if fits(before + flat(whole)) else None

    def _parallel(
        self, node: Parallel, value: Piece, target: str, live: frozenset[str], final: bool
    ) -> Piece:
        """The join of a Parallel, after the lines of those branches that need some.

        A branch stands inside the join only if every later one does, so that all are evaluated in their order.
        """
        branches = node.branches
        start = len(branches)
        while (
            start
            and self._inside(branches[start - 1])
            and not _late(node.join, branches[start - 1], start - 1)
        ):
            start -= 1
        while True:
            pieces = [self._inner(branch, value) for branch in branches[start:]]
            names = self._variables(branches[:start], value, live)
            line = joined(node.join, [*names, *pieces])
            whole = line if node.activation is None else activated(node.activation, line)
            if start == len(branches) or fits(_prefix(target, final) + flat(whole)):
                break
            start += 1
        busy = live
        for branch, name in zip(branches, names, strict=False):
            if branch.nodes:
                assert isinstance(value, str)
                busy = busy | {name}
                start_of = branch.source or value
                if _takes_its_start(branch):
                    # Else a look at another value would read as a look at the flow itself.
                    self.lines.append(Line(name, start_of))
                    start_of = name
                self._stack(branch, start_of, name, busy)
            elif branch.name:
                assert isinstance(value, str)
                self.lines.append(Line(name, branch.source or value))
        return whole

    def _variables(
        self, branches: Iterable[Stack], value: Piece, live: frozenset[str]
    ) -> list[str]:
        """The variables that hold the results of branches with lines of their own."""
        found: list[str] = []
        for branch in branches:
            if branch.nodes or branch.name:
                taken = {*live, *found, *self.names}
                name = branch.name or next(letter for letter in letters() if letter not in taken)
                if name in live or name in found:
                    raise DesignError(
                        f"two branches are called `{name}`; give one of them another name"
                    )
                found.append(name)
            else:
                assert isinstance(value, str)
                found.append(branch.source or value)
        return found

    def _inside(self, branch: Stack) -> bool:
        """Whether a branch can stand inside its join: nothing, or one layer that nobody recalls."""
        if branch.name or _takes_its_start(branch):
            return False
        return not branch.nodes or (len(branch.nodes) == 1 and self._stands_inside(branch.nodes[0]))

    def _stands_inside(self, node: Node) -> bool:
        match node:
            case Layer():
                recalled = node.name in self.recalled or self._unpacked(node)
                return not recalled and is_call(node.kind.form())
            case Group() | Repeat():
                return node.name not in self.recalled and not self._loops(node)
            case Again():
                return not self._loops(node)
            case Parallel():
                return False

    def _inner(self, branch: Stack, value: Piece) -> Piece:
        if not branch.nodes:
            return branch.source or value
        start = branch.source or value
        assert isinstance(start, str)
        return self._single(branch.nodes[0], start)

    def _single(self, node: Node, value: str) -> Piece:
        """One module applied to a variable, its activation around it."""
        match node:
            case Layer():
                own = f"self.{printable(node.name)}" if node.kind.is_module() else "self"
                taken = dict(zip(node.kind.takes, variables_taken(node), strict=True))
                piece = formed(node.kind.form(), own, value, taken)
                return (
                    piece
                    if node.activation is None
                    else activated(node.activation, piece, node.name)
                )
            case Group() | Repeat():
                return Call(f"self.{printable(node.name)}", (value, *variables_taken(node)))
            case Again():
                first = self.nodes[node.of]
                module, others = f"self.{printable(node.of)}", variables_taken(node)
                if isinstance(first, Layer):
                    taken = dict(zip(first.kind.takes, others, strict=True))
                    piece = formed(first.kind.form(), module, value, taken)
                else:
                    piece = Call(module, (value, *others))
                return piece if node.activation is None else activated(node.activation, piece)
            case Parallel():
                raise AssertionError("a Parallel is more than one module")


def sources(body: Stack) -> Iterator[str]:
    """What is spoken of by name in a class: what its branches recall, and what its layers take beside what flows."""
    for node in scope(body):
        yield from variables_taken(node)
        if isinstance(node, Parallel):
            yield from (branch.source for branch in node.branches if branch.source)


def _takes_its_start(branch: Stack) -> bool:
    """Whether the first node of a branch takes the value that the branch starts from by name, too."""
    return (
        bool(branch.source) and branch.nodes != () and branch.source in others_of(branch.nodes[0])
    )


def _branches(body: Stack) -> Iterator[Stack]:
    for node in scope(body):
        if isinstance(node, Parallel):
            yield from node.branches


def _several(names: tuple[str, ...]) -> Piece:
    """Values that are returned together; in brackets where they are too long for a line."""
    text = ", ".join(names)
    return text if fits(f"{MARGIN}return {text}") else Listed(names, "()")


def _turn_words() -> Iterator[str]:
    """What a loop may call a turn: block, turn, block2, block3 ..."""
    yield from ("block", "turn")
    for number in count(2):
        yield f"block{number}"


def letters() -> Iterator[str]:
    """The writer's variables: x, y, z, w ... and after those x_2, y_2 ..."""
    yield from WRITER_LETTERS
    number = 2
    while True:
        yield from (f"{letter}_{number}" for letter in WRITER_LETTERS)
        number += 1


def _late(join: Join, branch: Stack, position: int) -> bool:
    """Whether `x + y + self.fc(x)` would add before the last layer runs, and gradients then sum up in another order."""
    return position > 1 and bool(branch.nodes) and "all" not in join.form


def _prefix(target: str, final: bool) -> str:
    return f"{MARGIN}return " if final else f"{MARGIN}{target} = "
