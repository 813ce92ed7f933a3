"""The look: every text can be read, every token is in both themes, nothing heavy is loaded."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QIcon, QPalette
from PySide6.QtWidgets import QApplication, QLabel

import resources
from gui import theme
from gui.style_sheet import style_sheet
from gui.tokens import TEXT_ON_SURFACE

BOTH = pytest.mark.parametrize("look", theme.THEMES.values(), ids=lambda look: look.name)
TOKENS = [field.name for field in fields(theme.Theme) if field.name not in ("name", "dark")]


@BOTH
@pytest.mark.parametrize(("text", "surface"), TEXT_ON_SURFACE)
def test_every_text_stands_out_from_its_surface(look, text, surface):
    assert theme.contrast(look.hex(text), look.hex(surface)) >= 4.5


@BOTH
def test_a_zero_and_both_signs_can_be_told_apart(look):
    for sign in ("positive", "negative"):
        assert theme.contrast(look.hex(sign), look.hex("zero")) >= 3


@BOTH
def test_the_keyboards_focus_can_be_seen_on_every_surface(look):
    for surface in ("canvas", "panel", "card", "raised"):
        assert theme.contrast(look.hex("accent"), look.hex(surface)) >= 3


@BOTH
@pytest.mark.parametrize("token", TOKENS)
def test_every_token_is_an_opaque_colour(look, token):
    assert re.fullmatch("#[0-9a-f]{6}", look.hex(token))


def test_contrast_is_that_of_the_standard():
    assert theme.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert theme.contrast("#777777", "#777777") == 1
    assert theme.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@BOTH
def test_the_pictures_of_the_style_sheet_exist_in_colours_of_the_theme(look):
    folder = resources.path("style", look.name)
    within = re.escape(folder.as_posix())
    named = set(re.findall(rf'url\("{within}/([\w-]+\.svg)"\)', style_sheet(look)))
    assert named == {file.name for file in folder.iterdir()}
    for file in folder.iterdir():
        used = set(re.findall("#[0-9a-fA-F]{6}", file.read_text()))
        assert used <= {look.hex(token) for token in TOKENS}


@BOTH
def test_applying_a_theme_changes_palette_and_tells_it(look, qapp: QApplication):
    told: list[theme.Theme] = []
    receiver = QObject()
    theme.changed.connect(told.append)
    theme.apply(qapp, look)
    theme.changed.disconnect(told.append)
    assert told == [look]
    assert theme.current() is look
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == look.panel
    receiver.deleteLater()


@BOTH
def test_an_icon_has_the_colour_of_its_token(look, qapp: QApplication):
    theme.apply(qapp, look)
    drawn = theme.icon("check", "danger").pixmap(32, 32, QIcon.Mode.Normal).toImage()
    opaque = [drawn.pixelColor(x, y) for x in range(32) for y in range(32)]
    solid = {colour.name() for colour in opaque if colour.alpha() == 255}
    assert solid == {look.danger}


def test_an_icon_that_is_missing_is_an_error(qapp: QApplication):
    with pytest.raises(FileNotFoundError):
        theme.icon("no-such-icon")


@pytest.mark.parametrize("first", ["role", "font"])
def test_a_role_leaves_a_widgets_own_font_alone(qtbot, qapp: QApplication, first):
    theme.apply(qapp, theme.DARK)
    label = QLabel("x")
    qtbot.addWidget(label)
    if first == "role":
        theme.set_role(label, "muted")
    label.setFont(theme.mono_font(15))
    if first == "font":
        theme.set_role(label, "muted")
    label.show()
    theme.apply(qapp, theme.LIGHT)
    assert label.font().pixelSize() == 15
    assert label.font().family() == theme.mono_font().family()


def test_the_look_and_the_simple_widgets_load_nothing_heavy():
    heavy = ("numpy", "pyqtgraph", "torch", "PySide6.QtSvg")
    code = (
        "import sys, gui.theme, gui.widgets, gui.widgets.pieces, gui.widgets.fields, "
        "gui.widgets.form, gui.widgets.choice, gui.widgets.bars\n"
        f"print(*(name for name in {heavy!r} if name in sys.modules))"
    )
    root = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root)
    assert (run.stdout.strip(), run.returncode) == ("", 0), run.stderr
