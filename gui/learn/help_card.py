"""The help of one catalogue entry, in a card that opens where it was asked for."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPoint, QRect, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from engine.catalogue.reference import default
from engine.design.kind import Initializer, Kind
from engine.design.knob import (
    LARGEST_WHOLE,
    Entry,
    Flag,
    Knob,
    OneOf,
    PerAxis,
    Real,
    Sizes,
    Text,
    Whole,
)
from gui import theme
from gui.widgets.pieces import plain_label, push_button
from gui.widgets.plot_axis import number_text

_DOCS = "https://docs.pytorch.org/docs/stable/"
_WIDTH, _TALLEST = 400, 560


def torch_name(entry: type[Entry]) -> str:
    """What torch calls it, `nn.Linear` or `nn.init.eye_`; "" for what torch has no name for."""
    if issubclass(entry, Kind):
        return entry.module
    if issubclass(entry, Initializer):
        return entry.function
    return ""


def torch_page(entry: type[Entry]) -> str:
    """The address of its page in torch's own documentation; "" where there is none."""
    name = torch_name(entry)
    if not name:
        return ""
    if issubclass(entry, Initializer):
        return f"{_DOCS}nn.init.html#torch.{name}"
    return f"{_DOCS}generated/torch.{name}.html"


class HelpCard(QFrame):
    """What an entry is, when to use it, what goes wrong, and its fields; gone at the next click."""

    def __init__(self, entry: type[Entry], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        theme.set_role(self, "popup")
        self.setAccessibleName(self.tr("Help on {0}").format(entry.title()))
        inside = QWidget()
        self._text = QVBoxLayout(inside)
        self._text.setContentsMargins(theme.WIDE, theme.MEDIUM, theme.WIDE, theme.MEDIUM)
        self._text.setSpacing(theme.NARROW)
        self._write(entry)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(area)
        self._inside = inside

    def open_below(self, anchor: QWidget) -> None:
        """Appear below a widget, its right edge under that of the widget, inside the screen."""
        height = min(self._inside.heightForWidth(_WIDTH - 2) + 4, _TALLEST)
        screen = anchor.screen().availableGeometry()
        corner = anchor.mapToGlobal(QPoint(anchor.width(), anchor.height() + 4))
        x = max(screen.left(), min(corner.x(), screen.right()) - _WIDTH)
        y = max(screen.top(), min(corner.y(), screen.bottom() - height))
        self.setGeometry(QRect(x, y, _WIDTH, height))
        self.show()
        self.setFocus()

    def _write(self, entry: type[Entry]) -> None:
        for widget in heading(entry):
            self._text.addWidget(widget)
        for knob in entry.knobs:
            self._text.addSpacing(theme.TIGHT)
            self._text.addWidget(field(knob))
        self._text.addStretch(1)


def heading(entry: type[Entry]) -> list[QWidget]:
    """What an entry's help begins with: title, the way to torch's own page, signature, paragraphs."""
    top = QWidget()
    row = QHBoxLayout(top)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(plain_label(entry.title(), "title"))
    row.addStretch(1)
    if page := torch_page(entry):
        link = push_button(QCoreApplication.translate("HelpCard", "PyTorch's page ↗"), "link")
        link.setToolTip(page)
        link.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(page)))
        row.addWidget(link)
    widgets: list[QWidget] = [top]
    if signature := _signature(entry):
        label = plain_label(signature, "caption", wrap=True)
        label.setFont(theme.mono_font(theme.CAPTION))
        widgets.append(label)
    widgets += [plain_label(paragraph, wrap=True) for paragraph in entry.help().split("\n\n")]
    return widgets


def field(knob: Knob) -> QWidget:
    """A field of an entry: its name, what it takes, and what it is for."""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(1)
    name = plain_label(knob.name)
    name.setFont(theme.mono_font(theme.BODY, bold=True))
    line = QHBoxLayout()
    line.addWidget(name)
    line.addStretch(1)
    line.addWidget(
        plain_label(" · ".join(filter(None, (range_text(knob), _default(knob)))), "caption")
    )
    column.addLayout(line)
    column.addWidget(plain_label(knob.help, "muted", wrap=True))
    return whole


def _default(knob: Knob) -> str:
    words = default(knob)
    return (
        ""
        if words == "empty"
        else QCoreApplication.translate("HelpCard", "default {0}").format(words)
    )


def _signature(entry: type[Entry]) -> str:
    name = torch_name(entry)
    if issubclass(entry, Kind | Initializer) and name:
        return f"{name}({entry.parameters})"
    return ""


def range_text(knob: Knob) -> str:
    """What a field takes, in a few words: `at least 1`, `0 to 1`, `relu, tanh or …`."""
    match knob.range:
        case Whole(low, high, optional):
            bounds = _bounds(float(low), float(high), -float(2**31 - 1), float(2**31 - 1))
        case Real(low, high, above, optional):
            bounds = f"above {number_text(above)}" if above > -1e29 else ""
            bounds = bounds or _bounds(low, high, -1e29, 1e29)
        case Flag():
            return "on or off"
        case OneOf(words):
            return " · ".join(words) if len(words) <= 3 else f"one of {len(words)}"
        case Sizes(low, shortest, longest):
            return f"{shortest} to {longest} numbers of at least {low}"
        case PerAxis(count, low, optional, words):
            bounds = "a whole number" if low == -LARGEST_WHOLE else f"a number of at least {low}"
            bounds += f", or {count} of them" if count > 1 else ""
            bounds = " · ".join((bounds, *words))
        case Text():
            return "text"
    return f"{bounds}, or none" if optional and bounds else "or none" if optional else bounds


def _bounds(low: float, high: float, least: float, most: float) -> str:
    if low <= least and high >= most:
        return ""
    if high >= most:
        return f"at least {number_text(low)}"
    return f"{number_text(low)} to {number_text(high)}"
