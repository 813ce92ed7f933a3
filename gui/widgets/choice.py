"""A button that shows what is chosen and opens a searchable list to choose another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gui import theme
from gui.widgets.chip import chip_size, paint_chevron, paint_chip
from gui.widgets.choice_popup import ChoicePopup, Found, Thumbnail
from gui.widgets.options import Option

Look = Literal["field", "activation", "initializer", "neutral"]


def popup_choice(
    parent: QWidget,
    options: Sequence[Option],
    thumbnail: Thumbnail | None,
    at: QRect,
    on_chosen: Callable[[str], None],
    *,
    current: str = "",
    query: str = "",
    found: Found | None = None,
) -> ChoicePopup:
    """Open the list at a rectangle of `parent` (as a chip on a painted card) and return it."""
    popup = ChoicePopup(parent, options, thumbnail, current, found)
    popup.chosen.connect(on_chosen)
    popup.open_at(QRect(parent.mapToGlobal(at.topLeft()), at.size()), query)
    return popup


class Choice(QAbstractButton):
    """Chooses one of many; looks like a drop-down field, or like a chip of a colour."""

    chosen = Signal(str)
    highlighted = Signal(str)
    closed = Signal()
    edited = Signal(object)  # with `finished`, so that it can stand among the fields of a form
    finished = Signal()

    def __init__(self, look: Look = "field", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look: Look = look
        self._options: Sequence[Option] = ()
        self._thumbnail: Thumbnail | None = None
        self._current = ""
        self._label = ""
        self._popup: ChoicePopup | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        wide = QSizePolicy.Policy.Expanding if look == "field" else QSizePolicy.Policy.Maximum
        self.setSizePolicy(wide, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda: self.open())

    def set_options(self, options: Sequence[Option], thumbnail: Thumbnail | None = None) -> None:
        """Offer these; `thumbnail` draws the picture of a key, when the list first shows it."""
        self._options = options
        self._thumbnail = thumbnail
        self._name()

    def set_current(self, key: str) -> None:
        """Show the option of that key as the chosen one."""
        self._current = key
        self._name()

    def current(self) -> str:
        """The key of the chosen option."""
        return self._current

    def set_value(self, value: str) -> None:
        """The same as `set_current`."""
        self.set_current(value)

    def reset(self, value: str) -> None:
        """The same as `set_current`."""
        self.set_current(value)

    def value(self) -> str:
        """The same as `current`."""
        return self._current

    def set_fault(self, text: str) -> None:
        """Say in the tooltip what the design finds wrong with the choice."""
        self.setToolTip(text)
        self.setAccessibleDescription(text)

    def setAccessibleName(self, name: str) -> None:
        self._label = name
        self._name()

    def open(self, query: str = "") -> None:
        """Open the list, with something already searched for."""
        popup = popup_choice(
            self, self._options, self._thumbnail, self.rect(), self._take,
            current=self._current, query=query,
        )  # fmt: skip
        popup.highlighted.connect(self.highlighted.emit)
        popup.closed.connect(self._forget_popup)
        self._popup = popup
        self.update()

    def title(self) -> str:
        """The title of the chosen option; its key while it is not on offer."""
        for option in self._options:
            if option.key == self._current:
                return option.title
        return self._current

    def sizeHint(self) -> QSize:
        if self._look != "field":
            return chip_size(self.title())
        width = self.fontMetrics().horizontalAdvance(self.title())
        return QSize(max(110, width + 40), theme.CONTROL_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(72, self.sizeHint().width()), self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Alt+Down opens the list here, as with every drop-down; the window's command of these keys waits."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
            if alt and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space:
                self.open()
            case Qt.Key.Key_Down | Qt.Key.Key_Up:
                self.open()
            case _ if _is_letter(event):
                self.open(event.text())
            case _:
                super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        focused = self.hasFocus() or self._popup is not None
        if self._look == "field":
            self._paint_field(painter, focused)
        else:
            rect = QRect(QPoint(0, 0), QSize(self.width(), chip_size("").height()))
            rect.moveTop((self.height() - rect.height()) // 2)
            paint_chip(painter, rect, self.title(), self._look,
                       hovered=self.underMouse(), focused=focused)  # fmt: skip
        painter.end()

    def _paint_field(self, painter: QPainter, focused: bool) -> None:
        colours = theme.current()
        hovered = "border_strong" if self.underMouse() else "field_border"
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.colour("accent" if focused else hovered), 1))
        painter.setBrush(colours.colour("canvas" if self.isEnabled() else "panel"))
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS
        )
        painter.setPen(colours.colour("text" if self.isEnabled() else "text_faint"))
        words = self.rect().adjusted(10, 0, -28, 0)
        shown = self.fontMetrics().elidedText(
            self.title(), Qt.TextElideMode.ElideRight, words.width()
        )
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, shown)
        centre = QPointF(self.width() - 15, self.height() / 2)
        paint_chevron(painter, centre, colours.colour("text_muted"))

    def _name(self) -> None:
        title = self.title()
        name = f"{self._label}: {title}" if self._label else title
        if (title, name) == (self.text(), self.accessibleName()):
            return
        self.setText(title)
        super().setAccessibleName(name)
        self.updateGeometry()
        self.update()

    def _take(self, key: str) -> None:
        self.set_current(key)
        self.chosen.emit(key)
        self.edited.emit(key)
        self.finished.emit()

    def _forget_popup(self) -> None:
        self._popup = None
        self.update()
        self.closed.emit()


def _is_letter(event: QKeyEvent) -> bool:
    held = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
    return (
        held == Qt.KeyboardModifier.NoModifier
        and event.text().strip().isprintable()
        and bool(event.text().strip())
    )
