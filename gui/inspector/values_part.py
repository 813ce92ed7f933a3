"""Values chosen by name, as many as one likes: what a network also returns, and what a block is handed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui import theme
from gui.inspector.name_field import NameField
from gui.widgets.choice import Choice
from gui.widgets.form import Form
from gui.widgets.options import Option
from gui.widgets.pieces import push_button

FaultOf = Callable[[int, str], str]
"""Why the value of that number cannot be called so, in a sentence; "" where it can."""


class ValuesPart(QWidget):
    """One drop-down for each value, with the ways to add and remove one; a field for what it is called where asked."""

    chosen = Signal(int, str)
    """The number of a value, from 0 on, and the name that it is to be; one more than there are adds one."""
    removed = Signal(int)
    called = Signal(int, str)
    """The number of a value, and what it is to be called."""
    finished = Signal()
    """A name has been typed."""

    def __init__(
        self, each: str, add: str, help: str, fault_of: FaultOf | None = None, parent: QWidget | None = None
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._each, self._help, self._fault_of = each, help, fault_of
        self._titles: list[NameField] = []
        self._names: tuple[str, ...] = ()
        self._free: tuple[str, ...] = ()
        self._form = Form()
        self._fields: list[Choice] = []
        self._add = push_button(add, "link")
        self._add.clicked.connect(self._add_one)
        last = QHBoxLayout()
        last.addWidget(self._add)
        last.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.TIGHT)
        layout.addWidget(self._form)
        layout.addLayout(last)

    def show_values(
        self, chosen: Sequence[str], names: Sequence[str], titles: Sequence[str] = (), *, renew: bool = False
    ) -> None:  # fmt: skip
        """Show what is chosen among `names`; `titles` name the rows otherwise, `renew` forgets what was typed."""
        self._names, self._free = tuple(chosen), tuple(each for each in names if each not in chosen)
        if len(self._fields) != len(chosen):
            self._build(len(chosen))
            renew = True
        for place, (name, field) in enumerate(zip(chosen, self._fields, strict=True)):
            title = titles[place] if place < len(titles) else name
            field.setAccessibleName(self._each.format(title))
            options = [Option(each, each) for each in (name, *self._free)]
            field.set_options(options)
            field.set_current(name)
        for place, (title, field) in enumerate(zip(titles, self._titles, strict=False)):
            assert self._fault_of is not None
            field.show_name(title, partial(self._fault_of, place), renew=renew)
        self._add.setEnabled(bool(self._free))

    def _build(self, count: int) -> None:
        self._form.clear()
        self._fields, self._titles = [], []
        for place in range(count):
            field = Choice()
            field.chosen.connect(partial(self.chosen.emit, place))
            remove = push_button("×", "link")
            remove.setAccessibleName(self.tr("Remove value {0}").format(place + 1))
            remove.setToolTip(remove.accessibleName())
            remove.clicked.connect(partial(self._remove, place))
            row = QWidget()
            both = QHBoxLayout(row)
            both.setContentsMargins(0, 0, 0, 0)
            both.addWidget(field, 1)
            both.addWidget(remove)
            self._form.add_row(self.tr("value {0}").format(place + 1), row, self._help, mono=False)
            field.setToolTip(self._help)
            self._fields.append(field)
            if self._fault_of is not None:
                self._add_title(place)

    def _add_title(self, place: int) -> None:
        title = NameField()
        title.edited.connect(partial(self.called.emit, place))
        title.finished.connect(self.finished)
        help = self.tr("The name by which the layers inside speak of it")
        self._form.add_row(self.tr("called inside"), title, help, mono=False)
        self._titles.append(title)

    def _remove(self, place: int, checked: bool = False) -> None:
        self.removed.emit(place)

    def _add_one(self) -> None:
        if self._free:
            self.chosen.emit(len(self._names), self._free[-1])
