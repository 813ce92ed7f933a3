"""Drop-downs for what a layer takes beside what flows in."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.design.edit import SetOthers
from engine.design.tree import Layer
from engine.views.reach import takeable
from gui.document import State
from gui.inspector.voice import Voice
from gui.widgets.choice import Choice
from gui.widgets.form import Form
from gui.widgets.options import Option


class OthersPart(QWidget):
    """One drop-down for each further value of a layer, with the names that are in its reach."""

    def __init__(self, voice: Voice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._voice = voice
        self._layer: Layer | None = None
        self._form = Form()
        self._fields: list[Choice] = []
        self._takes: tuple[str, ...] = ()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._form)
        self.hide()

    def show_layer(self, layer: Layer, state: State) -> None:
        """Show what the layer takes; nothing where that is no more than what flows in."""
        self._layer = layer
        takes = tuple(layer.kind.takes)
        self.setVisible(bool(takes))
        if takes != self._takes:
            self._build(layer)
        if not takes:
            return
        names = takeable(state.network, layer.id)
        options = [Option(name, name) for name in names]
        for place, field in enumerate(self._fields):
            chosen = layer.others[place] if place < len(layer.others) else ""
            lost = [Option(chosen, chosen)] if chosen and chosen not in names else []
            none = [] if chosen else [Option("", self.tr("not chosen"))]
            field.set_options([*none, *options, *lost])
            field.set_current(chosen)

    def _build(self, layer: Layer) -> None:
        self._takes = tuple(layer.kind.takes)
        self._form.clear()
        self._fields = []
        for place, (name, help) in enumerate(layer.kind.takes.items()):
            field = Choice()
            field.chosen.connect(partial(self._choose, place))
            self._form.add_row(name, field, help)
            self._fields.append(field)

    def _choose(self, place: int, name: str) -> None:
        """Wish for one value; those that are not chosen yet become the same, so that one choice mends the layer."""
        if self._layer is None or not name:
            return
        count = len(self._takes)
        names = [*self._layer.others, *([name] * count)][:count]
        names[place] = name
        self._voice.seal()
        self._voice.wish(SetOthers((self._layer.id,), tuple(names)))
        self._voice.seal()
