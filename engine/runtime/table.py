"""Rows of a data set as arrays, read whole: random moons, shipped sets, CSV and NPY files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from math import pi
from pathlib import Path
from tokenize import TokenError
from typing import Any, TypeAlias, cast

import numpy as np

import resources
from engine.catalogue.datasets import CsvFile, Dataset, Moons, NpyFile, RandomInput
from engine.catalogue.toys import Curve, Points
from engine.design.error import DesignError
from engine.files.store import reason, size_of
from engine.runtime.reading import Text, cells, is_header, is_missing, number, plain
from engine.runtime.toys import drawn

Numbers: TypeAlias = np.ndarray[Any, Any]

FEW_CLASSES = 20
"""So many different whole numbers in a target are taken for classes."""

MOST_CLASSES = 10_000

LARGEST = float(np.finfo(np.float32).max)
"""What float32 holds; nan is no number up to it."""


@dataclass(frozen=True, eq=False)
class Table:
    """All rows of a data set. `x` is [rows, ...]; `y` holds class numbers (int64), numbers (float32) or nothing.

    `flat` says that a row is a plain list of numbers, which may be given any shape.
    """

    title: str
    x: Numbers
    y: Numbers | None
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]
    flat: bool
    remark: str = ""


def is_held(x: Numbers) -> Numbers:
    """Where float32, in which networks compute, holds a number that is finite."""
    return np.abs(x) <= LARGEST


def table(dataset: Dataset) -> Table:
    """All rows of a data set. Raises DesignError with file, row and column for what cannot be read."""
    match dataset:
        case RandomInput():
            raise DesignError("random input has no rows of its own")
        case Moons():
            return _moons(dataset)
        case Points() | Curve():
            x, y = drawn(dataset)
            names = ("x", "y")[: x.shape[1]]
            return Table(dataset.title(), x, y, names, dataset.classes, True)
        case CsvFile():
            return _csv(dataset, *_stamp(dataset.path, "CSV file"))
        case NpyFile():
            _stamp(dataset.path, "NPY file")
            return _npy(dataset)
        case _:
            return _shipped(type(dataset))


def _stamp(path: str, what: str) -> tuple[int, int]:
    """When a file last changed and how long it is, so that a changed one is read again."""
    if not path.strip():
        raise DesignError(f"no {what} is chosen yet; choose one")
    try:
        size = size_of(Path(path))
        return Path(path).stat().st_mtime_ns, size
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else "its name is no path"
        raise DesignError(f"{plain(path)} cannot be read: {why}") from None


# --- made and shipped ------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _moons(moons: Moons) -> Table:
    """Two half circles, the lower one moved by (1, 1/2), as sklearn.datasets.make_moons draws them."""
    upper = moons.samples // 2
    lower = moons.samples - upper
    generator = np.random.default_rng(moons.seed)
    a, b = np.linspace(0, pi, upper), np.linspace(0, pi, lower)
    x = np.concatenate([
        np.stack([np.cos(a), np.sin(a)], 1), np.stack([1 - np.cos(b), 0.5 - np.sin(b)], 1),
    ])  # fmt: skip
    x += moons.noise * generator.standard_normal(x.shape)
    y = np.repeat([0, 1], [upper, lower])
    names = ("x", "y")
    return Table(moons.title(), x.astype(np.float32), y, names, moons.classes, True)


@lru_cache(maxsize=8)
def _shipped(kind: type[Dataset]) -> Table:
    about = json.loads(resources.path("data", f"{kind.resource}.json").read_text(encoding="utf-8"))
    text = cells(resources.path("data", about["file"]))
    values = np.array([[float(cell) for cell in row] for row in text.rows[1:]])
    shape = tuple(about["shape"])
    x = values[:, :-1].astype(np.float32).reshape(len(values), *shape)
    classes = tuple(about["classes"])
    y = values[:, -1].astype(np.int64 if classes else np.float32)
    return Table(kind.title(), x, y, tuple(about["features"]), classes, len(shape) == 1)


# --- CSV -------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=2)
def _csv(chosen: CsvFile, changed: int, size: int) -> Table:
    path = Path(chosen.path)
    text = cells(path)
    header = chosen.header and is_header(text.rows[0], text.separator)
    width = len(text.rows[0])
    names = _names(text.rows[0]) if header else tuple(f"column {n}" for n in range(1, width + 1))
    remark = "" if header or not chosen.header else "the first row holds numbers and counts as data"
    rows = Text(text.rows[header:], text.lines[header:], text.separator)
    if not rows.rows:
        raise DesignError(f"{path.name} has a row of names and no rows of numbers")
    target = _target_place(chosen, names, path.name)
    places = [place for place in range(width) if place != target]
    if not places:
        raise DesignError(
            f"{path.name} has one column, which is the target; there is nothing to predict it from"
        )
    x = _features(rows, places, names, path.name)
    y, classes = (None, ()) if target is None else _target(rows, target, names[target], path.name)
    return Table(path.name, x, y, tuple(names[place] for place in places), classes, True, remark)


def _names(row: list[str]) -> tuple[str, ...]:
    return tuple(plain(cell) or f"column {n}" for n, cell in enumerate(row, start=1))


def _target_place(chosen: CsvFile, names: tuple[str, ...], file: str) -> int | None:
    if not chosen.has_target:
        return None
    if not chosen.target.strip():
        return len(names) - 1
    if plain(chosen.target) in names:
        return names.index(plain(chosen.target))
    known = ", ".join(names[:12]) + (" and more" if len(names) > 12 else "")
    raise DesignError(f"{file} has no column `{plain(chosen.target)[:80]}`; it has {known}")


def _features(text: Text, places: list[int], names: tuple[str, ...], file: str) -> Numbers:
    x = np.empty((len(text.rows), len(places)), dtype=np.float32)
    gaps: list[tuple[int, int]] = []
    for n, row in enumerate(text.rows):
        for m, place in enumerate(places):
            value = number(row[place], text.separator)
            if value is None or not abs(value) <= LARGEST:
                if not is_missing(row[place]):
                    _refuse(row[place], text.lines[n], names[place], file)
                gaps.append((n, place))
                value = 0.0
            x[n, m] = value
    if gaps:
        n, place = gaps[0]
        count = "1 value is" if len(gaps) == 1 else f"{len(gaps):,} values are"
        where = "in" if len(gaps) == 1 else "the first in"
        raise DesignError(
            f"{file}: {count} missing, {where} line {text.lines[n]}, column `{names[place]}`; fill it in or remove "
            "the row"
        )
    return x


def _refuse(cell: str, line: int, name: str, file: str) -> None:
    infinite = number(cell) is not None
    what = "is not finite, or too large for float32" if infinite else "is not a number"
    do = "features have to be finite numbers" if infinite else (
        "features have to be numbers: remove the column, or replace its words by numbers"
    )  # fmt: skip
    raise DesignError(f"{file}, line {line}, column `{name}`: {cell[:40]!r} {what}; {do}")


def _target(text: Text, place: int, name: str, file: str) -> tuple[Numbers, tuple[str, ...]]:
    """Classes for words and for few whole numbers, else the numbers themselves."""
    words = [plain(row[place]) for row in text.rows]
    for word, line in zip(words, text.lines, strict=True):
        if is_missing(word):
            raise DesignError(f"{file}, line {line}, column `{name}`: the value to predict is missing; fill it in or "
                              "remove the row")  # fmt: skip
    values = [number(word, text.separator) for word in words]
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return _classes(words, sorted(set(words)), name, file)
    for value, word, line in zip(known, words, text.lines, strict=True):
        if not abs(value) <= LARGEST:
            raise DesignError(f"{file}, line {line}, column `{name}`: {word[:40]!r} is not finite, or too large for "
                              "float32; a value to predict has to be a finite number")  # fmt: skip
    different = sorted(set(known))
    if len(different) <= FEW_CLASSES and all(value == int(value) for value in different):
        return np.searchsorted(different, known).astype(np.int64), tuple(
            f"{int(value)}" for value in different
        )
    return np.array(known, dtype=np.float32), ()


def _classes(
    words: list[str], names: list[str], name: str, file: str
) -> tuple[Numbers, tuple[str, ...]]:
    if len(names) > MOST_CLASSES:
        raise DesignError(f"{file}, column `{name}`: {len(names):,} different words are too many classes; choose "
                          "another target")  # fmt: skip
    places = {word: place for place, word in enumerate(names)}
    return np.array([places[word] for word in words], dtype=np.int64), tuple(names)


# --- NPY -------------------------------------------------------------------------------------------------------------


def _npy(chosen: NpyFile) -> Table:
    """An array, not read but mapped: only the rows that are used come from the disk."""
    x = _array(chosen.path)
    name = Path(chosen.path).name
    flat = x.ndim <= 2
    x = x.reshape(len(x), -1) if x.ndim == 1 else x
    names = tuple(f"column {n}" for n in range(1, x.shape[1] + 1)) if x.ndim == 2 else ()
    if not chosen.target_path.strip():
        return Table(name, x, None, names, (), flat)
    y = _array(chosen.target_path)
    other = Path(chosen.target_path).name
    if len(y) != len(x):
        raise DesignError(
            f"{name} has {len(x):,} rows and {other} has {len(y):,} targets; they need equally many"
        )
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim != 1:
        raise DesignError(f"{other} has the shape {list(y.shape)}; one target a row is needed")
    whole = y.dtype.kind in "iub"
    different = np.unique(y) if whole else y[:0]
    if whole and len(different) <= MOST_CLASSES:
        return Table(name, x, np.searchsorted(different, y).astype(np.int64), names,
                     tuple(map(str, different.tolist())), flat)  # fmt: skip
    if not is_held(y).all():
        row = int(np.argwhere(~is_held(y))[0][0])
        raise DesignError(f"{other}, row {row + 1:,}: the value to predict is not a finite number of float32; "
                          "fill it in or remove the row")  # fmt: skip
    return Table(name, x, y.astype(np.float32), names, (), flat)


OBJECTS = "it holds Python objects, which could run code"
INSTEAD = "save a plain array of numbers with numpy.save"


def _need_npy(path: str, name: str) -> None:
    """Raises DesignError for a file that does not begin as one of numpy does."""
    try:
        with Path(path).open("rb") as file:
            start = file.read(6)
    except OSError as error:
        raise DesignError(f"{name} cannot be read: {reason(error)}") from None
    if start.startswith(b"PK\x03\x04"):
        raise DesignError(
            f"{name} is an archive of several arrays (NPZ) or of other files; save one array with numpy.save"
        )
    if start.startswith(b"\x80"):
        raise DesignError(f"{name} cannot be read: {OBJECTS}; {INSTEAD}")
    if start != b"\x93NUMPY":
        raise DesignError(f"{name} cannot be read: it is no NPY file; {INSTEAD}")


def _array(path: str) -> Numbers:
    name = Path(path).name
    _stamp(path, "NPY file")
    _need_npy(path, name)
    try:
        # Never numpy.load, which also opens archives and pickles.
        array: Any = np.lib.format.open_memmap(path, mode="r")
    except (
        ValueError, TypeError, OverflowError, OSError, EOFError, MemoryError, RecursionError, SyntaxError, TokenError,
    ) as error:  # fmt: skip
        objects = "Python objects" in str(error)
        why = OBJECTS if objects else "it is damaged, or shorter than it says"
        raise DesignError(f"{name} cannot be read: {why}; {INSTEAD}") from None
    found = cast(Numbers, array)
    if found.dtype.kind not in "fiub":
        raise DesignError(f"{name} holds {found.dtype}; an array of numbers is needed")
    if found.ndim == 0 or not found.size:
        raise DesignError(
            f"{name} has the shape {list(found.shape)}; the first dimension has to count rows"
        )
    return found
