"""A JSON Schema of project files, from the catalogue: `python -m engine.files.schema > docs/project.schema.json`.

It says what one line of a file can say: the reader alone knows how deep blocks may nest, that whole numbers are written
without a point, and that a text holds no half characters.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping
from typing import Any, assert_never

from engine.catalogue import (
    ACTIVATIONS,
    DATASETS,
    INITIALIZERS,
    JOINS,
    KINDS,
    LOSSES,
    OPTIMIZERS,
    SCHEDULERS,
)  # fmt: skip
from engine.design import limits
from engine.design.knob import Entry, Flag, Knob, OneOf, PerAxis, Range, Real, Sizes, Text, Whole
from engine.design.project import DATA_RANGES, FORWARD_RANGES, TRAINING_RANGES
from engine.files import reading
from engine.files.document import FORMAT, VERSION
from engine.files.store import dumped

Schema = dict[str, Any]

TABLES: Mapping[str, Mapping[str, type[Entry]]] = {
    "activation": ACTIVATIONS,
    "initializer": INITIALIZERS,
    "join": JOINS,
    "data_set": DATASETS,
    "loss": LOSSES,
    "optimizer": OPTIMIZERS,
    "scheduler": SCHEDULERS,
}
"""Entries that a file names, or gives with their fields."""

NAME: Schema = {"type": "string", "maxLength": limits.LONGEST_NAME}
TEXT: Schema = {"type": "string", "maxLength": limits.LONGEST_TEXT}
PATH: Schema = {"type": "string", "maxLength": limits.LONGEST_PATH}


def schema() -> Schema:
    """The schema as plain JSON values."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Layerloom project",
        "description": "A .loom file: a network, its data, how it is trained and run, and notes.",
        **_object(
            {
                "format": {"const": FORMAT},
                "version": {"const": VERSION, "default": VERSION},
                "network": _ref("network"),
                "data": _object({"set": _ref("data_set"), **_ranges(DATA_RANGES)}),
                "training": _object(
                    {
                        "loss": _ref("loss"),
                        "optimizer": _ref("optimizer"),
                        "scheduler": _ref("scheduler"),
                        **_ranges(TRAINING_RANGES),
                    }
                ),
                "forward": _object(_ranges(FORWARD_RANGES)),
                "notes": TEXT,
            },
            ("format", "network", "data", "training"),
        ),
        "$defs": _network() | _nodes() | {name: _entry(table) for name, table in TABLES.items()},
    }


def _network() -> Schema:
    network = _object(
        {
            "name": NAME,
            "inputs": _array(_ref("input"), limits.MOST_INPUTS),
            "layers": _ref("layers"),
            "ties": _array(_ref("tie"), limits.MOST_TIES),
            "next_id": _range(Whole(1, 2**53)),
            "outputs": _array(NAME, limits.MOST_OTHERS),
        }
    )
    shape, dtype = _range(limits.INPUT_SHAPE), _range(limits.INPUT_DTYPE)
    return {
        "network": network,
        "input": _object({"name": NAME, "shape": shape, "dtype": dtype}, ("shape",)),
        "tie": _object({"path": PATH, "owner": PATH}, ("path", "owner")),
        "layers": _array(_ref("node")),
    }


def _nodes() -> Schema:
    """Every node has exactly one of the keys that say what it is."""
    common: Schema = {"id": _range(reading.ID), "note": TEXT}
    layers: Schema = {"layers": _ref("layers")}
    activated: Schema = {"activation": {"anyOf": [_ref("activation"), {"type": "null"}]}}
    taking: Schema = {"others": _array(NAME, limits.MOST_OTHERS)}
    takes: Schema = {"takes": _array(NAME, limits.MOST_OTHERS)}
    branch = _object({**layers, "source": NAME, "name": NAME})
    initializers: Schema = {"type": "object", "additionalProperties": _ref("initializer")}
    initializers["propertyNames"] = NAME
    layer: Schema = (
        common
        | activated
        | taking
        | {"name": NAME, "frozen": {"type": "boolean"}, "initializers": initializers}
    )
    blocks = {
        "parallel": activated
        | {"branches": _array(branch, limits.MOST_BRANCHES), "parallel": _ref("join")},
        "group": layers | taking | takes | {"name": NAME, "group": NAME},
        "repeat": layers
        | taking
        | takes
        | {"name": NAME, "repeat": NAME, "times": _range(limits.TIMES)},
        "again": activated | taking | {"again": NAME},
    }
    kinds = [
        _object({"layer": {"const": kind.key()}} | _fields(kind) | layer, ("layer",))
        | {"description": kind.sentence()}
        for kind in KINDS.values()
    ]
    others = [_object(parts | common, (name,)) for name, parts in blocks.items()]
    return {"node": {"anyOf": [*kinds, *others]}}


def _entry(table: Mapping[str, type[Entry]]) -> Schema:
    """One of a table: its name, or an object with its fields, each of which has a default."""
    objects = [
        _object({"kind": {"const": entry.key()}} | _fields(entry), ("kind",))
        | {"description": entry.sentence()}
        for entry in table.values()
    ]
    return {"anyOf": [{"enum": list(table)}, *objects]}


def _fields(entry: type[Entry]) -> Schema:
    return {knob.name: _knob(knob) for knob in entry.knobs}


def _knob(knob: Knob) -> Schema:
    sizes = isinstance(knob.range, Sizes)
    default: Any = list(knob.default) if sizes else knob.default
    return {**_range(knob.range), "default": default, "description": knob.help}


def _ranges(ranges: Mapping[str, Range]) -> Schema:
    return {name: _range(known) for name, known in ranges.items()}


def _range(known: Range) -> Schema:
    """What values a field takes."""
    match known:
        case Whole(low, high, optional):
            return {"type": _type("integer", optional), "minimum": low, "maximum": high}
        case Real(low, high, above, optional):
            bounds = {"minimum": low, "maximum": high, "exclusiveMinimum": above}
            finite = {name: bound for name, bound in bounds.items() if math.isfinite(bound)}
            return {"type": _type("number", optional), **finite}
        case Flag():
            return {"type": "boolean"}
        case OneOf(words):
            return {"enum": list(words)}
        case Sizes(low, shortest, longest):
            size = _range(Whole(low))
            return {"type": "array", "items": size, "minItems": shortest, "maxItems": longest}
        case PerAxis(count, low, optional, words):
            size = _range(Whole(low))
            several = {"type": "array", "items": size, "minItems": count, "maxItems": count}
            fixed = [{"enum": [*words, *([None] if optional else [])]}] if words or optional else []
            return {"anyOf": [size, several, *fixed]}
        case Text(longest):
            return {"type": "string", "maxLength": longest}
        case _:
            assert_never(known)


def _type(name: str, optional: bool) -> str | list[str]:
    return [name, "null"] if optional else name


def _object(properties: Schema, required: Iterable[str] = ()) -> Schema:
    """An object with these keys and no others."""
    made: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**made, "required": list(required)} if required else made


def _array(items: Schema, most: int | None = None) -> Schema:
    made: Schema = {"type": "array", "items": items}
    return made if most is None else {**made, "maxItems": most}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


if __name__ == "__main__":
    sys.stdout.buffer.write(dumped(schema()))
