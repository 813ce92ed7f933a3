"""Export: what to write, a look at it, where to, and for code the proof that it does what the window showed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QWidget,
)

import engine
from engine.design.error import DesignError
from engine.design.value import value
from engine.files.document import to_document
from engine.files.store import atomic_save
from engine.worker.protocol import Progress, Prove, Result
from gui import theme
from gui.asking import Ask, Ticket
from gui.document import State
from gui.preferences import Preferences
from gui.saving import ask_path, file_name
from gui.views.highlighting import PythonColours
from gui.widgets.choice_popup import RowPainter
from gui.widgets.dialog import Dialog
from gui.widgets.options import Option
from gui.widgets.pieces import Notice, plain_label


@value
class Format:
    """One thing that can be written: how it is called, where it ends up, and its text."""

    title: str
    sentence: str
    suffix: str
    text: Callable[[State], str]
    is_code: bool = False


def _summary(kind: str) -> Callable[[State], str]:
    def text(state: State) -> str:
        return engine.summarize(state.network, batch_size=state.project.forward.batch_size).to(kind)

    return text


def formats() -> tuple[Format, ...]:
    """All that can be exported, the commonest first."""
    say = QCoreApplication.translate
    return (
        Format(say("export", "PyTorch module"), say("export", "A class that needs torch alone"), ".py",
               lambda state: engine.write_module(state.network), is_code=True),
        Format(say("export", "Summary as text"), say("export", "The familiar table"), ".txt", _summary("text")),
        Format(say("export", "Summary as Markdown"), say("export", "For a README or an issue"), ".md",
               _summary("markdown")),
        Format(say("export", "Summary as CSV"), say("export", "For a spreadsheet"), ".csv", _summary("csv")),
        Format(say("export", "Summary as JSON"), say("export", "For another program"), ".json", _summary("json")),
        Format(say("export", "Summary as HTML"), say("export", "A page of its own"), ".html", _summary("html")),
        Format(say("export", "Summary as LaTeX"), say("export", "For a paper"), ".tex", _summary("latex")),
    )  # fmt: skip


class ExportDialog(Dialog):
    """Choose, look, save; code is proven after it was written."""

    def __init__(self, parent: QWidget, state: State, ask: Ask, preferences: Preferences) -> None:
        super().__init__(parent, self.tr("Export"))
        self._state = state
        self._ask = ask
        self._preferences = preferences
        self._ticket: Ticket | None = None
        self._formats = formats()
        self.resize(QSize(940, 640))
        self._list = QListWidget()
        self._list.setAccessibleName(self.tr("What to export"))
        self._list.setFixedWidth(230)
        self._list.setItemDelegate(RowPainter(self, None, ""))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for each in self._formats:
            item = QListWidgetItem(each.title, self._list)
            row = Option(each.title, each.title, each.sentence)
            item.setData(Qt.ItemDataRole.UserRole, row)
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, each.sentence)
        self._preview = QPlainTextEdit()
        self._preview.setReadOnly(True)
        self._preview.setFont(theme.mono_font(theme.BODY))
        self._preview.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._preview.setAccessibleName(self.tr("What will be written"))
        self._colours: PythonColours | None = None
        self._proof = plain_label("", "muted", wrap=True)
        self._proof.setMinimumHeight(34)
        self._proof.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        self._notice = Notice()
        row = QHBoxLayout()
        row.setSpacing(theme.MEDIUM)
        row.addWidget(self._list)
        row.addWidget(self._preview, 1)
        self.body.addLayout(row, 1)
        self.body.addWidget(self._proof)
        self.body.addWidget(self._notice)
        self._copy = self.add_button(self.tr("Copy"))
        self._copy.clicked.connect(self._copy_text)
        self.add_button(self.tr("Close"), closes=True)
        self._save = self.add_button(self.tr("Save…"), "primary")
        self._save.clicked.connect(self._ask_save)
        self._list.currentRowChanged.connect(self._show_format)
        self._list.setCurrentRow(0)

    @property
    def format(self) -> Format:
        return self._formats[max(self._list.currentRow(), 0)]

    def _show_format(self, row: int) -> None:
        try:
            text = self.format.text(self._state)
        except DesignError as error:
            text = ""
            self._notice.show_message(
                "warning",
                self.tr("Nothing can be exported yet: {why}.").format(why=str(error).rstrip(".")),
            )
        else:
            self._notice.hide()
        if self._colours is not None:
            self._colours.setDocument(None)  # type: ignore[arg-type]
            self._colours = None
        self._preview.setPlainText(text)
        if self.format.is_code and text:
            self._colours = PythonColours(self._preview.document())
        for button in (self._copy, self._save):
            button.setEnabled(bool(text))
        self._proof.setText(
            self.tr("After saving, the file is imported in a clean process without Layerloom and compared with "
                    "the network of this window: parameters, initial weights and outputs.")
            if self.format.is_code else ""
        )  # fmt: skip
        self._proof.setVisible(self.format.is_code)

    def _copy_text(self) -> None:
        QApplication.clipboard().setText(self._preview.toPlainText())

    def _ask_save(self) -> None:
        name, suffix = file_name(self._state.network.name), self.format.suffix
        suggested = str(Path(self._preferences.folder) / f"{name}{suffix}")
        kinds = f"{self.format.title} (*{suffix})"
        path = ask_path(self, self.tr("Export"), suggested, kinds, suffix)
        if path is not None:
            self.save_to(path)

    def save_to(self, path: Path) -> None:
        """Write what is shown; for code, prove it."""
        text = self._preview.toPlainText()
        try:
            atomic_save(path, text.encode())
        except DesignError as error:
            self._notice.show_message("danger", str(error))
            return
        self._preferences.folder = str(path.parent)
        if not self.format.is_code:
            self._notice.show_message("ok", self.tr("{name} is written.").format(name=path.name))
            return
        self._notice.show_message(
            "note", self.tr("{name} is written. Proving it…").format(name=path.name)
        )
        project = self._state.project
        self._ticket = self._ask(
            Prove(
                project=to_document(project),
                module=text,
                seed=project.forward.seed,
            ),
            lambda result: self._proven(path, result),
            lambda sentence: self._not_proven(path, sentence),
            "proof",
            self._progress,
        )

    def _progress(self, progress: Progress) -> None:
        self._proof.setText(progress.text)

    def _proven(self, path: Path, result: Result) -> None:
        self._ticket = None
        self._notice.show_message(
            "ok", self.tr("{name} is written and proven.").format(name=path.name)
        )
        self._proof.setText(str(result.values["sentence"]))

    def _not_proven(self, path: Path, sentence: str) -> None:
        self._ticket = None
        text = self.tr("{name} is written, but was not proven: {why}").format(
            name=path.name, why=sentence
        )
        self._notice.show_message("danger", text)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._ticket is not None:
            self._ticket.cancel()
        super().closeEvent(event)
