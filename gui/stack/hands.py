"""What a person can do with the stack: by mouse and keys, in editors over the cards, and by searching."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gui.document import State
from gui.stack.finder import Finder
from gui.stack.floating import Floating
from gui.stack.gestures import Gestures
from gui.stack.keys import Keys
from gui.stack.mouse import Mouse
from gui.stack.search import SearchLine
from gui.stack.view import StackView


class Hands(QObject):
    """All that acts on the view, made when the first paint is over."""

    def __init__(self, view: StackView) -> None:
        super().__init__(view)
        self.gestures = Gestures(view)
        self.mouse = Mouse(self.gestures)
        self.keys = Keys(self.gestures)
        self.floating = Floating(self.gestures)
        self.search = SearchLine()
        self.finder = Finder(self.search, view)

    def show_state(self, new: State) -> None:
        """Act on another state from now on."""
        self.gestures.state = new
        self.floating.show_state(new)
        self.finder.show_network(new.network)
