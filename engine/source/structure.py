"""From what a `forward` computes to the tree: where branches part and meet, what is recalled, what comes twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from engine.design.kind import Activation, Initializer, Kind
from engine.design.tree import DEEPEST, Again, Group, Layer, Node, Parallel, Repeat, Stack
from engine.design.value import replace
from engine.source.dataflow import Dataflow
from engine.source.entries import expression, kind_of
from engine.source.made import Attribute, OwnBlock, Sequential, TorchModule, Turns
from engine.source.syntax import source, unreadable
from engine.source.values import Merge, Operand, Start, Step, Value, previous


@dataclass(slots=True)
class Claim:
    """What the file says of one node: the arguments of a layer's call and of its activation's, or of each turn's."""

    line: int
    function: str = ""
    arguments: dict[str, Any] = field(default_factory=dict[str, Any])
    activation: dict[str, Any] = field(default_factory=dict[str, Any])
    guarded: frozenset[str] = frozenset()
    turns: list[Claims] = field(default_factory=list["Claims"])


Claims = dict[int, Claim]
"""Claims by the id of the node."""
ReadBody = Callable[[str, dict[str, Any], Claims, int], tuple[tuple[str, ...], Stack]]
"""Reads a class of the file with the values of its arguments: what it takes beside what flows in, and its body.

Notes its claims; at this depth.
"""


@dataclass(slots=True)
class Ids:
    """Counts the ids of nodes."""

    last: int = 0

    def next(self) -> int:
        self.last += 1
        return self.last


