"""The window: hands its parts each new state, and carries their wishes to the document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMenu

from gui import theme
from gui.deeds import Deeds
from gui.document import State
from gui.parts import Parts
from gui.preferences import Preferences
from gui.warming import warm

if TYPE_CHECKING:
    from gui.recovery import Rescued


class Window(Parts):
    """One window with one document and one worker."""

    def __init__(self, state: State, preferences: Preferences, on_disk: bytes = b"") -> None:
        super().__init__(state, preferences, on_disk)
        self._advice_soon = QTimer(self)
        self._advice_soon.setSingleShot(True)
        self._advice_soon.setInterval(60)
        self._advice_soon.timeout.connect(self._show_advice)
        self._steps: Iterator[Callable[[], object]] = iter(())
        """What is still to be made after the first paint."""
        self.deeds = Deeds(self)
        self.build(self.deeds)
        self._connect()
        self._restore_layout()
        self.setAcceptDrops(True)

    def _connect(self) -> None:
        document = self.document
        document.changed.connect(self._show)
        document.rejected.connect(self._refuse)
        for panel in (self.stack, self.centre):
            panel.wished.connect(document.do)
            panel.selected.connect(document.select)
            panel.sealed.connect(document.seal)
            panel.commanded.connect(self.actions_table.run)
        self.stack.found.connect(self.centre.show_found)
        self.stack.context_menu_wished.connect(self._context_menu)
        self.head.palette_wished.connect(self.deeds.show_palette)
        self.head.engine_wished.connect(self.deeds.restart_engine)

    def begin(self, rescued: list[Rescued], asked_for: Path | None = None) -> None:
        """What follows the first paint: the worker, the other panels, and work that a crash left.

        One after the other in passes of the event loop, so that a key or a click waits for one of them at most.
        """
        self.engine.start()
        rescue = partial(self._rescue, rescued, asked_for)
        self._steps = iter((self._follow, rescue, *self._completing(), warm))
        self._go_on()

    def _go_on(self) -> None:
        if (step := next(self._steps, None)) is not None:
            step()
            QTimer.singleShot(0, self, self._go_on)

    def complete(self) -> None:
        """Make what the first paint does not wait for."""
        for step in (self._follow, *self._completing()):
            step()

    def _completing(self) -> tuple[Callable[[], object], ...]:
        return (
            self.actions_table.complete,
            lambda: theme.changed.connect(self.actions_table.recolour),
            self.stack.complete,
            lambda: self.inspector,
            lambda: self.run,
        )

    def _follow(self) -> None:
        self.recovery.follow(None, self.document.state)

    def _rescue(self, rescued: list[Rescued], asked_for: Path | None) -> None:
        if rescued:
            from gui.rescue import Rescue

            self.rescue = Rescue(
                rescued, self.document, self.recovery, self.files, self.say, self.show_start
            )
            self.rescue.begin(asked_for)

    # --- showing -------------------------------------------------------------------------------------------------

    def show_document(self) -> None:
        """Show the document's present state in every panel."""
        self._show(None, self.document.state)

    def _show(self, old: State | None, new: State) -> None:
        if old is not None and old.history.present is not new.history.present:
            self.leave_start()
        with self.frame.keyboard_kept():
            self.stack.show_state(old, new)
            self.centre.show_state(old, new)
            for name in ("inspector", "run"):
                if name in self.__dict__:
                    getattr(self, name).show_state(old, new)
        self.status.show_state(old, new)
        self.actions_table.show_state(new)
        if old is None or old.project is not new.project:
            self._advice_soon.start()
        if old is None or old.title != new.title or old.is_changed != new.is_changed:
            self.setWindowTitle(f"{new.title}[*] — Layerloom")
            self.setWindowModified(new.is_changed)
        if old is not None:
            self.recovery.follow(old, new)
            if "messages" in vars(self):
                self._end_messages(old, new)

    def _end_messages(self, old: State, new: State) -> None:
        """Take back what no longer holds."""
        if old.project is not new.project:
            self.messages.over("an edit")
        if old.saved is not new.saved or old.document is not new.document:
            self.messages.over("a file")

    def _show_advice(self) -> None:
        from engine.views.advice import advise

        state = self.document.state
        self.advice.show_advice(state.analysis, advise(state.project, state.analysis))

    def _refuse(self, sentence: str) -> None:
        self.say("warning", sentence, about="an edit")

    def _context_menu(self, ids: tuple[int, ...], at: QPoint) -> None:
        menu: QMenu = self.actions_table.context_menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    # --- recovery, closing, dropping -----------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.files.may_leave():
            event.ignore()
            return
        self.preferences.last = self.document.state.path
        self.preferences.keep_layout("window", self.saveGeometry())
        self.frame.keep(self.preferences)
        self.recovery.end()
        if self.rescue is not None:
            self.rescue.end()
        self.engine.close()
        event.accept()

    def _restore_layout(self) -> None:
        kept = self.preferences.layout("window")
        if kept is None or not self.restoreGeometry(kept):
            self.resize(1600, 1000)
        self.frame.restore(self.preferences)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.toLocalFile().endswith(".loom") for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for url in event.mimeData().urls():
            if url.toLocalFile().endswith(".loom"):
                self.open_file(Path(url.toLocalFile()))
                return
