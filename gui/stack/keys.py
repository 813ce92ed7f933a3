"""What the keyboard does while the stack has it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QContextMenuEvent, QKeyEvent

from gui.stack.card import Spot
from gui.stack.gestures import Gestures
from gui.stack.rows import NodeRow, is_block
from gui.stack.selecting import outer, stepped
from gui.stack.speech import spoken_spot

Key = Qt.Key

COMMANDS: dict[tuple[Qt.KeyboardModifier, int], str] = {
    (Qt.KeyboardModifier.NoModifier, Key.Key_Delete): "edit.delete",
    (Qt.KeyboardModifier.NoModifier, Key.Key_Backspace): "edit.delete",
    (Qt.KeyboardModifier.NoModifier, Key.Key_F2): "layer.rename",
    (Qt.KeyboardModifier.AltModifier, Key.Key_Up): "layer.up",
    (Qt.KeyboardModifier.AltModifier, Key.Key_Down): "layer.down",
    (Qt.KeyboardModifier.ControlModifier, Key.Key_D): "edit.duplicate",
    (Qt.KeyboardModifier.ControlModifier, Key.Key_C): "edit.copy",
    (Qt.KeyboardModifier.ControlModifier, Key.Key_X): "edit.cut",
    (Qt.KeyboardModifier.ControlModifier, Key.Key_V): "edit.paste",
    (Qt.KeyboardModifier.ControlModifier, Key.Key_A): "edit.select_all",
    (Qt.KeyboardModifier.ControlModifier, Key.Key_F): "edit.find",
}
"""Keys that are commands of the window. Its shortcuts come first, so that these reach it only where it has none."""


class Keys(QObject):
    """Watches the view's keys."""

    def __init__(self, gestures: Gestures) -> None:
        super().__init__(gestures)
        self._gestures = gestures
        self._view = gestures.view
        self._view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.KeyPress if isinstance(event, QKeyEvent):
                return self._pressed(event)
            case QEvent.Type.ShortcutOverride if isinstance(event, QKeyEvent):
                if self._opens(event.key(), event.modifiers()):
                    event.accept()  # on a chip Alt+Down opens it, and moves no layer
                    return True
                return False
            case QEvent.Type.ContextMenu if isinstance(event, QContextMenuEvent):
                return self._menu()
            case _:
                return False

    def _menu(self) -> bool:
        """The menu of the current card, which the menu key asks for."""
        here = self._view.scene.current
        if here < 0:
            return False
        middle = self._view.scene.card_rect(here).center()
        self._gestures.menu(here, self._view.viewport().mapToGlobal(middle))
        return True

    def _opens(self, key: int, held: Qt.KeyboardModifier) -> bool:
        """Whether the key opens the chip that the keyboard is on, as it does with every drop-down."""
        alt = bool(held & Qt.KeyboardModifier.AltModifier)
        return key == Key.Key_Down and alt and self._view.scene.sub_focus is not None

    def _pressed(self, event: QKeyEvent) -> bool:
        """Whether the key meant something here."""
        self._view.scene.by_keyboard = True
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if self._opens(event.key(), held):
            return self._used(event.key(), held)
        command = COMMANDS.get((held, event.key()))
        if command is not None:
            self._gestures.commanded.emit(command)
            return True
        if self._moved(event.key(), held) or self._used(event.key(), held):
            return True
        typed = event.text()
        plain = held in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        if plain and typed.isprintable() and typed.strip():
            self._gestures.add_after(self._view.scene.current, typed)
            return True
        return False

    def _moved(self, key: int, held: Qt.KeyboardModifier) -> bool:
        """Whether the key went to another row."""
        if held & Qt.KeyboardModifier.AltModifier:
            return False
        here, rows = self._view.scene.current, self._view.scene.model.rows
        match key:
            case Key.Key_Up:
                to = stepped(rows, here, -1)
            case Key.Key_Down:
                to = stepped(rows, here, 1)
            case Key.Key_Home:
                to = 0
            case Key.Key_End:
                to = len(rows) - 1
            case Key.Key_PageUp:
                to = self._paged(-1)
            case Key.Key_PageDown:
                to = self._paged(1)
            case Key.Key_Left | Key.Key_Right:
                return self._folded(key == Key.Key_Left)
            case _:
                return False
        if rows:
            extend = bool(held & Qt.KeyboardModifier.ShiftModifier)
            self._view.focus_spot(None)
            self._gestures.pick(to, extend=extend)
        return True

    def _paged(self, direction: int) -> int:
        shelf, here = self._view.scene.shelf, max(self._view.scene.current, 0)
        far = shelf.rect(here).center().y() + direction * self._view.viewport().height() * 9 // 10
        to = shelf.index_at(far)
        return to if to != here else here + direction

    def _folded(self, left: bool) -> bool:
        """Left folds a block or goes to the block around, Right unfolds one or goes inside."""
        here = self._view.scene.current
        row = self._view.scene.row(here)
        block = isinstance(row, NodeRow) and is_block(row.node)
        if isinstance(row, NodeRow) and block and row.folded != left:
            self._gestures.fold(row)
        elif left:
            self._gestures.pick(outer(self._view.scene.model.rows, here))
        elif block:
            self._gestures.pick(stepped(self._view.scene.model.rows, here, 1))
        return True

    def _used(self, key: int, held: Qt.KeyboardModifier) -> bool:
        """Whether the key went to a part of the card, or used it."""
        here, spot = self._view.scene.current, self._view.scene.sub_focus
        match key:
            case Key.Key_Tab | Key.Key_Backtab:
                return self._tabbed(-1 if key == Key.Key_Backtab else 1)
            case Key.Key_Return | Key.Key_Enter | Key.Key_Insert:
                if spot is not None and key != Key.Key_Insert:
                    self._gestures.use(here, spot)
                else:
                    self._gestures.add_after(here)
            case Key.Key_Space:
                row = self._view.scene.row(here)
                if spot is not None:
                    self._gestures.use(here, spot)
                elif held & Qt.KeyboardModifier.ControlModifier:
                    self._gestures.pick(here, toggle=True)
                elif isinstance(row, NodeRow):
                    self._gestures.fold(row)
            case Key.Key_Down if spot is not None and self._opens(key, held):
                self._gestures.use(here, spot)
            case Key.Key_Escape if spot is not None:
                self._go_to(None)
            case _:
                return False
        return True

    def _tabbed(self, direction: int) -> bool:
        """Whether Tab stayed on the card; beyond its last part it leaves the stack."""
        spots: list[Spot | None] = [None, *self._view.scene.spots(self._view.scene.current)]
        if self._view.scene.sub_focus in spots:
            to = spots.index(self._view.scene.sub_focus) + direction
            if 0 <= to < len(spots):
                self._go_to(spots[to])
                return True
        self._view.focus_spot(None)
        return False

    def _go_to(self, spot: Spot | None) -> None:
        self._view.focus_spot(spot)
        if spot is not None:
            self._view.reveal(self._view.scene.current)
            card = self._view.scene.model.slots[self._view.scene.current]
            text = spoken_spot(card.text, spot)
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._view, text))
