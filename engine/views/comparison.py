"""Two designs compared: which layers and blocks came, went, moved or changed, and what that does to the totals.

comparison = compare(before, after)                 two files that know nothing of one another
comparison = compare(before, after, match=by_id)    a design and what edits made of it
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, cast

from engine.design.error import DesignError
from engine.design.knob import Entry
from engine.design.tree import (
    DEEPEST,
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
)
from engine.design.tuples import NamedTuple
from engine.views.facts import Analysis, label
from engine.views.matching import Match, aligned, rising, shallow
from engine.views.shapes import infer

What = Literal["added", "removed", "changed", "moved", "follows"]


class Change(NamedTuple):
    """One field that has another value, both as text; "" for what was not there."""

    field: str
    before: str
    after: str


class Side(NamedTuple):
    """A node in one of the two designs; `path` is that of its first turn, and its parameters are those of all turns."""

    node: Node
    path: str
    depth: int
    parameters: int
    macs: int


class Difference(NamedTuple):
    """What became of one node. Where a whole block came or went, one row stands for all that did so with it.

    `follows` is a layer that was not touched, and has another number of parameters because its input has another shape.
    """

    what: tuple[What, ...]
    before: Side | None
    after: Side | None
    changes: tuple[Change, ...] = ()

    @property
    def side(self) -> Side:
        """The node where it is now, or where it was."""
        side = self.after or self.before
        assert side is not None
        return side


class Sums(NamedTuple):
    """What a whole design adds up to, its sound part where it has faults; MACs for one sample.

    `depth` counts layers along the longest way through it, each turn of a Repeat.
    """

    layers: int
    depth: int
    parameters: int
    trainable: int
    macs: int


class Comparison(NamedTuple):
    """All that tells two designs apart: rows in the order of the code, and what concerns the network as a whole."""

    before: Analysis
    after: Analysis
    network: tuple[Change, ...]
    rows: tuple[Difference, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the two designs are one but for the ids of their nodes."""
        return not self.rows and not self.network

    @property
    def sums(self) -> tuple[Sums, Sums]:
        """The totals before and after."""
        return sums(self.before), sums(self.after)

    def count(self, what: What) -> int:
        """How many rows say so."""
        return sum(what in row.what for row in self.rows)


def compare(before: Network, after: Network, match: Match = aligned) -> Comparison:
    """What tells `after` from `before`. Raises DesignError for a tree that is too deep to be walked."""
    try:
        return _Comparing(infer(before), infer(after), match).comparison()
    except RecursionError as error:
        raise DesignError(f"blocks are nested too deep; {DEEPEST} is the most") from error


def sums(analysis: Analysis) -> Sums:
    """What one design adds up to."""
    totals = analysis.totals
    depth = _depth(analysis.network.body)
    return Sums(totals.layers, depth, totals.parameters, totals.trainable, totals.macs)


def _depth(stack: Stack) -> int:
    return sum(map(_node_depth, stack.nodes))


def _node_depth(node: Node) -> int:
    match node:
        case Layer() | Again():
            return 1
        case Parallel():
            return max(map(_depth, node.branches), default=0)
        case Group():
            return _depth(node.body)
        case Repeat():
            return max(0, node.times) * _depth(node.body)


class _Place(NamedTuple):
    """A node with the stack around it: the node that has the stack (0 for the network) and which of its stacks."""

    side: Side
    around: int
    branch: int


