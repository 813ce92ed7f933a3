"""Where the branches of a join start from: a drop-down for each, and the ways to add and remove one."""

from __future__ import annotations

from collections.abc import Container
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from engine.design.address import parent_of
from engine.design.branching import RemoveBranch, SetBranch
from engine.design.edit import Edit
from engine.design.forms import branch_fault
from engine.design.naming import branch_names, class_body, given_names, taken_names
from engine.design.tree import Network, Parallel
from engine.views.reach import flow_name, in_reach
from gui import theme
from gui.block_edits import added_branch, moved_branch
from gui.inspector.name_field import NameField
from gui.inspector.voice import Voice
from gui.widgets.choice import Choice
from gui.widgets.form import Form
from gui.widgets.options import Option
from gui.widgets.pieces import push_button


class BranchesPart(QWidget):
    """One row for each branch of a Parallel."""

    def __init__(self, voice: Voice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._voice = voice
        self._node: Parallel | None = None
        self._form = Form()
        self._rows: list[tuple[Choice, QPushButton, QPushButton]] = []
        self._names: list[NameField] = []
        self._taken: Container[str] = ()
        """What no branch can be called: attributes and other variables of the class."""
        self._add = push_button(self.tr("Add a branch"), "link")
        self._add.clicked.connect(self._add_branch)
        last = QHBoxLayout()
        last.addWidget(self._add)
        last.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.TIGHT)
        layout.addWidget(self._form)
        layout.addLayout(last)
        self.hide()

    def show_node(self, node: Parallel | None, network: Network) -> None:
        """Show the branches of a join; nothing for None."""
        renew = self._node is None or node is None or self._node.id != node.id
        self._node = node
        self.setVisible(node is not None)
        if node is None:
            return
        # Where the flow only goes on from elsewhere there is no branch in the code, and so no name.
        names = len(node.branches) if node.join.at_most > 1 else 0
        if (len(self._rows), len(self._names)) != (len(node.branches), names):
            self._build(len(node.branches), bool(names))
            renew = True
        at = parent_of(network.body, node.id)
        taken = taken_names(network, at)
        taken.reserve(given_names(network, at) | branch_names(class_body(network, at)))
        self._taken = taken
        flow = flow_name(network, at)
        earlier = [name for name in in_reach(network, node.id) if name != flow]
        options = [Option(name, name) for name in earlier]
        own = Option("", self.tr("the flow"))
        for place, (branch, called) in enumerate(zip(node.branches, self._names, strict=False)):
            called.show_name(branch.name, partial(self._fault_of, place), renew=renew)
        for place, (branch, (choice, up, remove)) in enumerate(
            zip(node.branches, self._rows, strict=True)
        ):
            up.setEnabled(moved_branch(node, place, -1) is not None)
            lost = branch.source and branch.source not in earlier
            more = [Option(branch.source, branch.source)] if lost else []
            choice.set_options([own, *options, *more])
            choice.set_current(branch.source)
            remove.setEnabled(len(node.branches) > 1)
        self._add.setEnabled(len(node.branches) < node.join.at_most)

    def _build(self, count: int, named: bool) -> None:
        self._form.clear()
        self._rows, self._names = [], []
        for place in range(count):
            choice = Choice()
            choice.chosen.connect(partial(self._choose, place))
            remove = push_button("×", "link")
            remove.setAccessibleName(self.tr("Remove branch {0}").format(place + 1))
            remove.setToolTip(self.tr("Remove branch {0}").format(place + 1))
            remove.clicked.connect(partial(self._remove, place))
            up = push_button("↑", "link")
            up.setAccessibleName(self.tr("Move branch {0} up").format(place + 1))
            up.setToolTip(up.accessibleName())
            up.clicked.connect(partial(self._up, place))
            row = QWidget()
            both = QHBoxLayout(row)
            both.setContentsMargins(0, 0, 0, 0)
            both.addWidget(choice, 1)
            both.addWidget(up)
            both.addWidget(remove)
            help = self.tr("What flows into this branch")
            name = self.tr("branch {0}").format(place + 1)
            self._form.add_row(name, row, help, mono=False)
            choice.setAccessibleName(name)
            choice.setToolTip(help)
            self._rows.append((choice, up, remove))
            if named:
                self._add_name(place)

    def _add_name(self, place: int) -> None:
        called = NameField()
        called.set_placeholder(self.tr("no name"))
        called.edited.connect(partial(self._call, place))
        called.finished.connect(self._voice.seal)
        help = self.tr("Its variable in the exported code; without a name it gets a letter")
        self._form.add_row(self.tr("called"), called, help, mono=False)
        called.setAccessibleName(self.tr("name of branch {0}").format(place + 1))
        self._names.append(called)

    def _fault_of(self, place: int, name: str) -> str:
        """Why a branch cannot be called so; "" where it can. A field asks once more when its branch is gone."""
        names = [branch.name for branch in self._node.branches] if self._node is not None else []
        return branch_fault(name, self._taken) if name not in names[place : place + 1] else ""

    def _call(self, place: int, name: str) -> None:
        if self._node is not None and place < len(self._node.branches):
            source = self._node.branches[place].source
            self._voice.wish(SetBranch(self._node.id, place, source, name))

    def _choose(self, place: int, source: str) -> None:
        if self._node is not None:
            name = self._node.branches[place].name
            self._step(SetBranch(self._node.id, place, source, name))

    def _remove(self, place: int, checked: bool = False) -> None:
        if self._node is not None:
            self._step(RemoveBranch(self._node.id, place))

    def _up(self, place: int, checked: bool = False) -> None:
        edit = moved_branch(self._node, place, -1) if self._node is not None else None
        if edit is not None:
            self._step(edit)

    def _add_branch(self) -> None:
        if self._node is not None:
            self._step(added_branch(self._node))

    def _step(self, edit: Edit) -> None:
        self._voice.seal()
        self._voice.wish(edit)
        self._voice.seal()
