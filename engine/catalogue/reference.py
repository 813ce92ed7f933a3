"""The reference page: `python -m engine.catalogue.reference > docs/reference.md`.

All of it is read off the entries; a test holds the page in `docs` to what this module writes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from engine.catalogue import FAMILIES, INITIALIZERS, JOINS, KINDS
from engine.catalogue.roles import dims
from engine.design.kind import (
    Activation,
    Gathered,
    Indices,
    Initializer,
    Join,
    Kind,
    Misfit,
    TensorSpec,
)
from engine.design.knob import Entry, Flag, Knob, OneOf, PerAxis, Real, Sizes, Text, Whole

OPENING = """\
# Reference

Every kind of layer, activation, initializer and join, as the catalogue declares it. This page is
generated: `python -m engine.catalogue.reference > docs/reference.md`.

Shapes have the batch N in front, and a dimension given by a number counts as torch counts it: 0 is
the batch, 1 the first one behind it, -1 the last. Multiply-accumulates (MACs) are those of matrix
products, per sample. The names of fields are torch's own wherever torch has them."""

EXAMPLES = (
    TensorSpec((16,)),
    TensorSpec((64,)),
    TensorSpec((10,), "int64"),
    TensorSpec((8, 32)),
    TensorSpec((8, 9)),
    TensorSpec((3, 8, 8)),
    TensorSpec((4, 8, 8)),
    TensorSpec((3, 4, 8, 8)),
    TensorSpec((16, 1)),
)
"""Inputs that a kind may be shown with."""

WEIGHT = (32, 16)
"""Shape that an initializer is shown with."""
KERNEL = (32, 16, 3, 3)
"""Shape for those that do not fill matrices."""


def page() -> str:
    """The whole page in Markdown."""
    parts = [OPENING, contents()]
    for family, title in FAMILIES.items():
        kinds = [kind for kind in KINDS.values() if kind.family == family]
        parts += section(
            f"Layers: {title.lower()}" if family != "activation" else "Activations", kinds
        )
    parts += section("Initializers", INITIALIZERS.values())
    parts += section("Joins", JOINS.values())
    return "\n\n".join(parts) + "\n"


def contents() -> str:
    """What there is, by family, with links."""
    groups: list[tuple[str, Iterable[type[Entry]]]] = [
        (title, [kind for kind in KINDS.values() if kind.family == family])
        for family, title in FAMILIES.items()
    ]
    groups += [("Initializer", INITIALIZERS.values()), ("Join", JOINS.values())]
    lines = ["| | |", "|---|---|"]
    for title, entries in groups:
        links = " · ".join(f"[{entry.title()}](#{anchor(entry)})" for entry in entries)
        lines.append(f"| {title} | {links} |")
    return "\n".join(lines)


def section(title: str, entries: Iterable[type[Entry]]) -> list[str]:
    """A heading and the entries below it."""
    return [f"## {title}", *(part for entry in entries for part in described(entry))]


def described(entry: type[Entry]) -> list[str]:
    """One entry: title, help, what it looks like in code, its fields."""
    parts = [
        f'### <a id="{anchor(entry)}"></a>{entry.title()}',
        entry.help(),
        "\n".join(shown(entry)),
    ]
    return [*parts, fields(entry)] if entry.knobs else parts


def anchor(entry: type[Entry]) -> str:
    """Where links to the entry lead; kinds and initializers may share a title."""
    prefix = (
        "init-" if issubclass(entry, Initializer) else "join-" if issubclass(entry, Join) else ""
    )
    return prefix + entry.key().lower()


def shown(entry: type[Entry]) -> list[str]:
    """The entry at work, a bullet a fact."""
    if issubclass(entry, Kind):
        lines = kind_shown(entry)
    elif issubclass(entry, Initializer):
        lines = initializer_shown(entry)
    elif issubclass(entry, Join):
        lines = [f"In code: `{entry.form.replace('f.dim', '1').replace('all', '[a, b]')}`"]
    else:
        lines = []
    if entry.aliases:
        lines.append(f"Also found as: {', '.join(entry.aliases)}")
    return [f"- {line}" for line in lines]


