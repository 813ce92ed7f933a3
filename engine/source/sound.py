"""The door that a design passes before it becomes code or a live module."""

from __future__ import annotations

from engine.design.error import DesignError
from engine.design.tree import Network
from engine.views.facts import Analysis
from engine.views.shapes import infer


def sound(network: Network, analysis: Analysis | None = None) -> Analysis:
    """What `infer` finds about a network without faults.

    Raises DesignError with the first fault, or where there is no layer yet.
    """
    if not network.body.nodes:
        raise DesignError("the network is empty; add a layer first")
    facts = analysis if analysis is not None and analysis.network is network else infer(network)
    if facts.faults:
        first, *others = facts.faults
        more = f" ({len(others)} more)" if others else ""
        raise DesignError(f"{first.sentence}{more}")
    return facts
