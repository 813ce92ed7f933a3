"""Dialogs that are only a text to read."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from gui import theme
from gui.widgets.dialog import Dialog
from gui.widgets.pieces import plain_label


def about(parent: QWidget) -> Dialog:
    """What this program is, its version and licence."""
    say = QCoreApplication.translate
    try:
        title = f"Layerloom {version('layerloom')}"
    except PackageNotFoundError:  # it runs from the folder of its source
        title = "Layerloom"
    dialog = Dialog(parent, title)
    dialog.setMinimumWidth(460)
    for text in (
        say("about", "Compose a PyTorch network as a stack of layers, see what every choice does, run it, and leave "
            "with clean code that does exactly the same."),
        say("about", "MIT licence. Data and icons of others are listed with their licences in the file NOTICE."),
    ):  # fmt: skip
        dialog.body.addWidget(plain_label(text, wrap=True))
    dialog.add_button(say("about", "Close"), "primary", closes=True)
    return dialog


def engine_log(parent: QWidget, lines: str) -> Dialog:
    """The last lines that the engine wrote, for a bug report."""
    say = QCoreApplication.translate
    dialog = Dialog(
        parent, say("about", "What the engine said"),
        say("about", "The last lines that PyTorch's process wrote; of use in a bug report."),
    )  # fmt: skip
    dialog.resize(760, 480)
    text = QPlainTextEdit(lines or say("about", "Nothing so far."))
    text.setReadOnly(True)
    text.setFont(theme.mono_font(theme.BODY))
    text.setAccessibleName(say("about", "Lines of the engine"))
    dialog.body.addWidget(text, 1)
    dialog.add_button(say("about", "Close"), "primary", closes=True)
    return dialog
