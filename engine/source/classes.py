"""The classes of an exported module: blocks of one name become one class, with arguments where their numbers differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from engine.design.error import DesignError
from engine.design.kind import Kind, Misfit, TensorSpec
from engine.design.names import BUILT_IN, IMPORTED, fault_of_node_name
from engine.design.scope_names import activation_name
from engine.design.tree import Again, Group, Layer, Parallel, Repeat
from engine.source.arguments import Columns, Later, Parameter, argument, constructed, same
from engine.source.layout import Call, Listed, Loop, Piece
from engine.views.facts import Analysis, NodeFacts, StackFacts
from engine.views.rules import applied

Uses = tuple[NodeFacts, ...]
"""One node of a class as it is in each use of the class."""


@dataclass(slots=True, eq=False)
class WrittenClass:
    """One class: the bodies that are uses of it, its arguments, and its attributes with their constructors."""

    name: str
    takes: tuple[str, ...] = ()
    """What it takes beside what flows in."""
    uses: list[StackFacts] = field(default_factory=list[StackFacts])
    count: int = 0
    """How many modules of it there are, each turn of a Repeat being one."""
    parameters: tuple[Parameter, ...] = ()
    constructors: tuple[tuple[str, Piece], ...] = ()
    row: dict[int, int] = field(default_factory=dict[int, int])
    """The number of a use by the identity of its facts."""

    def arguments(self, use: StackFacts) -> list[object]:
        """The values of the class's parameters in one use."""
        row = self.row[id(use)]
        return [parameter.values[row] for parameter in self.parameters]


def written_classes(analysis: Analysis) -> list[WrittenClass]:
    """The classes of a sound network, inner ones first, the network's own last.

    Raises DesignError where blocks of one class name differ in more than numbers.
    """
    found: dict[str, WrittenClass] = {}
    done: list[WrittenClass] = []
    _collect(analysis.body, 1, found, done, ())
    done.append(WrittenClass(analysis.network.name, (), [analysis.body], 1))
    taken = {written.name for written in done} | IMPORTED | BUILT_IN
    for written in done:
        written.row = {id(use): number for number, use in enumerate(written.uses)}
        _Constructors(written, found, taken).write()
    return done


def _collect(
    body: StackFacts, times: int, found: dict[str, WrittenClass], done: list[WrittenClass], outer: tuple[str, ...]
) -> None:  # fmt: skip
    """Gather the uses of every class, and the classes in the order in which the file needs them."""
    for facts in body.nodes:
        node = facts.node
        match node:
            case Layer() | Again():
                continue
            case Parallel() | Group(class_name=""):
                for inner in facts.stacks:
                    _collect(inner, times, found, done, outer)
            case Group() | Repeat():
                name = node.class_name
                if name in outer:
                    raise DesignError(
                        f"{name} contains a {name}; give one of them another class name"
                    )
                written = found.setdefault(name, WrittenClass(name, node.takes))
                turns = node.times if isinstance(node, Repeat) else 1
                for number, inner in enumerate(facts.stacks):
                    last = number == len(facts.stacks) - 1
                    count = times * (turns - number if last else 1)
                    written.uses.append(inner)
                    written.count += count
                    _collect(inner, count, found, done, (*outer, name))
                if written not in done:
                    done.append(written)


