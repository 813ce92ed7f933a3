"""What every widget owes: a name, the keyboard's focus, plain text; seen in the whole gallery."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QListView,
    QTabBar,
    QWidget,
)

from gui import theme
from gui.widgets.bars import VectorBars
from gui.widgets.image import MatrixImage
from gui.widgets.pieces import (
    ElidedLabel,
    EmptyState,
    FlowLayout,
    Notice,
    Pill,
    SectionHeading,
    plain_label,
    push_button,
)
from gui.widgets.plot import Plot
from tests.gui import gallery

OWN_PAGES = [page for page in gallery.PAGES if page.__name__ not in ("controls", "menu")]
INTERACTIVE = QAbstractButton | QLineEdit | Plot | MatrixImage | VectorBars


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> None:
    theme.apply(qapp, theme.DARK)


@pytest.mark.parametrize("make", OWN_PAGES, ids=lambda page: page.__name__)
def test_every_control_has_a_name_and_can_have_the_focus(qtbot, make):
    page = make()
    qtbot.addWidget(page)
    page.show()
    for widget in (page, *page.findChildren(QWidget)):
        if isinstance(widget, INTERACTIVE) and widget.isVisible():
            said = widget.accessibleName() or (
                widget.text() if isinstance(widget, QAbstractButton) else ""
            )
            assert said, widget
            assert widget.focusPolicy() != Qt.FocusPolicy.NoFocus or inside_list(widget), widget


def inside_list(widget: QWidget) -> bool:
    """Parts that Qt itself puts into a list or a row of tabs."""
    parent = widget.parent()
    return isinstance(parent, QListView | QTabBar)


@pytest.mark.parametrize("make", OWN_PAGES, ids=lambda page: page.__name__)
def test_every_label_takes_its_text_literally(qtbot, make):
    page = make()
    qtbot.addWidget(page)
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in page.findChildren(QLabel))


@pytest.mark.parametrize("look_of", theme.THEMES.values(), ids=lambda look: look.name)
@pytest.mark.parametrize("make", gallery.PAGES, ids=lambda page: page.__name__)
def test_every_widget_paints_in_both_themes_without_a_warning(qtbot, qapp, make, look_of):
    theme.apply(qapp, look_of)
    page = make()
    qtbot.addWidget(page)
    page.show()
    assert not page.grab().isNull()


def test_text_is_never_taken_for_markup(qtbot):
    label = plain_label("<b>bold</b>")
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText


def test_a_cut_text_is_whole_in_its_tooltip(qtbot):
    label = ElidedLabel("a name that is far too long for its place")
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.show()
    assert label.toolTip() == label.accessibleName() == label.text()
    label.resize(600, 20)
    assert label.toolTip() == ""


def test_a_notice_appears_acts_and_closes(qtbot):
    notice = Notice()
    qtbot.addWidget(notice)
    assert not notice.isVisible()
    notice.show_message("warning", "The file was changed.", "Load it again")
    assert notice.isVisible()
    act, close = notice.findChildren(QAbstractButton)
    with qtbot.waitSignal(notice.acted):
        QTest.mouseClick(act, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(notice.closed):
        QTest.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not notice.isVisible()


def test_an_empty_state_offers_its_action(qtbot):
    state = EmptyState("box", "No layers yet", "Add one.", "Add a layer")
    qtbot.addWidget(state)
    state.show()
    button = state.findChild(QAbstractButton)
    assert button is not None
    with qtbot.waitSignal(state.acted):
        QTest.keyClick(button, Qt.Key.Key_Space)
    state.show_state("Nothing found", "Search for something else.")
    assert not button.isVisible()


def test_a_pill_says_its_state_in_words(qtbot):
    pill = Pill("CPU ready", "ok")
    qtbot.addWidget(pill)
    pill.show_state("engine gone", "danger")
    assert (pill.text(), pill.accessibleName()) == ("engine gone", "engine gone")


def test_a_heading_is_read_out_as_it_is_written(qtbot):
    heading = SectionHeading("Layers", "5 layers")
    qtbot.addWidget(heading)
    heading.set_caption("6 layers")
    names = [label.accessibleName() or label.text() for label in heading.findChildren(QLabel)]
    assert names == ["Layers", "6 layers"]


def test_a_flow_breaks_its_rows_at_the_edge(qtbot):
    page = QWidget()
    qtbot.addWidget(page)
    flow = FlowLayout(page)
    for number in range(12):
        flow.addWidget(push_button(f"button {number}"))
    narrow, wide = flow.heightForWidth(250), flow.heightForWidth(2000)
    assert narrow > wide
    flow.setGeometry(QRect(0, 0, 250, narrow))
    items = [flow.itemAt(number) for number in range(flow.count())]
    edges = [item.geometry().right() for item in items if item is not None]
    assert max(edges) <= 250


def test_the_gallery_is_written_in_both_themes(tmp_path, qapp):
    written = gallery.render(tmp_path)
    assert len(written) == 2 * len(gallery.PAGES)
    assert all(file.stat().st_size > 1000 for file in written)
