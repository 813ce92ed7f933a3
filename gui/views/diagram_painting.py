"""A diagram painted in the theme's colours: the strokes, without any knowledge of mouse or zoom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from math import isfinite

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen

from engine.views.diagram import Column, Diagram, Frame, Joint, Lanes, Plate, Skip, Wire
from gui import theme
from gui.views.diagram_boxes import box_look, paint_box, paint_plate, paint_warning
from gui.views.diagram_lines import SIGNS, Lines, Live
from gui.views.diagram_names import LONGEST_NAME, Names
from gui.views.diagram_pictures import Pictures, path_of
from gui.views.diagram_words import fitted, font, readable, stroke, write

CORNER = 6.0
"""Radius of the turns of a line that skips what stands between."""

FADED = 0.3
"""How much is seen of what a search has not found."""

LARGEST_TITLE, LARGEST_SHAPE = 18, 16
"""Of letters, in the diagram's units: for larger ones there is no room over a frame's inside, or over a line."""

LINE, MOST_BESIDE = 1.3, 100.0
"""How far lines of words are apart, in letters' heights; the room that words between neurons have from side to side."""


def paint(
    painter: QPainter,
    diagram: Diagram,
    live: Live,
    selected: frozenset[int],
    seen: QRectF,
    zoom: float,
    pictures: Pictures | None = None,
    names: Names | None = None,
    found: frozenset[int] | None = None,
    whole: Diagram | None = None,
) -> None:
    """Everything of the diagram that lies in `seen`, both in the diagram's own units; it may be a part of a `whole`.

    With `pictures`, lines, neurons and boxes are painted once and then shown again as long as they stay the same. While
    somebody searches, what is not `found` is faded.
    """
    lines = Lines(diagram, live)
    words = _Words(zoom, (names or Names()).of(whole or diagram, scale_of_words(zoom), selected))
    pixels = None if pictures is None else zoom * painter.device().devicePixelRatio()
    left, right, top, bottom = seen.left(), seen.right(), seen.top(), seen.bottom()
    for frame in diagram.frames:
        if frame.x <= right and frame.x + frame.width >= left:
            _frame(painter, frame, frame.node_id in selected, zoom)
    for wire in diagram.wires:
        if wire.x1 >= left and wire.x0 <= right + 200:
            _wire(painter, wire, zoom)
    for skip in diagram.skips:
        if skip.end >= left and skip.x0 <= right:
            _skip(painter, skip, zoom)
    for bundle in diagram.bundles:
        if bundle.x1 >= left and bundle.x0 <= right:
            if pictures is None or pixels is None:
                lines.paint(painter, bundle)
            else:
                content, area = lines.look(bundle)
                pictures.show(
                    painter,
                    content,
                    area,
                    pixels,
                    partial(lines.paint, bundle=bundle, pixels=pixels),
                )
    for lanes in diagram.lanes:
        if lanes.x1 >= left and lanes.x0 <= right:
            _lanes(painter, lanes, diagram.columns[lanes.column])
    for plate in diagram.plates:
        if plate.x - 80 <= right and plate.x + plate.width + 80 >= left:
            _fade(painter, plate.node_id, found)
            paint_plate(painter, plate, plate.node_id in selected, zoom)
            words.header(painter, plate, plate.x + plate.width / 2)
    for box in diagram.boxes:
        if (
            box.x <= right
            and box.x + box.width >= left
            and box.y - box.height <= bottom
            and box.y + box.height >= top
        ):
            _fade(painter, box.node_id, found)
            chosen = box.node_id in selected
            if pictures is None or pixels is None:
                paint_box(painter, box, chosen, zoom)
            else:
                content, area = box_look(box, chosen)
                draw = partial(paint_box, box=box, selected=chosen, zoom=zoom)
                pictures.show(painter, content, area, pixels, draw)
    for joint in diagram.joints:
        if joint.x - 60 <= right and joint.x + 60 >= left:
            _fade(painter, joint.node_id, found)
            _joint(painter, joint, joint.node_id in selected, zoom)
    for column in diagram.columns:
        if left - 90 <= column.x <= right + 90:
            _fade(painter, column.node_id, found)
            values, chosen = live.values.get(column.node_id), column.node_id in selected
            if pictures is None or pixels is None:
                _neurons(painter, column, values, chosen, zoom)
            else:
                content, area = _look(column, values, chosen)
                draw = partial(_neurons, column=column, values=values, selected=chosen, zoom=zoom)
                pictures.show(painter, content, area, pixels, draw)
            words.header(painter, column, column.x)
    painter.setOpacity(1.0)


def _fade(painter: QPainter, node_id: int, found: frozenset[int] | None) -> None:
    if found is not None:
        painter.setOpacity(1.0 if node_id in found else FADED)