class _Constructors:
    """Writes the constructors of one class, all of its uses side by side."""

    def __init__(
        self, written: WrittenClass, classes: dict[str, WrittenClass], taken: set[str]
    ) -> None:
        self.written = written
        self.classes = classes
        self.taken = taken
        self.columns = Columns()

    def write(self) -> None:
        found: list[tuple[str, Later]] = []
        for uses in self._alike(tuple(self.written.uses)):
            found.extend(self._attributes(uses))
        self.written.parameters = self.columns.named(self.taken)
        self.written.constructors = tuple((name, later()) for name, later in found)

    def _alike(self, stacks: tuple[StackFacts, ...]) -> Iterator[Uses]:
        """The nodes of a stack, each in all uses."""
        if len({len(stack.nodes) for stack in stacks}) != 1:
            raise self._unlike()
        for uses in zip(*(stack.nodes for stack in stacks), strict=True):
            if any(type(facts.node) is not type(uses[0].node) for facts in uses):
                raise self._unlike()
            yield uses

    def _unlike(self) -> DesignError:
        name = self.written.name
        return DesignError(
            f"the blocks called {name} must be alike but for numbers; give one another class name"
        )

    def _attributes(self, uses: Uses) -> Iterator[tuple[str, Later]]:
        """The attributes that a node brings, in order."""
        match node := uses[0].node:
            case Parallel():
                for branch in range(len(node.branches)):
                    for inner in self._alike(tuple(facts.stacks[branch] for facts in uses)):
                        yield from self._attributes(inner)
            case Layer() if not node.kind.is_module():
                if len({_kind(facts).form() for facts in uses}) > 1:
                    raise self._unlike()
            case Layer():
                yield printable(node.name), self._layer(uses, node.name)
                second = activation_name(node.name, node.activation)
                if second and node.activation is not None:
                    yield printable(second), _text(constructed(node.activation, _between(uses[0])))
            case Group() | Repeat():
                yield printable(node.name), self._module(uses, node.name)
            case Again():
                pass

    def _module(self, uses: Uses, place: str) -> Later:
        """The constructor of a node that is one module."""
        match node := uses[0].node:
            case Layer():
                return self._layer(uses, place)
            case Group(class_name=""):
                bodies = tuple(facts.stacks[0] for facts in uses)
                children = [
                    self._module(inner, f"{place}{number}")
                    for number, inner in enumerate(self._alike(bodies))
                ]
                return lambda: Call("nn.Sequential", tuple(child() for child in children))
            case Group():
                rows = [self.classes[node.class_name].arguments(facts.stacks[0]) for facts in uses]
                return _later(node.class_name, self._block(node.class_name, place, rows))
            case Repeat():
                return self._turns(uses, place, node.class_name)
            case Parallel() | Again():
                raise self._unlike()

    def _layer(self, uses: Uses, place: str) -> Later:
        if len(uses) == 1:
            return _text(constructed(_kind(uses[0]), _input(uses[0])))
        calls = tuple(_kind(facts).call(_input(facts)) for facts in uses)
        if any(call.function != calls[0].function for call in calls):
            raise self._unlike()
        return _later(calls[0].function, self.columns.of_call(place, calls))

    def _block(
        self, class_name: str, place: str, rows: list[list[object]]
    ) -> list[tuple[str, Later]]:
        """The arguments of a class of ours, whose parameters have `rows` of values, one for each use."""
        parameters = self.classes[class_name].parameters
        return [
            (_keyword(parameter), self._cell(parameter, place, [row[number] for row in rows]))
            for number, parameter in enumerate(parameters)
        ]

    def _cell(self, parameter: Parameter, place: str, values: list[object]) -> Later:
        return self.columns.add(parameter.name, place, tuple(values), parameter.size).later

    def _turns(self, uses: Uses, place: str, class_name: str) -> Later:
        inner = self._loop(uses, place, class_name)
        if not self.classes[class_name].takes:
            return lambda: Call("nn.Sequential", (inner(),))
        return lambda: Call("nn.ModuleList", (replace(inner(), star=""),))

    def _loop(self, uses: Uses, place: str, class_name: str) -> Callable[[], Loop]:
        """`nn.Sequential(*[Block(64) for _ in range(3)])`, or a loop over the numbers that differ from turn to turn."""
        tables = [_table(self.classes[class_name], facts) for facts in uses]
        parameters = self.classes[class_name].parameters
        varying = [
            parameter
            for number, parameter in enumerate(parameters)
            if any(not same(row[number], table[0][number]) for table in tables for row in table)
        ]
        if not varying:
            arguments = self._block(class_name, place, [table[0] for table in tables])
            times = self.columns.add("times", place, tuple(len(table) for table in tables))
            return lambda: _repeated(class_name, arguments, "_", Call("range", (times.piece,)))
        settled = {
            parameter.name: self._cell(parameter, place, [table[0][number] for table in tables])
            for number, parameter in enumerate(parameters)
            if parameter not in varying
        }
        columns = [number for number, parameter in enumerate(parameters) if parameter in varying]
        values = self._values(
            place, varying, [[[row[n] for n in columns] for row in table] for table in tables]
        )

        def loop() -> Loop:
            names = {parameter.name for parameter in self.written.parameters}
            variables = {parameter.name: _other(parameter.name, names) for parameter in varying}
            arguments = [
                (
                    _keyword(parameter),
                    settled.get(parameter.name) or _text(variables[parameter.name]),
                )
                for parameter in parameters
            ]
            return _repeated(class_name, arguments, ", ".join(variables.values()), values())

        return loop

    def _values(
        self, place: str, varying: list[Parameter], tables: list[list[list[object]]]
    ) -> Later:
        """What a loop runs over: numbers where all uses have as many turns, else an argument of its own."""
        if len({len(table) for table in tables}) > 1:
            whole = tuple(
                tuple(row[0] if len(row) == 1 else tuple(row) for row in table) for table in tables
            )
            return self.columns.add("sizes", place, whole).later
        rows = [
            [
                self._cell(parameter, place, [table[turn][number] for table in tables])
                for number, parameter in enumerate(varying)
            ]
            for turn in range(len(tables[0]))
        ]
        return lambda: Listed(tuple(_row([cell() for cell in row]) for row in rows), "()")


