"""Small pieces that the window is put together from: cards, headings, pills, notices."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLayoutItem,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui import theme

Severity = Literal["note", "ok", "warning", "danger"]

_SEVERITY_ICONS: dict[Severity, str] = {
    "note": "info-circle",
    "ok": "circle-check",
    "warning": "alert-triangle",
    "danger": "alert-circle",
}


def plain_label(
    text: str = "", role: str = "", parent: QWidget | None = None, *, wrap: bool = False
) -> QLabel:
    """A label that shows its text letter by letter, whoever wrote it; roles as in `set_role`."""
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    label.setWordWrap(wrap)
    if role:
        theme.set_role(label, role)
    return label


def push_button(text: str, role: str = "", parent: QWidget | None = None) -> QPushButton:
    """A button; `role` is "primary", "link", "quiet" or nothing, as in `set_role`."""
    # QPushButton(text, parent) would look whether the text is an icon, for whose enums that is 1 ms of the start.
    button = QPushButton(parent)
    button.setText(text)
    button.setAccessibleName(text)
    button.setAutoDefault(False)
    if role:
        theme.set_role(button, role)
    return button


class IconLabel(QWidget):
    """An icon of `resources/icons` that keeps to the theme's colours."""

    def __init__(
        self, name: str, token: str, pixels: int = 16, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._token = token
        self.setFixedSize(pixels, pixels)

    def show_icon(self, name: str, token: str) -> None:
        """Show another icon, or the same in another colour."""
        self._name, self._token = name, token
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme.icon(self._name, self._token).paint(painter, self.rect())
        painter.end()


class Card(QFrame):
    """A rounded frame; put what it holds into `body`.

    `surface` is "card" (lifted off the panel) or "sunken" (the canvas that plots are drawn on).
    """

    def __init__(
        self, parent: QWidget | None = None, *, surface: Literal["card", "sunken"] = "card"
    ) -> None:
        super().__init__(parent)
        theme.set_role(self, surface)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(theme.MEDIUM, theme.NARROW, theme.MEDIUM, theme.NARROW)
        self.body.setSpacing(theme.TIGHT)


class SectionHeading(QWidget):
    """A heading in small capitals with a caption at the right: "LAYERS    5 layers"."""

    def __init__(self, text: str, caption: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heading = plain_label(text.upper(), "heading", self)
        self._heading.setAccessibleName(text)
        self._caption = plain_label(caption, "muted", self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._heading)
        row.addStretch(1)
        row.addWidget(self._caption)

    def set_text(self, text: str) -> None:
        """Show another heading."""
        self._heading.setText(text.upper())
        self._heading.setAccessibleName(text)

    def set_caption(self, text: str) -> None:
        """Show `text` at the right."""
        self._caption.setText(text)


class Pill(QLabel):
    """A state in one or two words, as "CPU ready", in the colour of a severity."""

    def __init__(
        self, text: str = "", severity: Severity = "note", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFixedHeight(theme.CONTROL_HEIGHT)
        self.show_state(text, severity)

    def show_state(self, text: str, severity: Severity) -> None:
        """Show another state."""
        self.setText(text)
        self.setAccessibleName(text)
        if self.property("tone") != severity:
            self.setProperty("tone", severity)
            theme.set_role(self, "pill")
        self.setMinimumWidth(self.sizeHint().width())


class ElidedLabel(QWidget):
    """One line of plain text that is cut with an ellipsis, in full in its tooltip when cut."""

    def __init__(
        self,
        text: str = "",
        token: str = "text",
        pixels: int = theme.BODY,
        *,
        bold: bool = False,
        mono: bool = False,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._token = token
        self._mode = mode
        self._text = ""
        self.setFont((theme.mono_font if mono else theme.body_font)(pixels, bold=bold))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_text(text)

    def text(self) -> str:
        """The whole text."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show `text`."""
        if text == self._text:
            return
        before = self.sizeHint()
        self._text = text
        self.setAccessibleName(text)
        if self.sizeHint() != before:
            self.updateGeometry()
        self._explain()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._text) + 2, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(min(metrics.averageCharWidth() * 4, self.sizeHint().width()), metrics.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._explain()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(theme.current().colour(self._token))
        shown = self.fontMetrics().elidedText(self._text, self._mode, self.width())
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), flags, shown)
        painter.end()

    def _explain(self) -> None:
        cut = self.fontMetrics().horizontalAdvance(self._text) > self.width()
        self.setToolTip(self._text if cut else "")


class EmptyState(QWidget):
    """What a panel shows when it has nothing to show: an icon, why, and what to do about it."""

    acted = Signal()

    def __init__(
        self,
        icon: str,
        title: str,
        sentence: str,
        action: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._title = plain_label(title, "title")
        self._sentence = plain_label(sentence, "muted", wrap=True)
        self._action = push_button(action)
        if not action:  # showing it here, where it has no parent yet, would open a window for it
            self._action.hide()
        self._action.clicked.connect(lambda: self.acted.emit())
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(theme.NARROW)
        column.addStretch(1)
        column.addWidget(IconLabel(icon, "text_faint", 32), alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._title, alignment=Qt.AlignmentFlag.AlignHCenter)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._sentence.setMaximumWidth(420)
        self._sentence.setMinimumWidth(160)
        centred = QHBoxLayout()
        centred.addStretch(1)
        centred.addWidget(self._sentence, 100)
        centred.addStretch(1)
        column.addLayout(centred)
        column.addSpacing(theme.TIGHT)
        column.addWidget(self._action, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)

    def show_state(self, title: str, sentence: str, action: str = "") -> None:
        """Say something else."""
        self._title.setText(title)
        self._sentence.setText(sentence)
        self._action.setText(action)
        self._action.setAccessibleName(action)
        self._action.setVisible(bool(action))


class Notice(QFrame):
    """One line that says what happened, with at most one thing to do about it; never in the way."""

    acted = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconLabel("info-circle", "note")
        self._text = plain_label(wrap=True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._action = push_button("")
        self._action.clicked.connect(lambda: self.acted.emit())
        close = QToolButton()
        theme.set_role(close, "quiet")
        close.setText("×")
        close.setAccessibleName(self.tr("Close this message"))
        close.setToolTip(self.tr("Close this message"))
        close.clicked.connect(self._close)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.MEDIUM, theme.TIGHT, theme.TIGHT, theme.TIGHT)
        row.setSpacing(theme.NARROW)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self._action)
        row.addWidget(close)
        self.hide()

    def show_message(self, severity: Severity, text: str, action: str = "") -> None:
        """Appear and say `text`, with a button when there is an `action`."""
        self.setProperty("tone", severity)
        theme.set_role(self, "notice")
        self._icon.show_icon(_SEVERITY_ICONS[severity], severity)
        self._text.setText(text)
        self.setAccessibleName(text)
        self._action.setText(action)
        self._action.setAccessibleName(action)
        self._action.setVisible(bool(action))
        self.show()

    def _close(self) -> None:
        self.hide()
        self.closed.emit()


class FlowLayout(QLayout):
    """Lays widgets in rows from left to right, as words in a paragraph."""

    def __init__(self, parent: QWidget | None = None, spacing: int = theme.NARROW) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)
        self.invalidate()

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        if not 0 <= index < len(self._items):
            return None
        self.invalidate()
        return self._items.pop(index)

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        """The height that the rows take in the width of `rect`."""
        x, y, row_height = rect.x(), rect.y(), 0
        for item in self._items:
            size = item.sizeHint()
            if x > rect.x() and x + size.width() > rect.right() + 1:
                x, y, row_height = rect.x(), y + row_height + self.spacing(), 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), size))
            x += size.width() + self.spacing()
            row_height = max(row_height, size.height())
        return y + row_height - rect.y()
