"""Rows of a data set as arrays: made, shipped, or read from files."""

from __future__ import annotations

import json
from functools import lru_cache
from math import pi

import numpy as np

import resources
from engine.catalogue.datasets import Dataset, Moons, RandomInput
from engine.catalogue.files import (
    CsvFile,
    IdxFile,
    ImageFolder,
    NpyFile,
    NpzFile,
    ParquetFile,
    TextFile,
)  # fmt: skip
from engine.catalogue.sequence_sets import AddingTask, CopyTask, SampleText
from engine.catalogue.toys import Curve, Points
from engine.design.error import DesignError
from engine.runtime.memory_tasks import adding_table, copy_table
from engine.runtime.reading import cells
from engine.runtime.table_arrays import idx_array, idx_table, labels_of, npy_table, npz_table
from engine.runtime.table_csv import csv_table
from engine.runtime.table_parquet import parquet_table
from engine.runtime.table_text import text_table
from engine.runtime.tabular import Table, stamp
from engine.runtime.toys import drawn


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
        case CopyTask():
            return copy_table(dataset)
        case AddingTask():
            return adding_table(dataset)
        case SampleText():
            return text_table(dataset)
        case CsvFile():
            return csv_table(dataset, *stamp(dataset.path, "CSV file"))
        case ParquetFile():
            return parquet_table(dataset, *stamp(dataset.path, "Parquet file"))
        case NpyFile():
            others = stamp(dataset.target_path, "NPY file") if dataset.target_path.strip() else ()
            return npy_table(dataset, *stamp(dataset.path, "NPY file"), *others)
        case NpzFile():
            return npz_table(dataset, *stamp(dataset.path, "NPZ archive"))
        case IdxFile():
            stamps = stamp(dataset.path, "IDX file")
            labels = labels_of(dataset)
            return idx_table(dataset.path, labels, *stamps, *stamp(labels, "IDX file"))
        case TextFile():
            return text_table(dataset, *stamp(dataset.path, "text file"))
        case ImageFolder():
            # Pillow is loaded when there are pictures, not before.
            from engine.runtime.table_images import image_table

            return image_table(dataset)
        case _:
            return _shipped(type(dataset))


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
    shape, classes = tuple(about["shape"]), tuple(about["classes"])
    if "labels" in about:
        x, y = (idx_array(str(resources.path("data", about[each]))) for each in ("file", "labels"))
        return Table(
            kind.title(), x.reshape(len(x), *shape), y.astype(np.int64), (), classes, False
        )
    text = cells(resources.path("data", about["file"]))
    values = np.array([[float(cell) for cell in row] for row in text.rows[1:]])
    x = values[:, :-1].astype(np.float32).reshape(len(values), *shape)
    y = values[:, -1].astype(np.int64 if classes else np.float32)
    return Table(kind.title(), x, y, tuple(about["features"]), classes, len(shape) == 1)
