"""What a person does in the diagram: point, fold, search, go about on the map; and what it follows by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import resources
from engine.design.edit import Remove
from engine.design.tree import Group, Layer, Node, Parallel, walk
from gui.document import Document, read
from gui.preferences import Preferences
from gui.views.diagram_canvas import DiagramCanvas
from gui.views.diagram_places import ASIDE, Places, missing
from gui.views.diagram_view import DiagramView
from gui.window import Window


class Shown:
    """A diagram of a template beside the document that it selects in."""

    def __init__(self, qtbot: QtBot, name: str, width: int = 900, height: int = 600) -> None:
        self.qtbot = qtbot
        self.document = Document(read(Path(resources.path("samples", f"{name}.loom")))[0])
        self.view = DiagramView(lambda *_asked, **_named: object())  # pyright: ignore[reportArgumentType]
        qtbot.addWidget(self.view)
        self.view.resize(width, height)
        self.view.show()
        self.view.selected.connect(self.document.select)
        self.document.changed.connect(self.view.show_state)
        self.view.show_state(None, self.document.state)
        QApplication.processEvents()

    @property
    def canvas(self) -> DiagramCanvas:
        return self.view.canvas

    def nodes(self) -> list[Node]:
        return list(walk(self.document.state.network.body))

    def area(self, node_id: int) -> QRectF:
        """Where a node is in the canvas."""
        area = self.canvas.where(node_id)
        assert area is not None
        return area

    def drawn(self) -> set[int]:
        return {node.id for node in self.nodes() if self.canvas.where(node.id) is not None}

    def is_seen(self, node_id: int) -> bool:
        """Whether all of a node is in sight, or as much of it as there is room for."""
        area, sheet = self.area(node_id), QRectF(self.canvas.rect())
        part = area.intersected(sheet)
        across = min(area.width(), sheet.width() - ASIDE)
        down = min(area.height(), sheet.height() - ASIDE)
        return part.width() >= across - 0.01 and part.height() >= down - 0.01

    def click(self, node_id: int, twice: bool = False) -> None:
        self.point(self.area(node_id).center().toPoint(), twice)

    def point(self, at: QPoint, twice: bool = False) -> None:
        self.qtbot.mouseClick(self.canvas, Qt.MouseButton.LeftButton, pos=at)
        if twice:
            self.qtbot.mouseDClick(self.canvas, Qt.MouseButton.LeftButton, pos=at)


def test_a_click_on_a_box_selects_the_layer(qtbot: QtBot):
    shown = Shown(qtbot, "lenet-5")
    layer = shown.nodes()[0]
    shown.click(layer.id)
    assert shown.document.state.selection == (layer.id,)
    shown.point(QPoint(3, 3))
    assert shown.document.state.selection == ()


@pytest.mark.parametrize("name", ["u-net", "resnet-50", "inception", "densenet-bc"])
def test_what_is_selected_comes_into_sight_wherever_it_is(qtbot: QtBot, name: str):
    shown = Shown(qtbot, name, 700, 300)
    shown.canvas.zoom_by(2.0)
    layers = [node for node in shown.nodes() if isinstance(node, Layer)]
    for layer in layers[:: max(len(layers) // 12, 1)]:
        shown.document.select((layer.id,))
        assert shown.is_seen(layer.id)


@pytest.mark.parametrize("by", ["double click", "Space"])
def test_a_block_folds_and_unfolds(qtbot: QtBot, by: str):
    shown = Shown(qtbot, "resnet-18")
    block = next(node for node in shown.nodes() if isinstance(node, Group))
    inside = {node.id for node in walk(block.body)}

    first = bool(inside & shown.drawn())
    for turn in range(1, 4):
        if by == "double click":
            # The corner of a box, or of a frame, where nothing that is inside lies.
            corner = shown.area(block.id).topLeft() + QPointF(5, 5)
            shown.point(corner.toPoint(), twice=True)
        else:
            shown.document.select((block.id,))
            qtbot.keyClick(shown.canvas, Qt.Key.Key_Space)
        assert bool(inside & shown.drawn()) == (first if turn % 2 == 0 else not first)


def test_branches_fold_where_they_meet_and_unfold_for_what_is_selected_inside(qtbot: QtBot):
    shown = Shown(qtbot, "resnet-18")
    join = next(node for node in shown.nodes() if isinstance(node, Parallel))
    inside = [each for branch in join.branches for each in branch.nodes]
    shown.document.select((inside[0].id,))
    assert shown.is_seen(inside[0].id)
    shown.document.select((join.id,))
    qtbot.keyClick(shown.canvas, Qt.Key.Key_Space)
    assert not {each.id for each in inside} & shown.drawn()
    assert join.id in shown.drawn()
    shown.document.select((inside[-1].id,))
    assert shown.is_seen(inside[-1].id)


def test_a_press_on_the_map_goes_there(qtbot: QtBot):
    shown = Shown(qtbot, "vgg-16")
    area = shown.canvas.map_area()
    assert not area.isEmpty()
    last, sheet = shown.document.state.network.body.nodes[-1].id, QRectF(shown.canvas.rect())
    assert not shown.area(last).intersects(sheet)
    shown.point((area.bottomRight() - QPointF(area.width() / 2, 4)).toPoint())
    assert shown.area(last).intersects(sheet)
    assert shown.document.state.selection == ()


def test_the_map_shows_an_edit_once_there_is_time(qtbot: QtBot):
    shown = Shown(qtbot, "vgg-16")
    corner = shown.canvas.map_area().toRect()
    before = shown.canvas.grab(corner).toImage()
    shown.document.do(Remove((shown.nodes()[6].id,)))
    qtbot.waitUntil(lambda: shown.canvas.grab(corner).toImage() != before)


def test_all_is_seen_after_f_and_read_at_first(qtbot: QtBot):
    shown = Shown(qtbot, "vgg-16")
    last = shown.document.state.network.body.nodes[-1].id
    assert not shown.is_seen(last)
    qtbot.keyClick(shown.canvas, Qt.Key.Key_F)
    assert all(shown.is_seen(node) for node in shown.drawn())


def test_another_network_is_shown_from_its_beginning_wherever_the_sheet_was(qtbot: QtBot):
    shown = Shown(qtbot, "vgg-16")
    shown.document.select((shown.nodes()[-1].id,))
    shown.canvas.zoom_by(3)
    other = Document(read(Path(resources.path("samples", "u-net.loom")))[0])
    shown.view.show_state(shown.document.state, other.state)
    shown.document = other
    assert shown.is_seen(other.state.network.body.nodes[0].id)


def test_one_search_finds_in_stack_and_diagram(qtbot: QtBot, window: Window):
    canvas = window.centre.diagram.canvas
    canvas.setFocus()
    everything = canvas.grab().toImage()
    window.actions_table.run("edit.find")
    line = window.stack.search.line
    qtbot.keyClicks(line, "encoder3")
    assert canvas.grab().toImage() != everything
    qtbot.keyClick(line, Qt.Key.Key_Return)
    (chosen,) = window.document.state.selection
    area = canvas.where(chosen)
    assert area is not None
    assert QRectF(canvas.rect()).contains(area)
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    window.document.select(())
    assert canvas.hasFocus()
    assert canvas.found is None


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    state, on_disk = read(Path(resources.path("samples", "u-net.loom")))
    window = Window(state, Preferences(), on_disk)
    qtbot.addWidget(window)
    window.resize(1400, 900)
    window.show()
    window.show_document()
    window.complete()
    QApplication.processEvents()
    return window


@pytest.mark.parametrize(
    ("start", "length", "wanted"),
    [
        (10, 50, 0),
        (-30, 50, 54),
        (980, 50, -54),
        (3000, 50, -2525),
        (-100, 5000, 0),
        (400, 5000, -376),
    ],
)
def test_a_sheet_moves_no_further_than_it_must(start: float, length: float, wanted: float):
    assert missing(start, length, 1000) == wanted


def test_no_place_is_known_of_nothing():
    assert Places(None).area(1) is None
    assert Places(None).node_at(QPointF(0, 0)) == 0
