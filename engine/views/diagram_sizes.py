"""How large each part of a diagram is, from the inside out; `diagram.py` then puts them in their places.

A row is what stands side by side on one line: `up` and `down` are its extents above and below that line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import ceil

from engine.catalogue.linear import Identity, Linear
from engine.catalogue.shaping import Flatten
from engine.design.kind import Join, TensorSpec
from engine.design.tree import Again, Group, Layer, Parallel, Repeat
from engine.design.tuples import NamedTuple
from engine.views.diagram_parts import slots
from engine.views.diagram_reaches import OVER, TRACK, Reach, Reaching
from engine.views.facts import NodeFacts, StackFacts, label

TALLEST = 560.0
"""Height of a full column, from the first neuron to the last."""

CLOSE, WIDE, FILLED = 28.0, 56.0, 220.0
"""Distance of neurons in a column of ordinary size; and in small networks up to how much, to reach which height."""

RADIUS = 14.0

COLUMN_DISTANCE = 190.0
HEADER = 46.0
"""Room over neurons and plates for their name and caption."""

PLATE_WIDTH, BOX_HEIGHT = 14.0, 52.0
NARROWEST_BOX, WIDEST_BOX = 92.0, 320.0
BOX_EDGES = 24.0
PADDING, TITLE = 22.0, 26.0
"""Inside a frame, and its line of title."""

FORK = 46.0
FAN = 40.0
"""Length over which lines gather to a point, or spread from one."""

JOINT = 13.0
BETWEEN_BRANCHES = 18.0
EMPTY_BRANCH = 14.0
BADGE = 16.0
"""Height of a badge on a box's lower edge."""
SHEETS = 8.0
"""How far the sheets behind a folded block show."""
NAME_LETTER, CAPTION_LETTER = 7.6, 6.6
"""Average widths of a letter."""

APART = ("dropout", "norm", "activation")
"""Families that treat every number of a row apart, but for the sums inside a norm."""


class Neurons(NamedTuple):
    """A node drawn as a column; `facts` is None for the network's input."""

    facts: NodeFacts | None
    name: str
    caption: str
    units: int
    pitch: float
    radius: float
    width: float
    up: float
    down: float


class Slim(NamedTuple):
    """A layer drawn as a plate."""

    facts: NodeFacts
    name: str
    caption: str
    width: float
    up: float
    down: float


class Boxed(NamedTuple):
    """A node drawn as a box; `facts` is None for an input."""

    facts: NodeFacts | None
    name: str
    caption: str
    family: str
    width: float
    up: float
    down: float
    badge: str = ""
    folded: bool = False


class Framed(NamedTuple):
    """A block drawn as a frame around a row."""

    facts: NodeFacts
    row: Row
    badge: str
    width: float
    up: float
    down: float


class Branched(NamedTuple):
    """A Parallel: rows one below the other between a fork and a joint of that width.

    `near` are the sources of branches that a line comes to from the same row.
    """

    facts: NodeFacts
    rows: tuple[Row, ...]
    near: tuple[str, ...]
    joint: float
    width: float
    up: float
    down: float


Item = Neurons | Slim | Boxed | Framed | Branched


class Row(NamedTuple):
    """Items side by side, the gap before each, and how high the highest column or plate reaches.

    `lanes` is how many neurons flow out of it side by side, 0 where a single wire does.
    """

    items: tuple[Item, ...]
    gaps: tuple[float, ...]
    tallest: float
    lanes: int
    width: float
    up: float
    down: float
    reaches: tuple[Reach, ...] = ()


def base_pitch(widest: int) -> float:
    """The distance of neurons in a network whose largest column has so many: small networks are drawn larger."""
    return min(WIDE, max(CLOSE, FILLED / max(widest - 1, 1)))


def widest(nodes: Sequence[NodeFacts]) -> int:
    """The longest row of numbers that any of these nodes, or one inside them, gives."""
    most = 1
    for facts in nodes:
        if _is_row(facts.output):
            assert facts.output is not None
            most = max(most, facts.output.shape[0])
        inner = facts.stacks[:1] if isinstance(facts.node, Repeat) else facts.stacks
        most = max([most, *(widest(stack.nodes) for stack in inner)])
    return most


