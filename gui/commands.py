"""Every action of the window, declared once: all menus, tool bar, palette and shortcut page read this."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from engine.design.address import parent_of, stack_at
from engine.design.edit import Duplicate, Edit, Move, Remove, SetFrozen
from engine.design.tree import Layer, stacks_of
from engine.design.value import replace, value
from gui.block_edits import (
    add_branch_edit,
    again_edit,
    branches_edit,
    can_wrap,
    continue_edit,
    group_edit,
    move_branch_edit,
    remove_branch_edit,
    repeat_edit,
    residual_edit,
    unwrap_edit,
)
from gui.desk import Desk
from gui.document import State
from gui.edit_names import redone_by, undone_by
from gui.sharing import can_share

Enabled = Callable[[State], bool]
Run = Callable[[Desk], object]
EditOf = Callable[[State], Edit | None]


@value
class Command:
    """One thing a person can do: its name for the code, its text, when it can be done and what does it."""

    name: str
    menu: str
    title: str
    run: Run
    shortcut: str = ""
    icon: str = ""
    enabled: Enabled = lambda state: True
    separated: bool = False
    """True where the menu draws a line above it."""
    in_context: bool = False
    """True where the menu on a layer has it."""
    about: Callable[[State], str] = lambda state: ""
    """What it would be done to now, which the menu says behind the title."""

    @property
    def text(self) -> str:
        """The title in the person's language."""
        return QCoreApplication.translate("commands", self.title)

    def text_in(self, state: State) -> str:
        """The same with what it is about: `Undo: insert Linear`."""
        about = self.about(state)
        return f"{self.text}: {about}" if about else self.text


MENUS = {
    "File": "&File", "Edit": "&Edit", "Layer": "&Layer", "Block": "&Block",
    "View": "&View", "Run": "&Run", "Learn": "Lear&n", "Help": "&Help",
}  # fmt: skip
"""The menus, and their titles with the letter that opens them together with Alt."""


def menu_title(menu: str) -> str:
    """The menu's title in the person's language, `&` before the letter that opens it."""
    return QCoreApplication.translate("menus", MENUS[menu])


def _selected(state: State) -> bool:
    return bool(state.selection)


def _one_selected(state: State) -> bool:
    return len(state.selection) == 1


def _can_move(step: int) -> Enabled:
    def can(state: State) -> bool:
        return bool(state.selection) and _moved(state, step) is not None

    return can


def _moved(state: State, step: int) -> Move | None:
    """The move of the selected one place up or down in their stack; None at its end."""
    body = state.network.body
    places = [parent_of(body, node_id) for node_id in state.selection]
    first = min(places, key=lambda place: place.index)
    last = max(places, key=lambda place: place.index)
    if any((place.parent, place.branch) != (first.parent, first.branch) for place in places):
        return None
    count = len(stack_at(body, first).nodes)
    if step < 0:
        return Move(state.selection, replace(first, index=first.index - 1)) if first.index else None
    return (
        Move(state.selection, replace(last, index=last.index + 2))
        if last.index + 1 < count
        else None
    )


def _move(step: int) -> Run:
    def run(window: Desk) -> None:
        edit = _moved(window.document.state, step)
        if edit is not None:
            window.document.do(edit)

    return run


def _layers(state: State) -> tuple[Layer, ...]:
    return tuple(node for node in state.selected_nodes if isinstance(node, Layer))


def _freeze(window: Desk) -> None:
    layers = _layers(window.document.state)
    frozen = not all(node.frozen for node in layers)
    window.document.do(SetFrozen(tuple(node.id for node in layers), frozen))


def _is_runnable(state: State) -> bool:
    return state.analysis.valid and bool(state.network.body.nodes)


def can_train(state: State) -> bool:
    """Whether there is something to train that is not being trained already."""
    return _is_runnable(state) and not (state.run.is_going and state.run.can_go_on(state.project))


