"""Which values taken from far before are shown as lines over a row, each on a track of its own height."""

from __future__ import annotations

from engine.design.tree import Parallel, node_name, others_of, owner_of
from engine.design.tuples import NamedTuple
from engine.views.facts import NodeFacts

TRACK, OVER = 13.0, 18.0
"""Distance of lines one above the other, and of the lowest from what it runs over."""

MOST_TRACKS = 12
"""What finds no track is named where it is taken: so many lines are not told apart, and finding one stays quick."""


class Reach(NamedTuple):
    """What one item of a row gives and a later one takes; tracks count from 1, the lowest."""

    name: str
    start: int
    end: int
    track: int


class Reaching:
    """Finds, from the first item of a row to its last, what they take from items of the same row."""

    def __init__(self) -> None:
        self.found: list[Reach] = []
        self._passed: list[tuple[str | NodeFacts, int]] = []
        self._count = self._named = 0
        self._places: dict[str, int] = {}
        self._ends: list[int] = []

    def near(self, facts: NodeFacts) -> tuple[str, ...]:
        """The values that a line leads to this node, which stands behind all that have passed."""
        match facts.node:
            case Parallel(branches=branches):
                wanted = [branch.source for branch in branches if branch.source]
            case node:
                wanted = [owner_of(name) for name in others_of(node)]
        return tuple(name for name in dict.fromkeys(wanted) if self._reach(name))

    def passes(self, giver: str | NodeFacts, alone: bool) -> None:
        """An item of the row, an input by its name; `alone` where a single wire leaves it."""
        if alone:
            self._passed.append((giver, self._count))
        self._count += 1

    def _reach(self, name: str) -> bool:
        for giver, place in self._passed[self._named :]:
            self._places[giver if isinstance(giver, str) else node_name(giver.node)] = place
        self._named = len(self._passed)
        start = self._places.get(name, -1) if name else -1
        track = self._track(start) if start >= 0 else 0
        if not track:
            return False
        self.found.append(Reach(name, start, self._count, track))
        return True

    def _track(self, start: int) -> int:
        """The lowest free track from an item on to the next one; 0 where there is none."""
        for number, end in enumerate(self._ends):
            if end <= start:
                self._ends[number] = self._count
                return number + 1
        if len(self._ends) == MOST_TRACKS:
            return 0
        self._ends.append(self._count)
        return len(self._ends)
