"""The run: training and its curves, a forward pass on random or real rows, and what came of either."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from engine.files.document import to_document
from gui import theme
from gui.asking import Ask, Ticket
from gui.document import NO_RUN, State
from gui.run.form import RunForm
from gui.run.progress import TrainingProgress
from gui.run.recipe import RecipeForm
from gui.run.trainer import Trainer
from gui.widgets.pieces import EmptyState, plain_label

if TYPE_CHECKING:
    from engine.design.project import Project
    from engine.worker.protocol import Result
    from gui.run.forward import ForwardValues

TRAINING, HEALTH, RUNS, OUTPUT, LAYERS, PARAMETERS = range(6)
"""Tabs of the panel."""

OF_TRAINING = (TRAINING, HEALTH, RUNS)

FOLLOWED_PARAMETERS = 2_000_000
"""Up to this size a pass runs again by itself after every edit: it takes a few milliseconds."""


class Page(Protocol):
    """One way to look at what a pass gave."""

    def show_run(self, state: State, values: ForwardValues | None) -> None: ...


class RunPanel(QWidget):
    """Chooses the rows on the left; output, layers and parameters on the right, pages being made when first seen."""

    wished = Signal(object)
    sealed = Signal()
    commanded = Signal(str)
    forwarded = Signal(object)
    """A ForwardValues, or None when the last one no longer holds."""

    def __init__(self, ask: Ask, trainer: Trainer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumHeight(210)
        self._ask = ask
        self._trainer = trainer
        self._state: State | None = None
        self._values: ForwardValues | None = None
        self._ticket: Ticket | None = None
        self._has_run = False
        self._made: dict[int, Page] = {}
        self._of_training: dict[int, QWidget] = {}
        self.recipe = RecipeForm()
        self.recipe.wished.connect(self.wished)
        self.recipe.sealed.connect(self.sealed)
        self.form = RunForm()
        self.form.wished.connect(self.wished)
        self.form.sealed.connect(self.sealed)
        self.form.redraw_wished.connect(lambda: self.commanded.emit("run.redraw"))
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self.tabs.setAccessibleName(self.tr("Results of the run"))
        for title in (
            self.tr("Training"),
            self.tr("Health"),
            self.tr("Runs"),
            self.tr("Output"),
            self.tr("Layers"),
            self.tr("Parameters"),
        ):
            self.tabs.addTab(title)
        self._untrained = EmptyState("chart-line", "", "")
        self._untrained.acted.connect(lambda: self.commanded.emit("run.train"))
        self._nothing = EmptyState(
            "player-play", self.tr("Nothing has run yet"),
            self.tr("Run forward shows what every layer gives for these rows."),
        )  # fmt: skip
        self._nothing.acted.connect(lambda: self.commanded.emit("run.forward"))
        self._pages = QStackedWidget()
        # So that coming to a wide page never pushes the columns beside it.
        self._pages.setMinimumWidth(360)
        self._pages.addWidget(self._untrained)
        self._pages.addWidget(self._nothing)
        self.tabs.currentChanged.connect(self._show_page)
        self._caption = plain_label("", "muted")
        self._progress = TrainingProgress(trainer)
        head = QHBoxLayout()
        head.setContentsMargins(theme.MEDIUM, 0, theme.WIDE, 0)
        head.addWidget(self.tabs)
        head.addStretch(1)
        head.addWidget(self._caption)
        head.addWidget(self._progress.caption)
        row = QHBoxLayout()
        row.setContentsMargins(theme.WIDE, theme.MEDIUM, theme.WIDE, theme.MEDIUM)
        row.setSpacing(theme.WIDE)
        self._forms = QStackedWidget()
        for form in (self.recipe, self.form):
            self._forms.addWidget(_scrolled(form))
        self._forms.setFixedWidth(self.form.width() + theme.MEDIUM)
        row.addWidget(self._forms)
        row.addWidget(self._pages, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._progress)
        column.addLayout(row, 1)
        self._again = QTimer(self, interval=120, singleShot=True)
        self._again.timeout.connect(self.forward)
        self._show_page()

    # --- showing -------------------------------------------------------------------------------------------------

    def show_state(self, old: State | None, new: State) -> None:
        self._state = new
        self.form.show_state(old, new)
        self.recipe.show_state(old, new)
        self._progress.show_state(new)
        if old is not None and old.document is not new.document:
            self._forget()
        elif old is not None and not _same_run(old.project, new.project) and self._has_run:
            self._follow(new)
        if self._is_parameters() or old is None or _other_page(old, new):
            self._show_page()

    def _follow(self, state: State) -> None:
        """Run again soon, or say that what is shown is of an earlier design."""
        can = state.analysis.valid and bool(state.network.body.nodes)
        if can and self.form.follows and state.analysis.totals.parameters <= FOLLOWED_PARAMETERS:
            self._again.start()
            return
        self._again.stop()
        self._caption.setText(self.tr("of an earlier design · run again to renew"))
        self.forwarded.emit(None)

    def _forget(self) -> None:
        """Another project: nothing has run."""
        self._has_run, self._values = False, None
        self._again.stop()
        if self._ticket is not None:
            self._ticket.cancel()
        self._caption.setText("")
        self._nothing.show_state(
            self.tr("Nothing has run yet"),
            self.tr("Run forward shows what every layer gives for these rows."),
        )
        self.forwarded.emit(None)
        self._show_page()

    def _is_parameters(self) -> bool:
        return self.tabs.currentIndex() == PARAMETERS

    def show_training(self) -> None:
        """Bring a page of the training to the front."""
        if self.tabs.currentIndex() not in OF_TRAINING:
            self.tabs.setCurrentIndex(TRAINING)

    def show_forward(self) -> None:
        """Bring a page of the forward pass to the front."""
        if self.tabs.currentIndex() in OF_TRAINING:
            self.tabs.setCurrentIndex(OUTPUT)

    def _show_page(self, _: int = 0) -> None:
        index = self.tabs.currentIndex()
        is_training = index in OF_TRAINING
        self._forms.setCurrentIndex(0 if is_training else 1)
        self._caption.setVisible(not is_training)
        self._progress.caption.setVisible(is_training)
        if is_training:
            self._show_training_page(index)
        elif self._state is None or (self._values is None and not self._is_parameters()):
            self._pages.setCurrentWidget(self._nothing)
        else:
            if index not in self._made:
                self._made[index] = page = _page(index, self._ask)
                self._pages.addWidget(page)
            page = self._made[index]
            assert isinstance(page, QWidget)
            self._pages.setCurrentWidget(page)
            self._made[index].show_run(self._state, self._values)

    def _show_training_page(self, index: int) -> None:
        """A page of the run, or why there is none."""
        run = self._state.run if self._state is not None else NO_RUN
        if run.folder is None and index != RUNS:
            if self._state is not None and not self._state.analysis.valid:
                self._untrained.show_state(
                    self.tr("Nothing is trained yet"),
                    self.tr("The design has a fault; mend it first, its layer says how."),
                )
            elif run.sentence:
                self._untrained.show_state(
                    self.tr("It could not be trained"), run.sentence, self.tr("Train")
                )
            else:
                self._untrained.show_state(
                    self.tr("Nothing is trained yet"),
                    self.tr("Train shows here how the loss falls and what the network learns."),
                    self.tr("Train"),
                )
            self._pages.setCurrentWidget(self._untrained)
            return
        if index not in self._of_training:
            self._of_training[index] = page = _training_page(index, self._trainer)
            self._pages.addWidget(page)
        self._pages.setCurrentWidget(self._of_training[index])

    # --- running -------------------------------------------------------------------------------------------------

    def forward(self) -> None:
        """Ask for a forward pass of the present project; what came of it is shown when it is there."""
        from engine.worker.protocol import Forward

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
            request, partial(self._show_result, project), self._show_failure, "forward"
        )

    def _show_result(self, project: Project, result: Result) -> None:
        from gui.run.forward import forward_in

        self._ticket = None
        self._values = values = forward_in(result, project)
        took = (
            f"{1000 * values.seconds:.1f} ms" if values.seconds < 1 else f"{values.seconds:.1f} s"
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


def _scrolled(form: QWidget) -> QScrollArea:
    """The form, its lower fields within reach however low the panel is."""
    area = QScrollArea()
    area.setWidget(form)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setFixedWidth(form.width() + theme.MEDIUM)
    return area


def _page(index: int, ask: Ask) -> Any:
    """The page of a tab; imported here, because pages need numpy and plots."""
    match index:
        case 3:  # OUTPUT
            from gui.run.output_page import OutputPage

            return OutputPage()
        case 4:  # LAYERS
            from gui.run.layers_page import LayersPage

            return LayersPage()
        case _:
            from gui.run.parameters_page import ParametersPage

            return ParametersPage(ask)


def _training_page(index: int, trainer: Trainer) -> QWidget:
    """The page of a tab that shows the run."""
    if index == TRAINING:
        from gui.run.training_page import TrainingPage

        return TrainingPage(trainer)
    if index == HEALTH:
        from gui.run.health_page import HealthPage

        return HealthPage(trainer)
    from gui.run.runs_page import RunsPage

    return RunsPage(trainer)


def _other_page(old: State, new: State) -> bool:
    """Whether there may be something else to show of the training."""
    return old.run is not new.run or old.analysis.valid != new.analysis.valid


def _same_run(a: Project, b: Project) -> bool:
    """Whether nothing changed that a forward pass depends on."""
    return a.network is b.network and a.data is b.data and a.forward is b.forward
