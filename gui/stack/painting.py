"""Paints cards, headings, rails and gaps in the colours of the theme."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QLineF, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen, QPixmap

from engine.design.value import value
from gui import theme
from gui.stack.card import BAR, Layout, Spot, Words, fonts
from gui.stack.words import CardText
from gui.widgets.chip import CHIP_HEIGHT, paint_chevron, paint_chip

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
CENTRED = Qt.AlignmentFlag.AlignCenter


@value
class Look:
    """What a card looks like apart from its words."""

    selected: bool = False
    focused: bool = False
    """Whether the keyboard acts on it."""
    faded: bool = False
    """Whether it is being dragged, or a search has not found it."""
    hovered: Spot | None = None
    sub_focus: Spot | None = None
    open: Spot | None = None
    """The chip whose list is open, or the words that an editor covers."""


def paint_card(painter: QPainter, at: QPoint, text: CardText, layout: Layout, look: Look) -> None:
    """Paint one card with its top left corner at a point."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(at)
    if look.faded:
        painter.setOpacity(0.4)
    _paint_frame(painter, text, layout, look)
    _paint_words(painter, text, layout, look)
    _paint_chips(painter, layout, look)
    for icon, sentence in zip(layout.icons, layout.sentences, strict=True):
        theme.icon("alert-circle", "danger").paint(painter, icon)
        painter.setFont(fonts().small)
        painter.setPen(theme.current().colour("danger"))
        painter.drawText(sentence.rect, int(Qt.TextFlag.TextWordWrap), sentence.text)
    for number, mend in enumerate(layout.mends):
        paint_mend(painter, mend, Spot("mend", number), look)
    painter.restore()


def _paint_frame(painter: QPainter, text: CardText, layout: Layout, look: Look) -> None:
    edge, width = "card_border", 1.0
    if look.hovered is not None:
        edge = "border_strong"
    if look.selected:
        edge, width = "accent", 1.5
    if text.faults:
        edge, width = "danger", 1.5
    if look.focused:
        width = 2.0
    fill = "selected" if look.selected else "card"
    picture = _frame(layout.width, layout.height, text.colour, fill, edge, width,
                     theme.current().name, _ratio(painter))  # fmt: skip
    painter.drawPixmap(0, 0, picture)


# Frames and chips of a thousand cards are a few dozen different pictures; drawing their curves anew
# would be most of the time that a card takes. The theme's name is an argument so that it is
# remembered with the picture.


@lru_cache(maxsize=64)
def _frame(
    width: int, height: int, bar: str, fill: str, edge: str, line: float, theme_name: str, ratio: float
) -> QPixmap:  # fmt: skip
    """A card without words."""
    picture, painter = _canvas(QSize(width, height), ratio)
    colours, inset = theme.current(), line / 2
    frame = QRectF(0, 0, width, height).adjusted(inset, inset, -inset, -inset)
    painter.setPen(QPen(colours.colour(edge), line))
    painter.setBrush(colours.colour(fill))
    painter.drawRoundedRect(frame, theme.CARD_RADIUS, theme.CARD_RADIUS)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.colour(bar))
    painter.drawRoundedRect(QRectF(0, 0, BAR, height), 2, 2)
    painter.end()
    return picture


@lru_cache(maxsize=256)
def _chip(
    width: int, text: str, token: str, hovered: bool, focused: bool, theme_name: str, ratio: float
) -> QPixmap:
    """A chip with its words."""
    picture, painter = _canvas(QSize(width, CHIP_HEIGHT), ratio)
    paint_chip(
        painter, QRect(0, 0, width, CHIP_HEIGHT), text, token, hovered=hovered, focused=focused
    )
    painter.end()
    return picture


def _canvas(size: QSize, ratio: float) -> tuple[QPixmap, QPainter]:
    """A transparent picture of a size in logical pixels, and a painter on it."""
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return picture, painter


