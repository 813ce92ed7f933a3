"""Values chosen by name: what a network also returns, and what a block is handed."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.catalogue.linear import Linear
from engine.design.edit import apply
from engine.design.tree import Group, find
from engine.design.wrapping import AsGroup, Wrap
from tests.gui.inspector_bench import Bench, bench, layer, network


def group(shown: Bench) -> Group:
    found = find(shown.state.network.body, shown.state.selection[0])
    assert isinstance(found, Group)
    return found


def press(shown: Bench, button: str) -> None:
    """Click a button, and let rows that it adds appear."""
    shown.button(button).click()
    QApplication.processEvents()


def test_a_network_returns_a_further_value_and_no_more(qtbot: QtBot) -> None:
    layers = (layer(Linear(4), "first"), layer(Linear(4), "second"), layer(Linear(2), "out"))
    shown = bench(qtbot, network(*layers))
    press(shown, "Return another value")
    assert shown.state.network.outputs == ("second",)
    shown.choice("also returns second").chosen.emit("first")
    assert shown.state.network.outputs == ("first",)
    assert shown.state.analysis.valid
    press(shown, "Remove value 1")
    assert shown.state.network.outputs == ()


def test_a_block_is_handed_a_value_under_a_name_of_its_own(qtbot: QtBot) -> None:
    layers = (layer(Linear(4), "first"), layer(Linear(4), "second"), layer(Linear(4), "third"))
    plain = network(*layers)
    shown = bench(qtbot, apply(plain, Wrap((3,), AsGroup())))
    shown.select(4)
    press(shown, "Hand in a value")
    assert (group(shown).takes, group(shown).others) == (("second",), ("second",))
    shown.choice("handed in as second").chosen.emit("first")
    assert (group(shown).takes, group(shown).others) == (("second",), ("first",))
    assert shown.state.analysis.valid
    press(shown, "Remove value 1")
    assert (group(shown).takes, group(shown).others) == ((), ())
