"""What is wrong and what could be better, as cards below the stack: a sentence, what mends it, and why."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from engine.views.advice import Advice
from engine.views.facts import Analysis, Fault, FaultMend
from gui import theme
from gui.stack.card import BAR
from gui.stack.words import fault_text, mend_text
from gui.widgets.pieces import FlowLayout, SectionHeading, plain_label, push_button

Said = Advice | Fault
Key = tuple[type[Said], int, str]
MOST_FAULTS = 20
"""Faults shown as cards; the stack shows every one on its layer."""


class SaidCard(QFrame):
    """One piece of advice, or one fault."""

    wished = Signal(object)
    selected = Signal(object)
    unfolded = Signal()

    def __init__(self, said: Said, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._said = said
        self._tone = "danger" if isinstance(said, Fault) else "warning"
        self._title = plain_label("", wrap=True)
        self._title.setFont(theme.body_font(theme.BODY, bold=True))
        self._sentence = plain_label("", "muted", wrap=True)
        self._why = plain_label("", wrap=True)
        self._why.setFont(theme.body_font(theme.CAPTION))
        self._why.hide()
        self._buttons = QWidget()
        self._flow = FlowLayout(self._buttons, theme.NARROW)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 12, 9)
        column.setSpacing(3)
        for widget in (self._title, self._sentence, self._buttons, self._why):
            column.addWidget(widget)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._show()

    def show_said(self, said: Said) -> None:
        """Show the same piece of advice in its present words."""
        if said != self._said:
            self._said = said
            self._show()

    def _show(self) -> None:
        said = self._said
        match said:
            case Fault():
                title, sentence, why = said.place, fault_text(said), ""
            case Advice():
                title, sentence, why = said.title, said.sentence, said.why
        self._title.setText(title)
        self._sentence.setText(sentence)
        self._why.setText(why)
        self.setAccessibleName(f"{title}. {sentence}")
        self._show_buttons(bool(why))

    def _show_buttons(self, why: bool) -> None:
        while (item := self._flow.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for mend in self._said.mends:
            title = mend_text(mend) if isinstance(mend, FaultMend) else mend.title
            button = push_button(title)
            button.setProperty("tone", self._tone)
            theme.set_role(button, "mend")
            button.clicked.connect(lambda _=False, edit=mend.edit: self.wished.emit(edit))
            self._flow.addWidget(button)
        if why:
            self._more = push_button(self.tr("Why?"), "why")
            self._more.setCheckable(True)
            self._more.setChecked(not self._why.isHidden())
            self._more.toggled.connect(self._unfold)
            self._flow.addWidget(self._more)
        else:
            self._why.hide()
        self._buttons.setVisible(bool(self._said.mends) or why)

    def _unfold(self, show: bool) -> None:
        self._why.setVisible(show)
        self.unfolded.emit()

    def _ids(self) -> tuple[int, ...]:
        """The nodes that it is about; none for the network itself."""
        others = self._said.others if isinstance(self._said, Advice) else ()
        return tuple(dict.fromkeys(each for each in (self._said.node_id, *others) if each))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(
            event.position().toPoint()
        ):
            self.selected.emit(self._ids())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.selected.emit(self._ids())
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        edge = "accent" if self.hasFocus() else "border_strong" if self.underMouse() else "card_border"  # fmt: skip
        painter.setPen(QPen(colours.colour(edge), 1.5 if self.hasFocus() else 1))
        painter.setBrush(colours.colour("card"))
        painter.drawRoundedRect(frame, theme.CARD_RADIUS, theme.CARD_RADIUS)
        bar = QPainterPath()
        bar.addRoundedRect(QRectF(0, 0, BAR, self.height()), 2, 2)
        painter.fillPath(bar, colours.colour(self._tone))
        painter.end()


class AdviceList(QWidget):
    """All faults and all advice, the faults first; hidden while there is neither."""

    wished = Signal(object)
    selected = Signal(object)
    grew = Signal()
    """The height that all cards need has changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "panel")
        self._cards: dict[Key, SaidCard] = {}
        self._heading = SectionHeading(self.tr("Advice"))
        self._inside = QWidget()
        theme.set_role(self._inside, "panel")
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(14, 0, 14, 12)
        self._column.setSpacing(8)
        self._column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(6)
        self._heading.setContentsMargins(16, 0, 16, 0)
        column.addWidget(self._heading)
        column.addWidget(self._scroll, 1)
        self.setAccessibleName(self.tr("Advice"))
        self.hide()

    def show_advice(self, analysis: Analysis, advice: tuple[Advice, ...]) -> None:
        """Show what is wrong with a design and what could be better; cards that stay keep what was unfolded."""
        faults, others = analysis.faults[:MOST_FAULTS], max(len(analysis.faults) - MOST_FAULTS, 0)
        said: dict[Key, Said] = {}
        for each in (*faults, *advice):
            title = each.place + each.needs if isinstance(each, Fault) else each.title
            said.setdefault((type(each), each.node_id, title), each)
        for key in [key for key in self._cards if key not in said]:
            gone = self._cards.pop(key)
            gone.hide()
            gone.deleteLater()
        for place, (key, each) in enumerate(said.items()):
            card = self._cards.get(key)
            if card is None:
                card = self._cards[key] = self._new_card(each)
            card.show_said(each)
            if self._column.indexOf(card) != place:
                self._column.insertWidget(place, card)
        self._name(faults=bool(faults), advice=bool(advice))
        self._heading.set_caption(self.tr("{0} more faults").format(others) if others else "")
        self.setVisible(bool(said))
        self._changed_height()

    def _name(self, *, faults: bool, advice: bool) -> None:
        """Call the list after what is in it."""
        match faults, advice:
            case True, True:
                name = self.tr("Faults and advice")
            case True, False:
                name = self.tr("Faults")
            case _:
                name = self.tr("Advice")
        self._heading.set_text(name)
        self.setAccessibleName(name)

    def _new_card(self, said: Said) -> SaidCard:
        card = SaidCard(said)
        card.wished.connect(self.wished)
        card.selected.connect(self.selected)
        card.unfolded.connect(self._changed_height)
        return card

    def _changed_height(self) -> None:
        self._column.invalidate()
        self.updateGeometry()
        self.grew.emit()
        self._fit()

    def needed_height(self, width: int) -> int:
        """The height that shows every card without scrolling."""
        if self.isHidden():
            return 0
        head = self._heading.sizeHint().height()
        return self._column.totalHeightForWidth(width) + head + 10

    def sizeHint(self) -> QSize:
        return QSize(320, min(self.needed_height(max(self.width(), 240)), 260))

    def _fit(self) -> None:
        """Make the cards as wide as those of the stack, beside a scroll bar too, and as high as their words."""
        width = self._scroll.width()
        high = self._column.totalHeightForWidth(width)
        self._inside.resize(width, max(high, self._scroll.height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.grew.emit()
        return super().event(event)
