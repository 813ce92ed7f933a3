"""A field for a name that becomes an identifier of the exported code."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from engine.design.address import parent_of
from engine.design.edit import Rename
from engine.design.names import fault_of_node_name
from engine.design.naming import taken_names
from engine.design.tree import Group, Layer, Node, Repeat
from gui.document import State
from gui.inspector.voice import Voice
from gui.widgets.fields import TypedField
from gui.widgets.syntax import Invalid

Fault = Callable[[str], str]
"""Why a name cannot be had, in a sentence; "" where it can."""


class NameSyntax:
    """A name, as far as `fault` has nothing against it."""

    def __init__(self) -> None:
        self.fault: Fault = lambda name: ""

    def read(self, text: str) -> str | Invalid:
        name = text.strip()
        wrong = self.fault(name)
        return Invalid(f"{wrong[:1].upper()}{wrong[1:]}.") if wrong else name

    def write(self, value: str) -> str:
        return value

    def stepped(self, value: str, steps: int) -> str:
        return value


class NameField(TypedField):
    """Reports names that can be had; of others it says below why not, and the old name stays.

    The old name is that of before the typing: who types `forward` shall not leave with `forwar`.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        self._rule = NameSyntax()
        self._old = ""
        super().__init__(self._rule, parent)

    def show_name(self, name: str, fault: Fault, *, renew: bool) -> None:
        """Show a name; `fault` judges what is typed over it, `renew` forgets what was."""
        self._rule.fault = fault
        if renew or name != self.value():
            self._old = name
        if renew:
            self.reset(name)
            wrong = self._rule.read(name)
            self.set_fault("")
            if isinstance(wrong, Invalid):
                self._show_fault(wrong.reason)
        else:
            self.set_value(name)

    def _read(self, text: str) -> None:
        super()._read(text)
        if isinstance(self._rule.read(text), Invalid) and self.value() != self._old:
            self._value = self._old
            self.edited.emit(self._old)

    def _finish(self) -> None:
        self._old = self.value()
        super()._finish()


def show_node_name(
    field: NameField, node: Layer | Group | Repeat, state: State, renew: bool
) -> None:
    """Show the name of a node, judged by what its class has already."""

    def fault(name: str) -> str:
        if name == node.name:
            return ""
        if wrong := fault_of_node_name(name):
            return wrong
        taken = taken_names(state.network, parent_of(state.network.body, node.id))
        return f"`{name}` is taken by another layer here" if name in taken else ""

    field.show_name(node.name, fault, renew=renew)


def rename(voice: Voice, node: Node | None, name: str) -> None:
    """Wish another name for a node."""
    if node is not None:
        voice.wish(Rename(node.id, name))
