"""The inspector and the real worker: torch's own curve, vector and weights arrive and are drawn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from engine.catalogue import ACTIVATIONS, INITIALIZERS
from engine.catalogue.linear import Linear
from gui.document import Document, opened
from gui.engine_process import EngineProcess, State
from gui.inspector.curve_card import CurveCard
from gui.inspector.panel import Inspector
from gui.inspector.vector_card import VectorCard
from gui.inspector.weight_card import WeightCard
from tests.gui.inspector_bench import layer, network, project

PATIENCE_MS = 60_000

pytestmark = pytest.mark.xdist_group("worker")


@pytest.fixture
def engine(qtbot: QtBot) -> Iterator[EngineProcess]:
    made = EngineProcess()
    made.start()
    yield made
    made.close()
    qtbot.waitUntil(lambda: made.state is State.GONE, timeout=PATIENCE_MS)
    made.deleteLater()


def test_torch_answers_curve_vector_and_weights(qtbot: QtBot, engine: EngineProcess) -> None:
    design = network(
        layer(Linear(64), "first", ACTIVATIONS["Tanh"](), weight=INITIALIZERS["XavierNormal"]()),
        layer(Linear(10), "out", ACTIVATIONS["Softmax"]()),
        shape=(64,),
    )
    document = Document(opened(project(design)))
    inspector = Inspector(engine.ask)
    document.changed.connect(inspector.show_state)
    # As the window does: nothing is answered any more once it closes.
    qtbot.addWidget(inspector, before_close_func=lambda _: engine.close())
    inspector.resize(356, 1400)
    inspector.show()
    document.select((1,))
    curve = inspector.findChildren(CurveCard)[0]
    weights = inspector.findChildren(WeightCard)[0]
    qtbot.waitUntil(lambda: bool(curve._torch), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: weights._drawing is not None, timeout=PATIENCE_MS)
    drawing = weights._drawing
    assert drawing is not None
    assert drawing.exact
    assert drawing.values.shape == (64 * 64,)
    assert drawing.std == pytest.approx((2 / 128) ** 0.5, rel=0.1)
    [known] = curve._torch.values()
    assert max(known.slope) == pytest.approx(1.0, abs=1e-3)
    document.select((2,))
    vector = inspector.findChildren(VectorCard)[0]
    qtbot.waitUntil(lambda: len(vector._outputs) == 10, timeout=PATIENCE_MS)
    assert sum(vector._outputs) == pytest.approx(1.0)
