"""A vector and what a function makes of it, as bars; the vector can be changed by hand."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from gui import theme
from gui.widgets.card_painting import HEADER_ROW, PAD, paint_card, paint_header
from gui.widgets.picture import Picture
from gui.widgets.plot_axis import number_text
from gui.widgets.syntax import Invalid, RealSyntax

_ROW = 22.0
_NUMBER = 58.0  # pixels that a number takes
_STEP = 0.05


class VectorBars(Picture):
    """Shows inputs at the left and outputs at the right.

    An input is changed by dragging its bar, by typing, by the wheel, or by the arrow keys.
    """

    edited = Signal(object)  # list[float], all inputs
    finished = Signal()

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._names = (self.tr("input"), self.tr("output"))
        self._inputs: list[float] = []
        self._outputs: list[float] = []
        self._total: float | None = None
        self._row = 0
        self._dragged = False
        self._low, self._reach = 0.0, 1.0  # what the inputs' bars go from and to
        self._line = QLineEdit(self)
        self._line.hide()
        self._line.setAccessibleName(self.tr("Value"))
        self._line.installEventFilter(self)
        self._line.textEdited.connect(self._typed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(title or self.tr("Vector"))

    def display(
        self, inputs: Sequence[float], outputs: Sequence[float], total: float | None = None
    ) -> None:
        """Show 1 to 32 inputs, the outputs, and their sum if it means something; never emits."""
        before = self.sizeHint()
        self._inputs, self._outputs = list(inputs), list(outputs)
        self._total = total
        self._row = min(self._row, max(len(self._inputs) - 1, 0))
        if not self._dragged:
            self._scale()
        if self.sizeHint() != before:
            self.updateGeometry()
        self._describe()
        self.update()

    def set_names(self, inputs: str, outputs: str) -> None:
        """Name the two columns, as "scores" and "softmax"."""
        self._names = (inputs, outputs)
        self.update()

    def inputs(self) -> list[float]:
        """The inputs as shown."""
        return list(self._inputs)

    def csv_text(self) -> str:
        """Inputs and outputs, unrounded."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self._names)
        for row in range(self._rows()):
            writer.writerow(
                values[row] if row < len(values) else "" for values in (self._inputs, self._outputs)
            )
        return out.getvalue()

    # Where things stand.

    def _rows(self) -> int:
        return max(len(self._inputs), len(self._outputs))

    def _head(self) -> float:
        """Where the first row starts: below the title, if there is one, and the names."""
        return PAD / 2 + HEADER_ROW * (2 if self._title else 1)

    def _input_bar(self, rect: QRectF, row: int) -> QRectF:
        middle = rect.center().x()
        left = rect.left() + PAD + _NUMBER
        return QRectF(left, self._head() + row * _ROW, middle - 10 - left, _ROW)

    def _output_bar(self, rect: QRectF, row: int) -> QRectF:
        left = rect.center().x() + 10
        right = rect.right() - PAD - _NUMBER
        return QRectF(left, self._head() + row * _ROW, right - left, _ROW)

    def _number(self, row: int) -> QRectF:
        return QRectF(PAD, self._head() + row * _ROW, _NUMBER - 6, _ROW)

    def sizeHint(self) -> QSize:
        bottom = 24 if self._total is not None else 10
        return QSize(320, int(self._head() + self._rows() * _ROW + bottom))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.sizeHint().height())

    # Painting.

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint(painter, QRectF(self.rect()), focused=self.hasFocus())
        painter.end()

    def paint(self, painter: QPainter, rect: QRectF, *, focused: bool = False) -> None:
        paint_card(painter, rect, focused=focused)
        paint_header(painter, rect, self._title, "")
        colours = theme.current()
        middle = Qt.AlignmentFlag.AlignVCenter
        names = QRectF(PAD, self._head() - HEADER_ROW, rect.width() - 2 * PAD, HEADER_ROW)
        painter.setFont(theme.body_font(theme.CAPTION))
        painter.setPen(colours.colour("text_faint"))
        painter.drawText(names, middle | Qt.AlignmentFlag.AlignLeft, self._names[0])
        painter.drawText(names, middle | Qt.AlignmentFlag.AlignRight, self._names[1])
        painter.setFont(theme.mono_font(theme.CAPTION))
        for row, value in enumerate(self._inputs):
            self._paint_input(painter, rect, row, value, chosen=focused and row == self._row)
        for row, value in enumerate(self._outputs):
            self._paint_output(painter, rect, row, value)
        if self._total is not None:
            line = QRectF(PAD, self._head() + self._rows() * _ROW, rect.width() - 2 * PAD, 18)
            painter.setPen(colours.colour("text_muted"))
            words = self.tr("sum {0}").format(f"{self._total:.4f}")
            painter.drawText(line, middle | Qt.AlignmentFlag.AlignRight, words)

    def _paint_input(
        self, painter: QPainter, rect: QRectF, row: int, value: float, *, chosen: bool
    ) -> None:
        colours = theme.current()
        bar = self._input_bar(rect, row)
        if chosen:
            painter.setPen(QPen(colours.colour("accent"), 1))
            painter.setBrush(colours.colour("selected"))
            across = QRectF(PAD / 2, bar.top() + 1, bar.right() - PAD / 2 + 4, _ROW - 2)
            painter.drawRoundedRect(across, 4, 4)
        painter.setPen(colours.colour("text"))
        side = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(self._number(row), side, number_text(value, 3))
        zero, end = self._pixel(bar, 0.0), self._pixel(bar, value)
        painter.fillRect(
            QRectF(min(zero, end), bar.top() + 5, max(abs(end - zero), 1), _ROW - 10),
            colours.colour("positive" if value >= 0 else "negative"),
        )
        painter.setPen(QPen(colours.colour("border_strong"), 1))
        painter.drawLine(QPointF(zero, bar.top() + 2), QPointF(zero, bar.bottom() - 2))
        if math.isfinite(value):
            painter.setPen(QPen(colours.colour("canvas"), 1.5))
            painter.setBrush(colours.colour("text"))
            painter.drawEllipse(QPointF(end, bar.center().y()), 4.5, 4.5)

    def _paint_output(self, painter: QPainter, rect: QRectF, row: int, value: float) -> None:
        colours = theme.current()
        bar = self._output_bar(rect, row)
        finite = [output for output in self._outputs if math.isfinite(output)]
        low, high = min(0.0, *finite, 0.0), max(0.0, *finite, 0.0)
        pixels = bar.width() / ((high - low) or 1.0)
        zero = bar.left() - low * pixels
        width = pixels * value if math.isfinite(value) else 0.0
        painter.fillRect(
            QRectF(min(zero, zero + width), bar.top() + 5, max(abs(width), 1), _ROW - 10),
            colours.colour("series_3" if value >= 0 else "negative"),
        )
        painter.setPen(colours.colour("text"))
        number = QRectF(rect.right() - PAD - _NUMBER, bar.top(), _NUMBER, _ROW)
        side = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(number, side, number_text(value, 3))

    def _scale(self) -> None:
        """Fit the inputs' bars to the values; their zero is at the left while none is negative."""
        finite = [value for value in self._inputs if math.isfinite(value)]
        self._reach = _round_up(max((abs(value) for value in finite), default=1.0))
        self._low = -self._reach if any(value < 0 for value in finite) else 0.0

    def _pixel(self, bar: QRectF, value: float) -> float:
        """Where an input's bar ends."""
        inside = min(max(value if math.isfinite(value) else 0.0, self._low), self._reach)
        return bar.left() + (inside - self._low) / (self._reach - self._low) * bar.width()

    # Changing an input.

    def _set_input(self, row: int, value: float) -> None:
        if value != self._inputs[row]:
            self._inputs[row] = value
            self._describe()
            self.update()
            self.edited.emit(list(self._inputs))

    def _drag_to(self, point: QPointF) -> None:
        bar = self._input_bar(QRectF(self.rect()), self._row)
        share = (point.x() - bar.left()) / bar.width()
        value = self._low + share * (self._reach - self._low)
        self._set_input(self._row, round(min(max(value, -self._reach), self._reach), 2))

    def _row_at(self, point: QPointF) -> int | None:
        row = int((point.y() - self._head()) // _ROW)
        return row if 0 <= row < len(self._inputs) else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event.position())
        if row is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self._stop_typing()
        self._row = row
        if event.position().x() < PAD + _NUMBER:
            self._start_typing("")
        elif event.position().x() < self.width() / 2:
            self._dragged = True
            self._drag_to(event.position())
        self._describe()
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged:
            self._drag_to(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragged:
            self._dragged = False
            self._scale()
            self.update()
            self.finished.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        row = self._row_at(event.position())
        if row is None or not self.hasFocus():
            event.ignore()
            return
        self._row = row
        self._step(math.copysign(1, event.angleDelta().y()), event.modifiers())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._inputs:
            super().keyPressEvent(event)
            return
        match event.key():
            case Qt.Key.Key_Up | Qt.Key.Key_Down as key:
                by = 1 if key == Qt.Key.Key_Down else -1
                self._row = min(max(self._row + by, 0), len(self._inputs) - 1)
                self._describe()
                self.update()
            case Qt.Key.Key_Left:
                self._step(-1, event.modifiers())
            case Qt.Key.Key_Right:
                self._step(1, event.modifiers())
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_F2:
                self._start_typing("")
            case _ if event.text() and event.text() in "0123456789.,-−":
                self._start_typing(event.text())
            case _:
                super().keyPressEvent(event)

    def _step(self, steps: float, held: Qt.KeyboardModifier) -> None:
        size = _STEP * (10 if held & Qt.KeyboardModifier.ShiftModifier else 1)
        self._set_input(self._row, round(self._inputs[self._row] + steps * size, 4))
        self.finished.emit()

    def _start_typing(self, text: str) -> None:
        shown = text or RealSyntax().write(self._inputs[self._row])
        self._line.setGeometry(self._number(self._row).adjusted(-6, -1, 6, 1).toRect())
        self._line.setText(shown)
        self._line.show()
        self._line.setFocus()
        if text:
            self._typed(text)
        else:
            self._line.selectAll()

    def _typed(self, text: str) -> None:
        value = RealSyntax().read(text)
        wrong = isinstance(value, Invalid)
        self._line.setProperty("fault", wrong)
        self._line.setToolTip(value.reason if isinstance(value, Invalid) else "")
        theme.restyle(self._line)
        if not isinstance(value, Invalid) and value is not None:
            self._set_input(self._row, value)

    def _stop_typing(self) -> None:
        if self._line.isVisible():
            self._line.hide()
            self.finished.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusOut:
            self._stop_typing()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            leaving = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
            if event.key() in leaving:
                self._stop_typing()
                self.setFocus()
                return True
        return super().eventFilter(watched, event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def _describe(self) -> None:
        """Say the chosen row to a screen reader."""
        if self._inputs:
            words = self.tr("{0} {1} of {2}: {3}").format(
                self._names[0],
                self._row + 1,
                len(self._inputs),
                number_text(self._inputs[self._row]),
            )
            self.setAccessibleDescription(words)


def _round_up(value: float) -> float:
    """A round number a little above `value`: 1, 2, 4, 5 or 10 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next((f * power for f in (1, 2, 4, 5) if f * power >= value), 10 * power)