class Structure:
    """Makes the tree of one class from its values."""

    def __init__(
        self,
        flow: Dataflow,
        claims: Claims,
        depth: int,
        ids: Ids,
        body_of: ReadBody,
    ) -> None:
        self.variables = flow.variables
        self.outputs = flow.outputs
        self.claims = claims
        self.depth = depth
        self.ids = ids
        self.body_of = body_of
        self.evaluated = 0

    def body(self, result: Value, line: int) -> Stack:
        """The whole stack of a class.

        Raises DesignError where a value is used twice without a recall, or computed and never used.
        """
        if result.origin != "":
            unreadable(
                line,
                f"nothing that is returned comes from `{self.variables.inputs[0]}`, the first input",
            )
        self._all_used(result)
        stack = self._stack(result, self.variables.starts[""], self.depth)
        if not stack.nodes:
            unreadable(line, "this `forward` has no layer")
        for name, attribute in self.variables.attributes.items():
            if name not in self.variables.used:
                unreadable(attribute.line, f"`self.{name}` is never used in `forward`")
        return stack

    def _all_used(self, result: Value) -> None:
        """Raises DesignError where something is computed that what is returned does not need."""
        reached: set[int] = set()
        recalled = self.variables.recalled
        returned = [recalled[name] for name in self.outputs if name in recalled]
        ahead: list[Value] = [result, *returned]
        while ahead:
            value = ahead.pop()
            if isinstance(value, Start) or value.order in reached:
                if isinstance(value, Start) and value.origin in self.variables.recalled:
                    ahead.append(self.variables.recalled[value.origin])
                continue
            reached.add(value.order)
            if isinstance(value, Step):
                ahead += [recalled[name] for name in value.others if name in recalled]
            ahead.append(previous(value))
            if isinstance(value, Merge):
                ahead += [each.value for each in value.operands]
        for order, node in enumerate(self.variables.evaluations, start=1):
            if order not in reached:
                unreadable(node, f"what `{source(node)}` gives is never used")

    def _stack(
        self, end: Value, start: Value, depth: int, origin: str = "", name: str = ""
    ) -> Stack:
        """The nodes on the way from one value to a later one."""
        chain: list[Step | Merge] = []
        value = end
        while value is not start:
            assert not isinstance(value, Start)
            chain.append(value)
            value = previous(value)
        return Stack(tuple(self._node(each, depth) for each in reversed(chain)), origin, name)

    def _node(self, value: Step | Merge, depth: int) -> Node:
        if depth > DEEPEST:
            unreadable(value.line, f"this is nested more than {DEEPEST} levels deep")
        if isinstance(value, Merge):
            node_id = self.ids.next()
            branches = tuple(self._branch(operand, value, depth + 1) for operand in value.operands)
            self._in_order(value)
            return Parallel(node_id, value.join, branches, value.activation)
        self._in_order(value)
        if value.again:
            others = value.others
            return Again(self.ids.next(), value.name, value.activation, others=others)
        if (
            value.name in self.variables.recalled
            and self.variables.recalled[value.name] is not value
        ):
            unreadable(
                value.line, f"`{value.name}` is kept before its activation; keep it behind that"
            )
        if not value.name:
            assert value.kind is not None
            kind = expression(*value.kind, value.line)
            return Layer(self.ids.next(), "", kind, value.activation, others=value.others)
        attribute = self.variables.attributes[value.name]
        if isinstance(attribute.made, TorchModule):
            return self._layer(attribute, value)
        return replace(self._block(attribute, depth), others=value.others)

    def _branch(self, operand: Operand, merge: Merge, depth: int) -> Stack:
        """One operand as a branch: from the fork, or from what it recalls."""
        value = operand.value
        if value.origin == merge.origin:
            return self._stack(value, merge.fork, depth, "", operand.name)
        return self._stack(
            value, self.variables.starts[value.origin], depth, value.origin, operand.name
        )

    def _in_order(self, value: Step | Merge) -> None:
        """Raises DesignError where the tree would compute something twice or in another order than the file."""
        self.evaluated += 1
        if value.order != self.evaluated:
            what = f"`self.{value.name}`" if isinstance(value, Step) else "this join"
            unreadable(
                value.line,
                f"{what} is used in a place where branches cross or come in another order; recall a layer's output "
                "by a line such as `encoder1 = x` behind it",
            )

    # --- single nodes --------------------------------------------------------------------------------------------

    def _layer(
        self, attribute: Attribute, step: Step | None = None, numbered: bool = False
    ) -> Layer:
        """A layer with all that the constructor says of it; without a Step inside an nn.Sequential."""
        made = attribute.made
        assert isinstance(made, TorchModule)
        chosen, form = step.kind if step is not None and step.kind else (made.kinds[0], {})
        kind = kind_of(made, chosen, form, attribute.line)
        claim = Claim(
            attribute.line, chosen.module, made.arguments, guarded=frozenset(attribute.guarded)
        )
        activation = step.activation if step else None
        found = list(attribute.initializers)
        if step is not None and step.module:
            second = self.variables.attributes[step.module]
            assert isinstance(second.made, TorchModule)
            found += [
                (place, f"activation.{tensor}", each) for place, tensor, each in second.initializers
            ]
            claim.activation = second.made.arguments
            made_by = kind_of(second.made, second.made.kinds[0], {}, second.line)
            activation = _as_activation(made_by)
            if second.frozen is not attribute.frozen:
                unreadable(
                    second.line,
                    f"`self.{step.module}` must be frozen where `self.{attribute.name}` is",
                )
        node_id = self.ids.next()
        self.claims[node_id] = claim
        name = "" if numbered else attribute.name
        others = step.others if step else ()
        initializers = _in_place(found)
        return Layer(node_id, name, kind, activation, initializers, attribute.frozen, others=others)

    def _block(
        self,
        attribute: Attribute,
        depth: int,
        numbered: bool = False,
    ) -> Group | Repeat:
        """A Group or Repeat."""
        if attribute.frozen:
            unreadable(
                attribute.line, f"`self.{attribute.name}` is frozen as a whole; freeze its layers"
            )
        if depth > DEEPEST:
            unreadable(attribute.line, f"this is nested more than {DEEPEST} levels deep")
        name = "" if numbered else attribute.name
        node_id = self.ids.next()
        self.claims[node_id] = claim = Claim(attribute.line)
        match attribute.made:
            case Sequential(children):
                nodes = tuple(
                    self._layer(child, numbered=True)
                    if isinstance(child.made, TorchModule)
                    else self._block(child, depth + 1, numbered=True)
                    for child in children
                )
                return Group(node_id, name, "", Stack(nodes))
            case OwnBlock(class_name, arguments):
                takes, body = self.body_of(class_name, arguments, self.claims, depth + 1)
                return Group(node_id, name, class_name, body, takes=takes)
            case Turns(class_name, turns):
                takes, body = self._turns(class_name, turns, claim, depth)
                return Repeat(node_id, name, class_name, body, len(turns), takes=takes)
            case TorchModule():
                raise AssertionError("a layer is no block")

    def _turns(
        self, class_name: str, turns: list[dict[str, Any]], claim: Claim, depth: int
    ) -> tuple[tuple[str, ...], Stack]:
        """The one body of all turns; what the file says of each is claimed of the same ids."""
        first: Stack | None = None
        takes: tuple[str, ...] = ()
        before = self.ids.last
        for position, arguments in enumerate(turns):
            if position and arguments == turns[position - 1]:
                claim.turns.append(claim.turns[-1])
                continue
            self.ids.last = before
            claims: Claims = {}
            takes, body = self.body_of(class_name, arguments, claims, depth + 1)
            claim.turns.append(claims)
            if first is not None and body != first:
                unreadable(
                    claim.line,
                    "the turns of this loop differ in more than what follows from their input",
                )
            first = body
        assert first is not None
        return takes, first


def _as_activation(kind: Kind) -> Activation:
    assert isinstance(kind, Activation)
    return kind


def _in_place(found: list[tuple[int, str, Initializer]]) -> tuple[tuple[str, Initializer], ...]:
    return tuple((tensor, each) for _, tensor, each in sorted(found, key=lambda entry: entry[0]))
