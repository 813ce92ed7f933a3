"""How each layer fares while it is trained: one number of all layers over time, and in words what is wrong."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.views.health import (
    DEAD,
    GRADIENT,
    MEAN,
    SATURATED,
    STD,
    UPDATE,
    WEIGHT_MEAN,
    WEIGHT_STD,
    verdicts,
)
from gui import theme
from gui.inspector.segments import Segments
from gui.run.curves import Floats
from gui.run.trainer import Trainer
from gui.saving import ask_and_save
from gui.tokens import SERIES
from gui.widgets.image import MatrixImage
from gui.widgets.pieces import ElidedLabel
from gui.widgets.plot import Plot, Series

if TYPE_CHECKING:
    from engine.worker.protocol import Training

FRAME_MS = 150
"""Layers are looked at no more often."""

LINES = len(SERIES)
COLUMNS = 240
LOGARITHMIC = (GRADIENT, UPDATE)


class HealthPage(QWidget):
    """A choice of the number, its lines, its picture layer by layer, and the verdict."""

    def __init__(self, trainer: Trainer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._trainer = trainer
        self._what = Segments(self.tr("What is shown of every layer"))
        self._what.set_choices((
            (str(GRADIENT), self.tr("gradient")), (str(UPDATE), self.tr("update")), (str(DEAD), self.tr("dead")),
            (str(SATURATED), self.tr("saturated")), (str(MEAN), self.tr("mean")), (str(STD), self.tr("std")),
            (str(WEIGHT_MEAN), self.tr("w mean")), (str(WEIGHT_STD), self.tr("w std")),
        ))  # fmt: skip
        self._what.chosen.connect(self._draw)
        self._lines = Plot("")
        self._lines.set_axis_labels(x=self.tr("epoch"))
        self._picture = MatrixImage(self.tr("layer by layer"))
        self._picture.set_caption(self.tr("layers ↓ time →"))
        for each in (self._lines, self._picture):
            each.save_requested.connect(partial(self._save, each))
        self._verdict = ElidedLabel("", token="text")
        top = QHBoxLayout()
        top.setSpacing(theme.MEDIUM)
        top.addWidget(self._what)
        top.addWidget(self._verdict, 1)
        row = QHBoxLayout()
        row.setSpacing(theme.MEDIUM)
        row.addWidget(self._lines, 3)
        row.addWidget(self._picture, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.NARROW)
        column.addLayout(top)
        column.addLayout(row, 1)
        self._soon = QTimer(self, interval=FRAME_MS, singleShot=True)
        self._soon.timeout.connect(self._draw)
        trainer.told.connect(self._hear)
        trainer.renewed.connect(self._draw)

    def _hear(self, told: Training) -> None:
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw()

    def _draw(self) -> None:
        if not self.isVisible():
            return
        curves = self._trainer.curves
        number = int(self._what.current() or GRADIENT)
        if not len(curves.looks) or not curves.names:
            self._lines.display([])
            self._verdict.set_text("")
            return
        shown = curves.layers(number)
        if number in LOGARITHMIC:
            with np.errstate(divide="ignore"):
                shown = np.log10(shown)
            shown = np.where(np.isfinite(shown), shown, np.nan)
        title, caption = self._words(number)
        self._lines.set_title(title)
        self._lines.set_caption(caption)
        at = curves.in_epochs(curves.looks, self._trainer.steps_per_epoch)
        places = _spread(len(shown), LINES)
        self._lines.display([
            Series(at, shown[place], curves.names[place], SERIES[order]) for order, place in enumerate(places)
        ])  # fmt: skip
        self._show_picture(shown, number)
        found = verdicts(curves.names, curves.last_look().tolist())
        self._verdict.set_text(
            "  ".join(f"{each.sentence} {each.advice}" for each in found)
            or self.tr("All layers learn: none is starved, dead or saturated.")
        )

    def _show_picture(self, shown: Floats, number: int) -> None:
        """All layers: what is usual is pale, what is larger blue, what is smaller orange."""
        columns = _spread(shown.shape[1], COLUMNS)
        seen = shown[:, columns]
        usual = (
            float(np.nanmedian(seen)) if number in LOGARITHMIC and np.isfinite(seen).any() else 0.0
        )
        share = number in (DEAD, SATURATED)
        self._picture.display(seen - usual, 1.0 if share else None)

    def _words(self, number: int) -> tuple[str, str]:
        match number:
            case x if x == GRADIENT:
                return self.tr("gradient, log10"), self.tr("root mean square")
            case x if x == UPDATE:
                return self.tr("update to weight, log10"), self.tr("about −3 is a good pace")
            case x if x == DEAD:
                return self.tr("dead units"), self.tr("share, of activations with a lower bound")
            case x if x == SATURATED:
                return self.tr("saturated outputs"), self.tr(
                    "share, of activations with two bounds"
                )
            case x if x == MEAN:
                return self.tr("mean of outputs"), ""
            case x if x == STD:
                return self.tr("standard deviation of outputs"), ""
            case x if x == WEIGHT_MEAN:
                return self.tr("mean of weights"), ""
            case _:
                return self.tr("standard deviation of weights"), ""

    def _save(self, picture: Any, kind: str) -> None:
        project = self._trainer.run.project
        name = project.network.name if project is not None else "training"
        ask_and_save(self, f"{name}-layers", kind, partial(picture.exported, kind))


def _spread(count: int, most: int) -> list[int]:
    """At most so many of `count` places, evenly spread, with the first and the last."""
    if count <= most:
        return list(range(count))
    return [round(place * (count - 1) / (most - 1)) for place in range(most)]
