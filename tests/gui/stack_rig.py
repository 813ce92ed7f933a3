"""A stack panel with a document of its own, and the ways a person acts on it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from engine.catalogue import (
    ACTIVATIONS,
    DATASETS,
    INITIALIZERS,
    KINDS,
    LOSSES,
    OPTIMIZERS,
    SCHEDULERS,
)
from engine.catalogue.dropout import Dropout
from engine.catalogue.linear import Linear
from engine.design.address import Place
from engine.design.edit import Insert, apply
from engine.design.kind import TensorSpec
from engine.design.project import Data, Project, Training
from engine.design.tree import Group, Input, Layer, Network, Node, Parallel, Repeat, Stack
from gui.document import Document, State, opened
from gui.stack.card import Spot
from gui.stack.panel import StackPanel

NONE, CONTROL, SHIFT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


def linear(size: int, name: str, activation: str = "", initializer: str = "", **more: Any) -> Layer:
    """A Linear with an activation and an initializer of its weight, by their keys."""
    return Layer(
        0, name, Linear(out_features=size),
        ACTIVATIONS[activation]() if activation else None,
        (("weight", INITIALIZERS[initializer]()),) if initializer else (), **more,
    )  # fmt: skip


def project(nodes: tuple[Node, ...] = (), shape: tuple[int, ...] = (2,)) -> Project:
    """A project whose network has these nodes; their ids are 1, 2, 3 ... with parents first."""
    network = Network(inputs=(Input("x", TensorSpec(shape)),))
    return project_of(apply(network, Insert(nodes, Place(0))) if nodes else network)


def project_of(network: Network) -> Project:
    """A project around a network."""
    training = Training(
        LOSSES["CrossEntropyLoss"](), OPTIMIZERS["AdamW"](), next(iter(SCHEDULERS.values()))()
    )
    return Project(network, Data(DATASETS["RandomInput"]()), training)


def moons() -> Project:
    """The network of the mock-up: hidden1, hidden2, drop, norm, out with ids 1 to 5."""
    return project((
        linear(16, "hidden1", "Tanh", "XavierNormal"), linear(16, "hidden2", "ReLU", "KaimingNormal"),
        Layer(0, "drop", Dropout(p=0.1)), Layer(0, "norm", KINDS["BatchNorm1d"]()),
        linear(2, "out", "", "KaimingUniform"),
    ))  # fmt: skip


def nested() -> Project:
    """stem 1, Repeat 2 of norm 3 and a residual 4 around wide 5 and narrow 6, Group 7 of mix 8, out 9."""
    from engine.catalogue import JOINS

    residual = Parallel(
        0, JOINS["Add"](), (Stack(), Stack((linear(16, "wide", "GELU"), linear(8, "narrow"))))
    )
    return project((
        linear(8, "stem", "ReLU"),
        Repeat(0, "blocks", "Block", Stack((Layer(0, "norm", KINDS["LayerNorm"]()), residual)), 3),
        Group(0, "head", "Head", Stack((linear(8, "mix"),))),
        linear(2, "out"),
    ), (8,))  # fmt: skip


class Rig:
    """A panel in a window; every edit, selection and command that it tells is remembered."""

    def __init__(self, shown: Project, width: int = 372, height: int = 900) -> None:
        self.document = Document(opened(shown))
        self.panel = StackPanel()
        self.panel.complete()
        self.view = self.panel.view
        self.scene = self.view.scene
        self.wishes: list[Any] = []
        self.commands: list[str] = []
        self.selections: list[tuple[int, ...]] = []
        self.panel.wished.connect(self.wishes.append)
        self.panel.commanded.connect(self.commands.append)
        self.panel.selected.connect(self.selections.append)
        self.document.changed.connect(self.panel.show_state)
        self.panel.wished.connect(self.document.do)
        self.panel.selected.connect(self.document.select)
        self.panel.sealed.connect(self.document.seal)
        self.panel.resize(width, height)
        self.panel.show()
        self.panel.show_state(None, self.document.state)
        self.view.setFocus()
        QApplication.processEvents()

    @property
    def state(self) -> State:
        return self.document.state

    @property
    def network(self) -> Network:
        return self.document.state.network

    def row_of(self, node_id: int) -> int:
        """The index of a node's card."""
        return self.scene.model.place_of_node(node_id)

    def spot(self, node_id: int, part: Any = "card", number: int = 0) -> QPoint:
        """The middle of a part of a node's card; of the card itself a place where nothing else is."""
        row = self.row_of(node_id)
        if part == "card":
            return self.scene.card_rect(row).topRight() + QPoint(-20, 8)
        return self.scene.spot_rect(row, Spot(part, number)).center()

    def click(self, at: QPoint, held: Qt.KeyboardModifier = NONE) -> None:
        QTest.mouseClick(self.view.viewport(), Qt.MouseButton.LeftButton, held, at)

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.view, key, held)

    def drag(self, start: QPoint, *through: QPoint) -> None:
        """Press, move through points and hold."""
        port = self.view.viewport()
        QTest.mousePress(port, Qt.MouseButton.LeftButton, NONE, start)
        for point in (start + QPoint(0, 6), start + QPoint(0, 14), *through):
            QTest.mouseMove(port, point)

    def release(self, at: QPoint) -> None:
        QTest.mouseRelease(self.view.viewport(), Qt.MouseButton.LeftButton, NONE, at)

    def choose(self, text: str) -> None:
        """Type into the list that is open and take the first that fits."""
        popup = self.panel.gestures.popup
        assert popup is not None
        line = popup.findChild(QLineEdit)
        assert line is not None
        QTest.keyClicks(line, text)
        QTest.keyClick(line, Qt.Key.Key_Return)
        QApplication.processEvents()

    def names(self) -> list[str]:
        """The names of the outermost layers, in order."""
        return [getattr(node, "name", "") for node in self.network.body.nodes]
