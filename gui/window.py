"""The window: puts the panels together, hands them each new state, and carries their wishes to the document."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QMenu

from gui import theme
from gui.actions import Actions
from gui.asking import Ticket
from gui.deeds import Deeds
from gui.document import Document, State
from gui.frame import Frame
from gui.preferences import Preferences

if TYPE_CHECKING:
    from engine.worker.protocol import Progress, Request, Result
    from gui.clipboard import Clipboard
    from gui.engine_process import EngineProcess
    from gui.files import Files
    from gui.inspector.panel import Inspector
    from gui.messages import Messages, Sayer
    from gui.recovery import Recovery, Rescued
    from gui.rescue import Rescue
    from gui.run.panel import RunPanel
    from gui.stack.advice_list import AdviceList
    from gui.start_page import StartPage
    from gui.widgets.pieces import Notice


class Window(QMainWindow):
    """One window with one document and one worker."""

    def __init__(self, state: State, preferences: Preferences, on_disk: bytes = b"") -> None:
        super().__init__()
        self.preferences = preferences
        self.document = Document(state, self, on_disk)
        self._advice_soon = QTimer(self)
        self._advice_soon.setSingleShot(True)
        self._advice_soon.setInterval(60)
        self._advice_soon.timeout.connect(self._show_advice)
        self.rescue: Rescue | None = None
        self._build()
        self._connect()
        self._restore_layout()
        self.setAcceptDrops(True)

    # --- building ------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.deeds = Deeds(self)
        self.actions_table = Actions(self, self.deeds)
        self.setMenuBar(self.actions_table.menu_bar(self))
        self.frame = Frame(self, self.actions_table, self.ask)
        self.head, self.status = self.frame.head, self.frame.status
        self.stack, self.centre = self.frame.stack, self.frame.centre
        self.pages = self.frame.pages
        self.setCentralWidget(self.frame)

    def _connect(self) -> None:
        document = self.document
        document.changed.connect(self._show)
        document.rejected.connect(self._refuse)
        for panel in (self.stack, self.centre):
            panel.wished.connect(document.do)
            panel.selected.connect(document.select)
            panel.sealed.connect(document.seal)
            panel.commanded.connect(self.actions_table.run)
        self.stack.context_menu_wished.connect(self._context_menu)
        self.head.palette_wished.connect(self.deeds.show_palette)
        self.head.engine_wished.connect(self.deeds.restart_engine)

    # --- what is made when it is first wanted, after the first paint ------------------------------------------

    @property
    def notice(self) -> Notice:
        """The line below the head that says what happened."""
        return self.frame.notice

    @cached_property
    def messages(self) -> Messages:
        """What that line says, and until when."""
        from gui.messages import Messages

        return Messages(self.notice)

    @cached_property
    def inspector(self) -> Inspector:
        """The right column."""
        from gui.inspector.panel import Inspector

        inspector = Inspector(self.ask)
        inspector.wished.connect(self.document.do)
        inspector.selected.connect(self.document.select)
        inspector.sealed.connect(self.document.seal)
        inspector.commanded.connect(self.actions_table.run)
        self.frame.put_right(inspector)
        inspector.show_state(None, self.document.state)
        return inspector

    @cached_property
    def run(self) -> RunPanel:
        """The panel below."""
        from gui.run.panel import RunPanel

        run = RunPanel(self.ask)
        run.wished.connect(self.document.do)
        run.sealed.connect(self.document.seal)
        run.commanded.connect(self.actions_table.run)
        run.forwarded.connect(self.centre.show_forward)
        self.frame.put_below(run)
        run.show_state(None, self.document.state)
        return run

    @cached_property
    def advice(self) -> AdviceList:
        """The list below the stack."""
        from gui.stack.advice_list import AdviceList

        advice = AdviceList()
        advice.wished.connect(self.document.do)
        advice.selected.connect(self.document.select)
        self.frame.left.put_below(advice)
        return advice

    @property
    def files(self) -> Files:
        """Opening and saving."""
        return self._files

    @property
    def clipboard(self) -> Clipboard:
        """Cut, copy and paste of layers."""
        return self._clipboard

    @cached_property
    def _files(self) -> Files:
        from gui.files import Files

        return Files(self, self.document, self.preferences, self.say)

    @cached_property
    def _clipboard(self) -> Clipboard:
        from gui.clipboard import Clipboard

        return Clipboard(self.document)

    @cached_property
    def recovery(self) -> Recovery:
        """What keeps a crash from costing work."""
        from gui.recovery import Recovery

        recovery = Recovery(self)
        recovery.failed.connect(self._warn)
        return recovery

    @cached_property
    def start(self) -> StartPage:
        """The page that a new person sees first."""
        from gui.start_page import StartPage

        start = StartPage()
        start.sample_chosen.connect(self._start_from)
        start.file_chosen.connect(self.open_file)
        start.open_wished.connect(lambda: self.files.ask_open())
        start.rescued_chosen.connect(self._choose_rescued)
        self.pages.addWidget(start)
        return start

    @cached_property
    def engine(self) -> EngineProcess:
        """The worker's process; made when something is first asked of it, after the first paint."""
        from gui.engine_process import EngineProcess

        engine = EngineProcess(self)
        engine.state_changed.connect(self._show_engine)
        engine.ready.connect(self._engine_ready)
        engine.failed.connect(self._engine_failed)
        return engine

    def ask(
        self,
        request: Request,
        on_result: Callable[[Result], None],
        on_failure: Callable[[str], None],
        channel: str = "",
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Ticket:
        """Bring a panel's request to the worker."""
        return self.engine.ask(request, on_result, on_failure, channel, on_progress)

    def begin(self, rescued: list[Rescued], asked_for: Path | None = None) -> None:
        """What follows the first paint: the other panels, the worker, and work that a crash left."""
        self.engine.start()
        self.complete()
        if rescued:
            from gui.rescue import Rescue

            self.rescue = Rescue(
                rescued, self.document, self.recovery, self.files, self.say, self.show_start
            )
            self.rescue.begin(asked_for)

    def complete(self) -> None:
        """Make what the first paint does not wait for."""
        self.actions_table.complete()
        theme.changed.connect(self.actions_table.recolour)
        self.stack.complete()
        _ = self.inspector, self.run
        self.recovery.follow(None, self.document.state)

    # --- showing -------------------------------------------------------------------------------------------------

    def show_document(self) -> None:
        """Show the document's present state in every panel."""
        self._show(None, self.document.state)

    def _show(self, old: State | None, new: State) -> None:
        if (
            old is not None and old.history.present is not new.history.present
        ) or self.pages.currentIndex():
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

    def show_start(self) -> None:
        """The start page; the present project stays until something is chosen there."""
        self.start.show_recent(self.preferences.recent)
        self.start.show_rescued(self.rescue.waiting if self.rescue else [])
        self.pages.setCurrentWidget(self.start)
        self.status.hide()
        self.start.setFocus()

    def leave_start(self) -> None:
        """Show the project instead of the start page."""
        with self.frame.keyboard_kept():
            self.pages.setCurrentIndex(0)
        self.status.show()

    def show_view(self, index: int) -> None:
        """Bring one of the views of the centre to the front."""
        self.leave_start()
        self.centre.show_view(index)

    @property
    def say(self) -> Sayer:
        """Say one line above the panels, with at most one thing to do about it."""
        return self.messages.say

    def _warn(self, sentence: str) -> None:
        self.say("warning", sentence)

    def _refuse(self, sentence: str) -> None:
        self.say("warning", sentence, about="an edit")

    def _engine_failed(self, sentence: str) -> None:
        self.say("warning", sentence, about="the engine")

    def _engine_ready(self, torch_version: str, device: str) -> None:
        self.status.show_engine(torch_version, device)
        if "messages" in vars(self):
            self.messages.over("the engine")

    def _show_engine(self, state: object) -> None:
        self.head.show_engine(self.engine)

    # --- opening ----------------------------------------------------------------------------------------

    def open_file(self, path: Path) -> None:
        if self.files.open(path):
            self.leave_start()

    def _start_from(self, sample: str) -> None:
        if self.files.start_from(sample):
            self.leave_start()

    def _choose_rescued(self, work: Rescued) -> None:
        if self.rescue is not None:
            self.rescue.choose(work)

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
