"""What is selected, in one line: its name, what it is, and the way to its help."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.design.knob import Entry
from gui import theme
from gui.learn.help_card import HelpCard, torch_name
from gui.widgets.pieces import ElidedLabel, push_button


class Header(QWidget):
    """A name in bold, the kind beside it, and a link that opens the help of an entry."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry: type[Entry] | None = None
        self._name = ElidedLabel("", "text", theme.STRONG + 2, bold=True)
        self._kind = ElidedLabel("", "accent", theme.STRONG)
        self._link = push_button("", "quiet")
        self._link.clicked.connect(self._open_help)
        self.setMinimumHeight(theme.CONTROL_HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.NARROW + 2)
        row.addWidget(self._name)
        row.addWidget(self._kind)
        row.addStretch(1)
        row.addWidget(self._link)

    def show_header(self, name: str, kind: str, entry: type[Entry] | None = None) -> None:
        """Show a name, what it is, and a link to the help of an entry where it has one."""
        self._entry = entry
        self._name.set_text(name)
        self._kind.set_text(kind)
        self._link.setVisible(entry is not None)
        if entry is not None:
            text = f"{torch_name(entry) or entry.title()} ↗"
            if text != self._link.text():
                self._link.setText(text)
                self._link.setAccessibleName(self.tr("Help on {0}").format(entry.title()))
                self._link.setToolTip(self.tr("What it is, when to use it and what goes wrong"))

        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Leave the kind out where it would be cut and the link says it, too, as with nn.TransformerEncoderLayer."""
        kind = self._kind.text()
        shown = [self._name, self._kind, *([self._link] if self._entry else [])]
        needed = sum(each.sizeHint().width() + theme.NARROW + 2 for each in shown)
        said = self._entry is not None and kind in self._link.text()
        self._kind.setVisible(bool(kind) and (needed <= self.width() or not said))

    def _open_help(self) -> None:
        if self._entry is not None:
            HelpCard(self._entry, self).open_below(self._link)
