"""Mends of branches that do not meet: layers at the end of a branch that give it the shape of another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice

from engine.catalogue.bridges import bridges
from engine.catalogue.expressions import Transpose
from engine.catalogue.linear import Linear
from engine.catalogue.spatial import Spatial
from engine.design.address import Before, Place
from engine.design.edit import Edit, Insert, Several, layer
from engine.design.forms import parallel_fault
from engine.design.kind import Kind, Misfit, Shape, TensorSpec
from engine.design.tree import Layer, Parallel
from engine.design.value import replace
from engine.views.facts import FaultMend

MOST_SEEN = 8
"""Layers at the end of a branch that tell how it lays out its dimensions."""
MOST_TARGETS, MOST_BRANCHES, MOST_WAYS, MOST_TURNED = 3, 4, 3, 4
"""Shapes that branches are brought to, branches that are changed at once, ways that are tried for each, and
dimensions that may be exchanged."""


def meeting(node: Parallel, outputs: tuple[TensorSpec, ...], flow: str) -> Iterator[FaultMend]:
    """Mends that bring branches to the shape of another one, the shortcut first to that of the body.

    Each is tried on the join, and keeps the form that a Parallel must have.
    """
    yield from _turned(node, outputs, flow)
    targets = dict.fromkeys(each.shape for each in reversed(outputs))
    for target in islice(targets, MOST_TARGETS):
        wanted = [_wanted(node, spec.shape, target) for spec in outputs]
        changed = [n for n, spec in enumerate(outputs) if spec.shape != wanted[n]]
        if not 1 <= len(changed) <= MOST_BRANCHES:
            continue
        first = _channels_first(node, len(target))
        ways = [tuple(islice(bridges(outputs[n], wanted[n], first), MOST_WAYS)) for n in changed]
        if not all(ways):
            continue
        for way in range(max(map(len, ways))):
            chosen = [found[min(way, len(found) - 1)] for found in ways]
            if _meets(node, outputs, changed, [kind for _, kind in chosen]):
                yield from _mend(node, flow, changed, chosen)


def _turned(node: Parallel, outputs: tuple[TensorSpec, ...], flow: str) -> Iterator[FaultMend]:
    """Mends that exchange two dimensions of one branch: rows and columns of a matrix, time and features."""
    for branch, spec in reversed(tuple(enumerate(outputs[:MOST_BRANCHES]))):
        for first, second in combinations(range(1, min(len(spec.shape), MOST_TURNED) + 1), 2):
            kind = Transpose(first, second)
            if spec.shape[first - 1] == spec.shape[second - 1]:
                continue
            if _meets(node, outputs, [branch], [kind]):
                yield from _mend(node, flow, [branch], [(kind.title(), kind)])


def _wanted(node: Parallel, shape: Shape, target: Shape) -> Shape:
    """The shape that a branch should have to meet the target; its own size stays where the join adds sizes up."""
    free = node.join.free_axis(len(target))
    if free is None or len(shape) != len(target):
        return target
    return (*target[:free], shape[free], *target[free + 1 :])


def _channels_first(node: Parallel, sizes: int) -> bool:
    """Whether the first size is that of channels, as the layers in the branches show."""
    kinds = [
        type(each.kind)
        for branch in node.branches
        for each in branch.nodes[-MOST_SEEN:]
        if isinstance(each, Layer)
    ]
    if any(issubclass(kind, Spatial) for kind in kinds):
        return True
    return sizes > 2 and not any(issubclass(kind, Linear) for kind in kinds)


def _meets(
    node: Parallel, outputs: tuple[TensorSpec, ...], changed: list[int], kinds: list[Kind]
) -> bool:
    new = list(outputs)
    try:
        for branch, kind in zip(changed, kinds, strict=True):
            new[branch] = kind.output(new[branch])
        node.join.output(tuple(new))
    except Misfit:
        return False
    return True


def _mend(
    node: Parallel, flow: str, changed: list[int], chosen: list[tuple[str, Kind]]
) -> Iterator[FaultMend]:
    edits: list[Edit] = []
    branches = list(node.branches)
    free = [n for n, branch in enumerate(branches) if not branch.source]
    for branch, (_, kind) in zip(changed, chosen, strict=True):
        nodes = branches[branch].nodes
        if free == [branch] and not nodes:
            # The layers of an only branch without a source stand before the join.
            edits.append(Insert((layer(kind),), Before(node.id)))
        else:
            edits.append(Insert((layer(kind),), Place(len(nodes), node.id, branch)))
            branches[branch] = replace(branches[branch], nodes=(*nodes, Layer(0, "x", kind)))
    if parallel_fault(replace(node, branches=tuple(branches)), flow) is not None:
        return
    where = _called(node, changed[0]) if len(changed) == 1 else f"{len(changed)} branches"
    title = f"{chosen[0][0]} on {where}"
    yield FaultMend(title, edits[0] if len(edits) == 1 else Several(tuple(edits), title))


def _called(node: Parallel, branch: int) -> str:
    stack = node.branches[branch]
    lone = sum(1 for each in node.branches if not each.nodes) == 1
    if lone and not stack.nodes and not stack.source:
        return "shortcut"
    return stack.name or f"branch {branch + 1}"
