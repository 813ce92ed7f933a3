"""What a piece of advice is, what a rule is, and the edits that advice proposes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache

from engine.design.address import parent_of
from engine.design.distribution import Distribution
from engine.design.edit import Edit, Insert, Remove, SetActivation, SetKind, Several, layer
from engine.design.kind import Activation, Initializer, Shape
from engine.design.knob import Entry
from engine.design.project import Project, ProjectEdit
from engine.design.tree import Again, Group, Layer, Network, Node, Parallel
from engine.design.tuples import NamedTuple
from engine.design.value import replace
from engine.views.facts import Analysis
from engine.views.flow import Step


class AdviceMend(NamedTuple):
    """One click that follows the advice: what its button says, and the edit of the project."""

    title: str
    edit: ProjectEdit


class Advice(NamedTuple):
    """What a good colleague would mention: `node_id` 0 is the network itself, `others` are nodes it also holds for.

    `sentence` says what is so and where, `why` explains it in a few sentences.
    """

    node_id: int
    title: str
    sentence: str
    why: str
    mends: tuple[AdviceMend, ...] = ()
    others: tuple[int, ...] = ()


class Found(NamedTuple):
    """The steps at which one rule holds in the same way, and the project and analysis around them."""

    steps: tuple[Step, ...]
    project: Project
    analysis: Analysis

    @property
    def first(self) -> Step:
        return self.steps[0]

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(step.layer.id for step in self.steps)

    def name(self, node: Node | None = None) -> str:
        """What to call a node, or the first step's: its name, or its path where it is only numbered."""
        return called(self.analysis, node or self.first.layer)

    def more(self) -> str:
        """The closing words where the same holds for more than one layer."""
        count = len(self.steps) - 1
        return (
            f" So {'does 1 more layer' if count == 1 else f'do {count} more layers'}."
            if count
            else ""
        )


class LayerRule(NamedTuple):
    """Advice about layers. `on` are the kinds, activations or initializers that it looks at.

    `look` answers None where the rule does not hold, else a key: places with equal keys share one piece of advice.
    """

    on: tuple[type[Entry], ...]
    look: Callable[[Step], Hashable]
    say: Callable[[Found], Advice]


class Ending(NamedTuple):
    """How a network ends: the node and the activation that its output comes from, and the last layer with weights."""

    node: Node | None
    activation: Activation | None
    map: Layer | None


def called(analysis: Analysis, node: Node) -> str:
    """A node's name, or its path where it is only numbered."""
    match node:
        case Layer(name=name) | Group(name=name) if name:
            return name
        case _:
            return analysis.name_of(node.id)


def wearing(
    network: Network, nodes: Iterable[Node], activation: Activation | None
) -> tuple[Edit, ...]:
    """Edits that give each node this activation instead of its own, or none.

    A layer that is an activation changes its kind or goes. One in an nn.Sequential, which holds no activation
    functions, gets a layer behind it.
    """
    edits: list[Edit] = []
    plain: list[int] = []
    for node in nodes:
        match node:
            case Layer(kind=Activation()) if node.activation is None:
                edits.append(SetKind((node.id,), activation) if activation else Remove((node.id,)))
            case Layer() if activation is not None and not node.name:
                at = parent_of(network.body, node.id)
                edits.append(Insert((layer(activation),), replace(at, index=at.index + 1)))
            case Layer() | Parallel() | Again():
                plain.append(node.id)
            case _:
                pass
    if plain:
        edits.insert(0, SetActivation(tuple(plain), activation))
    return tuple(edits)


def several(edits: tuple[Edit, ...], title: str) -> Edit:
    """The edits as one step to undo."""
    return edits[0] if len(edits) == 1 else Several(edits, title)


@lru_cache(maxsize=4096)
def law(initializer: Initializer, shape: Shape) -> Distribution | None:
    """What an initializer fills a tensor of this shape with; None where its rule does not hold."""
    return None if initializer.refusal(shape) else initializer.distribution(shape)
