"""What a network has learnt, as a picture that goes along with training; which one follows from the data.

Two features and classes: the decision boundary. One feature and a number: the fitted curve. Other classes: which is
taken for which. Other numbers: predicted against true.
"""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from engine.catalogue.losses import Loss
from engine.worker.protocol import Array, Judge, Respond, Result
from gui.run.trainer import Trainer
from gui.widgets.field import Dots, FieldView, Shown, bounds_of
from gui.widgets.image import MatrixImage

if TYPE_CHECKING:
    from engine.design.project import Project

What = Literal["boundary", "curve", "confusion", "numbers", ""]
Floats = NDArray[np.float64]

GRID = 72
"""Places along each side at which the network is asked."""

POINTS = 400
"""Rows that are shown of those that train, and of those that judge."""

EVERY_S = 0.1
"""At the soonest: the picture is for the eye, and each costs the training some of its time."""

MOST_CLASSES = 40


class Learned(QWidget):
    """Asks the worker for what the picture needs, no faster than it answers, and draws it."""

    save_requested = Signal(object, str)
    """The picture that is to be saved, and as which kind."""

    def __init__(self, trainer: Trainer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._trainer = trainer
        self._what: What = ""
        self._of: Path | None = None
        """The folder of the run that is shown."""
        self._asked_at = -1e9
        self._waits = False
        self._is_stale = False
        self._field = FieldView("")
        self._matrix = MatrixImage(self.tr("confusion"))
        for each in (self._field, self._matrix):
            each.save_requested.connect(partial(self.save_requested.emit, each))
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._field)
        self._pages.addWidget(self._matrix)

    def renew(self) -> None:
        """Begin anew where there is another run; one that is only steered goes on in the same picture."""
        self._waits = False
        if self._trainer.run.folder != self._of:
            self._of = self._trainer.run.folder
            self._what = ""
            self._asked_at = -1e9
            self._field.display(Shown())
            self.show()

    def refresh(self, *, last: bool = False) -> None:
        """Ask for the picture anew, where the one before has been drawn; the `last` of a run in any case."""
        if self._what == "" and self._of is not None and self.isHidden():
            return  # This network has nothing that could be shown in a picture.
        if self._waits:
            self._is_stale = self._is_stale or last
            return
        now = time.monotonic()
        if not last and now - self._asked_at < EVERY_S:
            return
        project = self._trainer.run.project
        if project is None:
            return
        self._waits, self._is_stale, self._asked_at = True, False, now
        if not self._what:
            judge = partial(self._begin, project)
            self._trainer.respond(Judge("training", POINTS), judge, self._go_without)
        elif self._what in ("boundary", "curve"):
            self._trainer.respond(Respond(Array.of_numpy(self._places())), partial(self._colour, project),
                                  self._go_without)  # fmt: skip
        else:
            self._trainer.respond(
                Judge("validation", 20_000), partial(self._compare, project), self._go_without
            )

    def _go_without(self, sentence: str) -> None:
        self._waits = False

    def _done(self) -> None:
        self._waits = False
        if self._is_stale:
            self.refresh(last=True)

    # --- points ----------------------------------------------------------------------------------

    def _begin(self, project: Project, result: Result) -> None:
        """The rows that train have come: what there is to be seen follows from them."""
        self._what = what_of(result, project)
        self._waits = False
        self.setVisible(bool(self._what))
        if self._what in ("boundary", "curve"):
            training = self._dots(result)
            self._show_points((training,))
            self._waits = True
            self._trainer.respond(
                Judge("validation", POINTS), partial(self._add, training), self._go_without
            )
        elif self._what:
            self._asked_at = -1e9
            self.refresh()
        self._pages.setCurrentWidget(self._matrix if self._what == "confusion" else self._field)

    def _add(self, training: Dots, result: Result) -> None:
        self._waits = False
        self._show_points((training, replace(self._dots(result), open=True)))
        self._asked_at = -1e9
        self.refresh()

    def _dots(self, result: Result) -> Dots:
        x, y = result.arrays["x"].to_numpy(), result.arrays["y"].to_numpy()
        flat = x.reshape(len(x), -1).astype(float)
        if self._what == "curve":
            return Dots(flat[:, 0], y.astype(float), np.zeros(len(y), np.int64))
        return Dots(flat[:, 0], flat[:, 1], y.astype(np.int64))

    def _show_points(self, dots: tuple[Dots, ...]) -> None:
        x, y = (np.concatenate([getattr(each, name) for each in dots]) for name in ("x", "y"))
        is_curve = self._what == "curve"
        title = self.tr("fitted curve") if is_curve else self.tr("decision boundary")
        self._field.display(
            Shown(bounds_of(x, y), dots, title=title, caption=self.tr("● trains  ○ judges"))
        )

    def _places(self) -> Floats:
        left, right, bottom, top = self._field.shown.bounds
        across = np.linspace(left, right, GRID)
        if self._what == "curve":
            return np.linspace(left, right, 4 * GRID)[:, None]
        up = np.linspace(bottom, top, GRID)
        return np.stack([each.ravel() for each in np.meshgrid(across, up)], axis=1)

    def _colour(self, project: Project, result: Result) -> None:
        output = result.arrays["output"].to_numpy().astype(float)
        if self._what == "curve" and len(output) == 4 * GRID:
            self._field.show_line(self._places()[:, 0], output.reshape(len(output), -1)[:, 0])
        elif self._what == "boundary" and len(output) == GRID * GRID:
            shares = shares_of(project, output)
            self._field.show_shares(shares.reshape(GRID, GRID, -1))
        self._done()

    # --- what came out against what is right -----------------------------------------------------

    def _compare(self, project: Project, result: Result) -> None:
        y, output = result.arrays["y"].to_numpy(), result.arrays["output"].to_numpy()
        output = output.reshape(len(output), -1).astype(float)
        if self._what == "confusion":
            shares = shares_of(project, output)
            count = shares.shape[1]
            given, right = shares.argmax(axis=1), y.astype(np.int64)
            counts = np.zeros((count, count))
            np.add.at(counts, (right, given), 1)
            self._matrix.display(counts)
            self._matrix.set_caption(self.tr("true ↓ given →"))
        else:
            given, right = output[:, 0], y.astype(float)
            ends = bounds_of(np.concatenate((right, given)), right)[:2]
            self._field.display(Shown(
                (*ends, *ends), (Dots(right, given, np.zeros(len(right), np.int64)),),
                line=(np.array(ends), np.array(ends)), title=self.tr("predicted against true"),
                caption=self.tr("right is on the line"), x_name=self.tr("true"), y_name=self.tr("predicted"),
            ))  # fmt: skip
        self._done()


