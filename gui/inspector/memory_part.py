"""What training and inference need in memory, and the largest batch that fits a machine."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from engine.catalogue.optimizers import OPTIMIZERS, Optimizer
from engine.design.project import PRECISIONS, Precision, SetTraining, Training
from engine.design.value import replace
from engine.views.memory import Memory, memory
from gui.document import State
from gui.inspector.entry_form import EntryForm
from gui.inspector.facts_part import Facts, Row, bytes_text
from gui.inspector.section import Section
from gui.inspector.voice import Voice
from gui.preferences import account_settings
from gui.widgets.choice import Choice
from gui.widgets.fields import IntegerField, RealField
from gui.widgets.form import Form
from gui.widgets.options import Option

SOON_MS = 120
"""After the last edit: a large network takes some milliseconds, which no key should wait for."""
KEPT = "memory/available"
GIGABYTE = 10**9
USUAL = 8.0
"""Gigabytes of the machine before anybody has said so."""


class MemoryPart(Section):
    """Chooses optimizer, batch and precision, and shows what a step then needs."""

    def __init__(self, voice: Voice, parent: QWidget | None = None) -> None:
        super().__init__("memory", self.tr("Memory"), parent)
        self._voice = voice
        self._state: State | None = None
        self._optimizer = Choice()
        self._optimizer.set_options(
            [
                Option(each.key(), each.title(), each.sentence(), aliases=each.aliases)
                for each in OPTIMIZERS
            ]
        )
        self._fields = EntryForm()
        self._batch = IntegerField(1, 1_000_000)
        self._precision = Choice()
        self._precision.set_options([Option(each, each, self._about(each)) for each in PRECISIONS])
        self._available = RealField(0.0, 1e6, above=0.0)
        self._available.set_value(_available())
        self._facts = Facts()
        first, second = Form(), Form()
        first.add_row(self.tr("optimizer"), self._optimizer,
                      self.tr("How gradients become steps; what it remembers of each weight takes memory."),
                      mono=False)  # fmt: skip
        second.add_row(
            self.tr("batch"), self._batch, self.tr("Samples in one step of training."), mono=False
        )
        second.add_row(self.tr("precision"), self._precision,
                       self.tr("What weights are stored in, and what layers compute in."), mono=False)  # fmt: skip
        second.add_row(self.tr("machine (GB)"), self._available,
                       self.tr("Memory that there is, in gigabytes of 10⁹ bytes. Leave a tenth for torch itself."),
                       mono=False)  # fmt: skip
        self.add_tight(first, self._fields, second)
        self.body.addWidget(self._facts)
        self._soon = QTimer(self, interval=SOON_MS, singleShot=True)
        self._soon.timeout.connect(self._show_memory)
        self.heading.toggled.connect(lambda: self._soon.start())
        self._connect()

    def _connect(self) -> None:
        self._optimizer.chosen.connect(self._choose_optimizer)
        self._precision.chosen.connect(self._choose_precision)
        self._fields.edited.connect(self._set_field)
        self._batch.edited.connect(self._set_batch)
        self._available.edited.connect(self._keep_available)
        for part in (self._fields, self._batch):
            part.finished.connect(self._voice.seal)

    def show_state(self, state: State) -> None:
        """Show the recipe at once, and what it needs when no key is waiting."""
        before = self._state
        self._state = state
        training = state.project.training
        optimizer = _optimizer(training)
        self._optimizer.set_current(optimizer.key())
        self._fields.show_entries((optimizer,), optimizer.key(), optimizer.remembering)
        self._batch.set_value(training.batch_size)
        self._precision.set_current(training.precision)
        if (
            before is None
            or before.analysis is not state.analysis
            or before.project.training != training
        ):
            self._soon.start()

    def _about(self, precision: Precision) -> str:
        match precision:
            case "float32":
                return self.tr("Four bytes for every number.")
            case "mixed":
                return self.tr(
                    "Weights in float32, what flows in bfloat16 or float16: torch.autocast."
                )
            case "bfloat16":
                return self.tr("Two bytes for every number, as with float16.")

    # --- what is chosen ---

    def _choose_optimizer(self, key: str) -> None:
        kind = next(each for each in OPTIMIZERS if each.key() == key)
        self._voice.seal()
        self._wish(optimizer=kind())
        self._voice.seal()

    def _choose_precision(self, precision: str) -> None:
        self._voice.seal()
        self._wish(precision=precision)
        self._voice.seal()

    def _set_field(self, name: str, value: object) -> None:
        if self._state is not None:
            optimizer = _optimizer(self._state.project.training)
            self._wish(optimizer=optimizer.with_fields(**{name: value}))

    def _set_batch(self, batch: int) -> None:
        self._wish(batch_size=batch)

    def _wish(self, **changed: object) -> None:
        if self._state is not None:
            training = replace(self._state.project.training, **changed)
            self._voice.wish(SetTraining(training))

    def _keep_available(self, gigabytes: float) -> None:
        account_settings().setValue(KEPT, gigabytes)
        self._soon.start()

    # --- what it needs ---

    def _show_memory(self) -> None:
        state = self._state
        if state is None or not self.heading.isChecked():
            return
        training = state.project.training
        needed = memory(state.analysis, _optimizer(training), training.precision)
        self._facts.show_rows(self._rows(needed, training.batch_size))
        size = bytes_text(needed.training(training.batch_size))
        faulty = bool(state.analysis.faults)
        self.set_caption(self.tr("{0}, up to the fault").format(size) if faulty else size)

    def _rows(self, needed: Memory, batch: int) -> list[Row]:
        passing = self.tr(
            "For each sample until its gradients are known, and what a pass has at once"
        )
        samples = batch * (needed.kept + needed.flowing)
        return [
            (self.tr("fits"), self._fit(needed, batch), self.tr("The largest batch of training in this machine")),
            (self.tr("training"), bytes_text(needed.training(batch)),
             self.tr("All that follows, for a step of this batch. Not counted: torch itself, and what is fleeting "
                     "inside a layer")),
            (self.tr("inference"), bytes_text(needed.inference(batch)),
             self.tr("Weights, buffers and what a pass of this batch has at once, without a way back")),
            (self.tr("weights"), bytes_text(needed.weights + needed.copies),
             self.tr("Parameters, and their copies in half precision where there are some")),
            (self.tr("buffers"), bytes_text(needed.buffers) if needed.buffers else "",
             self.tr("Numbers that are kept and saved but not learned")),
            (self.tr("gradients"), bytes_text(needed.gradients), self.tr("One number for each trained parameter")),
            (self.tr("optimizer"), bytes_text(needed.optimizer), self.tr("What it remembers from step to step")),
            (self.tr("outputs"), bytes_text(samples), passing),
        ]  # fmt: skip

    def _fit(self, needed: Memory, batch: int) -> str:
        available = int(_available() * GIGABYTE)
        most = needed.largest_batch(available)
        if needed.training(1) > available:
            return self.tr("no batch: one sample needs {0}").format(bytes_text(needed.training(1)))
        if not needed.kept + needed.flowing:
            return self.tr("any batch")
        if batch > most:
            return self.tr("not this batch: up to {0}").format(f"{most:,}")
        return self.tr("a batch of up to {0}").format(f"{most:,}")


def _optimizer(training: Training) -> Optimizer:
    assert isinstance(training.optimizer, Optimizer)
    return training.optimizer


def _available() -> float:
    """Gigabytes of the machine, as they were given last."""
    kept = account_settings().value(KEPT, USUAL)
    try:
        return max(float(kept), 0.0) if isinstance(kept, str | int | float) else USUAL
    except ValueError:
        return USUAL