def kind_shown(kind: type[Kind]) -> list[str]:
    """A kind applied to an example."""
    layer = kind()
    x = example(layer)
    lines = [f"In code: `{layer.in_code(x)}`, for an input of {x}"]
    if isinstance(layer, Activation) and layer.function:
        call = str(layer.function_call()).replace("None", "x", 1)
        tail = f", {layer.function_tail}" if layer.function_tail else ""
        lines.append(f"After another layer: `{call[:-1]}{tail})`")
    elif isinstance(layer, Activation):
        lines.append("After another layer: the module, an attribute of its own")
    for name, text in layer.takes.items():
        lines.append(f"Takes beside what flows in `{name}`: {text}")
    output = layer.output(x)
    lines.append(f"Output: {output}")
    lines.append(f"Dimensions: {dims(layer, x, output)}")
    if formula := layer.formula(x):
        lines.append(f"Parameters: {formula}")
    if macs := layer.macs(x):
        lines.append(f"MACs: {macs}")
    defaults = {tensor: layer.torch_default(tensor, x)[1] for tensor in layer.weights(x)}
    return lines + [f"torch fills `{tensor}` so: {text}" for tensor, text in defaults.items()]


def example(layer: Kind) -> TensorSpec:
    """An input that the layer changes the shape of, or else one that it takes."""
    taken: list[TensorSpec] = []
    for x in (whole for each in EXAMPLES for whole in gathered(layer, each)):
        try:
            output = layer.output(x)
        except Misfit:
            continue
        if output != x:
            return x
        taken.append(x)
    return taken[0]


def gathered(layer: Kind, x: TensorSpec) -> list[TensorSpec]:
    """An input with examples of the further values that the layer takes: ones like it, of either type of numbers, and
    indices of a pooling that halved every axis.
    """
    if not layer.takes:
        return [x]
    count = len(layer.takes)
    halved = (*x.shape[:1], *[2 * size for size in x.shape[1:]])
    kinds = (x, TensorSpec(x.shape, "int64"), Indices(x.shape, "int64", halved))
    return [Gathered(x.shape, x.dtype, (other,) * count) for other in kinds]


def initializer_shown(rule: type[Initializer]) -> list[str]:
    """An initializer applied to an example, and what it refuses."""
    chosen = rule()
    shape = KERNEL if chosen.refusal(WEIGHT) else WEIGHT
    call = str(chosen.call()).replace("None", "weight", 1)
    law = chosen.distribution(shape).explained()
    lines = [f"In code: `{call}`", f"For a weight of {list(shape)}: {law}"]
    if why := chosen.refusal((32,)):
        lines.append(f"Not for a bias. {why}")
    elif why := chosen.refusal(KERNEL):
        lines.append(f"Not for every weight. {why}")
    return lines


def fields(entry: type[Entry]) -> str:
    """The table of fields."""
    lines = ["| field | default | values | |", "|---|---|---|---|"]
    for knob in entry.knobs:
        cells = (f"`{knob.name}`", default(knob), allowed(knob), knob.help)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def default(knob: Knob) -> str:
    """A field's default as the page writes it."""
    match knob.default:
        case None:
            return "empty"
        case bool():
            return "on" if knob.default else "off"
        case tuple():
            return ", ".join(map(str, knob.default))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        case float():
            return f"{knob.default:.4g}"
        case "":
            return "empty"
        case _:
            return str(knob.default)


def allowed(knob: Knob) -> str:
    """What a field takes, in words, with its unit."""
    match knob.range:
        case Whole(low, high, optional):
            words = f"whole number{bounds(low, high, -(2**31) + 1, 2**31 - 1)}"
        case Real(low, high, above, optional):
            words = "number"
            words += f" above {above:g}" if above > float("-inf") else ""
            words += bounds(low, high, -1e30, 1e30)
        case Flag():
            return "on, off"
        case OneOf(words_allowed):
            return ", ".join(words_allowed)
        case Sizes(low):
            return f"whole numbers, each at least {low}"
        case PerAxis(count, low, optional, others):
            words = f"whole number{bounds(low, 2**31, -(2**31) + 1, 2**31)}"
            words += f", or {count} of them" if count > 1 else ""
            words = ", ".join((words, *others))
        case Text():
            return "text"
    words += f", {knob.unit}" if knob.unit else ""
    return f"{words}, or empty" if optional else words


def bounds(low: float, high: float, least: float, most: float) -> str:
    """The bounds that mean something; those at `least` and `most` are only there for safety."""
    if low > least and high < most:
        return f" from {low:g} to {high:g}"
    if low > least:
        return f", at least {low:g}"
    return f", at most {high:g}" if high < most else ""


if __name__ == "__main__":
    sys.stdout.buffer.write(page().encode())
