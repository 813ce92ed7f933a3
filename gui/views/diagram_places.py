"""Where the parts of a diagram can be pointed at, and how a small one fills a wide sheet."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from engine.design.value import replace
from engine.views.diagram import Diagram

WIDEST = 2.4
"""How far the columns of a small network may be pulled apart to fill a wide sheet."""

Place = tuple[int, QRectF, str]
"""What can be pointed at: its id, its area, and what a tooltip says of it."""


def places_of(diagram: Diagram | None) -> list[Place]:
    """What can be pointed at, in front first."""
    if diagram is None:
        return []
    found: list[Place] = []
    for column in diagram.columns:
        half = max(column.radius + 8, 34)
        top = min(column.y - column.height / 2 - column.radius, column.header_y - 28)
        bottom = column.y + column.height / 2 + column.radius
        found.append((column.node_id, QRectF(column.x - half, top, 2 * half, bottom - top),
                      f"{column.name}: {column.caption}"))  # fmt: skip
    found += [(p.node_id, QRectF(p.x - 20, p.header_y - 28, p.width + 40, p.y + p.height - p.header_y + 28),
               f"{p.name}: {p.caption}") for p in diagram.plates]  # fmt: skip
    found += [(b.node_id, QRectF(b.x, b.y - b.height / 2, b.width, b.height), f"{b.name}: {b.caption}")
              for b in diagram.boxes]  # fmt: skip
    found += [(j.node_id, QRectF(j.x - j.radius, j.y - j.radius, 2 * j.radius, 2 * j.radius), j.symbol)
              for j in diagram.joints]  # fmt: skip
    found += [
        (f.node_id, QRectF(f.x, f.y, f.width, f.height), f.name) for f in reversed(diagram.frames)
    ]
    return found


def stretched(diagram: Diagram, factor: float) -> Diagram:
    """A drawing of neurons alone with its columns further apart; any other one as it is."""
    factor = min(factor, WIDEST)
    if factor <= 1.02 or diagram.boxes or diagram.frames or diagram.joints or diagram.wires:
        return diagram
    columns = tuple(
        each._replace(x=each.x * factor, lane_end=each.lane_end * factor)
        for each in diagram.columns
    )
    plates = tuple(
        each._replace(x=(each.x + each.width / 2) * factor - each.width / 2)
        for each in diagram.plates
    )
    bundles = tuple(
        each._replace(x0=each.x0 * factor, x1=each.x1 * factor) for each in diagram.bundles
    )
    return replace(
        diagram, columns=columns, plates=plates, bundles=bundles, width=diagram.width * factor
    )
