"""The activation of a layer is chosen, set and shown: at once by closed form, then by torch."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.catalogue import ACTIVATIONS, INITIALIZERS
from engine.catalogue.linear import Identity, Linear
from engine.design.edit import SetActivation
from engine.design.kind import Activation
from engine.worker.protocol import Curve, Vector
from gui.inspector.curve_card import CurveCard
from gui.inspector.vector_card import SCORES
from gui.widgets.bars import VectorBars
from gui.widgets.choice_popup import ChoicePopup
from gui.widgets.plot import Plot
from gui.widgets.plot_marks import Series, Zone
from tests.gui.inspector_bench import Bench, bench, layer, network, tutorial, type_into
from tests.gui.small_engine import SmallEngine


def curve_plot(shown: Bench, qtbot: QtBot) -> Plot:
    qtbot.waitUntil(lambda: bool(shown.all(Plot)))
    return shown.all(Plot)[0]


def curves(plot: Plot) -> list[Series]:
    return [mark for mark in plot._marks if isinstance(mark, Series)]


def one(qtbot: QtBot, activation: Activation, engine: SmallEngine | None = None) -> Bench:
    shown = bench(qtbot, network(layer(Linear(16), "fc", activation), shape=(16,)), engine)
    shown.select(1)
    return shown


@pytest.mark.parametrize("key", list(ACTIVATIONS))
def test_every_activation_is_shown_with_its_arguments_and_its_help(qtbot: QtBot, key: str) -> None:
    activation = ACTIVATIONS[key]()
    fits = key != "Softmax2d"
    design = network(
        layer(Linear(16) if fits else Identity(), "fc", activation),
        shape=(16,) if fits else (3, 4, 4),
    )
    shown = bench(qtbot, design)
    shown.select(1)
    assert shown.choice("activation").title() == activation.title()
    for knob in activation.knobs:
        assert (knob.name in shown.words().splitlines()) is (knob.name not in activation.idle())
    assert activation.help().replace("\n\n", " ") in shown.words()
    if activation.vector:
        qtbot.waitUntil(lambda: bool(shown.all(VectorBars)))
        assert not shown.all(CurveCard)
    else:
        assert len(curves(curve_plot(shown, qtbot))) == 2
    assert shown.wishes == []


def test_choosing_an_activation_is_one_edit_and_one_step(qtbot: QtBot) -> None:
    shown = bench(qtbot, tutorial())
    shown.select(1)
    shown.choice("activation").chosen.emit("GELU")
    assert shown.wishes == [SetActivation((1,), ACTIVATIONS["GELU"]())]
    shown.document.undo()
    assert shown.choice("activation").current() == "Sigmoid"
    shown.choice("activation").chosen.emit("")
    assert shown.layer(1).activation is None
    assert not shown.all(CurveCard)


def test_the_list_is_opened_and_searched_by_keys_alone(qtbot: QtBot) -> None:
    shown = bench(qtbot, tutorial())
    shown.select(1)
    choice = shown.choice("activation")
    choice.setFocus()
    qtbot.keyClick(choice, "t")
    popup = choice._popup
    assert popup is not None
    qtbot.keyClicks(popup._search, "anh")
    qtbot.keyClick(popup._search, Qt.Key.Key_Return)
    assert shown.layer(1).activation == ACTIVATIONS["Tanh"]()


def test_the_curve_is_there_before_torch_has_answered(qtbot: QtBot) -> None:
    shown = one(qtbot, ACTIVATIONS["Sigmoid"](), SmallEngine(holds=True))
    slope, value = curves(curve_plot(shown, qtbot))
    assert value.y[0] == pytest.approx(1 / (1 + math.exp(-value.x[0])))
    assert slope.y.max() == pytest.approx(0.25, abs=1e-4)


def test_torchs_curve_takes_the_place_of_the_closed_form(qtbot: QtBot) -> None:
    shown = one(qtbot, ACTIVATIONS["Tanh"](), SmallEngine(holds=True))
    plot = curve_plot(shown, qtbot)
    before = curves(plot)
    shown.engine.let()
    after = curves(plot)
    assert all(new is not old for new, old in zip(after, before, strict=True))
    assert len(after) == 2


def test_an_argument_is_drawn_within_the_same_event(qtbot: QtBot) -> None:
    shown = one(qtbot, ACTIVATIONS["LeakyReLU"](), SmallEngine(holds=True))
    plot = curve_plot(shown, qtbot)
    type_into(qtbot, shown.line("negative_slope"), "0.5")
    _, value = curves(plot)
    assert value.y[0] == pytest.approx(0.5 * value.x[0])
    assert shown.layer(1).activation == ACTIVATIONS["LeakyReLU"]().with_fields(negative_slope=0.5)


def test_dragging_the_range_draws_and_asks_for_what_is_then_in_view(qtbot: QtBot) -> None:
    shown = one(qtbot, ACTIVATIONS["Tanh"]())
    plot = curve_plot(shown, qtbot)
    plot.pan(0.5)
    view = plot.view()
    _, value = curves(plot)
    assert (value.x[0], value.x[-1]) == pytest.approx((view.left, view.right))
    last = [each for each in shown.engine.asked if isinstance(each, Curve)][-1]
    assert (last.start, last.stop) == pytest.approx((view.left, view.right))


def test_an_answer_for_an_earlier_range_is_not_drawn(qtbot: QtBot) -> None:
    shown = one(qtbot, ACTIVATIONS["Tanh"](), SmallEngine(holds=True))
    plot = curve_plot(shown, qtbot)
    [late] = [shown.engine.waiting.pop(key) for key in list(shown.engine.waiting) if "Curve" in key]
    plot.pan(0.5)
    before = curves(plot)
    late()
    assert all(new is old for new, old in zip(curves(plot), before, strict=True))


def test_where_it_saturates_is_shaded_and_said(qtbot: QtBot) -> None:
    shown = one(qtbot, ACTIVATIONS["Sigmoid"]())
    plot = curve_plot(shown, qtbot)
    zones = [mark for mark in plot._marks if isinstance(mark, Zone)]
    assert [round(zones[0].stop), round(zones[1].start)] == [-6, 6]
    assert plot.accessibleDescription() == "saturated beyond ±6"
    assert "range of values" in shown.words()


def test_others_are_laid_over_and_taken_away(qtbot: QtBot) -> None:
    shown = one(qtbot, ACTIVATIONS["Sigmoid"]())
    plot = curve_plot(shown, qtbot)
    shown.button("Compare with").click()
    [popup] = shown.inspector.findChildren(ChoicePopup)
    qtbot.keyClicks(popup._search, "softsign")
    qtbot.keyClick(popup._search, Qt.Key.Key_Return)
    assert [each.name for each in curves(plot)] == ["Sigmoid", "Softsign"]
    qtbot.wait(30)
    chip, more = shown.button("Stop comparing"), shown.button("Compare with another")
    assert more.geometry().left() > chip.geometry().right()
    shown.button("Compare: both").click()
    assert len(curves(plot)) == 4
    shown.button("Compare: f′(x)").click()
    assert max(float(each.y.max()) for each in curves(plot)) == pytest.approx(1.0, abs=0.03)
    shown.button("Stop comparing with Softsign").click()
    assert len(curves(plot)) == 2
    assert shown.wishes == []


def test_a_layer_that_is_an_activation_shows_its_own_curve(qtbot: QtBot) -> None:
    shown = bench(qtbot, network(layer(ACTIVATIONS["ELU"]().with_fields(alpha=2.0), "elu")))
    shown.select(1)
    _, value = curves(curve_plot(shown, qtbot))
    assert float(value.y.min()) == pytest.approx(-2.0, abs=0.01)


def test_a_vector_starts_with_the_scores_and_shows_the_sum(qtbot: QtBot) -> None:
    shown = one(qtbot, ACTIVATIONS["Softmax"]())
    qtbot.waitUntil(lambda: bool(shown.all(VectorBars)))
    bars = shown.all(VectorBars)[0]
    assert tuple(bars.inputs()) == SCORES
    qtbot.waitUntil(lambda: bool(bars._outputs))
    assert bars._total == pytest.approx(1.0)
    assert max(bars._outputs) == bars._outputs[-1]


def test_the_vector_can_be_changed_and_reset(qtbot: QtBot) -> None:
    shown = one(qtbot, ACTIVATIONS["Softmax"]())
    qtbot.waitUntil(lambda: bool(shown.all(VectorBars)))
    bars = shown.all(VectorBars)[0]
    bars.edited.emit([5.0, *SCORES[1:]])
    qtbot.waitUntil(lambda: bool(bars._outputs) and bars._outputs[0] > 0.5)
    shown.button("Reset the vector").click()
    assert tuple(bars.inputs()) == SCORES
    asked = [each for each in shown.engine.asked if isinstance(each, Vector)]
    assert asked[-1].values.to_list() == list(SCORES)
    assert shown.wishes == []


def test_while_the_engine_starts_the_vector_says_that_it_waits(qtbot: QtBot) -> None:
    shown = one(qtbot, ACTIVATIONS["Softmax"](), SmallEngine(holds=True))
    assert "Waiting for the engine…" in shown.words()


def test_an_argument_that_several_share_is_set_for_all_and_keeps_the_others(qtbot: QtBot) -> None:
    gentle, deep = (
        ACTIVATIONS["Threshold"]().with_fields(value=1.0),
        ACTIVATIONS["Threshold"]().with_fields(value=2.0),
    )
    shown = bench(qtbot, network(layer(Linear(3), "a", gentle), layer(Linear(3), "b", deep)))
    shown.select(1, 2)
    type_into(qtbot, shown.line("threshold"), "4")
    assert shown.layer(1).activation == ACTIVATIONS["Threshold"]().with_fields(
        threshold=4.0, value=1.0
    )
    assert shown.layer(2).activation == ACTIVATIONS["Threshold"]().with_fields(
        threshold=4.0, value=2.0
    )


def test_the_wheel_scrolls_the_column_unless_a_plot_has_the_focus(qtbot: QtBot) -> None:
    from PySide6.QtCore import QPoint, QPointF
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    shown = one(qtbot, ACTIVATIONS["Tanh"]())
    plot = curve_plot(shown, qtbot)
    before = plot.view()

    def turn() -> bool:
        event = QWheelEvent(
            QPointF(60, 60), plot.mapToGlobal(QPointF(60, 60)), QPoint(0, 0), QPoint(0, 120),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
            False,
        )  # fmt: skip
        QApplication.sendEvent(plot, event)
        return event.isAccepted()

    plot.clearFocus()
    turn()
    assert plot.view() == before
    plot.setFocus()
    assert turn()
    assert plot.view() != before


def test_an_initializer_of_the_activations_own_tensor_can_be_chosen(qtbot: QtBot) -> None:
    shown = one(qtbot, ACTIVATIONS["PReLU"]().with_fields(num_parameters=16))
    shown.button("Tensor: activation.weight").click()
    shown.choice("Initializer of activation.weight").chosen.emit("Constant")
    assert shown.layer(1).initializer("activation.weight") == INITIALIZERS["Constant"]()
