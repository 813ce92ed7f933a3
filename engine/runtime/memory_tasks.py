"""The sequences of the copy and the adding task, the same for the same seed."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from engine.catalogue.sequence_sets import AddingTask, CopyTask
from engine.runtime.tabular import Table


@lru_cache(maxsize=2)
def copy_table(chosen: CopyTask) -> Table:
    """S. Hochreiter and J. Schmidhuber, "Long Short-Term Memory", Neural Computation 9 (1997), in the form of
    M. Arjovsky, A. Shah and Y. Bengio, "Unitary Evolution Recurrent Neural Networks" (2016): 0 is the blank,
    1 to `symbols` are symbols, `symbols` + 1 is the sign to begin.
    """
    generator = np.random.default_rng(chosen.seed)
    said = generator.integers(1, chosen.symbols + 1, (chosen.samples, chosen.length))
    x = np.zeros((chosen.samples, chosen.steps), np.int64)
    y = np.zeros_like(x)
    x[:, : chosen.length] = said
    x[:, chosen.length + chosen.gap] = chosen.symbols + 1
    y[:, -chosen.length :] = said
    classes = ("blank", *(f"symbol {n}" for n in range(1, chosen.symbols + 1)))
    return Table(
        chosen.title(), x, y, _places(chosen.steps), classes, False, "", chosen.symbols + 2
    )


@lru_cache(maxsize=2)
def adding_table(chosen: AddingTask) -> Table:
    """Numbers from 0 to 1, and beside them a mark at one place of each half; the sum of the marked two."""
    generator = np.random.default_rng(chosen.seed)
    count, steps = chosen.samples, chosen.steps
    x = np.zeros((count, steps, 2), np.float32)
    x[..., 0] = generator.random((count, steps))
    rows = np.arange(count)
    first, second = (
        generator.integers(0, steps // 2, count),
        generator.integers(steps // 2, steps, count),
    )
    x[rows, first, 1] = 1
    x[rows, second, 1] = 1
    y = x[rows, first, 0] + x[rows, second, 0]
    return Table(chosen.title(), x, y.astype(np.float32), (), (), False)


def _places(count: int) -> tuple[str, ...]:
    return tuple(f"place {n}" for n in range(1, min(count, 1000) + 1))
