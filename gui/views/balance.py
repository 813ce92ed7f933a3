"""How many rows there are of each class, as bars."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme

MOST_BARS = 12
"""Of more classes the largest are shown."""

_ROW, _GAP = 20, 8


class Balance(QWidget):
    """A bar for each class, the longest over the whole width; hidden where there are no classes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: list[tuple[str, int]] = []
        self._more = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_counts(self, names: tuple[str, ...], counts: tuple[int, ...]) -> None:
        """Show how often each class occurs."""
        bars = list(zip(names, counts, strict=True))
        if len(bars) > MOST_BARS:
            bars.sort(key=lambda each: -each[1])
        self._bars, self._more = bars[:MOST_BARS], max(len(bars) - MOST_BARS, 0)
        self.setVisible(bool(bars))
        said = ", ".join(f"{visible(name)}: {count:,}" for name, count in self._bars)
        self.setAccessibleName(self.tr("Rows of each class: {counts}").format(counts=said))
        self.setToolTip("\n".join(f"{visible(name)}  {count:,}" for name, count in bars[:40]))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, _ROW * (len(self._bars) + bool(self._more)))

    def minimumSizeHint(self) -> QSize:
        return QSize(100, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, painter = theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.body_font(theme.CAPTION))
        metrics = painter.fontMetrics()
        texts = [visible(name) for name, _ in self._bars]
        label = min(
            max((metrics.horizontalAdvance(text) for text in texts), default=0), self.width() * 0.45
        )
        number = max(
            (metrics.horizontalAdvance(f"{count:,}") for _, count in self._bars), default=0
        )
        room = max(self.width() - label - number - 2 * _GAP, 10)
        most = max((count for _, count in self._bars), default=1) or 1
        middle = Qt.AlignmentFlag.AlignVCenter
        for row, ((_, count), text) in enumerate(zip(self._bars, texts, strict=True)):
            top = row * _ROW
            painter.setPen(colours.colour("text_muted"))
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(label) + 1)
            painter.drawText(QRectF(0, top, label + 1, _ROW), middle, shown)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.colour("series_1"))
            painter.drawRoundedRect(
                QRectF(label + _GAP, top + 6, max(room * count / most, 2), _ROW - 12), 3, 3
            )
            painter.setPen(colours.colour("text"))
            end = QRectF(self.width() - number - 1, top, number + 1, _ROW)
            painter.drawText(end, middle | Qt.AlignmentFlag.AlignRight, f"{count:,}")
        if self._more:
            painter.setPen(colours.colour("text_muted"))
            more = self.tr("and {n} more").format(n=f"{self._more:,}")
            painter.drawText(QRectF(0, len(self._bars) * _ROW, self.width(), _ROW), middle, more)
        painter.end()


def visible(name: str) -> str:
    """A class name that can be seen, also where it is a blank of a text."""
    return {" ": "␣", "\n": "⏎", "\t": "⇥"}.get(name, name)
