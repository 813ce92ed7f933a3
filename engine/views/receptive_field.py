"""How much of the input one output of a layer sees, and how far apart neighbours look."""

from __future__ import annotations

from collections.abc import Iterable

from engine.design.kind import EVERYTHING, Along, Kind, Reach, TensorSpec


def behind(seen: Reach | None, here: Reach | None) -> Reach | None:
    """What an output sees through a layer, whose inputs see `seen`; None where either is unknown."""
    if seen is None or here is None:
        return None
    if seen is EVERYTHING or here is EVERYTHING:
        return EVERYTHING
    if not seen or not here:
        return seen or here
    return tuple([
        Along(one.first + one.stride * two.first, one.last + one.stride * two.last,
              one.stride * two.stride)
        for one, two in zip(seen, here, strict=True)
    ])  # fmt: skip


def through(kinds: Iterable[tuple[Kind, TensorSpec]]) -> Reach | None:
    """What one output of kinds in a row sees, each with what comes into it."""
    seen: Reach | None = ()
    for kind, x in kinds:
        seen = behind(seen, kind.reach(x))
    return seen
