"""Each tensor of a layer has its own initializer, its law, and what the worker draws for it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.catalogue import ACTIVATIONS, INITIALIZERS
from engine.catalogue.linear import Linear
from engine.catalogue.recurrent import LSTM
from engine.design.edit import SetField, SetInitializer
from engine.design.project import SetNotes
from engine.files.reading import from_document
from engine.views.shapes import infer
from engine.worker.protocol import Draw
from gui.inspector.weight_card import WeightCard
from gui.inspector.weight_marks import pictured
from gui.learn.law import LARGEST_DRAWN
from gui.widgets.image import MatrixImage
from gui.widgets.plot import Plot
from gui.widgets.plot_marks import Bars, Series
from tests.gui.inspector_bench import Bench, bench, layer, network, type_into
from tests.gui.small_engine import SmallEngine, sample

SHAPES = {"Dirac": (16, 16, 3, 3)}
every_rule = pytest.mark.parametrize("key", list(INITIALIZERS))


def one(qtbot: QtBot, key: str = "", engine: SmallEngine | None = None, **fields: float) -> Bench:
    node = layer(Linear(16), "fc")
    if key:
        node = layer(Linear(16), "fc", weight=INITIALIZERS[key](**fields))
    shown = bench(qtbot, network(node, shape=(16,)), engine)
    shown.select(1)
    return shown


def weight_plot(shown: Bench, qtbot: QtBot) -> Plot:
    def plots() -> list[Plot]:
        [card] = shown.all(WeightCard)
        return [each for each in card.findChildren(Plot) if each.isVisible()]

    qtbot.waitUntil(lambda: bool(plots()))
    return plots()[0]


def drawn(plot: Plot) -> list[Bars]:
    return [mark for mark in plot._marks if isinstance(mark, Bars)]


def draws(shown: Bench) -> list[Draw]:
    return [each for each in shown.engine.asked if isinstance(each, Draw)]


# --- law and picture -----------------------------------------------------------------------------


@every_rule
def test_the_line_of_theory_and_its_stems_add_up_to_all_entries(key: str) -> None:
    law = INITIALIZERS[key]().distribution(SHAPES.get(key, (64, 64)))
    picture = pictured(law, None)
    lines = [mark for mark in picture.marks if isinstance(mark, Series)]
    stems = [mark for mark in lines if mark.x.size == 2]
    curve = [mark for mark in lines if mark.x.size > 2]
    width = (picture.high - picture.low) / 1.08 / (33 if law.atoms else 32)
    area = sum(float(np.trapezoid(mark.y, mark.x)) for mark in curve) / width
    assert area + sum(float(mark.y[-1]) for mark in stems) == pytest.approx(1.0, abs=0.03)


@every_rule
@pytest.mark.parametrize("size", [1, 3, 256, 100_000])
def test_bars_hold_every_drawn_value(key: str, size: int) -> None:
    law = INITIALIZERS[key]().distribution(SHAPES.get(key, (64, 64)))
    values = sample(law, size, 1).astype(float)
    [bars] = [mark for mark in pictured(law, values).marks if isinstance(mark, Bars)]
    assert float(bars.heights.sum()) == pytest.approx(1.0)


def test_a_single_value_stands_in_the_middle_of_its_bar() -> None:
    law = INITIALIZERS["Constant"]().with_fields(val=0.3).distribution((8, 8))
    [bars] = [m for m in pictured(law, np.full(64, 0.3)).marks if isinstance(m, Bars)]
    [place] = np.flatnonzero(bars.heights)
    assert (bars.edges[place] + bars.edges[place + 1]) / 2 == pytest.approx(0.3)


@every_rule
def test_every_rule_is_offered_or_refused_with_its_reason(qtbot: QtBot, key: str) -> None:
    shown = one(qtbot)
    for tensor, shape in (("weight", (16, 16)), ("bias", (16,))):
        shown.button(f"Tensor: {tensor}").click()
        offered = {each.key: each for each in shown.choice("Initializer of")._options}
        assert offered[key].disabled_reason == INITIALIZERS[key]().refusal(shape)
    assert next(iter(offered)) == ""
    assert len(offered) == 15


@every_rule
def test_every_rule_shows_its_arguments_formula_and_help(qtbot: QtBot, key: str) -> None:
    if INITIALIZERS[key]().refusal((16, 16)):
        return
    shown = one(qtbot, key)
    chosen = INITIALIZERS[key]()
    plot = weight_plot(shown, qtbot)
    assert chosen.help().replace("\n\n", " ") in shown.words()
    explained = chosen.distribution((16, 16)).explained()
    assert explained in (plot.accessibleDescription(), *shown.words().splitlines())
    for knob in chosen.knobs:
        assert (knob.name in shown.words().splitlines()) is (knob.name not in chosen.idle())
    qtbot.waitUntil(lambda: bool(drawn(plot)))
    assert shown.wishes == []


def test_a_field_appears_with_the_choice_that_gives_it_an_effect(qtbot: QtBot) -> None:
    shown = one(qtbot, "KaimingNormal")
    assert "a" not in shown.words().splitlines()
    shown.choice("nonlinearity").edited.emit("leaky_relu")
    assert "a" in shown.words().splitlines()
    type_into(qtbot, shown.line("a"), "0.2")
    assert shown.layer(1).initializer("weight") == INITIALIZERS["KaimingNormal"]().with_fields(
        nonlinearity="leaky_relu", a=0.2
    )


def test_torchs_default_is_explained_for_each_tensor(qtbot: QtBot) -> None:
    shown = one(qtbot)
    assert "kaiming_uniform_ with a = √5" in shown.words()
    shown.button("Tensor: bias").click()
    assert "fan_in being that of the weight" in shown.words()


# --- what is wished ------------------------------------------------------------------------------


def test_each_tensor_is_set_apart(qtbot: QtBot) -> None:
    shown = one(qtbot)
    shown.choice("Initializer of weight").chosen.emit("KaimingNormal")
    shown.button("Tensor: bias").click()
    shown.choice("Initializer of bias").chosen.emit("Zeros")
    assert dict(shown.layer(1).initializers) == {
        "weight": INITIALIZERS["KaimingNormal"](),
        "bias": INITIALIZERS["Zeros"](),
    }
    shown.choice("Initializer of bias").chosen.emit("")
    assert shown.wishes[-1] == SetInitializer((1,), "bias", None)


def test_an_argument_moves_the_line_of_theory_at_once(qtbot: QtBot) -> None:
    shown = one(qtbot, "Normal", SmallEngine(holds=True))
    plot = weight_plot(shown, qtbot)
    type_into(qtbot, shown.line("std"), "5")
    assert plot.view().right == pytest.approx(5 * 3.2 * 1.08, rel=0.02)
    assert shown.layer(1).initializer("weight") == INITIALIZERS["Normal"]().with_fields(std=5.0)


def test_bounds_that_contradict_each_other_say_so_and_draw_nothing(qtbot: QtBot) -> None:
    shown = one(qtbot, "Uniform")
    type_into(qtbot, shown.line("a"), "2")
    assert "The lower bound a = 2 is above the upper bound b = 1." in shown.words().splitlines()
    assert not shown.all(WeightCard)
    type_into(qtbot, shown.line("a"), "0.5")
    assert shown.all(WeightCard)


# --- what is drawn -------------------------------------------------------------------------------


def test_only_the_tensor_that_is_shown_is_drawn(qtbot: QtBot) -> None:
    shown = one(qtbot, "XavierNormal")
    plot = weight_plot(shown, qtbot)
    qtbot.waitUntil(lambda: bool(drawn(plot)))
    assert [each.tensor for each in draws(shown)] == ["fc.weight"]
    shown.button("Tensor: bias").click()
    qtbot.waitUntil(lambda: len(draws(shown)) == 2)
    assert draws(shown)[1].tensor == "fc.bias"


def test_what_was_drawn_stands_beside_theory(qtbot: QtBot) -> None:
    shown = one(qtbot, "Constant", val=0.25)
    qtbot.waitUntil(lambda: bool(drawn(weight_plot(shown, qtbot))))
    assert shown.words().splitlines().count("0.25") == 2


def test_many_changes_are_drawn_once(qtbot: QtBot) -> None:
    shown = one(qtbot, "Normal")
    for size in range(17, 40):
        shown.document.do(SetField((1,), "out_features", size))
    qtbot.waitUntil(lambda: bool(draws(shown)))
    qtbot.wait(200)
    assert len(draws(shown)) == 1


def test_what_the_weights_do_not_depend_on_draws_nothing_anew(qtbot: QtBot) -> None:
    shown = one(qtbot, "Normal")
    qtbot.waitUntil(lambda: bool(drawn(weight_plot(shown, qtbot))))
    shown.select()
    shown.select(1)
    shown.document.do(SetNotes("mine"))
    qtbot.wait(250)
    assert len(draws(shown)) == 1


def test_an_edit_of_an_earlier_layer_draws_the_later_one_anew(qtbot: QtBot) -> None:
    shown = bench(qtbot, network(layer(Linear(3), "first"), layer(Linear(3), "second")))
    shown.select(2)
    qtbot.waitUntil(lambda: len(draws(shown)) == 1)
    shown.document.do(SetField((1,), "bias", False))
    qtbot.waitUntil(lambda: len(draws(shown)) == 2)
    assert draws(shown)[1].tensor == "second.weight"


def test_while_another_layer_is_faulty_the_layer_is_drawn_alone(qtbot: QtBot) -> None:
    design = network(layer(Linear(3), "sound"), layer(Linear(5), "odd", ACTIVATIONS["GLU"]()))
    shown = bench(qtbot, design)
    shown.select(1)
    plot = weight_plot(shown, qtbot)
    qtbot.waitUntil(lambda: bool(drawn(plot)))
    assert "Drawn for this layer alone" in shown.words()
    assert infer(from_document(draws(shown)[0].project).network).valid


def test_draw_again_takes_the_next_seed_and_undo_takes_it_back(qtbot: QtBot) -> None:
    shown = one(qtbot, "Normal")
    plot = weight_plot(shown, qtbot)
    qtbot.waitUntil(lambda: bool(drawn(plot)))
    before = drawn(plot)[0].heights
    shown.button("Draw again").click()
    qtbot.waitUntil(lambda: len(draws(shown)) == 2)
    assert draws(shown)[1].seed == 1
    qtbot.waitUntil(lambda: not np.array_equal(drawn(plot)[0].heights, before))
    shown.document.undo()
    qtbot.waitUntil(lambda: np.array_equal(drawn(plot)[0].heights, before))


def test_the_matrix_is_shown_in_its_own_rows_and_columns(qtbot: QtBot) -> None:
    shown = bench(qtbot, network(layer(Linear(5), "fc"), shape=(7,)))
    shown.select(1)
    qtbot.waitUntil(lambda: bool(drawn(weight_plot(shown, qtbot))))
    shown.button("View: matrix").click()
    qtbot.waitUntil(lambda: bool(shown.all(MatrixImage)))
    assert shown.all(MatrixImage)[0]._shown.values.shape == (5, 7)
    shown.button("View: histogram").click()
    assert not shown.all(MatrixImage)


def test_while_the_engine_starts_theory_alone_is_shown_and_said(qtbot: QtBot) -> None:
    shown = one(qtbot, "Normal", SmallEngine(holds=True))
    plot = weight_plot(shown, qtbot)
    qtbot.waitUntil(lambda: "Drawing the weights…" in shown.words())
    assert not drawn(plot)
    shown.engine.let()
    assert drawn(plot)
    assert "Drawing the weights…" not in shown.words()


def test_what_the_engine_cannot_draw_is_said_in_its_own_words(qtbot: QtBot) -> None:
    said = "There is not enough memory for drawing weights."
    shown = one(qtbot, "Normal", SmallEngine(fails=said))
    qtbot.waitUntil(lambda: said in shown.words())


def test_a_tensor_too_large_to_draw_is_not_asked_for(qtbot: QtBot) -> None:
    wide = LARGEST_DRAWN // 16 + 1
    shown = bench(qtbot, network(layer(Linear(wide), "fc"), shape=(16,)))
    shown.select(1)
    weight_plot(shown, qtbot)
    qtbot.wait(200)
    assert "2.1 GB, so only theory is shown" in shown.words()
    assert not draws(shown)
    assert math.prod((wide, 16)) > LARGEST_DRAWN


def test_a_part_of_a_large_tensor_is_drawn_and_said(qtbot: QtBot) -> None:
    shown = bench(qtbot, network(layer(Linear(2000), "fc"), shape=(600,)))
    shown.select(1)
    plot = weight_plot(shown, qtbot)
    qtbot.waitUntil(lambda: bool(drawn(plot)), timeout=20_000)
    assert "1,000,000 values drawn" in shown.words()


def test_behind_a_fault_the_weights_say_what_they_wait_for(qtbot: QtBot) -> None:
    design = network(
        layer(Linear(15), "odd", ACTIVATIONS["GLU"]()), layer(Linear(3), "behind"), shape=(4,)
    )
    shown = bench(qtbot, design)
    shown.select(2)
    assert "known as soon as the fault before it is mended" in shown.words()
    qtbot.wait(200)
    assert not draws(shown)


def test_paths_inside_blocks_are_those_of_the_state_dict(qtbot: QtBot) -> None:
    from engine.design.tree import Group, Layer, Stack

    inner = Group(0, "seq", "", Stack((Layer(0, "", Linear(3)), Layer(0, "", Linear(3)))))
    named = Group(0, "head", "Head", Stack((Layer(0, "fc", Linear(3)),)))
    shown = bench(qtbot, network(inner, named))
    paths: list[str] = []
    for facts_id in (3, 5):
        shown.select(facts_id)
        qtbot.waitUntil(lambda: len(draws(shown)) > len(paths))
        paths.append(draws(shown)[-1].tensor)
    assert paths == ["seq.1.weight", "head.fc.weight"]


# --- layers with many tensors --------------------------------------------------------------------


def test_many_tensors_are_offered_in_a_list_and_each_has_its_own_initializer(qtbot: QtBot) -> None:
    shown = bench(qtbot, network(layer(LSTM(4, num_layers=2), "walk"), shape=(5, 3)))
    shown.select(1)
    tensors = shown.choice("Tensor")
    assert tensors.isVisible()
    assert tensors.current() == "weight_ih_l0"
    tensors.set_current("bias_hh_l1")
    tensors.chosen.emit("bias_hh_l1")
    assert shown.choice("Initializer of bias_hh_l1").isVisible()
