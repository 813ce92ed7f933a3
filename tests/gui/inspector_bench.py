"""An inspector on a document of its own, with an engine in the same process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from engine.catalogue import ACTIVATIONS, INITIALIZERS, LOSSES, OPTIMIZERS, SCHEDULERS
from engine.catalogue.datasets import RandomInput
from engine.catalogue.linear import Linear
from engine.design.address import Place
from engine.design.edit import Insert, apply
from engine.design.kind import Activation, Initializer, Kind, TensorSpec
from engine.design.project import Data, Project, ProjectEdit, Training
from engine.design.tree import Input, Layer, Network, Node
from gui.document import Document, State, opened
from gui.inspector.panel import Inspector
from gui.widgets.choice import Choice
from gui.widgets.pieces import ElidedLabel
from tests.gui.small_engine import SmallEngine

W = TypeVar("W", bound=QWidget)


def network(*nodes: Node, shape: tuple[int, ...] = (3,), dtype: str = "float32") -> Network:
    empty = Network(inputs=(Input("x", TensorSpec(shape, dtype)),))
    return apply(empty, Insert(nodes, Place(0))) if nodes else empty


def layer(
    kind: Kind,
    name: str,
    activation: Activation | None = None,
    **initializers: Initializer,
) -> Layer:
    return Layer(0, name, kind, activation, tuple(sorted(initializers.items())))


def tutorial() -> Network:
    return network(
        layer(Linear(3), "linear1", ACTIVATIONS["Sigmoid"](),
              weight=INITIALIZERS["XavierNormal"]()),
        layer(Linear(2), "linear2", ACTIVATIONS["ReLU"](), weight=INITIALIZERS["KaimingNormal"]()),
        layer(Linear(2), "out", ACTIVATIONS["Softmax"]()),
    )  # fmt: skip


def project(design: Network) -> Project:
    loss, optimizer = LOSSES["CrossEntropyLoss"](), OPTIMIZERS["AdamW"]()
    training = Training(loss, optimizer, SCHEDULERS["ConstantRate"]())
    return Project(design, Data(RandomInput()), training)


@dataclass
class Bench:
    """What a test acts on; `wishes` are the edits that the inspector reported."""

    inspector: Inspector
    document: Document
    engine: SmallEngine
    wishes: list[ProjectEdit] = field(default_factory=list)
    seals: list[int] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)

    @property
    def state(self) -> State:
        return self.document.state

    def layer(self, node_id: int) -> Layer:
        facts = self.state.analysis.facts(node_id)
        assert facts is not None
        assert isinstance(facts.node, Layer)
        return facts.node

    def select(self, *ids: int) -> None:
        self.document.select(ids)

    def all(self, kind: type[W]) -> list[W]:
        return [each for each in self.inspector.findChildren(kind) if each.isVisible()]

    def named(self, kind: type[W], name: str) -> W:
        """The visible widget whose accessible name begins with `name`."""
        found = [each for each in self.all(kind) if each.accessibleName().startswith(name)]
        assert len(found) == 1, (name, [each.accessibleName() for each in self.all(kind)])
        return found[0]

    def line(self, name: str) -> QLineEdit:
        found = [each for each in self.all(QLineEdit) if each.accessibleName() == name]
        assert len(found) == 1, (name, [each.accessibleName() for each in self.all(QLineEdit)])
        return found[0]

    def button(self, name: str) -> QAbstractButton:
        return self.named(QAbstractButton, name)

    def choice(self, name: str) -> Choice:
        return self.named(Choice, name)

    def headline(self) -> list[str]:
        """The name and the kind of what is shown."""
        return [label.text() for label in self.all(ElidedLabel)][:2]

    def words(self) -> str:
        """All that can be read."""
        return "\n".join(label.text() for label in self.all(QLabel))


def bench(qtbot: QtBot, design: Network, engine: SmallEngine | None = None) -> Bench:
    small = engine or SmallEngine()
    made = Bench(Inspector(small.ask), Document(opened(project(design))), small)
    inspector, document = made.inspector, made.document
    inspector.wished.connect(made.wishes.append)
    inspector.wished.connect(document.do)
    inspector.sealed.connect(lambda: made.seals.append(len(made.wishes)))
    inspector.sealed.connect(document.seal)
    inspector.commanded.connect(made.commands.append)
    inspector.selected.connect(document.select)
    document.changed.connect(inspector.show_state)
    qtbot.addWidget(inspector, before_close_func=lambda _: small.close())
    inspector.resize(356, 1400)
    inspector.show()
    inspector.show_state(None, document.state)
    qtbot.waitExposed(inspector)
    return made


def type_into(qtbot: QtBot, line: QLineEdit, text: str) -> None:
    """Replace what a line holds, key by key, as a person does."""
    line.setFocus()
    line.selectAll()
    if text:
        qtbot.keyClicks(line, text)
    else:
        qtbot.keyClick(line, Qt.Key.Key_Delete)
