"""How large each node of a diagram is, from the inside out; `diagram_pen.py` then puts them in their places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate
from math import ceil
from operator import add, attrgetter

from engine.catalogue.linear import Identity, Linear
from engine.catalogue.shaping import Flatten
from engine.design.kind import Join, TensorSpec
from engine.design.spans import changed_span
from engine.design.tree import Again, Group, Layer, Node, Parallel, Repeat, others_of
from engine.design.tuples import NamedTuple
from engine.views.diagram_items import (
    BADGE,
    BETWEEN_BRANCHES,
    BOX_EDGES,
    BOX_HEIGHT,
    CAPTION_LETTER,
    COLUMN_DISTANCE,
    EMPTY_BRANCH,
    FAN,
    FORK,
    HEADER,
    JOINT,
    NARROWEST_BOX,
    PADDING,
    PLATE_WIDTH,
    RADIUS,
    SHEETS,
    TITLE,
    WIDEST_BOX,
    Boxed,
    Branched,
    Framed,
    Item,
    Neurons,
    Row,
    Slim,
    half_of,
    pitch_of,
    radius_of,
    width_of,
)
from engine.views.diagram_reaches import OVER, TRACK, Reaching
from engine.views.facts import NodeFacts, label

APART = ("dropout", "norm", "activation")
"""Families that treat every number of a row apart, but for the sums inside a norm."""


class Sizer(NamedTuple):
    """What sizes depend on beside the nodes: which blocks are folded, and the distance of neurons."""

    folded: frozenset[int] = frozenset()
    base: float = 0.0


NO_ROW = Row((), (), 0, (), (), (), (), False, -1.0, 0.0, 0.0, 0.0, 0.0)
"""A row of which nothing can be taken over."""


def row_of(
    nodes: Sequence[NodeFacts],
    lanes: int,
    sizer: Sizer,
    before: tuple[Item, ...] = (),
    last: Row = NO_ROW,
) -> Row:
    """The size of a row: some items `before` its nodes, and `lanes` neurons or a single wire flowing into the first.

    What an edit leaves as it was is taken over from `last`, the same stack in the last drawing, and mostly not even
    looked at: a row of thousands is made again in the time of a few.
    """
    nodes, count = tuple(nodes), len(before)
    if last.base != sizer.base or last.items[: last.leading] != before:
        last = NO_ROW
    start, stop, old_stop = changed_span(nodes, last.nodes)
    ahead = stop - old_stop
    speaks = any(map(_speaks, nodes if last.speaks else nodes[start:stop]))
    # What stands before an edit knows what stands behind; in a row that speaks, everybody knows all others.
    place = first = 0 if speaks or not start or last.lanes[0] != lanes else start - 1
    lanes = last.lanes[first] if first else lanes
    reaching = _reaching(before)
    made: list[Item] = []
    into: list[int] = []
    nears: list[tuple[str, ...]] = []
    while place < len(nodes) and (speaks or place < stop or last.lanes[place - ahead] != lanes):
        facts, behind = nodes[place], nodes[place + 1] if place + 1 < len(nodes) else None
        near = reaching.near(facts) if speaks else ()
        into.append(lanes)
        former = _former(last, facts, place, ahead)
        if (
            former >= 0
            and not start - 1 <= place < stop
            and last.lanes[former] == lanes
            and (last.nears[former] if last.nears else ()) == near
        ):
            item, lanes = last.items[count + former], last.lanes[former + 1]
        else:
            known = last.items[count + former] if former >= 0 else None
            item, lanes = _item(facts, lanes, behind, near, sizer, known)
        if speaks:
            nears.append(near)
            reaching.passes(facts, not lanes and not isinstance(item, Branched))
        made.append(item)
        place += 1
    resumed = place - ahead
    after = last.lanes[resumed:] if place < len(nodes) else (lanes,)
    items = (*before, *last.items[count : count + first], *made, *last.items[count + resumed :])
    low, high = count + first if first else 0, min(count + place + 1, len(items))
    gaps = [
        _gap(items[each - 1], items[each]) if each else _lead(items[0]) for each in range(low, high)
    ]
    return _summed(
        NO_ROW._replace(
            nodes=nodes,
            items=items,
            leading=count,
            gaps=(*last.gaps[:low], *gaps, *last.gaps[high - ahead :]),
            lanes=(*last.lanes[:first], *into, *after),
            nears=tuple(nears),
            speaks=speaks,
            base=sizer.base,
            reaches=tuple(reaching.found),
        )
    )


def _speaks(facts: NodeFacts) -> bool:
    """Whether a node takes a value by its name."""
    node = facts.node
    if isinstance(node, Parallel):
        return any(branch.source for branch in node.branches)
    return bool(others_of(node))


def _reaching(before: tuple[Item, ...]) -> Reaching:
    """What can be reached in a row that begins with these items."""
    reaching = Reaching()
    for item in before:
        alone = isinstance(item, Boxed)
        reaching.passes(item.name if alone else "", alone)
    return reaching


def _former(last: Row, facts: NodeFacts, place: int, ahead: int) -> int:
    """Where a node stood in the last row, counted from its front or from its back; -1 where it did not."""
    for former in (place, place - ahead):
        if 0 <= former < len(last.nodes) and last.nodes[former].node.id == facts.node.id:
            return former
    return -1


def _summed(row: Row) -> Row:
    """A row with its extents and where each item begins, from its items and gaps."""
    if not row.items:
        return row._replace(up=EMPTY_BRANCH, down=EMPTY_BRANCH)
    widths = list(map(attrgetter("width"), row.items))
    lefts = tuple(accumulate(map(add, row.gaps, (0.0, *widths[:-1]))))
    upright = (each.up for each in row.items if isinstance(each, Neurons | Slim))
    tallest = max(upright, default=0.0) if any(row.lanes) else 0.0
    up = max(EMPTY_BRANCH, *map(attrgetter("up"), row.items), tallest + HEADER if tallest else 0.0)
    if row.reaches:
        up += OVER + TRACK * max(reach.track for reach in row.reaches)
    down = max(EMPTY_BRANCH, *map(attrgetter("down"), row.items))
    return row._replace(
        lefts=lefts, tallest=tallest, width=lefts[-1] + widths[-1], up=up, down=down
    )


def input_item(
    name: str, spec: TensorSpec, nodes: Sequence[NodeFacts], base: float
) -> tuple[Item, int]:
    """The network's input: a column where neurons follow, else a box; and the lanes that flow out of it."""
    if is_row(spec) and nodes and takes_lanes(nodes[0]):
        units = spec.shape[0]
        return neurons(None, name, str(units), units, base), units
    caption = str(spec) if spec.dtype == "float32" else f"{spec} {spec.dtype}"
    return boxed(None, name, caption, "input"), 0


