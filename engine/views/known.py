"""What nodes of one class can speak of by name, what they get by that, and what to offer where a name is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.design.edit import Edit, SetKind, SetOthers, Several
from engine.design.kind import Gathered, Misfit, TensorSpec, wrong_others
from engine.design.names import fault_of_variable
from engine.design.tree import Group, Layer, Repeat
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
        for take, name in zip(node.kind.takes, names, strict=True):
            other, misfit = self._taken(take, name)
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
            names = (name,) * count
            if names != node.others and self._given(node, names, x).output is not None:
                yield FaultMend(f"Take {name}", SetOthers((node.id,), names))
                found += 1
            elif (giving := self._made_giving(node, name, x)) is not None:
                yield giving
                found += 1
            if found == MOST_CHOICES:
                return

    def handed(self, node: Group | Repeat) -> tuple[Given, Misfit | None, tuple[FaultMend, ...]]:
        """What is handed into a block; or why it cannot be, and what would mend that."""
        given: list[TensorSpec | None] = []
        misfit = None
        if len(node.takes) != len(node.others):
            misfit = wrong_others(node.takes, len(node.others))
        made_giving: list[FaultMend] = []
        for place, name in enumerate(node.others):
            take = node.takes[place] if place < len(node.takes) else ""
            other, unknown = self._taken(take, name)
            given.append(other)
            if (giver := self._not_giving(take, name)) is not None:
                unknown = unknown or Misfit(f"the {take} of `{name}`, which gives none")
                title = f"Let {name} give its {take}"
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

    def _not_giving(self, take: str, name: str) -> Layer | None:
        """The layer of that name, where it could give a value of the name that is taken and does not."""
        giver = self.nodes.get(name)
        if giver is None or name in self.inputs or not isinstance(giver.node, Layer):
            return None
        kind = giver.node.kind
        return giver.node if take in kind.gives_beside and take not in kind.given() else None

    def _made_giving(self, node: Layer, name: str, x: TensorSpec | None) -> FaultMend | None:
        """The mend that lets an earlier layer give the value which this one takes, where that suits it."""
        takes, facts = tuple(node.kind.takes), self.nodes.get(name)
        first = self._not_giving(takes[0], name) if len(takes) == 1 else None
        if first is None or facts is None or facts.input is None or facts.output is None:
            return None
        if x is None:
            return None
        kind = first.kind.giving()
        value = kind.further(facts.input)[takes[0]]
        fault = layer_facts(node, Gathered(x.shape, x.dtype, (value,))).fault
        title = f"Take the {takes[0]} of {name}"
        edits: list[Edit] = [SetKind((first.id,), kind), SetOthers((node.id,), (name,))]
        if fault is not None:
            if not fault.mends or value.shape != x.shape:
                return None
            edits.append(fault.mends[0].edit)
            title = f"{title}. {fault.mends[0].title}"
        return FaultMend(title, Several(tuple(edits), title))

    def _taken(self, take: str, name: str) -> tuple[TensorSpec | None, Misfit | None]:
        """What a node takes under one name: a further value where the node called so gives one of that name."""
        giver = self.nodes.get(name)
        kind = giver.node.kind if giver is not None and isinstance(giver.node, Layer) else None
        if giver is None or kind is None or not kind.gives_beside or take not in kind.given():
            return self.recalled(name)
        if giver.input is None or giver.output is None:
            return None, None
        return kind.further(giver.input)[take], None

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
