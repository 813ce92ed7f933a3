"""Asks the worker for the values of one tensor: soon, once, and only for what is still wanted."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from engine.design.kind import TensorSpec
from engine.design.project import Project
from engine.design.tree import Layer, Network
from engine.design.tree import alone as lone_network
from engine.design.value import replace, value
from engine.files.document import to_document
from engine.views.facts import Weight
from engine.views.rules import weights_of
from engine.worker.protocol import Draw, Result
from gui.inspector.voice import Voice
from gui.learn.answers import drawing_in

MANY_NODES = 300
_LONG_PAUSE_MS = 500
"""To write so many nodes down for the engine takes as long as a keystroke: not between two keys."""
_PAUSE_MS = 120
_LATE_MS = 400
"""What is drawn sooner never says that it is being drawn, so that nothing flickers."""


@value
class Wanted:
    """All that the drawn values of a tensor depend on; `alone` where they are not the network's own.

    Under one seed each layer draws after those before it, so that is the whole network.
    """

    network: Network
    path: str
    seed: int
    alone: bool = False


def wanted_alone(layer: Layer, weight: Weight, x: TensorSpec, seed: int) -> Wanted:
    """A tensor as a network would draw it that holds nothing but its layer."""
    network = lone_network(layer, x)
    weights = weights_of(network.body.nodes[0], x)
    path = next(each.path for each in weights if each.tensor == weight.tensor)
    return Wanted(network, path, seed, alone=True)


class WeightDraws(QObject):
    """Waits for a pause in what is wanted, asks, and tells what came."""

    drawn = Signal(object)
    """The Drawing; None while there is none."""
    said = Signal(str)
    """What there is to know beside the numbers; "" for nothing."""

    def __init__(self, voice: Voice, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._voice = voice
        self._project: Project | None = None
        self._wanted: Wanted | None = None
        self._asked: Wanted | None = None
        self._soon = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._soon.timeout.connect(self._ask)
        self._late = QTimer(self, interval=_LATE_MS, singleShot=True)
        self._late.timeout.connect(self._wait)

    def want(self, project: Project, wanted: Wanted) -> None:
        """Draw this, unless it is what was asked for last."""
        self._project, self._wanted = project, wanted
        if wanted != self._asked:
            many = len(wanted.network.body.nodes) > MANY_NODES
            self._soon.start(_LONG_PAUSE_MS if many else _PAUSE_MS)

    def want_nothing(self, sentence: str) -> None:
        """Forget what was drawn, and say why there is nothing to draw."""
        self._wanted = self._asked = None
        self._soon.stop()
        self._late.stop()
        self.drawn.emit(None)
        self.said.emit(sentence)

    def _ask(self) -> None:
        wanted, project = self._wanted, self._project
        if wanted is None or project is None or wanted == self._asked:
            return
        self._asked = wanted
        self._late.start()
        self._voice.ask(
            Draw(to_document(replace(project, network=wanted.network)), wanted.path, wanted.seed),
            partial(self._take, wanted),
            partial(self._fail, wanted),
            "inspector.draw",
        )

    def _wait(self) -> None:
        self.said.emit(self.tr("Drawing the weights…"))

    def _take(self, wanted: Wanted, result: Result) -> None:
        if wanted != self._asked:
            return
        self._late.stop()
        drawing = drawing_in(result)
        if wanted.alone:
            alone = self.tr("Drawn for this layer alone, until the network's faults are mended.")
        elif drawing is not None and not drawing.exact:
            alone = self.tr("Drawn for this layer alone: the network is too large to build.")
        else:
            alone = ""
        self.said.emit(alone)
        self.drawn.emit(drawing)

    def _fail(self, wanted: Wanted, sentence: str) -> None:
        if wanted == self._asked:
            self._late.stop()
            self.drawn.emit(None)
            self.said.emit(sentence)
