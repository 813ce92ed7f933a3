"""A form for the fields of a catalogue entry, made from their declarations."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any, assert_never

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.design.knob import Entry, Flag, Knob, OneOf, PerAxis, Real, Sizes, Text, Whole
from engine.design.value import value
from gui.widgets.choice import Choice
from gui.widgets.fields import (
    IntegerField,
    PerAxisField,
    RealField,
    ShapeField,
    Switch,
    TextField,
    TypedField,
)
from gui.widgets.form import Form
from gui.widgets.options import Option

Editor = TypedField | Switch | Choice
Fields = tuple[tuple[Knob, ...], bool]
"""The fields of a form, and whether it is one for several entries."""
_ON, _OFF = "on", "off"


@value
class _Made:
    form: Form
    editors: dict[str, Editor]


class EntryForm(QWidget):
    """Edits the fields of one entry, or those that several have in common."""

    edited = Signal(str, object)
    """Name and value of a field; of every field only what it takes."""
    finished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._subject: object = None
        self._made: dict[Fields, _Made] = {}
        self._shown: _Made | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.hide()

    def show_entries(
        self, entries: Sequence[Entry], subject: object, only: Collection[str] | None = None
    ) -> None:
        """Show the fields of these entries, or `only` some; another `subject` forgets what was half typed."""
        knobs = common_knobs(entries)
        if only is not None:
            knobs = tuple(knob for knob in knobs if knob.name in only)
        self.setVisible(bool(knobs))
        if not knobs:
            self._subject = None
            return
        made = self._form_for((knobs, len(entries) > 1))
        if made is not self._shown:
            if self._shown is not None:
                self._shown.form.hide()
            made.form.show()
            self._shown = made
            self._subject = None
        idle = frozenset[str].intersection(*(entry.idle() for entry in entries))
        for knob in knobs:
            made.form.show_row(made.editors[knob.name], knob.name not in idle)
            values = [entry.values()[knob.name] for entry in entries]
            mixed = any(value != values[0] for value in values)
            _show(made.editors[knob.name], values[0], mixed, renew=subject != self._subject)
        self._subject = subject

    def editor(self, name: str) -> Editor:
        """The editor of a field. KeyError when there is none of that name."""
        if self._shown is None:
            raise KeyError(name)
        return self._shown.editors[name]

    def _form_for(self, fields: Fields) -> _Made:
        """The form for some fields; one that was made before is used again."""
        if fields not in self._made:
            knobs, several = fields
            form = Form()
            form.hide()
            editors: dict[str, Editor] = {}
            for knob in knobs:
                editor = _editor(knob, several)
                editor.setAccessibleName(knob.name)
                name = f"{knob.name} ({knob.unit})" if knob.unit else knob.name
                form.add_row(name, editor, knob.help)
                editor.edited.connect(partial(self._report, knob))
                editor.finished.connect(self.finished)
                editors[knob.name] = editor
            self._column.addWidget(form)
            self._made[fields] = _Made(form, editors)
        return self._made[fields]

    def _report(self, knob: Knob, value: object) -> None:
        if isinstance(knob.range, Flag) and isinstance(value, str):
            value = value == _ON
        self.edited.emit(knob.name, value)


def common_knobs(entries: Sequence[Entry]) -> tuple[Knob, ...]:
    """The fields that all entries have, with the same range; in the order of the first."""
    if not entries:
        return ()
    others = [{knob.name: knob.range for knob in entry.knobs} for entry in entries[1:]]
    return tuple(
        knob for knob in entries[0].knobs if all(has.get(knob.name) == knob.range for has in others)
    )


def _editor(knob: Knob, several: bool) -> Editor:
    match knob.range:
        case Whole(low, high, optional):
            return IntegerField(low, high, optional=optional)
        case Real(low, high, above, optional):
            return RealField(low, high, above=above, optional=optional)
        case Flag() if several:
            return _words(((_ON, _tr("on")), (_OFF, _tr("off"))))
        case Flag():
            return Switch()
        case OneOf(words):
            return _words(tuple((word, word) for word in words))
        case Sizes(low, shortest, longest):
            return ShapeField(low, shortest, longest)
        case PerAxis(count, low, optional, words):
            return PerAxisField(count, low, optional=optional, words=words)
        case Text(longest):
            return TextField(longest)
        case _:
            assert_never(knob.range)


def _words(words: Sequence[tuple[str, str]]) -> Choice:
    choice = Choice()
    choice.set_options([Option(key, title) for key, title in words])
    return choice


def _show(editor: Editor, value: Any, mixed: bool, renew: bool) -> None:
    """Show a value; what is being typed stays unless it belongs to another thing."""
    match editor:
        case Choice():
            shown = _ON if value is True else _OFF if value is False else value
            editor.set_current(_tr("mixed") if mixed else shown)
        case Switch():
            editor.set_value(value)
        case TypedField() if mixed:
            editor.set_placeholder(_tr("mixed"))
            editor.reset(_nothing(editor))
        case TypedField():
            editor.set_placeholder(_tr("none") if value is None else "")
            if renew:
                editor.reset(value)
            else:
                editor.set_value(value)


def _nothing(editor: TypedField) -> Any:
    """The value that an editor writes as an empty line."""
    match editor:
        case ShapeField():
            return ()
        case TextField():
            return ""
        case _:
            return None


def _tr(text: str) -> str:
    return QCoreApplication.translate("EntryForm", text)
