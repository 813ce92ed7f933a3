"""What a forward pass starts from: the rows, how many, the seed, and whether it follows edits."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.catalogue import DATASETS
from engine.catalogue.datasets import RandomInput
from engine.design.error import DesignError
from engine.design.project import SetData, SetForward
from engine.design.value import replace
from gui import theme
from gui.document import State
from gui.inspector.entry_form import EntryForm
from gui.widgets.choice import Choice
from gui.widgets.fields import IntegerField, Switch
from gui.widgets.form import Form
from gui.widgets.options import entry_options
from gui.widgets.pieces import push_button

WIDTH = 262


class RunForm(QWidget):
    """Shows and edits the project's data set, batch and seed."""

    wished = Signal(object)
    sealed = Signal()
    redraw_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: State | None = None
        self.setFixedWidth(WIDTH)
        self._set = Choice()
        self._set.set_options(entry_options(DATASETS))
        self._set.chosen.connect(self._choose_set)
        self._fields = EntryForm()
        self._fields.edited.connect(self._edit_field)
        self._fields.finished.connect(self.sealed)
        self._batch = IntegerField(1, 100_000)
        self._batch.edited.connect(self._wish_batch)
        self._batch.finished.connect(self.sealed)
        self._seed = IntegerField(0, 2**31 - 1)
        self._seed.edited.connect(self._wish_seed)
        self._seed.finished.connect(self.sealed)
        self._follows = Switch()
        self._follows.set_value(True)
        form = Form()
        form.add_row(self.tr("rows from"), self._set, self.tr("Random numbers, a shipped data set, or a file."),
                     mono=False)  # fmt: skip
        form.add_row(
            self.tr("batch"), self._batch, self.tr("How many rows go through at once."), mono=False
        )
        form.add_row(self.tr("seed"), self._seed, self.tr("Start of the random numbers for weights and rows."),
                     mono=False)  # fmt: skip
        form.add_row(self.tr("follow edits"), self._follows,
                     self.tr("Run again after every edit, up to two million parameters."), mono=False)  # fmt: skip
        dice = push_button(self.tr("New weights"))
        dice.setIcon(theme.icon("dice-5", "text"))
        dice.setToolTip(self.tr("Take the next seed (Ctrl+R)"))
        dice.clicked.connect(lambda: self.redraw_wished.emit())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.TIGHT)
        column.addWidget(form)
        column.addWidget(self._fields)
        column.addSpacing(theme.TIGHT)
        column.addWidget(dice, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)

    @property
    def follows(self) -> bool:
        """Whether a pass is to follow every edit."""
        return self._follows.value()

    def show_state(self, old: State | None, new: State) -> None:
        self._state = new
        project = new.project
        if (
            old is not None
            and old.project.data is project.data
            and old.project.forward is project.forward
        ):
            return
        entry = project.data.set
        self._set.set_current(entry.key())
        self._fields.show_entries((entry,) if isinstance(entry, RandomInput) else (), type(entry))
        self._batch.set_value(project.forward.batch_size)
        self._seed.set_value(project.forward.seed)

    def _choose_set(self, key: str) -> None:
        if self._state is not None:
            self.sealed.emit()
            self.wished.emit(SetData(replace(self._state.project.data, set=DATASETS[key]())))

    def _edit_field(self, name: str, value: object) -> None:
        if self._state is None:
            return
        data = self._state.project.data
        try:
            self.wished.emit(SetData(replace(data, set=data.set.with_fields(**{name: value}))))
        except DesignError:
            return

    def _wish_batch(self, rows: int) -> None:
        if self._state is not None:
            self.wished.emit(SetForward(replace(self._state.project.forward, batch_size=rows)))

    def _wish_seed(self, seed: int) -> None:
        if self._state is not None:
            self.wished.emit(SetForward(replace(self._state.project.forward, seed=seed)))
