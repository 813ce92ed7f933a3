"""Goes through what a search of the stack has found."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.design.tree import Network
from gui.stack.search import SearchLine, fitting
from gui.stack.view import StackView


class Finder(QObject):
    """Marks the cards that fit, and steps from one to the next."""

    reached = Signal(int, bool)
    """The id of a node to bring into sight, and whether to select it."""
    found = Signal(object, int)
    """The ids of all that fit, None once nobody searches any more, and which of them is looked at, 0 for none."""

    def __init__(self, line: SearchLine, view: StackView) -> None:
        super().__init__(line)
        self._line = line
        self._view = view
        self._network = Network()
        self._found: tuple[int, ...] = ()
        self._at = -1
        line.searched.connect(self.search)
        line.stepped.connect(self.step)
        line.closed.connect(self.end)

    def show_network(self, network: Network) -> None:
        """Search another network, while somebody searches."""
        if network is not self._network:
            self._network = network
            if self._line.isVisible():
                self._find(self._line.line.text())

    def search(self, query: str) -> None:
        """Mark what fits and bring the first into sight."""
        self._at = -1
        self._find(query)
        if self._found:
            self._at = 0
            self.reached.emit(self._found[0], False)
        self._tell()

    def step(self, steps: int) -> None:
        """Select the next that fits; the first one again after the last."""
        if not self._found:
            return
        current = self._view.scene.current_id()
        if current == self._found[self._at] or current not in self._found:
            taken = current == self._found[self._at]
            self._at = (self._at + steps) % len(self._found) if taken else max(self._at, 0)
        else:
            self._at = (self._found.index(current) + steps) % len(self._found)
        self.reached.emit(self._found[self._at], True)
        self._tell()

    def end(self) -> None:
        """Show all cards alike again and give the keyboard back."""
        self._found = ()
        self._view.scene.found_ids = None
        self._view.viewport().update()
        self.found.emit(None, 0)
        (self._line.came_from or self._view).setFocus()

    def _find(self, query: str) -> None:
        self._found = fitting(self._network, query)
        self._view.scene.found_ids = frozenset(self._found) if query.strip() else None
        self._view.viewport().update()
        self._tell()

    def _tell(self) -> None:
        self._line.show_count(self._at + 1, len(self._found))
        at = self._found[self._at] if 0 <= self._at < len(self._found) else 0
        searching = bool(self._line.line.text().strip())
        self.found.emit(frozenset(self._found) if searching else None, at)
