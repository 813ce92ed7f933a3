"""Thumbnails show what they are of, in the colours of the theme; cards are painted in both themes."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QApplication

from engine.catalogue import ACTIVATIONS, INITIALIZERS, KINDS
from gui import theme
from gui.stack.thumbnails import activation_thumbnail, initializer_thumbnail, kind_thumbnail
from gui.stack.words import family_colour
from gui.widgets.choice_popup import THUMBNAIL
from tests.gui.stack_rig import Rig, moons


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> None:
    theme.apply(qapp, theme.DARK)


def colours_in(picture: QPixmap | QImage) -> set[str]:
    image = picture.toImage() if isinstance(picture, QPixmap) else picture
    return {
        image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())
    }


@pytest.mark.parametrize("key", ["", *ACTIVATIONS])
def test_every_activation_has_a_picture(key: str):
    picture = activation_thumbnail(key)
    assert picture.deviceIndependentSize().toSize() == THUMBNAIL
    assert len(colours_in(picture)) > 4


@pytest.mark.parametrize("key", ["", *INITIALIZERS])
def test_every_initializer_has_a_picture(key: str):
    assert len(colours_in(initializer_thumbnail(key))) > 2


@pytest.mark.parametrize("key", list(KINDS))
def test_every_kind_has_a_picture_in_the_colour_of_its_family(key: str):
    assert len(colours_in(kind_thumbnail(key))) > 2
    assert theme.current().hex(family_colour(KINDS[key].family)).startswith("#")


def test_pictures_are_made_once_for_each_theme(qapp: QApplication):
    dark = activation_thumbnail("ReLU")
    assert activation_thumbnail("ReLU").cacheKey() == dark.cacheKey()
    theme.apply(qapp, theme.LIGHT)
    assert activation_thumbnail("ReLU").cacheKey() != dark.cacheKey()


@pytest.mark.parametrize("name", ["dark", "light"])
def test_a_card_carries_the_colours_of_its_family_and_its_chips(qtbot, qapp, name: str):
    theme.apply(qapp, theme.THEMES[name])
    rig = Rig(moons())
    qtbot.addWidget(rig.panel)
    found = colours_in(rig.view.grab(rig.scene.card_rect(rig.row_of(1))))
    for token in ("card", "family_linear", "activation_fill", "initializer_fill"):
        assert theme.current().hex(token) in found


def test_a_switch_of_theme_repaints_the_cards(qtbot, qapp):
    rig = Rig(moons())
    qtbot.addWidget(rig.panel)
    theme.apply(qapp, theme.LIGHT)
    image = rig.view.grab().toImage()
    assert image.pixelColor(3, 3).name() == theme.LIGHT.panel
    assert image.pixelColor(200, 12).name() == theme.LIGHT.selected
