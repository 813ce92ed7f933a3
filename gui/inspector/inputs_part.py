"""What the network takes: a name, a shape and a type for each input."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.design.edit import SetInputs
from engine.design.kind import DTYPES, Shape, TensorSpec
from engine.design.names import fault_of_variable
from engine.design.tree import Input
from engine.design.value import replace
from gui import theme
from gui.inspector.name_field import NameField
from gui.inspector.section import Section
from gui.inspector.voice import Voice
from gui.widgets.choice import Choice
from gui.widgets.fields import ShapeField
from gui.widgets.form import Form
from gui.widgets.options import Option
from gui.widgets.pieces import push_button

Inputs = tuple[Input, ...]
MOST_INPUTS = 8


class InputsPart(Section):
    """One form for each input; a second one can be added, and taken away again."""

    def __init__(self, voice: Voice, parent: QWidget | None = None) -> None:
        super().__init__("inputs", self.tr("Inputs"), parent)
        self._voice = voice
        self._inputs: Inputs = ()
        self._rows: list[_InputForm] = []
        self._add = push_button(self.tr("Add an input"), "link")
        self._add.clicked.connect(self._add_input)
        row = QHBoxLayout()
        row.addWidget(self._add)
        row.addStretch(1)
        self.body.addLayout(row)

    def show_inputs(self, inputs: Inputs, *, renew: bool) -> None:
        """Show what the network takes; `renew` forgets what was half typed."""
        renew = renew or len(inputs) != len(self._inputs)
        self._inputs = inputs
        while len(self._rows) < len(inputs):
            self._add_row(len(self._rows))
        for place, row in enumerate(self._rows):
            row.setVisible(place < len(inputs))
            if place < len(inputs):
                row.show_input(inputs[place], self._fault(place), renew, len(inputs) > 1)
        self._add.setVisible(len(inputs) < MOST_INPUTS)
        self.set_caption(
            ", ".join(str(each.spec) for each in inputs) if len(inputs) <= 2 else str(len(inputs))
        )

    def _add_row(self, place: int) -> None:
        row = _InputForm(lambda each: self._change(place, each), self._voice.seal)
        row.removed.clicked.connect(lambda: self._remove(place))
        self._rows.append(row)
        self.body.insertWidget(place, row)

    def _fault(self, place: int) -> Callable[[str], str]:
        def fault(name: str) -> str:
            others = {each.name for at, each in enumerate(self._inputs) if at != place}
            if name in others:
                return self.tr("`{0}` is the name of another input").format(name)
            return "" if name == "x" and not others else fault_of_variable(name)

        return fault

    def _change(self, place: int, change: Callable[[Input], Input]) -> None:
        if place < len(self._inputs):
            changed = list(self._inputs)
            changed[place] = change(changed[place])
            self._voice.wish(SetInputs(tuple(changed)))

    def _add_input(self) -> None:
        """One more of the last one's shape. A lone input may be called `x`, two may not."""
        taken = {each.name for each in self._inputs}
        first = tuple(
            replace(each, name=_free("input", taken)) if each.name == "x" else each
            for each in self._inputs
        )
        taken = {each.name for each in first}
        spec = first[-1].spec if first else TensorSpec((2,))
        self._step((*first, Input(_free("other", taken), spec)))

    def _remove(self, place: int) -> None:
        self._step((*self._inputs[:place], *self._inputs[place + 1 :]))

    def _step(self, inputs: Inputs) -> None:
        self._voice.seal()
        self._voice.wish(SetInputs(inputs))
        self._voice.seal()


def _free(name: str, taken: set[str]) -> str:
    number = 1
    while (candidate := f"{name}{number}" if number > 1 else name) in taken:
        number += 1
    return candidate


class _InputForm(QWidget):
    """Edits one input and reports what it should become."""

    def __init__(
        self, change: Callable[[Callable[[Input], Input]], None], finish: Callable[[], None]
    ) -> None:
        super().__init__()
        self._name = NameField()
        self._shape = ShapeField(1, 0)
        self._dtype = Choice()
        self._dtype.setAccessibleName(self.tr("type"))
        self._dtype.set_options([Option(each, each, _DTYPE_HELP[each]) for each in DTYPES])
        self.removed = push_button(self.tr("Remove this input"), "link")
        self._change = change
        self._name.edited.connect(self._set_name)
        self._shape.edited.connect(self._set_shape)
        self._dtype.edited.connect(self._set_dtype)
        form = Form()
        form.add_row(self.tr("name"), self._name,
                     self.tr("The parameter of the exported forward()"), mono=False)  # fmt: skip
        form.add_row(self.tr("shape"), self._shape,
                     self.tr("Sizes of one sample, without the batch: 3, 32, 32 for an image"),
                     mono=False)  # fmt: skip
        form.add_row(self.tr("type"), self._dtype,
                     self.tr("Real numbers, or whole ones such as the numbers of words"),
                     mono=False)  # fmt: skip
        for field in (self._name, self._shape, self._dtype):
            field.finished.connect(finish)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, theme.TIGHT)
        column.setSpacing(theme.TIGHT)
        column.addWidget(form)
        column.addWidget(self.removed, alignment=Qt.AlignmentFlag.AlignLeft)

    def _set_name(self, name: str) -> None:
        self._change(lambda each: Input(name, each.spec))

    def _set_shape(self, shape: Shape) -> None:
        self._change(lambda each: Input(each.name, replace(each.spec, shape=shape)))

    def _set_dtype(self, dtype: str) -> None:
        self._change(lambda each: Input(each.name, replace(each.spec, dtype=dtype)))

    def show_input(
        self, each: Input, fault: Callable[[str], str], renew: bool, removable: bool
    ) -> None:
        self._name.show_name(each.name, fault, renew=renew)
        if renew:
            self._shape.reset(each.spec.shape)
        else:
            self._shape.set_value(each.spec.shape)
        self._dtype.set_current(each.spec.dtype)
        self.removed.setVisible(removable)


_DTYPE_HELP = {"float32": "Real numbers.", "int64": "Whole numbers, for an Embedding."}
