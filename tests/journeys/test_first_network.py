"""The main journey: from an empty stack to a file that needs nothing but torch, all by hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractItemView, QFileDialog, QListWidget, QTabBar, QTableView

import engine
import resources
from gui.start_page import StartCard
from gui.widgets.choice import Choice
from tests.journeys.person import CONTROL, Key, Person

IMPORTED = """
import sys
import torch
from net import Net
torch.manual_seed(0)
net = Net()
y = net(torch.randn(5, 3))
print(*y.shape, bool(torch.allclose(y.sum(1), torch.ones(5))), sum(p.numel() for p in net.parameters()))
print(*(name for name in sys.modules if name.partition(".")[0] in ("engine", "gui", "PySide6", "layerloom")))
"""


def table_of(table: QAbstractItemView) -> list[list[str]]:
    """What the cells of a table say."""
    model = table.model()
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def go_to_tab(person: Person, tabs: QTabBar, title: str) -> None:
    place = [tabs.tabText(tab) for tab in range(tabs.count())].index(title)
    person.click(tabs, tabs.tabRect(place).center())


def build_linear1(person: Person) -> None:
    """All of it in the inspector, with the mouse."""
    inspector = person.window.inspector
    person.fill("out_features", "3")
    person.click(person.named(Choice, "activation", inspector))
    person.choose("sigm")
    person.click(person.named(Choice, "Initializer of weight", inspector))
    person.choose("xavier n")


def build_linear2(person: Person) -> None:
    """All of it on the card: the number by a click, the drop-downs by the keyboard alone."""
    person.click_card("linear2", "brief")
    person.write("2")
    person.press(Key.Key_Return)
    person.click_card("linear2")
    person.press(Key.Key_Tab)
    person.press(Key.Key_Space)
    assert "ReLU" in person.offered()
    person.choose("relu")
    person.press(Key.Key_Tab)
    person.press(Key.Key_Space)
    person.choose("kaiming n")


def build_out(person: Person) -> None:
    """Renamed on the card by F2, its activation by letters typed at the drop-down of the inspector."""
    person.press(Key.Key_F2)
    person.write("out")
    person.press(Key.Key_Return)
    person.fill("out_features", "2")
    choice = person.named(Choice, "activation", person.window.inspector)
    for _ in range(10):
        if person.keyboard() is choice:
            break
        person.press(Key.Key_Tab)
    assert person.keyboard() is choice
    person.write("softm")
    person.press(Key.Key_Return)


def build_tutorial(person: Person) -> None:
    """The tutorial's network from the empty stack."""
    person.click(person.named(StartCard, "Empty stack"))
    person.fill("shape", "3")
    person.click_stack()
    for _ in range(3):
        person.write("lin")
        person.press(Key.Key_Return)
    assert person.names() == ["linear1", "linear2", "linear3"]
    person.click_card("linear1")
    build_linear1(person)
    build_linear2(person)
    person.click_card("linear3")
    build_out(person)


def test_a_first_start_shows_what_to_start_from(person: Person):
    cards = [card.accessibleName().split(":")[0] for card in person.all(StartCard)]
    assert cards == [
        "Tutorial network", "Iris classifier", "Digits classifier", "Two moons", "Empty stack", "Open a file…",
        "Known networks…",
    ]  # fmt: skip
    person.press(Key.Key_Return)
    assert person.names() == ["linear1", "linear2", "out"]


def test_the_tutorial_network_is_built_by_hand_run_exported_and_proven(
    person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    build_tutorial(person)
    shipped = engine.load(resources.path("samples", "tutorial.loom")).network
    assert person.network.body == shipped.body
    assert "3 layers · 26 params" in person.words(person.window.stack)

    run(person)
    look_at_parameters(person)
    file = tmp_path / "net.py"
    export(person, file, monkeypatch)
    import_without_layerloom(file)


def run(person: Person) -> None:
    """F5 gives five rows of two shares."""
    person.wait_for_engine()
    person.press(Key.Key_F5)
    panel = person.window.run
    person.until(lambda: person.all(QTableView, panel))
    (table,) = person.all(QTableView, panel)
    rows = [[float(cell) for cell in row] for row in table_of(table)]
    assert [len(row) for row in rows] == [2] * 5
    assert all(abs(sum(row) - 1) < 2e-4 for row in rows)
    assert "every row sums to 1" in person.words(panel)


def look_at_parameters(person: Person) -> None:
    """Six tensors by their names, twenty-six numbers."""
    panel = person.window.run
    go_to_tab(person, panel.tabs, "Parameters")
    person.until(
        lambda: any(table.model().rowCount() == 6 for table in person.all(QTableView, panel))
    )
    table = person.named(QTableView, "Parameters", panel)
    assert [row[:2] for row in table_of(table)] == [
        ["linear1.weight", "[3, 3]"], ["linear1.bias", "[3]"],
        ["linear2.weight", "[2, 3]"], ["linear2.bias", "[2]"],
        ["out.weight", "[2, 2]"], ["out.bias", "[2]"],
    ]  # fmt: skip
    assert "6 tensors with 26 numbers" in person.words(panel)


def export(person: Person, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl+E, the first format, Save; the dialog then says that it is proven."""
    asked: list[str] = []

    def answer(*arguments: object) -> tuple[str, str]:
        asked.append(str(arguments[2]))
        return str(file), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    person.press(Key.Key_E, CONTROL)
    dialog = person.dialog()
    assert person.named(QListWidget, "What to export", dialog).currentRow() == 0
    code = person.read(dialog)
    assert "class Net(nn.Module):" in code
    assert "layerloom" not in code.lower()
    person.click_button("Save…", dialog)
    assert asked[0].endswith("Net.py")
    person.until(
        lambda: "proven" in person.words(dialog) and "largest difference" in person.words(dialog)
    )
    assert "net.py is written and proven." in person.words(dialog)
    assert "largest difference 0" in person.words(dialog)
    assert file.read_text() == code
    person.press(Key.Key_Escape)


def import_without_layerloom(file: Path) -> None:
    """In a folder of its own, with nothing of ours on the path."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED],
        cwd=file.parent, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["5 2 True 26", ""]
