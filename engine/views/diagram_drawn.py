"""What is remembered of a drawing: of which items each row was made, with how many parts, and what flowed between them.

It is all relative to the row, so that it holds wherever the row stands the next time.
"""

from __future__ import annotations

from itertools import accumulate

from engine.design.tuples import NamedTuple
from engine.views.diagram_items import BETWEEN_BRANCHES, FORK, PADDING, Branched, Framed, Item, Row
from engine.views.diagram_moves import NONE, Counts, counted, together
from engine.views.diagram_sizes import NO_ROW


class Flow(NamedTuple):
    """What comes out of the last item: a wire's end, or the lanes of a column when `column` is not -1."""

    x: float
    y: float
    node_id: int
    label: str = ""
    column: int = -1

    def seen_from(self, x: float, y: float, columns: int) -> Flow:
        """The same relative to a place and to the number of columns before it."""
        column = self.column - columns if self.column >= 0 else ALONE
        return Flow(self.x - x, self.y - y, self.node_id, self.label, column)

    def seen_at(self, x: float, y: float, columns: int) -> Flow:
        """The other way round."""
        column = self.column + columns if self.column != ALONE else -1
        return Flow(self.x + x, self.y + y, self.node_id, self.label, column)


ALONE = 1
"""Instead of the number of a column, relative to which those before it are negative: a single wire."""


class Within(NamedTuple):
    """Where a row stands: what the paths of its weights begin with, how deep, and whether its nodes have numbers."""

    prefix: str = ""
    depth: int = 0
    numbered: bool = False


class Drawn(NamedTuple):
    """A row as it was drawn.

    `flows` holds what flows into each item, relative to its left end, and out of the last one, relative to its right
    end; `counts` how many parts each was drawn with, in all `sum`; `inner` the rows inside each, with how many of its
    parts come before theirs.
    """

    row: Row
    within: Within
    sum: Counts
    flows: tuple[Flow | None, ...]
    counts: tuple[Counts, ...]
    inner: tuple[tuple[tuple[Drawn, Counts], ...], ...]


NOTHING = Drawn(NO_ROW, Within(), NONE, (), (), ())


class Before(NamedTuple):
    """Where a row stood in the last drawing, and how many parts came before it."""

    drawn: Drawn
    x: float
    y: float
    start: Counts

    def inside(self, place: int) -> tuple[Before, ...]:
        """The rows inside an item."""
        start = together(self.start, counted(self.drawn.counts[:place])) if place else self.start
        item = self.drawn.row.items[place]
        places = rows_in(item, self.x + self.drawn.row.lefts[place], self.y)
        return tuple(
            Before(drawn, x, y, together(start, offset))
            for (drawn, offset), (x, y) in zip(self.drawn.inner[place], places, strict=True)
        )


def rows_in(item: Item, x: float, y: float) -> list[tuple[float, float]]:
    """Where the rows inside an item begin, and on which lines they lie."""
    match item:
        case Framed():
            return [(x + PADDING, y)]
        case Branched(rows=rows):
            tops = accumulate((row.up + row.down + BETWEEN_BRANCHES for row in rows), initial=0.0)
            top = y - item.up
            return [
                (x + FORK, top + above + row.up) for above, row in zip(tops, rows, strict=False)
            ]
        case _:
            return []


def usable(before: Before | None, row: Row, within: Within) -> Drawn:
    """What was drawn of a row, as far as it can be taken over."""
    if before is None:
        return NOTHING
    old = before.drawn
    renumbered = within.numbered and len(row.items) != len(old.row.items)
    if renumbered or old.within != within or old.row.tallest != row.tallest:
        return NOTHING
    return old


def known_inside(before: Before | None, item: Item, place: int, ahead: int) -> tuple[Before, ...]:
    """The rows inside an item as they were drawn last, where the item was there already."""
    if before is None or not isinstance(item, Framed | Branched):
        return ()
    items = before.drawn.row.items
    for former in (place, place - ahead):
        if 0 <= former < len(items):
            old = items[former]
            facts = old.facts if type(old) is type(item) else None
            if facts is not None and facts.node.id == item.facts.node.id:
                return before.inside(former)
    return ()