def takes_lanes(facts: NodeFacts) -> bool:
    """Whether a node, or the first inside it, is drawn so that neurons flow into it one by one."""
    if isinstance(facts.node, Group | Repeat):
        return bool(facts.stacks and facts.stacks[0].nodes) and takes_lanes(
            facts.stacks[0].nodes[0]
        )
    return _is_dense(facts) or _is_apart(facts)


def _item(
    facts: NodeFacts,
    lanes: int,
    behind: NodeFacts | None,
    near: tuple[str, ...],
    sizer: Sizer,
    former: Item | None,
) -> tuple[Item, int]:
    """A node's size, and the lanes that flow out of it; `former` is what it was in the last drawing."""
    match node := facts.node:
        case Layer():
            item, out = _layer_item(node, facts, lanes, sizer.base, behind)
            handed_in = [name for name in node.others if name not in near]
            if handed_in and isinstance(item, Boxed):
                caption = _joined(item.caption, f"takes {', '.join(handed_in)}")
                item = boxed(facts, item.name, caption, item.family, item.badge)
            return item, out
        case Group(id=own) | Repeat(id=own) | Parallel(id=own) if own in sizer.folded:
            return _folded(facts), 0
        case Group() | Repeat():
            framed = _framed(facts, lanes, sizer, former)
            return framed, framed.row.lanes[-1]
        case Parallel():
            return _branched(node, facts, near, sizer, former), 0
        case Again():
            return boxed(facts, node.of, "once more, same weights", "block", badge_of(node)), 0


def _layer_item(
    node: Layer, facts: NodeFacts, lanes: int, base: float, behind: NodeFacts | None
) -> tuple[Item, int]:
    name = node.name or node.kind.title()
    activation = badge_of(node)
    assembled = isinstance(node.kind, Flatten) and behind is not None and takes_lanes(behind)
    if _is_dense(facts) or (assembled and is_row(facts.output)):
        assert facts.output is not None
        units = facts.output.shape[0]
        return neurons(facts, name, _joined(str(units), activation), units, base), units
    if lanes and _is_apart(facts):
        caption = _joined(node.kind.brief(facts.input), activation)
        width = max(PLATE_WIDTH, width_of(name, caption))
        half = half_of(lanes, base) + 6
        return Slim(facts, name, caption, width, half, half), lanes
    brief = node.kind.brief(facts.input)
    kind = f"{node.kind.title()} {brief}" if node.name else brief
    return boxed(facts, name, kind.strip(), node.kind.family, activation), 0


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def is_row(spec: TensorSpec | None) -> bool:
    """Whether something is a row of numbers, which can be drawn as neurons."""
    return spec is not None and len(spec.shape) == 1 and spec.dtype == "float32"


def _is_dense(facts: NodeFacts) -> bool:
    """Whether a node is a Linear from a row of numbers to a row as long as its weight is."""
    node = facts.node
    if not isinstance(node, Layer) or not isinstance(node.kind, Linear) or not is_row(facts.input):
        return False
    return facts.output is not None and facts.output.shape == (node.kind.out_features,)


def _is_apart(facts: NodeFacts) -> bool:
    """Whether a layer keeps the row of numbers that flows into it, treating each apart."""
    node = facts.node
    if not isinstance(node, Layer) or not is_row(facts.input) or facts.output != facts.input:
        return False
    return node.kind.family in APART or isinstance(node.kind, Identity)


