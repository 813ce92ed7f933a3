"""Numbers as the bytes of a CSV or NPY file. numpy is loaded when something is saved, not before."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np


def csv_bytes(matrix: np.ndarray[Any, Any], columns: Sequence[str]) -> bytes:
    """A row of column names, then the rows of a 2-D array. Reading the numbers back gives the very same ones."""
    if matrix.ndim != 2 or matrix.shape[1] != len(columns):
        raise ValueError(f"{len(columns)} names do not fit an array of shape {matrix.shape}")
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    # Each number in the fewest digits that give it back in its own precision; float32 becomes no 17-digit float64.
    writer.writerows(matrix.astype(str).tolist())
    return text.getvalue().encode()


def npy_bytes(values: np.ndarray[Any, Any]) -> bytes:
    """An array with its shape and type, as numpy.load reads it back without pickle."""
    import numpy as np

    file = io.BytesIO()
    np.save(file, np.ascontiguousarray(values).reshape(values.shape), allow_pickle=False)
    return file.getvalue()
