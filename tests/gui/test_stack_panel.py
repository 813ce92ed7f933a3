"""The stack shows what the design says, touches only what differs, and tells nothing while it shows."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QLabel

from engine.catalogue import KINDS
from engine.design.address import Place
from engine.design.edit import Insert, Move, Remove, SetField, layer
from engine.design.tree import walk
from gui import theme
from gui.document import Document, opened
from gui.stack.panel import StackPanel
from gui.stack.rows import NodeRow, rows_of
from tests.gui.stack_rig import Rig, linear, moons, nested, project, project_of
from tests.laws.edits import edits_of, networks


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> None:
    theme.apply(qapp, theme.DARK)


@pytest.fixture
def rig(qtbot) -> Rig:
    made = Rig(moons())
    qtbot.addWidget(made.panel)
    return made


def listened(panel: StackPanel) -> list[object]:
    """Everything the panel tells from now on."""
    told: list[object] = []
    for signal in (panel.wished, panel.selected, panel.sealed, panel.commanded):
        signal.connect(lambda *words: told.append(words))
    return told


@settings(max_examples=30)
@given(networks(), st.data())
def test_after_random_edits_it_shows_what_a_fresh_one_would_and_never_tells_anything(
    qapp, network, data: st.DataObject
):
    document = Document(opened(project_of(network)))
    panel = StackPanel()
    document.changed.connect(panel.show_state)
    panel.resize(372, 500)
    panel.show()
    told = listened(panel)
    panel.show_state(None, document.state)
    for _ in range(5):
        match data.draw(st.sampled_from(["edit", "edit", "select", "undo", "redo", "scroll"])):
            case "edit":
                document.do(data.draw(edits_of(document.state.network)))
            case "select":
                ids = [node.id for node in walk(document.state.network.body)]
                document.select(tuple(data.draw(st.lists(st.sampled_from(ids)))) if ids else ())
            case "undo":
                document.undo()
            case "redo":
                document.redo()
            case _:
                panel.view.verticalScrollBar().setValue(data.draw(st.integers(0, 400)))
        panel.view.grab()
        state = document.state
        scene = panel.view.scene
        assert scene.model.rows == rows_of(state.project, state.analysis, panel.folded)
        assert scene.selected_ids == frozenset(state.selection)
        assert scene.offset == panel.view.verticalScrollBar().value()
        fresh = [slot.height(scene.shelf.card_width(slot.row.depth)) for slot in scene.model.slots]
        assert [scene.card_rect(at).height() for at in range(scene.count)] == fresh
    assert not told
    panel.deleteLater()


def test_an_edit_touches_only_the_cards_it_changes(rig: Rig):
    before = list(rig.scene.model.slots)
    rig.document.do(SetField((2,), "out_features", 8))
    after = rig.scene.model.slots
    touched = {index for index, slot in enumerate(after) if slot is not before[index]}
    assert touched == {2, 3, 4, 5}  # the layer, and those that get another shape


def test_a_new_layer_brings_one_row_to_whoever_listens_to_the_model(rig: Rig):
    spans: list[tuple[int, int]] = []
    rig.scene.model.rowsInserted.connect(lambda _, first, last: spans.append((first, last)))
    rig.document.do(Insert((layer(KINDS["Identity"]()),), Place(2)))
    assert spans == [(3, 3)]


def test_cards_in_sight_stay_where_they_are_when_layers_above_go(qtbot):
    rig = Rig(project(tuple(linear(4, f"layer{n}") for n in range(60))), height=500)
    qtbot.addWidget(rig.panel)
    rig.view.verticalScrollBar().setValue(1500)
    node_id = rig.network.body.nodes[22].id
    top = rig.scene.card_rect(rig.row_of(node_id)).top()
    rig.document.do(Remove((1, 2)))
    assert rig.scene.card_rect(rig.row_of(node_id)).top() == top
    rig.document.undo()
    assert rig.scene.card_rect(rig.row_of(node_id)).top() == top


def test_a_layer_that_was_added_out_of_sight_is_scrolled_into_it(qtbot):
    rig = Rig(project(tuple(linear(4, f"layer{n}") for n in range(60))), height=500)
    qtbot.addWidget(rig.panel)
    rig.document.do(Insert((layer(KINDS["Identity"]()),), Place(50)))
    card = rig.scene.card_rect(rig.row_of(rig.state.selection[0]))
    assert rig.view.viewport().rect().contains(card)


def test_the_keyboards_card_follows_its_layer(rig: Rig):
    rig.press(Qt.Key.Key_Down)
    rig.press(Qt.Key.Key_Down)
    assert rig.scene.current_id() == 2
    rig.document.do(Move((2,), Place(5)))
    assert rig.scene.current_id() == 2
    assert rig.view.currentIndex().row() == 5


def test_folding_survives_edits_and_opening_starts_anew(qtbot):
    rig = Rig(nested())
    qtbot.addWidget(rig.panel)
    rig.panel.fold_all(True)
    assert rig.row_of(5) == -1
    rig.document.do(SetField((1,), "out_features", 16))
    rig.document.undo()
    assert rig.row_of(5) == -1
    rig.document.start(nested())
    assert rig.row_of(5) > 0


def test_what_is_selected_elsewhere_is_unfolded_and_scrolled_into_sight(qtbot):
    rig = Rig(nested(), height=260)
    qtbot.addWidget(rig.panel)
    rig.panel.fold_all(True)
    rig.document.select((6,))
    card = rig.scene.card_rect(rig.row_of(6))
    assert rig.view.viewport().rect().contains(card)


def test_a_state_of_the_same_design_changes_nothing(rig: Rig):
    before = list(rig.scene.model.slots)
    rig.document.select((3,))
    rig.document.select(())
    assert rig.scene.model.slots == before


def test_screen_readers_know_every_card_and_which_are_selected(rig: Rig):
    rig.document.select((2, 5))
    reader = QAccessible.queryAccessibleInterface(rig.view)
    assert reader is not None
    cards = [reader.child(at) for at in range(reader.childCount())]
    names = [card.text(QAccessible.Text.Name) for card in cards]
    assert len(names) == 7
    assert names[2].startswith("Linear, hidden2, 16 to 16, output N by 16, 272 parameters")
    assert [at for at, card in enumerate(cards) if card.state().selected] == [2, 5]
    assert cards[2].rect().size() == rig.scene.card_rect(2).size()


def shown_texts(rig: Rig) -> list[str]:
    return [label.text() for label in rig.panel.findChildren(QLabel)]


def test_the_head_counts_layers_and_parameters_or_faults(qtbot, rig: Rig):
    assert "5 layers · 386 params" in shown_texts(rig)
    faulty = Rig(project((layer(KINDS["Embedding"]()),)))
    qtbot.addWidget(faulty.panel)
    assert "1 layer · 1 fault" in shown_texts(faulty)


@pytest.mark.parametrize("width", [200, 280, 372, 620])
def test_nothing_on_a_card_lies_over_another_part_or_beyond_the_edge(qtbot, width: int):
    rig = Rig(nested(), width=width)
    qtbot.addWidget(rig.panel)
    for index in range(rig.scene.count):
        if not isinstance(rig.scene.row(index), NodeRow):
            continue
        made = rig.scene.layout_of(index)
        parts = [words.rect for words in (
            made.title, made.brief, made.name, made.line, made.shape, made.count, made.badge,
            made.activation, made.initializer,
        ) if words]  # fmt: skip
        for at, one in enumerate(parts):
            assert one.right() <= made.width
            for other in parts[at + 1 :]:
                shared = one.adjusted(1, 4, -1, -4).intersected(other.adjusted(1, 4, -1, -4))
                assert shared.isEmpty()
