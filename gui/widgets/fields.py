"""Editors for one value each: they keep what was typed, say what is wrong, report what is right.

`set_value` shows a value and never emits. `edited` comes with every valid keystroke, step or drag;
`finished` when the person moves on, so that the edits in between can become one step to undo.
"""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from engine.design.knob import Range, Real, Whole
from gui import theme
from gui.widgets.pieces import plain_label
from gui.widgets.syntax import (
    IntegerSyntax,
    Invalid,
    PerAxisSyntax,
    RealSyntax,
    ShapeSyntax,
    Syntax,
    TextSyntax,
)


class TypedField(QWidget):
    """A line that is typed into, with room below it for what is wrong with the text."""

    edited = Signal(object)
    finished = Signal()

    def __init__(self, syntax: Syntax[Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._syntax = syntax
        self._value: Any = None
        self._outer_fault = ""
        self._line = QLineEdit()
        self._line.setFixedHeight(theme.CONTROL_HEIGHT)
        self._line.textEdited.connect(self._read)
        self._line.editingFinished.connect(self._finish)
        self._line.installEventFilter(self)
        self._fault = plain_label(role="fault", wrap=True)
        self._fault.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._line)
        column.addWidget(self._fault)
        self.setFocusProxy(self._line)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def value(self) -> Any:
        """The last valid value, shown or typed."""
        return self._value

    def text(self) -> str:
        """What stands in the line, valid or not."""
        return self._line.text()

    def fault(self) -> str:
        """What is wrong, as shown below the line; empty if nothing is."""
        return self._fault.text()

    def set_value(self, value: Any) -> None:
        """Show `value`, unless the line already says it or holds invalid text typed over it."""
        read = self._syntax.read(self._line.text())
        unchanged = value == self._value
        self._value = value
        if (isinstance(read, Invalid) and unchanged) or read == value:
            return
        self._line.setText(self._syntax.write(value))
        self._line.setCursorPosition(0)
        self._show_fault("")

    def reset(self, value: Any) -> None:
        """Show `value` of another thing: text typed so far and its fault are forgotten."""
        self._value = value
        self._outer_fault = ""
        self._line.setText(self._syntax.write(value))
        self._line.setCursorPosition(0)
        self._show_fault("")

    def set_fault(self, text: str) -> None:
        """Show what the design says is wrong with the value; empty to take it away."""
        self._outer_fault = text
        if not isinstance(self._syntax.read(self._line.text()), Invalid):
            self._show_fault(text)

    def set_placeholder(self, text: str) -> None:
        """What an empty line says in grey."""
        self._line.setPlaceholderText(text)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self._line.setAccessibleName(name)

    def step(self, steps: int) -> None:
        """Go some steps up or down, as with the arrow keys."""
        if isinstance(self._syntax.read(self._line.text()), Invalid):
            return
        value = self._syntax.stepped(self._value, steps)
        if value != self._value:
            self._value = value
            self._line.setText(self._syntax.write(value))
            self._show_fault("")
            self.edited.emit(value)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event:
            case QKeyEvent() if event.type() == QEvent.Type.KeyPress:
                return self._key_pressed(event)
            case QKeyEvent() if event.type() == QEvent.Type.ShortcutOverride:
                # Unseen by the line, which would accept it, it goes on to the window's shortcuts.
                return self._is_windows(event)
            case QWheelEvent() if self._line.hasFocus():
                times = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
                turned = event.angleDelta().y() or event.angleDelta().x()
                self.step(times * int(math.copysign(1, turned)) if turned else 0)
                return True
            case _:
                return super().eventFilter(watched, event)

    def _key_pressed(self, event: QKeyEvent) -> bool:
        held = event.modifiers()
        times = 10 if held & Qt.KeyboardModifier.ShiftModifier else 1
        is_command = bool(
            held & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier)
        )
        match event.key():
            case Qt.Key.Key_Up if not is_command:
                self.step(times)
            case Qt.Key.Key_Down if not is_command:
                self.step(-times)
            case Qt.Key.Key_Escape if self.fault():
                self.reset(self._value)
            case _:
                return self._is_windows(event)
        return True

    def _is_windows(self, event: QKeyEvent) -> bool:
        """Whether a key is undo or redo of the design: every valid text was an edit, and the line's own undo would be
        one more. Invalid text, which the design never had, the line takes back itself.
        """
        keys = QKeySequence.StandardKey
        is_valid = not isinstance(self._syntax.read(self._line.text()), Invalid)
        return is_valid and (event.matches(keys.Undo) or event.matches(keys.Redo))

    def _read(self, text: str) -> None:
        match self._syntax.read(text):
            case Invalid(reason):
                self._show_fault(reason)
            case value:
                self._show_fault(self._outer_fault)
                if value != self._value:
                    self._value = value
                    self.edited.emit(value)

    def _finish(self) -> None:
        if not isinstance(self._syntax.read(self._line.text()), Invalid):
            self._line.setText(self._syntax.write(self._value))
        self.finished.emit()

    def _show_fault(self, text: str) -> None:
        if text == self._fault.text():
            return
        self._fault.setText(text)
        self._fault.setVisible(bool(text))
        self._line.setAccessibleDescription(text)
        self._line.setProperty("fault", bool(text))
        theme.restyle(self._line)
        self.updateGeometry()


