"""The parts of the window, most of them made when they are first wanted, and how each is wired to the others' work."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMainWindow

from gui.actions import Actions
from gui.asking import Ticket
from gui.desk import Desk
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
    from gui.run.trainer import Trainer
    from gui.stack.advice_list import AdviceList
    from gui.start_page import StartPage
    from gui.widgets.pieces import Notice


class Parts(QMainWindow):
    """What a window consists of; `Window` shows states in it."""

    def __init__(self, state: State, preferences: Preferences, on_disk: bytes) -> None:
        super().__init__()
        self.preferences = preferences
        self.document = Document(state, self, on_disk)
        self.rescue: Rescue | None = None

    def build(self, desk: Desk) -> None:
        """Make what the first paint shows; its commands are done at this desk."""
        self.actions_table = Actions(self, desk)
        self.setMenuBar(self.actions_table.menu_bar(self))
        self.frame = Frame(self, self.actions_table, self.ask)
        self.head, self.status = self.frame.head, self.frame.status
        self.stack, self.centre = self.frame.stack, self.frame.centre
        self.pages = self.frame.pages
        self.setCentralWidget(self.frame)

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

        run = RunPanel(self.ask, self.trainer)
        run.wished.connect(self.document.do)
        run.sealed.connect(self.document.seal)
        run.commanded.connect(self.actions_table.run)
        run.forwarded.connect(self.centre.show_forward)
        self.frame.put_below(run)
        run.show_state(None, self.document.state)
        return run

    @cached_property
    def trainer(self) -> Trainer:
        """What trains."""
        from gui.run.trainer import Trainer
        from gui.run.weighing import Weighing

        trainer = Trainer(self.ask, self.document, self)
        trainer.failed.connect(self._training_failed)
        weighing = Weighing(trainer, self.document, lambda: self.centre.wants_trained)
        weighing.weighed.connect(self.centre.show_trained)
        self.engine.trained.connect(trainer.hear)
        self.engine.died.connect(trainer.hear_of_death)
        return trainer

    @cached_property
    def advice(self) -> AdviceList:
        """The list below the stack."""
        from gui.stack.advice_list import AdviceList

        advice = AdviceList()
        advice.wished.connect(self.document.do)
        advice.selected.connect(self.document.select)
        self.frame.left.put_below(advice)
        return advice

    @cached_property
    def files(self) -> Files:
        """Opening and saving."""
        from gui.files import Files

        return Files(self, self.document, self.preferences, self.say)

    @cached_property
    def clipboard(self) -> Clipboard:
        """Cut, copy and paste of layers."""
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
        start.gallery_wished.connect(self.show_gallery)
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

    @property
    def say(self) -> Sayer:
        """Say one line above the panels, with at most one thing to do about it."""
        return self.messages.say

    def _warn(self, sentence: str) -> None:
        self.say("warning", sentence)

    def _engine_failed(self, sentence: str) -> None:
        self.say("warning", sentence, about="the engine")

    def _training_failed(self, sentence: str) -> None:
        self.say("danger", sentence, about="an edit")

    def _engine_ready(self, torch_version: str, device: str) -> None:
        self.status.show_engine(torch_version, device)
        if "messages" in vars(self):
            self.messages.over("the engine")

    def _show_engine(self, state: object) -> None:
        self.head.show_engine(self.engine)

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

    def show_gallery(self) -> None:
        """Known networks to start from; the present project stays until one is chosen."""
        from gui.dialogs.gallery import GalleryDialog

        gallery = GalleryDialog(self)
        gallery.chosen.connect(self._start_from)
        gallery.open()

    def show_view(self, index: int) -> None:
        """Bring one of the views of the centre to the front."""
        self.leave_start()
        self.centre.show_view(index)

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
