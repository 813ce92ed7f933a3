"""What a row of a diagram consists of, each item with its size, before it has a place.

A row is what stands side by side on one line: `up` and `down` are its extents above and below that line. All sizes are
whole units or halves of them, so that sums are exact, and what an edit moves is where a fresh drawing would have it.
"""

from __future__ import annotations

from math import ceil

from engine.design.tuples import NamedTuple
from engine.views.diagram_parts import slots
from engine.views.diagram_reaches import Reach
from engine.views.facts import NodeFacts

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
    """Items side by side, the gap before each and its left end, and how high the highest column or plate reaches.

    Those of `nodes` stand behind some `leading` ones. `lanes` says how many neurons flow side by side into each node
    and, at the end, out of the last one, 0 where a single wire does. Where nodes take values by name, the row `speaks`,
    and `nears` has the names of those that a line leads to each node. `base` is the distance of neurons that it was
    made for.
    """

    nodes: tuple[NodeFacts, ...]
    items: tuple[Item, ...]
    leading: int
    gaps: tuple[float, ...]
    lefts: tuple[float, ...]
    lanes: tuple[int, ...]
    nears: tuple[tuple[str, ...], ...]
    speaks: bool
    base: float
    tallest: float
    width: float
    up: float
    down: float
    reaches: tuple[Reach, ...] = ()


def base_pitch(widest: int) -> float:
    """The distance of neurons in a network whose largest column has so many: small networks are drawn larger."""
    return min(WIDE, max(CLOSE, FILLED / max(widest - 1, 1)))


def pitch_of(units: int, base: float) -> float:
    """Distance of neurons in one column."""
    return min(base, TALLEST / max(slots(units) - 1, 1))


def radius_of(pitch: float) -> float:
    """Radius of neurons at such a distance."""
    return min(RADIUS, 0.32 * pitch)


def half_of(units: int, base: float) -> float:
    """Half the height of a column, neurons included."""
    pitch = pitch_of(units, base)
    return float(ceil(pitch * (slots(units) - 1) / 2 + radius_of(pitch)))


def width_of(name: str, caption: str) -> float:
    """Room that two lines of text take."""
    return float(ceil(max(NAME_LETTER * len(name), CAPTION_LETTER * len(caption))))