class IntegerField(TypedField):
    """Edits a whole number; arrow keys and the wheel step it, with Shift by ten."""

    def __init__(
        self,
        minimum: int = -(2**31 - 1),
        maximum: int = 2**31 - 1,
        *,
        optional: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(IntegerSyntax(minimum, maximum, optional), parent)
        self.set_placeholder(self.tr("none") if optional else "")


class RealField(TypedField):
    """Edits a finite number; arrow keys and the wheel step its second digit."""

    def __init__(
        self,
        minimum: float = -math.inf,
        maximum: float = math.inf,
        *,
        above: float = -math.inf,
        optional: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(RealSyntax(minimum, maximum, above, optional), parent)
        self.set_placeholder(self.tr("none") if optional else "")


class TextField(TypedField):
    """Edits a line of text."""

    def __init__(self, longest: int = 4096, parent: QWidget | None = None) -> None:
        super().__init__(TextSyntax(longest), parent)


class ShapeField(TypedField):
    """Edits a tuple of whole numbers, such as "3, 224, 224"."""

    def __init__(
        self,
        minimum: int = 1,
        shortest: int = 1,
        longest: int = 8,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(ShapeSyntax(minimum, shortest, longest), parent)


class PerAxisField(TypedField):
    """Edits a whole number for every axis alike, or one for each: "3" or "3, 5"."""

    def __init__(
        self,
        count: int,
        minimum: int = 1,
        optional: bool = False,
        words: tuple[str, ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(PerAxisSyntax(count, minimum, optional, words), parent)


class Switch(QAbstractButton):
    """Edits on or off: a sliding switch with the word beside it."""

    edited = Signal(object)
    finished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(theme.CONTROL_HEIGHT)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(self._report)

    def value(self) -> bool:
        """Whether it is on."""
        return self.isChecked()

    def set_value(self, value: bool) -> None:
        """Show on or off."""
        self.setChecked(value)

    def reset(self, value: bool) -> None:
        """The same as `set_value`: a switch holds nothing half typed."""
        self.set_value(value)

    def set_fault(self, text: str) -> None:
        """Say in the tooltip what the design finds wrong with the value."""
        self.setToolTip(text)
        self.setAccessibleDescription(text)

    def sizeHint(self) -> QSize:
        return QSize(44 + self.fontMetrics().horizontalAdvance("off") + 8, theme.CONTROL_HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        edge = colours.colour("accent" if self.hasFocus() or on else "border_strong")
        painter.setPen(QPen(edge, 1))
        painter.setBrush(colours.colour("accent" if on else "canvas"))
        middle = self.height() / 2
        track = QRectF(1, middle - 9, 34, 18)
        painter.drawRoundedRect(track, 9, 9)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._knob_colour())
        painter.drawEllipse(QPointF(26.0 if on else 10.0, middle), 6, 6)
        if self.hasFocus():
            painter.setPen(QPen(colours.colour("text" if on else "accent"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(track, 9, 9)
        painter.setPen(colours.colour("text" if self.isEnabled() else "text_faint"))
        words = self.rect().adjusted(44, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self._word())
        painter.end()

    def _knob_colour(self) -> QColor:
        return theme.current().colour("accent_text" if self.isChecked() else "text_muted")

    def _word(self) -> str:
        return self.tr("on") if self.isChecked() else self.tr("off")

    def _report(self) -> None:
        self.edited.emit(self.isChecked())
        self.finished.emit()


def number_field(known: Range) -> IntegerField | RealField:
    match known:
        case Whole(low, high):
            return IntegerField(low, high)
        case Real(low, high):
            return RealField(low, high)
        case _:
            raise TypeError(f"{known} is no range of numbers")
