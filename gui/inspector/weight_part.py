"""The tensors of one layer: what fills each of them, and what that gives."""

from __future__ import annotations

from math import prod

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from engine.catalogue import INITIALIZERS
from engine.design.edit import SetFrozen, SetInitializer
from engine.design.kind import Activation, Initializer
from engine.design.project import Project, SetForward
from engine.design.tree import Layer
from engine.design.value import replace
from engine.views.facts import NodeFacts, Weight
from gui import theme
from gui.document import State
from gui.inspector.entry_form import EntryForm
from gui.inspector.facts_part import memory
from gui.inspector.help_text import HelpText
from gui.inspector.section import Section
from gui.inspector.segments import Segments
from gui.inspector.voice import Voice
from gui.inspector.weight_card import WeightCard
from gui.inspector.weight_draws import Wanted, WeightDraws, wanted_alone
from gui.learn.choices import NONE, initializer_options
from gui.learn.law import LARGEST_DRAWN, default_law, law_of
from gui.stack.thumbnails import initializer_thumbnail
from gui.widgets.choice import Choice
from gui.widgets.fields import IntegerField, Switch
from gui.widgets.form import Form
from gui.widgets.options import Option
from gui.widgets.pieces import plain_label

_SEED = 2**63 - 1


class WeightPart(Section):
    """Chooses the initializer of each tensor of a layer and shows what it draws."""

    def __init__(self, voice: Voice, parent: QWidget | None = None) -> None:
        super().__init__("weights", self.tr("Weights"), parent)
        self._voice = voice
        self._layer: Layer | None = None
        self._facts: NodeFacts | None = None
        self._project: Project | None = None
        self._prefix = ""
        self._showing: object = None
        self._draws = WeightDraws(voice, self)
        self._draws.said.connect(self._say)
        self._valid = True
        self._tensors = Segments(self.tr("Tensor"), mono=True)
        self._tensors.chosen.connect(self._show_tensor)
        self._choice = Choice()
        self._choice.chosen.connect(self._choose)
        self._choice.highlighted.connect(self._preview)
        # What was chosen comes after the closing: the law of before is not drawn between.
        self._choice.closed.connect(self._show_law, Qt.ConnectionType.QueuedConnection)
        self._offered: tuple[Option, ...] = ()
        self._form = Form()
        self._form.add_row(self.tr("initializer"), self._choice,
                           self.tr("What the tensor is filled with before training"),
                           mono=False)  # fmt: skip
        self._arguments = EntryForm()
        self._arguments.edited.connect(self._set_argument)
        self._arguments.finished.connect(voice.seal)
        self._refusal = plain_label(role="fault", wrap=True)
        self._card = WeightCard()
        self._draws.drawn.connect(self._card.show_drawing)
        self._state = plain_label(role="caption", wrap=True)
        self._state.hide()
        self._seed = IntegerField(0, _SEED)
        self._help = HelpText()
        self._frozen = Switch()
        self._frozen.edited.connect(self._set_frozen)
        self._frozen_form = Form()
        self._frozen_form.add_row(self.tr("frozen"), self._frozen,
                                  self.tr("Training leaves the weights of this layer alone"),
                                  mono=False)  # fmt: skip
        self._bottom_row = self._bottom()
        self._below = (self._refusal, self._card, self._bottom_row, self._help)
        self.body.addWidget(self._tensors)
        self.add_tight(self._form, self._arguments, self._refusal)
        for widget in (self._state, self._card, self._bottom_row, self._help, self._frozen_form):
            self.body.addWidget(widget)
        self.heading.toggled.connect(self._want)

    def _bottom(self) -> QWidget:
        """Histogram or matrix, the seed, and the next draw."""
        views = Segments(self.tr("View"))
        views.set_choices((("histogram", self.tr("histogram")), ("matrix", self.tr("matrix"))))
        views.chosen.connect(self._show_view)
        self._seed.setAccessibleName(self.tr("Seed"))
        self._seed.setToolTip(self.tr("The same seed draws the same weights again"))
        self._seed.setFixedWidth(64)
        self._seed.edited.connect(self._set_seed)
        self._seed.finished.connect(self._voice.seal)
        again = QPushButton()
        again.setIcon(theme.icon("dice-5", "text"))
        again.setFixedSize(34, theme.CONTROL_HEIGHT)
        again.setAutoDefault(False)
        again.setAccessibleName(self.tr("Draw again"))
        again.setToolTip(self.tr("Draw again, with the next seed"))
        again.setStyleSheet("padding: 0")
        again.clicked.connect(lambda: self._set_seed(min((self._seed.value() or 0) + 1, _SEED)))
        self._again = again
        theme.changed.connect(self._recolour)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.TIGHT + 2)
        row.addWidget(views, 1)
        label = plain_label(self.tr("seed"), "muted")
        label.setBuddy(self._seed)
        for widget in (label, self._seed, again):
            row.addWidget(widget)
        return holder

    def _show_view(self, key: str) -> None:
        self._card.show_as_matrix(key == "matrix")

    def _recolour(self) -> None:
        self._again.setIcon(theme.icon("dice-5", "text"))

    # --- what is shown -------------------------------------------------------------------------

    def show_layer(self, layer: Layer, facts: NodeFacts, path: str, state: State) -> None:
        """Show the tensors of a layer whose path in the `state_dict` is `path`."""
        before, self._project = self._project, state.project
        self._layer, self._facts, self._valid = layer, facts, state.analysis.valid
        shown = (layer.id, layer.frozen, layer.kind, layer.initializers, facts.weights, facts.input, facts.fault,
                 path, state.project.forward.seed, _mattering(layer, facts))  # fmt: skip
        if shown == self._showing:
            if before is None or before.network is not state.network:
                self._want()
            return
        self._showing = shown
        self._prefix = path[: len(path) - len(layer.name)] if layer.name else f"{path}."
        self._seed.set_value(state.project.forward.seed)
        self._frozen.set_value(layer.frozen)
        self._frozen_form.setVisible(bool(facts.weights) or layer.frozen)
        weights = facts.weights
        self.set_caption(self._amount(facts))
        before = self._tensors.current()
        self._tensors.set_choices([(weight.tensor, weight.tensor) for weight in weights])
        if any(weight.tensor == before for weight in weights):
            self._tensors.set_current(before)
        self._show_tensor()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._want()

    def _amount(self, facts: NodeFacts) -> str:
        count = facts.totals.parameters
        return self.tr("{0} parameters").format(f"{count:,}") if count else ""

    def _weight(self) -> Weight | None:
        weights = self._facts.weights if self._facts is not None else ()
        chosen = self._tensors.current()
        return next((weight for weight in weights if weight.tensor == chosen), None)

    def _show_tensor(self) -> None:
        layer, facts, weight = self._layer, self._facts, self._weight()
        if layer is None or facts is None:
            return
        self._form.setVisible(weight is not None)
        self._tensors.setVisible(weight is not None and len(facts.weights) > 1)
        if weight is None:
            for widget in (self._arguments, *self._below):
                widget.hide()
            self._draws.want_nothing(self._why_nothing(facts))
            return
        chosen = layer.initializer(weight.tensor)
        default = default_law(layer, weight, facts.input)
        offered = initializer_options((weight.shape,), default.sentence)
        if offered is not self._offered:
            self._offered = offered
            self._choice.set_options(offered, initializer_thumbnail)
        self._choice.set_current(NONE if chosen is None else chosen.key())
        self._choice.setAccessibleName(self.tr("Initializer of {0}").format(weight.tensor))
        self._arguments.show_entries(
            () if chosen is None else (chosen,), (layer.id, weight.tensor, type(chosen))
        )
        self._show_law()
        self._want()

    def _why_nothing(self, facts: NodeFacts) -> str:
        if facts.input is None:
            return self.tr(
                "What this layer holds is known as soon as the fault before it is mended."
            )
        if facts.fault is not None:
            return self.tr("What this layer holds is known as soon as its fault is mended.")
        return self.tr("This layer has no weights.")

    def _show_law(self) -> None:
        layer, facts, weight = self._layer, self._facts, self._weight()
        if layer is None or facts is None or weight is None:
            return
        law = law_of(layer, weight, facts.input)
        self._refusal.setText(law.refusal)
        self._refusal.setVisible(bool(law.refusal))
        chosen = type(law.initializer) if law.initializer is not None else None
        self._help.show_entry(chosen, law.sentence)
        self._card.setVisible(not law.refusal)
        self._bottom_row.setVisible(not law.refusal)
        self._card.show_tensor(layer.id, weight.tensor, weight.shape, law)

    def _preview(self, key: str) -> None:
        """Show the law of what the list points at, until it closes."""
        layer, facts, weight = self._layer, self._facts, self._weight()
        if layer is None or facts is None or weight is None:
            return
        chosen = INITIALIZERS[key]() if key in INITIALIZERS else None
        others = tuple(pair for pair in layer.initializers if pair[0] != weight.tensor)
        if chosen is not None:
            others = (*others, (weight.tensor, chosen))
        law = law_of(replace(layer, initializers=others), weight, facts.input)
        self._card.show_tensor(layer.id, weight.tensor, weight.shape, law)

    # --- what is wished ------------------------------------------------------------------------

    def _choose(self, key: str) -> None:
        self._voice.seal()
        self._wish(INITIALIZERS[key]() if key in INITIALIZERS else None)
        self._voice.seal()

    def _set_argument(self, name: str, value: object) -> None:
        weight = self._weight()
        if self._layer is None or weight is None:
            return
        chosen = self._layer.initializer(weight.tensor)
        if chosen is not None:
            self._wish(chosen.with_fields(**{name: value}))

    def _wish(self, initializer: Initializer | None) -> None:
        weight = self._weight()
        if self._layer is not None and weight is not None:
            self._voice.wish(SetInitializer((self._layer.id,), weight.tensor, initializer))

    def _set_frozen(self, frozen: bool) -> None:
        if self._layer is not None:
            self._voice.wish(SetFrozen((self._layer.id,), frozen))

    def _set_seed(self, seed: int) -> None:
        if self._project is not None:
            self._voice.wish(SetForward(replace(self._project.forward, seed=seed)))

    # --- what is drawn -------------------------------------------------------------------------

    def _want(self) -> None:
        """Draw what is shown now, where it can be drawn."""
        facts, weight, project = self._facts, self._weight(), self._project
        if self._layer is None or facts is None or project is None or not self._card.isVisible():
            return
        if weight is None or facts.input is None or facts.fault is not None:
            self._draws.want_nothing("")
        elif prod(weight.shape) > LARGEST_DRAWN:
            said = self.tr("These weights take {0}, so only theory is shown.")
            self._draws.want_nothing(said.format(memory(prod(weight.shape))))
        elif self._valid:
            path = self._prefix + weight.path
            self._draws.want(project, Wanted(project.network, path, project.forward.seed))
        else:
            seed = project.forward.seed
            self._draws.want(project, wanted_alone(self._layer, weight, facts.input, seed))

    def _say(self, sentence: str) -> None:
        self._state.setText(sentence)
        self._state.setVisible(bool(sentence))


def _mattering(layer: Layer, facts: NodeFacts) -> Activation | None:
    """The activation where it has tensors of its own, which follow from its arguments."""
    own = any(weight.tensor.startswith("activation.") for weight in facts.weights)
    return layer.activation if own else None
