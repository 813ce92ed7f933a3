"""A diagram as an SVG file: vectors and text alone, nothing that a viewer would have to fetch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from xml.sax.saxutils import escape

from engine.design.value import value
from engine.views.diagram_outlines import Outline, Step, outline, upright
from engine.views.diagram_parts import (
    Box,
    Bundle,
    Column,
    Diagram,
    Frame,
    Joint,
    Plate,
    Skip,
    Wire,
)

Matrix = Sequence[Sequence[float]]
"""A weight as rows of numbers, [j][i] for the line from unit i to unit j; an array will do."""

THINNEST, THICKEST = 0.3, 2.6
MOST_LINES = 20_000
"""Lines of all bundles together; beyond, the faintest are left out."""

LONGEST_NAME = 26


@value
class Colours:
    """What is drawn in which colour, as `#rrggbb`; by default for white paper."""

    paper: str = "#ffffff"
    card: str = "#f4f5f7"
    border: str = "#c3c8d0"
    text: str = "#1b1f27"
    muted: str = "#5b6270"
    line: str = "#8a93a3"
    neuron: str = "#2f6fde"
    positive: str = "#2f6fde"
    negative: str = "#c2570c"
    danger: str = "#b3261e"


def to_svg(
    diagram: Diagram,
    weights: Mapping[str, Matrix] | None = None,
    colours: Colours | None = None,
    values: Mapping[int, Sequence[float]] | None = None,
) -> str:
    """The drawing as SVG text.

    `weights` holds matrices by their path in the `state_dict`: lines whose matrix is there get width by size and colour
    by sign. `values` holds what neurons gave, by node id; they fill the neurons.
    """
    chosen = colours or Colours()
    size = f'width="{diagram.width:.0f}" height="{diagram.height:.0f}"'
    box = f'viewBox="0 0 {diagram.width:.0f} {diagram.height:.0f}"'
    font = 'font-family="Inter, Segoe UI, Helvetica, Arial, sans-serif"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box} {font}>']
    parts.append(f'<rect width="100%" height="100%" fill="{chosen.paper}"/>')
    parts.extend(_frame(each, chosen) for each in diagram.frames)
    parts.extend(_wire(each, chosen) for each in diagram.wires)
    parts.extend(_skip(each, chosen) for each in diagram.skips)
    parts.extend(_lanes(diagram, chosen))
    parts.extend(_bundles(diagram, weights or {}, chosen))
    parts.extend(_plate(each, chosen) for each in diagram.plates)
    parts.extend(_box(each, chosen) for each in diagram.boxes)
    parts.extend(_joint(each, chosen) for each in diagram.joints)
    for column in diagram.columns:
        parts.extend(_column(column, (values or {}).get(column.node_id), chosen))
    return "\n".join([*parts, "</svg>", ""])


def _text(x: float, y: float, words: str, fill: str, size: float, bold: bool = False,
          anchor: str = "middle") -> str:  # fmt: skip
    if not words:
        return ""
    words = "".join(letter if letter.isprintable() else "\ufffd" for letter in words)
    shown = words if len(words) <= LONGEST_NAME else f"{words[: LONGEST_NAME - 1]}…"
    weight = ' font-weight="600"' if bold else ""
    title = f"<title>{escape(words)}</title>" if shown != words else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{fill}" font-size="{size}" text-anchor="{anchor}"'
        f"{weight}>{title}{escape(shown)}</text>"
    )


def _curve(x0: float, y0: float, x1: float, y1: float) -> str:
    if y0 == y1:
        return f"M{x0:.1f} {y0:.1f}H{x1:.1f}"
    half = (x0 + x1) / 2
    return f"M{x0:.1f} {y0:.1f}C{half:.1f} {y0:.1f} {half:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"


def _wire(wire: Wire, colours: Colours) -> str:
    path = _curve(wire.x0, wire.y0, wire.x1, wire.y1)
    label = _text(wire.x0 + 7, wire.y0 - 7, wire.label, colours.muted, 11, anchor="start")
    return f'<path d="{path}" fill="none" stroke="{colours.line}" stroke-width="1.4"/>{label}'


def _skip(skip: Skip, colours: Colours) -> str:
    path = (
        f"M{skip.x0:.1f} {skip.y0:.1f}V{skip.over:.1f}H{skip.x1:.1f}V{skip.y1:.1f}H{skip.end:.1f}"
    )
    return (
        f'<path d="{path}" fill="none" stroke="{colours.neuron}" stroke-linejoin="round"/>'
        f'<circle cx="{skip.x0:.1f}" cy="{skip.y0:.1f}" r="2.4" fill="{colours.neuron}"/>'
    )


def _frame(frame: Frame, colours: Colours) -> str:
    stroke = colours.danger if frame.faulty else colours.border
    title = f"{frame.name}  {frame.badge}" if frame.badge else frame.name
    return (
        f'<rect x="{frame.x:.1f}" y="{frame.y:.1f}" width="{frame.width:.1f}" height="{frame.height:.1f}" '
        f'rx="10" fill="{colours.card}" fill-opacity="0.6" stroke="{stroke}"/>'
        + _text(frame.x + 12, frame.y + 19, title, colours.text, 12, True, "start")
    )


def _box(box: Box, colours: Colours) -> str:
    stroke = colours.danger if box.faulty else colours.border
    centre = box.x + box.width / 2
    lift = 5 if box.badge else 0
    sheets = "".join(
        f'<path d="M{box.x + 5 * sheet:.1f} {box.y - box.height / 2 - 4 * sheet:.1f}'
        f'h{box.width - 10 * sheet:.1f}" stroke="{stroke}" fill="none"/>'
        for sheet in ((1, 2) if box.folded else ())
    )
    form = outline(box.family, box.x, box.y - box.height / 2, box.width, box.height)
    return (
        sheets
        + _outline(form, colours.card, stroke)
        + _text(centre, box.y - 3 - lift, box.name, colours.text, 13, True)
        + _text(centre, box.y + 15 - lift, box.caption, colours.muted, 11)
        + _badge(box, colours)
    )


def _outline(form: Outline, fill: str, stroke: str, opacity: float = 1.0) -> str:
    dashes = ' stroke-dasharray="5 3"' if form.dashed else ""
    inner = f'<path d="{_path(form.inner)}" fill="none" stroke="{stroke}"/>' if form.inner else ""
    shown = f' fill-opacity="{opacity}"' if opacity < 1 else ""
    return f'<path d="{_path(form.steps)}" fill="{fill}"{shown} stroke="{stroke}"{dashes}/>{inner}'


def _path(steps: Sequence[Step]) -> str:
    return "".join(
        letter + " ".join(f"{number:.1f}" for number in numbers) for letter, numbers in steps
    )


def _badge(box: Box, colours: Colours) -> str:
    """A capsule on the lower edge."""
    if not box.badge:
        return ""
    centre, bottom = box.x + box.width / 2, box.y + box.height / 2
    half = min(7.0 * len(box.badge) + 14, box.width - 8) / 2
    return (
        f'<rect x="{centre - half:.1f}" y="{bottom - 8:.1f}" width="{2 * half:.1f}" height="16" rx="8" '
        f'fill="{colours.paper}" stroke="{colours.line}"/>'
        + _text(centre, bottom + 4, box.badge, colours.text, 11)
    )


def _joint(joint: Joint, colours: Colours) -> str:
    stroke = colours.danger if joint.faulty else colours.line
    left, top = joint.x - joint.width / 2, joint.y - joint.radius
    size = 15 if len(joint.symbol) <= 2 else 11
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{joint.width:.1f}" height="{2 * joint.radius:.1f}" '
        f'rx="{joint.radius:.1f}" fill="{colours.paper}" stroke="{stroke}" stroke-width="1.4"/>'
        + _text(joint.x, joint.y + size / 3, joint.symbol, colours.text, size, True)
        + _text(joint.x, joint.y + joint.radius + 15, joint.caption, colours.muted, 11)
    )


def _header(x: float, y: float, name: str, caption: str, colours: Colours) -> str:
    return _text(x, y - 9, name, colours.text, 13, True) + _text(
        x, y + 7, caption, colours.muted, 11
    )


def _plate(plate: Plate, colours: Colours) -> str:
    form = upright(plate.family, plate.x, plate.y, plate.width, plate.height)
    centre = plate.x + plate.width / 2
    return _outline(form, colours.card, colours.border, 0.85) + _header(
        centre, plate.header_y, plate.name, plate.caption, colours
    )


def _column(column: Column, given: Sequence[float] | None, colours: Colours) -> Iterator[str]:
    yield _header(column.x, column.header_y, column.name, column.caption, colours)
    most = max((abs(float(each)) for each in given), default=0.0) if given is not None else 0.0
    for unit, y in column.neurons():
        yield (
            f'<circle cx="{column.x:.1f}" cy="{y:.1f}" r="{column.radius:.1f}" fill="{colours.paper}" '
            f'stroke="{colours.neuron}" stroke-width="1.5"/>'
        )
        value = float(given[unit]) if given is not None and unit < len(given) else 0.0
        if most and isfinite(value) and value:
            fill = colours.positive if value > 0 else colours.negative
            radius = 0.75 * column.radius * (abs(value) / most) ** 0.5
            yield f'<circle cx="{column.x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}"/>'
    if column.hidden:
        yield _text(column.x, column.y + 4, f"{column.hidden:,} more", colours.muted, 11)


def _lanes(diagram: Diagram, colours: Colours) -> Iterator[str]:
    for lanes in diagram.lanes:
        lines = "".join(
            f"M{lanes.x0:.1f} {y:.1f}H{lanes.x1:.1f}"
            for _, y in diagram.columns[lanes.column].neurons()
        )
        yield f'<path d="{lines}" stroke="{colours.line}" stroke-width="0.8" stroke-opacity="0.6"/>'


def _bundles(diagram: Diagram, weights: Mapping[str, Matrix], colours: Colours) -> Iterator[str]:
    count = sum(1 for bundle in diagram.bundles for _ in _lines(diagram, bundle))
    least = 0.0 if count <= MOST_LINES else 1 - MOST_LINES / count
    for bundle in diagram.bundles:
        matrix = weights.get(bundle.weight)
        if matrix is None:
            plain = "".join(path for path, _, _ in _lines(diagram, bundle))
            faint = 0.25 if bundle.weight else 0.5
            yield (
                f'<path d="{plain}" fill="none" stroke="{colours.line}" stroke-width="0.7" '
                f'stroke-opacity="{faint}"/>'
            )
        else:
            yield from _weighted(diagram, bundle, matrix, least, colours)


def _weighted(
    diagram: Diagram, bundle: Bundle, matrix: Matrix, least: float, colours: Colours
) -> Iterator[str]:
    """One path a line, its width by the size of the weight relative to the largest of those drawn."""
    lines = [(path, float(matrix[j][i])) for path, i, j in _lines(diagram, bundle)]
    most = max((abs(weight) for _, weight in lines if isfinite(weight)), default=0.0)
    for path, weight in lines:
        share = abs(weight) / most if most and isfinite(weight) else 0.0
        if share < least:
            continue
        stroke = _sign(colours, weight)
        width = THINNEST + (THICKEST - THINNEST) * share
        yield (
            f'<path d="{path}" fill="none" stroke="{stroke}" stroke-width="{width:.2f}" '
            f'stroke-opacity="{0.15 + 0.75 * share:.2f}"/>'
        )


def _lines(diagram: Diagram, bundle: Bundle) -> Iterator[tuple[str, int, int]]:
    """The curves of a bundle, with the units at both ends; -1 at a point."""
    point = [(-1, bundle.y)]
    sources = list(diagram.columns[bundle.source].neurons()) if bundle.source >= 0 else point
    targets = list(diagram.columns[bundle.target].neurons()) if bundle.target >= 0 else point
    for j, y1 in targets:
        for i, y0 in sources:
            yield _curve(bundle.x0, y0, bundle.x1, y1), i, j


def _sign(colours: Colours, weight: float) -> str:
    """The colour of a weight; zero is neither positive nor negative."""
    if not weight:
        return colours.line
    return colours.positive if weight > 0 else colours.negative
