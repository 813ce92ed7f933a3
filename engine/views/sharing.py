"""Which tensors of a layer could be another layer's, and the edits that make them one and part them again."""

from __future__ import annotations

from collections import Counter

from engine.design.edit import Edit, SetInitializer, SetTies, Several
from engine.design.kind import Shape
from engine.design.tree import Layer, Network, Tie
from engine.design.tuples import NamedTuple
from engine.views.facts import Analysis
from engine.views.ties import tensors


class Candidate(NamedTuple):
    """A tensor of one layer and one of another by their paths; `refusal` says why they cannot be one."""

    own: str
    other: str
    shape: Shape
    refusal: str = ""


Found = tuple[Shape, Layer, str]


def candidates(analysis: Analysis, layer_id: int) -> list[Candidate]:
    """The tensors that a layer could share, those that fit first; none for one in a Repeat, whose turns differ."""
    found = tensors(analysis.body)
    turns = Counter((layer.id, tensor) for _, layer, tensor in found.values())
    single = {path for path, (_, layer, tensor) in found.items() if turns[layer.id, tensor] == 1}
    own = [path for path in single if found[path][1].id == layer_id]
    pairs = [
        Candidate(path, other, found[other][0], _refusal(analysis.network, found, path, other))
        for path in sorted(own, key=list(found).index)
        for other in found
        if other in single and found[other][1].id != layer_id and not _are_one(analysis.network, path, other)
    ]  # fmt: skip
    return sorted(pairs, key=lambda pair: bool(pair.refusal))


def tied_paths(analysis: Analysis, layer_id: int) -> list[Tie]:
    """The ties that a layer's tensors are in."""
    if not analysis.network.ties:
        return []
    found = tensors(analysis.body)
    own = {path for path, each in found.items() if each[1].id == layer_id}
    return [tie for tie in analysis.network.ties if tie.path in own or tie.owner in own]


def tie_edit(analysis: Analysis, own: str, other: str) -> Edit:
    """Make two tensors one: the first in the order of the code keeps its numbers."""
    tie = _tie(analysis.network, tensors(analysis.body), own, other)
    _, layer, tensor = tensors(analysis.body)[tie.path]
    ties = SetTies((*analysis.network.ties, tie))
    if layer.initializer(tensor) is None:
        return ties
    # What is another's has no numbers of its own to begin with.
    return Several((SetInitializer((layer.id,), tensor, None), ties), "Share weights")


def untie_edit(network: Network, tie: Tie) -> Edit:
    """Give a tensor numbers of its own again."""
    return SetTies(tuple(each for each in network.ties if each != tie))


def _tie(network: Network, found: dict[str, Found], own: str, other: str) -> Tie:
    order = list(found)
    first, second = sorted((own, other), key=order.index)
    return Tie(second, _root(network, first))


def _root(network: Network, path: str) -> str:
    """The tensor that one is, through all ties."""
    owners = {tie.path: tie.owner for tie in network.ties}
    for _ in owners:
        path = owners.get(path, path)
    return path


def _are_one(network: Network, one: str, other: str) -> bool:
    return _root(network, one) == _root(network, other)


def _refusal(network: Network, found: dict[str, Found], own: str, other: str) -> str:
    shape, theirs = found[own][0], found[other][0]
    if shape != theirs:
        return f"{list(theirs)}, while `{own}` is {list(shape)}"
    tie = _tie(network, found, own, other)
    if any(tie.path == each.path for each in network.ties):
        return f"`{tie.path}` is another's already"
    if any(tie.path == each.owner for each in network.ties):
        return f"others share `{tie.path}` already"
    return ""
