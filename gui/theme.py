"""The look of Layerloom: the theme that is painted in, one scale of sizes, fonts and icons.

Widgets that paint themselves ask `current()` for colours each time they paint; `changed` tells
those that keep something made of colours (icons, pixmaps) to make it anew.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

import resources
from gui.style_sheet import style_sheet
from gui.tokens import BODY as BODY
from gui.tokens import CAPTION as CAPTION
from gui.tokens import CARD_RADIUS as CARD_RADIUS
from gui.tokens import CONTROL_HEIGHT as CONTROL_HEIGHT
from gui.tokens import DARK as DARK
from gui.tokens import DISPLAY as DISPLAY
from gui.tokens import LIGHT as LIGHT
from gui.tokens import MEDIUM as MEDIUM
from gui.tokens import NARROW as NARROW
from gui.tokens import RADIUS as RADIUS
from gui.tokens import SERIES as SERIES
from gui.tokens import STRONG as STRONG
from gui.tokens import THEMES as THEMES
from gui.tokens import TIGHT as TIGHT
from gui.tokens import TITLE as TITLE
from gui.tokens import WIDE as WIDE
from gui.tokens import Theme as Theme
from gui.tokens import contrast as contrast

if TYPE_CHECKING:
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QIcon


class _Notifier(QObject):
    changed = Signal(object)  # the new Theme


_notifier = _Notifier()
_current = DARK
changed = _notifier.changed


def current() -> Theme:
    """The theme that widgets are painted in."""
    return _current


def apply(application: QApplication, theme: Theme) -> None:
    """Paint the whole application in `theme`, now and from now on, and tell `changed`."""
    global _current
    _current = theme
    application.setFont(body_font())
    application.setPalette(_palette(theme))
    application.setStyleSheet(style_sheet(theme))
    changed.emit(theme)


def wear(name: str) -> None:
    """Paint the running application in the theme of that name, in the dark one where there is none of it."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    apply(application, THEMES.get(name, DARK))


def body_font(pixels: int = BODY, *, bold: bool = False) -> QFont:
    """The system's sans-serif font in a size of the scale."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    return _sized(font, pixels, bold)


def mono_font(pixels: int = BODY, *, bold: bool = False) -> QFont:
    """The system's monospaced font: for shapes, numbers, names of attributes and code."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setStyleHint(QFont.StyleHint.Monospace)
    return _sized(font, pixels, bold)


def _sized(font: QFont, pixels: int, bold: bool) -> QFont:
    font.setPixelSize(pixels)
    font.setBold(bold)
    return font


def set_role(widget: QWidget, role: str) -> None:
    """Give a widget another look of the style sheet.

    Buttons: "primary", "link" or "quiet"; labels: "heading", "title", "muted", "caption", "fault";
    frames and plain widgets: "panel", "canvas", "card", "sunken", "popup".
    """
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    widget.setProperty("role", role)
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        restyle(widget)


def restyle(widget: QWidget) -> None:
    """Let the style sheet look again at a widget whose properties have changed.

    Not needed before a widget was first shown; done then, a font set afterwards would be lost.
    """
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def fill(painter: QPainter, rect: QRect | QRectF, colour: QColor) -> None:
    """Fill a rectangle; the pen and brush that were set are lost.

    As `fillRect`, for which PySide first makes the 180 enum members of QGradient.
    """
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRect(rect)


def icon(name: str, token: str = "text") -> QIcon:
    """The icon `resources/icons/NAME.svg` in a colour of the current theme.

    FileNotFoundError when there is no such icon. Make it anew when `changed` tells.
    """
    # QIcon and QtSvg are imported with the first icon, which comes behind the first paint.
    return _icon(_current.name, name, token)


@cache
def _icon(theme_name: str, name: str, token: str) -> QIcon:
    from PySide6.QtGui import QIcon

    theme = THEMES[theme_name]
    made = QIcon()
    for colour, mode in ((token, QIcon.Mode.Normal), ("border_strong", QIcon.Mode.Disabled)):
        for shape in _shapes(name):
            made.addPixmap(_tinted(shape, theme.colour(colour)), mode)
    return made


@cache
def _shapes(name: str) -> tuple[QPixmap, ...]:
    """The icon in black, for 16 and 32 pixels at one and two pixels to a pixel."""
    from PySide6.QtCore import QByteArray
    from PySide6.QtSvg import QSvgRenderer

    drawing = resources.path("icons", f"{name}.svg").read_bytes()
    renderer = QSvgRenderer(QByteArray(drawing.replace(b"currentColor", b"#000000")))
    shapes: list[QPixmap] = []
    for pixels in (16, 32, 64):
        shape = QPixmap(pixels, pixels)
        shape.fill(Qt.GlobalColor.transparent)
        painter = QPainter(shape)
        renderer.render(painter, QRectF(shape.rect()))
        painter.end()
        shapes.append(shape)
    return tuple(shapes)


def _tinted(shape: QPixmap, colour: QColor) -> QPixmap:
    tinted = QPixmap(shape)
    painter = QPainter(tinted)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(tinted.rect(), colour)
    painter.end()
    return tinted


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for where, token in (
        (role.Window, "panel"),
        (role.WindowText, "text"),
        (role.Base, "canvas"),
        (role.AlternateBase, "panel"),
        (role.Text, "text"),
        (role.Button, "raised"),
        (role.ButtonText, "text"),
        (role.BrightText, "danger"),
        (role.ToolTipBase, "popup"),
        (role.ToolTipText, "text"),
        (role.PlaceholderText, "text_faint"),
        (role.Highlight, "accent"),
        (role.HighlightedText, "accent_text"),
        (role.Link, "accent"),
        (role.LinkVisited, "accent"),
        (role.Light, "raised_hover"),
        (role.Midlight, "border"),
        (role.Mid, "border_strong"),
        (role.Dark, "border_strong"),
        (role.Shadow, "border"),
    ):
        palette.setColor(where, theme.colour(token))
    for where in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, where, theme.colour("text_faint"))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, theme.colour("border_strong"))
    return palette
