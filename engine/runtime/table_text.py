"""Texts for character models: pieces of equal length, each with the characters that come next."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

import resources
from engine.catalogue.files import TextFile
from engine.catalogue.sequence_sets import SampleText
from engine.design.error import DesignError
from engine.runtime.reading import content, decoded
from engine.runtime.tabular import MOST_CLASSES, Table


@lru_cache(maxsize=2)
def text_table(chosen: TextFile | SampleText, *_: int) -> Table:
    """Rows [pieces, length] of characters, and as targets those one place further on. Raises DesignError."""
    if isinstance(chosen, SampleText):
        path, title, encoding = resources.path("data", chosen.file), chosen.title(), "utf-8"
    else:
        path = Path(chosen.path)
        title, encoding = path.name, chosen.encoding
    text, remark = decoded(content(path), path.name, encoding)
    return pieces(text.replace("\r\n", "\n"), chosen.length, title, remark)


def pieces(text: str, length: int, title: str, remark: str = "") -> Table:
    """A text as a table. Raises DesignError when it is too short, or has more characters than can be told apart."""
    count = (len(text) - 1) // length
    if count < 2:
        raise DesignError(
            f"{title} has {len(text):,} characters, which are not two pieces of {length:,}; choose a longer text or "
            "shorter pieces"
        )
    codes = np.frombuffer(text.encode("utf-32-le", errors="replace"), np.uint32)
    different, numbers = np.unique(codes, return_inverse=True)
    if len(different) > MOST_CLASSES:
        raise DesignError(
            f"{title} has {len(different):,} different characters, and {MOST_CLASSES:,} are the most"
        )
    numbers = numbers.astype(np.int64)
    x = numbers[: count * length].reshape(count, length)
    y = numbers[1 : count * length + 1].reshape(count, length)
    names = tuple(f"place {n}" for n in range(1, min(length, 1000) + 1))
    letters = tuple(chr(code) for code in different.tolist())
    return Table(title, x, y, names, letters, False, remark, len(letters))
