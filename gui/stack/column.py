"""The left column: the stack, and right below its last card the advice, as long as there is room for both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from gui import theme
from gui.stack.panel import StackPanel

if TYPE_CHECKING:
    from gui.stack.advice_list import AdviceList

ADVICE_SHARE = 0.36
"""Of the column, what advice may take while the stack is longer than the rest."""

MOST_ROUNDS = 3
"""Cards in a narrower column grow taller, which is known only once they are laid out: place them again then."""


class LeftColumn(QWidget):
    """Places the stack panel and the advice list above one another, as soon as they are there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "panel")
        self._stack: StackPanel | None = None
        self._advice: AdviceList | None = None
        self._placing = self._changed = False
        self.setMinimumWidth(240)

    def put_above(self, stack: StackPanel) -> None:
        """Give the stack its place."""
        self._stack = stack
        stack.setParent(self)
        stack.grew.connect(self.arrange)

    def put_below(self, advice: AdviceList) -> None:
        """Give the advice its place."""
        self._advice = advice
        shown = not advice.isHidden()
        advice.setParent(self)
        advice.setVisible(shown)
        advice.grew.connect(self.arrange)
        self.arrange()

    def arrange(self) -> None:
        """Share the height: each what it needs where that fits, else the advice a part and the stack the rest."""
        if self._placing:
            self._changed = True
            return
        self._placing = True
        for _ in range(MOST_ROUNDS):
            self._changed = False
            self._place()
            if not self._changed:
                break
        self._placing = False

    def _place(self) -> None:
        if self._stack is None:
            return
        width, high = self.width(), self.height()
        wanted = self._advice.needed_height(width) if self._advice is not None else 0
        most = max(int(high * ADVICE_SHARE), high - self._stack.needed_height())
        for_advice = min(wanted, most)
        for_stack = min(self._stack.needed_height(), high - for_advice)
        self._stack.setGeometry(QRect(0, 0, width, for_stack))
        if self._advice is not None:
            self._advice.setGeometry(QRect(0, for_stack, width, for_advice))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.arrange()

    def sizeHint(self) -> QSize:
        return QSize(372, 600)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 200)
