"""The canvas of a plot: pyqtgraph's view box, axes and lines, and marks painted where it is slow.

Here and in `plot_strokes` alone pyqtgraph is imported, which takes a third of a second: after the
first paint.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, cast

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QGraphicsGridLayout,
    QGraphicsScene,
    QGraphicsWidget,
    QWidget,
)

from gui import theme
from gui.widgets.card_painting import PAD
from gui.widgets.plot_axis import round_step, tick_labels
from gui.widgets.plot_marks import Bars, Mark, Marker, Series, Zone
from gui.widgets.plot_readout import paint_readout
from gui.widgets.plot_strokes import Frame, View, paint_mark

_ROW_GAP, _COLUMN_GAP = 34, 46  # pixels from one line of the grid to the next, at least
_ONLY_X, _ONLY_Y = 0, 1  # pyqtgraph's numbers of the axes


class _Box(pg.ViewBox):
    """Drag moves along x, the wheel zooms along x and with Shift along y; over an axis, along it."""

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        self.updateMatrix()  # left until the next paint, but another event may come first
        if ev.button() == Qt.MouseButton.LeftButton:
            super().mouseDragEvent(ev, axis=_ONLY_X if axis is None else axis)
        else:
            ev.ignore()

    def wheelEvent(self, ev: Any, axis: int | None = None) -> None:
        self.updateMatrix()
        shifted = bool(ev.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        along = _ONLY_Y if shifted else _ONLY_X
        super().wheelEvent(ev, axis=along if axis is None else axis)


class _Axis(pg.AxisItem):
    """An axis without a line, whose ticks are the grid."""

    def __init__(self, side: str, box: _Box, gap: int) -> None:
        super().__init__(side, linkView=box)
        self._gap = gap
        self._name = ""
        self.enableAutoSIPrefix(False)
        self._font = theme.body_font(theme.CAPTION - 1)
        self.setStyle(tickLength=0, tickAlpha=255, tickTextHeight=12, autoExpandTextSpace=False)
        self.setTickFont(self._font)
        self.setGrid(255)
        self.setZValue(-1000)  # the grid lies below the marks
        self.recolour()

    def set_name(self, name: str) -> None:
        self._name = name
        style: dict[str, Any] = {"font-size": f"{self._font.pixelSize()}px"}
        self.setLabel(html.escape(name), color=theme.current().hex("text_faint"), **style)

    def recolour(self) -> None:
        colours = theme.current()
        self.setPen(None)
        self.setTickPen(QPen(colours.colour("grid"), 1))  # not cosmetic: pictures are scaled
        self.setTextPen(colours.colour("axis"))
        self.set_name(self._name)

    def reserve(self) -> None:
        """Take the width that the labels need before they are painted, so that nothing moves then."""
        metrics = QFontMetricsF(self._font)
        low, high = self.range
        levels = cast("list[tuple[float, list[float]]]", self.tickValues(low, high, self.height()))
        labels = [label for step, ticks in levels for label in self.tickStrings(ticks, 1.0, step)]
        widest = max((metrics.horizontalAdvance(label) for label in labels), default=0.0)
        self.setStyle(tickTextWidth=math.ceil(widest))

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:
        return [(round_step((maxVal - minVal) / max(2, int(size / self._gap))), 0.0)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return tick_labels(values, spacing)

    def boundingRect(self) -> QRectF:
        own = cast(QRectF, super().boundingRect())
        return own.adjusted(1 - PAD, -8, PAD - 1, 8)  # labels may stand out as far as the card does


class _Painted(pg.GraphicsObject):
    """Something painted in the pixels of its parent, by the function that it is given.

    Curves are: pyqtgraph's own take up to 20 times as long for a million points.
    """

    def __init__(self, parent: QGraphicsWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self._draw: Callable[[QPainter], None] = lambda painter: None

    def show_drawing(self, draw: Callable[[QPainter], None]) -> None:
        self._draw = draw
        self.show()
        self.update()

    def boundingRect(self) -> QRectF:
        return self._parent.rect()

    def paint(self, painter: QPainter, option: object, widget: QWidget | None = None) -> None:
        self._draw(painter)


class Canvas(pg.GraphicsView):
    """A view box between its axes; transparent, and as large as the plot that it belongs to."""

    moved = Signal()  # a person has dragged or turned the wheel: `frame` tells where to

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setBackground(None)
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        self.viewport().setAutoFillBackground(False)  # the plot's card shows through
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.scene().setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self._box = _Box(enableMenu=False)
        self._box.disableAutoRange()
        self._box.sigRangeChangedManually.connect(self.moved)
        self._up = _Axis("left", self._box, _ROW_GAP)
        self._across = _Axis("bottom", self._box, _COLUMN_GAP)
        self._whole = cast(QGraphicsWidget, self.centralWidget)
        self._grid: QGraphicsGridLayout = self.centralLayout
        self._grid.setSpacing(0)
        self._grid.addItem(self._up, 0, 0)
        self._grid.addItem(self._box, 0, 1)
        self._grid.addItem(self._across, 1, 1)
        self._marks: Sequence[Mark] = ()
        self._painted: list[_Painted] = []
        self._lines: list[pg.InfiniteLine] = []
        self._readout = _Painted(self._whole)

    def display(self, marks: Sequence[Mark]) -> None:
        """Show these marks in place of those before, shaded ranges below all else."""
        if any(isinstance(mark, Marker) for mark in (*marks, *self._marks)):
            self._draw_markers([mark for mark in marks if isinstance(mark, Marker)])
        self._marks = marks
        painted = [mark for mark in marks if not isinstance(mark, Marker)]
        painted.sort(key=lambda mark: not isinstance(mark, Zone))
        while len(self._painted) < len(painted):
            self._painted.append(_Painted(self._box))
        for item, mark in zip(self._painted, painted):
            item.show_drawing(partial(self._paint_mark, mark))
        for item in self._painted[len(painted) :]:
            item.hide()

    def show_view(self, view: View) -> None:
        """Show this range of values."""
        across, up = (view.left, view.right), (view.bottom, view.top)
        self._box.setRange(xRange=across, yRange=up, padding=0, disableAutoRange=False)
        self._reserve()

    def frame(self) -> Frame:
        """The range of values in sight, and where on the canvas it stands."""
        (left, right), (bottom, top) = cast("list[list[float]]", self._box.viewRange())
        return Frame(self._box.geometry(), View(left, right, bottom, top))

    def name_axes(self, x: str, y: str) -> None:
        """Write the names of the axes beside them."""
        self._across.set_name(x)
        self._up.set_name(y)
        self._reserve()

    def lay_out(self, size: QSize, top: float) -> None:
        """Fill `size` below `top`, also while hidden, when Qt tells nobody of a new size."""
        self.resize(size)
        self._grid.setContentsMargins(PAD, top, PAD + 5, 7)
        self._whole.setGeometry(QRectF(QPointF(), size.toSizeF()))
        self._reserve()

    def recolour(self) -> None:
        """Take on the colours of the theme."""
        self._up.recolour()
        self._across.recolour()
        self._draw_markers([mark for mark in self._marks if isinstance(mark, Marker)])

    def paint_in(self, painter: QPainter, rect: QRectF) -> None:
        """Paint all but the readout into a picture."""
        self._readout.hide()
        painter.setBrush(Qt.BrushStyle.NoBrush)  # else the view box would fill itself with it
        self.scene().render(painter, rect, QRectF(QPointF(), self._whole.size()))

    def take_mouse(self, event: QEvent) -> bool:
        """Do what the mouse says; returns whether it was taken."""
        if isinstance(event, QMouseEvent) and not event.buttons():
            self._readout.show_drawing(partial(self._paint_readout, event.position()))
        else:
            self._readout.hide()
        return self.viewportEvent(event)

    def _reserve(self) -> None:
        self._up.reserve()
        self._grid.activate()

    def _draw_markers(self, markers: list[Marker]) -> None:
        for line in self._lines:
            self._box.removeItem(line)
        self._lines = [_line(marker) for marker in markers]
        for line in self._lines:
            self._box.addItem(line, ignoreBounds=True)

    def _paint_mark(self, mark: Series | Bars | Zone, painter: QPainter) -> None:
        paint_mark(painter, Frame(self._box.rect(), self.frame().view), mark)

    def _paint_readout(self, mouse: QPointF, painter: QPainter) -> None:
        paint_readout(painter, self.frame(), self._marks, mouse)


def _line(marker: Marker) -> pg.InfiniteLine:
    colour = theme.current().colour(marker.token)
    line = pg.InfiniteLine(marker.x, pen=QPen(colour, 0, Qt.PenStyle.DashLine))
    words = marker.label.replace("{", "{{").replace("}", "}}")  # pyqtgraph takes it for a format
    sides = ((0, 0), (1, 0))  # right of the line, or left of it where there is no room
    label = pg.InfLineLabel(line, words, position=1.0, color=colour, anchors=sides)
    label.setFont(theme.body_font(theme.CAPTION - 1))
    return line
