"""The list of tensors that a layer can share with others, and of those that it shares."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.design.edit import Edit
from engine.design.tree import Layer
from engine.views.sharing import candidates, tie_edit, tied_paths, untie_edit
from gui.document import State
from gui.widgets.options import Option

APART, TOGETHER = "apart:", "together:"
BETWEEN = "="


def can_share(state: State) -> bool:
    """Whether a single layer with tensors is selected."""
    match state.selected_nodes:
        case (Layer() as node,):
            return bool(node.tensors())
        case _:
            return False


def options(state: State) -> list[Option]:
    """What the selected layer shares and could part, then what it could share, then what does not fit and why."""
    layer_id = state.selection[0]
    apart = _say("Let them differ")
    parts = [
        Option(f"{APART}{tie.path}{BETWEEN}{tie.owner}", f"{tie.path} = {tie.owner}",
               _say("One tensor under two names"), group=apart)
        for tie in tied_paths(state.analysis, layer_id)
    ]  # fmt: skip
    together = [
        Option(f"{TOGETHER}{each.own}{BETWEEN}{each.other}", f"{each.own} = {each.other}", str(list(each.shape)),
               each.refusal, _say("Share weights"))
        for each in candidates(state.analysis, layer_id)
    ]  # fmt: skip
    return parts + together


def chosen_edit(state: State, key: str) -> Edit | None:
    """The edit that an option stands for."""
    for tie in state.network.ties:
        if key == f"{APART}{tie.path}{BETWEEN}{tie.owner}":
            return untie_edit(state.network, tie)
    own, _, other = key.removeprefix(TOGETHER).partition(BETWEEN)
    return tie_edit(state.analysis, own, other) if key.startswith(TOGETHER) else None


def _say(text: str) -> str:
    return QCoreApplication.translate("sharing", text)
