"""Parts of a drawing somewhere else: what stands behind an edit is moved, not drawn again.

Each kind of part is made by hand, as an edit moves thousands of them in a millisecond or two.
"""

from __future__ import annotations

from operator import add, sub

from engine.design.tuples import NamedTuple
from engine.views.diagram_parts import (
    Box,
    Bundle,
    Column,
    Frame,
    Joint,
    Lanes,
    Plate,
    Skip,
    Wire,
)


class Parts(NamedTuple):
    """What is drawn, as in a Diagram; columns are numbered from the first one here."""

    columns: tuple[Column, ...] = ()
    plates: tuple[Plate, ...] = ()
    boxes: tuple[Box, ...] = ()
    frames: tuple[Frame, ...] = ()
    joints: tuple[Joint, ...] = ()
    wires: tuple[Wire, ...] = ()
    lanes: tuple[Lanes, ...] = ()
    bundles: tuple[Bundle, ...] = ()
    skips: tuple[Skip, ...] = ()


Counts = tuple[int, ...]
"""How many parts of each kind."""

NONE: Counts = (0,) * len(Parts())


def counted(counts: tuple[Counts, ...]) -> Counts:
    """All counts together."""
    return tuple(map(sum, zip(*counts, strict=True))) if counts else NONE


def together(one: Counts, other: Counts) -> Counts:
    """The sum of two counts."""
    return tuple(map(add, one, other))


def apart(one: Counts, other: Counts) -> Counts:
    """What one has more than the other."""
    return tuple(map(sub, one, other))


def sliced(parts: Parts, start: Counts, count: Counts) -> Parts:
    """So many parts of each kind, from there on."""
    return Parts._make(
        kind[first : first + many] for kind, first, many in zip(parts, start, count, strict=True)
    )


def moved(parts: Parts, x: float, y: float, columns: int) -> Parts:
    """Parts moved to the right and downward, behind so many more columns; the very same where they stay.

    `tuple.__new__` saves the call in Python that a named tuple's own constructor is.
    """
    if not (x or y or columns):
        return parts
    return Parts(
        tuple([
            tuple.__new__(Column, (own, name, caption, units, x0 + x, y0 + y, pitch, radius, header + y))
            for own, name, caption, units, x0, y0, pitch, radius, header in parts.columns
        ]),
        tuple([
            tuple.__new__(Plate, (own, name, caption, family, x0 + x, y0 + y, width, height, header + y))
            for own, name, caption, family, x0, y0, width, height, header in parts.plates
        ]),
        tuple([
            tuple.__new__(
                Box, (own, name, caption, family, x0 + x, y0 + y, width, height, faulty, badge, folded)
            )
            for own, name, caption, family, x0, y0, width, height, faulty, badge, folded in parts.boxes
        ]),
        tuple([
            tuple.__new__(Frame, (own, name, caption, badge, x0 + x, y0 + y, *others))
            for own, name, caption, badge, x0, y0, *others in parts.frames
        ]),
        tuple([
            tuple.__new__(Joint, (own, symbol, caption, x0 + x, y0 + y, *others))
            for own, symbol, caption, x0, y0, *others in parts.joints
        ]),
        tuple([
            tuple.__new__(Wire, (own, x0 + x, y0 + y, x1 + x, y1 + y, label))
            for own, x0, y0, x1, y1, label in parts.wires
        ]),
        tuple([tuple.__new__(Lanes, (column + columns, x0 + x, x1 + x)) for column, x0, x1 in parts.lanes]),
        tuple([
            tuple.__new__(Bundle, (
                source + columns if source >= 0 else source,
                target + columns if target >= 0 else target,
                weight, own, x0 + x, x1 + x, y0 + y,
            ))
            for source, target, weight, own, x0, x1, y0 in parts.bundles
        ]),
        tuple([
            tuple.__new__(Skip, (own, x0 + x, y0 + y, over + y, x1 + x, y1 + y, end + x, label))
            for own, x0, y0, over, x1, y1, end, label in parts.skips
        ]),
    )  # fmt: skip
