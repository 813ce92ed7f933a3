"""What a drawn network consists of, in units of its own: x to the right, y downward, text about 13 units high.

A view draws these as they stand; weights and values that colour them come from a run and are no part of a design.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.design.tuples import NamedTuple
from engine.design.value import value

ENTIRE = 64
"""Up to so many neurons a column shows each of them."""

ENDS = 10
"""Of a larger column, so many at each end."""

GAP_PITCHES = 3
"""Room for the number of those between, in distances of neurons."""


class Column(NamedTuple):
    """A layer of neurons one above the other. `node_id` is 0 for the network's input.

    `x`, `y` is its centre; neurons are `pitch` apart. Name and caption stand centred over it, the caption's middle at
    `header_y`.
    """

    node_id: int
    name: str
    caption: str
    units: int
    x: float
    y: float
    pitch: float
    radius: float
    header_y: float

    @property
    def hidden(self) -> int:
        """Neurons that are not drawn one by one."""
        return 0 if self.units <= ENTIRE else self.units - 2 * ENDS

    @property
    def height(self) -> float:
        """From the first neuron's centre to the last one's."""
        return self.pitch * (slots(self.units) - 1)

    @property
    def gap(self) -> float:
        """The room between the upper and the lower half of the neurons, where some are hidden."""
        return (GAP_PITCHES + 1) * self.pitch - 2 * self.radius

    def neurons(self) -> Iterator[tuple[int, float]]:
        """Which units are drawn, and at which y: number in the layer's output, centre."""
        top = self.y - self.height / 2
        if not self.hidden:
            for unit in range(self.units):
                yield unit, top + unit * self.pitch
            return
        for unit in range(ENDS):
            yield unit, top + unit * self.pitch
        for back in range(ENDS, 0, -1):
            yield self.units - back, top + self.height - (back - 1) * self.pitch


def slots(units: int) -> int:
    """How many distances a column's neurons take up, plus one."""
    return units if units <= ENTIRE else 2 * ENDS + GAP_PITCHES


class Plate(NamedTuple):
    """A layer that treats every neuron apart (dropout, norm, activation): a slim upright box that lines pass.

    `x`, `y` is its upper left corner; name and caption stand over it as over a Column.
    """

    node_id: int
    name: str
    caption: str
    family: str
    x: float
    y: float
    width: float
    height: float
    header_y: float


class Box(NamedTuple):
    """Any other layer, a folded block, or an input that is no row of numbers; `x`, `y` is the centre of its left side.

    `badge` stands on its lower edge: a layer's activation, or `× 3` for a folded block of three turns.
    """

    node_id: int
    name: str
    caption: str
    family: str
    x: float
    y: float
    width: float
    height: float
    faulty: bool
    badge: str = ""
    folded: bool = False


class Frame(NamedTuple):
    """A Group or Repeat around what is inside; `badge` is `× 3` for three turns. `x`, `y` is its upper left corner."""

    node_id: int
    name: str
    caption: str
    badge: str
    x: float
    y: float
    width: float
    height: float
    depth: int
    faulty: bool


class Joint(NamedTuple):
    """Where branches meet: a circle with a symbol (`+`) or, where there is none, a word in a wider capsule.

    `x`, `y` is its centre; `width` is twice the radius for a circle.
    """

    node_id: int
    symbol: str
    caption: str
    x: float
    y: float
    radius: float
    width: float
    faulty: bool


class Wire(NamedTuple):
    """A line from `x0`, `y0` to `x1`, `y1`, level at both ends.

    `node_id` is the node whose result flows along it; `label`, its shape, stands over the beginning, "" for none.
    """

    node_id: int
    x0: float
    y0: float
    x1: float
    y1: float
    label: str = ""


class Skip(NamedTuple):
    """What a branch or a layer takes from far before: a thin line over all that stands between.

    It leaves the flow at `x0`, `y0`, runs level at `over` and comes down at `x1` to `y1`, and from there to `end`.
    """

    node_id: int
    x0: float
    y0: float
    over: float
    x1: float
    y1: float
    end: float
    label: str = ""


class Lanes(NamedTuple):
    """Lines that run straight on, one from each neuron of a column, number into `Diagram.columns`: through a plate."""

    column: int
    x0: float
    x1: float


class Bundle(NamedTuple):
    """All lines between two columns, numbers into `Diagram.columns`; -1 where they gather in the point at that end.

    `weight` is the path of the matrix in the `state_dict`, entry [j, i] being the line from unit i of the source to
    unit j of the target; "" where lines carry no weight. They run from `x0` to `x1`; `y` is that of the point.
    """

    source: int
    target: int
    weight: str
    layer_id: int
    x0: float
    x1: float
    y: float


@value
class Diagram:
    """A drawn network; everything lies within 0 to `width` and 0 to `height`."""

    columns: tuple[Column, ...]
    plates: tuple[Plate, ...]
    boxes: tuple[Box, ...]
    frames: tuple[Frame, ...]
    joints: tuple[Joint, ...]
    wires: tuple[Wire, ...]
    lanes: tuple[Lanes, ...]
    bundles: tuple[Bundle, ...]
    skips: tuple[Skip, ...]
    width: float
    height: float
