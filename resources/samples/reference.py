"""The page of templates: `python -m resources.samples.reference > docs/templates.md`.

All of it is read off the table and the sample projects; a test holds the page in `docs` to what this module writes.
"""

from __future__ import annotations

import sys
from typing import get_args

import resources
from engine.files import store
from engine.views.shapes import infer
from resources.samples import TEMPLATES, Family, Template

OPENING = """\
# Templates

The networks that `layerloom new` and the gallery start from. Parameters are counted once where weights are shared, and
equal the published number where there is one; multiply-accumulates (MACs) are those of one sample. Each is held to the
same network written by hand in torch (`tests/templates`). This page is generated:
`python -m resources.samples.reference > docs/templates.md`."""


def page() -> str:
    """The whole page in Markdown."""
    parts = [OPENING]
    for family in get_args(Family):
        parts.append(f"## {family.capitalize()}")
        parts += [entry(name, each) for name, each in TEMPLATES.items() if each.family == family]
    return "\n\n".join(parts) + "\n"


def entry(name: str, template: Template) -> str:
    """One template: its title, its sentence, its sizes and its paper."""
    analysis = infer(store.load(resources.path("samples", f"{name}.loom")).network)
    totals = analysis.totals
    inputs = ", ".join(f"`{each.name}` {each.spec}" for each in analysis.network.inputs)
    sizes = [f"input {inputs}", f"output {analysis.output}", f"{totals.parameters:,} parameters"]
    if totals.macs:
        sizes.append(f"{totals.macs:,} MACs")
    lines = [
        f"### {template.title}",
        f"{template.sentence} `layerloom new {name}`",
        " · ".join(sizes),
    ]
    if template.paper:
        lines.append(template.paper)
    return "\n\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(page())
