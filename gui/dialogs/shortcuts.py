"""Every command with its keys, and the keys of the layer stack, from the tables that the window itself reads."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget

from gui import theme
from gui.commands import COMMANDS, MENUS, menu_title
from gui.widgets.dialog import Dialog
from gui.widgets.pieces import plain_label


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
    """Two columns of commands with their keys."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, self.tr("Keyboard shortcuts"))
        self.resize(760, 620)
        columns = QGridLayout()
        columns.setHorizontalSpacing(40)
        columns.setVerticalSpacing(theme.WIDE)
        sections = [
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
        sections.append((self.tr("In the stack"), list(stack_keys())))
        for position, (title, rows) in enumerate(each for each in sections if each[1]):
            columns.addWidget(
                _section(title, rows), position // 2, position % 2, Qt.AlignmentFlag.AlignTop
            )
        inside = QWidget()
        inside.setLayout(columns)
        area = QScrollArea()
        area.setWidget(inside)
        area.setAccessibleName(self.tr("Keyboard shortcuts"))
        area.setWidgetResizable(True)
        self.body.addWidget(area, 1)
        self.add_button(self.tr("Close"), "primary", closes=True)


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
        grid.addWidget(plain_label(text, wrap=True), row, 0)
        shown = plain_label(keys, "muted")
        shown.setFont(theme.mono_font(theme.BODY))
        grid.addWidget(shown, row, 1, Qt.AlignmentFlag.AlignRight)
    column.addLayout(grid)
    return section
