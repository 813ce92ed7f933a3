"""How good a network's answers are, a part of the rows at a time."""

from __future__ import annotations

from torch import Tensor

from engine.catalogue.losses import Loss


class Scores:
    """The share of right answers; for numbers the share of their spread that is explained, R²."""

    def __init__(self, loss: Loss) -> None:
        self._loss = loss
        self._count = 0
        self._right = 0.0
        self._first: float | None = None
        self._sum = self._squares = self._errors = 0.0

    def add(self, output: Tensor, y: Tensor) -> None:
        """What came out for some rows, in the form that the loss takes, and what is right."""
        loss = self._loss
        self._count += y.numel()
        if loss.target == "class":
            self._right += float((output.argmax(1) == y).sum())
        elif loss.task == "yes or no":
            several = y.dim() > 1 and y.shape[1] > 1
            if several:
                self._count += len(y) - y.numel()
                self._right += float((output.argmax(1) == y.argmax(1)).sum())
            else:
                bound = 0.5 if loss.expects == "probabilities" else 0.0
                truth = y > (0.0 if loss.target == "signs" else 0.5)
                self._right += float(((output > bound) == truth).sum())
        else:
            # From the first number on, so that a large mean costs no digits.
            self._first = float(y.flatten()[0]) if self._first is None else self._first
            moved = y.double() - self._first
            self._sum += float(moved.sum())
            self._squares += float((moved**2).sum())
            self._errors += float(((output.double() - y.double()) ** 2).sum())

    @property
    def score(self) -> float:
        """Over all that was added; 1 where all is right."""
        if self._loss.task != "regression":
            return self._right / max(self._count, 1)
        spread = self._squares - self._sum**2 / max(self._count, 1)
        return 1 - self._errors / spread if spread > 0 else 0.0
