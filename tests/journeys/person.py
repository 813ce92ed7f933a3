"""Somebody at the window: looks at it, clicks where something is seen, and types where the keyboard is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.design.tree import Layer, Network, Node, node_name, walk
from gui.application import open_window
from gui.document import State
from gui.engine_process import State as EngineState
from gui.preferences import Preferences
from gui.stack.card import Spot
from gui.stack.scene import Scene
from gui.widgets.choice_popup import ChoicePopup
from gui.widgets.options import Option
from gui.widgets.pieces import ElidedLabel
from gui.window import Window

W = TypeVar("W", bound=QWidget)
Key, Held = Qt.Key, Qt.KeyboardModifier
NONE, CONTROL, SHIFT, ALT = (
    Held.NoModifier, Held.ControlModifier, Held.ShiftModifier, Held.AltModifier,
)  # fmt: skip
PATIENCE_MS = 60_000
"""The engine takes seconds to start, and many more on a busy machine."""


class Person:
    """Acts on one window as a person does; what it reads is what can be seen."""

    def __init__(self, qtbot: QtBot, path: Path | None = None) -> None:
        self.qtbot = qtbot
        self.window: Window = open_window(Preferences(), path)
        self.window.resize(1600, 1000)
        self.until(lambda: "run" in vars(self.window))
        self.come_to()

    def come_to(self) -> None:
        """Bring the window to the front."""
        self.until(lambda: self.window.activateWindow() or self.window.isActiveWindow())

    def leave(self) -> None:
        """Close the window without a question, as if all were saved."""
        engine = self.window.engine
        for dialog in self.window.findChildren(QDialog):
            dialog.close()
        self.window.recovery.end()
        if engine.process_id:
            with self.qtbot.waitSignal(engine.closed, timeout=PATIENCE_MS):
                engine.close()
        self.window.hide()
        self.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # pyright: ignore[reportArgumentType]
        self.settle()

    # --- what is there ---

    @property
    def state(self) -> State:
        return self.window.document.state

    @property
    def network(self) -> Network:
        return self.state.network

    @property
    def scene(self) -> Scene:
        return self.window.stack.view.scene

    def node(self, name: str) -> Node:
        """The node of that name."""
        return next(node for node in walk(self.network.body) if node_name(node) == name)

    def layer(self, name: str) -> Layer:
        found = self.node(name)
        assert isinstance(found, Layer)
        return found

    def names(self) -> list[str]:
        """The names of the outermost nodes, from top to bottom."""
        return [node_name(node) for node in self.network.body.nodes]

    def all(self, kind: type[W], within: QWidget | None = None) -> list[W]:
        """Everything of a kind that can be seen."""
        return [each for each in (within or self.window).findChildren(kind) if each.isVisible()]

    def words(self, within: QWidget | None = None) -> str:
        """All labels that can be seen."""
        labels = [*self.all(QLabel, within), *self.all(ElidedLabel, within)]
        return "\n".join(label.text() for label in labels)

    def named(self, kind: type[W], name: str, within: QWidget | None = None) -> W:
        """The only thing that can be seen whose accessible name, or first words of it, is this."""
        things = self.all(kind, within)
        exactly = [each for each in things if each.accessibleName() == name]
        found = exactly or [each for each in things if each.accessibleName().startswith(name)]
        assert len(found) == 1, (name, [each.accessibleName() for each in things], self.words())
        return found[0]

    def dialog(self) -> QDialog:
        """The dialog that is open."""
        found = self.all(QDialog)
        assert len(found) == 1, found
        return found[0]

    def answer(self, button: QMessageBox.StandardButton) -> list[str]:
        """Get ready for the question that the next act brings up; what it asked is in the list afterwards."""
        asked: list[str] = []

        def click() -> None:
            box = QApplication.activeModalWidget()
            if not isinstance(box, QMessageBox):
                QTimer.singleShot(20, click)
                return
            asked.append(box.text())
            QTest.mouseClick(box.button(button), Qt.MouseButton.LeftButton)

        QTimer.singleShot(20, click)
        return asked

    def notice(self) -> str:
        """What the line above the panels says; "" where there is none."""
        notice = self.window.notice
        return notice.accessibleName() if notice.isVisible() else ""

    # --- hands ---

    def settle(self) -> None:
        """Let everything happen that is due."""
        for _ in range(3):
            QApplication.processEvents()

    def until(self, holds: Callable[[], object], patience_ms: int = PATIENCE_MS) -> None:
        """Wait until something is so."""
        self.qtbot.waitUntil(lambda: bool(holds()), timeout=patience_ms)

    def wait_for_engine(self) -> None:
        """Until it says that it is ready."""
        engine = self.window.engine
        try:
            self.until(lambda: engine.state is EngineState.READY)
        except self.qtbot.TimeoutError:
            raise AssertionError(
                f"the engine is {engine.state}, at {engine.activity!r}: {engine.details}"
            ) from None

    def keyboard(self) -> QWidget:
        """Where keys go."""
        popup = QApplication.activePopupWidget()
        if popup is not None:
            return popup.focusWidget() or popup
        return QApplication.focusWidget() or QApplication.activeWindow() or self.window

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = NONE, times: int = 1) -> None:
        for _ in range(times):
            QTest.keyClick(self.keyboard(), key, held)
            self.settle()

    def write(self, text: str) -> None:
        """Type letter by letter to wherever the keyboard goes by then."""
        for letter in text:
            if letter.isascii():
                QTest.keyClicks(self.keyboard(), letter)
            else:  # QTest knows no other keys
                press = QKeyEvent(QEvent.Type.KeyPress, 0, NONE, letter)
                QApplication.sendEvent(self.keyboard(), press)
            self.settle()

    def click(
        self, widget: QWidget, at: QPoint | None = None, held: Qt.KeyboardModifier = NONE
    ) -> None:
        assert widget.isVisible(), widget
        assert widget.isEnabled(), widget
        place = at or widget.rect().center()
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, held, place)
        self.settle()

    def button(self, name: str, within: QWidget | None = None) -> QAbstractButton:
        return self.named(QAbstractButton, name, within)

    def click_button(self, name: str, within: QWidget | None = None) -> None:
        self.click(self.button(name, within))

    def fill(self, name: str, text: str, within: QWidget | None = None) -> QLineEdit:
        """Click into the line of that name, and type over what it holds."""
        line = self.named(QLineEdit, name, within or self.window.inspector)
        self.click(line)
        assert self.keyboard() is line, (
            self.keyboard(),
            self.keyboard().accessibleName(),
            self.names(),
        )
        self.press(Key.Key_A, CONTROL)
        self.write(text) if text else self.press(Key.Key_Delete)
        return line

    def choose(self, text: str) -> None:
        """Type into the list that is open, and take the first that fits."""
        popup = QApplication.activePopupWidget()
        assert isinstance(popup, ChoicePopup), popup
        self.write(text)
        self.press(Key.Key_Return)

    def offered(self) -> list[str]:
        """The titles in the list that is open."""
        popup = QApplication.activePopupWidget()
        assert isinstance(popup, ChoicePopup), popup
        return [row.title for row in popup._model.shown if isinstance(row, Option)]  # pyright: ignore[reportPrivateUsage]

    # --- the stack ---

    def spot(self, name: str, part: str = "card", number: int = 0) -> QRect:
        """Where a part of a card is, scrolled into sight."""
        view = self.window.stack.view
        row = self.scene.model.place_of_node(self.node(name).id)
        view.reveal(row)
        if part == "card":
            return QRect(self.scene.card_rect(row).topRight() + QPoint(-22, 6), view.size() * 0)
        return self.scene.spot_rect(row, Spot(part, number))  # type: ignore[arg-type]

    def click_stack(self) -> None:
        """Click beside the cards, so that the keyboard goes to the stack and nothing is selected."""
        view = self.window.stack.view
        self.click(view.viewport(), QPoint(4, view.viewport().height() - 3))
        assert self.keyboard() is view

    def click_card(
        self, name: str, part: str = "card", held: Qt.KeyboardModifier = NONE, number: int = 0
    ) -> None:
        rect = self.spot(name, part, number)
        at = rect.topLeft() if part == "card" else rect.center()
        self.click(self.window.stack.view.viewport(), at, held)

    def drag_card(self, name: str, to: QPoint) -> None:
        """Take a card by its corner, move it there, and let it go."""
        port = self.window.stack.view.viewport()
        start = self.spot(name).topLeft()
        QTest.mousePress(port, Qt.MouseButton.LeftButton, NONE, start)
        for part in range(1, 11):
            QTest.mouseMove(port, start + (to - start) * part / 10)
            self.settle()
        QTest.mouseRelease(port, Qt.MouseButton.LeftButton, NONE, to)
        self.settle()

    def read(self, within: QWidget) -> str:
        """The text of the only editor that can be seen there."""
        (editor,) = self.all(QPlainTextEdit, within)
        return editor.toPlainText()
