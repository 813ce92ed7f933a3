"""What mends cost: each is tried, those that do not help are left out, and the cheapest comes first."""

from __future__ import annotations

from engine.design.address import Before, parent_of, stack_at
from engine.design.edit import Insert, Remove, apply, layer
from engine.design.error import DesignError
from engine.design.placing import numbered
from engine.design.tree import Layer, Repeat
from engine.design.tuples import NamedTuple
from engine.views.facts import Analysis, Fault, FaultMend, NodeFacts, StackFacts
from engine.views.layout import laid_out_by, turning_a_misfit
from engine.views.shapes import infer

MOST_TRIED = 16
"""Mends that are tried in one design; those of later faults are shown as they come."""
MOST_WALKED = 4_000
"""Layers that all the tries together may walk through, so that a keystroke in a long faulty design stays quick."""


class _Tried(NamedTuple):
    """A mend with what the design is after it: whether the node is free of faults, how many there are in all, its
    parameters, and those of the layers that came.
    """

    mend: FaultMend
    frees: bool
    faults: int
    parameters: int
    new: int


def priced(analysis: Analysis) -> Analysis:
    """The same with the mends of its faults ranked by what they cost in parameters; itself where nothing is wrong.

    A mend that would raise, or leave the very fault, is not offered, and one that leaves its node with another fault
    only where none frees it; where none is left, what is wrong can be removed. The cost counts from the design with
    the mend that adds least, without the layers that this mend adds.
    """
    if not analysis.faults:
        return analysis
    budget = min(MOST_TRIED, MOST_WALKED // max(len(analysis.body.nodes), 1))
    faults: list[Fault] = []
    for fault in analysis.faults:
        if budget > 0:
            fault = fault._replace(mends=fault.mends + _turned(analysis, fault))
        if fault.mends and len(fault.mends) <= budget:
            budget -= len(fault.mends)
            fault = fault._replace(mends=_ranked(analysis, fault))
        if not fault.mends and fault.node_id:
            fault = fault._replace(mends=(FaultMend("Remove it", Remove((fault.node_id,))),))
        faults.append(fault)
    return analysis.with_faults(tuple(faults))


def _turned(analysis: Analysis, fault: Fault) -> tuple[FaultMend, ...]:
    """A layer that turns what comes in, where its dimensions seem to lie otherwise than the faulty layer takes them."""
    facts = analysis.facts(fault.node_id) if fault.node_id else None
    if facts is None or facts.input is None or not isinstance(facts.node, Layer):
        return ()
    body = analysis.network.body
    at = parent_of(body, facts.node.id)
    ahead = laid_out_by(reversed(stack_at(body, at).nodes[: at.index]))
    if (ahead is None and at.parent) or numbered(analysis.network, at):
        return ()
    kind = turning_a_misfit(facts.node.kind, facts.input, ahead)
    if kind is None:
        return ()
    return (FaultMend(f"Insert a {kind.title()}", Insert((layer(kind),), Before(facts.node.id))),)


def _ranked(analysis: Analysis, fault: Fault) -> tuple[FaultMend, ...]:
    found = [tried for mend in fault.mends if (tried := _tried(analysis, fault, mend)) is not None]
    if not found:
        return ()
    if any(each.frees for each in found):
        found = [each for each in found if each.frees]
    found.sort(key=lambda each: (each.faults, each.parameters))
    # Behind a fault nothing is counted, so only designs with equally few of them compare.
    comparable = [each for each in found if each.faults == found[0].faults]
    least = min(each.parameters - each.new for each in comparable)
    costs = {id(each): each.parameters - least for each in comparable}
    if not any(costs.values()):
        return tuple(each.mend for each in found)
    return tuple(each.mend._replace(cost=costs.get(id(each))) for each in found)


def _tried(analysis: Analysis, fault: Fault, mend: FaultMend) -> _Tried | None:
    network = analysis.network
    try:
        mended = apply(network, mend.edit)
    except DesignError:
        return None
    after = infer(mended, analysis.sound or analysis)
    left = after.faults_of(fault.node_id)
    if any(each.sentence == fault.sentence for each in left):
        return None
    new = _new(after.body, network.next_id) if mended.next_id > network.next_id else 0
    return _Tried(mend, not left, len(after.faults), after.totals.parameters, new)


def _new(body: StackFacts, first: int) -> int:
    """Parameters of the layers whose ids begin at `first`, in every turn of the Repeats around them."""
    return sum(_new_in(facts, first) for facts in body.nodes)


def _new_in(facts: NodeFacts, first: int) -> int:
    if facts.node.id >= first:
        return facts.totals.parameters
    if not facts.stacks:
        return 0
    inside = [_new(stack, first) for stack in facts.stacks]
    rest = facts.node.times - len(inside) if isinstance(facts.node, Repeat) else 0
    return sum(inside) + inside[-1] * rest
