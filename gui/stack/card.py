"""Where everything on a card lies: rectangles from words and a width, before anything is painted.

The same rectangles are painted, clicked and read out, so they are made once and kept while words and width stay.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics

from engine.design.value import replace, value
from gui import theme
from gui.stack.words import CardText, fault_text, mend_text
from gui.widgets.chip import CHIP_HEIGHT, chip_size

BAR = 4
LEFT, RIGHT = 16, 14
"""From the card's edges to its words."""
LOW, HIGH, NARROW_HIGH = 44, 66, 76
"""Heights of a card with two lines of words, and of one with a line of chips: below the count where it is narrow."""
NARROW = 300
CHIP_TOP, NARROW_CHIP_TOP = 36, 46
LEAST_CHIP = 64
FIRST, SECOND = 21, 37
"""Base lines of the two lines of words."""
HEADING = 24
MEND_HEIGHT = 22
FAULT_ICON = 14

Part = Literal[
    "fold", "title", "brief", "name", "activation", "initializer", "mend", "note", "frozen", "card"
]  # fmt: skip


@value
class Spot:
    """A part of a card; `number` says which of the mends."""

    part: Part
    number: int = 0


@value
class Words:
    """Words to be written into a rectangle, cut where they do not fit."""

    rect: QRect
    text: str
    whole: str


class Layout:
    """A card's parts, from its top left corner; those that are not there are None."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.title = Words(QRect(), "", "")
        self.brief: Words | None = None
        self.name: Words | None = None
        self.line: Words | None = None
        self.shape: Words | None = None
        self.count: Words | None = None
        self.badge: Words | None = None
        self.fold: QRect | None = None
        self.frozen: QRect | None = None
        self.note: QRect | None = None
        self.activation: Words | None = None
        self.initializer: Words | None = None
        self.icons: list[QRect] = []
        self.sentences: list[Words] = []
        self.mends: list[Words] = []

    def spots(self) -> list[Spot]:
        """What the Tab key goes through, in reading order."""
        found = [Spot("activation")] if self.activation else []
        found += [Spot("initializer")] if self.initializer else []
        return found + [Spot("mend", number) for number in range(len(self.mends))]

    def rect_of(self, spot: Spot) -> QRect:
        """The rectangle of a part; the whole card's where there is no such part."""
        whole = QRect(0, 0, self.width, self.height)
        match spot.part:
            case "mend":
                return self.mends[spot.number].rect if spot.number < len(self.mends) else whole
            case "fold":
                return self.fold or whole
            case "frozen":
                return self.frozen or whole
            case "note":
                return self.note or whole
            case "title" | "brief" | "name" | "activation" | "initializer":
                words: Words | None = getattr(self, spot.part)
                return words.rect if words else whole
            case "card":
                return whole


@value
class Fonts:
    """The fonts of a card with their measures; made once, for a font database answers slowly."""

    title: QFont
    brief: QFont
    small: QFont
    shape: QFont
    strong: QFont
    of_title: QFontMetrics
    of_brief: QFontMetrics
    of_small: QFontMetrics
    of_shape: QFontMetrics
    of_strong: QFontMetrics


@cache
def fonts() -> Fonts:
    """The fonts of all cards."""
    chosen = (
        theme.body_font(theme.STRONG, bold=True),
        theme.body_font(theme.BODY),
        theme.body_font(theme.CAPTION),
        theme.mono_font(theme.BODY),
        theme.body_font(theme.CAPTION, bold=True),
    )
    return Fonts(*chosen, *map(QFontMetrics, chosen))


def least_height(chips: bool, width: int) -> int:
    """The height of a card without faults."""
    if not chips:
        return LOW
    return HIGH if width >= NARROW else NARROW_HIGH


def laid_out(text: CardText, width: int, *, in_use: bool = False) -> Layout:
    """The layout of a card of that width; `in_use` while it is selected or under the mouse."""
    known = fonts()
    height = least_height(text.chips, width)
    right = width - RIGHT
    shape_width = known.of_shape.horizontalAdvance(text.shape)
    x = LEFT
    layout = Layout(width, height)
    layout.shape = _right(known.of_shape, text.shape, right, FIRST)
    layout.count = count = _right(known.of_small, text.count, right, SECOND)
    if text.foldable:
        layout.fold = QRect(x - 5, 7, 18, 18)
        x += 16
    end = right - shape_width - 12
    layout.title = _left(known.of_title, text.title, x, end, FIRST)
    x = layout.title.rect.right() + 1
    if text.badge:
        wide = known.of_strong.horizontalAdvance(text.badge) + 12
        layout.badge = Words(QRect(x + 8, 8, wide, 17), text.badge, text.badge)
        x += 8 + wide
    brief, name = (text.brief, known.of_brief, "brief", 60), (text.name, known.of_small, "name", 28)
    # Of blocks, many of which may be of one class, the name says most.
    for words, metrics, part, least in (name, brief) if text.foldable else (brief, name):
        if words and _worth_it(metrics, words, end - x - 12, least):
            found = _left(metrics, words, x + 12, end, FIRST)
            setattr(layout, part, found)
            x = found.rect.right() + 1
    _lay_icons(layout, text, right - (count.rect.width() if count else 0))
    if text.chips:
        _lay_chips(layout, text)
    else:
        _lay_line(layout, text, in_use)
    for fault in text.faults:
        _lay_fault(layout, fault_text(fault), [mend_text(mend) for mend in fault.mends])
    return layout


