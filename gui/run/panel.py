"""The run: a forward pass on random or real rows, and what came of it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from engine.catalogue import DATASETS
from engine.catalogue.datasets import RandomInput
from engine.design.error import DesignError
from engine.design.project import SetData, SetForward
from engine.files.document import to_document
from engine.worker.protocol import Forward
from gui import theme
from gui.asking import Ask, Ticket
from gui.document import State
from gui.inspector.entry_form import EntryForm
from gui.run.forward import ForwardValues, forward_in
from gui.run.layers_page import LayersPage
from gui.run.output_page import OutputPage
from gui.run.parameters_page import ParametersPage
from gui.widgets.choice import Choice
from gui.widgets.fields import IntegerField, Switch
from gui.widgets.form import Form
from gui.widgets.options import Option
from gui.widgets.pieces import EmptyState, plain_label, push_button

FORM_WIDTH = 262
LIVE_PARAMETERS = 2_000_000
"""Up to this size a pass runs again by itself after every edit: it takes a few milliseconds."""


class RunPanel(QWidget):
    """Chooses the rows on the left; output, layers and parameters on the right."""

    wished = Signal(object)
    sealed = Signal()
    commanded = Signal(str)
    forwarded = Signal(object)
    """A ForwardValues, or None when the last one no longer holds."""

    def __init__(self, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._ask = ask
        self._state: State | None = None
        self._values: ForwardValues | None = None
        self._ticket: Ticket | None = None
        self._has_run = False
        self.output, self.layers, self.parameters = OutputPage(), LayersPage(), ParametersPage(ask)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self.tabs.setAccessibleName(self.tr("Results of the run"))
        self._pages = QStackedWidget()
        self._nothing = EmptyState(
            "player-play", self.tr("Nothing has run yet"),
            self.tr("Run the network forward on random or real rows to see what every layer gives."),
            self.tr("Run forward"),
        )  # fmt: skip
        self._nothing.acted.connect(lambda: self.commanded.emit("run.forward"))
        for title, page in (
            (self.tr("Output"), self.output),
            (self.tr("Layers"), self.layers),
            (self.tr("Parameters"), self.parameters),
        ):
            self.tabs.addTab(title)
            self._pages.addWidget(page)
        self._pages.addWidget(self._nothing)
        self.tabs.currentChanged.connect(self._show_page)
        self._caption = plain_label("", "muted")
        head = QHBoxLayout()
        head.setContentsMargins(theme.MEDIUM, 0, theme.WIDE, 0)
        head.addWidget(self.tabs)
        head.addStretch(1)
        head.addWidget(self._caption)
        row = QHBoxLayout()
        row.setContentsMargins(theme.WIDE, theme.MEDIUM, theme.WIDE, theme.MEDIUM)
        row.setSpacing(theme.WIDE)
        row.addWidget(self._form())
        row.addWidget(self._pages, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(row, 1)
        self.setMinimumHeight(210)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(120)
        self._again.timeout.connect(self.forward)
        self._show_page()

    def _form(self) -> QWidget:
        self._set = Choice()
        self._set.set_options(
            [Option(key, each.title(), each.sentence()) for key, each in DATASETS.items()]
        )
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
        self._live = Switch()
        self._live.set_value(True)
        form = Form()
        form.add_row(self.tr("rows from"), self._set, self.tr("Random numbers, a shipped data set, or a file."),
                     mono=False)  # fmt: skip
        form.add_row(
            self.tr("batch"), self._batch, self.tr("How many rows go through at once."), mono=False
        )
        form.add_row(self.tr("seed"), self._seed, self.tr("Start of the random numbers for weights and rows."),
                     mono=False)  # fmt: skip
        form.add_row(self.tr("follow edits"), self._live,
                     self.tr("Run again after every edit, up to two million parameters."), mono=False)  # fmt: skip
        dice = push_button(self.tr("New weights"))
        dice.setIcon(theme.icon("dice-5", "text"))
        dice.setToolTip(self.tr("Take the next seed (Ctrl+R)"))
        dice.clicked.connect(lambda: self.commanded.emit("run.redraw"))
        holder = QWidget()
        holder.setFixedWidth(FORM_WIDTH)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.TIGHT)
        column.addWidget(form)
        column.addWidget(self._fields)
        column.addSpacing(theme.TIGHT)
        column.addWidget(dice, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        return holder

    # --- showing -------------------------------------------------------------------------------------------------

    def show_state(self, old: State | None, new: State) -> None:
        self._state = new
        project = new.project
        if (
            old is None
            or old.project.data is not project.data
            or old.project.forward is not project.forward
        ):
            entry = project.data.set
            self._set.set_current(entry.key())
            random = (entry,) if isinstance(entry, RandomInput) else ()
            self._fields.show_entries(random, type(entry))
            self._batch.set_value(project.forward.batch_size)
            self._seed.set_value(project.forward.seed)
        if old is not None and old.path == new.path and self._same_run(old, new):
            return
        if old is not None and not _related(old, new):
            self._forget()
        self.parameters.show_state(new)
        if self._has_run:
            self._follow(new)

    def _same_run(self, old: State, new: State) -> bool:
        """Whether nothing changed that a forward pass depends on."""
        a, b = old.project, new.project
        return a.network is b.network and a.data is b.data and a.forward is b.forward

    def _follow(self, state: State) -> None:
        """Run again soon, or say that what is shown is of an earlier design."""
        can = state.analysis.valid and bool(state.network.body.nodes)
        if can and self._live.value() and state.analysis.totals.parameters <= LIVE_PARAMETERS:
            self._again.start()
            return
        self._again.stop()
        self._caption.setText(self.tr("of an earlier design · run again to renew"))
        self.forwarded.emit(None)

    def _forget(self) -> None:
        """Another project: nothing has run."""
        self._has_run, self._values = False, None
        self._again.stop()
        self._caption.setText("")
        self.forwarded.emit(None)
        self._show_page()

    def _show_page(self, _: int = 0) -> None:
        page = (self.output, self.layers, self.parameters)[self.tabs.currentIndex()]
        shown = page if self._values is not None or page is self.parameters else self._nothing
        self._pages.setCurrentWidget(shown)
        if self._values is not None and not isinstance(page, ParametersPage):
            page.show_values(self._values)

    # --- running -------------------------------------------------------------------------------------------------

    def forward(self) -> None:
        """Ask for a forward pass of the present project; what came of it is shown when it is there."""
        state = self._state
        if state is None or not state.analysis.valid or not state.network.body.nodes:
            return
        if self._ticket is not None:
            self._ticket.cancel()
        project = state.project
        request = Forward(
            project=to_document(project),
            batch_size=project.forward.batch_size,
            seed=project.forward.seed,
        )
        self._has_run = True
        if self._values is None:
            self._caption.setText(self.tr("running…"))
        self._ticket = self._ask(
            request,
            lambda result: self._show_result(forward_in(result, project)),
            self._show_failure,
            "forward",
        )

    def _show_result(self, values: ForwardValues) -> None:
        self._ticket = None
        self._values = values
        took = (
            f"{1000 * values.seconds:.0f} ms" if values.seconds < 1 else f"{values.seconds:.1f} s"
        )
        self._caption.setText(f"{values.where_from} · {took}")
        self._show_page()
        self.forwarded.emit(values)

    def _show_failure(self, sentence: str) -> None:
        self._ticket = None
        self._values = None
        self._caption.setText("")
        self._nothing.show_state(self.tr("It could not be run"), sentence, self.tr("Run forward"))
        self._show_page()
        self.forwarded.emit(None)

    # --- wishes --------------------------------------------------------------------------------------------------

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


def _related(old: State, new: State) -> bool:
    """Whether a state is a step from another and not another project."""
    return old.path == new.path and (
        new.history.step.before is not None or new.history is old.history or bool(new.history.undone)
        or old.history.step is new.history.step
    )  # fmt: skip
