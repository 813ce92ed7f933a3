"""A form: names at the left, editors at the right, all of one height and one width."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from gui import theme
from gui.widgets.fields import IntegerField, RealField

_PIXELS_A_STEP = 4


class FieldLabel(QLabel):
    """The name of a field; dragging it sideways steps the number in the field."""

    def __init__(self, name: str, field: QWidget, *, mono: bool) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(name)
        theme.set_role(self, "muted")
        self.setFont((theme.mono_font if mono else theme.body_font)())
        self.setFixedHeight(theme.CONTROL_HEIGHT)
        self.setBuddy(field)
        self._number = field if isinstance(field, IntegerField | RealField) else None
        self._dragged_from: float | None = None
        if self._number is not None:
            self.setCursor(Qt.CursorShape.SizeHorCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._number is not None and event.button() == Qt.MouseButton.LeftButton:
            self._dragged_from = event.position().x()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._number is None or self._dragged_from is None:
            return
        steps = int((event.position().x() - self._dragged_from) / _PIXELS_A_STEP)
        if steps:
            self._dragged_from += steps * _PIXELS_A_STEP
            times = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            self._number.step(steps * times)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._number is not None and self._dragged_from is not None:
            self._dragged_from = None
            self._number.finished.emit()


class Form(QWidget):
    """Rows of a name and an editor; names of attributes in the monospaced font."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.MEDIUM)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(0, 11)
        self._grid.setColumnStretch(1, 12)
        self._labels: dict[QWidget, QLabel] = {}

    def add_row(self, name: str, field: QWidget, help: str = "", *, mono: bool = True) -> QLabel:
        """Add an editor below the others; `help` is a sentence for tooltip and screen reader."""
        label = FieldLabel(name, field, mono=mono)
        label.setToolTip(help)
        if not field.accessibleName():
            field.setAccessibleName(name)
        field.setToolTip(help)
        field.setAccessibleDescription(help)
        row = self._grid.rowCount()
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(field, row, 1, Qt.AlignmentFlag.AlignTop)
        self._labels[field] = label
        return label

    def show_row(self, field: QWidget, visible: bool) -> None:
        """Show or hide the row of an editor."""
        for widget in (self._labels[field], field):
            widget.setVisible(visible)

    def add_wide(self, widget: QWidget) -> None:
        """Add a widget below the others over both columns."""
        self._grid.addWidget(widget, self._grid.rowCount(), 0, 1, 2)

    def clear(self) -> None:
        """Take all rows away."""
        self._labels.clear()
        while (item := self._grid.takeAt(0)) is not None:  # pyright: ignore[reportUnnecessaryComparison]
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
