"""All that the gallery says of one template: its picture, what it is, whose it is, and how large."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

import resources
from engine.design.project import Project
from engine.files import store
from engine.views.diagram import Diagram, diagram
from engine.views.diagram_rows import GAP, rows
from engine.views.shapes import Analysis, infer
from gui import theme
from gui.status import short
from gui.views.diagram_lines import Live
from gui.views.diagram_names import Names, NoNames
from gui.views.diagram_painting import paint, scale_of_words
from gui.widgets.card_painting import paint_card
from gui.widgets.pieces import SectionHeading, plain_label
from resources.samples import TEMPLATES

PAD = 12.0
LARGEST_SCALE = 2.2
"""Of names over neurons."""


class Picture(QWidget):
    """A diagram as a whole. One that is much longer than high goes on in further rows, as text does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._diagram: Diagram | None = None
        self._kept: tuple[object, QPixmap] | None = None
        self.setMinimumHeight(260)
        self.setAccessibleName(self.tr("Diagram of the network"))

    def show_diagram(self, shown: Diagram) -> None:
        """Draw another one."""
        self._diagram = shown
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        looks = (self._diagram, self.size(), self.devicePixelRatioF(), theme.current())
        if self._kept is None or self._kept[0] != looks:
            self._kept = (looks, self._painted())
        QPainter(self).drawPixmap(0, 0, self._kept[1])

    def _painted(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint_card(painter, QRectF(self.rect()))
        room = QRectF(self.rect()).adjusted(PAD, PAD, -PAD, -PAD)
        if self._diagram is not None and room.isValid():
            _paint_rows(painter, self._diagram, room)
        painter.end()
        return pixmap


def _paint_rows(painter: QPainter, shown: Diagram, room: QRectF) -> None:
    """The drawing in rows, as large as the room allows, in its middle."""
    found = rows(shown, room.width(), room.height())
    zoom = found.zoom
    left = room.left() + (room.width() - found.width) / 2
    top = room.top() + (room.height() - found.height) / 2
    names = Names() if scale_of_words(zoom) <= LARGEST_SCALE else NoNames()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for part in found.parts:
        seen = QRectF(part.left, part.top, part.right - part.left, part.bottom - part.top)
        painter.save()
        painter.translate(left, top)
        # Names over neurons are written larger in a small picture, into the gap between the rows; much larger ones
        # have no room there.
        over = GAP * zoom
        painter.setClipRect(QRectF(0, -over, seen.width() * zoom, seen.height() * zoom + over))
        painter.scale(zoom, zoom)
        painter.translate(-seen.left(), -seen.top())
        paint(painter, shown, Live(), frozenset(), seen, zoom, names=names)
        painter.restore()
        top += (seen.height() + GAP) * zoom


@lru_cache(maxsize=64)
def template(name: str) -> tuple[Project, Analysis, Diagram]:
    """A template with what follows from it; read when it is first looked at."""
    project = store.load(resources.path("samples", f"{name}.loom"))
    analysis = infer(project.network)
    return project, analysis, diagram(analysis)


class TemplatePage(QWidget):
    """Shows one template after the other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = plain_label("", "title")
        self._sentence = plain_label("", wrap=True)
        self._paper = plain_label("", "muted", wrap=True)
        self._picture = Picture()
        self._notes = plain_label("", "muted", wrap=True)
        self._facts = [plain_label("", wrap=True) for _ in range(4)]
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.NARROW, 0, 0, 0)
        column.setSpacing(theme.NARROW)
        for widget in (self._title, self._sentence, self._picture):
            column.addWidget(widget, 1 if widget is self._picture else 0)
        column.addLayout(self._table())
        self._heading = SectionHeading(self.tr("About it"))
        for widget in (self._heading, self._notes, self._paper):
            column.addWidget(widget)

    def show_template(self, name: str) -> None:
        """Show a template."""
        said = TEMPLATES[name]
        project, analysis, drawn = template(name)
        self._title.setText(said.title)
        self._sentence.setText(said.sentence)
        self._paper.setText(said.paper)
        self._paper.setVisible(bool(said.paper))
        about = project.notes.partition("\n\n")[2].partition("\n\nTry it")[0]
        self._notes.setText(about)
        self._notes.setVisible(bool(about))
        self._heading.setVisible(bool(about))
        self._picture.show_diagram(drawn)
        self._show_facts(analysis)

    def _table(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.WIDE)
        grid.setVerticalSpacing(theme.TIGHT)
        grid.setColumnStretch(1, 1)
        names = (
            self.tr("Input"),
            self.tr("Output"),
            self.tr("Parameters"),
            self.tr("MACs per sample"),
        )
        for row, (name, fact) in enumerate(zip(names, self._facts, strict=True)):
            grid.addWidget(plain_label(name, "muted"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(fact, row, 1)
        return grid

    def _show_facts(self, analysis: Analysis) -> None:
        totals = analysis.totals
        facts = (
            ", ".join(f"{each.name} {each.spec}" for each in analysis.network.inputs),
            str(analysis.output),
            f"{totals.parameters:,}",
            short(totals.macs),
        )
        for label, fact in zip(self._facts, facts, strict=True):
            label.setText(fact)
