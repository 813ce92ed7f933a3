"""What the commands of the table do in a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from engine.design.value import replace
from gui import theme

if TYPE_CHECKING:
    from gui.clipboard import Clipboard
    from gui.document import Document
    from gui.files import Files
    from gui.parts import Parts
    from gui.run.trainer import Trainer
    from gui.stack.panel import StackPanel


class Deeds:
    """The Desk of a window: each command is a method here, or one of document, files, clipboard or stack."""

    def __init__(self, window: Parts) -> None:
        self._window = window

    @property
    def document(self) -> Document:
        return self._window.document

    @property
    def files(self) -> Files:
        return self._window.files

    @property
    def clipboard(self) -> Clipboard:
        return self._window.clipboard

    @property
    def stack(self) -> StackPanel:
        return self._window.stack

    @property
    def trainer(self) -> Trainer:
        """What trains, its page in front."""
        if not self._window.run.isVisible():
            self.toggle_run()
        self._window.run.show_training()
        return self._window.trainer

    def show_start(self) -> None:
        self._window.show_start()

    def show_view(self, index: int) -> None:
        self._window.show_view(index)

    def select_all(self) -> None:
        from engine.design.tree import scope

        self.document.select(tuple(node.id for node in scope(self.document.state.network.body)))

    def show_palette(self) -> None:
        from gui.palette import open_palette

        self._window.leave_start()
        open_palette(
            self._window.head.search,
            self.document.state,
            self.insert_kind,
            self._window.actions_table.run,
        )

    def insert_kind(self, key: str) -> None:
        """A new layer of a kind, or a kept block, behind the selection."""
        from gui.clipboard import behind_selection
        from gui.stack.my_blocks import insert_edit

        state = self.document.state
        edit = insert_edit(state.network, key, behind_selection(state))
        if edit is not None:
            self.document.seal()
            self.document.do(edit)

    def keep_block(self) -> None:
        """Ask for the name under which what is selected is kept."""
        from engine.design.error import DesignError
        from engine.views.saved_block import saved_block
        from gui.dialogs.keep_block import KeepBlockDialog

        state = self.document.state
        try:
            block = saved_block(state.analysis, state.selection)
        except DesignError as error:
            self._window.say("warning", str(error), about="an edit")
            return
        dialog = KeepBlockDialog(self._window, block)
        dialog.kept.connect(self._say_kept)
        dialog.open()

    def _say_kept(self, name: str) -> None:
        text = self._window.tr(
            "“{0}” is among your blocks; it is offered wherever a layer is added."
        )
        self._window.status.say(text.format(name))

    def share_weights(self) -> None:
        """Offer the tensors that the selected layer can have in common with others."""
        from gui.sharing import chosen_edit, options
        from gui.widgets.choice import popup_choice

        state = self.document.state
        offered = options(state)
        if not offered:
            text = self._window.tr(
                "This layer has no weights to share: no other layer has one of its own."
            )
            self._window.say("note", text, about="an edit")
            return
        anchor = self._window.stack

        def take(key: str) -> None:
            edit = chosen_edit(state, key)
            if edit is not None and self.document.state.network is state.network:
                self.document.seal()
                self.document.do(edit)

        popup_choice(
            anchor, offered, None, anchor.rect().adjusted(0, 0, 0, -anchor.height() + 80), take
        )

    def show_my_blocks(self) -> None:
        from gui.dialogs.my_blocks import MyBlocksDialog

        self._window.leave_start()
        dialog = MyBlocksDialog(self._window, self._window.preferences)
        dialog.chosen.connect(self.insert_kind)
        dialog.open()

    def copy_code(self) -> None:
        from engine import DesignError, write_module

        try:
            QApplication.clipboard().setText(write_module(self.document.state.network))
        except DesignError as error:
            self._window.say("warning", str(error))
            return
        self._window.status.say(self._window.tr("The code is on the clipboard."))

    def copy_summary(self) -> None:
        from engine import summarize

        QApplication.clipboard().setText(summarize(self.document.state.network).to_text())
        self._window.status.say(self._window.tr("The summary is on the clipboard."))

    def run_forward(self) -> None:
        if not self._window.run.isVisible():
            self.toggle_run()
        self._window.run.show_forward()
        self._window.run.forward()

    def redraw(self) -> None:
        """New weights: the next seed, which undo takes back."""
        from engine.design.project import SetForward

        forward = self.document.state.project.forward
        self.document.seal()
        self.document.do(SetForward(replace(forward, seed=forward.seed + 1)))

    def restart_engine(self) -> None:
        self._window.engine.replace()
        self._window.engine.restart()

    def toggle_inspector(self) -> None:
        with self._window.frame.keyboard_kept():
            self._window.inspector.setVisible(not self._window.inspector.isVisible())

    def toggle_run(self) -> None:
        with self._window.frame.keyboard_kept():
            self._window.run.setVisible(not self._window.run.isVisible())

    def toggle_full_screen(self) -> None:
        window = self._window
        window.showNormal() if window.isFullScreen() else window.showFullScreen()

    def switch_theme(self) -> None:
        preferences = self._window.preferences
        preferences.theme = "dark" if preferences.theme == "light" else "light"
        theme.wear(preferences.theme)

    def quit(self) -> None:
        self._window.close()

    def show_gallery(self) -> None:
        self._window.show_gallery()

    def show_export(self) -> None:
        from gui.dialogs.export import ExportDialog

        ExportDialog(
            self._window, self.document.state, self._window.ask, self._window.preferences
        ).open()

    def show_verify(self) -> None:
        from gui.dialogs.verify import VerifyDialog

        VerifyDialog(self._window, self.document.state, self._window.ask).open()

    def show_compare(self) -> None:
        from gui.dialogs.compare import CompareDialog

        document = self.document
        CompareDialog(
            self._window, document.state, self._window.preferences, document.select
        ).open()

    def show_preferences(self) -> None:
        from gui.dialogs.preferences import PreferencesDialog

        PreferencesDialog(self._window, self._window.preferences).open()

    def show_shortcuts(self) -> None:
        from gui.dialogs.shortcuts import ShortcutsDialog

        ShortcutsDialog(self._window).open()

    def show_reference(self) -> None:
        from gui.learn.reference import ReferenceDialog

        node = next(iter(self.document.state.selected_nodes), None)
        ReferenceDialog(self._window, node).open()

    def show_engine_log(self) -> None:
        from gui.dialogs.texts import engine_log

        engine_log(self._window, self._window.engine.details).open()

    def show_about(self) -> None:
        from gui.dialogs.texts import about

        about(self._window).open()
