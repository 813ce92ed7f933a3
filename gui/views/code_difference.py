"""Two written classes line by line, each line with its sign and its numbers in both."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat
from PySide6.QtWidgets import QPlainTextEdit, QStackedLayout, QWidget

from engine.source.line_diff import DiffLine
from gui import theme
from gui.widgets.pieces import EmptyState

MOST_LINES = 1000
"""Lines that are shown: more nobody reads, and Qt would lay them out all."""
TOKENS = {"+": ("ok", "ok_fill"), "-": ("danger", "danger_fill"), "@": ("text_muted", "card")}
"""Colours of letters and ground by a line's sign."""


class CodeDifference(QWidget):
    """The lines, or why there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setFont(theme.mono_font(theme.BODY))
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._text.setAccessibleName(self.tr("Differences of the code"))
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._colours = _LineColours(self._text.document())
        theme.changed.connect(self._colours.rehighlight)
        self._why_not = EmptyState("code", "", "")
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._text)
        self._pages.addWidget(self._why_not)

    def show_lines(self, lines: tuple[DiffLine, ...]) -> None:
        width = max((len(str(max(line.before, line.after))) for line in lines), default=1)
        shown = [self._written(line, width) for line in lines[:MOST_LINES]]
        if len(lines) > MOST_LINES:
            shown.append("@ " + self.tr("{0} more lines").format(f"{len(lines) - MOST_LINES:,}"))
        self._text.setPlainText("\n".join(shown))
        self._pages.setCurrentIndex(0)

    def show_nothing(self, title: str, sentence: str) -> None:
        self._why_not.show_state(title, sentence)
        self._pages.setCurrentIndex(1)

    def _written(self, line: DiffLine, width: int) -> str:
        if line.sign == "@":
            hidden = int(line.text)
            said = (
                self.tr("1 line that is the same")
                if hidden == 1
                else self.tr("{0} lines that are the same")
            )
            return "@ " + said.format(f"{hidden:,}")
        before, after = (str(number or "").rjust(width) for number in (line.before, line.after))
        return f"{line.sign} {before} {after}  {line.text}"


class _LineColours(QSyntaxHighlighter):
    def highlightBlock(self, text: str) -> None:
        if text[:1] in TOKENS:
            letters, ground = TOKENS[text[:1]]
            style = QTextCharFormat()
            style.setForeground(theme.current().colour(letters))
            style.setBackground(theme.current().colour(ground))
            self.setFormat(0, len(text), style)
