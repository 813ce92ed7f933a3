"""A design as a drawing: neurons and lines where it is dense, boxes elsewhere, frames around blocks.

Layout is our own and linear in the number of nodes, as a design is a tree: sizes from the inside out
(`diagram_sizes`), then places from left to right. A Repeat is drawn once, with a badge.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import starmap

from engine.design.tree import Group, Input, Layer, Parallel, node_name
from engine.design.tuples import NamedTuple
from engine.views.diagram_parts import (
    Box,
    Bundle,
    Column,
    Diagram,
    Frame,
    Joint,
    Plate,
    Skip,
    Wire,
)
from engine.views.diagram_reaches import TRACK
from engine.views.diagram_sizes import (
    BETWEEN_BRANCHES,
    BOX_HEIGHT,
    FAN,
    FORK,
    HEADER,
    JOINT,
    PADDING,
    PLATE_WIDTH,
    Boxed,
    Branched,
    Framed,
    Neurons,
    Row,
    Sizes,
    Slim,
    base_pitch,
    input_item,
    row_of,
    symbol,
    title_of,
    widest,
)
from engine.views.facts import Analysis, NodeFacts

__all__ = [
    "Box",
    "Bundle",
    "Column",
    "Diagram",
    "Frame",
    "Joint",
    "Plate",
    "Memory",
    "Skip",
    "Wire",
    "diagram",
]

MARGIN = 40.0
LEAVING = 10.0
"""How far before the next item a line over the row leaves the flow."""


class _Flow(NamedTuple):
    """What comes out of the last item: a wire's end, or the lanes of a column when `column` is not -1."""

    x: float
    y: float
    node_id: int
    label: str = ""
    column: int = -1


class Memory:
    """What was found for the last drawing of a network; another drawing is quicker by what has stayed the same."""

    def __init__(self) -> None:
        self.sizes = Sizes()
        self.neurons: dict[int, _Neurons] = {}
        self.last: tuple[tuple[Input, ...], tuple[NodeFacts, ...], Diagram] | None = None

    def fold(self, folded: frozenset[int]) -> None:
        """What was found with other blocks folded does not hold any more."""
        if folded != self.sizes.folded:
            self.sizes, self.last = Sizes(folded), None


def diagram(
    analysis: Analysis, memory: Memory | None = None, folded: frozenset[int] = frozenset()
) -> Diagram:
    """The drawing of a network; also of one with faults, as far as it is known.

    Groups and Repeats whose ids are in `folded` are drawn as one box. It is the last drawing itself where nothing of it
    has changed.
    """
    memory = memory or Memory()
    memory.fold(folded)
    inputs = analysis.network.inputs
    nodes = analysis.body.nodes
    last = memory.last
    same = last is not None and last[0] == inputs and _all_alike(last[1], nodes)
    drawn = last[2] if last is not None and same else _drawn(inputs, nodes, memory)
    memory.last = (inputs, nodes, drawn)
    return drawn


def _all_alike(before: tuple[NodeFacts, ...], nodes: tuple[NodeFacts, ...]) -> bool:
    """Whether what is drawn of these nodes is the same; quick, where most of them are."""
    if len(before) != len(nodes):
        return False
    changed = [pair for pair in zip(before, nodes, strict=True) if pair[0] is not pair[1]]
    return all(starmap(_alike, changed))


def _alike(one: NodeFacts, other: NodeFacts) -> bool:
    """Whether two layers are drawn alike, as when an argument of the activation differs; blocks are not looked into."""
    before, node = one.node, other.node
    return (
        isinstance(before, Layer)
        and isinstance(node, Layer)
        and before.others == node.others
        and (before.id, before.name, before.kind) == (node.id, node.name, node.kind)
        and type(before.activation) is type(node.activation)
        and (one.input, one.output) == (other.input, other.output)
        and (one.fault is None) == (other.fault is None)
    )


def _drawn(inputs: tuple[Input, ...], nodes: tuple[NodeFacts, ...], memory: Memory) -> Diagram:
    memory.sizes.begin()
    rows = [each.spec.elements for each in inputs[:1] if len(each.spec.shape) == 1]
    base = base_pitch(max([widest(nodes), *rows]))
    if inputs:
        first, lanes = input_item(inputs[0].name, inputs[0].spec, nodes, base)
        row = row_of(nodes, lanes, base, memory.sizes, (first,))
    else:
        row = row_of(nodes, 0, base, memory.sizes)
    pen = _Pen(memory.neurons)
    flow = pen.row(row, MARGIN, MARGIN + row.up, None, "", 0, False)
    width = 2 * MARGIN + row.width
    if flow is not None and flow.column < 0 and row.items:
        end = flow.x + max(FORK, 7.0 * len(flow.label))
        pen.wires.append(Wire(flow.node_id, flow.x, flow.y, end, flow.y, flow.label))
        width += end - flow.x
    memory.neurons = pen.drawn
    return pen.drawing(width, 2 * MARGIN + row.up + row.down)


