"""Several things at once: what they have in common is set for all of them together."""

from __future__ import annotations

from collections import Counter
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.catalogue import INITIALIZERS
from engine.design.edit import SetField, SetFrozen, SetInitializer
from engine.design.kind import Shape
from engine.design.tree import Layer, Node
from engine.views.facts import Analysis, label
from engine.views.rules import Totals
from gui.document import State
from gui.inspector.activation_part import ActivationPart
from gui.inspector.entry_form import EntryForm
from gui.inspector.facts_part import FactsPart, cost_rows
from gui.inspector.faults import FaultList
from gui.inspector.header import Header
from gui.inspector.page import Page
from gui.inspector.section import Section
from gui.inspector.voice import Voice
from gui.learn.choices import NONE, initializer_options
from gui.stack.thumbnails import initializer_thumbnail
from gui.widgets.choice import Choice
from gui.widgets.form import Form
from gui.widgets.options import Option
from gui.widgets.pieces import plain_label, push_button


class SeveralPage(Page):
    """Common fields, activation and initializers of all that is selected."""

    def __init__(self, voice: Voice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._voice = voice
        self._layers: tuple[Layer, ...] = ()
        self._header = Header()
        self._what = plain_label(role="muted", wrap=True)
        self._faults = FaultList(voice)
        self._fields = EntryForm()
        self._frozen = Choice()
        self._frozen.setAccessibleName(self.tr("frozen"))
        self._frozen.set_options([Option("on", self.tr("on")), Option("off", self.tr("off"))])
        self._frozen_form = Form()
        self._frozen_form.add_row(self.tr("frozen"), self._frozen,
                                  self.tr("Training leaves the weights of these layers alone"),
                                  mono=False)  # fmt: skip
        self._activation = ActivationPart(voice)
        self._tensors = TensorsPart(voice)
        self._facts = FactsPart("cost", self.tr("Size and cost"))
        self.add_tight(self._header, self._what)
        self.add(self._faults)
        self.add_row(self._buttons())
        self.add_tight(self._fields, self._frozen_form)
        for part in (self._activation, self._tensors, self._facts):
            self.add(part)
        self._fields.edited.connect(self._set_field)
        self._frozen.chosen.connect(self._set_frozen)
        self._fields.finished.connect(voice.seal)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        for text, command in (
            (self.tr("Duplicate"), "edit.duplicate"),
            (self.tr("Delete"), "edit.delete"),
        ):
            button = push_button(text)
            button.clicked.connect(lambda _=False, command=command: self._voice.command(command))
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _ids(self) -> tuple[int, ...]:
        return tuple(layer.id for layer in self._layers)

    def _set_field(self, name: str, value: object) -> None:
        self._voice.wish(SetField(self._ids(), name, value))

    def _set_frozen(self, key: str) -> None:
        self._voice.wish(SetFrozen(self._ids(), key == "on"))

    def show_state(self, old: State | None, new: State) -> None:
        nodes, analysis = new.selected_nodes, new.analysis
        layers = tuple(node for node in nodes if isinstance(node, Layer))
        self._layers = layers
        lone = len(layers) == len(nodes)
        title = self.tr("{0} layers") if lone else self.tr("{0} selected")
        self._header.show_header(title.format(len(nodes)), "")
        self._what.setText(_kinds(nodes))
        faults = [fault for node in nodes for fault in analysis.faults_of(node.id)]
        self._faults.show_faults(faults, placed=True)
        self._fields.show_entries([layer.kind for layer in layers], self._ids())
        self._frozen_form.setVisible(bool(layers))
        frozen = {layer.frozen for layer in layers}
        word = "on" if frozen == {True} else "off"
        self._frozen.set_current(self.tr("mixed") if len(frozen) > 1 else word)
        self._activation.setVisible(bool(layers))
        if layers:
            self._activation.show_nodes(layers)
        self._tensors.show_layers(layers, analysis)
        totals = _added(nodes, analysis)
        count = f"{totals.parameters:,}" if totals.parameters else ""
        rows = [(self.tr("parameters"), count, ""), *cost_rows(totals, analysis.totals)]
        self._facts.show_rows(rows)


def _kinds(nodes: tuple[Node, ...]) -> str:
    """What is selected, most frequent first: "2 Linear, 1 Dropout"."""
    counted = Counter(map(label, nodes))
    return ", ".join(f"{count} {kind}" for kind, count in counted.most_common())


def _added(nodes: tuple[Node, ...], analysis: Analysis) -> Totals:
    """What the nodes add up to; column by column, for there may be thousands."""
    found = (analysis.facts(node.id) for node in nodes)
    columns = [facts.totals for facts in found if facts is not None]
    return Totals(*map(sum, zip(*columns, strict=True))) if columns else Totals()


class TensorsPart(Section):
    """A choice of initializer for each tensor that the selected layers have."""

    def __init__(self, voice: Voice, parent: QWidget | None = None) -> None:
        super().__init__("weights", self.tr("Weights"), parent)
        self._voice = voice
        self._form = Form()
        self._choices: dict[str, Choice] = {}
        self._ids: dict[str, tuple[int, ...]] = {}
        self.body.addWidget(self._form)

    def show_layers(self, layers: tuple[Layer, ...], analysis: Analysis) -> None:
        """Show what fills the tensors of these layers."""
        shapes: dict[str, list[Shape]] = {}
        chosen: dict[str, list[str]] = {}
        ids: dict[str, list[int]] = {}
        for layer in layers:
            facts = analysis.facts(layer.id)
            for weight in facts.weights if facts is not None else ():
                initializer = layer.initializer(weight.tensor)
                key = NONE if initializer is None else initializer.key()
                shapes.setdefault(weight.tensor, []).append(weight.shape)
                chosen.setdefault(weight.tensor, []).append(key)
                ids.setdefault(weight.tensor, []).append(layer.id)
        if tuple(shapes) != tuple(self._choices):
            self._rebuild(tuple(shapes))
        self._ids = {tensor: tuple(each) for tensor, each in ids.items()}
        for tensor, choice in self._choices.items():
            offered = initializer_options(tuple(dict.fromkeys(shapes[tensor])))
            choice.set_options(offered, initializer_thumbnail)
            keys = set(chosen[tensor])
            choice.set_current(self.tr("mixed") if len(keys) > 1 else chosen[tensor][0])
        self.setVisible(bool(shapes))

    def _rebuild(self, tensors: tuple[str, ...]) -> None:
        self._form.clear()
        self._choices = {}
        for tensor in tensors:
            choice = Choice()
            choice.setAccessibleName(tensor)
            choice.chosen.connect(partial(self._choose, tensor))
            self._form.add_row(tensor, choice,
                               self.tr("What this tensor of all layers is filled with"))  # fmt: skip
            self._choices[tensor] = choice

    def _choose(self, tensor: str, key: str) -> None:
        initializer = INITIALIZERS[key]() if key in INITIALIZERS else None
        self._voice.seal()
        self._voice.wish(SetInitializer(self._ids[tensor], tensor, initializer))
        self._voice.seal()
