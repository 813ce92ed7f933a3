"""Parquet files, through polars, which is no part of the program: an extra to be installed."""

from __future__ import annotations

from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from engine.catalogue.files import ParquetFile
from engine.design.error import DesignError
from engine.runtime.columns import Column, Columns, assembled
from engine.runtime.reading import LARGEST_TABLE, plain
from engine.runtime.tabular import Table


@lru_cache(maxsize=2)
def parquet_table(chosen: ParquetFile, changed: int, size: int) -> Table:
    """The rows of a file that was `changed` then and has that size. Raises DesignError."""
    try:
        import polars
    except ImportError:
        raise DesignError(
            "Parquet files need the library polars; install it with `pip install polars` where Layerloom is installed, "
            "or save the table as CSV"
        ) from None
    path = Path(chosen.path)
    try:
        names = tuple(polars.read_parquet_schema(path))
        frame: Any = polars.scan_parquet(path)
        rows = int(frame.select(polars.len()).collect().item())
    except Exception:  # noqa: BLE001 polars raises errors of its own for every kind of damage
        raise DesignError(
            f"{path.name} cannot be read: it is no whole Parquet file; save it again"
        ) from None
    if rows == 0 or not names:
        raise DesignError(f"{path.name} is empty; a table needs rows of numbers")
    if rows * len(names) > LARGEST_TABLE:
        raise DesignError(f"{path.name} has more than {LARGEST_TABLE:,} cells; name fewer columns, or save it as an "
                          "array with numpy.save, which is mapped")  # fmt: skip
    shown = tuple(plain(name) or f"column {n}" for n, name in enumerate(names, start=1))

    def place(row: int) -> str:
        return f"row {row + 1:,}"

    given = Columns(path.name, shown, rows, partial(_column, frame, names, path.name), place)
    return assembled(chosen, given)


def _column(frame: Any, names: tuple[str, ...], file: str, place: int) -> Column:
    import polars

    name = names[place]
    try:
        series = frame.select(polars.col(name)).collect().to_series()
    except Exception:  # noqa: BLE001 as above
        raise DesignError(
            f"{file}, column `{plain(name)}` cannot be read: the file is damaged; save it anew"
        ) from None
    if series.dtype.is_numeric() or series.dtype == polars.Boolean:
        values = np.array(series.cast(polars.Float64).to_numpy(), dtype=np.float64)
        return Column(values, (), np.isnan(values))
    if series.dtype.is_nested() or series.dtype == polars.Binary:
        raise DesignError(f"{file}, column `{plain(name)}` holds {series.dtype}; numbers or words are needed: leave "
                          "the column out")  # fmt: skip
    words = [
        "" if each is None else plain(str(each)) for each in series.cast(polars.String).to_list()
    ]
    return Column(None, words, np.array([not each for each in words]))
