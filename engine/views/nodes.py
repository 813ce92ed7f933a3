"""The facts of single nodes: a layer for what flows in, and the activation behind a join or a second use."""

from __future__ import annotations

from engine.design.address import Before
from engine.design.edit import Insert, SetActivation, SetInitializer, SetOthers
from engine.design.kind import Misfit, TensorSpec
from engine.design.tree import Again, Layer, Parallel
from engine.views.facts import Fault, FaultMend, NodeFacts
from engine.views.mends import faulty, place_of
from engine.views.rules import Rule, applied, functionless, is_bare, layer_rule, of_activation
from engine.views.spans import NOTHING, with_faults


def layer_facts(node: Layer, x: TensorSpec | None) -> NodeFacts:
    """One layer's facts for what flows in; nothing is known behind a fault."""
    if x is None:
        return NodeFacts(node, None, None, NOTHING)
    rule = layer_rule(node.kind, node.activation, node.frozen, x)
    if type(rule) is Misfit:
        return faulty(node, x, rule)
    assert type(rule) is Rule
    if node.initializers and (fault := initializer_fault(node, rule)) is not None:
        return NodeFacts(node, x, None, with_faults(NOTHING, 1), fault)
    return NodeFacts(node, x, rule.output, rule.totals)


def initializer_fault(node: Layer, rule: Rule) -> Fault | None:
    """What is wrong with a layer's initializers: one for a tensor that it never has, or one that refuses its tensor."""
    for tensor, initializer in node.initializers:
        shape = rule.weights.get(tensor)
        if shape is not None:
            refusal = initializer.refusal(shape)
            if not refusal:
                continue
            needs = f"another initializer for its {tensor}"
            got = f"{initializer.title()}, which refuses it: {refusal[:1].lower()}{refusal[1:].rstrip('.')}"
        elif tensor in node.tensors():
            continue
        else:
            known = ", ".join(rule.weights) or "none, for it has no weights"
            needs = f"initializers for tensors that it has ({known})"
            got = f"one for `{tensor[:40]}`"
        default = FaultMend("Use torch's default", SetInitializer((node.id,), tensor, None))
        return Fault(node.id, place_of(node), needs, got, (default,))
    return None


def activated(facts: NodeFacts) -> NodeFacts:
    """A join or a second use with the activation behind it."""
    node = facts.node
    assert isinstance(node, Parallel | Again)
    if node.activation is None or facts.output is None:
        return facts
    if (misfit := no_function(node)) is not None:
        return faulty(node, facts.input, misfit, facts.stacks, facts.totals)
    if is_bare(type(node.activation)):
        return facts
    rule = applied(node.activation, facts.output)
    if isinstance(rule, Misfit):
        misfit = of_activation(node.activation, rule)
        return faulty(node, facts.input, misfit, facts.stacks, facts.totals)
    return facts._replace(output=rule.output)


def no_function(node: Parallel | Again) -> Misfit | None:
    return functionless(node.activation)


def of_again(node: Again, fault: Fault) -> tuple[FaultMend, ...]:
    """Of a layer's mends those that change what the second use gets; others would change the first use, too."""
    kept: list[FaultMend] = []
    for mend in fault.mends:
        match mend.edit:
            case Insert(nodes):
                kept.append(FaultMend(mend.title, Insert(nodes, Before(node.id))))
            case SetActivation(_, activation):
                kept.append(FaultMend(mend.title, SetActivation((node.id,), activation)))
            case SetOthers(_, others):
                kept.append(FaultMend(mend.title, SetOthers((node.id,), others)))
            case _:
                pass
    return tuple(kept)


def weights_in(facts: NodeFacts) -> list[object]:
    """The shapes of all tensors of a node, its activation's left out, nested as its stacks are."""
    node = facts.node
    if isinstance(node, Layer):
        rule = None if facts.input is None else applied(node.kind, facts.input)
        return [rule.weights if isinstance(rule, Rule) else None]
    return [weights_in(each) for inner in facts.stacks for each in inner.nodes]
