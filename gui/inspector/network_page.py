"""The network as a whole: shown while nothing is selected."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from engine.design.edit import Edit, RenameNetwork, SetOutputs
from engine.design.names import fault_of_class_name, fault_of_variable
from engine.design.project import SetNotes
from engine.design.tree import Network, node_name, scope
from engine.views.facts import Analysis
from gui.document import State
from gui.inspector.facts_part import FactsPart, Row, cost_rows
from gui.inspector.faults import FaultList
from gui.inspector.header import Header
from gui.inspector.inputs_part import InputsPart
from gui.inspector.memory_part import MemoryPart
from gui.inspector.name_field import NameField
from gui.inspector.note import NotePart
from gui.inspector.page import Page
from gui.inspector.section import Section
from gui.inspector.values_part import ValuesPart
from gui.inspector.voice import Voice
from gui.widgets.form import Form

_MOST_TERMS = 6


class NetworkPage(Page):
    """Name, inputs, totals, ties and notes of the network."""

    def __init__(self, voice: Voice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._header = Header()
        self._faults = FaultList(voice)
        self._name = NameField()
        self._inputs = InputsPart(voice)
        self._outputs = Section("outputs", self.tr("Further outputs"))
        self._returned = ValuesPart(
            self.tr("also returns {0}"),
            self.tr("Return another value"),
            self.tr("What forward returns beside what flows out"),
        )
        self._outputs.body.addWidget(self._returned)
        self._returned.chosen.connect(self._return)
        self._returned.removed.connect(self._return_no_more)
        self._facts = FactsPart("totals", self.tr("Totals"))
        self._memory = MemoryPart(voice)
        self._ties = FactsPart("ties", self.tr("Shared weights"))
        self._notes = NotePart("notes", self.tr("Notes"), self.tr("What this project is about"))
        form = Form()
        form.add_row(self.tr("class name"), self._name,
                     self.tr("The class of the exported code"), mono=False)  # fmt: skip
        self.add(self._header)
        self.add(self._faults)
        self.add_tight(form)
        for part in (
            self._inputs,
            self._outputs,
            self._facts,
            self._memory,
            self._ties,
            self._notes,
        ):
            self.add(part)
        self._voice = voice
        self._network = Network()
        self._name.edited.connect(self._set_name)
        self._notes.edited.connect(self._set_notes)
        for part in (self._name, self._notes):
            part.finished.connect(voice.seal)

    def _set_name(self, name: str) -> None:
        self._voice.wish(RenameNetwork(name))

    def _set_notes(self, notes: str) -> None:
        self._voice.wish(SetNotes(notes))

    def _return(self, place: int, name: str) -> None:
        outputs = self._network.outputs
        self._step(SetOutputs((*outputs[:place], name, *outputs[place + 1 :])))

    def _return_no_more(self, place: int) -> None:
        outputs = self._network.outputs
        self._step(SetOutputs((*outputs[:place], *outputs[place + 1 :])))

    def _step(self, edit: Edit) -> None:
        self._voice.seal()
        self._voice.wish(edit)
        self._voice.seal()

    def show_state(self, old: State | None, new: State) -> None:
        network, analysis = new.network, new.analysis
        self._header.show_header(network.name, self.tr("network"))
        self._faults.show_faults(analysis.faults, placed=True)
        self._name.show_name(network.name, fault_of_class_name, renew=old is None)
        if old is None or old.network is not network:
            self._inputs.show_inputs(network.inputs, renew=old is None)
            self._network = network
            names = returnable(network)
            self._outputs.setVisible(bool(names or network.outputs))
            self._returned.show_values(network.outputs, names)
            self._facts.heading.set_caption(self.tr("up to the fault") if analysis.faults else "")
            self._facts.show_rows(self._rows(network, analysis))
            ties = [(tie.path, f"= {tie.owner}", self.tr("One tensor under two names"))
                    for tie in network.ties]  # fmt: skip
            self._ties.show_rows(ties)
            self._ties.setVisible(bool(ties))
        self._memory.show_state(new)
        self._notes.show_note(new.project.notes, "project")

    def _rows(self, network: Network, analysis: Analysis) -> list[Row]:
        totals = analysis.totals
        given = str(analysis.output) if analysis.output is not None else "?"
        return [
            (self.tr("layers"), f"{totals.layers:,}", ""),
            (self.tr("output"), given, self.tr("What comes out; N is the batch")),
            (self.tr("parameters"), parameter_sum(analysis),
             self.tr("Numbers that training changes, layer by layer")),
            *cost_rows(totals, totals._replace(parameters=0)),
        ]  # fmt: skip


def returnable(network: Network) -> tuple[str, ...]:
    """The values that a network can return beside what flows out: of the nodes of its own class but the last."""
    last = network.body.nodes[-1] if network.body.nodes else None
    names = (node_name(node) for node in scope(network.body) if node is not last)
    return tuple(name for name in names if name and not fault_of_variable(name))


def parameter_sum(analysis: Analysis) -> str:
    """The count as a sum over layers and blocks: "12 + 8 + 6 = 26"."""
    total = analysis.totals.parameters
    counts = [facts.totals.parameters for facts in analysis.body.nodes]
    terms = [f"{count:,}" for count in counts if count]
    if len(terms) < 2:
        return f"{total:,}"
    if len(terms) > _MOST_TERMS:
        terms = [*terms[: _MOST_TERMS - 2], "…", terms[-1]]
    shared = f" − {analysis.shared:,}" if analysis.shared else ""
    return f"{' + '.join(terms)}{shared} = {total:,}"
