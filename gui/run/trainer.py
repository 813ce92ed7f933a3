"""The training of a window: what Train, Pause, Step and Reset do, and what the worker tells of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from engine.design.error import DesignError
from engine.design.value import replace
from engine.files import runs
from engine.files.document import to_document
from engine.worker.protocol import Held, Respond, Steer, Train
from gui.asking import Ask, Ticket
from gui.document import NO_RUN, Document, Phase, Run, State
from gui.recovery import folder as recovery_folder

if TYPE_CHECKING:
    from engine.design.project import Project
    from engine.worker.protocol import Judge, Result, Training
    from gui.run.curves import Curves


LOOKED_AT = 20
"""Of the newest runs, for the one of work without a file that was recovered."""


STEERED_AFTER_MS = 400
"""After the last key: of a rate that is being typed, the run gets the whole."""


class Trainer(QObject):
    """Begins, steers and ends the runs of one document; where the run is lies in the document's state.

    A run that a worker died of, or that another window kept, is taken up from its folder.
    """

    told = Signal(object)
    """A Training of the present run, its numbers being in `curves` already."""
    renewed = Signal()
    """Another run, or none: what was shown of the one before no longer holds."""
    failed = Signal(str)

    def __init__(self, ask: Ask, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ask = ask
        self._document = document
        self._curves: Curves | None = None
        self._kept: Path | None = None
        """Of a run that was found, whose curves are read when they are first wanted."""
        self._number = 0
        """Of the request that the worker's run came of; 0 where the worker has none of ours."""
        self._until = "end"
        """How far the run was to go when it was last taken up."""
        self._asked: Ticket | None = None
        """The last request to take up a run."""
        self._own: list[Path] = []
        """Runs that were begun before the project had a file."""
        self.last: Training | None = None
        """The last report of the present run."""
        self.steps_per_epoch = 1
        self.rows = 0
        """That train."""
        self._steered = QTimer(self, interval=STEERED_AFTER_MS, singleShot=True)
        self._steered.timeout.connect(self._take_over)
        document.changed.connect(self._follow)
        QTimer.singleShot(0, self, partial(self._find, document.state))

    @property
    def run(self) -> Run:
        return self._document.state.run

    @property
    def curves(self) -> Curves:
        """Those of the present run."""
        if self._curves is None:
            from gui.run.curves import Curves, read

            self._curves = Curves()
            if self._kept is not None:
                with suppress(DesignError):
                    self._curves = read(runs.read_metrics(self._kept), runs.read_layers(self._kept))
        return self._curves

    # --- what a person wishes --------------------------------------------------------------------

    def train(self) -> None:
        """Go on with the run where it is of the present design, else begin one."""
        self._go("end")

    def step(self) -> None:
        self._go("step")

    def epoch(self) -> None:
        self._go("epoch")

    def pause(self) -> None:
        if self.run.is_going:
            self._steer("now")

    def reset(self) -> None:
        """Leave the run, which is kept; the next one begins with the same initial weights."""
        self._leave()
        self._forget()

    def respond(
        self,
        request: Respond | Judge | Held,
        on_result: Callable[[Result], None],
        on_failure: Callable[[str], None],
    ) -> None:
        """Ask the network of the present run; it is a failure where another came meanwhile."""
        number = self._number
        if not number:
            on_failure(self.tr("The run is not loaded; Train or Step loads it."))
            return

        def taken(result: Result) -> None:
            if number == self._number:
                on_result(result)
            else:
                on_failure(self.tr("Another run came meanwhile."))

        self._ask(request, taken, on_failure)

    def _go(self, until: str) -> None:
        state = self._document.state
        if state.run.can_go_on(state.project):
            self._ask_for(state.project, state.run.folder, until)
        else:
            self._begin(state.project, until)

    def _begin(self, project: Project, until: str) -> None:
        """A new run, in a folder of its own."""
        try:
            place = runs.next_folder(self._place())
        except DesignError as error:
            self._fail(str(error))
            return
        self._forget()
        self._ask_for(project, place, until)

    def _ask_for(self, project: Project, folder: Path | None, until: str) -> None:
        """Have the worker take up the run in a folder, or begin there; one under way is steered."""
        assert folder is not None
        phase: Phase = "running" if self._number else "starting"
        self._until = until
        self._document.show_run(Run(phase, project, folder))
        request = Train(to_document(project), str(folder), until)
        self._asked = self._ask(
            request, partial(self._take, folder), partial(self._refuse, folder), "training"
        )

    def _steer(self, until: str) -> None:
        self._ask(Steer(until), lambda result: None, self._fail)

    def _leave(self) -> None:
        """Have the worker keep its run and let go of the folder."""
        if self._number:
            self._ask(Steer("leave"), lambda result: None, self.failed.emit)

    # --- what the worker says --------------------------------------------------------------------

    def _take(self, folder: Path, result: Result) -> None:
        """The run is taken up; where it went back to its last checkpoint, so do the curves."""
        if self.run.folder != folder:
            return
        self._asked = None
        self._number = result.request
        self.steps_per_epoch = int(result.values["steps_per_epoch"])
        self.rows = int(result.values["rows"])
        step = int(result.values["step"])
        self.curves.cut(step)
        if step > self.curves.step:
            # What was trained behind the last report is in the log.
            self._curves, self._kept = None, folder
        self.curves.names = tuple(map(str, result.values["layers"]))
        if self._document.state.path is None and folder not in self._own:
            self._own.append(folder)
        self.renewed.emit()

    def _refuse(self, folder: Path, sentence: str) -> None:
        """The run was not taken up; one that never began leaves nothing to show but the reason."""
        if self.run.folder != folder:
            return
        if len(self.curves.steps):
            self._fail(sentence)
        else:
            self._document.show_run(Run("failed", sentence=sentence))

    def hear(self, told: Training) -> None:
        """A report of the worker's run."""
        if told.request != self._number or not self._number:
            return
        self.curves.hear(told)
        self.last = told
        self.steps_per_epoch = told.steps_per_epoch
        phase = _phase(told.phase)
        if phase != self.run.phase or told.sentence != self.run.sentence:
            self._show(phase, told.sentence)
        self.told.emit(told)
        if told.phase == "failed":
            self.failed.emit(told.sentence)

    def hear_of_death(self) -> None:
        """The worker has gone: the run waits in its folder, and goes on from there when it is wished."""
        self._number = 0
        if self.run.phase == "running":
            self._show(
                "paused", self.tr("The engine stopped; Train goes on from the last checkpoint.")
            )

    def _fail(self, sentence: str) -> None:
        self._show("failed", sentence)
        self.failed.emit(sentence)

    def _show(self, phase: Phase, sentence: str = "") -> None:
        self._document.show_run(replace(self.run, phase=phase, sentence=sentence))

    def _forget(self) -> None:
        if self._asked is not None:
            self._asked.cancel()  # A run that waits to be taken up is not wanted any more.
            self._asked = None
        self._number = 0
        self._curves = self._kept = None
        self.last = None
        if self.run is not NO_RUN:
            self._document.show_run(NO_RUN)
        self.renewed.emit()

    # --- runs that are kept ---

    def kept(self) -> tuple[Path, ...]:
        """The folders of the project's runs, the newest last."""
        return runs.runs_in(self._place())

    def bring_back(self, folder: Path) -> None:
        """Show a kept run in the place of the present one, which is left. Raises DesignError when it is damaged."""
        if folder == self.run.folder:
            return
        facts = runs.read_facts(folder)
        self._leave()
        self._forget()
        self._show_kept(folder, facts)

    def delete(self, folder: Path) -> None:
        """Delete a run that is not under way. Raises DesignError."""
        if folder == self.run.folder:
            if self.run.is_going:
                raise DesignError(self.tr("this run is under way; pause it first"))
            # The worker may hold its folder, or be about to: what it does there comes before what is deleted here.
            delete = partial(self._delete_left, folder)
            self._forget()
            self._ask(Steer("leave"), delete, delete)
            return
        runs.delete(folder)

    def _delete_left(self, folder: Path, said: object) -> None:
        with suppress(DesignError):
            runs.delete(folder)
        self.renewed.emit()

    # --- where runs lie --------------------------------------------------------------------------

    def _place(self) -> Path:
        """The folder of the project's runs: beside its file, or with this account's data where there is none."""
        path = self._document.state.path
        if path is not None and os.access(path.parent, os.W_OK):
            return runs.folder_of(path)
        return unsaved_runs()

    def _follow(self, old: State, new: State) -> None:
        if old.document is not new.document:
            self._leave()
            self._own = []
            self._forget()
            self._find(new)
            return
        if old.path is None and new.path is not None:
            self._bring_to_file(new.path)
        if old.project is not new.project and new.run.is_going and new.run.can_go_on(new.project):
            self._steered.start()

    def _take_over(self) -> None:
        """What was changed while it trains and can be steered counts from now."""
        state = self._document.state
        if state.run.is_going and state.run.can_go_on(state.project):
            self._ask_for(state.project, state.run.folder, self._until)

    def _find(self, state: State) -> None:
        """Show the last run of a project that was opened."""
        if state.template is not None:
            return
        place = runs.folder_of(state.path) if state.path is not None else unsaved_runs()
        for folder in runs.runs_in(place)[: -LOOKED_AT - 1 : -1]:
            with suppress(DesignError):
                facts = runs.read_facts(folder)
                if state.path is not None or facts.project == state.project:
                    self._show_kept(folder, facts)
                    return

    def _show_kept(self, folder: Path, facts: runs.Facts) -> None:
        self._curves, self._kept = None, folder
        phase: Phase = "done" if facts.state == "done" else "paused"
        self._document.show_run(Run(phase, facts.project, folder))
        self.renewed.emit()
        # Loaded too, so that what was learnt can be looked at; where another window has it, its curves are enough.
        request = Train(to_document(facts.project), str(folder), "now")
        self._asked = self._ask(
            request, partial(self._take, folder), lambda sentence: None, "training"
        )

    def _bring_to_file(self, path: Path) -> None:
        """Bring the runs that were begun before to the file that the project has now."""
        own, self._own = self._own, []
        present = self.run
        was_going = present.is_going
        if not own:
            return
        if self._number:
            self._number = 0
            # Answered before it is moved: the worker writes into the folder until then.
            self._ask(Steer("leave"), partial(self._move, own, path, present, was_going),
                      partial(self._move, own, path, present, was_going))  # fmt: skip
        else:
            self._move(own, path, present, was_going, None)

    def _move(
        self, own: list[Path], path: Path, present: Run, was_going: bool, said: object
    ) -> None:
        place = runs.folder_of(path)
        folder = present.folder
        for each in own:
            try:
                to = runs.next_folder(place)
                place.mkdir(parents=True, exist_ok=True)
                shutil.move(each, to)
            except (OSError, DesignError, shutil.Error):
                continue  # It stays where it was, and the project's run with it.
            if each == folder:
                folder = to
        self._document.show_run(
            replace(present, phase="paused" if was_going else present.phase, folder=folder)
        )
        if was_going and present.project is not None:
            self._ask_for(present.project, folder, "end")


def unsaved_runs() -> Path:
    """Where the runs of projects lie that have no file."""
    return recovery_folder().parent / "runs"


def _phase(said: str) -> Phase:
    match said:
        case "running" | "paused" | "done" | "failed":
            return said
        case _:
            raise ValueError(said)
