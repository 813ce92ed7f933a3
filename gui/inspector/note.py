"""Notes in a person's own words."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from gui import theme
from gui.inspector.section import Section

_LINE = 17


class NoteEdit(QPlainTextEdit):
    """Several lines of plain text that grow from three lines to twelve."""

    finished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(7)
        self.setFont(theme.body_font())
        self.textChanged.connect(self._fit)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """Leave undo and redo to the design where there is nothing of the text to take back."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            keys, text = QKeySequence.StandardKey, self.document()
            undoes = event.matches(keys.Undo) and not text.isUndoAvailable()
            if undoes or (event.matches(keys.Redo) and not text.isRedoAvailable()):
                event.ignore()
                return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.finished.emit()

    def _fit(self) -> None:
        lines = min(max(int(self.document().size().height()), 3), 12)
        self.setFixedHeight(lines * _LINE + 16)


class NotePart(Section):
    """A note on a node or on the project."""

    edited = Signal(str)
    finished = Signal()

    def __init__(
        self, key: str, title: str, placeholder: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(key, title, parent)
        self._subject: object = None
        self._edit = NoteEdit()
        self._edit.setPlaceholderText(placeholder)
        self._edit.setAccessibleName(title)
        self._edit.textChanged.connect(self._report)
        self._edit.finished.connect(self.finished)
        self.body.addWidget(self._edit)

    def show_note(self, note: str, subject: object) -> None:
        """Show the note of a subject; the cursor stays where the text is what was typed."""
        if note == self._edit.toPlainText() and subject == self._subject:
            return
        self._subject = subject
        self._edit.blockSignals(True)
        self._edit.setPlainText(note)
        self._edit.blockSignals(False)

    def _report(self) -> None:
        self.edited.emit(self._edit.toPlainText())
