"""Somebody brings a table of their own, mends what does not meet, and trains."""

from __future__ import annotations

from pathlib import Path

import resources
from engine.catalogue.datasets import Dataset
from engine.catalogue.files import CsvFile
from gui.views.balance import Balance
from gui.views.data_view import DataView
from gui.views.thumbnails import Thumbnails
from gui.widgets.choice import Choice
from gui.widgets.pieces import Notice
from gui.widgets.rows_table import RowsTable
from tests.journeys.conftest import Come
from tests.journeys.person import Person
from tests.journeys.test_training import phase, train


def choose(person: Person, name: str, text: str) -> None:
    view = person.all(DataView)[0]
    person.click(person.named(Choice, name, view))
    person.choose(text)


def data_set(person: Person) -> Dataset:
    chosen = person.state.project.data.set
    assert isinstance(chosen, Dataset)
    return chosen


def test_a_table_with_gaps_and_words_is_chosen_mended_and_learnt(come: Come, tmp_path: Path):
    lines = [
        f"{n % 9},{'' if n % 8 == 3 else n % 5},{'ripe' if n % 9 > 4 else 'green'}"
        for n in range(90)
    ]
    path = tmp_path / "fruit.csv"
    path.write_text("weight,colour,state\n" + "\n".join(lines))
    project = tmp_path / "fruit.loom"
    project.write_bytes(resources.path("samples", "iris.loom").read_bytes())
    person = come(project)
    person.wait_for_engine()
    person.window.show_view(3)
    view = person.all(DataView)[0]
    choose(person, "Data set", "CSV")
    person.until(lambda: "No CSV file is chosen yet" in person.words(view))
    person.fill("path", str(path), view)
    person.until(lambda: "values are missing" in person.words(view))
    choose(person, "gaps", "mean")
    person.until(lambda: person.all(Balance))
    assert "green: 50" in person.all(Balance)[0].accessibleName()
    assert "fruit.csv" in person.words(person.all(Notice, view)[0])
    person.click_button("Make the input 2", view)
    person.until(lambda: "2 classes" in person.words(person.all(Notice, view)[0]))
    person.click_button("Give out 2 outputs", view)
    person.until(lambda: not person.all(Notice, view))
    assert data_set(person) == CsvFile(path=str(path), gaps="mean")
    train(person)
    person.until(lambda: phase(person) == "done")


def test_pictures_are_shown_as_pictures(come: Come):
    person = come(resources.path("samples", "digits.loom"))
    person.wait_for_engine()
    person.window.show_view(3)
    view = person.all(DataView)[0]
    person.until(lambda: person.all(Thumbnails, view))
    person.click_button("What is shown of the data: Rows", view)
    assert person.all(RowsTable, view)
