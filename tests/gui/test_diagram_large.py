"""A large network is shown without being built: its lines stay grey, and the legend says why."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

import resources
from gui.document import Document, read
from gui.views.diagram_view import PAUSE_MS, DiagramView


def asked_for(qtbot: QtBot, name: str) -> tuple[list[object], str]:
    """The requests that a diagram makes when it is shown a template, and its legend."""
    requests: list[object] = []
    document = Document(read(Path(resources.path("samples", f"{name}.loom")))[0])

    def ask(request: object, *_rest: object, **_named: object) -> object:
        requests.append(request)
        return object()

    view = DiagramView(ask)  # pyright: ignore[reportArgumentType]
    qtbot.addWidget(view)
    view.resize(900, 600)
    view.show()
    view.show_state(None, document.state)
    qtbot.wait(2 * PAUSE_MS)
    return requests, " ".join(label.text() for label in view.findChildren(QLabel))


@pytest.mark.parametrize("name", ["vgg-16", "alexnet", "resnet-50"])
def test_nothing_is_built_for_the_lines_of_millions_of_weights(qtbot: QtBot, name: str):
    requests, words = asked_for(qtbot, name)
    assert requests == []
    assert "lines stay grey" in words


def test_a_small_network_gets_its_colours(qtbot: QtBot):
    requests, words = asked_for(qtbot, "tutorial")
    assert len(requests) == 1
    assert "lines stay grey" not in words
