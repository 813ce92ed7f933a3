"""Finding a layer among many: the line that is typed into, and which nodes fit."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QToolButton,
    QWidget,
)
from shiboken6 import isValid

from engine.catalogue.search import MISSING, letters, rank
from engine.design.tree import Again, Group, Layer, Network, Node, Parallel, Repeat, walk
from gui import theme
from gui.widgets.pieces import plain_label


def fitting(network: Network, query: str) -> tuple[int, ...]:
    """The ids of the nodes that fit what was typed, in the order of the network; none for ""."""
    wanted = letters(query)
    if not wanted:
        return ()
    return tuple(node.id for node in walk(network.body) if _fits(node, wanted, query))


def _fits(node: Node, wanted: str, query: str) -> bool:
    if query.strip().lower() in node.note.lower():
        return True
    match node:
        case Layer():
            entries = (node.kind, *((node.activation,) if node.activation else ()))
            names = (node.name, *(each.title() for each in entries))
            by_kind = any(rank(type(each), query) < MISSING - 2 for each in entries)
            return by_kind or any(wanted in letters(name) for name in names)
        case Group() | Repeat():
            return wanted in letters(node.name) or wanted in letters(node.class_name)
        case Parallel():
            return wanted in letters(node.join.title())
        case Again():
            return wanted in letters(node.of)


class SearchLine(QWidget):
    """The line above the stack; tells what is searched for, and when to go to the next that fits."""

    searched = Signal(str)
    stepped = Signal(int)
    """1 for the next, -1 for the one before."""
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = QLineEdit()
        theme.set_role(self.line, "search")
        self.line.setPlaceholderText(self.tr("Find a layer…"))
        self.line.setAccessibleName(self.tr("Find a layer"))
        self.line.textChanged.connect(self.searched)
        self.line.installEventFilter(self)
        self.count = plain_label("", "muted")
        close = QToolButton()
        theme.set_role(close, "quiet")
        close.setText("×")
        close.setAccessibleName(self.tr("Close the search"))
        close.setToolTip(self.tr("Close the search"))
        close.clicked.connect(self.end)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 6, 8)
        row.setSpacing(theme.TIGHT)
        row.addWidget(self.line, 1)
        row.addWidget(self.count)
        row.addWidget(close)
        self.setFocusProxy(self.line)
        self._before: QWidget | None = None
        self.hide()

    def begin(self) -> None:
        """Appear, what was searched for last being selected."""
        if not self.line.hasFocus():
            self._before = QApplication.focusWidget()
        self.show()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()
        self.searched.emit(self.line.text())

    def end(self) -> None:
        """Disappear and forget."""
        self.hide()
        self.line.clear()
        self.closed.emit()

    @property
    def came_from(self) -> QWidget | None:
        """What had the keyboard before, if it is still there; a button is no place to go on from."""
        before = self._before
        if before is None or not isValid(before) or isinstance(before, QAbstractButton):
            return None
        return before if before.isVisible() else None

    def show_count(self, at: int, found: int) -> None:
        """Say which of how many is shown; `at` counts from 1, 0 while none is."""
        if not self.line.text().strip():
            self.count.setText("")
        elif not found:
            self.count.setText(self.tr("none"))
        else:
            self.count.setText(self.tr("{0} of {1}").format(max(at, 1), found))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            match event.key():
                case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_F3:
                    self.stepped.emit(-1 if back else 1)
                case Qt.Key.Key_Down:
                    self.stepped.emit(1)
                case Qt.Key.Key_Up:
                    self.stepped.emit(-1)
                case Qt.Key.Key_Escape:
                    self.end()
                case _:
                    return False
            return True
        return False
