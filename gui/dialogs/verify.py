"""The design compared with torch itself: how far it is, how many comparisons, and each difference."""

from __future__ import annotations

from PySide6.QtWidgets import QPlainTextEdit, QProgressBar, QWidget

from engine.files.document import to_document
from engine.worker.protocol import Progress, Result, Verify
from gui import theme
from gui.asking import Ask, Ticket
from gui.document import State
from gui.widgets.dialog import Dialog
from gui.widgets.pieces import Notice, plain_label


class VerifyDialog(Dialog):
    """Asks the worker at once; closing it while it works takes the question back."""

    def __init__(self, parent: QWidget, state: State, ask: Ask) -> None:
        super().__init__(parent, self.tr("Compare with torch"))
        self.setMinimumWidth(520)
        about = self.tr(
            "Every layer's output, its parameters, the keys of its tensors and its multiply-accumulates, as this "
            "window says them, against what PyTorch itself does with the design. It runs in PyTorch's own process, "
            "on a device that knows shapes and no numbers, so that a network of any size fits."
        )
        self.body.addWidget(plain_label(about, "muted", wrap=True))
        self._notice = Notice()
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        self._bar.setAccessibleName(self.tr("How far the comparison is"))
        self._said = QPlainTextEdit()
        self._said.setReadOnly(True)
        self._said.setFont(theme.mono_font(theme.BODY))
        self._said.setAccessibleName(self.tr("Differences"))
        self._said.hide()
        for widget in (self._notice, self._bar):
            self.body.addWidget(widget)
        self.body.addWidget(self._said, 1)
        self._close = self.add_button(self.tr("Cancel"), "primary", closes=True)
        self._close.setFocus()
        self._notice.show_message("note", self.tr("Comparing…"))
        request = Verify(project=to_document(state.project))
        self._ticket: Ticket | None = ask(
            request, self._show, self._show_failure, "verify", self._show_progress
        )
        self.finished.connect(self._take_back)

    def _show_progress(self, progress: Progress) -> None:
        if progress.total:
            self._bar.setRange(0, progress.total)
            self._bar.setValue(progress.done)
        if progress.text:
            self._notice.show_message("note", progress.text)

    def _show(self, result: Result) -> None:
        self._end()
        values = result.values
        count, different = int(values["comparisons"]), int(values["different"])
        if not different:
            said = self.tr("{count} comparisons with torch {version}, zero differences.")
            self._notice.show_message("ok", said.format(count=f"{count:,}", version=_plain(values)))
            return
        said = self.tr(
            "{count} comparisons with torch {version}, {different} differ. Please report this."
        )
        if different == 1:
            said = self.tr(
                "{count} comparisons with torch {version}, one differs. Please report this."
            )
        self._notice.show_message(
            "danger",
            said.format(count=f"{count:,}", version=_plain(values), different=f"{different:,}"),
        )
        lines = list(map(str, values["differences"]))
        if len(lines) < different:
            lines.append(self.tr("and {0} more").format(f"{different - len(lines):,}"))
        self._said.setPlainText("\n".join(lines))
        self._said.show()
        self.resize(self.width(), max(self.height(), 420))

    def _show_failure(self, sentence: str) -> None:
        self._end()
        self._notice.show_message("danger", sentence)

    def _end(self) -> None:
        self._ticket = None
        self._bar.hide()
        self._close.setText(self.tr("Close"))
        self._close.setAccessibleName(self._close.text())

    def _take_back(self) -> None:
        if self._ticket is not None:
            self._ticket.cancel()


def _plain(values: dict[str, object]) -> str:
    """torch's version without what it was built for."""
    return str(values["torch"]).partition("+")[0]
