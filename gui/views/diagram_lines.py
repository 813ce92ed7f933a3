"""The lines between neurons: a curve for each weight of a live network, its width by size, its colour by sign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import gcd
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath

from engine.design.value import field, value
from engine.views.diagram import Bundle, Diagram
from gui import theme
from gui.views.diagram_pictures import path_of, stroke

MOST_FAINT = 200
"""Lines of a bundle without weights, which stand for all of them until the weights come."""
STEPS = 6
"""Widths that lines are drawn in: more are not told apart, and each is one path."""


SIGNS = {-1: "negative", 0: "border_strong", 1: "positive"}
"""Colours of lines and discs by sign; zero is neither."""

THINNEST, THICKEST = 0.5, 2.8
MOST_LINES = 9_000
"""Lines of one picture; beyond, the faintest are left out."""


@value
class Live:
    """What a live network adds to the drawing: matrices by path, and outputs of the first sample by node id."""

    weights: Mapping[str, Any] = field(default_factory=dict[str, Any])
    values: Mapping[int, Sequence[float]] = field(default_factory=dict[int, Sequence[float]])


class Lines:
    """The bundles: a curve between every two neurons, its width by size and its colour by sign."""

    def __init__(self, diagram: Diagram, live: Live) -> None:
        self._columns = diagram.columns
        self._weights = live.weights

    def _matrix(self, bundle: Bundle) -> Any:
        """The weights of a bundle; None until those are there that its layer has after an edit of its size."""
        matrix = self._weights.get(bundle.weight) if bundle.weight else None
        if matrix is None:
            return None
        rows, columns = matrix.shape
        source, target = self._columns[bundle.source], self._columns[bundle.target]
        # A gated linear unit has two rows.
        fits = columns == source.units and rows % target.units == 0
        return matrix if fits else None

    def look(self, bundle: Bundle) -> tuple[object, QRectF]:
        """What the lines depend on beside their place, and where they are."""
        ends = [self._columns[end] for end in (bundle.source, bundle.target) if end >= 0]
        top = min([bundle.y, *(column.y - column.height / 2 for column in ends)])
        bottom = max([bundle.y, *(column.y + column.height / 2 for column in ends)])
        matrix = self._matrix(bundle)
        shapes = tuple((column.units, column.pitch, column.y - top) for column in ends)
        content = None if matrix is None else matrix.tobytes()
        area = QRectF(bundle.x0, top, bundle.x1 - bundle.x0, bottom - top)
        return (shapes, bundle.x1 - bundle.x0, bundle.y - top, content), area

    def paint(self, painter: QPainter, bundle: Bundle, pixels: float | None = None) -> None:
        """Paint the lines of a bundle; quickly, where it is known how many pixels a unit is."""
        colours = theme.current()
        matrix = self._matrix(bundle)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if matrix is None:
            faint = colours.colour("border_strong", 0.55)
            stroke(painter, path_of(list(self.ends(bundle))), faint, 0.7, pixels)
            return
        for (sign, step), path in self._weighted(bundle, matrix):
            share = (step + 0.5) / STEPS
            colour = colours.colour(SIGNS[sign], 0.16 + 0.74 * share if sign else 0.55)
            width = THINNEST + (THICKEST - THINNEST) * share * share
            stroke(painter, path, colour, width, pixels)

    def _weighted(self, bundle: Bundle, matrix: Any) -> list[tuple[tuple[int, int], QPainterPath]]:
        """The lines by sign and step, the thinnest first."""
        source, target = self._columns[bundle.source], self._columns[bundle.target]
        starts, ends = list(source.neurons()), list(target.neurons())
        rows, columns = matrix.shape
        largest = float(abs(matrix).max()) or 1.0
        shares: list[list[float]] = (matrix / largest).tolist()
        least = 0.0 if source.units * target.units <= MOST_LINES else 0.35
        x0, x1, half = bundle.x0, bundle.x1, (bundle.x0 + bundle.x1) / 2
        paths: dict[tuple[int, int], QPainterPath] = {}
        for j, end in ends:
            if j >= rows:
                break
            of_row = shares[j]
            for i, start in starts:
                if i >= columns:
                    break
                share = of_row[i]
                size = abs(share)
                if not least <= size <= 1:  # also what is not a number
                    continue
                look = ((share > 0) - (share < 0), min(int(size * STEPS), STEPS - 1))
                path = paths.get(look)
                if path is None:
                    path = paths[look] = QPainterPath()
                path.moveTo(x0, start)
                path.cubicTo(half, start, half, end, x1, end)
        return sorted(paths.items(), key=lambda each: each[0][1])

    def ends(self, bundle: Bundle) -> Iterator[tuple[float, float, float, float]]:
        """Both ends of the lines that stand for a bundle whose weights are not known."""
        starts = (
            [y for _, y in self._columns[bundle.source].neurons()]
            if bundle.source >= 0
            else [bundle.y]
        )
        ends = (
            [y for _, y in self._columns[bundle.target].neurons()]
            if bundle.target >= 0
            else [bundle.y]
        )
        every = len(starts) * len(ends) // MOST_FAINT + 1
        while gcd(every, len(ends)) > 1:  # so that no neuron is left without a line
            every += 1
        for number, (start, end) in enumerate((start, end) for start in starts for end in ends):
            if number % every == 0:
                yield bundle.x0, start, bundle.x1, end
