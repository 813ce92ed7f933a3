"""Python in colours, by Pygments, in the theme's colours."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from gui import theme

COLOURS = {
    "Keyword": "accent",
    "Name.Class": "initializer",
    "Name.Function": "initializer",
    "Name.Builtin": "activation",
    "Literal.String": "text_muted",
    "Literal.Number": "negative",
    "Comment": "text_faint",
}
"""Kinds of Pygments tokens and the colour tokens they are drawn in."""


class PythonColours(QSyntaxHighlighter):
    """Colours a document line by line; the written code has no text over several lines but docstrings."""

    def __init__(self, document: QTextDocument | QObject) -> None:
        super().__init__(document)  # type: ignore[arg-type]
        self._lexer: object = None

    def highlightBlock(self, text: str) -> None:
        from pygments.lexers.python import PythonLexer
        from pygments.token import string_to_tokentype

        if self._lexer is None:
            self._lexer = PythonLexer(stripnl=False)
        assert isinstance(self._lexer, PythonLexer)
        inside = self.previousBlockState() == 1
        quotes = text.count('"""')
        if inside or quotes % 2:
            end = inside and not quotes
            self.setCurrentBlockState(1 if end or (quotes % 2 and not inside) else 0)
            self.setFormat(0, len(text), _format("text_muted", False))
            return
        self.setCurrentBlockState(0)
        position = 0
        for kind, value in self._lexer.get_tokens(text):
            for name, token in COLOURS.items():
                if kind in string_to_tokentype(name):
                    self.setFormat(position, len(value), _format(token, name == "Keyword"))
                    break
            position += len(value)


def _format(token: str, strong: bool) -> QTextCharFormat:
    style = QTextCharFormat()
    style.setForeground(theme.current().colour(token))
    if strong:
        style.setFontWeight(QFont.Weight.DemiBold)
    return style
