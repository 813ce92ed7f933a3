"""Which nodes of two designs are one another: by id where one came from the other by edits, else by what they are.

Two files that never shared an id are matched level by level. What is equal at both ends of a level needs no thought;
between them the most alike pairs that keep their order are found. Where a level is too long for that, nodes of one name
and then nodes of one kind are paired in order, so that the time stays near to linear.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from engine.design.equality import without_ids
from engine.design.spans import changed_span
from engine.design.tree import (
    Again,
    Group,
    Layer,
    Network,
    Node,
    Parallel,
    Repeat,
    Stack,
    node_name,
    stacks_of,
    walk,
    with_stacks,
)
from engine.design.value import replace

Pairs = tuple[tuple[Node, Node], ...]
"""Nodes of the one design with those of the other."""
Match = Callable[[Network, Network], Pairs]

MOST_CELLS = 5_000
"""Pairs of one level that are weighed against one another."""

T = TypeVar("T")


def by_id(before: Network, after: Network) -> Pairs:
    """The nodes of one id, for designs of which one was made of the other by edits."""
    known = {node.id: node for node in walk(before.body)}
    found = ((known.get(node.id), node) for node in walk(after.body))
    return tuple((old, new) for old, new in found if old is not None and _comparable(old, new))


def aligned(before: Network, after: Network) -> Pairs:
    """The nodes that are most alike, for designs that know nothing of one another."""
    if _comes_first(after, before):
        return tuple((old, new) for new, old in _Alignment(after, before).found)
    return tuple(_Alignment(before, after).found)


def _comes_first(one: Network, other: Network) -> bool:
    """Of two designs always the same one, so that swapping them swaps the answer and nothing else."""
    counts = [sum(1 for _ in walk(network.body)) for network in (one, other)]
    if counts[0] != counts[1]:
        return counts[0] < counts[1]
    return repr(without_ids(one)) < repr(without_ids(other))


def rising(places: Sequence[int]) -> set[int]:
    """The places in a longest selection of them that rises: what an order keeps."""
    ends: list[int] = []
    chain: list[int] = []
    back: list[int] = []
    for index, place in enumerate(places):
        at = bisect_left(ends, place)
        back.append(chain[at - 1] if at else -1)
        if at == len(ends):
            ends.append(place)
            chain.append(index)
        else:
            ends[at], chain[at] = place, index
    kept: set[int] = set()
    index = chain[-1] if chain else -1
    while index >= 0:
        kept.add(places[index])
        index = back[index]
    return kept


def shallow(node: Node) -> Node:
    """The node as it is in itself: without its id, and without what is inside its stacks."""
    bare = tuple(replace(stack, nodes=()) for stack in stacks_of(node))
    return replace(with_stacks(node, bare), id=0)


def _comparable(old: Node, new: Node) -> bool:
    """Whether one may have become the other: a block stays a block."""
    blocks = (Group, Repeat)
    return type(old) is type(new) or (isinstance(old, blocks) and isinstance(new, blocks))


class _Alignment:
    """Pairs the nodes of two designs; `keys` has the same number for what is equal up to ids."""

    def __init__(self, before: Network, after: Network) -> None:
        self.keys: dict[int, int] = {}
        self.stack_keys: dict[int, int] = {}
        self._numbers: dict[Any, int] = {}
        self.found: list[tuple[Node, Node]] = []
        self.lost: list[Node] = []
        self.new: list[Node] = []
        for network in (before, after):
            self._stack_key(network.body)
        self._stacks(before.body, after.body)
        self._again()

    # --- what is equal -------------------------------------------------------------------------------------------

    def _stack_key(self, stack: Stack) -> int:
        inner = tuple([self._node_key(node) for node in stack.nodes])
        key = self._number((stack.source, stack.name, inner))
        self.stack_keys[id(stack)] = key
        return key

    def _node_key(self, node: Node) -> int:
        inner = tuple([self._stack_key(stack) for stack in stacks_of(node)])
        if isinstance(node, Layer):
            own: Any = tuple([each for name, each in vars(node).items() if name != "id"])
        else:
            own = shallow(node)
        key = self._number((type(node), own, inner))
        self.keys[id(node)] = key
        return key

    def _number(self, content: Any) -> int:
        return self._numbers.setdefault(content, len(self._numbers))

    # --- level by level ------------------------------------------------------------------------------------------

    def _stacks(self, old: Stack, new: Stack) -> None:
        pairs = _ordered(old.nodes, new.nodes, self._key, _weight)
        self.lost += _without(old.nodes, [one for one, _ in pairs])
        self.new += _without(new.nodes, [other for _, other in pairs])
        for one, other in pairs:
            self._pair(one, other)

    def _pair(self, old: Node, new: Node) -> None:
        self.found.append((old, new))
        before, after = stacks_of(old), stacks_of(new)
        branches = _ordered(before, after, self._branch_key, self._branch_weight)
        for one, other in branches:
            self._stacks(one, other)
        for stack in _without(before, [one for one, _ in branches]):
            self.lost += stack.nodes
        for stack in _without(after, [other for _, other in branches]):
            self.new += stack.nodes

    def _key(self, node: Node) -> int:
        return self.keys[id(node)]

    def _branch_key(self, stack: Stack) -> int:
        return self.stack_keys[id(stack)]

    def _branch_weight(self, old: Stack, new: Stack) -> int:
        """How alike two branches are: a little in any case, unless one of them is the identity."""
        if bool(old.nodes) != bool(new.nodes):
            return 0
        here = set(map(self._key, old.nodes))
        same = sum(self._key(node) in here for node in new.nodes)
        return 1 + (old.name == new.name) + (old.source == new.source) + 4 * same

    # --- what stands elsewhere -----------------------------------------------------------------------------------

    def _again(self) -> None:
        """Pair what was left over but is equal to something left over elsewhere: it has moved."""
        gone: dict[int, list[Node]] = {}
        for node in reversed(_all(self.lost)):
            gone.setdefault(self._key(node), []).append(node)
        gone_from: set[int] = set()
        come_to: set[int] = set()
        for node in _all(self.new):
            waiting = gone.get(self._key(node), [])
            while waiting and id(waiting[-1]) in gone_from:
                waiting.pop()
            if not waiting or not node_name(node) or id(node) in come_to:
                continue
            free = waiting[-1]
            inside = list(zip(_all((free,)), _all((node,)), strict=True))
            if not any(id(old) in gone_from or id(new) in come_to for old, new in inside):
                self.found += inside
                gone_from.update(id(old) for old, _ in inside)
                come_to.update(id(new) for _, new in inside)


def _without(things: Sequence[T], these: Iterable[T]) -> list[T]:
    """The others, by identity."""
    left_out = set(map(id, these))
    return [each for each in things if id(each) not in left_out]


def _all(nodes: Iterable[Node]) -> list[Node]:
    """Nodes with all that is inside them."""
    return [each for node in nodes for each in walk(Stack((node,)))]


def _weight(old: Node, new: Node) -> int:
    """How alike two nodes are, 0 where none can have become the other."""
    if not _comparable(old, new):
        return 0
    named = 4 if node_name(old) and node_name(old) == node_name(new) else 0
    match old, new:
        case Layer(), Layer():
            return _layers(old, new, named)
        case Parallel(), Parallel():
            return 2 + 2 * (old.join == new.join)
        case Again(), Again():
            return 2 + 3 * (old.of == new.of)
        case ((Group() | Repeat()), (Group() | Repeat())):
            return 1 + named + 3 * (old.class_name == new.class_name) + (type(old) is type(new))
        case _:
            return 0


def _layers(old: Layer, new: Layer, named: int) -> int:
    if type(old.kind) is type(new.kind):
        return 3 + 2 * (old.kind == new.kind) + named + (old.activation == new.activation)
    return named // 2


def _ordered(
    old: Sequence[T], new: Sequence[T], key: Callable[[T], int], weight: Callable[[T, T], int]
) -> tuple[tuple[T, T], ...]:
    """Pairs of two levels that keep the order."""
    here, there = tuple(map(key, old)), tuple(map(key, new))
    start, stop, old_stop = changed_span(there, here)
    front = list(zip(old[:start], new[:start], strict=True))
    back = list(zip(old[old_stop:], new[stop:], strict=True))
    middle = _between(old[start:old_stop], new[start:stop], key, weight, (key, _named(key), _sort))
    return (*front, *middle, *back)


def _between(
    old: Sequence[T], new: Sequence[T], key: Callable[[T], int], weight: Callable[[T, T], int],
    rougher: tuple[Callable[[T], object], ...],
) -> list[tuple[T, T]]:  # fmt: skip
    """Pairs of a part of two levels; `rougher` says by what to divide it where it is too long to be weighed."""
    if not old or not new:
        return []
    if len(old) * len(new) <= MOST_CELLS:
        return _weighed(old, new, key, weight)
    if not rougher:
        return []
    what, *others = rougher
    found: list[tuple[T, T]] = []
    at, to = 0, 0
    for one, other in _anchors(list(map(what, old)), list(map(what, new))):
        found += _between(old[at:one], new[to:other], key, weight, tuple(others))
        found.append((old[one], new[other]))
        at, to = one + 1, other + 1
    return found + _between(old[at:], new[to:], key, weight, tuple(others))


def _named(key: Callable[[T], int]) -> Callable[[T], object]:
    """The name by which a long level's nodes find one another; what has none is told by its content."""

    def named(part: T) -> object:
        match part:
            case Stack() | Layer() | Group() | Repeat() if part.name:
                return type(part).__name__, part.name
            case _:
                return key(part)

    return named