class _Pen:
    """Collects what is drawn."""

    def __init__(self, before: dict[int, _Neurons]) -> None:
        self._before = before
        self.drawn: dict[int, _Neurons] = {}
        self.columns: list[Column] = []
        self.plates: list[Plate] = []
        self.boxes: list[Box] = []
        self.frames: list[Frame] = []
        self.joints: list[Joint] = []
        self.wires: list[Wire] = []
        self.bundles: list[Bundle] = []
        self.skips: list[Skip] = []

    def drawing(self, width: float, height: float) -> Diagram:
        return Diagram(
            tuple(self.columns), tuple(self.plates), tuple(self.boxes), tuple(self.frames),
            tuple(self.joints), tuple(self.wires), tuple(self.bundles), width, height,
            tuple(self.skips),
        )  # fmt: skip

    def row(
        self,
        row: Row,
        x: float,
        y: float,
        flow: _Flow | None,
        prefix: str,
        depth: int,
        numbered: bool,
    ) -> _Flow | None:
        """Draw a row from `x` on along the line `y`; what flows out of it. `prefix` starts the paths of its weights."""
        header = y - row.tallest - HEADER / 2 + 6
        position = 0
        lefts: list[float] = []
        for item, gap in zip(row.items, row.gaps, strict=True):
            x += gap
            lefts.append(x)
            facts = item.facts
            path = prefix
            if facts is not None:
                path += str(position) if numbered else node_name(facts.node)
                position += 1
            match item:
                case Neurons():
                    flow = self._neurons(item, x, y, header, flow, path)
                case Slim():
                    flow = self._plate(item, x, y, header, flow)
                case Boxed():
                    flow = self._box(item, x, y, flow)
                case Framed():
                    flow = self._frame(item, x, y, flow, path, depth)
                case Branched():
                    flow = self._branches(item, x, y, flow, prefix, depth)
            x += item.width
        if row.reaches:
            self._reaches(row, lefts, y)
        return flow

    def _reaches(self, row: Row, lefts: list[float], y: float) -> None:
        """The lines over a row, to branches and into layers that take what an earlier item gave."""
        most = max(reach.track for reach in row.reaches)
        into: dict[int, int] = {}
        for reach in row.reaches:
            giver, taker = row.items[reach.start], row.items[reach.end]
            count = into[reach.end] = into.get(reach.end, 0) + 1
            over = y - row.up + 4 + TRACK * (most - reach.track)
            x0 = lefts[reach.start + 1] - LEAVING
            node_id = giver.facts.node.id if giver.facts is not None else 0
            match taker:
                case Branched():
                    x1 = lefts[reach.end] + min(8.0 * count, FORK - 6)
                    for line, name in _lines_of(taker, y):
                        if name == reach.name:
                            end = lefts[reach.end] + FORK
                            self.skips.append(Skip(node_id, x0, y, over, x1, line, end, name))
                case _:
                    x1 = lefts[reach.end] + min(16.0 * count, taker.width - 8)
                    top = y - taker.up
                    self.skips.append(Skip(node_id, x0, y, over, x1, top, x1, reach.name))

    def _neurons(
        self, item: Neurons, x: float, y: float, header: float, flow: _Flow | None, path: str
    ) -> _Flow:
        number = len(self.columns)
        where = (x, y, header, flow, path, number)
        made = self._before.get(id(item))
        if made is None or made[0] is not item or made[1] != where:
            made = (item, where, *_made(item, x, y, header, flow, path, number))
        self.drawn[id(item)] = made
        _, _, column, bundle, gives = made
        self.columns.append(column)
        if bundle is not None:
            self.bundles.append(bundle)
        if bundle is not None and flow is not None and flow.column < 0:
            self._wire(flow, bundle.x0, y)
        return gives

    def _plate(self, item: Slim, x: float, y: float, header: float, flow: _Flow | None) -> _Flow:
        node = item.facts.node
        family = node.kind.family if isinstance(node, Layer) else ""
        left = x + (item.width - PLATE_WIDTH) / 2
        self.plates.append(
            Plate(node.id, item.name, item.caption, family, left, y - item.up, PLATE_WIDTH,
                  item.up + item.down, header)
        )  # fmt: skip
        assert flow is not None
        end = left + PLATE_WIDTH
        self.columns[flow.column] = self.columns[flow.column]._replace(lane_end=end)
        return flow._replace(x=end)

    def _box(self, item: Boxed, x: float, y: float, flow: _Flow | None) -> _Flow:
        facts = item.facts
        node_id = facts.node.id if facts is not None else 0
        faulty = facts is not None and facts.fault is not None
        self.boxes.append(
            Box(node_id, item.name, item.caption, item.family, x, y, item.width,
                BOX_HEIGHT, faulty, item.badge, item.folded)
        )  # fmt: skip
        if flow is not None and item.family != "recall":
            self._wire(self._gathered(flow), x, y)
        return _Flow(x + item.width, y, node_id, _shape(facts))

    def _frame(
        self, item: Framed, x: float, y: float, flow: _Flow | None, path: str, depth: int
    ) -> _Flow | None:
        facts = item.facts
        self.frames.append(
            Frame(facts.node.id, title_of(facts), "", item.badge, x, y - item.up, item.width,
                  item.up + item.down, depth, facts.fault is not None)
        )  # fmt: skip
        plain = isinstance(facts.node, Group)
        numbered = isinstance(facts.node, Group) and not facts.node.class_name
        inside = f"{path}." if plain else f"{path}.0."
        left = x + PADDING
        end = self.row(item.row, left, y, flow, inside, depth + 1, numbered)
        if end is None or end is flow or end.column >= 0:
            return end
        right = x + item.width
        self.wires.append(Wire(end.node_id, end.x, y, right, y))
        return _Flow(right, y, facts.node.id, _shape(facts))

    def _branches(
        self, item: Branched, x: float, y: float, flow: _Flow | None, prefix: str, depth: int
    ) -> _Flow:
        facts = item.facts
        node = facts.node
        assert isinstance(node, Parallel)
        fork = x
        if flow is not None:
            flow = self._gathered(flow)
            self._wire(flow, fork, y)
        centre, half = x + item.width - item.joint / 2, item.joint / 2
        start, stop = x + FORK, centre - half - FORK
        top = y - item.up
        for branch, row in zip(node.branches, item.rows, strict=True):
            line = top + row.up
            into: _Flow | None = None
            if branch.source in item.near:
                into = _Flow(start, line, 0)
            elif not branch.source:
                self.wires.append(Wire(flow.node_id if flow else 0, fork, y, start, line))
                into = _Flow(start, line, flow.node_id if flow else 0)
            end = self.row(row, start, line, into, prefix, depth, False)
            if end is not None:
                end = self._gathered(end)
                self._wire(end, stop, line)
                self.wires.append(Wire(end.node_id, stop, line, centre - half, y))
            top += row.up + row.down + BETWEEN_BRANCHES
        caption = node.activation.title() if node.activation is not None else ""
        faulty = facts.fault is not None
        self.joints.append(
            Joint(node.id, symbol(node.join), caption, centre, y, JOINT, item.joint, faulty)
        )
        return _Flow(centre + half, y, node.id, _shape(facts))

    def _wire(self, flow: _Flow, x: float, y: float) -> None:
        if x > flow.x:
            self.wires.append(Wire(flow.node_id, flow.x, flow.y, x, y, flow.label))

    def _gathered(self, flow: _Flow) -> _Flow:
        """The flow as a single wire: lanes gather in a point first."""
        if flow.column < 0:
            return flow
        end = flow.x + FAN
        self.bundles.append(Bundle(flow.column, -1, "", flow.node_id, flow.x, end, flow.y))
        return _Flow(end, flow.y, flow.node_id)