def own_layers(body: StackFacts) -> Iterator[tuple[tuple[str, ...], NodeFacts]]:
    """The layers that are attributes of a class, also in an nn.Sequential, with their path in it; in tree order."""
    for facts in body.nodes:
        yield from _own(facts, ())


def _own(facts: NodeFacts, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], NodeFacts]]:
    node = facts.node
    match node:
        case Layer():
            if node.kind.is_module():
                yield path or (node.name,), facts
        case Parallel():
            for branch in facts.stacks:
                yield from own_layers(branch)
        case Group(class_name=""):
            within = path or (node.name,)
            for number, inner in enumerate(facts.stacks[0].nodes):
                yield from _own(inner, (*within, str(number)))
        case Group() | Repeat() | Again():
            pass


@lru_cache(maxsize=8192)
def printable(name: str) -> str:
    """A checked name: what is no plain identifier never gets into code. Raises DesignError."""
    if fault := fault_of_node_name(name):
        raise DesignError(fault)
    return name


def _later(function: str, arguments: list[tuple[str, Later]]) -> Later:
    return lambda: Call(function, tuple(argument(keyword, piece()) for keyword, piece in arguments))


def _text(text: Piece) -> Later:
    return lambda: text


def _row(cells: list[Piece]) -> Piece:
    return cells[0] if len(cells) == 1 else Listed(tuple(cells), "()")


def _keyword(parameter: Parameter) -> str:
    return "" if parameter.positional else parameter.name


def _repeated(
    class_name: str, arguments: list[tuple[str, Later]], variables: str, values: Piece
) -> Loop:
    return Loop(_later(class_name, arguments)(), variables, values)


def _table(inner: WrittenClass, facts: NodeFacts) -> list[list[object]]:
    """The arguments of every turn of a Repeat."""
    assert isinstance(facts.node, Repeat)
    rows = [inner.arguments(turn) for turn in facts.stacks]
    return rows + [rows[-1]] * (facts.node.times - len(rows))


def _other(name: str, taken: set[str]) -> str:
    """A loop's variable that hides none of the class's arguments."""
    number, free = 2, name
    while free in taken:
        free, number = f"{name}{number}", number + 1
    return free


def _kind(facts: NodeFacts) -> Kind:
    assert isinstance(facts.node, Layer)
    return facts.node.kind


def _input(facts: NodeFacts) -> TensorSpec:
    assert facts.input is not None
    return facts.input


def _between(facts: NodeFacts) -> TensorSpec:
    """What flows from a layer into its own activation."""
    rule = applied(_kind(facts), _input(facts))
    assert not isinstance(rule, Misfit)
    return rule.output
