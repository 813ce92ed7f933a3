"""Small pictures for the drop-downs: curves of activations, bars of vector ones, densities of initializers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import exp, isfinite, log

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPen, QPixmap, QPolygonF

from engine.catalogue import ACTIVATIONS, INITIALIZERS, KINDS
from engine.catalogue.vectors import GLU, LogSoftmax, Softmin
from engine.design.distribution import Distribution
from engine.design.kind import Activation
from gui import theme
from gui.stack.words import family_colour
from gui.widgets.choice_popup import THUMBNAIL

SPAN = 4.0
"""Curves are drawn from -SPAN to SPAN."""
TALLEST, LEAST_TALL = 2.5, 1.25
"""How far from zero a curve is shown at most and at least."""
POINTS = 57
INSET = 4.0
SHAPES = ((16, 16), (4, 4, 3, 3))
"""Tensors whose density may stand for an initializer: the first that its rule allows."""
SCORES = (1.0, 2.2, 0.4, 3.0, 1.6, 0.8)
"""What vector activations are shown at work on."""

WIDTH, HEIGHT = float(THUMBNAIL.width()), float(THUMBNAIL.height())
Painting = Callable[[QPainter], None]


def activation_thumbnail(key: str) -> QPixmap:
    """The curve of an activation over -4 to 4, the bars of a vector one; a straight line for none."""
    return _activation(key, theme.current().name, _ratio())


def initializer_thumbnail(key: str) -> QPixmap:
    """The density of what an initializer draws; a question mark's place stays blank for torch's default."""
    return _initializer(key, theme.current().name, _ratio())


def kind_thumbnail(key: str) -> QPixmap:
    """The colour of a kind's family; an activation's curve; a card as blocks have it for what is no kind."""
    if key in ACTIVATIONS:
        return activation_thumbnail(key)
    if key not in KINDS:
        return _family("block", theme.current().name, _ratio())
    return _family(KINDS[key].family, theme.current().name, _ratio())


def _ratio() -> float:
    screen = QGuiApplication.primaryScreen()
    return screen.devicePixelRatio() if screen else 1.0


# One picture for every key, theme and density of the screen; the theme's name is an argument only so
# that it is remembered with the picture.


@lru_cache(maxsize=256)
def _activation(key: str, theme_name: str, ratio: float) -> QPixmap:
    kind = ACTIVATIONS.get(key)
    if kind is None:
        return _drawn(ratio, lambda painter: _curve(painter, lambda x: x, "text_faint"))
    activation = kind()
    if activation.vector:
        bars = _results(activation)
        return _drawn(ratio, lambda painter: _bars(painter, bars))
    return _drawn(ratio, lambda painter: _curve(painter, activation.at, "activation"))


@lru_cache(maxsize=64)
def _initializer(key: str, theme_name: str, ratio: float) -> QPixmap:
    kind = INITIALIZERS.get(key)
    if kind is None:
        return _drawn(ratio, _nothing)
    rule = kind()
    law = next(rule.distribution(shape) for shape in SHAPES if not rule.refusal(shape))
    return _drawn(ratio, lambda painter: _density(painter, law))


@lru_cache(maxsize=32)
def _family(family: str, theme_name: str, ratio: float) -> QPixmap:
    return _drawn(ratio, lambda painter: _card(painter, family_colour(family)))


def _drawn(ratio: float, painting: Painting) -> QPixmap:
    picture = QPixmap(THUMBNAIL * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painting(painter)
    painter.end()
    return picture


def _ground(painter: QPainter) -> None:
    colours = theme.current()
    painter.setPen(QPen(colours.colour("border"), 1))
    painter.setBrush(colours.colour("canvas"))
    painter.drawRoundedRect(QRectF(0.5, 0.5, WIDTH - 1, HEIGHT - 1), 4, 4)


def _nothing(painter: QPainter) -> None:
    _ground(painter)
    painter.setPen(QPen(theme.current().colour("text_faint"), 1, Qt.PenStyle.DashLine))
    painter.drawLine(QLineF(INSET, HEIGHT - INSET - 4, WIDTH - INSET, HEIGHT - INSET - 4))


def _card(painter: QPainter, token: str) -> None:
    """A small card with its bar in the colour of the family."""
    colours = theme.current()
    painter.setPen(QPen(colours.colour("border_strong"), 1))
    painter.setBrush(colours.colour("card"))
    painter.drawRoundedRect(QRectF(0.5, 3.5, WIDTH - 1, HEIGHT - 7), 4, 4)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.colour(token))
    painter.drawRoundedRect(QRectF(0, 3, 4, HEIGHT - 6), 2, 2)
    painter.setOpacity(0.35)
    painter.drawRoundedRect(QRectF(10, 10, 24, 4), 2, 2)
    painter.drawRoundedRect(QRectF(10, 18, 36, 4), 2, 2)


def _curve(painter: QPainter, value: Callable[[float], float], token: str) -> None:
    _ground(painter)
    xs = [-SPAN + 2 * SPAN * step / (POINTS - 1) for step in range(POINTS)]
    ys = [value(x) for x in xs]
    reach = min(max(LEAST_TALL, *(abs(y) for y in ys)), TALLEST)
    colours = theme.current()
    middle = HEIGHT / 2
    painter.setPen(QPen(colours.colour("border_strong"), 1))
    painter.drawLine(QLineF(INSET, middle, WIDTH - INSET, middle))
    painter.drawLine(QLineF(WIDTH / 2, INSET, WIDTH / 2, HEIGHT - INSET))
    painter.setClipRect(QRectF(1, 1, WIDTH - 2, HEIGHT - 2))
    painter.setPen(_stroke(token))
    across, up = (WIDTH / 2 - INSET) / SPAN, (HEIGHT / 2 - INSET) / reach
    painter.drawPolyline(
        QPolygonF([QPointF(WIDTH / 2 + x * across, middle - y * up) for x, y in zip(xs, ys)])
    )


def _stroke(token: str) -> QPen:
    pen = QPen(theme.current().colour(token), 1.5)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def _results(activation: Activation) -> list[float]:
    """What a vector activation makes of SCORES, in closed form; a softmax unless it is another one."""
    sign = -1 if isinstance(activation, Softmin) else 1
    if isinstance(activation, GLU):
        half = len(SCORES) // 2
        return [a / (1 + exp(-b)) for a, b in zip(SCORES[:half], SCORES[half:], strict=True)]
    powers = [exp(sign * score) for score in SCORES]
    shares = [power / sum(powers) for power in powers]
    return [log(share) for share in shares] if isinstance(activation, LogSoftmax) else shares


def _bars(painter: QPainter, values: Sequence[float]) -> None:
    _ground(painter)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.current().colour("activation"))
    largest = max(abs(value) for value in values)
    pitch = (WIDTH - 2 * INSET) / len(values)
    for place, value in enumerate(values):
        high = max(abs(value) / largest * (HEIGHT - 2 * INSET), 1)
        top = HEIGHT - INSET - high if value >= 0 else INSET
        painter.drawRect(QRectF(INSET + place * pitch + 1, top, pitch - 2, high))


def _density(painter: QPainter, law: Distribution) -> None:
    _ground(painter)
    low, high = law.support
    room = (high - low) * 0.12 or 0.5
    low, high = low - room, high + room
    xs = [low + (high - low) * step / (POINTS - 1) for step in range(POINTS)]
    ys = [min(y, 1e6) if isfinite(y := law.density(x)) else 1e6 for x in xs]
    floor = HEIGHT - INSET
    painter.setPen(QPen(theme.current().colour("border_strong"), 1))
    painter.drawLine(QLineF(INSET, floor, WIDTH - INSET, floor))

    def across(x: float) -> float:
        return INSET + (x - low) / (high - low) * (WIDTH - 2 * INSET)

    largest = max(ys)
    if largest > 0:
        tall = (HEIGHT - 2 * INSET - 1) * (0.6 if law.atoms else 1.0) / largest
        painter.setPen(_stroke("initializer"))
        painter.drawPolyline(
            QPolygonF([QPointF(across(x), floor - y * tall) for x, y in zip(xs, ys)])
        )
    painter.setPen(QPen(theme.current().colour("initializer"), 2.5))
    for value, share in law.atoms:
        up = (HEIGHT - 2 * INSET) * max(share, 0.12)
        painter.drawLine(QLineF(across(value), floor, across(value), floor - up))
