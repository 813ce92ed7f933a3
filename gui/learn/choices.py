"""What drop-downs offer: every activation, initializer and join, with the picture of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap, QPolygonF

from engine.catalogue import ACTIVATIONS, INITIALIZERS, JOINS
from engine.design.distribution import Distribution
from engine.design.kind import Activation, Initializer, Shape
from gui import theme
from gui.learn.curve import evenly
from gui.learn.law import density_points
from gui.widgets.choice_popup import THUMBNAIL
from gui.widgets.options import Option

NONE = ""
"""The key of "no activation" and of "torch's default"."""
MIXED = "\0mixed"
"""The key of a choice that differs among what is selected."""

_SHAPES: tuple[Shape, ...] = ((64, 64), (64,), (16, 16, 3, 3))
_SHARPNESS = 2


def _tr(text: str) -> str:
    return QCoreApplication.translate("Choices", text)


def activation_options() -> list[Option]:
    """Nothing, then all activations in the catalogue's order."""
    nothing = Option(NONE, _tr("none"), _tr("The layer's output goes on as it is."))
    return [nothing, *(Option(key, each.title(), each.sentence()) for key, each in ACTIVATIONS.items())]  # fmt: skip


def initializer_options(shapes: Sequence[Shape], default: str = "") -> list[Option]:
    """Torch's default, then all initializers; those that a shape refuses are disabled and say why.

    `default` says what torch's default is.
    """
    said = default or _tr("What torch fills the tensor with by itself.")
    options = [Option(NONE, _tr("torch's default"), said)]
    for key, kind in INITIALIZERS.items():
        refusals = (kind().refusal(shape) for shape in shapes)
        reason = next((refusal for refusal in refusals if refusal), "")
        options.append(Option(key, kind.title(), kind.sentence(), reason))
    return options


def join_options() -> list[Option]:
    """All ways to join branches."""
    return [Option(key, each.title(), each.sentence()) for key, each in JOINS.items()]


def activation_thumbnail(key: str) -> QPixmap:
    """The curve of an activation with its default arguments; bars for one that works on vectors."""
    if key not in ACTIVATIONS:
        return _drawn(lambda painter, area: None)
    activation = ACTIVATIONS[key]()
    if activation.vector:
        return _drawn(_bars)
    return _drawn(lambda painter, area: _curve(painter, area, activation))


def initializer_thumbnails(default: Distribution | None, shape: Shape) -> Callable[[str], QPixmap]:
    """A function that draws the law of each initializer for a tensor of that shape."""

    def thumbnail(key: str) -> QPixmap:
        law = default if key == NONE else _law(INITIALIZERS[key](), shape)
        if law is None:
            return _drawn(lambda painter, area: None)
        return _drawn(lambda painter, area: _density(painter, area, law))

    return thumbnail


def _law(initializer: Initializer, shape: Shape) -> Distribution | None:
    """The law for that shape, or for the first one that the initializer takes."""
    fitting = (each for each in (shape, *_SHAPES) if not initializer.refusal(each))
    return next((initializer.distribution(each) for each in fitting), None)


Drawing = Callable[[QPainter, QRectF], None]


def _drawn(drawing: Drawing) -> QPixmap:
    pixmap = QPixmap(THUMBNAIL * _SHARPNESS)
    pixmap.setDevicePixelRatio(_SHARPNESS)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colours = theme.current()
    frame = QRectF(0.5, 0.5, THUMBNAIL.width() - 1, THUMBNAIL.height() - 1)
    painter.setPen(QPen(colours.colour("border"), 1))
    painter.setBrush(colours.colour("canvas"))
    painter.drawRoundedRect(frame, 4, 4)
    drawing(painter, frame.adjusted(4, 4, -4, -4))
    painter.end()
    return pixmap


def _curve(painter: QPainter, area: QRectF, activation: Activation) -> None:
    xs = evenly(-4.0, 4.0, 97)
    ys = [activation.at(x) for x in xs]
    low, high = max(min(ys), -2.5), min(max(ys), 2.5)
    half = max((high - low) / 2, 0.5)
    middle = (low + high) / 2
    colours = theme.current()
    painter.setClipRect(area.adjusted(-1, -1, 1, 1))
    zero = area.center().y() + middle / half * area.height() / 2
    painter.setPen(QPen(colours.colour("border_strong"), 1))
    painter.drawLine(QPointF(area.left(), zero), QPointF(area.right(), zero))
    painter.drawLine(QPointF(area.center().x(), area.top()), QPointF(area.center().x(), area.bottom()))  # fmt: skip
    painter.setPen(QPen(colours.colour("activation"), 1.5))
    points = [
        QPointF(
            area.left() + (x + 4) / 8 * area.width(),
            area.center().y() - max(min((y - middle) / half, 3.0), -3.0) * area.height() / 2,
        )
        for x, y in zip(xs, ys, strict=True)
    ]
    painter.drawPolyline(QPolygonF(points))


def _bars(painter: QPainter, area: QRectF) -> None:
    """A sign for "vector in, vector out", not a result."""
    theme.icon("chart-bar", "activation").paint(painter, area.toRect())


def _density(painter: QPainter, area: QRectF, law: Distribution) -> None:
    low, high = law.support
    room = (high - low) / 8
    low, high = low - room, high + room
    xs, ys = density_points(law, low, high)
    tallest = max((y for y in ys if isfinite(y)), default=0.0) * 1.1 or 1.0
    painter.setPen(QPen(theme.current().colour("initializer"), 1.5))

    def at(x: float, share: float) -> QPointF:
        across = area.left() + (x - low) / (high - low) * area.width()
        return QPointF(across, area.bottom() - min(share, 1.0) * area.height())

    painter.drawPolyline(QPolygonF([at(x, y / tallest) for x, y in zip(xs, ys, strict=True)]))
    for value, share in law.atoms:
        painter.drawLine(at(value, 0.0), at(value, share * 0.9))
        painter.setBrush(theme.current().colour("initializer"))
        painter.drawEllipse(at(value, share * 0.9), 1.5, 1.5)
