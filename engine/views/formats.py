"""A summary as text, Markdown, CSV, JSON, HTML and LaTeX; names are data in each of them."""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Callable, Iterable
from itertools import chain

from engine.design.reach import EVERYTHING
from engine.views.details import sees, steps
from engine.views.table import BLOCKS, DETAILS, FIELDS, Detail, Format, OutputShape, Row, Table

MEGABYTE = 2**20
COLUMNS = ("Layer", "Type", "Output shape", "Parameters", "Trainable", "MACs")
LONG = 40
"""Rows of a LaTeX table beyond which it may break across pages."""


def text(summary: Table) -> str:
    """The table of torchsummary: layer (type), output shape, parameters, totals, and sizes in MB of 2^20 bytes.

    Blocks show no count, so that the column adds up to the total.
    """
    rows = summary.rows
    labels = ["Layer (type)", *[_label(row[1], row[7], row[8]) for row in rows]]
    shapes = ["Output Shape", *_shapes(rows)]
    counts = ["Param #", *["--" if row[2] in BLOCKS else f"{row[4]:,}" for row in rows]]
    if not "".join(labels).isprintable():
        labels = [_printable(label) for label in labels]
    widths = [max(map(len, column)) for column in (labels, shapes, counts)]
    line = f"%-{max(widths[0], 30)}s  %-{max(widths[1], 20)}s  %{max(widths[2], 12)}s"
    # All rows at once, in C.
    columns = chain.from_iterable(zip(labels, shapes, counts, strict=True))
    lines = ("\n".join([line] * len(labels)) % tuple(columns)).split("\n", 1)
    width = len(lines[0])
    thin, thick = "-" * width, "=" * width
    lines[:1] = [thin, lines[0], thick]
    lines += [thick, *(f"{name}: {value}" for name, value in _totals(summary)), thin]
    lines += [*(f"{name} (MB): {size:.2f}" for name, size in _sizes(summary)), thin]
    lines += [_printable(f"Fault: {fault.sentence}") for fault in summary.faults]
    return "\n".join(lines) + "\n"


def _label(depth: int, label: str, title: str) -> str:
    # What has no name in the code is called by its kind.
    named = label if label[-1:] == ")" and label.endswith(f"({title})") else f"{label} ({title})"
    return "  " * depth + named if depth else named


def markdown(summary: Table) -> str:
    """A table that GitHub renders."""
    lines = [_bars(COLUMNS), "|:---|:---|:---|---:|---:|---:|"]
    for row in summary.rows:
        name, *others = _cells(row)
        indent = "&nbsp;&nbsp;" * row.depth
        lines.append(_bars([indent + _markdown(name), *map(_markdown, others)]))
    lines.append("")
    lines += [f"- {name}: {value}" for name, value in _totals(summary)]
    lines += [f"- {name}: {size:.2f} MB" for name, size in _sizes(summary)]
    lines += [f"- **Fault:** {_markdown(fault.sentence)}" for fault in summary.faults]
    return "\n".join(lines) + "\n"


def comma_separated(summary: Table) -> str:
    """The fields of every row, for a spreadsheet; an unknown shape is empty."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([*FIELDS, *DETAILS])
    for row, detail in zip(summary.rows, summary.details, strict=True):
        shape = "" if row.output_shape is None else str(list(row.output_shape))
        more = detail.activation_bytes, sees(detail.seen), steps(detail.seen)
        writer.writerow([_inert(row.name), row.depth, row.kind, shape, *row[4:7], *more])
    return file.getvalue()


def json_text(summary: Table) -> str:
    """`rows` and `totals`, a row a line, with faults as sentences."""
    rows = [
        json.dumps(dict(zip(FIELDS, row, strict=False)) | _details(detail), ensure_ascii=False)
        for row, detail in zip(summary.rows, summary.details, strict=True)
    ]
    listed = "[\n    " + ",\n    ".join(rows) + "\n  ]" if rows else "[]"
    parts = {
        "network": json.dumps(summary.network.name, ensure_ascii=False),
        "batch_size": str(summary.batch_size),
        "rows": listed,
        "totals": json.dumps(summary.totals._asdict()),
        "faults": json.dumps([fault.sentence for fault in summary.faults], ensure_ascii=False),
    }
    return "{\n" + ",\n".join(f'  "{key}": {part}' for key, part in parts.items()) + "\n}\n"


def _details(detail: Detail) -> dict[str, object]:
    """What JSON says of a row beside its counts; a field that sees all is "all", one that is not known null."""
    seen = detail.seen
    known = seen if isinstance(seen, tuple) and seen else None
    size = None if known is None else [along.size for along in known]
    step = None if known is None else [_number(float(along.stride)) for along in known]
    values = (detail.activation_bytes, "all" if seen is EVERYTHING else size, step)
    return dict(zip(DETAILS, values, strict=True))


def _number(value: float) -> int | float:
    return int(value) if value.is_integer() else value


# --- HTML ------------------------------------------------------------------------------------------------------------

_STYLE = """\
:root { color-scheme: light dark; }
body { font: 14px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.25rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { text-align: left; border-bottom: 2px solid; }
th, td { padding: 0.25rem 0.75rem 0.25rem 0; }
td { border-bottom: 1px solid rgb(128 128 128 / 30%); }
.number { text-align: right; }
.fault { border-left: 4px solid; padding-left: 0.75rem; }
dl { display: grid; grid-template-columns: max-content auto; gap: 0 1.5rem; }
dd { margin: 0; }"""


def page(summary: Table) -> str:
    """A page of its own, with nothing to load and nothing that runs."""
    title = f"Summary of {_html(summary.network.name)}"
    head = "".join(f"<th{_class(place)}>{name}</th>" for place, name in enumerate(COLUMNS))
    body = "\n".join(map(_html_row, summary.rows))
    listed = [*_totals(summary), *((name, f"{size:.2f} MB") for name, size in _sizes(summary))]
    totals = "\n".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in listed)
    faults = "".join(
        f'<p class="fault">Fault: {_html(fault.sentence)}</p>\n' for fault in summary.faults
    )
    return f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
{_STYLE}
</style>
</head>
<body>
<h1>{title}</h1>
{faults}<table>
<thead><tr>{head}</tr></thead>
<tbody>
{body}
</tbody>
</table>
<dl>
{totals}
</dl>
</body>
</html>
"""


def _html_row(row: Row) -> str:
    name, *others = map(_html, _cells(row))
    indent = f' style="padding-left: {row.depth * 1.25}rem"' if row.depth else ""
    cells = "".join(f"<td{_class(place)}>{cell}</td>" for place, cell in enumerate(others, 1))
    return f"<tr><td{indent}>{name}</td>{cells}</tr>"


def _class(place: int) -> str:
    return ' class="number"' if place >= 3 else ""


def _html(value: str) -> str:
    return html.escape(_printable(value))


# --- LaTeX -----------------------------------------------------------------------------------------------------------

_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%",
    "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\char34{}", "`": r"\textasciigrave{}", "×": r"$\times$", "[": r"{[}", "]": r"{]}",
}  # fmt: skip


