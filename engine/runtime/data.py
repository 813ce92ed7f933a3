"""The rows that a network gets: chosen, scaled, in the shape and type of its input."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import prod

import numpy as np
import torch

from engine.catalogue.datasets import Dataset, RandomInput
from engine.design.error import DesignError
from engine.design.kind import Shape, TensorSpec
from engine.design.project import Data
from engine.design.tree import Input, Network
from engine.runtime.table import table
from engine.runtime.tabular import Numbers, Table, is_held

LARGEST_BATCH = 2**26
"""Numbers in the rows of one request."""

LARGEST_WHOLE = 2**53
"""Up to here float64, in which rows are scaled, has every whole number."""

AT_ONCE = 65_536
"""Rows of a mapped file that are looked at together."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows ready for a network: `inputs` has an array [rows, ...] for each of its inputs.

    `y` holds class numbers or numbers, None where there is no target; `where_from` says in words what they are.
    """

    inputs: tuple[Numbers, ...]
    y: Numbers | None
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]
    where_from: str

    @property
    def x(self) -> Numbers:
        """What the first input gets."""
        return self.inputs[0]


def batch(network: Network, data: Data, count: int, seed: int) -> Rows:
    """`count` rows drawn at random, the same for the same seed. Raises DesignError when they do not fit the network."""
    if isinstance(data.set, RandomInput):
        return random_rows(network.inputs, data.set, count, seed)
    found = table(_dataset(data))
    # Not a permutation: a mapped file may have more rows than fit into memory as numbers.
    count = min(count, len(found.x))
    order = np.random.default_rng(seed).choice(len(found.x), count, replace=False, shuffle=False)
    return prepared(
        network, data, found, np.sort(order), f"{_counted(len(order))} of {found.title}"
    )


def first_rows(network: Network, data: Data, count: int) -> Rows:
    """The first rows of the data in their own order, as the network gets them. Raises DesignError.

    Rows that do not fit the network are given in their own shape, so that they can be looked at.
    """
    if isinstance(data.set, RandomInput):
        return random_rows(network.inputs, data.set, min(count, 20), data.seed)
    found = table(_dataset(data))
    places = np.arange(min(count, len(found.x)))
    x = _scaled(found, data, places)
    return Rows(
        (x,), _at(found.y, places), found.feature_names, found.class_names, _described(found, data)
    )


def random_rows(inputs: tuple[Input, ...], chosen: RandomInput, count: int, seed: int) -> Rows:
    """Random numbers for every input, from one generator of their own: `torch.Generator().manual_seed(seed)`."""
    _need_room(count * sum(each.spec.elements for each in inputs))
    generator = torch.Generator().manual_seed(seed)
    drawn = tuple(_random(each.spec, chosen, count, generator).numpy() for each in inputs)
    size = inputs[0].spec.elements if inputs else 0
    names = tuple(f"number {n}" for n in range(1, min(size, 1000) + 1))
    return Rows(
        drawn,
        None,
        names,
        (),
        f"{_counted(count)} of random numbers ({chosen.brief()}), seed {seed}",
    )


def _random(
    spec: TensorSpec, chosen: RandomInput, count: int, generator: torch.Generator
) -> torch.Tensor:
    size = (count, *spec.shape)
    whole = spec.dtype == "int64"
    dtype = torch.int64 if whole else torch.float32
    match chosen.distribution:
        case "ones":
            return torch.ones(size, dtype=dtype)
        case "zeros":
            return torch.zeros(size, dtype=dtype)
        case word if whole or word == "integers":
            low = int(chosen.low)
            return torch.randint(low, low + chosen.count, size, generator=generator).to(dtype)
        case "uniform":
            if chosen.low > chosen.high:
                raise DesignError(
                    f"the lower bound {chosen.low:g} is above the upper bound {chosen.high:g}"
                )
            return chosen.low + (chosen.high - chosen.low) * torch.rand(size, generator=generator)
        case _:
            return torch.randn(size, generator=generator)


def _dataset(data: Data) -> Dataset:
    assert isinstance(data.set, Dataset)
    return data.set


def prepared(network: Network, data: Data, found: Table, places: Numbers, what: str) -> Rows:
    """Some rows of a table as the network gets them. Raises DesignError when they do not fit it."""
    x = fitted(_scaled(found, data, places), one_input(network, found).spec, found)
    return Rows(
        (x,),
        _at(found.y, places),
        found.feature_names,
        found.class_names,
        what + _treatment(found, data),
    )


def one_input(network: Network, found: Table) -> Input:
    """The input that the rows of a table flow into. Raises DesignError when there are several."""
    if len(network.inputs) != 1:
        raise DesignError(f"{found.title} has one table of rows, but the network takes {len(network.inputs)} inputs; "
                          "use random input")  # fmt: skip
    return network.inputs[0]


def _treatment(found: Table, data: Data, between: str = ", ") -> str:
    """What was done to the rows, to be said behind what they are."""
    is_scaled = data.scaling != "none" and not found.vocabulary
    scaling = f"{between}{data.scaling}" if is_scaled else ""
    gaps = f"{between}missing values filled with the mean" if found.has_gaps else ""
    return gaps + scaling + (f"; {found.remark}" if found.remark else "")


def fitted(x: Numbers, spec: TensorSpec, found: Table) -> Numbers:
    """Rows in the shape and type of an input. Raises DesignError when they do not fit, with what to do."""
    shape = x.shape[1:]
    if shape != spec.shape and not (found.flat and prod(shape) == spec.elements):
        gives = f"{shape[0]} columns" if len(shape) == 1 else f"rows of {_times(shape)}"
        raise DesignError(
            f"{found.title} has {gives}, but the network's input takes {_times(spec.shape)}; give the input "
            f"{'the shape ' if len(shape) != 1 else ''}{_times(shape)}, or choose other data"
        )
    x = x.reshape(len(x), *spec.shape)
    if spec.dtype != "int64":
        return x.astype(np.float32, copy=False)
    if not np.array_equal(x, np.round(x)):
        raise DesignError(f"the network takes whole numbers, and {found.title} has others; set scaling to none, or "
                          "make the input float32")  # fmt: skip
    if (np.abs(x) > LARGEST_WHOLE).any():
        raise DesignError(
            f"the network takes whole numbers, and one of {found.title} is beyond {LARGEST_WHOLE:,}"
        )
    return x.astype(np.int64)


def _times(shape: Shape) -> str:
    return " × ".join(map(str, shape)) or "1"


def _counted(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _described(found: Table, data: Data) -> str:
    shape = found.x.shape[1:]
    columns = "1 feature" if shape == (1,) else f"{shape[0]:,} features" if shape else "1 number"
    features = columns if len(shape) <= 1 else f"each of {_times(shape)}"
    classes = len(found.class_names)
    target = f", {classes} {'class' if classes == 1 else 'classes'}" if classes else ""
    target = target or (", 1 number to predict" if found.y is not None else "")
    treatment = _treatment(found, data, "; ")
    return f"{found.title}: {_counted(len(found.x))}, {features}{target}{treatment}"


def _at(y: Numbers | None, places: Numbers) -> Numbers | None:
    return None if y is None else np.array(y[places])


def _need_room(count: int) -> None:
    if count > LARGEST_BATCH:
        raise DesignError(f"{count:,} numbers are too many for one batch; use fewer rows")


# --- scaling ---------------------------------------------------------------------------------------------------------


def _scaled(found: Table, data: Data, places: Numbers) -> Numbers:
    """Those rows, scaled by what the rows that train have. Raises DesignError when one is not a number."""
    _need_room(len(places) * prod(found.row))
    return read(found, places, scaler(found, data))


def read(found: Table, places: Numbers, scale: Callable[[Numbers], Numbers]) -> Numbers:
    """Those rows, scaled by what `scaler` gave. Raises DesignError when one is not a number."""
    x = np.array(found.x[places])
    if found.vocabulary:
        return x
    if x.dtype.kind != "f":
        x = x.astype(np.float64)
    held = is_held(x) | np.isnan(x) if found.has_gaps else is_held(x)
    if not held.all():
        row = int(places[np.argwhere(~held)[0][0]])
        raise DesignError(f"{found.title}, row {row + 1:,}: a value is not a finite number of float32; fill it in "
                          "or remove the row")  # fmt: skip
    return scale(x)


def scaler(found: Table, data: Data) -> Callable[[Numbers], Numbers]:
    """What scales any rows as those that train ask for, and fills in what is missing.

    Raises DesignError when one of those that train is not a number.
    """
    if found.vocabulary or (data.scaling == "none" and not found.has_gaps):
        return lambda x: x
    shift, factor, mean = scale(found, data)
    if not all(np.isfinite(each).all() for each in (shift, factor, mean)):
        raise DesignError(f"{found.title} cannot be scaled: in a row that trains, a value is not a finite number of "
                          "float32; mend that row, or set scaling to none")  # fmt: skip
    if found.has_gaps:
        return lambda x: ((np.where(np.isnan(x), mean, x) - shift) / factor).astype(np.float32)
    return lambda x: ((x - shift) / factor).astype(np.float32)


@lru_cache(maxsize=4)
def scale(found: Table, data: Data) -> tuple[Numbers, Numbers, Numbers]:
    """What each column is reduced by and then divided by, and its mean, as the training rows have them.

    The channels of images are taken together. A table that is mapped takes minutes to go through, so this is done once.
    """
    rows = training_rows(found, data)
    columns = found.x.shape[1:2] if found.x.ndim == 4 else found.x.shape[1:]

    def parts() -> Iterator[Numbers]:
        """The training rows a few at a time: [..., columns], whatever else there is in front."""
        at_once = max(1, min(AT_ONCE, LARGEST_BATCH // max(prod(found.row), 1)))
        for start in range(0, len(rows), at_once):
            part = np.asarray(found.x[rows[start : start + at_once]], dtype=np.float64)
            # Their squares would be infinite; so much is said of them as of what is no number at all.
            part = np.where(is_held(part) | np.isnan(part), part, np.inf)
            yield np.moveaxis(part, 1, -1).reshape(-1, *columns) if part.ndim == 4 else part

    with np.errstate(invalid="ignore"):
        mean, spread, low, high = _statistics(parts, found.has_gaps)
    zero, one = np.zeros_like(mean), np.ones_like(mean)
    shift, width = {"none": (zero, one), "unit range": (low, high - low)}.get(
        data.scaling, (mean, spread)
    )
    width = np.where(width == 0, 1.0, width)
    shape = (1, *columns, 1, 1) if found.x.ndim == 4 else (1, *columns)
    return shift.reshape(shape), width.reshape(shape), mean.reshape(shape)


def _statistics(
    parts: Callable[[], Iterator[Numbers]], has_gaps: bool
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Mean, standard deviation, lowest and highest of each column; in two passes, so that large means cost no digits.

    With gaps nan counts for nothing, else it makes all that it touches nan.
    """
    add, least, most = (np.nansum, np.fmin.reduce, np.fmax.reduce) if has_gaps else (
        np.sum, np.minimum.reduce, np.maximum.reduce)  # fmt: skip
    count, total, low, high = 0, 0.0, np.inf, -np.inf
    for part in parts():
        count = count + (~np.isnan(part)).sum(axis=0) if has_gaps else count + len(part)
        total = total + add(part, axis=0)
        low, high = np.minimum(low, least(part)), np.maximum(high, most(part))
    mean = np.asarray(total / np.maximum(count, 1))
    squares = np.sum([add((part - mean) ** 2, axis=0) for part in parts()], axis=0)
    return mean, np.sqrt(squares / np.maximum(count, 1)), np.asarray(low), np.asarray(high)


def training_rows(found: Table, data: Data) -> Numbers:
    """Which rows train: a random share by the data's seed, of every class alike where that is asked for."""
    generator = np.random.default_rng(data.seed)
    y = found.y
    if not data.stratified or y is None or y.ndim > 1 or not found.class_names:
        order = generator.permutation(len(found.x))
        return np.sort(order[: max(1, round(data.train_share * len(order)))])
    chosen: list[Numbers] = []
    for label in range(len(found.class_names)):
        order = generator.permutation(np.flatnonzero(y == label))
        chosen.append(order[: max(1, round(data.train_share * len(order)))])
    return np.sort(np.concatenate(chosen))
