"""The activation of what is selected: which one, its arguments, and what it does."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from engine.catalogue import ACTIVATIONS
from engine.design.edit import Edit, SetActivation, Several
from engine.design.kind import Activation
from engine.design.tree import Again, Layer, Parallel
from gui.inspector.curve_card import CurveCard
from gui.inspector.entry_form import EntryForm
from gui.inspector.help_text import HelpText
from gui.inspector.section import Section
from gui.inspector.vector_card import VectorCard
from gui.inspector.voice import Voice
from gui.learn.choices import NONE
from gui.stack.choices import activation_options
from gui.stack.thumbnails import activation_thumbnail
from gui.widgets.choice import Choice
from gui.widgets.form import Form

Active = Layer | Parallel | Again


class ActivationPart(Section):
    """Chooses, sets and shows the activation of one node or of several.

    A layer that is itself an activation, `self.relu = nn.ReLU()`, shows its own kind.
    """

    def __init__(self, voice: Voice, parent: QWidget | None = None) -> None:
        super().__init__("activation", self.tr("Activation"), parent)
        self._voice = voice
        self._nodes: tuple[Active, ...] = ()
        self._showing: object = None
        self._choice = Choice()
        self._choice.setAccessibleName(self.tr("activation"))
        self._choice.set_options(activation_options(), activation_thumbnail)
        self._choice.chosen.connect(self._choose)
        self._choice.highlighted.connect(self._preview)
        # What was chosen comes after the closing: the curve of before is not drawn between.
        self._choice.closed.connect(self._show_curve, Qt.ConnectionType.QueuedConnection)
        form = Form()
        form.add_row(self.tr("activation"), self._choice,
                     self.tr("The function that the output of the layer goes through"),
                     mono=False)  # fmt: skip
        self._arguments = EntryForm()
        self._arguments.edited.connect(self._set_argument)
        self._arguments.finished.connect(voice.seal)
        self._curve = CurveCard(voice)
        self._vector = VectorCard(voice)
        self._help = HelpText()
        self.add_tight(form, self._arguments)
        for widget in (self._curve, self._vector, self._help):
            self.body.addWidget(widget)
        self._curve.hide()
        self._vector.hide()

    def show_nodes(self, nodes: Sequence[Active]) -> None:
        """Show what these have in common; at least one."""
        self._nodes = tuple(nodes)
        showing = [(node.id, node.activation, shown_activation(node)) for node in nodes]
        if showing == self._showing:
            return
        self._showing = showing
        chosen = [node.activation for node in nodes]
        mixed = len({type(each) for each in chosen}) > 1
        key = chosen[0].key() if chosen[0] is not None else NONE
        self._choice.set_current(self.tr("mixed") if mixed else key)
        entries = () if mixed else [each for each in chosen if each is not None]
        self._arguments.show_entries(entries, [(node.id, type(node.activation)) for node in nodes])
        self._show_curve()

    def _show_curve(self) -> None:
        self._show_activation(self._shown_activation())

    def _shown_activation(self) -> Activation | None:
        """What is drawn: the activation that all share, or the kind of a layer that is one."""
        chosen = {shown_activation(node) for node in self._nodes}
        return chosen.pop() if len(chosen) == 1 else None

    def _preview(self, key: str) -> None:
        if key in ACTIVATIONS:
            self._show_activation(ACTIVATIONS[key]())

    def _show_activation(self, activation: Activation | None) -> None:
        curved = activation is not None and not activation.vector
        if activation is not None:
            (self._vector if activation.vector else self._curve).show_activation(activation)
        self._curve.setVisible(curved)
        self._vector.setVisible(activation is not None and not curved)
        self._help.show_entry(type(activation) if activation is not None else None)

    def _choose(self, key: str) -> None:
        activation = ACTIVATIONS[key]() if key in ACTIVATIONS else None
        self._voice.seal()
        self._voice.wish(SetActivation(tuple(node.id for node in self._nodes), activation))
        self._voice.seal()

    def _set_argument(self, name: str, value: object) -> None:
        self._voice.wish(_for_each(self._nodes, name, value))


def shown_activation(node: Active) -> Activation | None:
    """The activation behind a node, or the layer's own kind where that is one."""
    if node.activation is None and isinstance(node, Layer) and isinstance(node.kind, Activation):
        return node.kind
    return node.activation


def _for_each(nodes: Sequence[Active], name: str, value: object) -> Edit:
    """One argument of every activation changed; a single edit where they are then equal."""
    changed = {
        node.id: node.activation.with_fields(**{name: value})
        for node in nodes
        if node.activation is not None
    }
    if len(set(changed.values())) == 1:
        return SetActivation(tuple(changed), next(iter(changed.values())))
    edits = tuple(SetActivation((node_id,), each) for node_id, each in changed.items())
    return Several(edits, f"Set {name}")
