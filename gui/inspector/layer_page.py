"""Everything about one layer."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from engine.design.edit import SetField, SetNote
from engine.design.kind import Kind
from engine.design.tree import Layer
from gui.document import State
from gui.inspector.activation_part import ActivationPart
from gui.inspector.entry_form import EntryForm
from gui.inspector.facts_part import FactsPart, layer_rows
from gui.inspector.faults import FaultList
from gui.inspector.header import Header
from gui.inspector.name_field import NameField, rename, show_node_name
from gui.inspector.note import NotePart
from gui.inspector.others_part import OthersPart
from gui.inspector.page import Page
from gui.inspector.voice import Voice
from gui.inspector.weight_part import WeightPart
from gui.widgets.form import Form


class LayerPage(Page):
    """Name, fields, activation, weights, cost and note of the one layer that is selected."""

    def __init__(self, voice: Voice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._voice = voice
        self._layer: Layer | None = None
        self._header = Header()
        self._faults = FaultList(voice)
        self._name = NameField()
        self._fields = EntryForm()
        self._others = OthersPart(voice)
        self._activation = ActivationPart(voice)
        self._weights = WeightPart(voice)
        self._facts = FactsPart("cost", self.tr("Size and cost"))
        self._note = NotePart("note", self.tr("Note"), self.tr("What you want to remember here"))
        self._top = Form()
        self._top.add_row(self.tr("name"), self._name,
                          self.tr("The attribute in the exported class"), mono=False)  # fmt: skip
        self.add(self._header)
        self.add(self._faults)
        self.add_tight(self._top, self._others, self._fields)
        for part in (self._activation, self._weights, self._facts, self._note):
            self.add(part)
        self._connect()

    def _connect(self) -> None:
        self._name.edited.connect(self._set_name)
        self._fields.edited.connect(self._set_field)
        self._note.edited.connect(self._set_note)
        for part in (self._name, self._fields, self._note):
            part.finished.connect(self._voice.seal)

    def _set_name(self, name: str) -> None:
        rename(self._voice, self._layer, name)

    def _set_field(self, name: str, value: object) -> None:
        self._voice.wish(SetField((self._id,), name, value))

    def _set_note(self, note: str) -> None:
        self._voice.wish(SetNote(self._id, note))

    @property
    def _id(self) -> int:
        return self._layer.id if self._layer is not None else 0

    def show_state(self, old: State | None, new: State) -> None:
        layer = new.selected_nodes[0]
        assert isinstance(layer, Layer)
        facts = new.analysis.facts(layer.id)
        if facts is None:
            return
        another = self._layer is None or self._layer.id != layer.id
        self._layer = layer
        path = new.analysis.name_of(layer.id)
        self._header.show_header(layer.name or path, layer.kind.title(), type(layer.kind))
        self._faults.show_faults(new.analysis.faults_of(layer.id))
        numbered = not layer.name and path.rpartition(".")[2].isdigit()
        can_be_named = layer.kind.is_module() and not numbered
        self._top.setVisible(can_be_named)
        if can_be_named:
            show_node_name(self._name, layer, new, another)
        self._fields.show_entries((layer.kind,), layer.id)
        self._others.show_layer(layer, new)
        self._activation.show_nodes((layer,))
        unknown = facts.input is None or facts.fault is not None
        self._weights.setVisible(bool(facts.weights) or (unknown and _may_have_weights(layer)))
        self._weights.show_layer(layer, facts, path, new)
        self._facts.show_rows(layer_rows(facts, new.analysis))
        self._note.show_note(layer.note, layer.id)


def _may_have_weights(layer: Layer) -> bool:
    """Whether the kind of a layer, or its activation, declares any."""
    kinds = (layer.kind, layer.activation)
    return any(each is not None and type(each).weights is not Kind.weights for each in kinds)
