"""Fields keep what was typed, say what is wrong with it, and emit only for a person."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from gui import theme
from gui.widgets.fields import (
    IntegerField,
    RealField,
    ShapeField,
    Switch,
    TextField,
    TypedField,
)
from gui.widgets.form import Form
from gui.widgets.syntax import IntegerSyntax, Invalid, RealSyntax, ShapeSyntax, TextSyntax


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> None:
    theme.apply(qapp, theme.DARK)


def shown(qtbot, widget):
    qtbot.addWidget(widget)
    widget.resize(300, 60)
    widget.show()
    return widget


def line(field: TypedField) -> QLineEdit:
    found = field.findChild(QLineEdit)
    assert found is not None
    return found


def replace_text(field: TypedField, text: str) -> None:
    line(field).selectAll()
    QTest.keyClicks(line(field), text)


def reports(field) -> list[object]:
    seen: list[object] = []
    field.edited.connect(seen.append)
    return seen


# What is written reads back.


@given(st.integers(-(2**31 - 1), 2**31 - 1))
def test_a_whole_number_reads_back(value):
    assert IntegerSyntax().read(IntegerSyntax().write(value)) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_to_the_bit(value):
    assert RealSyntax().read(RealSyntax().write(value)) == value


@given(st.lists(st.integers(1, 2**31 - 1), min_size=1, max_size=8).map(tuple))
def test_a_shape_reads_back(value):
    assert ShapeSyntax().read(ShapeSyntax().write(value)) == value


@given(st.text(max_size=60))
def test_any_text_is_a_value_within_bounds_or_a_reason(text):
    whole = IntegerSyntax(1, 9).read(text)
    assert isinstance(whole, Invalid) or (isinstance(whole, int) and 1 <= whole <= 9)
    real = RealSyntax(0, 1, above=0).read(text)
    assert isinstance(real, Invalid) or (real is not None and 0 < real <= 1)
    shape = ShapeSyntax(1, 2, 3).read(text)
    assert isinstance(shape, Invalid) or (2 <= len(shape) <= 3 and min(shape) >= 1)
    assert TextSyntax().read(text) == text


@given(st.floats(0, 1), st.integers(-20, 20))
def test_steps_stay_within_bounds(value, steps):
    after = RealSyntax(0, 1).stepped(value, steps)
    assert after is not None
    assert 0 <= after <= 1
    whole = IntegerSyntax(1, 9).stepped(5, steps)
    assert whole is not None
    assert 1 <= whole <= 9


@pytest.mark.parametrize(
    ("value", "steps", "after"),
    [(0.5, 1, 0.51), (0.01, 1, 0.011), (20.0, -1, 19.0), (0.0, 1, 0.01), (1e-3, 3, 1.3e-3)],
)
def test_a_step_is_one_of_the_second_digit(value, steps, after):
    assert RealSyntax().stepped(value, steps) == pytest.approx(after, abs=1e-12)


@pytest.mark.parametrize("text", ["1,5", "1.5", " 1.5 ", "15e-1"])
def test_a_number_may_be_written_in_several_ways(text):
    assert RealSyntax().read(text) == 1.5


@pytest.mark.parametrize("text", ["3, 224, 224", "3 224 224", "(3, 224, 224)", "3×224×224"])
def test_a_shape_may_be_written_in_several_ways(text):
    assert ShapeSyntax().read(text) == (3, 224, 224)


@pytest.mark.parametrize("text", ["nan", "inf", "1e999", "9" * 5000, "١٢", "0x10", ""])
def test_what_is_no_finite_number_has_a_reason(text):
    assert isinstance(RealSyntax(-1e300, 1e300).read(text), Invalid) or text == "١٢"
    assert isinstance(IntegerSyntax().read(text), Invalid)


def test_nothing_is_a_value_only_where_it_may_be():
    assert IntegerSyntax(optional=True).read("") is None
    assert RealSyntax(optional=True).read("None") is None
    assert isinstance(IntegerSyntax().read(""), Invalid)


# Showing never emits.


@pytest.mark.parametrize(
    ("make", "values"),
    [
        (IntegerField, (1, 16, 1)),
        (RealField, (0.5, 1e-9, 0.5)),
        (TextField, ("a", "", "b")),
        (ShapeField, ((3,), (3, 224, 224))),
        (Switch, (True, False, True)),
    ],
)
def test_showing_never_emits(qtbot, make, values):
    field = shown(qtbot, make())
    seen = reports(field)
    for value in values:
        field.set_value(value)
        field.set_fault("something")
        field.set_fault("")
        assert field.value() == value
        field.reset(value)
    assert seen == []


# Typing.


def test_each_valid_keystroke_is_an_edit(qtbot):
    field = shown(qtbot, IntegerField(1, 1000))
    field.set_value(3)
    seen = reports(field)
    replace_text(field, "128")
    assert seen == [1, 12, 128]


def test_invalid_text_is_kept_and_explained_and_is_no_edit(qtbot):
    field = shown(qtbot, RealField(0, 1))
    field.set_value(0.5)
    seen = reports(field)
    replace_text(field, "x")
    assert (field.text(), seen) == ("x", [])
    assert field.fault()
    field.set_value(0.5)
    assert field.text() == "x"
    assert line(field).accessibleDescription() == field.fault()


def test_another_value_replaces_invalid_text(qtbot):
    field = shown(qtbot, RealField(0, 1))
    field.set_value(0.5)
    replace_text(field, "x")
    field.set_value(0.25)
    assert (field.text(), field.fault()) == ("0.25", "")


def test_reset_forgets_invalid_text_even_for_the_same_value(qtbot):
    field = shown(qtbot, IntegerField(1, 9))
    field.set_value(5)
    replace_text(field, "99")
    field.reset(5)
    assert (field.text(), field.fault()) == ("5", "")


def test_escape_brings_the_last_valid_value_back(qtbot):
    field = shown(qtbot, IntegerField(1, 9))
    field.set_value(5)
    replace_text(field, "77")
    QTest.keyClick(line(field), Qt.Key.Key_Escape)
    assert (field.text(), field.fault(), field.value()) == ("7", "", 7)


def test_a_value_echoed_while_typing_does_not_rewrite_the_text(qtbot):
    field = shown(qtbot, RealField(0, 10))
    field.set_value(2.0)
    field.edited.connect(field.set_value)
    replace_text(field, "1.50")
    assert field.text() == "1.50"


def test_the_design_can_find_fault_with_a_valid_value(qtbot):
    field = shown(qtbot, IntegerField(1, 100))
    field.set_value(7)
    field.set_fault("7 does not divide 16.")
    assert field.fault() == "7 does not divide 16."
    replace_text(field, "x")
    assert field.fault() != "7 does not divide 16."
    replace_text(field, "9")
    assert field.fault() == "7 does not divide 16."
    field.set_fault("")
    assert field.fault() == ""


# Steps.


def test_arrow_keys_step_and_shift_steps_by_ten(qtbot):
    field = shown(qtbot, IntegerField(1, 100))
    field.set_value(5)
    seen = reports(field)
    QTest.keyClick(line(field), Qt.Key.Key_Up)
    QTest.keyClick(line(field), Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(line(field), Qt.Key.Key_Down)
    assert seen == [6, 16, 15]


def wheel(widget: QWidget, turned: int) -> None:
    event = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, turned), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def test_the_wheel_steps_only_with_the_focus(qtbot):
    first, second = shown(qtbot, IntegerField()), shown(qtbot, IntegerField())
    first.set_value(5)
    second.set_value(5)
    second.activateWindow()
    line(second).setFocus()
    qtbot.waitUntil(line(second).hasFocus)
    wheel(line(first), 120)
    wheel(line(second), 120)
    assert (first.value(), second.value()) == (5, 6)


def test_dragging_a_label_steps_its_number(qtbot):
    form = shown(qtbot, Form())
    field = IntegerField(0, 100)
    field.set_value(10)
    label = form.add_row("out_features", field, "How many")
    seen = reports(field)
    with qtbot.waitSignal(field.finished):
        QTest.mousePress(label, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
        QTest.mouseMove(label, QPoint(45, 5))
        QTest.mouseRelease(label, Qt.MouseButton.LeftButton, pos=QPoint(45, 5))
    assert field.value() == 20
    assert seen[-1] == 20


def test_a_switch_turns_by_mouse_space_and_enter(qtbot):
    switch = shown(qtbot, Switch())
    seen = reports(switch)
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton)
    QTest.keyClick(switch, Qt.Key.Key_Space)
    QTest.keyClick(switch, Qt.Key.Key_Return)
    assert seen == [True, False, True]


def test_a_form_names_its_fields_for_a_screen_reader(qtbot):
    form = shown(qtbot, Form())
    field = RealField(0, 1)
    label = form.add_row("p", field, "The share of values set to zero")
    assert line(field).accessibleName() == "p"
    assert field.accessibleDescription() == "The share of values set to zero"
    assert label.buddy() is field
    form.clear()
    form.add_row("q", RealField())


def test_leaving_a_field_writes_the_value_plainly(qtbot):
    field = shown(qtbot, RealField())
    field.set_value(1.0)
    replace_text(field, "5e-1")
    QTest.keyClick(line(field), Qt.Key.Key_Return)
    assert field.text() == "0.5"
    assert math.isclose(field.value(), 0.5)
