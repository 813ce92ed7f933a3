"""Sums over the nodes of a stack, at the speed of C."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from engine.views.facts import NodeFacts, StackFacts
from engine.views.rules import Totals

NOTHING = Totals()
_totals = attrgetter("totals")


def total(parts: Sequence[NodeFacts] | Sequence[StackFacts]) -> Totals:
    """The sum over nodes or stacks, column by column."""
    if not parts:
        return NOTHING
    if len(parts) == 1:
        return parts[0].totals
    return Totals(*map(sum, zip(*map(_totals, parts), strict=True)))


def with_faults(totals: Totals, more: int) -> Totals:
    """The totals with some faults more, or fewer."""
    return totals._replace(faults=totals.faults + more)


def blocks_of(nodes: Sequence[NodeFacts], totals: Totals) -> tuple[NodeFacts, ...]:
    """Those of the nodes of a stack that are no plain layers; `totals` is their sum."""
    return tuple(facts for facts in nodes if facts.totals.blocks) if totals.blocks else ()


def exchanged_blocks(
    blocks: tuple[NodeFacts, ...], gone: Sequence[NodeFacts], come: Sequence[NodeFacts]
) -> tuple[NodeFacts, ...] | None:
    """The blocks of a stack after some nodes were exchanged; None where no block went that says where they stand."""
    lost = [facts for facts in gone if facts.totals.blocks]
    if not lost:
        return None
    start = next(place for place, facts in enumerate(blocks) if facts is lost[0])
    won = tuple(facts for facts in come if facts.totals.blocks)
    return blocks[:start] + won + blocks[start + len(lost) :]


def without_naming(facts: StackFacts) -> StackFacts:
    """The same without the faults of its names, which are looked for anew."""
    if not facts.naming:
        return facts
    return facts._replace(totals=with_faults(facts.totals, -len(facts.naming)), naming=())
