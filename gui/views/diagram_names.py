"""Which names over columns and plates have room: what would be written over another one is left out."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from itertools import pairwise

from engine.views.diagram import Column, Diagram, Plate

LONGEST_NAME = 26
"""Letters that are written of a name."""
LETTER, CAPTION_LETTER = 8.2, 6.4
"""Width of a letter of a name and of a caption, at the size that they have where nothing is made smaller."""
LINES = 36
"""Height of a name with its caption, likewise."""
GAP = 6

Spot = tuple[float, float, float]
"""Where a name stands: the middle of its width, half its width, and the middle of its caption's height."""


def named(diagram: Diagram, scale: float, selected: frozenset[int]) -> frozenset[Column | Plate]:
    """The columns and plates whose names can be written `scale` times their usual size.

    What is selected goes first, then columns, then plates, and each from the left: what is seen of the diagram at a
    time decides nothing, so that names stay while it is moved.
    """
    everything = (*diagram.columns, *diagram.plates)
    if _stand_apart((_spot(each, scale) for each in everything), GAP * scale):
        return frozenset(everything)
    taken: list[Spot] = []
    widest = 0.0
    shown: list[Column | Plate] = []
    for each in _by_weight(diagram, selected):
        x, half, y = spot = _spot(each, scale)
        if all(
            abs(x - other[0]) >= half + other[1] + GAP * scale or abs(y - other[2]) >= LINES * scale
            for other in _near(taken, x, half + widest + GAP * scale)
        ):
            insort(taken, spot)
            widest = max(widest, half)
            shown.append(each)
    return frozenset(shown)


def _stand_apart(spots: Iterable[Spot], gap: float) -> bool:
    """Whether no two are over one another, whatever their height: as it is nearly always."""
    sides = sorted((x - half, x + half) for x, half, _ in spots)
    return all(right + gap <= left for (_, right), (left, _) in pairwise(sides))


class Names:
    """Remembers which names have room in the last drawing, which is painted many times."""

    def __init__(self) -> None:
        self._of: tuple[Diagram, float, frozenset[int]] | None = None
        self._named: frozenset[Column | Plate] = frozenset()

    def of(
        self, diagram: Diagram, scale: float, selected: frozenset[int]
    ) -> frozenset[Column | Plate]:
        """The same as `named`."""
        known = self._of
        if known is None or known[0] is not diagram or known[1:] != (scale, selected):
            self._of, self._named = (diagram, scale, selected), named(diagram, scale, selected)
        return self._named

    def change(
        self, before: Diagram, after: Diagram, scale: float, selected: frozenset[int]
    ) -> bool:
        """Whether a name comes or goes from one drawing to the next, which may be far from what was edited."""
        old, new = self.of(before, scale, selected), self.of(after, scale, selected)
        count = len(before.columns) + len(before.plates)
        if len(old) == len(new) == count == len(after.columns) + len(after.plates):
            return False
        return [each in old for each in (*before.columns, *before.plates)] != [
            each in new for each in (*after.columns, *after.plates)
        ]


class NoNames(Names):
    """None of them, for a picture that is too small."""

    def of(
        self, diagram: Diagram, scale: float, selected: frozenset[int]
    ) -> frozenset[Column | Plate]:
        return frozenset()


def _by_weight(diagram: Diagram, selected: frozenset[int]) -> Iterable[Column | Plate]:
    both = (*diagram.columns, *diagram.plates)
    yield from (each for each in both if each.node_id in selected)
    yield from (each for each in both if each.node_id not in selected)


def _spot(each: Column | Plate, scale: float) -> Spot:
    x = each.x + each.width / 2 if isinstance(each, Plate) else each.x
    width = (
        max(min(len(each.name), LONGEST_NAME) * LETTER, len(each.caption) * CAPTION_LETTER) * scale
    )
    return x, width / 2, each.header_y


def _near(taken: list[Spot], x: float, reach: float) -> list[Spot]:
    """The spots, which are in order, whose middles are within reach."""
    return taken[bisect_left(taken, (x - reach,)) : bisect_left(taken, (x + reach,))]
