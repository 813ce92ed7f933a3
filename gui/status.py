"""The line at the bottom: is the design sound, how large is it, is it saved, and what computes it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui import theme
from gui.document import State
from gui.widgets.pieces import ElidedLabel, plain_label


class Status(QWidget):
    """Says what holds at the moment; a passing message takes the place of the numbers for a few seconds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "status")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._valid = plain_label(parent=self)
        self._numbers = ElidedLabel("", token="text_muted", parent=self)
        self._engine = plain_label("", "muted", self)
        self._seed = 0
        self._torch = ""
        self._text = ""
        self._message_over = QTimer(self)
        self._message_over.setSingleShot(True)
        self._message_over.timeout.connect(lambda: self._numbers.set_text(self._text))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.WIDE, theme.TIGHT, theme.WIDE, theme.TIGHT)
        row.setSpacing(theme.WIDE + theme.NARROW)
        row.addWidget(self._valid)
        row.addWidget(self._numbers, 1)
        row.addWidget(self._engine)

    def say(self, text: str) -> None:
        """A passing message: what was just done."""
        self._numbers.set_text(text)
        self._message_over.start(4000)

    def show_engine(self, torch_version: str, device: str) -> None:
        """Say what computes."""
        self._torch = f"torch {torch_version.split('+')[0]} · {device.upper()}"
        self._engine.setText(f"{self._torch} · seed {self._seed}")

    def show_state(self, old: State | None, new: State) -> None:
        faults = len(new.analysis.faults)
        if old is None or len(old.analysis.faults) != faults:
            self._valid.setText(_validity(faults))
            theme.set_role(self._valid, "danger" if faults else "ok")
        totals = new.analysis.totals
        texts = [
            self.tr("{count} params").format(count=f"{totals.parameters:,}"),
            f"{short(totals.macs)} MACs",
            self.tr("{size} weights").format(size=size(4 * totals.parameters)),
        ]
        if faults:
            texts[0] = self.tr("up to the fault: {0}").format(texts[0])
        if new.is_saved:
            texts.append(self.tr("saved"))
        elif new.is_changed:
            texts.append(self.tr("not saved"))
        self._text = " · ".join(texts)
        if not self._message_over.isActive():
            self._numbers.set_text(self._text)
        self._seed = new.project.forward.seed
        if self._torch:
            self._engine.setText(f"{self._torch} · seed {self._seed}")


def _validity(faults: int) -> str:
    say = QCoreApplication.translate
    match faults:
        case 0:
            return say("Status", "valid design")
        case 1:
            return say("Status", "1 fault")
        case _:
            return say("Status", "{count} faults").format(count=faults)


def short(number: int) -> str:
    """A count in at most four characters and a letter: 320, 1.2 k, 4.1 G."""
    for unit, letter in ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= unit:
            return f"{number / unit:.3g} {letter}"
    return str(number)


def size(count: int) -> str:
    """Bytes in the largest unit that keeps them above one: 1.5 kB."""
    return f"{short(count)}B" if count >= 1000 else f"{count} B"
