"""Puts the items of a diagram in their places, and takes over from the last drawing what an edit leaves as it was."""

from __future__ import annotations

from engine.design.spans import changed_span
from engine.design.tree import Group, Layer, Parallel, node_name
from engine.views.diagram_drawn import (
    NOTHING,
    Before,
    Drawn,
    Flow,
    Within,
    known_inside,
    rows_in,
    usable,
)
from engine.views.diagram_items import (
    BOX_HEIGHT,
    FAN,
    FORK,
    HEADER,
    JOINT,
    PLATE_WIDTH,
    Boxed,
    Branched,
    Framed,
    Neurons,
    Row,
    Slim,
)
from engine.views.diagram_moves import NONE, Counts, Parts, apart, counted, moved, sliced, together
from engine.views.diagram_parts import (
    Box,
    Bundle,
    Column,
    Frame,
    Joint,
    Lanes,
    Plate,
    Skip,
    Wire,
)
from engine.views.diagram_reaches import TRACK
from engine.views.diagram_sizes import symbol, title_of
from engine.views.facts import NodeFacts

LEAVING = 10.0
"""How far before the next item a line over the row leaves the flow."""


class Pen:
    """Collects what is drawn; `last` are the parts of the last drawing."""

    def __init__(self, last: Parts) -> None:
        self._last = last
        self.columns: list[Column] = []
        self.plates: list[Plate] = []
        self.boxes: list[Box] = []
        self.frames: list[Frame] = []
        self.joints: list[Joint] = []
        self.wires: list[Wire] = []
        self.lanes: list[Lanes] = []
        self.bundles: list[Bundle] = []
        self.skips: list[Skip] = []

    def parts(self) -> Parts:
        """All that was drawn."""
        return Parts(
            tuple(self.columns), tuple(self.plates), tuple(self.boxes), tuple(self.frames),
            tuple(self.joints), tuple(self.wires), tuple(self.lanes), tuple(self.bundles),
            tuple(self.skips),
        )  # fmt: skip

    def row(
        self, row: Row, x: float, y: float, flow: Flow | None, within: Within, before: Before | None
    ) -> tuple[Flow | None, Drawn]:
        """Draw a row from `x` on along the line `y`; what flows out of it, and what is to be known next time."""
        old, count = usable(before, row, within), len(row.items)
        start, stop, old_stop = changed_span(row.items, old.row.items)
        ahead = stop - old_stop
        ends = (*row.lefts, row.width)
        front = NONE
        if not start or self._relative(flow, x + ends[0], y) != old.flows[0]:
            place = start = 0
        else:
            assert before is not None
            place, front = start, counted(old.counts[:start])
            self._again(before.start, front, x - before.x, y - before.y)
            flow = self._absolute(old.flows[start], x + (*old.row.lefts, old.row.width)[start], y)
        flows: list[Flow | None] = []
        counts: list[Counts] = []
        inner: list[tuple[tuple[Drawn, Counts], ...]] = []
        there = self._counts()
        while place < count:
            coming = self._relative(flow, x + ends[place], y)
            if place >= stop and coming == old.flows[place - ahead]:
                break
            flows.append(coming)
            known = known_inside(
                before if old is not NOTHING else None, row.items[place], place, ahead
            )
            flow, inside = self._item(row, place, x, y, flow, within, known)
            sofar, there = there, self._counts()
            counts.append(apart(there, sofar))
            inner.append(tuple((drawn, apart(at, sofar)) for drawn, at in inside))
            place += 1
        total = together(front, counted(tuple(counts)))
        resumed = place - ahead
        if place < count:
            assert before is not None
            sofar = together(front, counted(old.counts[start:resumed]))
            by = x + row.lefts[place] - before.x - old.row.lefts[resumed]
            rest = apart(old.sum, sofar)
            self._again(together(before.start, sofar), rest, by, y - before.y)
            total = together(total, rest)
            flow = self._absolute(old.flows[-1], x + row.width, y)
        else:
            flows.append(self._relative(flow, x + row.width, y))
        drawn = Drawn(
            row, within, total,
            (*old.flows[:start], *flows, *(old.flows[resumed:] if place < count else ())),
            (*old.counts[:start], *counts, *old.counts[resumed:]),
            (*old.inner[:start], *inner, *old.inner[resumed:]),
        )  # fmt: skip
        if row.reaches:
            self._reaches(row, x, y)
        return flow, drawn

    def _relative(self, flow: Flow | None, x: float, y: float) -> Flow | None:
        return flow.seen_from(x, y, len(self.columns)) if flow is not None else None

    def _absolute(self, flow: Flow | None, x: float, y: float) -> Flow | None:
        return flow.seen_at(x, y, len(self.columns)) if flow is not None else None

    def _counts(self) -> Counts:
        return (
            len(self.columns), len(self.plates), len(self.boxes), len(self.frames),
            len(self.joints), len(self.wires), len(self.lanes), len(self.bundles), len(self.skips),
        )  # fmt: skip

    def _again(self, first: Counts, count: Counts, x: float, y: float) -> None:
        """Parts of the last drawing, from there on so many, moved to the right and downward."""
        parts = sliced(self._last, first, count)
        parts = moved(parts, x, y, len(self.columns) - first[0])
        self.columns.extend(parts.columns)
        self.plates.extend(parts.plates)
        self.boxes.extend(parts.boxes)
        self.frames.extend(parts.frames)
        self.joints.extend(parts.joints)
        self.wires.extend(parts.wires)
        self.lanes.extend(parts.lanes)
        self.bundles.extend(parts.bundles)
        self.skips.extend(parts.skips)

    # --- items ---------------------------------------------------------------------------------------------------

    def _item(
        self,
        row: Row,
        place: int,
        x: float,
        y: float,
        flow: Flow | None,
        within: Within,
        known: tuple[Before, ...],
    ) -> tuple[Flow | None, list[tuple[Drawn, Counts]]]:
        """Draw one item; what flows out of it, and the rows in it with the number of parts that come before each."""
        item = row.items[place]
        left = x + row.lefts[place]
        header = y - row.tallest - HEADER / 2 + 6
        facts = item.facts
        path = within.prefix
        if facts is not None:
            path += str(place - row.leading) if within.numbered else node_name(facts.node)
        match item:
            case Neurons():
                return self._neurons(item, left, y, header, flow, path), []
            case Slim():
                return self._plate(item, left, y, header, flow), []
            case Boxed():
                return self._box(item, left, y, flow), []
            case Framed():
                return self._frame(item, left, y, flow, path, within.depth, known)
            case Branched():
                return self._branches(item, left, y, flow, within, known)

    def _neurons(
        self, item: Neurons, x: float, y: float, header: float, flow: Flow | None, path: str
    ) -> Flow:
        number = len(self.columns)
        centre = x + item.width / 2
        node_id = item.facts.node.id if item.facts is not None else 0
        self.columns.append(
            Column(node_id, item.name, item.caption, item.units, centre, y, item.pitch, item.radius,
                   header)
        )  # fmt: skip
        if flow is not None and flow.column >= 0:
            weight = f"{path}.weight"
            self.bundles.append(Bundle(flow.column, number, weight, node_id, flow.x, centre, y))
        elif flow is not None:
            start = max(centre - FAN - 20, flow.x)
            self.bundles.append(Bundle(-1, number, "", node_id, start, centre, y))
            self._wire(flow, start, y)
        return Flow(centre, y, node_id, "", number)

    def _plate(self, item: Slim, x: float, y: float, header: float, flow: Flow | None) -> Flow:
        node = item.facts.node
        family = node.kind.family if isinstance(node, Layer) else ""
        left = x + (item.width - PLATE_WIDTH) / 2
        self.plates.append(
            Plate(node.id, item.name, item.caption, family, left, y - item.up, PLATE_WIDTH,
                  item.up + item.down, header)
        )  # fmt: skip
        assert flow is not None
        end = left + PLATE_WIDTH
        self.lanes.append(Lanes(flow.column, flow.x, end))
        return flow._replace(x=end)

    def _box(self, item: Boxed, x: float, y: float, flow: Flow | None) -> Flow:
        facts = item.facts
        node_id = facts.node.id if facts is not None else 0
        faulty = facts is not None and facts.fault is not None
        self.boxes.append(
            Box(node_id, item.name, item.caption, item.family, x, y, item.width,
                BOX_HEIGHT, faulty, item.badge, item.folded)
        )  # fmt: skip
        if flow is not None and item.family != "recall":
            self._wire(self._gathered(flow), x, y)
        return Flow(x + item.width, y, node_id, _shape(facts))

    def _frame(
        self,
        item: Framed,
        x: float,
        y: float,
        flow: Flow | None,
        path: str,
        depth: int,
        known: tuple[Before, ...],
    ) -> tuple[Flow | None, list[tuple[Drawn, Counts]]]:
        facts = item.facts
        self.frames.append(
            Frame(facts.node.id, title_of(facts), "", item.badge, x, y - item.up, item.width,
                  item.up + item.down, depth, facts.fault is not None)
        )  # fmt: skip
        plain = isinstance(facts.node, Group)
        numbered = isinstance(facts.node, Group) and not facts.node.class_name
        within = Within(f"{path}." if plain else f"{path}.0.", depth + 1, numbered)
        start = self._counts()
        ((left, line),) = rows_in(item, x, y)
        end, drawn = self.row(item.row, left, line, flow, within, known[0] if known else None)
        inside = [(drawn, start)]
        if end is None or end == flow or end.column >= 0:
            return end, inside
        right = x + item.width
        self.wires.append(Wire(end.node_id, end.x, y, right, y))
        return Flow(right, y, facts.node.id, _shape(facts)), inside

    def _branches(
        self,
        item: Branched,
        x: float,
        y: float,
        flow: Flow | None,
        within: Within,
        known: tuple[Before, ...],
    ) -> tuple[Flow, list[tuple[Drawn, Counts]]]:
        facts = item.facts
        node = facts.node
        assert isinstance(node, Parallel)
        fork = x
        if flow is not None:
            flow = self._gathered(flow)
            self._wire(flow, fork, y)
        centre, half = x + item.width - item.joint / 2, item.joint / 2
        stop = centre - half - FORK
        deeper = within._replace(numbered=False)
        inside: list[tuple[Drawn, Counts]] = []
        for place, (start, line) in enumerate(rows_in(item, x, y)):
            into: Flow | None = None
            source = node.branches[place].source
            if source in item.near:
                into = Flow(start, line, 0)
            elif not source:
                self.wires.append(Wire(flow.node_id if flow else 0, fork, y, start, line))
                into = Flow(start, line, flow.node_id if flow else 0)
            before = known[place] if place < len(known) else None
            first = self._counts()
            end, drawn = self.row(item.rows[place], start, line, into, deeper, before)
            inside.append((drawn, first))
            if end is not None:
                end = self._gathered(end)
                self._wire(end, stop, line)
                self.wires.append(Wire(end.node_id, stop, line, centre - half, y))
        caption = node.activation.title() if node.activation is not None else ""
        faulty = facts.fault is not None
        self.joints.append(
            Joint(node.id, symbol(node.join), caption, centre, y, JOINT, item.joint, faulty)
        )
        return Flow(centre + half, y, node.id, _shape(facts)), inside

    def _wire(self, flow: Flow, x: float, y: float) -> None:
        if x > flow.x:
            self.wires.append(Wire(flow.node_id, flow.x, flow.y, x, y, flow.label))

    def _gathered(self, flow: Flow) -> Flow:
        """The flow as a single wire: lanes gather in a point first."""
        if flow.column < 0:
            return flow
        end = flow.x + FAN
        self.bundles.append(Bundle(flow.column, -1, "", flow.node_id, flow.x, end, flow.y))
        return Flow(end, flow.y, flow.node_id)

    def _reaches(self, row: Row, x: float, y: float) -> None:
        """The lines over a row, to branches and into nodes that take what an earlier item gave."""
        most = max(reach.track for reach in row.reaches)
        into: dict[int, int] = {}
        for reach in row.reaches:
            giver, taker = row.items[reach.start].facts, row.items[reach.end]
            count = into[reach.end] = into.get(reach.end, 0) + 1
            over = y - row.up + 4 + TRACK * (most - reach.track)
            x0 = x + row.lefts[reach.start + 1] - LEAVING
            left = x + row.lefts[reach.end]
            node_id = giver.node.id if giver is not None else 0
            node = taker.facts.node if taker.facts is not None else None
            if isinstance(taker, Branched) and isinstance(node, Parallel):
                x1 = left + min(8.0 * count, FORK - 6)
                rows = rows_in(taker, left, y)
                for branch, (end, line) in zip(node.branches, rows, strict=True):
                    if branch.source == reach.name:
                        self.skips.append(Skip(node_id, x0, y, over, x1, line, end, reach.name))
            else:
                x1 = left + min(16.0 * count, taker.width - 8)
                self.skips.append(Skip(node_id, x0, y, over, x1, y - taker.up, x1, reach.name))


def _shape(facts: NodeFacts | None) -> str:
    return str(facts.output) if facts is not None and facts.output is not None else ""
