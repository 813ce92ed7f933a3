"""The design as the class that would be exported, in colours, the selected layers' lines marked."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QColor, QMouseEvent, QTextCharFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from engine.design.error import DesignError
from gui import theme
from gui.document import State
from gui.views.highlighting import PythonColours
from gui.widgets.pieces import EmptyState, plain_label, push_button

LARGE = 50_000
"""Characters from which the code is written a moment after the edit, so that typing never waits for it."""


class CodeView(QWidget):
    """Read-only code; a click on a layer's line selects the layer."""

    selected = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: State | None = None
        self._written: object = None
        self._code = ""
        """What stands in the text."""
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setUndoRedoEnabled(False)
        self._text.setFont(theme.mono_font(theme.STRONG))
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._text.setAccessibleName(self.tr("Code of the network"))
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._text.viewport().installEventFilter(self)
        self._colours = PythonColours(self._text.document())
        theme.changed.connect(self._recolour)
        self._why_not = EmptyState("code", self.tr("No code yet"), "")
        self._caption = plain_label("", "muted")
        copy = push_button(self.tr("Copy"), "quiet")
        copy.setToolTip(self.tr("Copy the whole code to the clipboard"))
        copy.clicked.connect(self.copy_all)
        head = QHBoxLayout()
        head.setContentsMargins(theme.WIDE, theme.NARROW, theme.MEDIUM, 0)
        head.addWidget(self._caption)
        head.addStretch(1)
        head.addWidget(copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.TIGHT)
        column.addLayout(head)
        column.addWidget(self._text, 1)
        column.addWidget(self._why_not, 1)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(80)
        self._soon.timeout.connect(self._write)
        self._head_parts = (self._caption, copy)
        self._show_code(None)

    def show_state(self, old: State | None, new: State) -> None:
        self._state = new
        if self._written is not new.network:
            if len(self._code) > LARGE:
                self._soon.start()
            else:
                self._write()
        self._mark()

    def copy_all(self) -> None:
        from PySide6.QtWidgets import QApplication

        QApplication.clipboard().setText(self._text.toPlainText())

    def _write(self) -> None:
        from engine import write_module

        state = self._state
        if state is None:
            return
        self._written = state.network
        try:
            self._show_code(write_module(state.network))
        except DesignError as error:
            self._show_code(None)
            self._why_not.show_state(
                self.tr("The code appears when the design is sound"), _sentence(str(error))
            )
        self._mark()

    def _show_code(self, code: str | None) -> None:
        for part in (self._text, *self._head_parts):
            part.setVisible(code is not None)
        self._why_not.setVisible(code is None)
        if code is None or code == self._code:
            return
        if self._code:
            self._replace(self._code.split("\n"), code.split("\n"))
        else:
            self._text.setPlainText(code)
        self._code = code
        self._caption.setText(
            self.tr("{count} lines, needs torch alone").format(count=code.count("\n"))
        )

    def _replace(self, old: list[str], new: list[str]) -> None:
        """Write the lines that differ; setting the whole text would lay out and colour every line again."""
        start, behind = _common(old, new)
        if len(old) == start + behind or len(new) == start + behind:
            # Nothing but lines that come or go: the one before, or else behind them, is written with them.
            start, behind = (start - 1, behind) if start else (start, max(behind - 1, 0))
        document = self._text.document()
        last = document.findBlockByNumber(len(old) - behind - 1)
        cursor = QTextCursor(document.findBlockByNumber(start))
        cursor.setPosition(last.position() + last.length() - 1, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText("\n".join(new[start : len(new) - behind]))

    def _recolour(self) -> None:
        self._colours.rehighlight()
        self._mark()

    def _mark(self) -> None:
        """Tint the lines that speak of the selected layers."""
        marks: list[QTextEdit.ExtraSelection] = []
        if self._state is not None and self._state.selection:
            names = [
                self._state.analysis.name_of(node_id).rpartition(".")[2]
                for node_id in self._state.selection
            ]
            wanted = "|".join(re.escape(name) for name in names if name)
            if wanted:
                colour = QColor(theme.current().hex("selected"))
                marks = [
                    _mark_of(self._text, match.start(), colour)
                    for match in re.finditer(rf"self\.(?:{wanted})\b", self._code)
                ]
        self._text.setExtraSelections(marks)

    def eventFilter(self, watched: object, event: object) -> bool:  # type: ignore[override]
        if isinstance(event, QMouseEvent) and event.type() == QMouseEvent.Type.MouseButtonRelease:
            self._select_at(self._text.cursorForPosition(event.position().toPoint()))
        return False

    def _select_at(self, cursor: QTextCursor) -> None:
        if self._state is None or cursor.hasSelection() or self._text.textCursor().hasSelection():
            return
        found = re.search(r"self\.(\w+)", cursor.block().text())
        if found is None:
            return
        from engine.design.tree import node_name, walk

        ids = [node.id for node in walk(self._state.network.body) if node_name(node) == found[1]]
        if len(ids) == 1:
            self.selected.emit((ids[0],))


def _common(old: list[str], new: list[str]) -> tuple[int, int]:
    """How many lines two texts have in common at their beginning, and behind that at their end."""
    most = min(len(old), len(new))
    start = next((n for n in range(most) if old[n] != new[n]), most)
    most -= start
    return start, next((n for n in range(most) if old[-1 - n] != new[-1 - n]), most)


def _mark_of(text: QPlainTextEdit, position: int, colour: QColor) -> QTextEdit.ExtraSelection:
    cursor = text.textCursor()
    cursor.setPosition(position)
    mark = QTextEdit.ExtraSelection()
    style = QTextCharFormat()
    style.setBackground(colour)
    style.setProperty(QTextFormat.Property.FullWidthSelection, True)
    mark.format = style  # type: ignore[attr-defined]
    mark.cursor = cursor  # type: ignore[attr-defined]
    return mark


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