def pitch_of(units: int, base: float) -> float:
    """Distance of neurons in one column."""
    return min(base, TALLEST / max(slots(units) - 1, 1))


def radius_of(pitch: float) -> float:
    """Radius of neurons at such a distance."""
    return min(RADIUS, 0.32 * pitch)


def half_of(units: int, base: float) -> float:
    """Half the height of a column, neurons included."""
    pitch = pitch_of(units, base)
    return pitch * (slots(units) - 1) / 2 + radius_of(pitch)


def width_of(name: str, caption: str) -> float:
    """Room that two lines of text take.

    In whole units, so that sums are exact, and what stands right of a change stays where it was to the last digit.
    """
    return float(ceil(max(NAME_LETTER * len(name), CAPTION_LETTER * len(caption))))


class Sizes:
    """Sizes that were found for one drawing, and are looked up for the next: an edit changes few of them."""

    def __init__(self, folded: frozenset[int] = frozenset()) -> None:
        self.folded = folded
        self._last: dict[int, _Found] = {}
        self._now: dict[int, _Found] = {}

    def begin(self) -> None:
        """What is found from now on belongs to another drawing."""
        self._last, self._now = self._now, {}

    def item(
        self,
        facts: NodeFacts,
        lanes: int,
        base: float,
        behind: NodeFacts | None,
        near: tuple[str, ...] = (),
    ) -> tuple[Item, int]:
        """A node's size, and the lanes that flow out of it; `near` are sources that its row can show as lines."""
        found = self._last.get(id(facts))
        if (
            found is None
            or found[0] is not facts
            or found[1] != lanes
            or found[2] != base
            or found[3] is not behind
            or found[4] != near
        ):
            item, out = _item(facts, lanes, base, behind, near, self)
            found = (facts, lanes, base, behind, near, item, out)
        self._now[id(facts)] = found
        return found[5], found[6]


_Found = tuple[NodeFacts, int, float, NodeFacts | None, tuple[str, ...], Item, int]


def row_of(
    nodes: Sequence[NodeFacts],
    lanes: int,
    base: float,
    sizes: Sizes,
    before: tuple[Item, ...] = (),
) -> Row:
    """The size of a row, with `lanes` neurons or a single wire flowing in; `base` is the distance of neurons."""
    items: list[Item] = list(before)
    reaching = Reaching()
    for item in before:
        alone = isinstance(item, Boxed)
        reaching.passes(item.name if alone else "", alone)
    for facts, behind in zip(nodes, (*nodes[1:], None), strict=False):
        item, lanes = sizes.item(facts, lanes, base, behind, reaching.near(facts))
        reaching.passes(facts, not lanes and not isinstance(item, Branched))
        items.append(item)
    gaps: list[float] = []
    previous: Item | None = None
    tallest = 0.0
    up = down = EMPTY_BRANCH
    width = 0.0
    for item in items:
        gap = _gap(previous, item) if previous is not None else _lead(item)
        gaps.append(gap)
        width += gap + item.width
        if isinstance(item, Neurons | Slim):
            tallest = max(tallest, item.up)
        up, down = max(up, item.up), max(down, item.down)
        previous = item
    up = max(up, tallest + HEADER) if tallest else up
    reaches = tuple(reaching.found)
    if reaches:
        up += OVER + TRACK * max(reach.track for reach in reaches)
    return Row(tuple(items), tuple(gaps), tallest, lanes, width, up, down, reaches)


