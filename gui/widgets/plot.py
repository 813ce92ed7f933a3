"""A plot of curves, histograms and shaded ranges, with zoom, readout and export.

Import this module after the first paint: it needs numpy and pyqtgraph.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from gui import theme
from gui.widgets.card_painting import HEADER_ROW, PAD, paint_card
from gui.widgets.export import Kind, add_export_actions, picture, png_bytes, svg_bytes
from gui.widgets.plot_canvas import Canvas
from gui.widgets.plot_header import Header
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
from gui.widgets.plot_strokes import View

__all__ = ["Bars", "Kind", "Mark", "Marker", "Plot", "Series", "Zone", "histogram"]

_FOR_THE_CANVAS = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.Leave,
)


class Plot(QWidget):
    """Shows marks; drag moves along x, the wheel zooms (with Shift along y), A shows all again.

    The view follows the marks until a person moves it, and y follows what is in view until they
    zoom along it.
    """

    range_changed = Signal(float, float)  # x range, when a person moves it or shows all again
    save_requested = Signal(str)  # a Kind: the window asks where to, and writes `exported(kind)`

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._marks: tuple[Mark, ...] = ()
        self._header = Header(title)
        self._empty_text = ""
        self._x_label = ""
        self._home_x: tuple[float, float] | None = None
        self._home_y: tuple[float, float] | None = None
        self._moved_x: tuple[float, float] | None = None
        self._moved_y: tuple[float, float] | None = None
        self._canvas = Canvas(self)
        self._canvas.moved.connect(self._take_view)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(title or self.tr("Plot"))
        theme.changed.connect(self._recolour)

    def display(self, marks: Sequence[Mark], over: tuple[float, float] | None = None) -> None:
        """Show these marks in place of those before, and all of the range `over` at first; never emits."""
        self._marks = tuple(marks)
        self._home_x = over or self._home_x
        self._canvas.display(self._marks)
        named = (mark for mark in marks if isinstance(mark, Series | Bars) and mark.name)
        self._write(replace(self._header, legend=tuple(named)))
        self._look()

    def set_title(self, title: str) -> None:
        """Write `title` at the left of the header."""
        self.setAccessibleName(title or self.tr("Plot"))
        self._write(replace(self._header, title=title))

    def set_caption(self, caption: str) -> None:
        """Write `caption` at the right of the header."""
        self.setAccessibleDescription(caption)
        self._write(replace(self._header, caption=caption))

    def set_empty_text(self, text: str) -> None:
        """What to say in place of the axes while there is nothing to show."""
        self._empty_text = text
        self._lay_out()

    def set_axis_labels(self, x: str = "", y: str = "") -> None:
        """Name the axes."""
        self._x_label = x
        self._canvas.name_axes(x, y)

    def set_home(
        self, x: tuple[float, float] | None = None, y: tuple[float, float] | None = None
    ) -> None:
        """The range that "show all" shows; None for what the marks need."""
        self._home_x, self._home_y = x, y
        self._look()

    def view(self) -> View:
        """The range of values in sight."""
        return self._canvas.frame().view

    def fit(self) -> None:
        """Show all again."""
        self._moved_x = self._moved_y = None
        self._look()
        self.range_changed.emit(self.view().left, self.view().right)

    def zoom(self, factor: float, around: float | None = None) -> None:
        """Show `factor` times the range of x, keeping the value `around` where it is."""
        view = self.view()
        centre = (view.left + view.right) / 2 if around is None else around
        self._move_to(*(centre + (end - centre) * factor for end in (view.left, view.right)))

    def pan(self, share: float) -> None:
        """Move the view by a share of its width."""
        view = self.view()
        by = share * (view.right - view.left)
        self._move_to(view.left + by, view.right + by)

    def csv_text(self) -> str:
        """The numbers in view, unrounded."""
        return csv_text(self._marks, self.view().left, self.view().right, self._x_label or "x")

    def image(self, scale: float = 2.0) -> QImage:
        """The plot as a picture, `scale` pixels to one of the screen's."""
        self._lay_out()
        return picture(self.size(), self._paint, scale)

    def exported(self, kind: Kind) -> bytes:
        """The plot as the content of a file."""
        match kind:
            case "png":
                return png_bytes(self.image())
            case "svg":
                self._lay_out()
                return svg_bytes(self.size(), self._paint, self._header.title)
            case "csv":
                return self.csv_text().encode()
            case _:
                assert_never(kind)

    # The view.

    def _look(self) -> None:
        """Point the view at what is to be seen."""
        left, right = self._moved_x or self._home_x or x_extent(self._marks)
        needed = self._moved_y or self._home_y or y_extent(self._marks, left, right)
        self._shown = View(left, right, *needed)
        self._canvas.show_view(self._shown)

    def _move_to(self, left: float, right: float) -> None:
        moved = _is_bearable(left, right)
        if moved:
            self._moved_x = (left, right)
        self._look()
        if moved:
            self.range_changed.emit(left, right)

    def _take_view(self) -> None:
        """Keep what a person has moved the canvas to, or move it back where numbers end."""
        view, before = self.view(), self._shown
        higher = (view.bottom, view.top) != (before.bottom, before.top)
        if higher and _is_bearable(view.bottom, view.top):
            self._moved_y = (view.bottom, view.top)
        if (view.left, view.right) != (before.left, before.right):
            self._move_to(view.left, view.right)
        else:
            self._look()

    # The look.

    def _write(self, header: Header) -> None:
        if header != self._header:
            self._header = header
            self._lay_out()

    def _lay_out(self) -> None:
        self._canvas.lay_out(self.size(), self._header.height(self.width()))
        self._canvas.setVisible(bool(self._marks or not self._empty_text))
        self.update()

    def _recolour(self) -> None:
        self._canvas.recolour()
        self.update()

    def _paint(self, painter: QPainter, rect: QRectF) -> None:
        """Paint all of it into a picture."""
        self._paint_card(painter, rect, focused=False)
        if self._canvas.isVisibleTo(self):
            self._canvas.paint_in(painter, rect)

    def _paint_card(self, painter: QPainter, rect: QRectF, *, focused: bool) -> None:
        paint_card(painter, rect, focused=focused)
        self._header.paint(painter, rect)
        if not self._canvas.isVisibleTo(self):
            words = rect.adjusted(PAD, PAD + HEADER_ROW, -PAD, -PAD)
            centred = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.setPen(theme.current().colour("text_faint"))
            painter.drawText(words, centred, self._empty_text)

    # Qt's events.

    def sizeHint(self) -> QSize:
        return QSize(320, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 110)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._paint_card(painter, QRectF(self.rect()), focused=self.hasFocus())
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    def event(self, event: QEvent) -> bool:
        """Hand the mouse on to the canvas; whoever watches the plot sees the mouse as well."""
        if event.type() not in _FOR_THE_CANVAS:
            return super().event(event)
        if isinstance(event, QMouseEvent) and event.buttons() & Qt.MouseButton.LeftButton:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        else:
            self.unsetCursor()
        return self._canvas.take_mouse(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.fit()

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


def _is_bearable(low: float, high: float) -> bool:
    """Whether floats tell the ends of a range apart well enough to draw between them."""
    return 1e-9 * max(abs(low), abs(high), 1e-6) <= high - low <= 1e15