_Neurons = tuple[Neurons, object, Column, Bundle | None, _Flow]
"""A column as it was drawn: of what, where, and what is seen of it."""


def _made(
    item: Neurons, x: float, y: float, header: float, flow: _Flow | None, path: str, number: int
) -> tuple[Column, Bundle | None, _Flow]:
    """A column, the lines into it, and what flows out."""
    centre = x + item.width / 2
    node_id = item.facts.node.id if item.facts is not None else 0
    column = Column(node_id, item.name, item.caption, item.units, centre, y, item.pitch,
                    item.radius, centre, header)  # fmt: skip
    bundle = None
    if flow is not None and flow.column >= 0:
        bundle = Bundle(flow.column, number, f"{path}.weight", node_id, flow.x, centre, y)
    elif flow is not None:
        start = max(centre - FAN - 20, flow.x)
        bundle = Bundle(-1, number, "", node_id, start, centre, y)
    return column, bundle, _Flow(centre, y, node_id, "", number)


def _lines_of(item: Branched, y: float) -> Iterator[tuple[float, str]]:
    """The heights of the lines that branches lie on, and where they take their values from."""
    node = item.facts.node
    assert isinstance(node, Parallel)
    top = y - item.up
    for branch, row in zip(node.branches, item.rows, strict=True):
        yield top + row.up, branch.source
        top += row.up + row.down + BETWEEN_BRANCHES


def _shape(facts: NodeFacts | None) -> str:
    return str(facts.output) if facts is not None and facts.output is not None else ""
