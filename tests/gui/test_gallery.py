"""The gallery: found by typing, walked through by keys, opened by Return."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QListView, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gui.dialogs.gallery import GalleryDialog
from gui.dialogs.template_page import Picture
from resources.samples import TEMPLATES

Key = Qt.Key


@pytest.fixture
def gallery(qtbot: QtBot) -> Iterator[GalleryDialog]:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    shown = GalleryDialog(parent)
    shown.open()
    yield shown
    parent.close()


def search(gallery: GalleryDialog) -> QLineEdit:
    return gallery.findChildren(QLineEdit)[0]


def words(gallery: GalleryDialog) -> str:
    return "\n".join(label.text() for label in gallery.findChildren(QLabel))


def entries(gallery: GalleryDialog) -> list[str]:
    model = gallery.findChildren(QListView)[0].model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_it_offers_every_template_but_the_empty_one(gallery: GalleryDialog):
    for name, template in TEMPLATES.items():
        assert (template.title in entries(gallery)) == (name != "empty")


@pytest.mark.parametrize(
    ("typed", "title", "parameters"),
    [
        ("resnet-50", "ResNet-50", "25,557,032"),
        ("vgg", "VGG-16", "138,357,544"),
        ("ronneberger", "U-Net", "31,037,698"),
    ],
)
def test_a_name_or_an_author_finds_a_network(
    gallery: GalleryDialog, typed: str, title: str, parameters: str
):
    QTest.keyClicks(search(gallery), typed)
    assert title in words(gallery)
    assert parameters in words(gallery)


def test_keys_alone_find_and_open(gallery: GalleryDialog, qtbot: QtBot):
    QTest.keyClicks(search(gallery), "lenet")
    with qtbot.waitSignal(gallery.chosen) as chosen:
        QTest.keyClick(search(gallery), Key.Key_Return)
    assert chosen.args == ["lenet-5"]


def test_up_and_down_walk_through_the_list_while_typing(gallery: GalleryDialog):
    before = words(gallery)
    QTest.keyClick(search(gallery), Key.Key_Down)
    below = words(gallery)
    QTest.keyClick(search(gallery), Key.Key_Up)
    assert words(gallery) == before != below


def test_what_nothing_is_called_is_said_and_return_then_opens_nothing(
    gallery: GalleryDialog, qtbot: QtBot
):
    QTest.keyClicks(search(gallery), "zzzzqqqq")
    assert "Nothing is called “zzzzqqqq”." in words(gallery)
    with qtbot.assertNotEmitted(gallery.chosen):
        QTest.keyClick(search(gallery), Key.Key_Return)
    assert gallery.isVisible()


def test_the_button_opens_what_is_shown(gallery: GalleryDialog, qtbot: QtBot):
    (opener,) = (
        button for button in gallery.findChildren(QPushButton) if button.text() == "Open a copy"
    )
    with qtbot.waitSignal(gallery.chosen) as chosen:
        opener.click()
    assert chosen.args == ["resnet-18"]


def test_every_template_has_a_picture(gallery: GalleryDialog):
    picture = gallery.findChildren(Picture)[0]
    seen: set[bytes] = set()
    for name, template in TEMPLATES.items():
        if name == "empty":
            continue
        search(gallery).setText(template.title)
        QApplication.processEvents()
        image = picture.grab().toImage()
        seen.add(bytes(image.constBits()))
    assert len(seen) == len(TEMPLATES) - 1


def test_escape_leaves_everything_as_it_was(gallery: GalleryDialog, qtbot: QtBot):
    with qtbot.assertNotEmitted(gallery.chosen):
        event = QKeyEvent(QKeyEvent.Type.KeyPress, Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(gallery, event)
    assert not gallery.isVisible()
