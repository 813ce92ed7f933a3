"""Parameters that are one: which tensor is which, and what is wrong with a tie."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from engine.design.edit import SetTies
from engine.design.kind import Shape
from engine.design.tree import Layer, Network, Tie
from engine.views.facts import MOST_NODES, Fault, FaultMend, StackFacts, walk_places


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


def tie_faults(network: Network, body: StackFacts) -> Iterator[Fault]:
    """What is wrong with the ties of a network; each with the mend that takes the tie away."""
    known = tensors(body)
    order = {path: position for position, path in enumerate(known)}
    owners = {tie.owner for tie in network.ties}
    tied: set[str] = set()
    for tie in network.ties:
        if wrong := _wrong(tie, known, order, owners, tied):
            others = tuple(each for each in network.ties if each != tie)
            node = known[tie.path][1] if tie.path in known else None
            mend = FaultMend("Let them differ", SetTies(others))
            yield Fault(node.id if node else 0, "The tie", wrong, "", (mend,))
        tied.add(tie.path)


def _wrong(
    tie: Tie, known: dict[str, tuple[Shape, Layer, str]], order: dict[str, int], owners: set[str], tied: set[str]
) -> str:  # fmt: skip
    for path in (tie.path, tie.owner):
        if path not in known:
            return f"two parameters of the network; there is no `{path[:80]}`"
    if order[tie.owner] >= order[tie.path]:
        return f"an owner that comes before; `{tie.owner}` does not come before `{tie.path}`"
    if tie.path in tied or tie.path in owners:
        return f"each parameter to be tied once; `{tie.path}` is in two ties"
    if known[tie.path][0] != known[tie.owner][0]:
        shapes = f"`{tie.path}` is {list(known[tie.path][0])} and `{tie.owner}` is {list(known[tie.owner][0])}"
        return f"two tensors of one shape; {shapes}"
    _, layer, tensor = known[tie.path]
    if layer.initializer(tensor) is not None:
        return f"`{tie.path}` without an initializer: its numbers are those of `{tie.owner}`"
    return ""


def shared_parameters(network: Network, body: StackFacts) -> int:
    """Numbers counted twice: those of tensors that are another's."""
    known = tensors(body)
    return sum(prod(known[tie.path][0]) for tie in network.ties)