def neurons(facts: NodeFacts | None, name: str, caption: str, units: int, base: float) -> Neurons:
    """A column's size."""
    pitch, half = pitch_of(units, base), half_of(units, base)
    width = max(2 * RADIUS, width_of(name, caption))
    return Neurons(facts, name, caption, units, pitch, radius_of(pitch), width, half, half)


def boxed(facts: NodeFacts | None, name: str, caption: str, family: str, badge: str = "") -> Boxed:
    """A box's size."""
    most = int((WIDEST_BOX - BOX_EDGES) / CAPTION_LETTER)
    caption = caption if len(caption) <= most else f"{caption[: most - 1]}…"
    width = min(max(width_of(name, caption) + BOX_EDGES, NARROWEST_BOX), WIDEST_BOX)
    half = BOX_HEIGHT / 2
    down = half + BADGE / 2 if badge else half
    return Boxed(facts, name, caption, family, width, half, down, badge)


def _folded(facts: NodeFacts) -> Boxed:
    """A block whose inside is not shown, with sheets behind it."""
    match facts.node:
        case Group(name=name, class_name=class_name) | Repeat(name=name, class_name=class_name):
            inside = len(facts.stacks[0].nodes) if facts.stacks else 0
            caption = _joined(class_name if name else "", f"{inside} inside")
            name = name or class_name or "Sequential"
        case Parallel(branches=branches):
            name, caption = label(facts.node), f"{len(branches)} branches"
        case node:
            name, caption = label(node), ""
    box = boxed(facts, name, caption, "block", badge_of(facts.node))
    return box._replace(up=box.up + SHEETS, down=max(box.down, box.up), folded=True)


def badge_of(node: Node) -> str:
    """How often a block is repeated, or what is done with what branches come to."""
    match node:
        case Repeat(times=times):
            return f"× {times}"
        case (
            Layer(activation=activation)
            | Parallel(activation=activation)
            | Again(activation=activation)
        ):
            return activation.title() if activation is not None else ""
        case Group():
            return ""


def _framed(facts: NodeFacts, lanes: int, sizer: Sizer, former: Item | None) -> Framed:
    nodes = facts.stacks[0].nodes if facts.stacks else ()
    badge = badge_of(facts.node)
    row = row_of(nodes, lanes, sizer, (), former.row if isinstance(former, Framed) else NO_ROW)
    name = f"{title_of(facts)}  {badge}"
    width = max(row.width + 2 * PADDING, width_of(name, "") + 2 * PADDING, NARROWEST_BOX)
    return Framed(facts, row, badge, width, row.up + PADDING + TITLE, row.down + PADDING)


def title_of(facts: NodeFacts) -> str:
    """What stands over a frame: its name and its class."""
    match facts.node:
        case Group(name=name, class_name=class_name) | Repeat(name=name, class_name=class_name):
            return _joined(name, class_name or "Sequential")
        case node:
            return label(node)


def _branched(
    node: Parallel,
    facts: NodeFacts,
    near: tuple[str, ...],
    sizer: Sizer,
    former: Item | None,
) -> Branched:
    rows: list[Row] = []
    known = former.rows if isinstance(former, Branched) else ()
    for place, stack in enumerate(node.branches):
        nodes = facts.stacks[place].nodes if place < len(facts.stacks) else ()
        far = stack.source and stack.source not in near
        chip = (boxed(None, stack.source, "from before", "recall"),) if far else ()
        last = known[place] if place < len(known) else NO_ROW
        rows.append(row_of(nodes, 0, sizer, chip, last))
    height = sum(row.up + row.down for row in rows) + BETWEEN_BRANCHES * max(len(rows) - 1, 0)
    longest = max((row.width + (FAN if row.lanes[-1] else 0) for row in rows), default=0.0)
    joint = joint_width(symbol(node.join))
    half = max(float(ceil(height / 2)), JOINT)
    return Branched(facts, tuple(rows), near, joint, longest + 2 * FORK + joint, half, half)


def symbol(join: Join) -> str:
    """The operator of a join's form, `+` for `a + b`; its title where it has none."""
    operator = re.fullmatch(r"a (\S) b", join.form)
    return {"*": "×", "-": "−"}.get(operator[1], operator[1]) if operator else join.title()


def joint_width(word: str) -> float:
    """A circle for a symbol, a capsule for a word."""
    return 2 * JOINT if len(word) <= 2 else 8.0 * len(word) + 14


def _lead(item: Item) -> float:
    """Room before the first item of a row."""
    return FORK if isinstance(item, Neurons) and item.facts is not None else 0.0


def _gap(before: Item, item: Item) -> float:
    """Room between two items, for lines that fan out or for a shape over the wire."""
    match before, item:
        case Neurons() | Slim(), Neurons():
            return max(16.0, COLUMN_DISTANCE - (before.width + item.width) / 2)
        case Neurons() | Slim(), Slim():
            return 22.0
        case Neurons() | Slim(), _:
            return 84.0
        case _, Neurons():
            return 110.0
        case _:
            shape = str(before.facts.output) if before.facts and before.facts.output else ""
            return max(44.0, width_of("", shape) + 22)
