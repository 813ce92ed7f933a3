"""Faults and advice: one card each, a click that mends, a reason that unfolds; and the column shares its height."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from engine.catalogue import KINDS
from engine.design.edit import Remove, SetField, layer
from engine.views.advice import advise
from gui import theme
from gui.stack.advice_list import AdviceList, SaidCard
from gui.stack.column import LeftColumn
from tests.gui.stack_rig import Rig, linear, moons, project


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> None:
    theme.apply(qapp, theme.DARK)


class Column:
    """The left column with a document; advice follows every edit at once."""

    def __init__(self, rig: Rig, height: int = 900) -> None:
        self.rig = rig
        self.advice = AdviceList()
        self.column = LeftColumn()
        self.column.put_above(rig.panel)
        self.column.put_below(self.advice)
        self.wishes: list[object] = []
        self.selections: list[tuple[int, ...]] = []
        self.advice.wished.connect(self.wishes.append)
        self.advice.selected.connect(self.selections.append)
        rig.document.changed.connect(lambda _, state: self.show())
        self.column.resize(372, height)
        self.column.show()
        self.show()

    def show(self) -> None:
        state = self.rig.state
        self.advice.show_advice(state.analysis, advise(state.project, state.analysis))
        QApplication.processEvents()

    def cards(self) -> list[SaidCard]:
        return [card for card in self.advice.findChildren(SaidCard) if not card.isHidden()]


@pytest.fixture
def shown(qtbot) -> Column:
    made = Column(Rig(moons()))
    qtbot.addWidget(made.column)
    return made


def buttons(card: SaidCard) -> dict[str, QPushButton]:
    return {each.text(): each for each in card.findChildren(QPushButton) if not each.isHidden()}


def test_advice_says_what_and_mends_with_one_click(shown: Column):
    (card,) = shown.cards()
    said = advise(shown.rig.state.project, shown.rig.state.analysis)[0]
    assert said.title in card.accessibleName()
    assert said.sentence in card.accessibleName()
    buttons(card)[said.mends[0].title].click()
    assert shown.wishes == [said.mends[0].edit]


def test_why_unfolds_the_reason_and_stays_unfolded_through_other_edits(shown: Column):
    (card,) = shown.cards()
    said = advise(shown.rig.state.project, shown.rig.state.analysis)[0]
    before = shown.advice.needed_height(372)
    buttons(card)["Why?"].click()
    QApplication.processEvents()
    assert shown.advice.needed_height(372) > before
    assert any(label.text() == said.why for label in card.findChildren(type(card._why)))
    shown.rig.document.do(SetField((1,), "out_features", 20))
    assert shown.cards() == [card]
    assert not card._why.isHidden()


def test_a_click_on_the_card_or_enter_selects_what_it_is_about(shown: Column):
    (card,) = shown.cards()
    QTest.mouseClick(card, Qt.MouseButton.LeftButton)
    card.setFocus()
    QTest.keyClick(card, Qt.Key.Key_Return)
    assert len(shown.selections) == 2
    assert 3 in shown.selections[0]


def test_faults_come_first_and_go_with_their_cause(qtbot):
    shown = Column(Rig(project((linear(4, "a"), layer(KINDS["Embedding"]())))))
    qtbot.addWidget(shown.column)
    fault = shown.rig.state.analysis.faults[0]
    assert fault.place in shown.cards()[0].accessibleName()
    shown.rig.document.do(Remove((2,)))
    assert not [card for card in shown.cards() if fault.place in card.accessibleName()]


def test_a_sound_design_shows_no_list_at_all(qtbot):
    shown = Column(Rig(project((linear(4, "a", "ReLU", "KaimingNormal"), linear(2, "b")))))
    qtbot.addWidget(shown.column)
    assert shown.advice.isHidden() == (not shown.cards())


def test_advice_stands_right_below_the_stack_while_both_fit(shown: Column):
    panel, advice = shown.rig.panel, shown.advice
    assert panel.height() == panel.needed_height()
    assert advice.y() == panel.height()
    assert advice.height() == advice.needed_height(372)
    assert shown.rig.view.verticalScrollBar().maximum() == 0


def test_a_long_stack_leaves_the_advice_its_share(shown: Column):
    shown.column.resize(372, 420)
    QApplication.processEvents()
    assert shown.advice.geometry().bottom() == shown.column.height() - 1
    assert 60 < shown.advice.height() <= 0.36 * 420
    assert shown.rig.view.verticalScrollBar().maximum() > 0


def test_the_stack_grows_with_its_layers(shown: Column):
    before = shown.rig.panel.height()
    shown.rig.document.do(Remove((5,)))
    QApplication.processEvents()
    assert shown.rig.panel.height() == before - 75  # a card of 66 pixels and a gap of 9
