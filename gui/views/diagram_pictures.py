"""What a diagram paints once and then shows again, and lines drawn quickly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from gui import theme


class Pictures:
    """Lines and neurons as they were painted: an edit changes those of one layer, and each is hundreds of strokes."""

    MOST_PIXELS = 24_000_000
    """Of all pictures together; those shown longest ago go first."""
    LARGEST = 3_000_000
    """Pixels of one picture; what is larger on the screen is painted anew each time."""
    MARGIN = 4.0

    def __init__(self) -> None:
        self._kept: dict[object, QPixmap] = {}
        self._pixels = 0

    def show(
        self,
        painter: QPainter,
        content: object,
        area: QRectF,
        pixels: float,
        draw: Callable[[QPainter], None],
    ) -> None:
        """Paint what `draw` paints inside `area`, a unit being so many pixels; `content` tells it from all else."""
        picture = self._picture(content, area, pixels, draw)
        if picture is None:
            draw(painter)
            return
        area = self._with_margin(area)
        # On whole pixels, so that the picture is not blurred.
        ratio = painter.device().devicePixelRatio()
        corner = painter.transform().map(area.topLeft())
        whole = QPointF(round(corner.x() * ratio) / ratio, round(corner.y() * ratio) / ratio)
        picture.setDevicePixelRatio(ratio)
        painter.save()
        painter.resetTransform()
        painter.drawPixmap(whole, picture)
        painter.restore()

    def make(
        self, content: object, area: QRectF, pixels: float, draw: Callable[[QPainter], None]
    ) -> bool:
        """Paint for later what `show` would paint now; whether that was to be done."""
        if self._key(content, pixels) in self._kept:
            return False
        return self._picture(content, area, pixels, draw) is not None

    def _key(self, content: object, pixels: float) -> object:
        return content, pixels, theme.current().name

    def _with_margin(self, area: QRectF) -> QRectF:
        return area.adjusted(-self.MARGIN, -self.MARGIN, self.MARGIN, self.MARGIN)

    def _picture(
        self, content: object, area: QRectF, pixels: float, draw: Callable[[QPainter], None]
    ) -> QPixmap | None:
        """The picture, from before or made now; None where it would be too large."""
        area = self._with_margin(area)
        width, height = ceil(area.width() * pixels) + 1, ceil(area.height() * pixels) + 1
        if width * height > self.LARGEST:
            return None
        key = self._key(content, pixels)
        picture = self._kept.pop(key, None)
        if picture is None:
            picture = QPixmap(width, height)
            picture.fill(Qt.GlobalColor.transparent)
            inner = QPainter(picture)
            inner.setRenderHint(QPainter.RenderHint.Antialiasing)
            inner.scale(pixels, pixels)
            inner.translate(-area.left(), -area.top())
            draw(inner)
            inner.end()
            self._pixels += width * height
        self._kept[key] = picture
        while self._pixels > self.MOST_PIXELS:
            gone = self._kept.pop(next(iter(self._kept)))
            self._pixels -= gone.width() * gone.height()
        return picture


def stroke(
    painter: QPainter, path: QPainterPath, colour: QColor, width: float, pixels: float | None
) -> None:
    """Draw lines; where it is known how many `pixels` a unit is, none thicker than one pixel, but several side by side.

    A thicker one has its outline computed and filled, which takes twenty times as long.
    """
    if pixels is None or width * pixels <= 1:
        painter.setPen(QPen(colour, width))
        painter.drawPath(path)
        return
    count = round(width * pixels)
    painter.setPen(QPen(colour, min(width / count, 0.999 / pixels)))
    for number in range(count):
        painter.drawPath(path.translated(0, (number - (count - 1) / 2) / pixels))


def path_of(lines: Sequence[tuple[float, float, float, float]]) -> QPainterPath:
    """Curves that begin and end level."""
    path = QPainterPath()
    for x0, y0, x1, y1 in lines:
        half = (x0 + x1) / 2
        path.moveTo(x0, y0)
        path.cubicTo(half, y0, half, y1, x1, y1)
    return path