def what_of(rows: Result, project: Project) -> What:
    """What there is to be seen of a network that these rows train."""
    x, y, output = (rows.arrays[name] for name in ("x", "y", "output"))
    loss = project.training.loss
    assert isinstance(loss, Loss)
    features = int(np.prod(x.shape[1:]))
    outputs = int(np.prod(output.shape[1:]))
    if y.dtype == "int64" and loss.task != "regression":
        if features == 2:
            return "boundary"
        return "confusion" if outputs <= MOST_CLASSES and len(y.shape) == 1 else ""
    if len(y.shape) != 1 or outputs != 1:
        return ""
    return "curve" if features == 1 else "numbers"


def shares_of(project: Project, output: Floats) -> Floats:
    """How sure a network is of each class, [rows, classes], from what it gives [rows, ...]."""
    loss = project.training.loss
    assert isinstance(loss, Loss)
    given = output.reshape(len(output), -1)
    if loss.expects == "log_probabilities":
        return np.exp(given)
    if loss.target == "class":
        high = np.exp(given - given.max(axis=1, keepdims=True))
        return high / high.sum(axis=1, keepdims=True)
    if loss.target == "signs":
        given = (np.clip(given, -1, 1) + 1) / 2
    elif loss.expects == "logits":
        given = 1 / (1 + np.exp(-np.clip(given, -60, 60)))
    if given.shape[1] == 1:
        return np.concatenate((1 - given, given), axis=1)
    return given