def _sort(part: object) -> object:
    return (part.kind if isinstance(part, Layer) else part).__class__


def _anchors(old: list[Any], new: list[Any]) -> list[tuple[int, int]]:
    """Places of equal things, each with the one that comes as often before it, as far as their order agrees."""
    where = {each: index for index, each in enumerate(_counted(old))}
    places = {where[each]: index for index, each in enumerate(_counted(new)) if each in where}
    there = [places[index] for index in sorted(places)]
    kept = rising(there)
    return [(index, places[index]) for index in sorted(places) if places[index] in kept]


def _counted(things: list[Any]) -> list[tuple[Any, int]]:
    seen: dict[Any, int] = {}
    found: list[tuple[Any, int]] = []
    for each in things:
        seen[each] = seen.get(each, 0) + 1
        found.append((each, seen[each]))
    return found


def _weighed(
    old: Sequence[T], new: Sequence[T], key: Callable[[T], int], weight: Callable[[T, T], int]
) -> list[tuple[T, T]]:
    """The heaviest pairs that keep the order (Needleman and Wunsch, 1970)."""
    here, there = list(map(key, old)), list(map(key, new))
    weights = [
        [20 if a == b else weight(one, other) for b, other in zip(there, new, strict=True)]
        for a, one in zip(here, old, strict=True)
    ]
    best = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            paired = best[i + 1][j + 1] + weights[i][j] if weights[i][j] else 0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    found: list[tuple[T, T]] = []
    i = j = 0
    while i < len(old) and j < len(new):
        if weights[i][j] and best[i][j] == best[i + 1][j + 1] + weights[i][j]:
            found.append((old[i], new[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found