def _ratio(painter: QPainter) -> float:
    return painter.device().devicePixelRatio()


def _paint_words(painter: QPainter, text: CardText, layout: Layout, look: Look) -> None:
    known = fonts()
    _write(painter, layout.title, known.title, known.of_title, "text")
    for words, font, metrics, token, part in (
        (layout.brief, known.brief, known.of_brief, "text_muted", "brief"),
        (layout.name, known.small, known.of_small, "text_muted", "name"),
        (layout.line, known.small, known.of_small, "text_muted", "line"),
        (layout.shape, known.shape, known.of_shape, "text", "shape"),
        (layout.count, known.small, known.of_small, "text_muted", "count"),
    ):
        if words is None:
            continue
        _write(painter, words, font, metrics, token)
        if part in ("brief", "name") and look.hovered == Spot(part):
            _underline(painter, words)
    if layout.badge is not None:
        _paint_badge(painter, layout.badge)
    if layout.fold is not None:
        _paint_fold(painter, layout.fold, text.folded, look.hovered == Spot("fold"))
    if layout.frozen is not None:
        theme.icon("lock", "note").paint(painter, layout.frozen)
    if layout.note is not None:
        theme.icon("note", "text_muted").paint(painter, layout.note)


def _write(painter: QPainter, words: Words, font: QFont, metrics: QFontMetrics, token: str) -> None:
    """Write on the base line, so that fonts of several sizes stand on one line at any scale."""
    painter.setFont(font)
    painter.setPen(theme.current().colour(token))
    painter.drawText(words.rect.left(), words.rect.top() + metrics.ascent(), words.text)


def _underline(painter: QPainter, words: Words) -> None:
    """Dots below what can be typed over."""
    pen = QPen(theme.current().colour("text_faint"), 1, Qt.PenStyle.DotLine)
    painter.setPen(pen)
    y = words.rect.bottom() + 0.5
    painter.drawLine(QLineF(words.rect.left(), y, words.rect.right(), y))


def _ring(painter: QPainter, rect: QRect, radius: float = 4) -> None:
    """What the keyboard acts on."""
    painter.setPen(QPen(theme.current().colour("accent"), 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(rect), radius, radius)


def _paint_badge(painter: QPainter, badge: Words) -> None:
    colours = theme.current()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.colour("neutral_fill"))
    painter.drawRoundedRect(badge.rect, badge.rect.height() / 2, badge.rect.height() / 2)
    painter.setFont(fonts().strong)
    painter.setPen(colours.colour("neutral"))
    painter.drawText(badge.rect, CENTRED, badge.text)


def _paint_fold(painter: QPainter, rect: QRect, folded: bool, hovered: bool) -> None:
    painter.save()
    painter.translate(QRectF(rect).center())
    if folded:
        painter.rotate(-90)
    colour = theme.current().colour("text" if hovered else "text_muted")
    paint_chevron(painter, QPointF(0, 0), colour)
    painter.restore()


def _paint_chips(painter: QPainter, layout: Layout, look: Look) -> None:
    for words, part in ((layout.activation, "activation"), (layout.initializer, "initializer")):
        if words is not None:
            spot = Spot("activation") if part == "activation" else Spot("initializer")
            if spot == look.sub_focus:
                _ring(painter, words.rect.adjusted(-2, -2, 2, 2), words.rect.height() / 2 + 2)
            picture = _chip(words.rect.width(), words.text, part, look.hovered == spot, spot == look.open,
                            theme.current().name, _ratio(painter))  # fmt: skip
            painter.drawPixmap(words.rect.topLeft(), picture)


