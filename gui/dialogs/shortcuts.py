"""Every command with its keys, and the keys of the layer stack, from the tables that the window itself reads."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from gui import theme
from gui.commands import COMMANDS, MENUS, menu_title
from gui.widgets.dialog import Dialog
from gui.widgets.pieces import plain_label

_COLUMNS = 3


def stack_keys() -> tuple[tuple[str, str], ...]:
    """Keys that hold while the layer stack has the focus."""
    say = QCoreApplication.translate
    return (
        (say("shortcuts", "Select the layer above or below"), "Up, Down"),
        (say("shortcuts", "Extend the selection"), "Shift+Up, Shift+Down"),
        (say("shortcuts", "Add a layer behind the selected one: type its name"), "A–Z"),
        (say("shortcuts", "Walk through the drop-downs of the card"), "Tab"),
        (say("shortcuts", "Open a drop-down"), "Space"),
        (say("shortcuts", "Fold and unfold a block"), "Left, Right"),
    )


class ShortcutsDialog(Dialog):
    """Columns of commands with their keys, about equally long."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, self.tr("Keyboard shortcuts"))
        self.resize(1040, 620)
        inside = QWidget()
        line = QHBoxLayout(inside)
        line.setContentsMargins(0, 0, theme.MEDIUM, 0)
        line.setSpacing(44)
        columns = [QVBoxLayout() for _ in range(_COLUMNS)]
        lengths = [0] * _COLUMNS
        for title, rows in self._sections():
            shortest = lengths.index(min(lengths))
            columns[shortest].addWidget(_section(title, rows))
            lengths[shortest] += len(rows) + 2
        for column in columns:
            column.setSpacing(theme.WIDE)
            column.addStretch(1)
            line.addLayout(column, 1)
        area = QScrollArea()
        area.setWidget(inside)
        area.setAccessibleName(self.tr("Keyboard shortcuts"))
        area.setWidgetResizable(True)
        self.body.addWidget(area, 1)
        self.add_button(self.tr("Close"), "primary", closes=True)

    def _sections(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The menus with those of their commands that have keys, then the stack."""
        menus = [
            (
                menu_title(menu).replace("&", ""),
                [
                    (c.text.rstrip("…"), c.shortcut)
                    for c in COMMANDS
                    if c.menu == menu and c.shortcut
                ],
            )
            for menu in MENUS
        ]
        return [each for each in menus if each[1]] + [(self.tr("In the stack"), list(stack_keys()))]


def _section(title: str, rows: list[tuple[str, str]]) -> QWidget:
    section = QWidget()
    column = QVBoxLayout(section)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(theme.TIGHT)
    column.addWidget(plain_label(title.upper(), "heading"))
    grid = QGridLayout()
    grid.setColumnStretch(0, 1)
    grid.setVerticalSpacing(theme.TIGHT)
    for row, (text, keys) in enumerate(rows):
        grid.addWidget(plain_label(text, wrap=True), row, 0, Qt.AlignmentFlag.AlignTop)
        shown = plain_label(keys, "muted")
        shown.setFont(theme.mono_font(theme.BODY))
        grid.addWidget(shown, row, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
    column.addLayout(grid)
    return section