def _worth_it(metrics: QFontMetrics, text: str, room: int, least: int) -> bool:
    """Whether words have room enough to say something: a letter with three dots says nothing."""
    return room >= min(least, metrics.horizontalAdvance(text))


def _left(metrics: QFontMetrics, text: str, x: int, end: int, base: int) -> Words:
    """Words that begin at x and are cut at the end."""
    room = max(end - x, 8)
    wide = metrics.horizontalAdvance(text)
    shown = text if wide <= room else metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    wide = min(wide, room) + 1
    high = metrics.height()
    return Words(QRect(x, base - metrics.ascent(), wide, high), shown, text)


def _right(metrics: QFontMetrics, text: str, right: int, base: int) -> Words | None:
    """Words that end at the right."""
    if not text:
        return None
    wide, high = metrics.horizontalAdvance(text) + 1, metrics.height()
    return Words(QRect(right - wide, base - metrics.ascent(), wide, high), text, text)


def _lay_icons(layout: Layout, text: CardText, right: int) -> None:
    """The snowflake of frozen weights and the mark of a note, left of the count."""
    if text.frozen:
        right -= 18
        layout.frozen = QRect(right, 27, 13, 13)
    if text.note:
        right -= 18
        layout.note = QRect(right, 27, 13, 13)


def _lay_chips(layout: Layout, text: CardText) -> None:
    """The chips beside one another; a long one is cut before it would touch the count above it."""
    right = layout.width - RIGHT
    narrow = layout.width < NARROW
    clear = (
        right if narrow else min((rect.left() for rect in _at_the_right(layout)), default=right) - 8
    )
    x, y = LEFT, NARROW_CHIP_TOP if narrow else CHIP_TOP
    for part, label in (("activation", text.activation), ("initializer", text.initializer)):
        if not label or right - x < LEAST_CHIP:
            continue
        wide = chip_size(label).width()
        wide = min(wide, right - x, max(clear - x, LEAST_CHIP))
        setattr(layout, part, Words(QRect(x, y, wide, CHIP_HEIGHT), label, label))
        x += wide + 6


def _at_the_right(layout: Layout) -> list[QRect]:
    """What ends the second line at the right."""
    signs = [rect for rect in (layout.note, layout.frozen) if rect]
    return signs + ([layout.count.rect] if layout.count else [])


def _lay_line(layout: Layout, text: CardText, in_use: bool) -> None:
    """The second line; behind it, while the card is in use, the chip of the activation that it could have."""
    known = fonts()
    end = min((rect.left() for rect in _at_the_right(layout)), default=layout.width - RIGHT) - 8
    x = LEFT + (16 if text.foldable else 0)
    if text.foldable and text.name and layout.name is None:
        # Beside a long class name was no room for it, and two blocks of one class differ in it.
        layout.name = _left(known.of_small, text.name, x, end, SECOND)
        x = layout.name.rect.right() + 10
        if not _worth_it(known.of_small, text.line, end - x, 40):
            text = replace(text, line="")
    if text.activation and in_use:
        wide = chip_size(text.activation).width()
        room = end - wide - 8
        layout.line = _left(known.of_small, text.line, x, room, SECOND) if text.line else None
        left = layout.line.rect.right() + 10 if layout.line else x
        rect = QRect(left, 22, min(wide, end - left), CHIP_HEIGHT)
        layout.activation = Words(rect, text.activation, text.activation)
    elif text.line:
        layout.line = _left(known.of_small, text.line, x, end, SECOND)


def _lay_fault(layout: Layout, sentence: str, mends: list[str]) -> None:
    """A row below the card's own: a sign, the sentence, and a button for each mend."""
    known = fonts()
    top = layout.height + (2 if not layout.icons else 6)
    x, right = LEFT + FAULT_ICON + 8, layout.width - RIGHT
    room = QRect(x, 0, right - x, 10_000)
    high = known.of_small.boundingRect(room, int(Qt.TextFlag.TextWordWrap), sentence).height()
    layout.icons.append(QRect(LEFT, top, FAULT_ICON, FAULT_ICON))
    layout.sentences.append(Words(QRect(x, top, right - x, high), sentence, sentence))
    y = top + high + 8
    left = x
    for title in mends:
        wide = min(known.of_strong.horizontalAdvance(title) + 24, right - x)
        if left > x and left + wide > right:
            left, y = x, y + MEND_HEIGHT + 6
        layout.mends.append(Words(QRect(left, y, wide, MEND_HEIGHT), title, title))
        left += wide + 6
    layout.height = y + (MEND_HEIGHT + 10 if mends else 2)