def can_step(state: State) -> bool:
    return _is_runnable(state) and not state.run.is_going and state.run.phase != "done"


def _has_block(state: State) -> bool:
    return any(map(stacks_of, state.network.body.nodes))


def _can(edit_of: EditOf) -> Enabled:
    return lambda state: edit_of(state) is not None


def _edit(edit_of: EditOf) -> Run:
    """Do, as a step of its own, what the state has an edit for."""

    def run(window: Desk) -> None:
        edit = edit_of(window.document.state)
        if edit is not None:
            window.document.seal()
            window.document.do(edit)

    return run


T = QT_TRANSLATE_NOOP

COMMANDS: tuple[Command, ...] = (
    Command("file.start", "File", str(T("commands", "New…")), lambda w: w.show_start(), "Ctrl+N", "file-plus"),
    Command("file.gallery", "File", str(T("commands", "New from a known network…")), lambda w: w.show_gallery(),
            "Ctrl+Shift+N", "stack-2"),
    Command("file.open", "File", str(T("commands", "Open…")), lambda w: w.files.ask_open(), "Ctrl+O", "folder-open"),
    Command("file.save", "File", str(T("commands", "Save")), lambda w: w.files.save(), "Ctrl+S", "device-floppy",
            separated=True),
    Command("file.save_as", "File", str(T("commands", "Save as…")), lambda w: w.files.ask_save(), "Ctrl+Shift+S"),
    Command("file.export", "File", str(T("commands", "Export…")), lambda w: w.show_export(), "Ctrl+E", "file-export",
            separated=True),
    Command("file.copy_code", "File", str(T("commands", "Copy code")), lambda w: w.copy_code(), "Ctrl+Shift+C", "code"),
    Command("file.copy_summary", "File", str(T("commands", "Copy summary")), lambda w: w.copy_summary(), "", "table"),
    Command("file.compare", "File", str(T("commands", "Compare with another design…")), lambda w: w.show_compare(),
            "F7", "replace"),
    Command("file.preferences", "File", str(T("commands", "Preferences…")), lambda w: w.show_preferences(), "Ctrl+,",
            "settings", separated=True),
    Command("file.quit", "File", str(T("commands", "Quit")), lambda w: w.quit(), "Ctrl+Q", "", separated=True),
    Command("edit.undo", "Edit", str(T("commands", "Undo")), lambda w: w.document.undo(), "Ctrl+Z", "arrow-back-up",
            lambda s: s.history.undo_edit is not None, about=lambda s: undone_by(s.history)),
    Command("edit.redo", "Edit", str(T("commands", "Redo")), lambda w: w.document.redo(), "Ctrl+Shift+Z",
            "arrow-forward-up", lambda s: s.history.redo_edit is not None, about=lambda s: redone_by(s.history)),
    Command("edit.cut", "Edit", str(T("commands", "Cut")), lambda w: w.clipboard.cut(), "Ctrl+X", "cut", _selected,
            separated=True, in_context=True),
    Command("edit.copy", "Edit", str(T("commands", "Copy")), lambda w: w.clipboard.copy(), "Ctrl+C", "copy", _selected,
            in_context=True),
    Command("edit.paste", "Edit", str(T("commands", "Paste")), lambda w: w.clipboard.paste(), "Ctrl+V", "clipboard",
            in_context=True),
    Command("edit.duplicate", "Edit", str(T("commands", "Duplicate")),
            lambda w: w.document.do(Duplicate(w.document.state.selection)), "Ctrl+D", "copy", _selected,
            in_context=True),
    Command("edit.delete", "Edit", str(T("commands", "Delete")),
            lambda w: w.document.do(Remove(w.document.state.selection)), "Del", "trash", _selected,
            in_context=True),
    Command("edit.select_all", "Edit", str(T("commands", "Select all layers")), lambda w: w.select_all(), "Ctrl+A",
            "select-all", lambda s: bool(s.network.body.nodes), separated=True),
    Command("edit.find", "Edit", str(T("commands", "Find a layer")), lambda w: w.stack.focus_search(), "Ctrl+F",
            "search"),
    Command("edit.palette", "Edit", str(T("commands", "Add a layer or run a command…")), lambda w: w.show_palette(),
            "Ctrl+K", "command"),
    Command("layer.add", "Layer", str(T("commands", "Add a layer…")), lambda w: w.stack.open_palette(), "Ctrl+L",
            "plus", in_context=True),
    Command("layer.rename", "Layer", str(T("commands", "Rename")), lambda w: w.stack.rename(), "F2", "pencil",
            _one_selected, in_context=True),
    Command("layer.freeze", "Layer", str(T("commands", "Freeze or unfreeze weights")), _freeze, "Ctrl+Shift+F",
            "snowflake", lambda s: bool(_layers(s)), in_context=True),
    Command("layer.up", "Layer", str(T("commands", "Move up")), _move(-1), "Alt+Up", "arrow-up", _can_move(-1),
            separated=True, in_context=True),
    Command("layer.down", "Layer", str(T("commands", "Move down")), _move(+1), "Alt+Down", "arrow-down", _can_move(+1),
            in_context=True),
    Command("block.group", "Block", str(T("commands", "Group")), _edit(group_edit), "Ctrl+G", "box", can_wrap,
            separated=True, in_context=True),
    Command("block.repeat", "Block", str(T("commands", "Repeat")), _edit(repeat_edit), "Ctrl+Shift+R", "repeat",
            can_wrap, in_context=True),
    Command("block.residual", "Block", str(T("commands", "Residual block: add the input")), _edit(residual_edit),
            "Ctrl+Shift+A", "plus", can_wrap, in_context=True),
    Command("block.branches", "Block", str(T("commands", "Side by side as branches")), _edit(branches_edit), "Ctrl+B",
            "schema", can_wrap, in_context=True),
    Command("block.unwrap", "Block", str(T("commands", "Ungroup")), _edit(unwrap_edit), "Ctrl+Shift+G", "select-all",
            _can(unwrap_edit), in_context=True),
    Command("block.add_branch", "Block", str(T("commands", "Add a branch")), _edit(add_branch_edit), "Ctrl+Shift+B",
            "plus", _can(add_branch_edit), separated=True, in_context=True),
    Command("block.remove_branch", "Block", str(T("commands", "Remove this branch")), _edit(remove_branch_edit), "",
            "trash", _can(remove_branch_edit), in_context=True),
    Command("block.branch_up", "Block", str(T("commands", "Move this branch up")), _edit(move_branch_edit(-1)),
            "Alt+Shift+Up", "arrow-up", _can(move_branch_edit(-1))),
    Command("block.branch_down", "Block", str(T("commands", "Move this branch down")), _edit(move_branch_edit(+1)),
            "Alt+Shift+Down", "arrow-down", _can(move_branch_edit(+1))),
    Command("block.continue", "Block", str(T("commands", "Go on from an earlier value")), _edit(continue_edit),
            "Ctrl+Shift+L", "arrow-forward-up", _can(continue_edit), in_context=True),
    Command("block.again", "Block", str(T("commands", "Use again with the same weights")), _edit(again_edit),
            "Ctrl+Shift+U", "link", _can(again_edit), in_context=True),
    Command("block.share", "Block", str(T("commands", "Share weights with another layer…")),
            lambda w: w.share_weights(), "Ctrl+Shift+T", "link", can_share, in_context=True),
    Command("block.keep", "Block", str(T("commands", "Keep among my blocks…")), lambda w: w.keep_block(),
            "Ctrl+Shift+M", "device-floppy", can_wrap, separated=True, in_context=True),
    Command("block.mine", "Block", str(T("commands", "My blocks…")), lambda w: w.show_my_blocks(), "Ctrl+M", "folder"),
    Command("layer.fold", "Block", str(T("commands", "Fold all blocks")), lambda w: w.stack.fold_all(True), "", "fold",
            _has_block, separated=True),
    Command("layer.unfold", "Block", str(T("commands", "Unfold all blocks")), lambda w: w.stack.fold_all(False), "",
            "fold-down", _has_block),
    Command("view.diagram", "View", str(T("commands", "Diagram")), lambda w: w.show_view(0), "Ctrl+1", "schema"),
    Command("view.summary", "View", str(T("commands", "Summary")), lambda w: w.show_view(1), "Ctrl+2", "table"),
    Command("view.code", "View", str(T("commands", "Code")), lambda w: w.show_view(2), "Ctrl+3", "code"),
    Command("view.data", "View", str(T("commands", "Data")), lambda w: w.show_view(3), "Ctrl+4", "database"),
    Command("view.theme", "View", str(T("commands", "Switch between dark and light")), lambda w: w.switch_theme(),
            "Ctrl+T", "sun", separated=True),
    Command("view.inspector", "View", str(T("commands", "Show or hide the inspector")),
            lambda w: w.toggle_inspector(), "Ctrl+I", "layout-sidebar-right"),
    Command("view.run", "View", str(T("commands", "Show or hide the run")), lambda w: w.toggle_run(), "Ctrl+J",
            "layout-bottombar"),
    Command("view.full_screen", "View", str(T("commands", "Full screen")), lambda w: w.toggle_full_screen(), "F11",
            "maximize"),
    Command("run.train", "Run", str(T("commands", "Train")), lambda w: w.trainer.train(), "Ctrl+Return", "player-play",
            can_train),
    Command("run.pause", "Run", str(T("commands", "Pause")), lambda w: w.trainer.pause(), "Ctrl+.", "player-pause",
            lambda s: s.run.is_going),
    Command("run.step", "Run", str(T("commands", "Step")), lambda w: w.trainer.step(), "F9", "player-track-next",
            can_step),
    Command("run.epoch", "Run", str(T("commands", "One epoch")), lambda w: w.trainer.epoch(), "Shift+F9",
            "player-skip-forward", can_step),
    Command("run.reset", "Run", str(T("commands", "Reset")), lambda w: w.trainer.reset(), "Ctrl+Shift+Backspace",
            "player-skip-back", lambda s: s.run.phase != "none"),
    Command("run.forward", "Run", str(T("commands", "Run forward")), lambda w: w.run_forward(), "F5", "arrow-right",
            _is_runnable, separated=True),
    Command("run.verify", "Run", str(T("commands", "Compare with torch…")), lambda w: w.show_verify(), "F6",
            "circle-check", _is_runnable),
    Command("run.redraw", "Run", str(T("commands", "Draw new weights")), lambda w: w.redraw(), "Ctrl+R", "dice-5"),
    Command("run.restart", "Run", str(T("commands", "Restart the engine")), lambda w: w.restart_engine(), "", "refresh",
            separated=True),
    Command("learn.reference", "Learn", str(T("commands", "Reference of layers")), lambda w: w.show_reference(), "F1",
            "book"),
    Command("learn.tutorial", "Learn", str(T("commands", "Open the tutorial network")),
            lambda w: w.files.start_from("tutorial"), "", "school"),
    Command("help.shortcuts", "Help", str(T("commands", "Keyboard shortcuts")), lambda w: w.show_shortcuts(), "Ctrl+/",
            "keyboard"),
    Command("help.engine", "Help", str(T("commands", "What the engine said")), lambda w: w.show_engine_log(), "",
            "cpu"),
    Command("help.about", "Help", str(T("commands", "About Layerloom")), lambda w: w.show_about(), "", "info-circle"),
)  # fmt: skip

BY_NAME = {command.name: command for command in COMMANDS}
