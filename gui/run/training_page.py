"""The page of a training: loss, score and what the network has learnt, drawn as they change."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.catalogue.losses import Loss
from gui import theme
from gui.run.curves import EPOCH, SCORE, VALIDATION
from gui.run.learned import Learned
from gui.run.trainer import Trainer
from gui.saving import ask_and_save
from gui.widgets.plot import Plot, Series

if TYPE_CHECKING:
    from engine.worker.protocol import Training

FRAME_MS = 33
"""Curves are drawn at most so often, whatever the worker tells."""


STEPS_A_MS = 2_000
"""Each so many steps put a millisecond between two drawings."""


class TrainingPage(QWidget):
    """Three cards that follow the present run while they are in sight."""

    def __init__(self, trainer: Trainer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._trainer = trainer
        self._loss = Plot(self.tr("loss"))
        self._score = Plot(self.tr("score"))
        self._learned = Learned(trainer)
        self._loss.set_axis_labels(x=self.tr("epoch"))
        self._score.set_axis_labels(x=self.tr("epoch"))
        for plot in (self._loss, self._score):
            plot.save_requested.connect(partial(self._save, plot))
        self._learned.save_requested.connect(self._save)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.MEDIUM)
        row.addWidget(self._loss, 4)
        row.addWidget(self._score, 4)
        row.addWidget(self._learned, 4)
        self._soon = QTimer(self, interval=FRAME_MS, singleShot=True)
        self._soon.timeout.connect(self._draw)
        trainer.told.connect(self._hear)
        trainer.renewed.connect(self._renew)
        self._renew()

    def _hear(self, told: Training) -> None:
        if not self.isVisible():
            return
        if not self._soon.isActive():
            # A million steps take 30 ms to be smoothed and thinned out: seldom enough to stay a small share.
            self._soon.start(max(FRAME_MS, len(self._trainer.curves.steps) // STEPS_A_MS))
        self._learned.refresh(last=told.phase != "running")

    def _renew(self) -> None:
        project = self._trainer.run.project
        if project is not None:
            assert isinstance(project.training.loss, Loss)
            self._score.set_title(project.training.loss.measure())
        self._learned.renew()
        if self.isVisible():
            self._draw()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw()
        self._learned.refresh(last=True)

    def _draw(self) -> None:
        curves, per_epoch = self._trainer.curves, self._trainer.steps_per_epoch
        steps, losses = curves.steps.column(0), curves.steps.column(1)
        epochs = curves.epochs.column(EPOCH)
        at = curves.in_epochs(steps, per_epoch)
        validation, score = curves.epochs.column(VALIDATION), curves.epochs.column(SCORE)
        marks: list[Series] = []
        if len(steps):
            marks.append(Series(at, losses, "", "border_strong"))
            marks.append(Series(at, curves.smoothed()[1], self.tr("train"), "series_1"))
        if len(epochs) and np.isfinite(validation).any():
            marks.append(Series(epochs, validation, self.tr("validation"), "series_2"))
        self._loss.display(marks)
        name = self.tr("validation") if np.isfinite(validation).any() else self.tr("train")
        self._score.display([Series(epochs, score, name, "series_2")] if len(epochs) else [])

    def _save(self, picture: Any, kind: str) -> None:
        project = self._trainer.run.project
        name = project.network.name if project is not None else "training"
        ask_and_save(
            self, f"{name}-{picture.accessibleName()}", kind, partial(picture.exported, kind)
        )
