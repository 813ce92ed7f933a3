"""The shipped files are what they claim to be."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from sklearn import datasets

import resources

REFEREES: dict[str, Callable[[], Any]] = {
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
    "breast-cancer": datasets.load_breast_cancer,
    "diabetes": lambda: datasets.load_diabetes(scaled=False),
    "digits": datasets.load_digits,
}
ICONS = sorted(resources.path("icons").glob("*.svg"))
APPLICATION_ICON = resources.path("icons", "layerloom.svg")


def description(name: str) -> dict[str, Any]:
    return json.loads(resources.path("data", f"{name}.json").read_text(encoding="utf-8"))


def test_every_data_set_has_a_referee() -> None:
    assert {file.stem for file in resources.path("data").glob("*.json")} == {*REFEREES, "mnist-5k"}


@pytest.mark.parametrize("name", REFEREES)
def test_every_value_is_the_one_scikit_learn_ships(name: str) -> None:
    told, referee = description(name), REFEREES[name]()
    table = np.loadtxt(
        resources.path("data", told["file"]), delimiter=",", skiprows=1, encoding="utf-8"
    )
    np.testing.assert_array_equal(table[:, :-1], referee.data)
    np.testing.assert_array_equal(table[:, -1], referee.target)


@pytest.mark.parametrize("name", REFEREES)
def test_a_description_agrees_with_its_table(name: str) -> None:
    told = description(name)
    file = resources.path("data", told["file"])
    table = np.loadtxt(file, delimiter=",", skiprows=1, encoding="utf-8")
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8") as lines:
        header = next(csv.reader(lines))
    assert header == [*told["features"], told["target"]]
    assert table.shape == (told["rows"], len(told["features"]) + 1)
    assert int(np.prod(told["shape"])) == len(told["features"])
    if told["task"] == "classification":
        assert sorted(set(table[:, -1])) == list(range(len(told["classes"])))


def test_the_pictures_of_mnist_are_those_that_were_compared_with_their_source() -> None:
    told = description("mnist-5k")
    pixels = gzip.decompress(resources.path("data", told["file"]).read_bytes())
    labels = gzip.decompress(resources.path("data", told["labels"]).read_bytes())
    assert struct.unpack(">4i", pixels[:16]) == (0x803, told["rows"], *told["shape"][1:])
    assert struct.unpack(">2i", labels[:8]) == (0x801, told["rows"])
    assert np.bincount(np.frombuffer(labels[8:], np.uint8)).tolist() == [500] * 10
    whole = "2913c6b6527114b7307e1086335a7665e3f94c74aba3d67525e6f116bf5ae20f"
    assert hashlib.sha256(pixels[16:]).hexdigest() == whole


def test_all_data_together_stay_small() -> None:
    # Two thirds of it are MNIST.
    assert sum(file.stat().st_size for file in resources.path("data").iterdir()) < 1_200_000


@pytest.mark.parametrize("file", ICONS, ids=lambda file: file.stem)
def test_an_icon_is_drawn_and_takes_its_colour_from_the_palette(file: Path) -> None:
    renderer = QSvgRenderer(str(file))
    assert renderer.isValid()
    image = QImage(24, 24, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    assert any(image.pixelColor(x, y).alpha() for x in range(24) for y in range(24))
    if file != APPLICATION_ICON:
        root = ElementTree.parse(file).getroot()
        assert "currentColor" in (root.get("stroke"), root.get("fill"))


@pytest.mark.parametrize("size", [16, 32, 48, 64, 128, 256])
def test_the_application_icon_has_its_size_and_clear_corners(size: int) -> None:
    image = QImage(str(resources.path("icons", f"layerloom-{size}.png")))
    assert (image.width(), image.height()) == (size, size)
    assert image.pixelColor(0, 0).alpha() < 128
    assert image.pixelColor(size // 2, size // 2).alpha() == 255


def test_a_missing_resource_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"resources/data/moon\.csv is missing"):
        resources.path("data", "moon.csv")
