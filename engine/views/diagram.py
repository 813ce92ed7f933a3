"""A design as a drawing: neurons and lines where it is dense, boxes elsewhere, frames around blocks.

Layout is our own and linear in the number of nodes, as a design is a tree: sizes from the inside out
(`diagram_sizes`), then places from left to right (`diagram_pen`). Both take over what an edit leaves as it was, so that
drawing again takes the time of what has changed and of a few passes at the speed of C. A Repeat is drawn once, with a
badge.
"""

from __future__ import annotations

from itertools import starmap

from engine.design.spans import changed_span
from engine.design.tree import Input, Layer, Repeat
from engine.design.tuples import NamedTuple
from engine.views.diagram_items import FORK, base_pitch
from engine.views.diagram_moves import NONE, Parts
from engine.views.diagram_parts import (
    Box,
    Bundle,
    Column,
    Diagram,
    Frame,
    Joint,
    Lanes,
    Plate,
    Skip,
    Wire,
)
from engine.views.diagram_pen import Before, Pen, Within
from engine.views.diagram_sizes import NO_ROW, Sizer, input_item, is_row, row_of
from engine.views.facts import Analysis, NodeFacts

__all__ = [
    "Box",
    "Bundle",
    "Column",
    "Diagram",
    "Frame",
    "Joint",
    "Lanes",
    "Memory",
    "Plate",
    "Skip",
    "Wire",
    "diagram",
]

MARGIN = 40.0
MANY = 9
"""Numbers in a row from which on the distance of neurons is the same in all networks."""


class Memory:
    """What was found for the last drawing of a network; another drawing is quicker by what has stayed the same."""

    def __init__(self) -> None:
        self.folded: frozenset[int] = frozenset()
        self.widest = _Widest()
        self.row = NO_ROW
        self.before: Before | None = None
        self.parts = Parts()
        self.last: tuple[tuple[Input, ...], tuple[NodeFacts, ...], Diagram] | None = None

    def fold(self, folded: frozenset[int]) -> None:
        """What was found with other blocks folded does not hold any more."""
        if folded != self.folded:
            self.folded, self.row, self.before, self.last = folded, NO_ROW, None, None


class _Widest(NamedTuple):
    """The longest row of numbers that any of some nodes gives, at most MANY, and at which of them it is."""

    nodes: tuple[NodeFacts, ...] = ()
    most: int = 1
    place: int = -1


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
    start, stop, _ = changed_span(nodes, before)
    return all(starmap(_alike, zip(before[start:stop], nodes[start:stop], strict=True)))


def _alike(one: NodeFacts, other: NodeFacts) -> bool:
    """Whether two layers are drawn alike, as when an argument of the activation differs; blocks are not looked into."""
    before, node = one.node, other.node
    return (
        isinstance(before, Layer)
        and isinstance(node, Layer)
        and (before.id, before.name, before.kind, before.others)
        == (node.id, node.name, node.kind, node.others)
        and type(before.activation) is type(node.activation)
        and (one.input, one.output) == (other.input, other.output)
        and (one.fault is None) == (other.fault is None)
    )


def _drawn(inputs: tuple[Input, ...], nodes: tuple[NodeFacts, ...], memory: Memory) -> Diagram:
    rows = [each.spec.elements for each in inputs[:1] if len(each.spec.shape) == 1]
    memory.widest = _widest(nodes, memory.widest)
    sizer = Sizer(memory.folded, base_pitch(max([memory.widest.most, *rows])))
    first, lanes = (
        input_item(inputs[0].name, inputs[0].spec, nodes, sizer.base) if inputs else (None, 0)
    )
    row = row_of(nodes, lanes, sizer, (first,) if first is not None else (), memory.row)
    pen = Pen(memory.parts)
    flow, drawn = pen.row(row, MARGIN, MARGIN + row.up, None, Within(), memory.before)
    memory.row, memory.parts = row, pen.parts()
    memory.before = Before(drawn, MARGIN, MARGIN + row.up, NONE)
    width = 2 * MARGIN + row.width
    wires = memory.parts.wires
    if flow is not None and flow.column < 0 and row.items:
        end = flow.x + max(FORK, 7.0 * len(flow.label))
        wires = (*wires, Wire(flow.node_id, flow.x, flow.y, end, flow.y, flow.label))
        width += end - flow.x
    parts = memory.parts._replace(wires=wires)
    return Diagram(*parts, width, 2 * MARGIN + row.up + row.down)


def _widest(nodes: tuple[NodeFacts, ...], last: _Widest) -> _Widest:
    """What is widest in a row, found from what it was in the last drawing where an edit leaves that alone."""
    start, stop, old_stop = changed_span(nodes, last.nodes)
    most, place = last.most, last.place
    if place >= old_stop:
        place += stop - old_stop
    elif place >= start:
        start, stop, most, place = 0, len(nodes), 1, -1
    for each in range(start, stop):
        if most >= MANY:
            break
        if (wide := _width(nodes[each])) > most:
            most, place = wide, each
    return _Widest(nodes, most, place)


def _width(facts: NodeFacts) -> int:
    """The longest row of numbers that a node, or one inside it, gives, as far as that matters."""
    most = (
        min(facts.output.shape[0], MANY) if facts.output is not None and is_row(facts.output) else 1
    )
    inner = facts.stacks[:1] if isinstance(facts.node, Repeat) else facts.stacks
    for stack in inner:
        for each in stack.nodes:
            if most >= MANY:
                return most
            most = max(most, _width(each))
    return most
