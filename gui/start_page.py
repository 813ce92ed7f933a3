"""What a new person sees first: networks to start from, recent files, and a way to open one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QLocale, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

import resources
from engine.design.value import value
from gui import theme
from gui.widgets.pieces import Card, ElidedLabel, IconLabel, plain_label, push_button
from resources.samples import TEMPLATES

if TYPE_CHECKING:
    from gui.recovery import Rescued

FIRST = (
    ("tutorial", "school"),
    ("iris", "chart-dots"),
    ("digits", "grid-dots"),
    ("moons", "moon"),
    ("empty", "plus"),
)
"""Templates for a first look, with their icons; the gallery has the others."""
_LOW = 62


@value
class Start:
    """One thing to start from."""

    sample: str
    icon: str
    title: str
    sentence: str


class StartCard(Card):
    """A card that can be clicked or entered."""

    chosen = Signal(str)

    def __init__(self, start: Start, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._start = start
        theme.set_role(self, "start")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{start.title}: {start.sentence}")
        self.setFixedHeight(84)
        texts = QVBoxLayout()
        texts.setSpacing(theme.TIGHT)
        title = plain_label(start.title)
        title.setFont(theme.body_font(theme.STRONG, bold=True))
        texts.addWidget(title)
        texts.addWidget(plain_label(start.sentence, "muted", wrap=True))
        texts.addStretch(1)
        row = QHBoxLayout()
        row.setContentsMargins(theme.WIDE, theme.WIDE, theme.WIDE, theme.MEDIUM)
        row.setSpacing(theme.MEDIUM)
        row.addWidget(IconLabel(start.icon, "accent", 24), alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addLayout(row)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(
            event.position().toPoint()
        ):
            self.chosen.emit(self._start.sample)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space:
                self.chosen.emit(self._start.sample)
            case Qt.Key.Key_Right | Qt.Key.Key_Down:
                self.focusNextChild()
            case Qt.Key.Key_Left | Qt.Key.Key_Up:
                self.focusPreviousChild()
            case _:
                super().keyPressEvent(event)


class StartPage(QWidget):
    """Templates on cards, recent files below, and a button that opens another."""

    sample_chosen = Signal(str)
    file_chosen = Signal(object)
    open_wished = Signal()
    gallery_wished = Signal()
    rescued_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "canvas")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout()
        column.setSpacing(theme.WIDE)
        column.addStretch(2)
        column.addLayout(self._head())
        column.addSpacing(theme.NARROW)
        column.addLayout(self._cards())
        column.addSpacing(theme.NARROW)
        self._rescued, self._recent = QVBoxLayout(), QVBoxLayout()
        for rows in (self._rescued, self._recent):
            rows.setSpacing(theme.TIGHT)
            column.addLayout(rows)
        column.addStretch(3)
        frame = QHBoxLayout(self)
        frame.addStretch(1)
        holder = QWidget()
        holder.setLayout(column)
        holder.setMaximumWidth(920)
        frame.addWidget(holder, 100)
        frame.addStretch(1)

    def _head(self) -> QHBoxLayout:
        picture = QLabel()
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(str(resources.path("icons", "layerloom-128.png")))
        pixmap = pixmap.scaled(
            QSize(48, 48) * ratio, mode=Qt.TransformationMode.SmoothTransformation
        )
        pixmap.setDevicePixelRatio(ratio)
        picture.setPixmap(pixmap)
        title = plain_label("Layerloom")
        title.setFont(theme.body_font(theme.DISPLAY, bold=True))
        claim = plain_label(
            self.tr(
                "Stack a network, see what every choice does, run it, and leave with its PyTorch code."
            ),
            "muted",
        )
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(title)
        texts.addWidget(claim)
        row = QHBoxLayout()
        row.setSpacing(theme.WIDE)
        row.addWidget(picture)
        row.addLayout(texts, 1)
        return row

    def _cards(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(theme.MEDIUM)
        for position, start in enumerate(self.starts()):
            card = StartCard(start)
            if position == 0:
                self.setFocusProxy(card)
            card.chosen.connect(self.sample_chosen)
            grid.addWidget(card, position // 3, position % 3)
        opener = Start(
            "", "folder-open", self.tr("Open a file…"), self.tr("A .loom project from your disk.")
        )
        card = StartCard(opener)
        card.chosen.connect(self._wish_open)
        grid.addWidget(card, 1, 2)
        gallery = Start(
            "", "stack-2", self.tr("Known networks…"),
            self.tr("LeNet, ResNet, U-Net, WaveNet and others, each with its picture, paper and size."),
        )  # fmt: skip
        card = StartCard(gallery)
        card.setFixedHeight(_LOW)
        card.chosen.connect(self._wish_gallery)
        grid.addWidget(card, 2, 0, 1, 3)
        for column in range(3):
            grid.setColumnStretch(column, 1)
        return grid

    def _wish_open(self, sample: str) -> None:
        self.open_wished.emit()

    def _wish_gallery(self, sample: str) -> None:
        self.gallery_wished.emit()

    def starts(self) -> tuple[Start, ...]:
        """What can be started from."""
        return tuple(
            Start(name, icon, self.tr(TEMPLATES[name].title), self.tr(TEMPLATES[name].sentence))
            for name, icon in FIRST
        )

    def show_recent(self, paths: list[Path]) -> None:
        """List files that were opened or saved lately; those that are gone are left out."""
        there = [path for path in paths if path.is_file()][:5]
        _refill(self._recent, self.tr("RECENT"), [self._recent_row(path) for path in there])

    def show_rescued(self, works: list[Rescued]) -> None:
        """List work that windows left which ended unexpectedly."""
        rows = [self._rescued_row(work) for work in works]
        _refill(self._rescued, self.tr("RECOVERED, NOT YET SAVED"), rows)

    def _recent_row(self, path: Path) -> QWidget:
        button = push_button(path.name, "link")
        button.setAccessibleName(self.tr("Open {name}").format(name=path.name))
        button.clicked.connect(lambda: self.file_chosen.emit(path))
        return _row(button, str(path.parent))

    def _rescued_row(self, work: Rescued) -> QWidget:
        button = push_button(work.title, "link")
        button.setAccessibleName(self.tr("Bring back {name}").format(name=work.title))
        button.clicked.connect(lambda: self.rescued_chosen.emit(work))
        when = QLocale().toString(
            QDateTime.fromSecsSinceEpoch(round(work.kept_at)), QLocale.FormatType.ShortFormat
        )
        where = (
            self.tr("in {folder}").format(folder=work.path.parent)
            if work.path
            else self.tr("in no file yet")
        )
        return _row(button, f"{when}, {where}")


def _row(button: QWidget, text: str) -> QWidget:
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(theme.NARROW)
    line.addWidget(button)
    line.addWidget(ElidedLabel(text, token="text_faint"), 1)
    return row


def _refill(layout: QVBoxLayout, heading: str, rows: list[QWidget]) -> None:
    """Other rows under a heading; nothing at all where there are none."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.deleteLater()
    if rows:
        layout.addWidget(plain_label(heading, "heading"))
    for row in rows:
        layout.addWidget(row)
