"""Named columns as features and a target: which are chosen, what words and missing values become."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from engine.catalogue.files import TabularFile
from engine.design.error import DesignError
from engine.runtime.reading import is_missing, plain
from engine.runtime.tabular import FEW_CLASSES, LARGEST, Numbers, Table, classes_of

MOST_WORDS = 100
"""Different words of a column that become columns of 0 and 1."""


class Column(NamedTuple):
    """Values, or words where some cell is no number."""

    values: Numbers | None
    """float64, nan where a cell is missing, as far as all are numbers."""
    words: Sequence[str]
    """The cells as text, the same for every missing one: "". Empty where there are values."""
    missing: Numbers
    """[rows] of truth."""


class Columns(NamedTuple):
    """A table in a file, column by column."""

    file: str
    names: tuple[str, ...]
    rows: int
    read: Callable[[int], Column]
    """Raises DesignError when the column cannot be."""
    place: Callable[[int], str]
    """What a row is called: `line 7`."""


def assembled(chosen: TabularFile, given: Columns, remark: str = "") -> Table:
    """The table that the entry asks for. Raises DesignError with file, row and column."""
    target = _target_place(chosen, given)
    places = _features(chosen, given, target)
    features = [(given.names[place], given.read(place)) for place in places]
    aim = None if target is None else given.read(target)
    kept = np.arange(given.rows)
    if chosen.gaps == "drop":
        everything = [each.missing for _, each in features] + ([aim.missing] if aim else [])
        kept = np.flatnonzero(~np.logical_or.reduce(everything))
        if not len(kept):
            raise DesignError(
                f"{given.file}: every row has a missing value; set gaps to mean, or leave columns out"
            )
        if left := given.rows - len(kept):
            rows = "1 row" if left == 1 else f"{left:,} rows"
            remark = "; ".join(filter(None, (remark, f"{rows} with missing values left out")))
    _need_no_gaps(chosen, given, features, kept)
    names: list[str] = []
    parts: list[Numbers] = []
    for name, column in features:
        if column.values is not None:
            names.append(name)
            parts.append(_finite(column.values[kept], kept, name, given)[:, None])
        else:
            words, part = _one_hot(chosen, column, kept, name, given)
            names.extend(f"{name} = {word}" for word in words)
            parts.append(part)
    x = np.concatenate(parts, axis=1).astype(np.float32)
    y, classes = None, ()
    if aim is not None and target is not None:
        y, classes = _target(aim, kept, given.names[target], given)
    return Table(
        given.file, x, y, tuple(names), classes, True, remark, has_gaps=bool(np.isnan(x).any()),
        columns=given.names, target="" if target is None else given.names[target],
    )  # fmt: skip


def _target_place(chosen: TabularFile, given: Columns) -> int | None:
    if not chosen.has_target:
        return None
    return _place(chosen.target, given) if chosen.target.strip() else len(given.names) - 1


def _place(name: str, given: Columns) -> int:
    if plain(name) in given.names:
        return given.names.index(plain(name))
    known = ", ".join(given.names[:12]) + (" and more" if len(given.names) > 12 else "")
    raise DesignError(f"{given.file} has no column `{plain(name)[:80]}`; it has {known}")


def _features(chosen: TabularFile, given: Columns, target: int | None) -> list[int]:
    places = [place for place in range(len(given.names)) if place != target]
    if chosen.columns.strip():
        # A name may hold a comma itself: then it is found whole.
        whole = plain(chosen.columns) in given.names
        asked = [chosen.columns] if whole else chosen.columns.split(",")
        wanted = dict.fromkeys(_place(name, given) for name in asked if name.strip())
        places = [place for place in wanted if place != target]
        if not places:
            raise DesignError(
                f"{given.file}: the only column to learn from is the target; name others"
            )
    if not places:
        raise DesignError(
            f"{given.file} has one column, which is the target; there is nothing to predict it from"
        )
    return places


def _need_no_gaps(
    chosen: TabularFile, given: Columns, features: list[tuple[str, Column]], kept: Numbers
) -> None:
    if chosen.gaps != "refuse":
        return
    count = sum(int(each.missing[kept].sum()) for _, each in features)
    if not count:
        return
    row, name = min(
        (int(np.flatnonzero(each.missing)[0]), name)
        for name, each in features
        if each.missing.any()
    )
    many = "1 value is" if count == 1 else f"{count:,} values are"
    where = "in" if count == 1 else "the first in"
    raise DesignError(
        f"{given.file}: {many} missing, {where} {given.place(row)}, column `{name}`; fill in the mean (gaps: mean), "
        "leave such rows out (gaps: drop), or mend the file"
    )


def _finite(values: Numbers, kept: Numbers, name: str, given: Columns) -> Numbers:
    wrong = np.flatnonzero(np.abs(values) > LARGEST)
    if len(wrong):
        row = int(wrong[0])
        raise DesignError(
            f"{given.file}, {given.place(int(kept[row]))}, column `{name}`: '{values[row]:g}' is not finite, or too "
            "large for float32; features have to be finite numbers"
        )
    if len(values) and np.isnan(values).all():
        raise DesignError(
            f"{given.file}, column `{name}`: not one value is there; leave the column out"
        )
    return values


def _one_hot(
    chosen: TabularFile, column: Column, kept: Numbers, name: str, given: Columns
) -> tuple[list[str], Numbers]:
    words = _at(column.words, kept)
    if chosen.words == "refuse":
        row = next(
            n for n, word in enumerate(words) if not is_missing(word) and not _is_number(word)
        )
        raise DesignError(
            f"{given.file}, {given.place(int(kept[row]))}, column `{name}`: {plain(words[row])[:40]!r} is not a number "
            "as features have to be: make a column of each word (words: one-hot), or leave the column out"
        )
    different = sorted({word for word in words if word})
    if len(different) > MOST_WORDS:
        raise DesignError(
            f"{given.file}, column `{name}`: {len(different):,} different words would become as many columns, and "
            f"{MOST_WORDS} are the most; leave the column out"
        )
    return different, np.array(
        [[word == each for each in different] for word in words], dtype=np.float64
    )


def _at(words: Sequence[str], kept: Numbers) -> list[str]:
    rows: list[int] = kept.tolist()
    return [words[row] for row in rows]


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return "_" not in word


def _target(
    column: Column, kept: Numbers, name: str, given: Columns
) -> tuple[Numbers, tuple[str, ...]]:
    """Classes for words and for few whole numbers, else the numbers themselves."""
    missing = np.flatnonzero(column.missing[kept])
    if len(missing):
        raise DesignError(
            f"{given.file}, {given.place(int(kept[missing[0]]))}, column `{name}`: the value to predict is missing; "
            "leave such rows out (gaps: drop), or mend the file"
        )
    if column.values is None:
        return classes_of(_at(column.words, kept), f"{given.file}, column `{name}`")
    values = column.values[kept]
    wrong = np.flatnonzero(~(np.abs(values) <= LARGEST))
    if len(wrong):
        row = int(wrong[0])
        raise DesignError(
            f"{given.file}, {given.place(int(kept[row]))}, column `{name}`: '{values[row]:g}' is not finite, or too "
            "large for float32; a value to predict has to be a finite number"
        )
    different = np.unique(values)
    if len(different) <= FEW_CLASSES and np.array_equal(different, np.round(different)):
        names = tuple(f"{int(value)}" for value in different)
        return np.searchsorted(different, values).astype(np.int64), names
    return values.astype(np.float32), ()
