"""Boxes and plates of a diagram: each family of layers in its own form and colour, with words that can be read."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from engine.views.diagram import Box, Plate
from engine.views.diagram_outlines import Outline, Step, outline, upright
from gui import theme
from gui.stack.words import family_colour
from gui.views.diagram_words import TOO_SMALL, fitted, readable, stroke, write

SIDES = 20.0
"""Room for the ends of a form, beside the words."""
EDGE, LINE_GAP, LIFT = 6.0, 8.0, 6.0
"""Room above and below the words of a box, between its lines, and how far they stand higher over a badge."""

BADGE_HEIGHT, LARGEST_BADGE = 16.0, 24.0
NO_FAMILY = "family_block"

Look = tuple[object, ...]
"""What a box's picture depends on beside its place."""


def paint_box(painter: QPainter, box: Box, selected: bool, zoom: float) -> None:
    """A box with its words at a size that can be read at this zoom; a folded one with sheets behind it."""
    colours = theme.current()
    rect = QRectF(box.x, box.y - box.height / 2, box.width, box.height)
    edge = "danger" if box.faulty else "accent" if selected else colour_of(box.family)
    painter.setPen(QPen(colours.colour(edge), stroke(2.2 if box.faulty or selected else 1.3, zoom)))
    painter.setBrush(colours.colour("selected" if selected else "card"))
    for sheet in (2, 1) if box.folded else ():
        painter.drawRoundedRect(rect.adjusted(5 * sheet, -4 * sheet, -5 * sheet, -20), 7, 7)
    form = outline(box.family, rect.x(), rect.y(), rect.width(), rect.height())
    if _has_words(box, zoom):
        draw_outline(painter, form)
        _words(painter, box, zoom)
    else:  # a colour is seen where an edge hardly is
        painter.setBrush(colours.colour(colour_of(box.family), 0.9 if selected else 0.45))
        draw_outline(painter, form)
    if box.badge:
        _badge(painter, box, zoom)
    if box.faulty:
        paint_warning(painter, QPointF(rect.right() - 4, rect.top() + 3))


def box_look(box: Box, selected: bool) -> tuple[Look, QRectF]:
    """What a box depends on beside its place, and all that is painted of it."""
    rect = QRectF(box.x, box.y - box.height / 2, box.width, box.height)
    return (*box[1:4], *box[6:], selected), rect.adjusted(-8, -14, 8, 14)


def paint_plate(painter: QPainter, plate: Plate, selected: bool, zoom: float) -> None:
    """A slim box that lines pass."""
    colours = theme.current()
    token = colour_of(plate.family)
    width = stroke(2 if selected else 1.2, zoom)
    painter.setPen(QPen(colours.colour("accent" if selected else token), width))
    painter.setBrush(colours.colour(token, 0.28))
    draw_outline(painter, upright(plate.family, plate.x, plate.y, plate.width, plate.height))


def draw_outline(painter: QPainter, form: Outline) -> None:
    """An outline with the pen and brush that are set."""
    if form.dashed:
        pen = painter.pen()
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
    painter.drawPath(path_along(form.steps))
    if form.inner:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path_along(form.inner))


def path_along(steps: Sequence[Step]) -> QPainterPath:
    """The steps of an outline as a path."""
    path = QPainterPath()
    for letter, numbers in steps:
        match letter:
            case "M":
                path.moveTo(*numbers)
            case "L":
                path.lineTo(*numbers)
            case "Q":
                path.quadTo(*numbers)
            case _:
                path.closeSubpath()
    return path


def colour_of(family: str) -> str:
    """The colour token of a family."""
    token = family_colour(family)
    return token if token in theme.Theme.__dataclass_fields__ else NO_FAMILY


def _has_words(box: Box, zoom: float) -> bool:
    """Whether a box has room for its name, or for a good part of it."""
    pixels = readable(theme.STRONG, zoom)
    if zoom < TOO_SMALL or pixels > box.height - EDGE - _lift(box):
        return False
    return bool(fitted(box.name, round(pixels), int(box.width - SIDES), True)[0])


def _lift(box: Box) -> float:
    return LIFT if box.badge else 0.0


def _words(painter: QPainter, box: Box, zoom: float) -> None:
    """Name and caption; the name alone where both have no room."""
    name, caption = readable(theme.STRONG, zoom), readable(theme.CAPTION, zoom)
    lift = _lift(box)
    high, room = box.height - EDGE - lift, box.width - SIDES
    middle = QPointF(box.x + box.width / 2, box.y - lift)
    if box.caption and name + caption + 2 <= high:
        gap = min(LINE_GAP, high - name - caption)
        above, below = (gap + caption) / 2, (gap + name) / 2
        write(painter, middle - QPointF(0, above), box.name, name, room, "text", bold=True)
        write(painter, middle + QPointF(0, below), box.caption, caption, room, "text_muted")
    else:
        write(painter, middle, box.name, name, room, "text", bold=True)


def _badge(painter: QPainter, box: Box, zoom: float) -> None:
    """A capsule on the lower edge: what follows a layer, or how often a folded block is repeated."""
    pixels = readable(theme.CAPTION, zoom)
    high = pixels + BADGE_HEIGHT - theme.CAPTION
    if high > LARGEST_BADGE:
        return
    colours = theme.current()
    width = fitted(box.badge, round(pixels), int(box.width - 24), False)[1]
    middle = QPointF(box.x + box.width / 2, box.y + box.height / 2 + 1)
    rect = QRectF(0, 0, width + high, high)
    rect.moveCenter(middle)
    painter.setPen(QPen(colours.colour("accent" if box.folded else "activation"), 1))
    painter.setBrush(colours.colour("canvas"))
    painter.drawRoundedRect(rect, high / 2, high / 2)
    write(painter, middle, box.badge, pixels, box.width - 24, "text")


def paint_warning(painter: QPainter, at: QPointF) -> None:
    """A disc with an exclamation mark: a fault is not said by colour alone."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.current().colour("danger"))
    painter.drawEllipse(at, 8, 8)
    write(painter, at, "!", theme.BODY, 16, "canvas", bold=True)
