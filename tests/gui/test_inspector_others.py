"""What a layer takes beside what flows in, chosen in the inspector."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from engine.catalogue.linear import Linear
from engine.catalogue.pairs import Bilinear
from tests.gui.inspector_bench import Bench, bench, layer, network


def made(qtbot: QtBot) -> Bench:
    return bench(qtbot, network(layer(Linear(4), "first"), layer(Bilinear(2), "both"), shape=(3,)))


def test_a_second_value_is_chosen_from_the_names_in_reach(qtbot: QtBot) -> None:
    shown = made(qtbot)
    shown.select(2)
    assert shown.state.analysis.faults
    assert shown.choice("other").title() == "not chosen"
    shown.choice("other").chosen.emit("x")
    assert shown.layer(2).others == ("x",)
    assert not shown.state.analysis.faults
    assert shown.choice("other").title() == "x"
    shown.choice("other").chosen.emit("first")
    assert shown.layer(2).others == ("first",)


def test_a_layer_of_one_value_offers_no_other(qtbot: QtBot) -> None:
    shown = made(qtbot)
    shown.select(2)
    shown.select(1)
    assert not [
        each
        for each in shown.all(type(shown.choice("activation")))
        if each.accessibleName().startswith("other")
    ]
