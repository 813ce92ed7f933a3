"""The names in one class, counted once and then kept along from edit to edit.

A class of a thousand layers is asked for its names at every keystroke: is this one free, is one taken twice. So what
is known of the names in a body hangs on the body (it follows from it and is no part of its value), and an edit passes
it on with the few names that it changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any, cast
from weakref import ref

from engine.design.kind import Activation
from engine.design.names import fault_of_node_name
from engine.design.spans import Span, changed_span
from engine.design.tree import (
    GIVEN,
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
from engine.design.tuples import NamedTuple
from engine.design.value import replace

ACTIVATION = "_activation"
"""How the attribute of a layer's activation ends, where that must be a module."""
MOST_CHANGES = 64
"""Names that may differ from those first counted before all are written down anew."""

node_name_fault = lru_cache(maxsize=8192)(fault_of_node_name)
_name = attrgetter("name")


def activation_name(name: str, activation: Activation | None) -> str:
    """The attribute of an activation that must be a module, `conv_activation`; "" where its function will do."""
    return name + ACTIVATION if activation is not None and not activation.function else ""


def given_name(name: str, given: str) -> str:
    """The variable of a further value that a layer gives: `pool1_indices`."""
    return f"{name}_{given}"


def variables_taken(node: Node) -> tuple[str, ...]:
    """The variables that a node takes beside what flows in: `pool1_indices` for `pool1.indices`."""
    return tuple([name.replace(GIVEN, "_") for name in others_of(node)])


def attributes(nodes: Iterable[Node]) -> Iterator[str]:
    """The attributes that nodes of one class are and bring with them, with the variables of what they give beside."""
    for node in nodes:
        if type(node) is Layer and node.name and node.kind.gives_beside:
            for given in node.kind.given():
                yield given_name(node.name, given)
        if type(node) is Layer and node.activation is None:
            if node.name:
                yield node.name
        elif name := node_name(node):
            yield name
            if isinstance(node, Layer) and (second := activation_name(name, node.activation)):
                yield second


class _Oddities(NamedTuple):
    """How often a class holds what keeps its names from being sound at first sight."""

    unnamed: int = 0
    """Layers and blocks without a name."""
    unsound: int = 0
    """Layers and blocks whose name can be none."""
    variables: int = 0
    """Branches with a name of their own."""
    readers: int = 0
    """Second uses, branches that start from something earlier, layers that take further values: what speaks of others
    by name."""


class ScopeNames(Container[str]):
    """How often each attribute occurs in a class, and what else decides whether its names are sound.

    Never changed: `exchanged` makes another one, which shares what it does not change.
    """

    __slots__ = ("_changes", "_first", "oddities", "twice")

    def __init__(
        self, first: Mapping[str, int], changes: Mapping[str, int], twice: int, oddities: _Oddities
    ) -> None:
        self._first = first
        self._changes = changes
        self.twice = twice
        """Attributes that occur more than once."""
        self.oddities = oddities

    def __contains__(self, name: object) -> bool:
        return self.count(cast(str, name)) > 0

    def count(self, name: str) -> int:
        """How often an attribute occurs."""
        found = self._changes.get(name)
        return self._first.get(name, 0) if found is None else found

    @property
    def reads(self) -> bool:
        """Whether a node of the class speaks of another one by name."""
        return self.oddities.readers > 0

    def plain(self, named: bool) -> bool:
        """Whether all names are sound, each its node's own, and nothing but nodes has one: no need to look further.

        `named` says whether nodes of the class need names: those of an nn.Sequential are numbered.
        """
        unnamed, unsound, variables, readers = self.oddities
        return not (self.twice or unsound or variables or readers or (named and unnamed))

    def exchanged(self, gone: tuple[Node, ...], come: tuple[Node, ...]) -> ScopeNames:
        """The names after some nodes were exchanged for others; the very same value where no name changes."""
        if len(gone) == len(come) == 1 and _named_alike(gone[0], come[0]):
            return self
        lost, won = _differing(gone, come)
        names_lost, names_won = list(attributes(lost)), list(attributes(won))
        less, more = _oddities(lost), _oddities(won)
        plain = not (more.variables or more.readers)
        if names_lost == names_won and less == more and plain:
            return self
        changes, twice = dict(self._changes), self.twice
        for names, step in ((names_lost, -1), (names_won, 1)):
            for name in names:
                before = changes[name] if name in changes else self._first.get(name, 0)
                changes[name] = before + step
                twice += (before + step > 1) - (before > 1)
        oddities = self.oddities
        if less != more:
            oddities = _Oddities(*(a - b + c for a, b, c in zip(oddities, less, more, strict=True)))
        if len(changes) <= MOST_CHANGES:
            return ScopeNames(self._first, changes, twice, oddities)
        merged = {name: count for name, count in ({**self._first, **changes}).items() if count}
        return ScopeNames(merged, {}, twice, oddities)


def names_of(body: Stack) -> ScopeNames:
    """The names in the class that has this body."""
    known = _known(body)
    if known is None:
        known = _counted(body)
        object.__setattr__(body, "known_names", known)
    return known