def latex(summary: Table) -> str:
    """A table for a document that loads booktabs; long ones need longtable, too."""
    long = len(summary.rows) > LONG
    kind, packages = ("longtable", "booktabs,longtable") if long else ("tabular", "booktabs")
    lines = [rf"% Needs \usepackage{{{packages}}}", rf"\begin{{{kind}}}{{lllrrr}}", r"\toprule"]
    lines += [" & ".join(COLUMNS) + r" \\", r"\midrule"]
    lines += [r"\endhead"] if long else []
    for row in summary.rows:
        name, *others = map(_latex, _cells(row))
        indent = rf"\hspace*{{{row.depth}em}}" if row.depth else ""
        lines.append(" & ".join([indent + name, *others]) + r" \\")
    counts = (f"{count:,}" for count in summary.totals[:3])
    lines += [
        r"\midrule",
        " & ".join(["Total", "", "", *counts]) + r" \\",
        r"\bottomrule",
        rf"\end{{{kind}}}",
    ]
    lines += [f"% Fault: {_printable(fault.sentence)}" for fault in summary.faults]
    return "\n".join(lines) + "\n"


def _latex(value: str) -> str:
    return "".join(_LATEX.get(letter, letter) for letter in _printable(value))


# --- what several of them need ---------------------------------------------------------------------------------------


def _cells(row: Row) -> tuple[str, ...]:
    """A row under COLUMNS; blocks show no counts, so that the columns add up."""
    counts = ["" if row.is_block else f"{count:,}" for count in row[4:7]]
    return (row.label, row.title, _shape(row.output_shape), *counts)


def _shapes(rows: Iterable[Row]) -> list[str]:
    shapes = [row[3] for row in rows]
    written = {shape: _shape(shape) for shape in set(shapes)}
    return [written[shape] for shape in shapes]


def _shape(shape: OutputShape | None) -> str:
    return "?" if shape is None else str(list(shape))


def _totals(summary: Table) -> list[tuple[str, str]]:
    parameters, trainable, macs, *_ = summary.totals
    counts = {
        "Total params": parameters,
        "Trainable params": trainable,
        "Non-trainable params": parameters - trainable,
        "Total mult-adds": macs,
    }
    return [(name, f"{count:,}") for name, count in counts.items()]


def _sizes(summary: Table) -> list[tuple[str, float]]:
    """In megabytes; a forward and backward pass keeps every layer's output and its gradient, as torchsummary counts."""
    parts = {
        "Input size": summary.input_bytes,
        "Forward/backward pass size": 2 * summary.totals.activation_bytes,
        "Params size": summary.totals.parameter_bytes,
    }
    parts["Estimated Total Size"] = sum(parts.values())
    return [(name, size / MEGABYTE) for name, size in parts.items()]


def _bars(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _markdown(value: str) -> str:
    """A text with what Markdown or HTML would take for its own made plain."""
    escaped = _printable(value).replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"\\{letter}" if letter in "\\`*_[]|~" else letter for letter in escaped)


def _inert(name: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    name = _printable(name)
    return f"'{name}" if name[:1] in "=+-@" else name


def _printable(value: str) -> str:
    """A text on one line, without what would move a terminal's cursor."""
    return value if value.isprintable() else ascii(value)[1:-1]


WRITERS: dict[Format, Callable[[Table], str]] = {
    "text": text,
    "markdown": markdown,
    "csv": comma_separated,
    "json": json_text,
    "html": page,
    "latex": latex,
}