class _Comparing:
    def __init__(self, before: Analysis, after: Analysis, match: Match) -> None:
        self.before, self.after = before, after
        pairs = match(before.network, after.network)
        self.old = {place.side.node.id: place for place in _places(before)}
        self.new = {place.side.node.id: place for place in _places(after)}
        self.partner = {new.id: old.id for old, new in pairs}
        self.heir = {old: new for new, old in self.partner.items()}
        self.origins = self._origins()
        self.moved = frozenset(self._moved())

    def comparison(self) -> Comparison:
        changes = tuple(_network_changes(self.before.network, self.after.network))
        return Comparison(self.before, self.after, changes, tuple(self._rows()))

    # --- moved ---------------------------------------------------------------------------------------------------

    def _moved(self) -> Iterator[int]:
        """Ids after, of nodes that stand in another stack than before, or in another order there."""
        stacks: dict[tuple[int, int], list[int]] = {}
        for new, place in self.new.items():
            if new not in self.partner:
                continue
            old = self.old[self.partner[new]]
            if self._is_elsewhere(old, place):
                yield new
            else:
                stacks.setdefault((place.around, place.branch), []).append(new)
        order = {old: index for index, old in enumerate(self.old)}
        for inside in stacks.values():
            places = [order[self.partner[new]] for new in inside]
            kept = rising(places)
            yield from (new for new, at in zip(inside, places, strict=True) if at not in kept)

    def _is_elsewhere(self, old: _Place, new: _Place) -> bool:
        """Whether two nodes that are one stand in different stacks."""
        if not old.around or not new.around:
            return old.around != new.around
        return self.heir.get(old.around) != new.around or (
            self.origins[new.around, new.branch] != old.branch
        )

    def _origins(self) -> dict[tuple[int, int], int]:
        """Which branch a branch has been: the one that most of what it holds stood in."""
        found: dict[tuple[int, int], list[int]] = {}
        for new, place in self.new.items():
            old = self.old.get(self.partner.get(new, 0))
            if old is not None and old.around and self.heir.get(old.around) == place.around:
                found.setdefault((place.around, place.branch), []).append(old.branch)
        return {
            where: max(sorted(set(branches)), key=branches.count)
            for where, branches in found.items()
        }

    def _reordered(self, old: Node, new: Node) -> Iterator[Change]:
        """That the branches of a Parallel stand in another order."""
        count = len(stacks_of(new))
        if len(stacks_of(old)) != count:
            return
        origins = [self.origins.get((new.id, branch)) for branch in range(count)]
        if any(was not in (None, branch) for branch, was in enumerate(origins)):
            numbers = ", ".join(str(branch + 1) for branch in range(count))
            now = ", ".join("new" if was is None else str(was + 1) for was in origins)
            yield Change("order of branches", numbers, now)

    # --- rows ----------------------------------------------------------------------------------------------------

    def _rows(self) -> Iterator[Difference]:
        """In the order of the new design, what is gone before what stood behind it."""
        gone = [place for old, place in self.old.items() if self._is_lost(old)]
        order = {old: index for index, old in enumerate(self.old)}
        waiting = iter(gone)
        next_gone = next(waiting, None)
        for new, place in self.new.items():
            old = self.partner.get(new)
            while (
                next_gone
                and old is not None
                and new not in self.moved
                and (order[next_gone.side.node.id] < order[old])
            ):
                yield Difference(("removed",), next_gone.side, None)
                next_gone = next(waiting, None)
            row = self._row(new, place, old)
            if row is not None:
                yield row
        while next_gone:
            yield Difference(("removed",), next_gone.side, None)
            next_gone = next(waiting, None)

    def _is_lost(self, old: int) -> bool:
        """Whether a node is gone, and not merely inside of what is."""
        if old in self.heir:
            return False
        around = self.old[old].around
        return not around or around in self.heir

    def _row(self, new: int, place: _Place, old: int | None) -> Difference | None:
        if old is None:
            inside = place.around and place.around not in self.partner
            return None if inside else Difference(("added",), None, place.side)
        was = self.old[old].side
        node = place.side.node
        changes = (*_changes(was.node, node), *self._reordered(was.node, node))
        what: list[What] = ["changed"] if changes else []
        if new in self.moved:
            what.append("moved")
        if not what and isinstance(node, Layer):
            what = ["follows"] if was.parameters != place.side.parameters else []
        return Difference(tuple(what), was, place.side, changes) if what else None


def _places(analysis: Analysis) -> Iterator[_Place]:
    """Every node once, in the order of the code, with the path of its first turn."""
    yield from _inside(analysis, analysis.network.body, 0, 0, "", 0, False)


