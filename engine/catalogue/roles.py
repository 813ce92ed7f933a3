"""What the dimensions of a value are for, as far as their number says it."""

from __future__ import annotations

from engine.design.kind import ANY, Dimensions, Kind, Shape, TensorSpec

ROLES = {
    1: ("features",),
    3: ("channels", "height", "width"),
    4: ("channels", "depth", "height", "width"),
}
"""Two dimensions are channels and a length, or time and features: that shapes alone do not say."""

TOKENS = ("time",)
"""What a row of whole numbers is: the numbers of words or characters, one after the other."""


def role(count: int, place: int) -> str:
    """What the dimension at a place in a shape of so many sizes is for: `height`, or `dim 1` where that is open."""
    known = ROLES.get(count)
    return known[place] if known else f"dim {place + 1}"


def place_of(count: int, place: int) -> str:
    """Number and role of a dimension: `dim 2 (height)`."""
    return f"dim {place + 1} ({role(count, place)})" if count in ROLES else f"dim {place + 1}"


def roles(count: int, places: list[int]) -> str:
    """The same for several: `channels and height`."""
    *first, last = [role(count, place) for place in places]
    return f"{', '.join(first)} and {last}" if first else last


def differing(shapes: list[Shape]) -> list[int]:
    """Places at which shapes of one length differ."""
    return [place for place, sizes in enumerate(zip(*shapes, strict=True)) if len(set(sizes)) > 1]


def spelled(dims: Dimensions, count: int, row: Dimensions = ROLES[1]) -> Dimensions:
    """The same for a shape of `count` sizes: ANY is left out where nothing is left for it, and named where its number
    says what it is. `row` is what the dimension of a single row is for.
    """
    if ANY not in dims:
        return dims
    rest = count - len(dims) + 1
    others = (ANY,) * bool(rest)
    if rest == 1 and row == TOKENS:
        others = row
    elif dims == (ANY,):
        others = ROLES.get(rest, others)
    place = dims.index(ANY)
    return (*dims[:place], *others, *dims[place + 1 :])


def fits(dims: Dimensions, count: int) -> bool:
    """Whether a shape of `count` sizes can have these dimensions."""
    return len(dims) - 1 <= count if ANY in dims else len(dims) == count


def dims(kind: Kind, x: TensorSpec, output: TensorSpec) -> str:
    """What the dimensions that a kind takes and gives are for: `batch, time → batch, time, features`.

    A row of whole numbers is a text, one token at a time; a row of real ones is features.
    """
    row = ROLES[1] if x.dtype == "float32" else TOKENS
    got = ", ".join(("batch", *spelled(kind.dims_in(), len(x.shape), row)))
    given = ", ".join(("batch", *spelled(kind.dims_out(), len(output.shape), row)))
    return got if got == given else f"{got} → {given}"
