"""All rows of a data set as arrays, and what they hold: the value that every reader gives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from engine.catalogue.datasets import RowFacts
from engine.design.error import DesignError
from engine.design.kind import TensorSpec
from engine.files.store import reason, size_of
from engine.runtime.reading import plain

if TYPE_CHECKING:
    from engine.design.kind import Shape

Numbers: TypeAlias = np.ndarray[Any, Any]

FEW_CLASSES = 20
"""So many different whole numbers in a target are taken for classes."""

MOST_CLASSES = 10_000

LARGEST = float(np.finfo(np.float32).max)
"""What float32 holds; nan is no number up to it."""


@dataclass(frozen=True, eq=False)
class Table:
    """All rows of a data set.

    `x` is [rows, ...]: an array, one that is mapped from a file, or one that reads what is asked for. `y` holds class
    numbers (int64) or numbers (float32), [rows] or [rows, ...], or nothing.
    """

    title: str
    x: Numbers
    y: Numbers | None
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]
    flat: bool
    """A row is a plain list of numbers, which may be given any shape."""
    remark: str = ""
    vocabulary: int = 0
    """`x` holds whole numbers below it, which name something and are never scaled; 0 where numbers are measured."""
    has_gaps: bool = False
    """nan in `x` stands for a missing value, in whose place the mean of the rows that train is put."""

    columns: tuple[str, ...] = ()
    """All that a table with named columns has, whether they are learnt from or not."""
    target: str = ""
    """Which of them is predicted."""

    @property
    def row(self) -> Shape:
        """Shape of one row."""
        return tuple(self.x.shape[1:])

    def facts(self) -> RowFacts:
        """What a network and a loss have to meet."""
        target = None if self.y is None else tuple(self.y.shape[1:])
        spec = TensorSpec(self.row, "int64" if self.vocabulary else "float32")
        return RowFacts(spec, len(self.class_names), target, self.vocabulary)


def is_held(x: Numbers) -> Numbers:
    """Where float32, in which networks compute, holds a number that is finite."""
    return np.abs(x) <= LARGEST


def stamp(path: str, what: str) -> tuple[int, int]:
    """When a file last changed and how long it is, so that a changed one is read again. Raises DesignError."""
    if not path.strip():
        raise DesignError(f"no {what} is chosen yet; choose one")
    try:
        size = size_of(Path(path))
        return Path(path).stat().st_mtime_ns, size
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else "its name is no path"
        raise DesignError(f"{plain(path)} cannot be read: {why}") from None


def classes_of(words: list[str], name: str) -> tuple[Numbers, tuple[str, ...]]:
    """Words as class numbers, and their names in order. Raises DesignError when there are too many."""
    names = sorted(set(words))
    if len(names) > MOST_CLASSES:
        raise DesignError(
            f"{name}: {len(names):,} different words are too many classes; choose another target"
        )
    places = {word: place for place, word in enumerate(names)}
    return np.array([places[word] for word in words], dtype=np.int64), tuple(names)
