"""What the forms and colours of a diagram's boxes mean: those that it has."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.catalogue import FAMILIES
from engine.views.diagram import Diagram
from engine.views.diagram_outlines import outline
from gui import theme
from gui.views.diagram_boxes import colour_of, draw_outline
from gui.views.diagram_words import fitted, font

WIDTH, HEIGHT = 24.0, 12.0
"""Of a form."""
ROW = 20
BETWEEN = 18.0


class FamilyLegend(QWidget):
    """A row of forms, each with the family of layers that it stands for; what has no room is said in the tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._families: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.hide()
        theme.changed.connect(self.update)

    def show_diagram(self, diagram: Diagram) -> None:
        """Explain what is in this diagram; nothing where all is of one form."""
        there = {box.family for box in diagram.boxes} | {plate.family for plate in diagram.plates}
        families = tuple(family for family in TITLES if family in there)
        if families == self._families:
            return
        self._families = families
        words = ", ".join(title_of(family) for family in families)
        said = self.tr("Forms and colours: {0}").format(words)
        self.setAccessibleName(said)
        self.setToolTip(said)
        self.setVisible(len(families) > 1)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = theme.current()
        metrics = QFontMetricsF(font(theme.CAPTION, False))
        x, middle = float(theme.WIDE), self.height() / 2
        for family in self._families:
            title = title_of(family)
            end = x + WIDTH + theme.NARROW + metrics.horizontalAdvance(title)
            if end > self.width():
                break
            painter.setPen(QPen(colours.colour(colour_of(family)), 1.3))
            painter.setBrush(colours.colour("card"))
            _swatch(painter, family, QRectF(x, middle - HEIGHT / 2, WIDTH, HEIGHT))
            painter.setFont(font(theme.CAPTION, False))
            painter.setPen(colours.colour("text_muted"))
            baseline = fitted(title, theme.CAPTION, 1000, False)[2]
            painter.drawText(QPointF(x + WIDTH + theme.NARROW, middle + baseline), title)
            x = end + BETWEEN
        painter.end()


def _swatch(painter: QPainter, family: str, rect: QRectF) -> None:
    """A form at half its size in a diagram."""
    painter.save()
    painter.translate(rect.topLeft())
    painter.scale(0.5, 0.5)
    pen = painter.pen()
    pen.setWidthF(2 * pen.widthF())
    painter.setPen(pen)
    if family == "block":
        painter.drawRoundedRect(QRectF(8, -6, 2 * rect.width() - 16, 12), 5, 5)
    draw_outline(painter, outline(family, 0, 0, 2 * rect.width(), 2 * rect.height()))
    painter.restore()


def title_of(family: str) -> str:
    """A family in a word or two."""
    return QCoreApplication.translate("Families", TITLES[family])


TITLES = {
    "input": "Input",
    **FAMILIES,
    "recall": "From before",
    "block": "Block",
}
"""What boxes may be, in the order of the legend."""
