"""How far a training is: a thin line, and in words epoch, loss, score, speed and the time that is left."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.catalogue.losses import Loss
from gui import theme
from gui.run.trainer import Trainer
from gui.widgets.pieces import ElidedLabel
from gui.widgets.plot_axis import number_text

if TYPE_CHECKING:
    from engine.worker.protocol import Training
    from gui.document import State

LINE = 3


class TrainingProgress(QWidget):
    """The line; `caption` stands elsewhere."""

    def __init__(self, trainer: Trainer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._trainer = trainer
        self._share = 0.0
        self._state: State | None = None
        self.caption = ElidedLabel("", token="text_muted")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Progress of the training"))
        trainer.told.connect(self._hear)

    def show_state(self, state: State) -> None:
        old, self._state = self._state, state
        if old is None or old.run is not state.run or old.project is not state.project:
            self._say()

    def _hear(self, told: Training) -> None:
        self._say()

    def _say(self) -> None:
        share, text = 0.0, ""
        state = self._state
        if state is not None and state.run.folder is not None:
            share, text = self._told(state)
        self.caption.set_text(text)
        if share != self._share:
            self._share = share
            self.setAccessibleDescription(f"{share:.0%}")
            self.update()

    def _told(self, state: State) -> tuple[float, str]:
        run, told = state.run, self._trainer.last
        project = run.project
        assert project is not None
        total = project.training.epochs
        curves = self._trainer.curves
        row = curves.epochs.column(0)
        epoch = int(row[-1]) if len(row) else 0
        parts = [self.tr("epoch {0:,} / {1:,}").format(epoch, total)]
        if len(curves.steps):
            parts.append(self.tr("loss {0}").format(number_text(curves.loss, 3)))
        if epoch:
            score = float(curves.epochs.column(4)[-1])
            loss = project.training.loss
            assert isinstance(loss, Loss)
            is_share = loss.task != "regression"
            shown = f"{score:.1%}" if is_share else f"{score:.3f}".replace("-", "−")
            parts.append(f"{loss.measure()} {shown}")
        share = curves.epochs_done(self._trainer.steps_per_epoch) / total
        if told is not None and run.phase == "running" and isfinite(told.rows_per_second):
            rows = (1 - share) * total * self._trainer.rows
            left = _duration(rows / max(told.rows_per_second, 1e-9))
            # The speed last: where there is little room, it is what can be missed.
            parts.append(self.tr("{0} left").format(left))
            parts.append(self.tr("{0} samples/s").format(_short(told.rows_per_second)))
        match run.phase:
            case "starting":
                parts = [self.tr("starting…")]
            case "paused":
                parts.append(run.sentence or self.tr("paused"))
            case "done":
                parts.append(self.tr("done"))
            case "failed":
                parts = [run.sentence]
            case _:
                pass
        if not run.trains(state.project) and not run.can_go_on(state.project):
            parts.append(self.tr("of an earlier design"))
        return min(share, 1.0), " · ".join(parts)

    def sizeHint(self) -> QSize:
        return QSize(100, LINE)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._state is None or self._state.run.folder is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(theme.WIDE, 0, self.width() - 2 * theme.WIDE, LINE)
        painter.setBrush(theme.current().colour("border"))
        painter.drawRoundedRect(whole, LINE / 2, LINE / 2)
        whole.setWidth(whole.width() * self._share)
        painter.setBrush(theme.current().colour("accent"))
        painter.drawRoundedRect(whole, LINE / 2, LINE / 2)
        painter.end()


def _short(count: float) -> str:
    """1,234 as it is, 118 k, 2.5 M."""
    if count >= 1e6:
        return f"{count / 1e6:.3g} M"
    return f"{count / 1e3:.3g} k" if count >= 1e4 else f"{count:,.0f}"


def _duration(seconds: float) -> str:
    """00:03, 12:40, 3 h 05 min, 2 days."""
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60:02}:{whole % 60:02}"
    if whole < 48 * 3600:
        return f"{whole // 3600} h {whole % 3600 // 60:02} min"
    return f"{whole // 86400:,} days"