def paint_mend(painter: QPainter, words: Words, spot: Spot, look: Look) -> None:
    """A button that repairs a fault."""
    colours = theme.current()
    focused, hovered = look.sub_focus == spot, look.hovered == spot
    edge = "accent" if focused else "danger" if hovered else "danger_fill"
    painter.setPen(QPen(colours.colour(edge), 1.5 if focused else 1))
    painter.setBrush(colours.colour("danger_fill"))
    high = words.rect.height() / 2
    painter.drawRoundedRect(QRectF(words.rect).adjusted(0.75, 0.75, -0.75, -0.75), high, high)
    painter.setFont(fonts().strong)
    painter.setPen(colours.colour("danger"))
    metrics = fonts().of_strong
    inside = words.rect.adjusted(12, 0, -10, 0)
    shown = metrics.elidedText(words.text, Qt.TextElideMode.ElideRight, inside.width())
    painter.drawText(inside, CENTRED, shown)


# --- between cards ---------------------------------------------------------------------------------------------------


def paint_heading(painter: QPainter, rect: QRect, text: str, focused: bool) -> None:
    """The line above a branch."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if focused:
        _ring(painter, rect.adjusted(1, 1, -1, -1))
    painter.setFont(fonts().small)
    painter.setPen(theme.current().colour("text_muted"))
    inside = rect.adjusted(8, 0, -8, 0)
    shown = fonts().of_small.elidedText(text, Qt.TextElideMode.ElideRight, inside.width())
    painter.drawText(inside, LEFT, shown)
    painter.restore()


def paint_placeholder(painter: QPainter, rect: QRect, text: str, focused: bool) -> None:
    """A dashed card where a stack is empty, which says how to fill it."""
    colours = theme.current()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge = colours.colour("accent" if focused else "border_strong")
    painter.setPen(QPen(edge, 1.5 if focused else 1, Qt.PenStyle.DashLine))
    painter.drawRoundedRect(
        QRectF(rect).adjusted(0.75, 0.75, -0.75, -0.75), theme.CARD_RADIUS, theme.CARD_RADIUS
    )
    painter.setFont(fonts().small)
    painter.setPen(colours.colour("text_muted"))
    shown = fonts().of_small.elidedText(text, Qt.TextElideMode.ElideRight, rect.width() - 24)
    painter.drawText(rect, CENTRED, shown)
    painter.restore()


def paint_link(painter: QPainter, x: int, top: int, bottom: int) -> None:
    """The line through a gap that says: what the upper card gives flows into the lower one."""
    theme.fill(painter, QRect(x, top, 2, bottom - top), theme.current().colour("border_strong"))


def paint_rail(painter: QPainter, x: int, top: int, bottom: int) -> None:
    """The line at the left of what lies inside a block."""
    theme.fill(
        painter, QRect(x, top, 2, bottom - top), theme.current().colour("family_block", 0.45)
    )


def paint_plus(painter: QPainter, centre: QPoint, hovered: bool) -> None:
    """The button in a gap that inserts a layer there."""
    colours = theme.current()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colours.colour("accent"), 1.5))
    painter.setBrush(colours.colour("accent" if hovered else "panel"))
    painter.drawEllipse(QPointF(centre), 9, 9)
    pen = QPen(colours.colour("accent_text" if hovered else "accent"), 1.75)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    x, y = centre.x(), centre.y()
    painter.drawLines([QLineF(x - 4, y, x + 4, y), QLineF(x, y - 4, x, y + 4)])
    painter.restore()


def paint_drop(painter: QPainter, left: int, right: int, y: int) -> None:
    """The line that says where what is dragged would land."""
    colours = theme.current()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colours.colour("accent"), 2))
    painter.drawLine(QLineF(left + 7, y, right, y))
    painter.setBrush(colours.colour("panel"))
    painter.drawEllipse(QPointF(left + 4, y), 3.5, 3.5)
    painter.restore()


def paint_number(painter: QPainter, rect: QRectF, number: int) -> None:
    """How many cards are dragged together."""
    colours = theme.current()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.colour("accent"))
    painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
    painter.setFont(fonts().strong)
    painter.setPen(colours.colour("accent_text"))
    painter.drawText(rect, CENTRED, str(number))
