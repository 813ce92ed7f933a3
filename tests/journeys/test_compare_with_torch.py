"""A person checks what the window says against torch itself."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from gui.dialogs.verify import VerifyDialog
from tests.journeys.conftest import Come
from tests.journeys.projects import written

Key = Qt.Key


def test_the_design_is_compared_with_torch_and_nothing_differs(come: Come, tmp_path: Path):
    person = come(written("blocks", tmp_path))
    person.press(Key.Key_F6)
    dialog = person.dialog()
    person.until(lambda: "zero differences" in person.words(dialog))
    person.press(Key.Key_Escape)


def test_the_button_of_the_summary_does_the_same_and_can_be_taken_back(come: Come, tmp_path: Path):
    person = come(written("blocks", tmp_path))
    person.window.show_view(1)
    person.settle()
    person.click(person.named(QPushButton, "Check"))
    assert isinstance(person.dialog(), VerifyDialog)
    person.press(Key.Key_Escape)
    assert not person.all(VerifyDialog)
    person.click(person.named(QPushButton, "Check"))
    dialog = person.dialog()
    person.until(lambda: "zero differences" in person.words(dialog))
