"""Parameters that are one: which tensor is which, what is wrong with a tie, and what must not be counted twice."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from engine.design.edit import SetField, SetTies
from engine.design.kind import Misfit, Shape
from engine.design.knob import Whole
from engine.design.tree import Again, Group, Layer, Network, Parallel, Repeat, Tie
from engine.design.tuples import NamedTuple
from engine.views.facts import (
    MOST_NODES,
    Fault,
    FaultMend,
    NodeFacts,
    Shared,
    StackFacts,
    turns_of,
    walk_places,
)
from engine.views.rules import applied


class Tensor(NamedTuple):
    """One parameter of the network: where it stands (an order, and its layer's path), its name there and its shape.

    `inner` says whether its layer belongs to a class inside the network's own.
    """

    order: tuple[int, ...]
    layer_path: str
    layer: Layer
    tensor: str
    shape: Shape
    inner: bool


def tensors(body: StackFacts) -> dict[str, tuple[Shape, Layer, str]]:
    """Every parameter by its path in the `state_dict`: its shape, its layer and its name there."""
    found: dict[str, tuple[Shape, Layer, str]] = {}
    turns = 1 if body.totals.layers + body.totals.blocks > MOST_NODES else None
    for path, _, facts in walk_places(body, "", 0, turns):
        if isinstance(facts.node, Layer):
            prefix = path[: len(path) - len(facts.node.name)] if facts.node.name else f"{path}."
            for weight in facts.weights:
                found[prefix + weight.path] = (weight.shape, facts.node, weight.tensor)
    return found


def tensor_at(body: StackFacts, path: str) -> Tensor | None:
    """The parameter of a path, found by going down the path instead of through the network."""
    return _tensor(body, path, _Way("", (), False, False))


class _Way(NamedTuple):
    """How a search came to a stack: the path so far, an order, and what kind of class the stack is in."""

    prefix: str
    order: tuple[int, ...]
    numbered: bool
    inner: bool


def _tensor(body: StackFacts, path: str, way: _Way) -> Tensor | None:
    for position, facts in enumerate(body.nodes):
        here = way._replace(order=(*way.order, position))
        match facts.node:
            case Layer(name=name):
                found = _of_layer(facts, path, str(position) if way.numbered else name, here)
            case Group(name=name) | Repeat(name=name):
                found = _of_block(facts, path, str(position) if way.numbered else name, here)
            case Parallel():
                found = _of_branches(facts, path, here)
            case Again():
                found = None
        if found is not None:
            return found
    return None


def _of_layer(facts: NodeFacts, path: str, name: str, way: _Way) -> Tensor | None:
    layer = facts.node
    assert isinstance(layer, Layer)
    if not path.startswith(name):
        return None
    for number, (tensor, own, shape, _) in enumerate(facts.weights):
        if path == (own if layer.name else f"{name}.{own}"):
            order = (*way.order, number)
            return Tensor(order, way.prefix + name, layer, tensor, shape, way.inner)
    return None


def _of_branches(facts: NodeFacts, path: str, way: _Way) -> Tensor | None:
    for branch, stack in enumerate(facts.stacks):
        if found := _tensor(stack, path, way._replace(order=(*way.order, branch))):
            return found
    return None


def _of_block(facts: NodeFacts, path: str, name: str, way: _Way) -> Tensor | None:
    head, _, rest = path.partition(".")
    if head != name:
        return None
    prefix = f"{way.prefix}{name}."
    match facts.node:
        case Group(class_name=class_name):
            inside = _Way(prefix, way.order, not class_name, way.inner or bool(class_name))
            return _tensor(facts.stacks[0], rest, inside) if facts.stacks else None
        case Repeat():
            word, _, rest = rest.partition(".")
            turns = {str(turn): turn for turn in range(len(turns_of(facts)))}
            if word not in turns:
                return None
            inside = _Way(f"{prefix}{word}.", (*way.order, turns[word]), False, True)
            return _tensor(turns_of(facts)[turns[word]], rest, inside)
        case _:
            return None


def tie_faults(network: Network, body: StackFacts) -> Iterator[Fault]:
    """What is wrong with the ties of a network; each with the mend that takes the tie away."""
    owners = {tie.owner for tie in network.ties}
    tied: set[str] = set()
    for tie in network.ties:
        path, owner = tensor_at(body, tie.path), tensor_at(body, tie.owner)
        if wrong := _wrong(tie, path, owner, tie.path in tied or tie.path in owners):
            others = tuple(each for each in network.ties if each is not tie)
            sized = (*_resized(body, path, owner), *_resized(body, owner, path))
            mends = (*sized, FaultMend("Let them differ", SetTies(others)))
            yield Fault(path.layer.id if path else 0, "The tie", wrong, "", mends)
        tied.add(tie.path)


def _resized(body: StackFacts, changed: Tensor | None, kept: Tensor | None) -> Iterator[FaultMend]:
    """Mends that give one layer of a tie the size at which both tensors are of one shape, one field at a time."""
    if changed is None or kept is None or changed.shape == kept.shape:
        return
    layer = changed.layer
    facts = next(
        (found for _, _, found in walk_places(body, "", 0, 1) if found.node is layer), None
    )
    if facts is None or facts.input is None:
        return
    for knob in layer.kind.knobs:
        sizes = knob.range
        if not isinstance(sizes, Whole):
            continue
        possible = [each for each in kept.shape if sizes.at_least <= each <= sizes.at_most]
        for size in dict.fromkeys(possible):
            kind = layer.kind.with_fields(**{knob.name: size})
            rule = applied(kind, facts.input)
            if not isinstance(rule, Misfit) and rule.weights.get(changed.tensor) == kept.shape:
                title = f"Give {layer.name or kind.title()} {knob.name} = {size}"
                yield FaultMend(title, SetField((layer.id,), knob.name, size))


def _wrong(tie: Tie, path: Tensor | None, owner: Tensor | None, twice: bool) -> str:
    for name, found in ((tie.path, path), (tie.owner, owner)):
        if found is None:
            return f"two parameters of the network; there is no `{name[:80]}`"
    assert path is not None
    assert owner is not None
    if owner.order == path.order:
        return f"two parameters; `{tie.path}` is one"
    if owner.order > path.order:
        return f"an owner that comes before; `{tie.owner}` does not come before `{tie.path}`"
    if twice:
        return f"each parameter to be tied once; `{tie.path}` is in two ties"
    if path.shape != owner.shape:
        shapes = f"`{tie.path}` is {list(path.shape)} and `{tie.owner}` is {list(owner.shape)}"
        return f"two tensors of one shape; {shapes}"
    if path.layer.initializer(path.tensor) is not None:
        return f"`{tie.path}` without an initializer: its numbers are those of `{tie.owner}`"
    return ""


def shared(network: Network, body: StackFacts) -> dict[str, Shared]:
    """What each layer must not count, by its path: tensors that are another's, and that are frozen with another's."""
    found: dict[str, Shared] = {}
    frozen_owners: set[str] = set()
    for tie in network.ties:
        path, owner = tensor_at(body, tie.path), tensor_at(body, tie.owner)
        assert path is not None
        assert owner is not None
        size = prod(path.shape)
        _add(found, path, Shared(size, 0 if path.layer.frozen else size))
        # One tensor is trained or not: freezing one of its layers freezes it for all, if that happens after the tie.
        freezes = path.layer.frozen and not path.inner
        if freezes and not owner.layer.frozen and tie.owner not in frozen_owners:
            frozen_owners.add(tie.owner)
            _add(found, owner, Shared(0, size))
    return found


def _add(found: dict[str, Shared], tensor: Tensor, more: Shared) -> None:
    known = found.get(tensor.layer_path, Shared(0, 0))
    found[tensor.layer_path] = Shared(
        known.parameters + more.parameters, known.trainable + more.trainable
    )