def paint_ends(painter: QPainter, ends: Iterable[tuple[QPointF, bool]]) -> None:
    """An arrow where a line leaves a row, and a dot where it goes on in the next."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.current().colour("text_muted"))
    for at, goes_on in ends:
        if goes_on:
            painter.drawEllipse(at, 3.2, 3.2)
        else:
            painter.drawPolygon([at, at + QPointF(-8, -4.5), at + QPointF(-8, 4.5)])


def paint_rings(painter: QPainter, areas: Sequence[QRectF]) -> None:
    """Around what a search has found."""
    painter.setPen(QPen(theme.current().colour("accent"), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for area in areas:
        painter.drawRoundedRect(area.adjusted(-6, -6, 6, 6), 10, 10)


def prepare(diagram: Diagram, live: Live, seen: QRectF, pixels: float, pictures: Pictures) -> bool:
    """Paint the lines of one bundle in `seen` that has no picture yet; whether there was any."""
    lines = Lines(diagram, live)
    left, right = seen.left(), seen.right()
    for bundle in diagram.bundles:
        if bundle.x1 >= left and bundle.x0 <= right:
            content, area = lines.look(bundle)
            draw = partial(lines.paint, bundle=bundle, pixels=pixels)
            if pictures.make(content, area, pixels, draw):
                return True
    return False


def _lanes(painter: QPainter, lanes: Lanes, column: Column) -> None:
    painter.setPen(QPen(theme.current().colour("border_strong", 0.7), 0.8))
    for _, y in column.neurons():
        painter.drawLine(QPointF(lanes.x0, y), QPointF(lanes.x1, y))


def _wire(painter: QPainter, wire: Wire, zoom: float) -> None:
    colours = theme.current()
    painter.setPen(QPen(colours.colour("text_faint"), stroke(1.3, zoom)))
    if wire.y0 == wire.y1:
        painter.drawLine(QPointF(wire.x0, wire.y0), QPointF(wire.x1, wire.y1))
    else:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path_of([(wire.x0, wire.y0, wire.x1, wire.y1)]))
    pixels = readable(theme.CAPTION - 1, zoom)
    room = wire.x1 - wire.x0 - 12
    if wire.label and pixels <= LARGEST_SHAPE and 0.6 * pixels * len(wire.label) <= room:
        painter.setFont(_shape_font(round(pixels)))
        painter.setPen(colours.colour("text_muted"))
        painter.drawText(QPointF(wire.x0 + 7, wire.y0 - 6), wire.label)


@lru_cache(maxsize=16)
def _shape_font(pixels: int) -> QFont:
    return theme.mono_font(pixels)


def _skip(painter: QPainter, skip: Skip, zoom: float) -> None:
    """A thin line that turns in rounded corners, with a dot where it leaves the flow."""
    colours = theme.current()
    colour = colours.colour("accent", 0.8)
    bend = min(CORNER, skip.y0 - skip.over, skip.y1 - skip.over, (skip.x1 - skip.x0) / 2)
    path = QPainterPath(QPointF(skip.x0, skip.y0))
    path.lineTo(skip.x0, skip.over + bend)
    path.quadTo(skip.x0, skip.over, skip.x0 + bend, skip.over)
    path.lineTo(skip.x1 - bend, skip.over)
    path.quadTo(skip.x1, skip.over, skip.x1, skip.over + bend)
    turn = min(CORNER, skip.end - skip.x1)
    path.lineTo(skip.x1, skip.y1 - turn)
    path.quadTo(skip.x1, skip.y1, skip.x1 + turn, skip.y1)
    path.lineTo(skip.end, skip.y1)
    painter.setPen(QPen(colour, stroke(1.0, zoom)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(skip.x0, skip.y0), 2.4, 2.4)


# --- nodes -----------------------------------------------------------------------------------------------------------


def _look(column: Column, values: Sequence[float] | None, selected: bool) -> tuple[object, QRectF]:
    """What the neurons of a column depend on beside their place, and where they are."""
    shown = None if values is None else tuple(values)
    half = max(column.radius + 10, 46)
    high = column.height / 2 + max(column.radius + 10, 21)
    area = QRectF(column.x - half, column.y - high, 2 * half, 2 * high)
    shape = (column.units, column.pitch, column.radius, bool(column.node_id))
    return (shape, shown, selected), area


def _neurons(
    painter: QPainter,
    column: Column,
    values: Sequence[float] | None,
    selected: bool,
    zoom: float,
) -> None:
    colours = theme.current()
    ring = colours.colour("accent" if selected or column.node_id else "text_muted")
    width = 2.2 if selected else 1.6
    largest = (
        max((abs(v) for v in values if isfinite(v)), default=0.0) if values is not None else 0.0
    )
    if selected:
        band = QRectF(column.x - column.radius - 9, column.y - column.height / 2 - column.radius - 9,
                      2 * column.radius + 18, column.height + 2 * column.radius + 18)  # fmt: skip
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.colour("accent", 0.14))
        painter.drawRoundedRect(band, 10, 10)
    for unit, y in column.neurons():
        painter.setPen(QPen(ring, width))
        painter.setBrush(colours.colour("canvas"))
        painter.drawEllipse(QPointF(column.x, y), column.radius, column.radius)
        if values is not None and unit < len(values) and isfinite(values[unit]):
            _neuron_value(painter, column, y, values[unit], largest)
    if column.hidden:
        _hidden(painter, column, zoom)


def _hidden(painter: QPainter, column: Column, zoom: float) -> None:
    """How many neurons are not drawn, in the gap between those that are; where they have no room, dots alone."""
    colours = theme.current()
    pixels = round(readable(10, zoom))
    words = f"{column.hidden:,} more"
    painter.setPen(colours.colour("text_muted"))
    if 3 * LINE * pixels <= column.gap and 0.6 * pixels * len(words) <= MOST_BESIDE:
        painter.setFont(font(pixels, False))
        box = QRectF(column.x - 70, column.y - 40, 140, 80)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"⋮\n{words}\n⋮")
        return
    painter.setBrush(colours.colour("text_muted"))
    for step in (-1, 0, 1):
        dot = max(0.12 * column.gap, 1.0)
        painter.drawEllipse(QPointF(column.x, column.y + step * column.gap / 4), dot / 2, dot / 2)


def _neuron_value(
    painter: QPainter, column: Column, y: float, value: float, largest: float
) -> None:
    """A disc inside the neuron, its area by the value's size, its colour by the sign."""
    colours = theme.current()
    share = (abs(value) / largest) ** 0.5 if largest else 0.0
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.colour(SIGNS[(value > 0) - (value < 0)], 0.9))
    radius = max((column.radius - 2.5) * share, 1.2)
    painter.drawEllipse(QPointF(column.x, y), radius, radius)


