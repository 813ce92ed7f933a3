"""What training needs in memory, chosen and read in the inspector of the network."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.catalogue.linear import Linear
from engine.catalogue.optimizers import SGD, Adam
from engine.catalogue.shaping import Unflatten
from engine.views.memory import memory
from gui.inspector.facts_part import bytes_text
from gui.inspector.memory_part import MemoryPart
from tests.gui.inspector_bench import Bench, bench, layer, network, type_into


def made(qtbot: QtBot) -> Bench:
    shown = bench(
        qtbot, network(layer(Linear(1000), "fc"), layer(Linear(10), "head"), shape=(100,))
    )
    shown.select()
    return shown


def row(shown: Bench, name: str) -> str:
    """What stands beside a name in the section."""
    found = [
        each.accessibleName().partition(": ")[2]
        for part in shown.all(MemoryPart)
        for each in part.findChildren(QLabel)
        if each.accessibleName().startswith(f"{name}: ")
    ]
    return found[0] if found else ""


def test_the_memory_of_training_follows_optimizer_and_batch(qtbot: QtBot) -> None:
    shown = made(qtbot)
    shown.choice("optimizer").chosen.emit("Adam")
    assert shown.state.project.training.optimizer == Adam()
    needed = memory(shown.state.analysis, Adam(), "float32")
    qtbot.waitUntil(lambda: row(shown, "optimizer") == bytes_text(needed.optimizer))
    assert row(shown, "weights") == row(shown, "gradients") == bytes_text(needed.weights)

    type_into(qtbot, shown.line("batch"), "64")
    assert shown.state.project.training.batch_size == 64
    qtbot.waitUntil(lambda: row(shown, "training") == bytes_text(needed.training(64)))

    shown.choice("optimizer").chosen.emit("SGD")
    qtbot.waitUntil(lambda: row(shown, "optimizer") == "0 B")
    type_into(qtbot, shown.line("momentum"), "0.9")
    assert shown.state.project.training.optimizer == SGD(momentum=0.9)
    qtbot.waitUntil(lambda: row(shown, "optimizer") == bytes_text(needed.weights))


def test_a_machine_is_too_small_or_says_how_large_a_batch_may_be(qtbot: QtBot) -> None:
    shown = made(qtbot)
    shown.choice("optimizer").chosen.emit("Adam")
    needed = memory(shown.state.analysis, Adam(), "float32")
    type_into(qtbot, shown.line("machine (GB)"), "0.001")
    qtbot.waitUntil(lambda: row(shown, "fits").startswith("no batch: one sample needs "))
    type_into(qtbot, shown.line("machine (GB)"), "0.002")
    most = needed.largest_batch(2_000_000)
    assert most > 0
    qtbot.waitUntil(lambda: row(shown, "fits").endswith(f"up to {most:,}"))


def test_with_a_fault_the_memory_is_that_up_to_the_fault(qtbot: QtBot) -> None:
    shown = bench(
        qtbot, network(layer(Linear(1000), "fc"), layer(Unflatten(), "wrong"), shape=(100,))
    )
    shown.select()
    (part,) = shown.all(MemoryPart)
    qtbot.waitUntil(lambda: "up to the fault" in part.heading.accessibleDescription())
    assert row(shown, "weights") == "404.0 kB"
