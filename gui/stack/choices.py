"""What the drop-downs of a card offer, and the edits that choosing makes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TypeVar

from PySide6.QtCore import QCoreApplication

from engine.catalogue import ACTIVATIONS, FAMILIES, INITIALIZERS, KINDS
from engine.catalogue.search import find_kinds
from engine.design.edit import Edit, SetActivation, SetInitializer, Several
from engine.design.kind import Kind
from engine.design.knob import Entry
from engine.design.tree import Again, Layer, Node, Parallel
from engine.views.facts import Analysis
from gui.stack.offers import has_chips, main_tensor
from gui.widgets.options import Option

translate = QCoreApplication.translate
E = TypeVar("E", bound=Entry)

NOTHING = ""
"""The key of "no activation" and of "torch's default"."""


@cache
def activation_options() -> tuple[Option, ...]:
    """All activations, and none."""
    none = Option(
        NOTHING, translate("Stack", "None"), translate("Stack", "The result goes on as it is.")
    )
    return (
        none,
        *(
            Option(key, each.title(), each.sentence(), aliases=each.aliases)
            for key, each in ACTIVATIONS.items()
        ),
    )


def initializer_options(analysis: Analysis, ids: Sequence[int]) -> tuple[Option, ...]:
    """All initializers for the weights of some layers, those refused with the reason; torch's default first."""
    tensors = [(facts.node, weight) for node_id in ids
               if (facts := analysis.facts(node_id)) and isinstance(facts.node, Layer)
               for weight in facts.weights if weight.tensor == main_tensor(facts.node.kind)]  # fmt: skip
    default = Option(
        NOTHING, translate("Stack", "torch's default"), _default_sentence(analysis, ids)
    )
    options = [default]
    for key, each in INITIALIZERS.items():
        entry = each()
        refusals = (
            (node.name, reason)
            for node, weight in tensors
            if (reason := entry.refusal(weight.shape))
        )
        name, reason = next(refusals, ("", ""))
        if reason and len(ids) > 1 and name:
            reason = f"{name}: {reason}"
        options.append(Option(key, each.title(), each.sentence(), reason, aliases=each.aliases))
    return tuple(options)  # fmt: skip


def _default_sentence(analysis: Analysis, ids: Sequence[int]) -> str:
    """What torch itself does, where it is the same for all and known."""
    sentences: set[str] = set()
    for node_id in ids:
        facts = analysis.facts(node_id)
        if facts is None or not isinstance(facts.node, Layer) or facts.input is None:
            continue
        kind = facts.node.kind
        sentences.add(kind.torch_default(main_tensor(kind), facts.input)[1])
    return sentences.pop() if len(sentences) == 1 else translate("Stack", "What torch itself does.")


@cache
def kind_options() -> tuple[Option, ...]:
    """All kinds of layers, by family."""
    return tuple(map(_kind_option, KINDS.values()))


def found_kinds(query: str) -> list[Option]:
    """The kinds that fit what was typed, best first."""
    return [_kind_option(kind) for kind in find_kinds(query)]


def _kind_option(kind: type[Kind]) -> Option:
    family = FAMILIES.get(kind.family, kind.family)
    return Option(kind.key(), kind.title(), kind.sentence(), group=family, aliases=kind.aliases)


def takes_activation(node: Node) -> bool:
    """Whether a choice of activation for all selected is meant for this node too."""
    return isinstance(node, Layer | Parallel | Again) and has_chips(node)


def takes_initializer(node: Node) -> bool:
    """Whether a node has weights whose initializer a card offers."""
    return isinstance(node, Layer) and bool(main_tensor(node.kind))


def activation_edit(nodes: Sequence[Node], key: str) -> Edit | None:
    """The edit that gives nodes an activation; None where they have it. Arguments stay where it is of the same kind."""
    chosen = ACTIVATIONS.get(key)
    ids = tuple(
        node.id
        for node in nodes
        if isinstance(node, Layer | Parallel | Again)
        and (type(node.activation) is not chosen if chosen else node.activation is not None)
    )
    return SetActivation(ids, chosen() if chosen else None) if ids else None


def initializer_edit(nodes: Sequence[Node], key: str) -> Edit | None:
    """The edit that gives the weights of layers an initializer; None where they have it."""
    chosen = INITIALIZERS.get(key)
    wanted: dict[str, tuple[int, ...]] = {}
    for node in nodes:
        if not isinstance(node, Layer) or not (tensor := main_tensor(node.kind)):
            continue
        present = node.initializer(tensor)
        if type(present) is not chosen if chosen else present is not None:
            wanted[tensor] = (*wanted.get(tensor, ()), node.id)
    entry = chosen() if chosen else None
    edits = tuple(SetInitializer(ids, tensor, entry) for tensor, ids in wanted.items())
    if len(edits) < 2:
        return edits[0] if edits else None
    return Several(edits, translate("Stack", "Change initializers"))
