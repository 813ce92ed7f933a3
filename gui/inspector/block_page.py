"""Everything about one block: a Group, a Repeat, a Parallel, or an earlier part once more."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.catalogue import JOINS
from engine.design.edit import RenameClass, SetJoin, SetNote, SetTimes
from engine.design.names import fault_of_class_name
from engine.design.tree import Again, Group, Node, Parallel, Repeat, node_name, scope
from engine.views.facts import NodeFacts, label
from engine.views.shapes import MOST_TURNS
from gui.document import State
from gui.inspector.activation_part import ActivationPart
from gui.inspector.branches_part import BranchesPart
from gui.inspector.entry_form import EntryForm
from gui.inspector.facts_part import FactsPart, Row, cost_rows, field_row, shape_row
from gui.inspector.faults import FaultList
from gui.inspector.handed_part import HandedPart
from gui.inspector.header import Header
from gui.inspector.help_text import HelpText
from gui.inspector.name_field import Fault, NameField, rename, show_node_name
from gui.inspector.note import NotePart
from gui.inspector.page import Page
from gui.inspector.voice import Voice
from gui.learn.choices import join_options
from gui.widgets.choice import Choice
from gui.widgets.fields import IntegerField
from gui.widgets.form import Form
from gui.widgets.pieces import plain_label, push_button

Block = Group | Repeat | Parallel | Again


class BlockPage(Page):
    """What there is to say and to set of one block; what it does not have is not shown."""

    def __init__(self, voice: Voice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._voice = voice
        self._node: Block | None = None
        self._first_id = 0
        self._header = Header()
        self._what = plain_label(role="muted", wrap=True)
        self._faults = FaultList(voice)
        self._name, self._class_name, self._times = (
            NameField(),
            NameField(),
            IntegerField(1, MOST_TURNS),
        )
        self._name_form = _lone(
            self.tr("name"), self._name, self.tr("The attribute in the exported class")
        )
        self._class_form = _lone(
            self.tr("class name"),
            self._class_name,
            self.tr("The class of the exported code; blocks of one class are alike"),
        )
        self._times_form = _lone(
            self.tr("times"),
            self._times,
            self.tr("How many times over, each with weights of its own"),
        )
        self._join = Choice()
        self._join.setAccessibleName(self.tr("join"))
        self._join.set_options(join_options())
        self._join_form = _lone(
            self.tr("join"), self._join, self.tr("How the branches become one value")
        )
        self._join_fields = EntryForm()
        self._join_help = HelpText()
        self._branches = BranchesPart(voice)
        self._handed = HandedPart(voice)
        self._first = push_button("", "link")
        first = QHBoxLayout()
        first.addWidget(self._first)
        first.addStretch(1)
        self._activation = ActivationPart(voice)
        self._facts = FactsPart("cost", self.tr("Size and cost"))
        self._note = NotePart("note", self.tr("Note"), self.tr("What you want to remember here"))
        self.add(self._header)
        self.add(self._faults)
        self.add_tight(self._what)
        self.add_tight(
            self._name_form,
            self._class_form,
            self._times_form,
            self._join_form,
            self._join_fields,
        )
        self.add(self._join_help)
        self.add(self._branches)
        self.add(self._handed)
        self.add_row(first)
        for part in (self._activation, self._facts, self._note):
            self.add(part)
        self._connect()

    def _connect(self) -> None:
        self._name.edited.connect(self._set_name)
        self._class_name.edited.connect(self._set_class_name)
        self._times.edited.connect(self._set_times)
        self._join.chosen.connect(self._set_join)
        self._join_fields.edited.connect(self._set_join_field)
        self._note.edited.connect(self._set_note)
        self._first.clicked.connect(lambda: self._voice.select((self._first_id,)))
        for part in (self._name, self._class_name, self._times, self._join_fields, self._note):
            part.finished.connect(self._voice.seal)

    @property
    def _id(self) -> int:
        return self._node.id if self._node is not None else 0

    def show_state(self, old: State | None, new: State) -> None:
        node = new.selected_nodes[0]
        facts = new.analysis.facts(node.id)
        assert isinstance(node, Block)
        if facts is None:
            return
        another = self._node is None or self._node.id != node.id
        self._node = node
        self._header.show_header(node_name(node) or label(node), what_it_is(node))
        self._what.setText(_sentence(node))
        self._faults.show_faults(new.analysis.faults_of(node.id))
        self._show_names(node, new, another)
        self._show_join(node)
        self._branches.show_node(node if isinstance(node, Parallel) else None, new.network)
        self._handed.show_block(node if isinstance(node, Group | Repeat) else None, new.network)
        self._show_first(node, new)
        self._activation.setVisible(isinstance(node, Parallel | Again))
        if isinstance(node, Parallel | Again):
            self._activation.show_nodes((node,))
        self._facts.show_rows(_rows(facts, new))
        self._note.show_note(node.note, node.id)

    def _show_names(self, node: Block, new: State, another: bool) -> None:
        named = isinstance(node, Group | Repeat)
        self._name_form.setVisible(named and bool(node.name))
        self._class_form.setVisible(named)
        self._times_form.setVisible(isinstance(node, Repeat))
        if isinstance(node, Group | Repeat):
            show_node_name(self._name, node, new, another)
            self._class_name.show_name(node.class_name, _class_fault(node, new), renew=another)
            self._class_name.set_placeholder("nn.Sequential" if isinstance(node, Group) else "")
        if isinstance(node, Repeat):
            (self._times.reset if another else self._times.set_value)(node.times)

    def _show_join(self, node: Block) -> None:
        joins = isinstance(node, Parallel)
        self._join_form.setVisible(joins)
        self._join_help.show_entry(type(node.join) if isinstance(node, Parallel) else None)
        if isinstance(node, Parallel):
            self._join.set_current(node.join.key())
            self._join_fields.show_entries((node.join,), (node.id, type(node.join)))
        else:
            self._join_fields.show_entries((), None)

    def _show_first(self, node: Block, new: State) -> None:
        """The way to the part that an Again uses once more."""
        found = None
        if isinstance(node, Again):
            found = next(
                (each for each in scope(new.network.body) if node_name(each) == node.of), None
            )
        self._first_id = found.id if found is not None else 0
        self._first.setVisible(found is not None)
        if isinstance(node, Again):
            self._first.setText(self.tr("Go to {0}").format(node.of))
            self._first.setAccessibleName(self._first.text())

    def _set_name(self, name: str) -> None:
        rename(self._voice, self._node, name)

    def _set_class_name(self, name: str) -> None:
        self._voice.wish(RenameClass(self._id, name))

    def _set_times(self, times: int) -> None:
        self._voice.wish(SetTimes(self._id, times))

    def _set_note(self, note: str) -> None:
        self._voice.wish(SetNote(self._id, note))

    def _set_join(self, key: str) -> None:
        self._voice.seal()
        self._voice.wish(SetJoin(self._id, JOINS[key]()))
        self._voice.seal()

    def _set_join_field(self, name: str, value: object) -> None:
        if isinstance(self._node, Parallel):
            self._voice.wish(SetJoin(self._id, self._node.join.with_fields(**{name: value})))


def _lone(name: str, field: QWidget, help: str) -> Form:
    """A form of one row, so that it can be hidden by itself."""
    form = Form()
    form.add_row(name, field, help, mono=False)
    return form


def what_it_is(node: Node) -> str:
    """The sort of a block in a word or two."""
    match node:
        case Group(class_name=""):
            return "Sequential"
        case Group():
            return node.class_name
        case Repeat():
            return f"{node.class_name} × {node.times}"
        case Parallel():
            return _tr("{0} branches").format(len(node.branches))
        case Again():
            return _tr("once more")
        case _:
            return node.kind.title()


def _sentence(node: Block) -> str:
    match node:
        case Group():
            return _tr("A part with a name: one card here, one class in the exported code.")
        case Repeat():
            return _tr("The same layers several times over, each time with weights of their own.")
        case Parallel():
            return _tr("Branches side by side; a join makes one value of what they give.")
        case Again():
            return _tr("An earlier part once more, with the very same weights.")


def _class_fault(node: Group | Repeat, state: State) -> Fault:
    def fault(name: str) -> str:
        if name == node.class_name or (not name and isinstance(node, Group)):
            return ""
        if name == state.network.name:
            return _tr("`{0}` is the network itself").format(name)
        return fault_of_class_name(name)

    return fault


def _rows(facts: NodeFacts, new: State) -> list[Row]:
    totals = facts.totals
    inside = [(_tr("layers"), f"{totals.layers:,}", "")] if facts.stacks else []
    parameters = (_tr("parameters"), f"{totals.parameters:,}" if totals.parameters else "",
                  _tr("Numbers that training changes"))  # fmt: skip
    seen = field_row(new.analysis, facts.node.id)
    return [shape_row(facts), seen, *inside, parameters, *cost_rows(totals, new.analysis.totals)]


def _tr(text: str) -> str:
    return QCoreApplication.translate("BlockPage", text)
