"""A first look at a data set: some rows, how many there are of each class, and what range each column has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from engine.catalogue.datasets import Dataset, RandomInput, RowFacts
from engine.design.project import Project
from engine.runtime.data import Rows, first_rows
from engine.runtime.table import table
from engine.runtime.tabular import Numbers, Table

LOOKED_AT = 65_536
"""Rows whose ranges are taken; a file that is mapped may have a thousand times as many."""

MOST_COLUMNS = 2_000


class ColumnRange(NamedTuple):
    """What a column holds, before it is scaled."""

    name: str
    low: float
    mean: float
    high: float
    spread: float
    """Standard deviation."""
    missing: int


@dataclass(frozen=True, eq=False)
class Preview:
    """What is shown of a data set before anything is trained."""

    rows: Rows
    facts: RowFacts | None
    """None for random input, which is whatever the network takes."""
    count: int
    """Rows in all."""
    balance: tuple[int, ...]
    """Rows, or places, of each class."""
    ranges: tuple[ColumnRange, ...]
    columns: tuple[str, ...]
    """Of a table, all that it has, the target among them."""
    target: str


def preview(project: Project, count: int) -> Preview:
    """A look at the project's data with `count` rows. Raises DesignError when they cannot be read."""
    chosen = project.data.set
    assert isinstance(chosen, Dataset)
    rows = first_rows(project.network, project.data, count)
    if isinstance(chosen, RandomInput):
        return Preview(rows, None, chosen.samples, (), (), (), "")
    found = table(chosen)
    balance: tuple[int, ...] = ()
    if found.class_names and found.y is not None:
        balance = tuple(np.bincount(found.y.ravel(), minlength=len(found.class_names)).tolist())
    return Preview(
        rows, found.facts(), len(found.x), balance, _ranges(found), found.columns, found.target
    )


def _ranges(found: Table) -> tuple[ColumnRange, ...]:
    if found.x.ndim != 2 or found.vocabulary or found.x.shape[1] > MOST_COLUMNS:
        return ()
    x = np.array(found.x[:LOOKED_AT], dtype=np.float64)
    return tuple(_range(name, x[:, n]) for n, name in enumerate(found.feature_names))


def _range(name: str, values: Numbers) -> ColumnRange:
    known = values[~np.isnan(values)]
    missing = len(values) - len(known)
    if not len(known):
        return ColumnRange(name, 0.0, 0.0, 0.0, 0.0, missing)
    with np.errstate(over="ignore", invalid="ignore"):
        mean, spread = float(known.mean()), float(known.std())
    return ColumnRange(name, float(known.min()), mean, float(known.max()), spread, missing)
