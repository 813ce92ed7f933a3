"""Tables of text: CSV, TSV and their kin."""

from __future__ import annotations

from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from engine.catalogue.files import CsvFile
from engine.design.error import DesignError
from engine.runtime.columns import Column, Columns, assembled
from engine.runtime.reading import Text, cells, is_header, is_missing, number, plain
from engine.runtime.tabular import LARGEST, Table

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "space": " "}


@lru_cache(maxsize=2)
def csv_table(chosen: CsvFile, changed: int, size: int) -> Table:
    """The rows of a file that was `changed` then and has that size. Raises DesignError."""
    path = Path(chosen.path)
    text = cells(path, SEPARATORS.get(chosen.separator, ""), chosen.encoding)
    header = chosen.header and is_header(text.rows[0], text.separator)
    width = len(text.rows[0])
    names = _names(text.rows[0]) if header else tuple(f"column {n}" for n in range(1, width + 1))
    remarks = [text.remark]
    if chosen.header and not header:
        remarks.append("the first row holds numbers and counts as data")
    rows = text._replace(rows=text.rows[header:], lines=text.lines[header:])
    if not rows.rows:
        raise DesignError(f"{path.name} has a row of names and no rows of numbers")

    def place(row: int) -> str:
        return f"line {rows.lines[row]}"

    given = Columns(
        path.name, names, len(rows.rows), partial(_column, rows, path.name, names), place
    )
    return assembled(chosen, given, "; ".join(filter(None, remarks)))


def _names(row: list[str]) -> tuple[str, ...]:
    return tuple(plain(cell) or f"column {n}" for n, cell in enumerate(row, start=1))


def _column(text: Text, file: str, names: tuple[str, ...], place: int) -> Column:
    found = [row[place].strip() for row in text.rows]
    missing = np.array([is_missing(cell) for cell in found])
    values = np.full(len(found), np.nan)
    for row in np.flatnonzero(~missing).tolist():
        value = number(found[row], text.separator)
        if value is None:
            # Words come in one writing, whatever the spaces and signs between them.
            words = ["" if gap else plain(cell) for cell, gap in zip(found, missing, strict=True)]
            return Column(None, words, missing)
        if not abs(value) <= LARGEST:
            line, name = text.lines[row], names[place]
            raise DesignError(
                f"{file}, line {line}, column `{name}`: {found[row][:40]!r} is not finite, or too large for float32; "
                "every value has to be a finite number"
            )
        values[row] = value
    return Column(values, (), missing)
