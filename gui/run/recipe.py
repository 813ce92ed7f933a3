"""The recipe of a training: data, loss, optimizer and how long, and below all that they can be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.catalogue import DATASETS, LOSSES, OPTIMIZERS, SCHEDULERS
from engine.catalogue.optimizers import LARGEST, LR
from engine.design.error import DesignError
from engine.design.knob import Entry
from engine.design.project import PRECISIONS, TRAINING_RANGES, SetData, SetTraining
from engine.design.value import replace
from gui import theme
from gui.document import State
from gui.inspector.entry_form import EntryForm
from gui.run.form import WIDTH
from gui.widgets.choice import Choice
from gui.widgets.fields import IntegerField, RealField, number_field
from gui.widgets.form import Form
from gui.widgets.options import Option, entry_options
from gui.widgets.pieces import plain_label

PARTS: Mapping[str, Mapping[str, type[Entry]]] = {
    "loss": LOSSES, "optimizer": OPTIMIZERS, "scheduler": SCHEDULERS,
}  # fmt: skip
"""The fields of a recipe that are entries, and what each may be."""


class RecipeForm(QWidget):
    """Shows and edits how the project is trained."""

    wished = Signal(object)
    sealed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: State | None = None
        self.setFixedWidth(WIDTH)
        self._set = _choice(DATASETS, self._choose_set)
        self._choices = {
            name: _choice(table, partial(self._choose, name)) for name, table in PARTS.items()
        }
        self._rate = RealField(0.0, LARGEST)
        self._rate.edited.connect(self._wish_rate)
        self._batch = IntegerField(1, 1_000_000)
        self._batch.edited.connect(partial(self._wish, "batch_size"))
        self._epochs = IntegerField(1, 1_000_000)
        self._epochs.edited.connect(partial(self._wish, "epochs"))
        self._seed = IntegerField(0, 2**31 - 1)
        self._seed.edited.connect(partial(self._wish, "seed"))
        ranges = TRAINING_RANGES
        self._clip = number_field(ranges["clip_norm"])
        self._clip.edited.connect(partial(self._wish, "clip_norm"))
        self._patience = number_field(ranges["patience"])
        self._patience.edited.connect(partial(self._wish, "patience"))
        self._minutes = number_field(ranges["minutes"])
        self._minutes.edited.connect(partial(self._wish, "minutes"))
        self._precision = Choice()
        self._precision.set_options([Option(each, each) for each in PRECISIONS])
        self._precision.chosen.connect(partial(self._wish, "precision"))
        form = Form()
        rows: tuple[tuple[str, QWidget, str], ...] = (
            (self.tr("data"), self._set, self.tr("The rows that are learnt from.")),
            (self.tr("loss"), self._choices["loss"], self.tr("What training makes small.")),
            (self.tr("optimizer"), self._choices["optimizer"], self.tr("How a gradient becomes a step.")),
            (self.tr("learning rate"), self._rate, LR),
            (self.tr("batch"), self._batch, self.tr("Rows that one step looks at.")),
            (self.tr("epochs"), self._epochs, self.tr("How many times all rows that train are gone through.")),
            (self.tr("schedule"), self._choices["scheduler"], self.tr("How the learning rate changes on the way.")),
            (self.tr("stop early"), self._patience,
             self.tr("Epochs without a lower validation loss after which it ends; 0 never ends it early.")),
            (self.tr("minutes"), self._minutes, self.tr("Of training after which it ends; 0 is no limit.")),
            (self.tr("clip gradients"), self._clip,
             self.tr("Longer gradients, of all weights together, are shortened to it; 0 leaves them.")),
            (self.tr("precision"), self._precision, self.tr("Of weights and products: bfloat16 has 3 digits.")),
            (self.tr("seed"), self._seed, self.tr("Start of the random numbers: weights, order of rows, dropout.")),
        )  # fmt: skip
        for name, field, help in rows:
            form.add_row(name, field, help, mono=False)
        for field in (
            self._rate,
            self._batch,
            self._epochs,
            self._patience,
            self._minutes,
            self._clip,
            self._seed,
        ):
            field.finished.connect(self.sealed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.TIGHT)
        column.addWidget(form)
        self._more = {name: _More(partial(self._edit, name), self.sealed.emit) for name in PARTS}
        for more in self._more.values():
            column.addWidget(more)
        column.addStretch(1)

    def show_state(self, old: State | None, new: State) -> None:
        self._state = new
        project = new.project
        if (
            old is not None
            and old.project.data is project.data
            and old.project.training is project.training
        ):
            return
        training = project.training
        self._set.set_current(project.data.set.key())
        for name, choice in self._choices.items():
            entry: Entry = getattr(training, name)
            choice.set_current(entry.key())
            self._more[name].show_entry(entry)
        self._rate.set_value(training.optimizer.values()["lr"])
        self._batch.set_value(training.batch_size)
        self._epochs.set_value(training.epochs)
        self._seed.set_value(training.seed)
        self._patience.set_value(training.patience)
        self._minutes.set_value(training.minutes)
        self._clip.set_value(training.clip_norm)
        self._precision.set_current(training.precision)

    # --- wishes --------------------------------------------------------------------------------------------------

    def _choose_set(self, key: str) -> None:
        if self._state is not None:
            self.sealed.emit()
            self.wished.emit(SetData(replace(self._state.project.data, set=DATASETS[key]())))

    def _choose(self, name: str, key: str) -> None:
        self.sealed.emit()
        self._wish(name, PARTS[name][key]())

    def _edit(self, name: str, field: str, value: object) -> None:
        if self._state is None:
            return
        entry: Entry = getattr(self._state.project.training, name)
        try:
            self._wish(name, entry.with_fields(**{field: value}))
        except DesignError:
            return

    def _wish_rate(self, rate: float) -> None:
        self._edit("optimizer", "lr", rate)

    def _wish(self, name: str, value: object) -> None:
        if self._state is not None:
            self.wished.emit(SetTraining(replace(self._state.project.training, **{name: value})))


class _More(QWidget):
    """What else an entry can be told, under its name; nothing where there is nothing."""

    def __init__(self, edit: Callable[[str, object], None], finish: Callable[[], None]) -> None:
        super().__init__()
        self._title = plain_label("", "caption")
        self._fields = EntryForm()
        self._fields.edited.connect(edit)
        self._fields.finished.connect(finish)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.NARROW, 0, 0)
        column.setSpacing(theme.TIGHT)
        column.addWidget(self._title)
        column.addWidget(self._fields)

    def show_entry(self, entry: Entry) -> None:
        names = [knob.name for knob in entry.knobs if knob.name != "lr"]
        self._title.setText(entry.title())
        self._fields.show_entries((entry,), type(entry), names)
        self.setVisible(bool(names))


def _choice(table: Mapping[str, type[Any]], chosen: Callable[[str], None]) -> Choice:
    choice = Choice()
    choice.set_options(entry_options(table))
    choice.chosen.connect(chosen)
    return choice