def scale_of_words(zoom: float) -> float:
    """How much larger words are written than the rest, so that they can be read."""
    return max(1.0, min(0.92 / max(zoom, 0.01), 3.2))


class _Words:
    """Names over columns keep a size that can be read when the drawing is made smaller, those that have room."""

    def __init__(self, zoom: float, named: frozenset[Column | Plate]) -> None:
        self._scale = scale_of_words(zoom)
        self._named = named
        self._name = theme.body_font(round(theme.STRONG * self._scale), bold=True)
        self._caption = theme.body_font(round(theme.CAPTION * self._scale))

    def header(self, painter: QPainter, over: Column | Plate, x: float) -> None:
        if over not in self._named:
            return
        colours = theme.current()
        line = 16 * self._scale
        y = over.header_y - 8 * (self._scale - 1)
        _centred(painter, x, y - line, _elided(over.name), self._name, colours.colour("text"))
        _centred(painter, x, y, over.caption, self._caption, colours.colour("text_muted"))


def _frame(painter: QPainter, frame: Frame, selected: bool, zoom: float) -> None:
    colours = theme.current()
    edge = "danger" if frame.faulty else "accent" if selected else "border_strong"
    painter.setPen(QPen(colours.colour(edge), stroke(2 if selected else 1, zoom)))
    # Opaque, as to blend takes Qt three times as long; what is inside another one is filled already.
    painter.setBrush(Qt.BrushStyle.NoBrush if frame.depth else colours.colour("panel"))
    painter.drawRoundedRect(QRectF(frame.x, frame.y, frame.width, frame.height), 10, 10)
    if frame.faulty:
        paint_warning(painter, QPointF(frame.x + frame.width - 4, frame.y + 3))
    # As large as there is room for above what is inside.
    pixels = round(readable(theme.BODY, zoom))
    if pixels > LARGEST_TITLE:
        return
    words, width, _ = fitted(frame.name, pixels, int(frame.width - 24), True)
    baseline = QPointF(frame.x + 12, frame.y + 8 + 0.85 * pixels)
    painter.setFont(font(pixels, True))
    painter.setPen(colours.colour("text"))
    painter.drawText(baseline, words)
    rest = fitted(frame.badge, pixels, int(frame.width - 24 - width), False)[0]
    if rest == frame.badge:
        baseline.setX(baseline.x() + width + 14)
        painter.setPen(colours.colour("text_muted"))
        painter.setFont(font(pixels, False))
        painter.drawText(baseline, rest)


def _joint(painter: QPainter, joint: Joint, selected: bool, zoom: float) -> None:
    colours = theme.current()
    edge = "danger" if joint.faulty else "accent" if selected else "text_muted"
    painter.setPen(QPen(colours.colour(edge), 2.2 if joint.faulty or selected else 1.6))
    painter.setBrush(colours.colour("card"))
    centre = QPointF(joint.x, joint.y)
    rect = QRectF(0, 0, joint.width, 2 * joint.radius)
    rect.moveCenter(centre)
    painter.drawRoundedRect(rect, joint.radius, joint.radius)
    short = len(joint.symbol) <= 2
    pixels = readable(15 if short else theme.CAPTION, zoom)
    if pixels <= 2 * joint.radius:
        write(painter, centre, joint.symbol, pixels, joint.width - 4, "text", bold=True)
    pixels = readable(theme.CAPTION, zoom)
    if joint.caption and pixels <= LARGEST_SHAPE:
        below = centre + QPointF(0, joint.radius + 12)
        write(painter, below, joint.caption, pixels, 90, "text_muted")
    if joint.faulty:
        paint_warning(painter, rect.topRight())


def _centred(
    painter: QPainter, x: float, y: float, words: str, font: QFont, colour: QColor
) -> None:
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(QRectF(x - 320, y - 30, 640, 60), Qt.AlignmentFlag.AlignCenter, words)


def _elided(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
