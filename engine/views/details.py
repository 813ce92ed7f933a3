"""What a summary's rows have beside their counts: the memory of what they give, and what of the input they see."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from engine.design.reach import EVERYTHING, Reach
from engine.views.facts import Analysis
from engine.views.receptive_field import receptive_fields
from engine.views.table import BYTES, Detail, Row


def details(analysis: Analysis, rows: Sequence[Row]) -> tuple[Detail, ...]:
    """Of every row of the summary of this analysis; those of layers add up to the total."""
    fields = receptive_fields(analysis, every_turn=True).of_rows(rows)
    return tuple(map(Detail, _given(analysis, rows), fields))


def _given(analysis: Analysis, rows: Sequence[Row]) -> list[int]:
    """The bytes that each row gives; a block's are those of the layers inside it."""
    whole: set[int] = set()
    if any(each.spec.dtype != "float32" for each in analysis.network.inputs):
        whole = {
            facts.node.id
            for _, _, facts in analysis.places()
            if facts.output is not None and facts.output.dtype == "int64"
        }
    found = [0] * len(rows)
    blocks: list[tuple[int, int]] = []
    for place, row in enumerate(rows):
        while blocks and blocks[-1][0] >= row.depth:
            blocks.pop()
        if row.is_block:
            blocks.append((row.depth, place))
        elif row.output_shape is not None and not _is_join(row, rows, blocks):
            one = BYTES["int64" if row.node_id in whole else "float32"]
            found[place] = prod(row.output_shape) * one
            for _, around in blocks:
                found[around] += found[place]
    return found


def _is_join(row: Row, rows: Sequence[Row], blocks: Sequence[tuple[int, int]]) -> bool:
    """Whether a row is the line that a Parallel has for a join that costs something."""
    return any(rows[around].node_id == row.node_id for _, around in blocks)


def sees(seen: Reach | None) -> str:
    """A receptive field as a table shows it: `7×7`, and "" where none is known or there are no places."""
    if not seen:
        return ""
    return "all" if seen is EVERYTHING else "×".join([str(along.size) for along in seen])


def steps(seen: Reach | None) -> str:
    """How far apart in the input neighbours look: `2×2`, `0.5×0.5` where the image grew; "" where nothing is known."""
    if not seen or seen is EVERYTHING:
        return ""
    return "×".join([f"{float(along.stride):g}" for along in seen])


def field_words(analysis: Analysis, node_id: int) -> str:
    """What of the input a node sees, in words: `7×7, in steps of 2×2`; "" where its input has no places."""
    inputs = analysis.network.inputs
    if not any(len(each.spec.shape) > 1 for each in inputs):
        return ""
    seen = receptive_fields(analysis, last=node_id).of(node_id)
    return f"{sees(seen)}, in steps of {steps(seen)}" if steps(seen) else sees(seen)