def _inside(
    analysis: Analysis, stack: Stack, around: int, branch: int, prefix: str, depth: int, numbered: bool
) -> Iterator[_Place]:  # fmt: skip
    for position, node in enumerate(stack.nodes):
        name = str(position) if numbered else node_name(node) or f"({label(node)})"
        facts = analysis.facts(node.id)
        parameters, macs = (facts.totals.parameters, facts.totals.macs) if facts else (0, 0)
        yield _Place(Side(node, prefix + name, depth, parameters, macs), around, branch)
        inner, bare = prefix, False
        match node:
            case Group():
                inner, bare = f"{prefix}{name}.", not node.class_name
            case Repeat():
                inner = f"{prefix}{name}.0."
            case _:
                pass
        for index, each in enumerate(stacks_of(node)):
            yield from _inside(analysis, each, node.id, index, inner, depth + 1, bare)


# --- what changed in a node ------------------------------------------------------------------------------------------


def said(value: object) -> str:
    """The value of a field in a few characters."""
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case Entry():
            given = ", ".join(f"{name} {said(each)}" for name, each in value.changed().items())
            return f"{value.title()} ({given})" if given else value.title()
        case tuple():
            return ", ".join(map(said, cast(Sequence[Any], value)))
        case _:
            return str(value)


def _changes(old: Node, new: Node) -> Iterator[Change]:
    """The fields that differ; nothing for a node that has only other nodes inside."""
    if shallow(old) == shallow(new):
        return
    if isinstance(old, Layer) and isinstance(new, Layer):
        yield from entry_changes("kind", old.kind, new.kind)
        yield from _initializer_changes(old, new)
    elif isinstance(old, Parallel) and isinstance(new, Parallel):
        yield from entry_changes("join", old.join, new.join)
        yield from _branch_changes(old, new)
    elif type(old) is not type(new):
        yield Change("block", type(old).__name__, type(new).__name__)
    known, now = vars(old), vars(new)
    for name in dict.fromkeys((*known, *now)):
        if name in _APART or known.get(name) == now.get(name):
            continue
        yield Change(name.replace("_", " "), _told(known, name), _told(now, name))


_APART = frozenset(("id", "kind", "join", "initializers", "branches", "body"))
"""Fields that are told in words of their own, or by rows of their own."""


def _told(fields: Mapping[str, object], name: str) -> str:
    return said(fields[name]) if name in fields else ""


def entry_changes(name: str, old: Entry, new: Entry) -> Iterator[Change]:
    if type(old) is not type(new):
        yield Change(name, said(old), said(new))
        return
    known, now = old.values(), new.values()
    for knob in old.knobs:
        if known[knob.name] != now[knob.name]:
            yield Change(knob.name, said(known[knob.name]), said(now[knob.name]))


def _initializer_changes(old: Layer, new: Layer) -> Iterator[Change]:
    known, now = dict(old.initializers), dict(new.initializers)
    for tensor in dict.fromkeys((*known, *now)):
        if known.get(tensor) != now.get(tensor):
            yield Change(f"start of {tensor}", _start(known.get(tensor)), _start(now.get(tensor)))


def _start(initializer: Entry | None) -> str:
    return said(initializer) if initializer is not None else "torch's default"


def _branch_changes(old: Parallel, new: Parallel) -> Iterator[Change]:
    if len(old.branches) != len(new.branches):
        yield Change("branches", str(len(old.branches)), str(len(new.branches)))
        return
    for number, (one, other) in enumerate(zip(old.branches, new.branches, strict=True), start=1):
        if one.source != other.source:
            yield Change(f"branch {number} from", one.source, other.source)
        if one.name != other.name:
            yield Change(f"name of branch {number}", one.name, other.name)


def _network_changes(old: Network, new: Network) -> Iterator[Change]:
    """What concerns the network as a whole."""
    if old.name != new.name:
        yield Change("name", old.name, new.name)
    for field, one, other in (
        ("inputs", _inputs(old), _inputs(new)),
        ("outputs", ", ".join(old.outputs), ", ".join(new.outputs)),
        ("shared weights", _ties(old), _ties(new)),
    ):
        if one != other:
            yield Change(field, one, other)
    source, name = (old.body.source, old.body.name), (new.body.source, new.body.name)
    if source != name:
        yield Change("own stack", " ".join(source), " ".join(name))


def _inputs(network: Network) -> str:
    return ", ".join(f"{each.name} {each.spec} {each.spec.dtype}" for each in network.inputs)


def _ties(network: Network) -> str:
    return ", ".join(f"{tie.path} = {tie.owner}" for tie in network.ties)