def exchanged(stack: Stack, start: int, stop: int, nodes: tuple[Node, ...]) -> Stack:
    """The stack with these nodes in place of those from `start` to `stop`; what is known of its names goes along."""
    old = stack.nodes
    new = replace(stack, nodes=old[:start] + nodes + old[stop:])
    known = _known(stack)
    if known is not None:
        object.__setattr__(new, "known_names", known.exchanged(old[start:stop], nodes))
    object.__setattr__(new, "came_from", (ref(stack), (start, start + len(nodes), stop)))
    return new


def changed_nodes(new: Stack, old: Stack) -> Span:
    """The part of a stack's nodes outside the common beginning and the common end; known at once after an edit."""
    came: tuple[ref[Stack], Span] | None = getattr(new, "came_from", None)
    if came is not None and came[0]() is old:
        return came[1]
    return changed_span(new.nodes, old.nodes)


def _known(body: Stack) -> ScopeNames | None:
    return getattr(body, "known_names", None)


def _counted(body: Stack) -> ScopeNames:
    layers: Any = body.nodes
    if set(map(type, layers)) <= {Layer} and not any(map(_is_special, layers)):
        # At once, in C.
        counts = Counter(map(_name, layers))
        unnamed = counts.pop("", 0)
        twice = 0 if len(counts) + unnamed == len(layers) else sum(c > 1 for c in counts.values())
        unsound = 0
        if any(map(node_name_fault, counts)):
            unsound = sum(count for name, count in counts.items() if node_name_fault(name))
        return ScopeNames(counts, {}, twice, _Oddities(unnamed, unsound))
    nodes = list(scope(body))
    counts = Counter(attributes(nodes))
    twice = sum(count > 1 for count in counts.values())
    return ScopeNames(counts, {}, twice, _oddities(nodes))


def _is_special(layer: Layer) -> bool:
    """Whether a layer brings a second name, or speaks of other nodes by theirs."""
    special = _activated_by_module(layer) or not layer.kind.module
    return special or _takes(layer) or _gives(layer)


def _takes(node: Layer | Group | Repeat) -> bool:
    """Whether a node takes more than what flows in."""
    return bool(node.others or (node.kind.takes if isinstance(node, Layer) else node.takes))


def _gives(layer: Layer) -> bool:
    return bool(layer.kind.gives_beside and layer.kind.given())


def _activated_by_module(layer: Layer) -> bool:
    return layer.activation is not None and not layer.activation.function


def _oddities(nodes: Iterable[Node]) -> _Oddities:
    unnamed = unsound = variables = readers = 0
    for node in nodes:
        match node:
            case Layer(name=name) if not node.kind.module:
                # It is no attribute, so that it can have no name.
                unsound += bool(name)
                readers += _takes(node)
            case Layer(name=name) | Group(name=name) | Repeat(name=name):
                unnamed += not name
                unsound += bool(name and node_name_fault(name))
                readers += _takes(node)
            case Parallel(branches=branches):
                for branch in branches:
                    variables += bool(branch.name)
                    readers += bool(branch.source)
            case Again():
                readers += 1
    return _Oddities(unnamed, unsound, variables, readers)


def _named_alike(a: Node, b: Node) -> bool:
    """Whether two single nodes plainly bring the same names."""
    match a, b:
        case Layer(), Layer():
            alike = a.name == b.name and _takes(a) == _takes(b) and _gives(a) == _gives(b)
            alike = alike and bool(a.kind.module) == bool(b.kind.module)
            return alike and _activated_by_module(a) == _activated_by_module(b)
        case (Group(), Group()) | (Repeat(), Repeat()):
            return a.name == b.name and _takes(a) == _takes(b)
        case Parallel(), Parallel() if len(a.branches) == len(b.branches):
            return all(map(_branches_named_alike, a.branches, b.branches))
        case _:
            return False


def _branches_named_alike(a: Stack, b: Stack) -> bool:
    """The same of two branches that differ in one node at most."""
    if a is b:
        return True
    start, stop, old_stop = changed_nodes(b, a)
    if (a.name, a.source, stop, old_stop) != (b.name, b.source, start + 1, start + 1):
        return False
    return _named_alike(a.nodes[start], b.nodes[start])


def _differing(
    gone: tuple[Node, ...], come: tuple[Node, ...]
) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    """The nodes of a class in which two runs of nodes differ, going into a Parallel that is a changed one."""
    match gone, come:
        case (Parallel() as old,), (Parallel() as new,) if len(old.branches) == len(new.branches):
            lost, won = (), ()
            for before, after in zip(old.branches, new.branches, strict=True):
                if (before.name, before.source) != (after.name, after.source):
                    break
                start, stop, old_stop = changed_nodes(after, before)
                less, more = _differing(before.nodes[start:old_stop], after.nodes[start:stop])
                lost, won = lost + less, won + more
            else:
                return lost, won
        case _:
            pass
    return tuple(scope(Stack(gone))), tuple(scope(Stack(come)))
