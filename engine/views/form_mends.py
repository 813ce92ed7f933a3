"""What brings branches back into their form, where a move or a file has left them out of it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.design.branching import AddBranch, RemoveBranch, SettleBranches
from engine.design.forms import continues
from engine.design.tree import Parallel
from engine.design.wrapping import Unwrap
from engine.views.facts import FaultMend


def form_mends(node: Parallel, flow: str) -> tuple[FaultMend, ...]:
    """Edits for a Parallel that `parallel_fault` refuses; `flow` is the name of what flows into it.

    Which of them help is found out when they are tried; the first is what a person most likely meant.
    """
    return tuple(_offered(node, flow))


def _offered(node: Parallel, flow: str) -> Iterator[FaultMend]:
    count = len(node.branches)
    if continues(node) or not count:
        return
    if count == 1:
        yield FaultMend("Add an empty branch", AddBranch(node.id, 0))
        yield FaultMend("Unwrap it", Unwrap(node.id))
    elif count > node.join.at_most:
        yield FaultMend("Remove the last branch", RemoveBranch(node.id, count - 1))
    else:
        yield FaultMend(_settling(node, flow), SettleBranches(node.id, flow))


def _settling(node: Parallel, flow: str) -> str:
    """What is to be done where branches are brought into their form."""
    free = [branch for branch in node.branches if branch.source in ("", flow)]
    if any(branch.source == flow for branch in node.branches if branch.source):
        return "Let it take what flows in"
    if not free:
        return "Add an empty branch"
    if len(free) == 1:
        return "Put its layers before the join"
    if sum(not branch.nodes for branch in free) > 1:
        return "Keep one empty branch"
    return "Put the empty branch first"
