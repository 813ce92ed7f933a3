"""A rule's Misfit turned into a fault of the design, its mends into edits."""

from __future__ import annotations

from engine.design.address import Before
from engine.design.edit import Insert, SetActivation, SetJoin, SetKind, layer
from engine.design.edit import SetField as SetFieldEdit
from engine.design.kind import (
    DropActivation,
    InsertBefore,
    Mend,
    Misfit,
    ReplaceKind,
    SetField,
    TensorSpec,
)  # fmt: skip
from engine.design.tree import Group, Layer, Node, Parallel, Repeat
from engine.views.facts import Fault, FaultMend, NodeFacts, StackFacts, label
from engine.views.rules import Totals
from engine.views.spans import NOTHING


def faulty(
    node: Node, x: TensorSpec | None, misfit: Misfit, stacks: tuple[StackFacts, ...] = (),
    totals: Totals = NOTHING, mends: tuple[FaultMend, ...] = (),
) -> NodeFacts:  # fmt: skip
    """The facts of a node that a Misfit stops."""
    edits = mends + tuple(_mend(node, mend) for mend in misfit.mends)
    got = misfit.got or (str(x) if x is not None and isinstance(node, Layer) else "")
    fault = Fault(node.id, place_of(node), misfit.needs, got, edits)
    return NodeFacts(node, x, None, totals._replace(faults=totals.faults + 1), fault, stacks)


def place_of(node: Node) -> str:
    """Where a fault is, as a sentence begins with it."""
    match node:
        case Layer() | Group() | Repeat():
            return node.name or label(node)
        case _:
            return label(node)


def _mend(node: Node, mend: Mend) -> FaultMend:
    match mend.change:
        case SetField(name, value) if isinstance(node, Parallel):
            return FaultMend(mend.title, SetJoin(node.id, node.join.with_fields(**{name: value})))
        case SetField(name, value):
            return FaultMend(mend.title, SetFieldEdit((node.id,), name, value))
        case InsertBefore(kind):
            return FaultMend(mend.title, Insert((layer(kind),), Before(node.id)))
        case ReplaceKind(kind):
            return FaultMend(mend.title, SetKind((node.id,), kind))
        case DropActivation(instead):
            return FaultMend(mend.title, SetActivation((node.id,), instead))
