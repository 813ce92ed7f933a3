"""A part of the inspector under a heading that folds it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QEnterEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from gui import theme
from gui.preferences import account_settings
from gui.widgets.chip import paint_chevron


class FoldHeading(QAbstractButton):
    """A heading in small capitals with a caption and an arrow; a click folds what is below."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._caption = ""
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._name()
        self.toggled.connect(self._name)

    def set_caption(self, caption: str) -> None:
        """Write `caption` at the right."""
        if caption != self._caption:
            self._caption = caption
            self._name()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, 24)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.toggle()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        painter = QPainter(self)
        lively = self.underMouse() or self.hasFocus()
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colours.colour("accent"), 1))
            painter.drawRoundedRect(self.rect().adjusted(-4, 1, -1, -2), 4, 4)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.body_font(theme.CAPTION, bold=True))
        painter.setPen(colours.colour("text" if lively else "text_muted"))
        painter.drawText(self.rect(), middle | Qt.AlignmentFlag.AlignLeft, self._title.upper())
        taken = painter.fontMetrics().horizontalAdvance(self._title.upper()) + 16
        painter.setFont(theme.body_font(theme.CAPTION))
        painter.setPen(colours.colour("text_faint"))
        room = QRect(taken, 0, self.width() - taken - 22, self.height())
        shown = painter.fontMetrics().elidedText(
            self._caption, Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, middle | Qt.AlignmentFlag.AlignRight, shown)
        painter.translate(self.width() - 9, self.height() / 2)
        painter.rotate(0 if self.isChecked() else -90)
        paint_chevron(painter, QPointF(0, 0), colours.colour("text" if lively else "text_faint"))
        painter.end()

    def _name(self) -> None:
        state = self.tr("open") if self.isChecked() else self.tr("folded")
        self.setAccessibleName(f"{self._title}, {state}")
        self.setAccessibleDescription(self._caption)


class Section(QWidget):
    """A heading and what it folds; put that into `body`. Whether it is folded is kept under `key`."""

    def __init__(self, key: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = f"inspector/folded/{key}"
        self.heading = FoldHeading(title)
        self._inside = QWidget()
        self.body = QVBoxLayout(self._inside)
        self.body.setContentsMargins(0, 2, 0, 0)
        self.body.setSpacing(theme.NARROW)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.TIGHT)
        column.addWidget(self.heading)
        column.addWidget(self._inside)
        self.heading.toggled.connect(self._fold)
        self.heading.setChecked(account_settings().value(self._key, "false") not in ("true", True))

    def set_caption(self, caption: str) -> None:
        """Write `caption` at the right of the heading."""
        self.heading.set_caption(caption)

    def add_tight(self, *widgets: QWidget) -> None:
        """Put rows of a form below the others, as close as those of one form."""
        group = QVBoxLayout()
        group.setSpacing(3)
        for widget in widgets:
            group.addWidget(widget)
        self.body.addLayout(group)

    def _fold(self, is_open: bool) -> None:
        self._inside.setVisible(is_open)
        account_settings().setValue(self._key, "false" if is_open else "true")
