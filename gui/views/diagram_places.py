"""Where the parts of a diagram can be pointed at, and how a small one fills a wide sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain

from PySide6.QtCore import QPointF, QRectF

from engine.design.value import replace
from engine.views.diagram import Box, Column, Diagram, Frame, Joint, Plate

WIDEST = 2.4
"""How far the columns of a small network may be pulled apart to fill a wide sheet."""

ASIDE = 24
"""Pixels between a node that comes into sight and the edge."""

Place = tuple[int, QRectF, str]
"""What can be pointed at: its id, its area, and what a tooltip says of it."""


class Places:
    """What can be pointed at in a diagram."""

    def __init__(self, diagram: Diagram | None) -> None:
        self.diagram = diagram

    @cached_property
    def all(self) -> list[Place]:
        """In front first."""
        parts = _parts(self.diagram) if self.diagram is not None else ()
        return [(part.node_id, _area(part), _words(part)) for part in parts]

    def area(self, node_id: int) -> QRectF | None:
        """Where a node is; looked for alone, as after each edit it is that of one node among thousands."""
        parts = _parts(self.diagram) if self.diagram is not None and node_id else ()
        return next((_area(part) for part in parts if part.node_id == node_id), None)

    def node_at(self, point: QPointF) -> int:
        """The node at a point, 0 where there is none."""
        return next((own for own, area, _ in self.all if own and area.contains(point)), 0)

    def words_at(self, point: QPointF) -> str:
        """What a tooltip says at a point."""
        return next((words for _, area, words in self.all if area.contains(point)), "")

    def beside(self, node_id: int, by: int) -> int:
        """The node so many to the right of one; from no node on, the first or the last; 0 where there is none."""
        nodes = sorted((place for place in self.all if place[0]), key=lambda place: place[1].center().x())  # fmt: skip
        ids = list(dict.fromkeys(place[0] for place in nodes))
        if not ids:
            return 0
        position = ids.index(node_id) + by if node_id in ids else (0 if by > 0 else len(ids) - 1)
        return ids[min(max(position, 0), len(ids) - 1)]


def missing(start: float, length: float, room: float) -> float:
    """How far to move what is there, on a sheet of so much room, so that it, or all that can be of it, is seen.

    From near by only as far as needed: most of what is seen has been painted already. From far away into the middle.
    """
    end = start + length
    if (start >= 0 and end <= room) or (start <= 0 and end >= room):
        return 0.0
    if length + 2 * ASIDE > room:
        return ASIDE - start
    if not -room < start < end < 2 * room:
        return (room - length) / 2 - start
    return ASIDE - start if start < 0 else room - ASIDE - end


def neuron_at(
    diagram: Diagram | None, values: Mapping[int, Sequence[float]], point: QPointF
) -> str:
    """The neuron at a point with its value; "" where there is none, or nothing has run."""
    for column in diagram.columns if diagram is not None else ():
        known = values.get(column.node_id)
        if known is None or abs(point.x() - column.x) > column.radius + 3:
            continue
        for unit, y in column.neurons():
            if abs(point.y() - y) <= column.radius + 1 and unit < len(known):
                return f"{column.name}[{unit}] = {known[unit]:.4g}"
    return ""


Part = Column | Plate | Box | Joint | Frame


def _parts(diagram: Diagram) -> Iterable[Part]:
    """What can be pointed at, in front first."""
    frames = reversed(diagram.frames)
    return chain(diagram.columns, diagram.plates, diagram.boxes, diagram.joints, frames)


def _area(part: Part) -> QRectF:
    match part:
        case Column(x=x, y=y, radius=radius):
            half = max(radius + 8, 34)
            top = min(y - part.height / 2 - radius, part.header_y - 28)
            return QRectF(x - half, top, 2 * half, y + part.height / 2 + radius - top)
        case Plate(x=x, header_y=header_y):
            return QRectF(x - 20, header_y - 28, part.width + 40, part.y + part.height - header_y + 28)  # fmt: skip
        case Box(x=x, y=y, width=width, height=height):
            return QRectF(x, y - height / 2, width, height)
        case Joint(x=x, y=y, radius=radius):
            return QRectF(x - radius, y - radius, 2 * radius, 2 * radius)
        case Frame(x=x, y=y, width=width, height=height):
            return QRectF(x, y, width, height)


def _words(part: Part) -> str:
    match part:
        case Column() | Plate() | Box():
            return f"{part.name}: {part.caption}"
        case Joint():
            return part.symbol
        case Frame():
            return part.name


def stretched(diagram: Diagram, factor: float) -> Diagram:
    """A drawing of neurons alone with its columns further apart; any other one as it is."""
    factor = min(factor, WIDEST)
    if factor <= 1.02 or diagram.boxes or diagram.frames or diagram.joints or diagram.wires:
        return diagram
    columns = tuple(each._replace(x=each.x * factor) for each in diagram.columns)
    lanes = tuple(each._replace(x0=each.x0 * factor, x1=each.x1 * factor) for each in diagram.lanes)
    plates = tuple(
        each._replace(x=(each.x + each.width / 2) * factor - each.width / 2)
        for each in diagram.plates
    )
    bundles = tuple(
        each._replace(x0=each.x0 * factor, x1=each.x1 * factor) for each in diagram.bundles
    )
    return replace(
        diagram,
        columns=columns,
        plates=plates,
        lanes=lanes,
        bundles=bundles,
        width=diagram.width * factor,
    )