def input_item(
    name: str, spec: TensorSpec, nodes: Sequence[NodeFacts], base: float
) -> tuple[Item, int]:
    """The network's input: a column where neurons follow, else a box; and the lanes that flow out of it."""
    if _is_row(spec) and nodes and takes_lanes(nodes[0]):
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
    base: float,
    behind: NodeFacts | None,
    near: tuple[str, ...],
    sizes: Sizes,
) -> tuple[Item, int]:
    """A node's size, and the lanes that flow out of it."""
    match node := facts.node:
        case Layer():
            return _layer_item(node, facts, lanes, base, behind)
        case Group(id=own) | Repeat(id=own) if own in sizes.folded:
            return _folded(facts), 0
        case Group():
            return _framed(facts, "", lanes, base, sizes)
        case Repeat():
            return _framed(facts, f"× {node.times}", lanes, base, sizes)
        case Parallel():
            return _branched(node, facts, base, near, sizes), 0
        case Again():
            activation = node.activation.title() if node.activation is not None else ""
            return boxed(facts, node.of, "once more, same weights", "block", activation), 0


def _layer_item(
    node: Layer, facts: NodeFacts, lanes: int, base: float, behind: NodeFacts | None
) -> tuple[Item, int]:
    name = node.name or node.kind.title()
    activation = node.activation.title() if node.activation is not None else ""
    assembled = isinstance(node.kind, Flatten) and behind is not None and takes_lanes(behind)
    if _is_dense(facts) or (assembled and _is_row(facts.output)):
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


def _is_row(spec: TensorSpec | None) -> bool:
    return spec is not None and len(spec.shape) == 1 and spec.dtype == "float32"


def _is_dense(facts: NodeFacts) -> bool:
    """Whether a node is a Linear from a row of numbers to a row as long as its weight is."""
    node = facts.node
    if not isinstance(node, Layer) or not isinstance(node.kind, Linear) or not _is_row(facts.input):
        return False
    return facts.output is not None and facts.output.shape == (node.kind.out_features,)


def _is_apart(facts: NodeFacts) -> bool:
    """Whether a layer keeps the row of numbers that flows into it, treating each apart."""
    node = facts.node
    if not isinstance(node, Layer) or not _is_row(facts.input) or facts.output != facts.input:
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
    node = facts.node
    assert isinstance(node, Group | Repeat)
    inside = len(facts.stacks[0].nodes) if facts.stacks else 0
    caption = _joined(node.class_name if node.name else "", f"{inside} inside")
    badge = f"× {node.times}" if isinstance(node, Repeat) else ""
    box = boxed(facts, node.name or node.class_name or "Sequential", caption, "block", badge)
    return box._replace(up=box.up + SHEETS, down=max(box.down, box.up), folded=True)


def _framed(
    facts: NodeFacts, badge: str, lanes: int, base: float, sizes: Sizes
) -> tuple[Framed, int]:
    inside: StackFacts | None = facts.stacks[0] if facts.stacks else None
    row = row_of(inside.nodes if inside is not None else (), lanes, base, sizes)
    name = f"{title_of(facts)}  {badge}"
    width = max(row.width + 2 * PADDING, width_of(name, "") + 2 * PADDING, NARROWEST_BOX)
    return Framed(facts, row, badge, width, row.up + PADDING + TITLE, row.down + PADDING), row.lanes


def title_of(facts: NodeFacts) -> str:
    """What stands over a frame: its name and its class."""
    match facts.node:
        case Group(name=name, class_name=class_name) | Repeat(name=name, class_name=class_name):
            return _joined(name, class_name or "Sequential")
        case node:
            return label(node)


def _branched(
    node: Parallel, facts: NodeFacts, base: float, near: tuple[str, ...], sizes: Sizes
) -> Branched:
    rows: list[Row] = []
    for place, stack in enumerate(node.branches):
        nodes = facts.stacks[place].nodes if place < len(facts.stacks) else ()
        far = stack.source and stack.source not in near
        chip = (boxed(None, stack.source, "from before", "recall"),) if far else ()
        rows.append(row_of(nodes, 0, base, sizes, chip))
    height = sum(row.up + row.down for row in rows) + BETWEEN_BRANCHES * max(len(rows) - 1, 0)
    longest = max((row.width + (FAN if row.lanes else 0) for row in rows), default=0.0)
    joint = joint_width(symbol(node.join))
    width = longest + 2 * FORK + joint
    return Branched(
        facts, tuple(rows), near, joint, width, max(height / 2, JOINT), max(height / 2, JOINT)
    )


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
