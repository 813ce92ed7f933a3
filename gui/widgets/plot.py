"""A plot of curves, histograms and shaded ranges, with zoom, readout and export.

Painted by hand: pyqtgraph takes five times as long for the same picture, and half a second to
import. Import this module after the first paint: it needs numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from PySide6.QtCore import (
    QEvent,
    QPointF,
    QRectF,
    QSize,
    QSizeF,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from gui.widgets.export import Kind, add_export_actions, picture, png_bytes, svg_bytes
from gui.widgets.plot_marks import (
    Bars,
    Mark,
    Marker,
    Series,
    Zone,
    csv_text,
    histogram,
    x_extent,
    y_extent,
)
from gui.widgets.plot_painting import Scene, frame_in, paint_plot
from gui.widgets.plot_readout import paint_readout
from gui.widgets.plot_strokes import Frame, View

__all__ = ["Bars", "Kind", "Mark", "Marker", "Plot", "Series", "Zone", "histogram"]


class Plot(QWidget):
    """Shows marks; drag moves along x, the wheel zooms (with Shift along y), A shows all again.

    The view follows the marks until a person moves it, and y follows what is in view until they
    zoom along it.
    """

    range_changed = Signal(float, float)  # x range, when a person moves it or shows all again
    save_requested = Signal(str)  # a Kind: the window asks where to, and writes `exported(kind)`

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = Scene((), View(0, 1, 0, 1), title=title)
        self._home_x: tuple[float, float] | None = None
        self._home_y: tuple[float, float] | None = None
        self._moved_x: tuple[float, float] | None = None
        self._moved_y: tuple[float, float] | None = None
        self._layer: QPixmap | None = None
        self._mouse: QPointF | None = None
        self._dragged_from: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(title or self.tr("Plot"))

    def display(self, marks: Sequence[Mark]) -> None:
        """Show these marks in place of those before; never emits."""
        self._scene = replace(self._scene, marks=tuple(marks))
        self._look()

    def set_title(self, title: str) -> None:
        """Write `title` at the left of the header."""
        if title != self._scene.title:
            self._scene = replace(self._scene, title=title)
            self.setAccessibleName(title or self.tr("Plot"))
            self._repaint()

    def set_caption(self, caption: str) -> None:
        """Write `caption` at the right of the header."""
        if caption != self._scene.caption:
            self._scene = replace(self._scene, caption=caption)
            self.setAccessibleDescription(caption)
            self._repaint()

    def set_empty_text(self, text: str) -> None:
        """What to say in place of the axes while there is nothing to show."""
        self._scene = replace(self._scene, empty=text)
        self._repaint()

    def set_axis_labels(self, x: str = "", y: str = "") -> None:
        """Name the axes."""
        self._scene = replace(self._scene, x_label=x, y_label=y)
        self._repaint()

    def set_home(
        self, x: tuple[float, float] | None = None, y: tuple[float, float] | None = None
    ) -> None:
        """The range that "show all" shows; None for what the marks need."""
        self._home_x, self._home_y = x, y
        self._look()

    def view(self) -> View:
        """The range of values in sight."""
        return self._scene.view

    def fit(self) -> None:
        """Show all again."""
        self._moved_x = self._moved_y = None
        self._look()
        self.range_changed.emit(self._scene.view.left, self._scene.view.right)

    def zoom(self, factor: float, around: float | None = None) -> None:
        """Show `factor` times the range of x, keeping the value `around` where it is."""
        view = self._scene.view
        centre = (view.left + view.right) / 2 if around is None else around
        left, right = (centre + (end - centre) * factor for end in (view.left, view.right))
        self._move_to(left, right)

    def pan(self, share: float) -> None:
        """Move the view by a share of its width."""
        view = self._scene.view
        by = share * (view.right - view.left)
        self._move_to(view.left + by, view.right + by)

    def csv_text(self) -> str:
        """The numbers in view, unrounded."""
        view = self._scene.view
        return csv_text(self._scene.marks, view.left, view.right, self._scene.x_label or "x")

    def image(self, scale: float = 2.0) -> QImage:
        """The plot as a picture, `scale` pixels to one of the screen's."""
        return picture(self.size(), self._paint, scale)

    def exported(self, kind: Kind) -> bytes:
        """The plot as the content of a file."""
        match kind:
            case "png":
                return png_bytes(self.image())
            case "svg":
                return svg_bytes(self.size(), self._paint, self._scene.title)
            case "csv":
                return self.csv_text().encode()
            case _:
                assert_never(kind)

    # The view.

    def _paint(self, painter: QPainter, rect: QRectF) -> None:
        paint_plot(painter, rect, self._scene)

    def _look(self) -> None:
        """Point the view at what is to be seen."""
        left, right = self._moved_x or self._home_x or x_extent(self._scene.marks)
        needed = self._moved_y or self._home_y or y_extent(self._scene.marks, left, right)
        self._scene = replace(self._scene, view=View(left, right, *needed))
        self._repaint()

    def _move_to(self, left: float, right: float) -> None:
        smallest = 1e-9 * max(abs(left), abs(right), 1e-6)
        if right - left < smallest or right - left > 1e15:
            return
        self._moved_x = (left, right)
        self._look()
        self.range_changed.emit(left, right)

    def _zoom_y(self, factor: float) -> None:
        view = self._scene.view
        centre = (view.bottom + view.top) / 2
        half = (view.top - view.bottom) / 2 * factor
        if 1e-12 < half < 1e15:
            self._moved_y = (centre - half, centre + half)
            self._look()

    def _repaint(self) -> None:
        self._layer = None
        self.update()

    def _frame(self) -> Frame:
        return frame_in(QRectF(self.rect()), self._scene)

    # Qt's events.

    def sizeHint(self) -> QSize:
        return QSize(320, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 110)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        sharpness = painter.deviceTransform().m11()  # of the screen, or of the picture asked for
        if self._layer is None or self._layer.devicePixelRatio() != sharpness:
            self._layer = self._painted_layer(sharpness)
        painter.drawPixmap(0, 0, self._layer)
        if self._mouse is not None and self._dragged_from is None:
            paint_readout(painter, self._frame(), self._scene.marks, self._mouse)
        painter.end()

    def _painted_layer(self, sharpness: float) -> QPixmap:
        """All but the readout, so that moving the mouse costs no drawing of curves."""
        layer = QPixmap((QSizeF(self.size()) * sharpness).toSize())
        layer.setDevicePixelRatio(sharpness)
        layer.fill(Qt.GlobalColor.transparent)
        painter = QPainter(layer)
        paint_plot(painter, QRectF(self.rect()), self._scene, focused=self.hasFocus())
        painter.end()
        return layer

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._repaint()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.PaletteChange):
            self._repaint()
        super().changeEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._repaint()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._repaint()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged_from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse = event.position()
        if self._dragged_from is not None:
            frame = self._frame()
            by = frame.x_value(self._dragged_from.x()) - frame.x_value(event.position().x())
            self._dragged_from = event.position()
            if by:
                self._move_to(self._scene.view.left + by, self._scene.view.right + by)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged_from = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.fit()

    def leaveEvent(self, event: QEvent) -> None:
        self._mouse = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() or event.angleDelta().x()
        factor = 0.85 ** (turned / 120)
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._zoom_y(factor)
        else:
            self.zoom(factor, self._frame().x_value(event.position().x()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_A | Qt.Key.Key_Home:
                self.fit()
            case Qt.Key.Key_Left:
                self.pan(-0.1)
            case Qt.Key.Key_Right:
                self.pan(0.1)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom(0.8)
            case Qt.Key.Key_Minus:
                self.zoom(1.25)
            case _:
                super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def menu(self) -> QMenu:
        """What can be done with the plot."""
        menu = QMenu(self)
        menu.addAction(self.tr("Show all\tA"), self.fit)
        menu.addSeparator()
        add_export_actions(menu, self.image, self.csv_text, self.save_requested.emit)
        return menu
