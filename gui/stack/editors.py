"""Small editors that float over a card: for its name, and for its key number."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from engine.design.address import parent_of
from engine.design.edit import Rename, SetField, SetTimes
from engine.design.knob import Real, Whole
from engine.design.names import fault_of_node_name
from engine.design.naming import taken_names
from engine.design.tree import Group, Layer, Network, Node, Repeat, find
from engine.views.shapes import MOST_TURNS
from gui import theme
from gui.stack.offers import key_knob
from gui.widgets.fields import IntegerField, RealField
from gui.widgets.pieces import plain_label


class NameEditor(QFrame):
    """A line over a card's name. What cannot be a name stays there, with the reason below it."""

    renamed = Signal(object)
    closed = Signal()

    def __init__(self, parent: QWidget, node_id: int, name: str) -> None:
        super().__init__(parent)
        theme.set_role(self, "floating")
        self.node_id = node_id
        self._old = name
        self._taken: Container[str] = ()
        self._closing = False
        self.line = QLineEdit(name)
        self.line.setAccessibleName(self.tr("Name of the layer"))
        self.line.textEdited.connect(self._check)
        self.line.installEventFilter(self)
        self.fault = plain_label(role="fault", wrap=True)
        self.fault.setContentsMargins(8, 0, 6, 4)
        self.fault.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(3, 3, 3, 3)
        column.setSpacing(4)
        column.addWidget(self.line)
        column.addWidget(self.fault)
        self.setFocusProxy(self.line)

    def open_over(self, rect: QRect) -> None:
        """Appear over a rectangle of the parent, the name selected."""
        self.follow(rect)
        self.show()
        self.raise_()
        self.line.selectAll()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def follow(self, rect: QRect) -> None:
        """Stay over its card."""
        _place(self, rect, 150 if self.fault.isHidden() else 240)

    def know(self, network: Network) -> None:
        """Which names other nodes of the same class have."""
        self._taken = taken_names(network, parent_of(network.body, self.node_id))
        self._check(self.line.text())

    def reason(self) -> str:
        """Why the text cannot be the name; "" where it can."""
        text = self.line.text().strip()
        if text != self._old and text in self._taken:
            return self.tr("another layer is called `{0}` already; choose another name").format(
                text
            )
        return fault_of_node_name(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            match event.key():
                case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                    self._take()
                case Qt.Key.Key_Escape:
                    self.close_now()
                case Qt.Key.Key_Tab | Qt.Key.Key_Backtab:
                    self._take()
                case _:
                    return False
            return True
        if event.type() == QEvent.Type.FocusOut and not self._closing:
            self._take()
        return False

    def close_now(self) -> None:
        """Disappear without renaming."""
        if not self._closing:
            self._closing = True
            self.closed.emit()
            self.hide()
            self.deleteLater()

    def _take(self) -> None:
        name = self.line.text().strip()
        if name != self._old and self.reason():
            self._check(name)
            return
        renamed = name != self._old
        self.close_now()
        if renamed:
            self.renamed.emit(Rename(self.node_id, name))

    def _check(self, text: str) -> None:
        reason = "" if text.strip() == self._old else self.reason()
        self.fault.setText(_sentence(reason))
        self.fault.setVisible(bool(reason))
        self.line.setAccessibleDescription(_sentence(reason))
        self.line.setProperty("fault", bool(reason))
        self.line.style().unpolish(self.line)
        self.line.style().polish(self.line)
        self.follow(self.geometry())


class NumberEditor(QFrame):
    """A number over a card's brief: every valid keystroke, step and turn of the wheel is an edit."""

    edited = Signal(object)
    closed = Signal()

    def __init__(self, parent: QWidget, node: Node, ids: tuple[int, ...]) -> None:
        super().__init__(parent)
        theme.set_role(self, "floating")
        self.node_id = node.id
        self._node = node
        self._ids = ids
        self._closing = False
        self.field = field_for(node)
        self._name = "times" if isinstance(node, Repeat) else _knob_name(node)
        self.field.setAccessibleName(self._name)
        self.field.reset(value_of(node))
        self.field.edited.connect(self._report)
        self.field.finished.connect(self.close_now)
        column = QVBoxLayout(self)
        column.setContentsMargins(3, 3, 3, 3)
        column.addWidget(self.field)
        self.setFocusProxy(self.field)
        line = self.field.findChild(QLineEdit)
        assert line is not None
        self.line = line
        self.line.installEventFilter(self)
        self.line.textEdited.connect(lambda: _place(self, self.geometry(), 110))

    def open_over(self, rect: QRect) -> None:
        """Appear over a rectangle of the parent, the number selected."""
        self.follow(rect)
        self.show()
        self.raise_()
        self.line.selectAll()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def follow(self, rect: QRect) -> None:
        """Stay over its card."""
        _place(self, rect, 110)

    def show_node(self, node: Node) -> None:
        """Show the number that the node has now."""
        self.field.set_value(value_of(node))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        leaves = event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        if leaves:
            self.close_now()
        return leaves

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep the Return that ends the typing: to the stack below it means to add a layer."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def close_now(self) -> None:
        """Disappear; what was typed is done already."""
        if not self._closing:
            self._closing = True
            self.closed.emit()
            self.hide()
            self.deleteLater()

    def _report(self, value: Any) -> None:
        repeats = isinstance(self._node, Repeat)
        edit = SetTimes(self.node_id, value) if repeats else SetField(self._ids, self._name, value)
        self.edited.emit(edit)


def typed_over(node: Node) -> bool:
    """Whether a card has a number that can be typed."""
    return isinstance(node, Repeat) or key_knob(node) is not None


def field_for(node: Node) -> IntegerField | RealField:
    """The editor of a card's key number."""
    knob = key_knob(node)
    match knob.range if knob else None:
        case Whole(at_least, at_most, optional):
            return IntegerField(at_least, at_most, optional=optional)
        case Real(at_least, at_most, above, optional):
            return RealField(at_least, at_most, above=above, optional=optional)
        case _:
            return IntegerField(1, MOST_TURNS)


def value_of(node: Node) -> Any:
    """The number that a card lets a person type."""
    if isinstance(node, Repeat):
        return node.times
    knob = key_knob(node)
    return node.kind.values()[knob.name] if isinstance(node, Layer) and knob else None


def _knob_name(node: Node) -> str:
    knob = key_knob(node)
    return knob.name if knob else ""


def can_be_renamed(network: Network, node_id: int) -> bool:
    """Whether a node is an attribute with a name of its own; in an nn.Sequential layers are numbered."""
    node = find(network.body, node_id)
    return isinstance(node, Layer | Group | Repeat) and bool(node.name)


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}." if reason else ""


def _place(editor: QFrame, rect: QRect, least: int) -> None:
    """Put an editor where its upper left corner was, wide enough for its words and inside the parent."""
    parent = editor.parentWidget()
    room = parent.width() - 16 if parent is not None else least
    width = min(max(rect.width(), least), room)
    layout = editor.layout()
    tall = layout is not None and layout.hasHeightForWidth()
    high = layout.heightForWidth(width) if layout and tall else 0
    left = max(8, min(rect.left(), room + 8 - width))
    editor.setGeometry(left, rect.top(), width, max(high, editor.sizeHint().height()))
