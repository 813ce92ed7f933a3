"""Whether the numbers that a file gives are those that follow from what flows in."""

from __future__ import annotations

from engine.design.call import Call
from engine.design.kind import Misfit
from engine.design.knob import shown
from engine.design.tree import Group, Layer, Parallel, Repeat
from engine.source.entries import differing
from engine.source.structure import Claim, Claims
from engine.source.syntax import unreadable
from engine.views.facts import NodeFacts, StackFacts
from engine.views.rules import applied


def verify(body: StackFacts, claims: Claims) -> None:
    """Compare every call with the shapes. Raises DesignError at the first that says something else, with its line."""
    for facts in body.nodes:
        match facts.node:
            case Layer():
                if facts.node.id in claims:  # an expression says all that it is
                    _layer(facts, claims[facts.node.id])
            case Parallel() | Group():
                for inner in facts.stacks:
                    verify(inner, claims)
            case Repeat():
                _turns(facts, claims[facts.node.id])
            case _:
                pass


def _turns(facts: NodeFacts, claim: Claim) -> None:
    done: set[tuple[int, int]] = set()
    for turn, claims in enumerate(claim.turns):
        stack = facts.stacks[min(turn, len(facts.stacks) - 1)]
        if (id(claims), id(stack)) not in done:
            done.add((id(claims), id(stack)))
            verify(stack, claims)


def _layer(facts: NodeFacts, claim: Claim) -> None:
    node = facts.node
    assert isinstance(node, Layer)
    assert facts.input is not None
    there = {weight.tensor for weight in facts.weights}
    for tensor, initializer in node.initializers:
        if tensor not in there and tensor not in claim.guarded:
            name = tensor.removeprefix("activation.")
            unreadable(
                claim.line,
                f"this {claim.function} has no {name} that {initializer.function} could fill",
            )
    _compare(claim, claim.arguments, node.kind.call(facts.input), str(facts.input))
    if claim.activation and node.activation is not None:
        rule = applied(node.kind, facts.input)
        assert not isinstance(rule, Misfit)
        _compare(claim, claim.activation, node.activation.call(rule.output), str(rule.output))


def _compare(claim: Claim, said: dict[str, object], call: Call, comes: str) -> None:
    name = differing(said, dict(call.arguments))
    if name:
        unreadable(
            claim.line,
            f"{call.function} has {name} = {shown(said[name])}, but {comes} comes in, "
            f"which makes it {shown(call.arguments[name])}",
        )


def line_of(node_id: int, claims: Claims) -> int:
    """The line that makes a node, 0 where it has none."""
    if node_id in claims:
        return claims[node_id].line
    for claim in claims.values():
        for inner in claim.turns:
            if line := line_of(node_id, inner):
                return line
    return 0
