"""What nodes of one class can speak of by name, what they get by that, and what to offer where a name is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.design.edit import Edit, SetKind, SetOthers, Several
from engine.design.kind import Gathered, Misfit, TensorSpec, wrong_others
from engine.design.names import fault_of_variable
from engine.design.tree import GIVEN, Group, Layer, Repeat
from engine.views.facts import FaultMend, NodeFacts
from engine.views.mends import faulty
from engine.views.nodes import layer_facts
from engine.views.spans import NOTHING

Given = tuple[TensorSpec | None, ...]
"""What is handed into a block; None for what is unknown."""
MOST_TRIED, MOST_CHOICES = 64, 4
"""Values in reach that are tried for a layer that lacks one, and that are offered."""


class KnownValues:
    """The inputs of a class, and its nodes so far."""

    def __init__(self, inputs: Mapping[str, TensorSpec | None]) -> None:
        self.inputs = inputs
        self.nodes: dict[str, NodeFacts] = {}

    def layer(self, node: Layer, x: TensorSpec | None) -> NodeFacts:
        """A layer with the further values that it takes."""
        if not node.others and not node.kind.takes:
            return layer_facts(node, x)
        facts = self._given(node, node.others, x)
        if facts.fault is None:
            return facts
        mends = tuple(self._other_choices(node, x))
        return facts._replace(fault=facts.fault._replace(mends=(*mends, *facts.fault.mends)))

    def _given(self, node: Layer, names: tuple[str, ...], x: TensorSpec | None) -> NodeFacts:
        """A layer's facts where it is given the values of these names."""
        if len(names) != len(node.kind.takes):
            return faulty(node, x, wrong_others(node.kind.takes, len(names)))
        others: list[TensorSpec] = []
        for name in names:
            other, misfit = self._taken(name)
            if misfit is not None:
                return faulty(node, x, misfit)
            if other is None or x is None:
                return NodeFacts(node, x, None, NOTHING)
            others.append(other)
        assert x is not None
        return layer_facts(node, Gathered(x.shape, x.dtype, tuple(others)))

    def _other_choices(self, node: Layer, x: TensorSpec | None) -> Iterator[FaultMend]:
        """Mends of a layer's further values: those it should not have left out, or one in reach for all of them."""
        count = len(node.kind.takes)
        if not count:
            yield FaultMend("Take only what flows in", SetOthers((node.id,), ()))
            return
        found = 0
        for name in self._near()[:MOST_TRIED]:
            for value in (*self._parts(name), name):
                names = (value,) * count
                if names != node.others and self._given(node, names, x).output is not None:
                    yield FaultMend(f"Take {_said(value)}", SetOthers((node.id,), names))
                    found += 1
                    break
            else:
                if (giving := self._made_giving(node, name, x)) is not None:
                    yield giving
                    found += 1
            if found == MOST_CHOICES:
                return

    def _parts(self, name: str) -> list[str]:
        """What a layer gives beside what flows on, by name: `pool1.indices`."""
        facts = self.nodes.get(name)
        node = facts.node if facts is not None else None
        return (
            [f"{name}{GIVEN}{part}" for part in node.kind.given()]
            if isinstance(node, Layer)
            else []
        )

    def handed(self, node: Group | Repeat) -> tuple[Given, Misfit | None, tuple[FaultMend, ...]]:
        """What is handed into a block; or why it cannot be, and what would mend that."""
        given: list[TensorSpec | None] = []
        misfit = None
        if len(node.takes) != len(node.others):
            misfit = wrong_others(node.takes, len(node.others))
        made_giving: list[FaultMend] = []
        for name in node.others:
            other, unknown = self._taken(name)
            given.append(other)
            owner, _, part = name.partition(GIVEN)
            if (giver := self._not_giving(owner, part)) is not None:
                title = f"Let {owner} give its {part}"
                made_giving.append(FaultMend(title, SetKind((giver.id,), giver.kind.giving())))
            misfit = misfit or unknown
        mends = (*made_giving, *self._handed_choices(node)) if misfit is not None else ()
        return tuple(given), misfit, mends

    def _handed_choices(self, node: Group | Repeat) -> Iterator[FaultMend]:
        """Mends of what is handed into a block: a value in reach for all that it takes."""
        count = len(node.takes)
        if not count:
            yield FaultMend("Hand in only what flows in", SetOthers((node.id,), ()))
            return
        for name in self._near()[:MOST_CHOICES]:
            yield FaultMend(f"Hand in {name}", SetOthers((node.id,), (name,) * count))

    def _not_giving(self, name: str, part: str) -> Layer | None:
        """The layer of that name, where it could give such a part and does not."""
        giver = self.nodes.get(name)
        if giver is None or name in self.inputs or not isinstance(giver.node, Layer):
            return None
        kind = giver.node.kind
        return giver.node if part in kind.gives_beside and part not in kind.given() else None

    def _made_giving(self, node: Layer, name: str, x: TensorSpec | None) -> FaultMend | None:
        """The mend that lets an earlier layer give the value which this one takes, where that suits it."""
        takes, facts = tuple(node.kind.takes), self.nodes.get(name)
        first = self._not_giving(name, takes[0]) if len(takes) == 1 else None
        if first is None or facts is None or facts.input is None or facts.output is None:
            return None
        if x is None:
            return None
        kind = first.kind.giving()
        value = kind.further(facts.input)[takes[0]]
        fault = layer_facts(node, Gathered(x.shape, x.dtype, (value,))).fault
        title = f"Take the {takes[0]} of {name}"
        taken = (f"{name}{GIVEN}{takes[0]}",)
        edits: list[Edit] = [SetKind((first.id,), kind), SetOthers((node.id,), taken)]
        if fault is not None:
            if not fault.mends or value.shape != x.shape:
                return None
            edits.append(fault.mends[0].edit)
            title = f"{title}. {fault.mends[0].title}"
        return FaultMend(title, Several(tuple(edits), title))

    def _taken(self, name: str) -> tuple[TensorSpec | None, Misfit | None]:
        """What a name among further values stands for: a value, or what a layer gives beside what flows on."""
        owner, dot, part = name.partition(GIVEN)
        if not dot:
            return self.recalled(name)
        facts = self.nodes.get(owner)
        if (
            facts is None
            or not isinstance(facts.node, Layer)
            or part not in facts.node.kind.given()
        ):
            return None, Misfit(f"the {part} of `{owner}`", "none")
        if facts.input is None or facts.output is None:
            return None, None
        return facts.node.kind.further(facts.input)[part], None

    def recalled(self, name: str) -> tuple[TensorSpec | None, Misfit | None]:
        """What a name stands for, None where that is unknown; or why it stands for nothing."""
        if name in self.inputs:
            return self.inputs[name], None
        if name in self.nodes:
            return self.nodes[name].output, None
        needs = f"an earlier layer or input called `{name}` of the same block"
        return None, Misfit(needs, "none of that name")

    def _near(self) -> list[str]:
        """Names to offer: the inputs, then the nodes, the last first."""
        near = [name for name in reversed(self.nodes) if not fault_of_variable(name)]
        return [*self.inputs, *near]


def _said(name: str) -> str:
    """A value as a button names it: `the indices of pool1`."""
    owner, dot, part = name.partition(GIVEN)
    return f"the {part} of {owner}" if dot else name
